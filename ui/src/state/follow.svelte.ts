// Loads what a page shows: again when its question changes, and soon when the status says that something changed.
import { untrack } from "svelte";
import { Loader } from "./loader.svelte";
import type { Session } from "./session.svelte";

/** To be called while a component starts; `question` is watched, `ask` is not. While `held` says so changes wait until the
    loader is told to catch up. */
export function follow<Q, T>(session: Session, question: () => Q, ask: (question: Q) => Promise<T>, held?: () => boolean): Loader<T> {
  const loader = new Loader<T>();
  const key = $derived(JSON.stringify(question()));
  const generation = $derived(session.status?.generation);
  const now = () => ask(untrack(question));
  let first = true;
  $effect(() => {
    void key;
    untrack(() => void loader.load(now));
    return () => loader.stop();
  });
  $effect(() => {
    void generation;
    if (!first) untrack(() => loader.soon(now, held));
    first = false;
  });
  return loader;
}
