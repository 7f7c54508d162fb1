// What every page shares: the backend, the last status, the place, the toasts and a slow clock. Created once in App and
// handed down through Svelte's context; nothing here is global.
import { createContext } from "svelte";
import { speak } from "../i18n/index.svelte";
import type { ApiError, Backend, StatusView } from "../ipc";
import { asApiError } from "./errors";
import { Router } from "./router.svelte";
import { Toasts } from "./toasts.svelte";

const TICK_MS = 5000;

export class Session {
  readonly backend: Backend;
  readonly router = new Router();
  readonly toasts = new Toasts();
  status: StatusView | null = $state.raw(null);
  /** The first status could not be read. */
  error: ApiError | null = $state.raw(null);
  /** Unix ms, every five seconds: for "20 s ago". */
  now = $state(Date.now());
  /** When a button last did something, Unix ms. */
  actedAt = 0;
  #taken = 0;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Follows status, place and time until the returned function is called. */
  start(): () => void {
    const stops = [this.router.start()];
    let stopped = false;
    const keep = (stop: () => void) => (stopped ? stop() : stops.push(stop));
    const timer = setInterval(() => (this.now = Date.now()), TICK_MS);
    stops.push(() => clearInterval(timer));
    void this.#follow(keep);
    return () => {
      stopped = true;
      for (const stop of stops) stop();
    };
  }

  /** Runs what a button does: says the outcome in a toast; false if it failed. */
  async act(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work();
      if (done !== undefined) this.toasts.done(done);
      return true;
    } catch (error) {
      this.toasts.failed(asApiError(error));
      return false;
    } finally {
      this.actedAt = Date.now();
    }
  }

  /** Asks for the status; what was pushed in the meantime is newer than the answer. */
  async reload(): Promise<void> {
    const seen = this.#taken;
    try {
      const status = await this.backend.status();
      if (seen === this.#taken) this.#take(status);
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  async #follow(keep: (stop: () => void) => void): Promise<void> {
    try {
      keep(await this.backend.onStatus((status) => this.#take(status)));
      keep(await this.backend.onNavigate((path) => this.router.goTo(path)));
    } catch (error) {
      this.error = asApiError(error);
    }
    await this.reload();
  }

  #take(status: StatusView): void {
    this.#taken++;
    this.status = status;
    this.error = null;
    this.now = Date.now();
    speak(status.lang);
  }
}

export const [session, provideSession] = createContext<Session>();
