// What surrounds the pages: navigation, banners, the sending switch, language, toasts, failures.
import { render, screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import App from "../src/App.svelte";
import { speak } from "../src/i18n/index.svelte";
import { FakeBackend } from "../src/ipc/fake";
import { later } from "../src/shell/pages";
import { Toasts } from "../src/state/toasts.svelte";
import { all, byId, open, path, text, until } from "./harness";

test("navigation leads to each page and marks it", async () => {
  const { user } = await open("/apps");
  for (const page of ["overview", "events", "groups", "servers", "rules", "settings", "apps"]) {
    await user.click(byId(`nav-${page}`));
    await until(() => expect(byId(`nav-${page}`).getAttribute("aria-current")).toBe("page"));
    expect(path()).toMatch(new RegExp(`^#/${page}`));
  }
});

test("the tray can ask for a page", async () => {
  const { backend } = await open("/apps");
  backend.navigate("/servers/prod-eu");
  await until(() => byId("server-details"));
});

describe("banners", () => {
  test("the demo, with its group's page", async () => {
    const { user, backend } = await open("/settings", { demo: true });
    await user.click(byId("demo-open"));
    await until(() => expect(backend.opened).toEqual(["demo"]));
  });
  test("without a browser the address is said, to be copied", async () => {
    const { user, backend } = await open("/settings", { demo: true });
    const message = "No browser could be started for “http://127.0.0.1:1/”.";
    backend.openDemoPage = () => Promise.reject({ code: "no_browser", message, todo: "Copy the address into a browser.", field: null });
    await user.click(byId("demo-open"));
    await until(() => expect(text("toast")).toBe(`${message} Copy the address into a browser.`));
    expect(byId("toast").querySelector(".copyable")?.textContent).toContain(message);
  });
  test("the demo is left only after a question", async () => {
    const { user, backend } = await open("/settings", { demo: true });
    await user.click(byId("demo-leave"));
    expect(text("dialog")).toContain("Everything in it is thrown away.");
    await user.click(byId("dialog-cancel"));
    await user.click(byId("demo-leave"));
    expect(backend.opened).toEqual([]);
    await user.click(byId("dialog-confirm"));
    await until(() => expect(backend.opened).toEqual(["own"]));
    // The window is closed by the new one.
    expect(byId("dialog-confirm").getAttribute("aria-busy")).toBe("true");
  });
  test("a demo that cannot be left says so, and can be left again", async () => {
    const { user, backend } = await open("/settings", { demo: true });
    backend.leaveDemo = () => Promise.reject({ code: "start", message: "Dinghy could not be started again.", todo: "", field: null });
    await user.click(byId("demo-leave"));
    expect(text("dialog")).toContain("a new window takes the place of this one");
    await user.click(byId("dialog-confirm"));
    await until(() => expect(text("toast")).toContain("Dinghy could not be started again."));
    expect(all("dialog")).toEqual([]);
    await user.click(byId("demo-leave"));
    expect(byId("dialog-confirm").getAttribute("aria-busy")).toBe(null);
  });
  test("no tray", async () => {
    await open("/settings", { tray: false });
    expect(text("banner-tray")).toContain("no tray icons");
  });
  test("a problem, with what to do and where; not twice on the rules page", async () => {
    const { user } = await open("/settings");
    expect(text("banner-problem")).toContain("= is not an operator. Write == to compare. notifications.yaml, line 25, column 38");
    await user.click(byId("nav-rules"));
    await until(() => expect(all("banner-problem")).toEqual([]));
  });
});

test("the switch holds sending back, the banner says until when", async () => {
  const { user } = await open("/settings");
  expect(byId("sending").getAttribute("aria-checked")).toBe("true");
  await user.click(byId("sending"));
  await until(() => expect(byId("sending").getAttribute("aria-checked")).toBe("false"));
  expect(text("banner-paused")).toContain("Sending is paused. Messages wait");
  await user.click(byId("pause-hour"));
  await until(() => expect(text("banner-paused")).toMatch(/paused until (\w+ \d+, )?\d\d:\d\d/));
  await user.click(byId("resume"));
  await until(() => expect(all("banner-paused")).toEqual([]));
});

test("the language changes everything at once", async () => {
  const { user } = await open("/settings");
  await user.click(byId("lang-zh"));
  await until(() => expect(text("nav-apps")).toContain("应用"));
  expect(document.documentElement.lang).toBe("zh-Hans");
  expect(document.title).toBe("设置 · Dinghy");
  await user.click(byId("lang-en"));
  await until(() => expect(text("nav-apps")).toContain("Applications"));
});

test("a failure stays until closed, in the backend's words", async () => {
  const { user, backend } = await open("/apps");
  vi.spyOn(backend, "refresh").mockRejectedValue({ code: "io", message: "The disk is full.", todo: "Make room.", field: null });
  await user.click(byId("refresh"));
  await until(() => expect(text("toast")).toBe("The disk is full. Make room."));
  await user.click(byId("toast").querySelector("button") as HTMLElement);
  expect(all("toast")).toEqual([]);
});

test("a backend that does not answer can be asked again", async () => {
  const backend = new FakeBackend();
  const status = vi.spyOn(backend, "status").mockRejectedValueOnce(new Error("no answer"));
  render(App, { backend });
  await until(() => expect(text("error")).toContain("no answer"));
  status.mockRestore();
  screen.getByRole("button", { name: "Try again" }).click();
  await until(() => byId("app-list"));
});

test("a page that cannot be loaded says so and can be tried again", async () => {
  vi.spyOn(later, "settings").mockRejectedValue(new TypeError("Importing a module script failed."));
  const reload = vi.fn();
  const { user, rerender } = await open("/apps");
  await rerender({ reload });
  await user.click(byId("nav-settings"));
  await until(() => expect(text("error")).toContain("The page Settings cannot be loaded. Importing a module script failed. If trying again does not help, close the window"));
  // Another page has nothing to do with it.
  await user.click(byId("nav-overview"));
  await until(() => expect(all("error")).toEqual([]));
  await user.click(byId("nav-settings"));
  await until(() => byId("error"));
  speak("zh-CN");
  await until(() => expect(text("error")).toContain("无法加载页面“设置”。"));
  await user.click(screen.getByRole("button", { name: "重试" }));
  expect([reload.mock.calls.length, path()]).toEqual([1, "#/settings"]);
});

test("toasts of success pass, and wait under the pointer", () => {
  vi.useFakeTimers();
  const toasts = new Toasts();
  toasts.done("one");
  vi.advanceTimersByTime(5900);
  const id = toasts.list[0]?.id ?? 0;
  toasts.touch(id);
  vi.advanceTimersByTime(60_000);
  expect(toasts.list.length).toBe(1);
  toasts.rest(id);
  vi.advanceTimersByTime(6000);
  expect(toasts.list).toEqual([]);
  toasts.failed({ code: "x", message: "two", todo: "", field: null });
  vi.advanceTimersByTime(60_000);
  expect(toasts.list.map((toast) => toast.text)).toEqual(["two"]);
  toasts.failed({ code: "x", message: "three", todo: "", field: null });
  toasts.failed({ code: "x", message: "two", todo: "", field: null });
  expect(toasts.list.map((toast) => toast.text)).toEqual(["three", "two"]);
  vi.useRealTimers();
});
