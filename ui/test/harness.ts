// The whole window on the invented backend, at any address, as a test sees it.
import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import App from "../src/App.svelte";
import { FakeBackend, type FakeOptions } from "../src/ipc/fake";

/** A fixed "now" would let relative times drift; the invented data is made at the time of the test. */
export async function open(path: string, options: Partial<FakeOptions> = {}, unsaved: ReadonlyMap<string, string> = new Map()) {
  history.replaceState(null, "", `/#${path}`);
  const backend = new FakeBackend(options);
  for (const [key, form] of unsaved) backend.unsaved.set(key, form);
  const user = userEvent.setup();
  const view = render(App, { backend });
  await waitFor(() => screen.getByTestId("nav-apps"));
  await waitFor(() => {
    if (!document.querySelector("main h1, main h2")) throw new Error("no page yet");
    // Pages come when they are gone to, and a test's first one is compiled then.
  }, { timeout: 15_000 });
  return { backend, user, ...view };
}

export const byId = (id: string): HTMLElement => screen.getByTestId(id);
export const all = (id: string): HTMLElement[] => screen.queryAllByTestId(id);
export const text = (id: string): string => (byId(id).textContent ?? "").replace(/\s+/g, " ").trim();
export const path = (): string => location.hash;

/** Waits until the assertion holds; on a busy machine a page that is first gone to takes its time. */
export const until = <T>(assertion: () => T): Promise<T> => waitFor(assertion, { timeout: 15_000, interval: 10 });
