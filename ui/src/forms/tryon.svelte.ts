// The application that a form is tried on, and the destination. Starts with the worst application there is: that is what
// rules are mostly about. What was chosen once stays for the next form, as long as the window lives.
import type { AppId, TryOn } from "../ipc";
import type { Session } from "../state/session.svelte";

const remembered = new WeakMap<Session, TryOn>();

export class TryingOn {
  chosen: TryOn = $state.raw({ app: null, service: null });
  /** There is none to try on. */
  none = $state(false);
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    const before = remembered.get(session);
    if (before) this.chosen = before;
    else void this.#first();
  }

  setApp(app: AppId): void {
    this.#set({ ...this.chosen, app });
  }

  setService(service: string | null): void {
    this.#set({ ...this.chosen, service });
  }

  #set(to: TryOn): void {
    this.chosen = to;
    remembered.set(this.#session, to);
  }

  async #first(): Promise<void> {
    try {
      const { rows } = await this.#session.backend.apps({ server: null, project: null, sync: null, health: null, text: "", limit: 1 });
      const order = ["attention", "progressing", "notice", "well"];
      const worst = rows.reduce((best, row) => (best && order.indexOf(best.severity) <= order.indexOf(row.severity) ? best : row), rows[0]);
      if (worst && this.chosen.app === null) this.chosen = { ...this.chosen, app: worst.id };
      this.none = rows.length === 0;
    } catch {
      this.none = true;
    }
  }
}

export const tryOn = (session: Session): TryingOn => new TryingOn(session);
