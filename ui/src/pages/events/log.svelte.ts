// The event log in pages: the newest are read again whenever something happens, older ones are added on demand. A choice
// of tones is made here, over what is loaded, so pages are added until enough is shown or the log ends.
import type { AppId, EventRow, Backend } from "../../ipc";
import { asApiError } from "../../state/errors";
import type { ApiError } from "../../ipc";

const PAGE = 100;
/** So many rows fill the window. */
const ENOUGH = 25;
/** At most so many pages for one press of a button. */
const PAGES = 10;

export class Log {
  rows: EventRow[] = $state.raw([]);
  /** The first answer has come. */
  read = $state(false);
  ended = $state(false);
  busy = $state(false);
  error: ApiError | null = $state.raw(null);
  #backend: Backend;
  #asked = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Another question: starts from the newest. */
  async restart(app: AppId | null, text: string): Promise<void> {
    const mine = ++this.#asked;
    await this.#guarded(mine, async () => {
      const rows = await this.#page(app, text, null);
      if (mine !== this.#asked) return;
      this.rows = rows;
      this.ended = rows.length < PAGE;
      this.read = true;
    });
  }

  /** Something happened: puts what is new on top and keeps the older pages. */
  async renew(app: AppId | null, text: string): Promise<void> {
    const mine = ++this.#asked;
    await this.#guarded(mine, async () => {
      const rows = await this.#page(app, text, null);
      if (mine !== this.#asked) return;
      const last = rows.at(-1);
      const joined = last !== undefined && this.rows.some((row) => row.id >= last.id);
      this.rows = joined ? [...rows, ...this.rows.filter((row) => row.id < last.id)] : rows;
      if (!joined) this.ended = rows.length < PAGE;
      this.read = true;
    });
  }

  /** Adds older pages until `shown` of the loaded rows are enough more than before. */
  async older(app: AppId | null, text: string, shown: (row: EventRow) => boolean): Promise<void> {
    if (this.busy || this.ended) return;
    this.busy = true;
    const mine = ++this.#asked;
    const goal = this.rows.filter(shown).length + ENOUGH;
    await this.#guarded(mine, async () => {
      for (let i = 0; i < PAGES && !this.ended && this.rows.filter(shown).length < goal; i++) {
        const rows = await this.#page(app, text, this.rows.at(-1)?.id ?? null);
        if (mine !== this.#asked) return;
        this.rows = [...this.rows, ...rows];
        this.ended = rows.length < PAGE;
      }
    });
    this.busy = false;
  }

  #page(app: AppId | null, text: string, before: number | null): Promise<EventRow[]> {
    return this.#backend.events({ before, limit: PAGE, app, text });
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
