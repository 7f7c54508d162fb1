// The event log in pages: the newest are read again whenever something happens, older ones are added on demand. What
// passes the filter is decided in Rust.
import type { ApiError, Backend, EventFilter, EventRow } from "../../ipc";
import { asApiError } from "../../state/errors";

export const PAGE = 100;

/** What is looked for. */
export type Wanted = Omit<EventFilter, "before" | "limit">;

export class Log {
  rows: EventRow[] = $state.raw([]);
  /** The first answer has come. */
  read = $state(false);
  ended = $state(false);
  busy = $state(false);
  error: ApiError | null = $state.raw(null);
  /** So many lines are newer than the newest that is shown; a whole page of them stands for more. */
  fresh = $state(0);
  /** Something happened that is not shown. */
  behind = false;
  #backend: Backend;
  #asked = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Another question: starts from the newest. */
  async restart(wanted: Wanted): Promise<void> {
    const mine = ++this.#asked;
    await this.#guarded(mine, async () => {
      const rows = await this.#page(wanted, null);
      if (mine !== this.#asked) return;
      this.rows = rows;
      this.ended = rows.length < PAGE;
      this.#caughtUp();
    });
  }

  /** Something happened: puts what is new on top and keeps the older pages. While `held` says so what is shown stays, and
      what is new is counted. */
  async renew(wanted: Wanted, held: () => boolean = () => false): Promise<void> {
    const mine = ++this.#asked;
    await this.#guarded(mine, async () => {
      const rows = await this.#page(wanted, null);
      if (mine !== this.#asked) return;
      const newest = this.rows[0];
      if (newest !== undefined && held()) {
        this.fresh = rows.filter((row) => row.id > newest.id).length;
        this.behind = true;
        return;
      }
      const last = rows.at(-1);
      const joined = last !== undefined && this.rows.some((row) => row.id >= last.id);
      this.rows = joined ? [...rows, ...this.rows.filter((row) => row.id < last.id)] : rows;
      if (!joined) this.ended = rows.length < PAGE;
      this.#caughtUp();
    });
  }

  /** Adds an older page. */
  async older(wanted: Wanted): Promise<void> {
    if (this.busy || this.ended) return;
    this.busy = true;
    const mine = ++this.#asked;
    await this.#guarded(mine, async () => {
      const rows = await this.#page(wanted, this.rows.at(-1)?.id ?? null);
      if (mine !== this.#asked) return;
      this.rows = [...this.rows, ...rows];
      this.ended = rows.length < PAGE;
    });
    this.busy = false;
  }

  #caughtUp(): void {
    this.fresh = 0;
    this.behind = false;
    this.read = true;
  }

  #page(wanted: Wanted, before: number | null): Promise<EventRow[]> {
    return this.#backend.events({ ...wanted, before, limit: PAGE });
  }

  async #guarded(mine: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (mine === this.#asked) this.error = null;
    } catch (error) {
      if (mine === this.#asked) this.error = asApiError(error);
    }
  }
}
