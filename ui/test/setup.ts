// What jsdom lacks and the window uses; and no test may pass in which Svelte or the window warns of something.
import { afterEach, beforeEach, expect } from "vitest";
import { speak } from "../src/i18n/index.svelte";

// Svelte's bind:clientHeight observes; without layout there is nothing to say.
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoObserver as unknown as typeof ResizeObserver;

// A window of some height, so that lists draw as many rows as one would see.
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 600 });

// Modal dialogs: open and closed, with Esc as the browser sends it.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
  this.addEventListener("keydown", (event) => event.key === "Escape" && this.dispatchEvent(new Event("cancel", { cancelable: true })));
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
};

let warnings: string[] = [];
for (const kind of ["warn", "error"] as const) {
  const plain = console[kind];
  console[kind] = (...said: unknown[]): void => {
    warnings.push(said.join(" "));
    plain(...said);
  };
}

beforeEach(() => {
  warnings = [];
  localStorage.clear();
  history.replaceState(null, "", "/#/apps");
  speak("en");
});

afterEach(() => {
  expect(warnings).toEqual([]);
  document.body.replaceChildren();
});
