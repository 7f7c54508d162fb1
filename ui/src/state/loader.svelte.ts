// Something asked of the backend and shown: what came last, what went wrong, and whether it takes long enough to say so.
// Old data stays while new data is on its way; an answer that was overtaken is dropped.
import type { ApiError } from "../ipc";
import { asApiError } from "./errors";

/** Before this nothing is shown, so that quick answers do not flicker. */
const SLOW_MS = 200;
/** Asked again because the status changed: at most this often, and never more than a fifth of the time. */
const GAP_MS = 800;
const SHARE = 5;

export class Loader<T> {
  data: T | null = $state.raw(null);
  error: ApiError | null = $state.raw(null);
  /** The first answer takes longer than a blink: draw skeletons. */
  slow = $state(false);
  #asked = 0;
  #lastAt = 0;
  #took = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was not asked for because nothing may move. */
  #later: (() => Promise<T>) | null = null;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  /** Asks now. */
  async load(ask: () => Promise<T>): Promise<void> {
    clearTimeout(this.#timer);
    this.#later = null;
    const mine = ++this.#asked;
    this.#lastAt = Date.now();
    if (this.data === null && !this.slow) {
      clearTimeout(this.#slowTimer);
      this.#slowTimer = setTimeout(() => (this.slow = this.data === null), SLOW_MS);
    }
    try {
      const data = await ask();
      if (mine !== this.#asked) return;
      this.#took = Date.now() - this.#lastAt;
      this.data = data;
      this.error = null;
    } catch (error) {
      if (mine !== this.#asked) return;
      this.error = asApiError(error);
    }
    clearTimeout(this.#slowTimer);
    this.slow = false;
  }

  /** Asks soon; several calls become one. While `held` says so nothing is asked, until `catchUp`. */
  soon(ask: () => Promise<T>, held: () => boolean = () => false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (held()) this.#later = ask;
      else void this.load(ask);
    }, Math.max(0, this.#lastAt + Math.max(GAP_MS, this.#took * SHARE) - Date.now()));
  }

  /** Asks for what was held back. */
  catchUp(): void {
    if (this.#later !== null) void this.load(this.#later);
  }

  /** Forgets what is under way. */
  stop(): void {
    this.#asked++;
    this.#later = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#slowTimer);
  }
}
