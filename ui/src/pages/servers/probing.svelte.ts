// A connection test as it goes: begun with a form, told step by step, stopped when it is no longer wanted.
import type { Backend, ProbeView, ServerForm } from "../../ipc";
import { inOneLine } from "../../view/problems";

export class Probing {
  view: ProbeView | null = $state.raw(null);
  /** The form that is tried, or was. */
  form: ServerForm | null = $state.raw(null);
  busy = $state(false);
  readonly #backend: Backend;
  #turn = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Tries a form; true if all is well. False also when it was stopped. Fails as a form does that cannot be tried. */
  async run(form: ServerForm): Promise<boolean> {
    const turn = ++this.#turn;
    this.view = null;
    this.form = form;
    this.busy = true;
    try {
      let view = await this.#backend.serverTest(form);
      while (turn === this.#turn && !view.done) {
        this.view = view;
        view = await this.#backend.serverTestMore(view.run, view.steps.length, view.trying);
      }
      if (turn !== this.#turn) return false;
      this.view = view;
      return view.ok;
    } catch (error) {
      if (turn !== this.#turn) return false;
      throw error;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Ends it; what is known so far, and the form with its secret, is let go. */
  stop(): void {
    const run = this.view?.run;
    this.#turn++;
    this.view = null;
    this.form = null;
    this.busy = false;
    // Whether Rust still runs it is of no importance here.
    if (run !== undefined) void this.#backend.serverTestStop(run).catch(() => undefined);
  }

  /** The field that the test found wrong, with what is wrong and what to do. */
  get wrong(): { field: string; text: string } | null {
    const last = this.view?.done ? this.view.steps.at(-1) : undefined;
    return last?.problem && last.field !== null ? { field: last.field, text: inOneLine(last.problem) } : null;
  }
}
