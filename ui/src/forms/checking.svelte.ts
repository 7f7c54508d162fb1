// Asks Rust what a form comes to, a moment after the last key; old answers stay until new ones come, overtaken ones are
// dropped.
import { untrack } from "svelte";
import type { ApiError } from "../ipc";
import { asApiError } from "../state/errors";

export class Checking<A> {
  data: A | null = $state.raw(null);
  error: ApiError | null = $state.raw(null);
  /** The answer is older than the question. */
  pending = $state(false);
}

/** To be called while a component starts. `question` null asks nothing; equal questions are asked once. */
export function checking<Q, A>(question: () => Q | null, ask: (question: Q) => Promise<A>, wait = 150): Checking<A> {
  const state = new Checking<A>();
  const key = $derived(JSON.stringify(question()));
  $effect(() => {
    const asked = key;
    if (asked === "null") return;
    let stale = false;
    untrack(() => (state.pending = true));
    const timer = setTimeout(async () => {
      try {
        const data = await ask(JSON.parse(asked) as Q);
        if (stale) return;
        state.data = data;
        state.error = null;
      } catch (failed) {
        if (stale) return;
        state.error = asApiError(failed);
      }
      state.pending = false;
    }, untrack(() => (state.data === null ? 0 : wait)));
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  });
  return state;
}
