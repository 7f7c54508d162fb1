// Asks Rust what a form comes to while it is typed: at once, but never twice at the same time, so that keys that come
// faster than answers are not kept waiting by questions that nobody needs any more. Old answers stay until new ones come.
import { untrack } from "svelte";
import type { ApiError } from "../ipc";
import { asApiError } from "../state/errors";

export class Checking<A> {
  data: A | null = $state.raw(null);
  error: ApiError | null = $state.raw(null);
  /** The answer is older than the question. */
  pending = $state(false);
}

/**
 * To be called while a component starts. `question` null asks nothing; equal questions are asked once. `wait`: ms after
 * the last change, for what takes Rust longer.
 */
export function checking<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>, wait = 0): Checking<A> {
  const state = new Checking<A>();
  const key = $derived(JSON.stringify(question()));
  let wanted: string | null = null;
  let busy = false;
  async function run(): Promise<void> {
    while (wanted !== null) {
      const asked = wanted;
      try {
        const data = await ask(JSON.parse(asked) as Q);
        if (wanted !== asked) continue;
        state.data = data;
        state.error = null;
      } catch (failed) {
        if (wanted !== asked) continue;
        state.error = asApiError(failed);
      }
      wanted = null;
    }
    state.pending = false;
    busy = false;
  }
  $effect(() => {
    const asked = key;
    if (asked === "null") {
      wanted = null;
      return;
    }
    untrack(() => (state.pending = true));
    const begin = () => {
      wanted = asked;
      if (busy) return;
      busy = true;
      void run();
    };
    const pause = untrack(() => (state.data === null ? 0 : wait));
    if (pause === 0) return untrack(begin);
    const timer = setTimeout(begin, pause);
    return () => clearTimeout(timer);
  });
  $effect(() => () => (wanted = null));
  return state;
}
