// Where the window is: the part of the address behind `#`. A form with unsaved text can hold back a change of place
// until the user has said that the text may go.
import { address, type Address, type Page, readAddress } from "../view/address";

type Guard = (to: Address) => boolean;

export class Router {
  at: Address = $state.raw(readAddress(location.hash));
  /** Where the user wanted to go while a form held it back. */
  held: string | null = $state(null);
  #hash = location.hash;
  #guards: readonly Guard[] = [];
  /** The user lets go what the guards hold. */
  #free = false;

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const follow = () => this.#arrive(location.hash);
    window.addEventListener("hashchange", follow);
    this.#arrive(location.hash);
    return () => window.removeEventListener("hashchange", follow);
  }

  /** `guard` says whether something would be lost on the way to an address; it holds until the returned function is
      called. There may be several: a form can lie in front of another. */
  hold(guard: Guard): () => void {
    this.#guards = [...this.#guards, guard];
    return () => (this.#guards = this.#guards.filter((one) => one !== guard));
  }

  go(page: Page, rest: readonly string[] = [], query: Record<string, string | null> = {}): void {
    this.goTo(address(page, rest, query));
  }

  /** Goes to `#/…` or `/…`. */
  goTo(path: string): void {
    location.hash = path.replace(/^#/, "");
    this.#arrive(location.hash);
  }

  /** Changes the address without a step to go back to: for filters, which change with every key. */
  replace(page: Page, rest: readonly string[] = [], query: Record<string, string | null> = {}): void {
    history.replaceState(null, "", address(page, rest, query));
    this.#hash = location.hash;
    this.at = readAddress(location.hash);
  }

  /** What was typed is saved: nothing holds the place any more. */
  release(): void {
    this.#guards = [];
  }

  /** The user lets the text go. */
  leave(): void {
    const to = this.held;
    this.held = null;
    if (to === null) return;
    this.#free = true;
    this.goTo(to);
    this.#free = false;
  }

  stay(): void {
    this.held = null;
  }

  #arrive(hash: string): void {
    if (hash === this.#hash) return;
    if (!this.#free && this.#guards.some((guard) => guard(readAddress(hash)))) {
      this.held = hash;
      history.replaceState(null, "", this.#hash || "#/overview");
      return;
    }
    this.#hash = hash;
    this.at = readAddress(hash);
  }
}
