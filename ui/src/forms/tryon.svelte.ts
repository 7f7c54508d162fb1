// The application that a form is tried on, and the destination. Starts with one that the rule is about now, as soon as
// that is known; before, and if it is about none, with the worst there is: that is what rules are mostly about. What was
// chosen once stays for the next form, as long as the window lives.
import type { AppId, AppRow, TryOn } from "../ipc";
import type { Session } from "../state/session.svelte";
import { sameApp } from "../view/address";

const remembered = new WeakMap<Session, TryOn>();

export class TryingOn {
  chosen: TryOn = $state.raw({ app: null, service: null });
  /** There is none to try on. */
  none = $state(false);
  readonly #session: Session;

  /** By the user; until then what fits the rule is shown. */
  #picked = false;

  constructor(session: Session) {
    this.#session = session;
    this.chosen = remembered.get(session) ?? this.chosen;
    this.#picked = this.chosen.app !== null;
    if (!this.#picked) void this.#first();
  }

  setApp(app: AppId): void {
    this.#picked = true;
    this.#set({ ...this.chosen, app });
  }

  setService(service: string | null): void {
    this.#set({ ...this.chosen, service });
  }

  /** Takes one of the applications that the rule is about now, unless it is on one already or the user has chosen. */
  propose(about: readonly AppRow[]): void {
    const first = about[0];
    if (this.#picked || !first || about.some((row) => sameApp(row.id, this.chosen.app))) return;
    this.chosen = { ...this.chosen, app: first.id };
  }

  #set(to: TryOn): void {
    this.chosen = to;
    remembered.set(this.#session, this.#picked ? to : { ...to, app: null });
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
