// Whether somebody is at a list. What lies under the pointer, has the focus or was scrolled to must not move by itself:
// what comes meanwhile waits until it is asked for, or until nobody is there.

import type { Session } from "./session.svelte";

/** What changes so soon after somebody did something is what they wanted. */
const OWN_MS = 3000;

export class Still {
  #node: HTMLElement | null = null;
  #pointer = false;
  readonly #session: Pick<Session, "actedAt">;
  readonly #left: () => void;

  /** `left`: nobody is at it any more. */
  constructor(session: Pick<Session, "actedAt">, left: () => void) {
    this.#session = session;
    this.#left = left;
  }

  /** Nothing in it may move. */
  get held(): boolean {
    const node = this.#node;
    if (node === null || Date.now() - this.#session.actedAt < OWN_MS) return false;
    return this.#pointer || node.scrollTop > 0 || node.contains(document.activeElement);
  }

  /** To be attached to the list, or to what it scrolls in. */
  readonly watch = (node: HTMLElement): (() => void) => {
    this.#node = node;
    const look = (): void => {
      if (!this.held) this.#left();
    };
    const pointer = (over: boolean): void => {
      const left = this.#pointer && !over;
      this.#pointer = over;
      if (left) look();
    };
    // The focus has not arrived where it goes to yet.
    const focus = (): void => void setTimeout(look);
    // Of the whole document: what the pointer was over may be gone, and then nobody says that it was left.
    const over = (event: PointerEvent): void => pointer(event.target instanceof Node && node.contains(event.target));
    const out = (): void => pointer(false);
    document.addEventListener("pointerover", over);
    document.documentElement.addEventListener("pointerleave", out);
    node.addEventListener("focusout", focus);
    node.addEventListener("scroll", look, { passive: true });
    return () => {
      document.removeEventListener("pointerover", over);
      document.documentElement.removeEventListener("pointerleave", out);
      node.removeEventListener("focusout", focus);
      node.removeEventListener("scroll", look);
      this.#node = null;
      this.#pointer = false;
    };
  };
}
