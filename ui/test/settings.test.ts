// The settings page: start at login, where the files are, the diagnostics.
import { expect, test, vi } from "vitest";
import { all, byId, open, text, until } from "./harness";

test("start at login is switched and shown as it is", async () => {
  const { user, backend } = await open("/settings");
  await until(() => expect(byId("autostart").getAttribute("aria-checked")).toBe("false"));
  await user.click(byId("autostart"));
  await until(() => expect(byId("autostart").getAttribute("aria-checked")).toBe("true"));
  vi.spyOn(backend, "setAutostart").mockRejectedValue({ code: "other", message: "The folder cannot be written.", todo: "", field: null });
  await user.click(byId("autostart"));
  await until(() => expect(text("toast")).toContain("cannot be written"));
  expect(byId("autostart").getAttribute("aria-checked")).toBe("true");
});

test("where it cannot be had, or in the demo, there is no such switch", async () => {
  await open("/settings", { demo: true });
  await until(() => byId("open-config"));
  expect(all("autostart")).toEqual([]);
});

test("folders and diagnostics", async () => {
  const { user, backend } = await open("/settings");
  await until(() => byId("open-config"));
  await user.click(byId("open-config"));
  await user.click(byId("open-data"));
  expect(backend.opened).toEqual(["config", "data"]);
  vi.spyOn(backend, "openFolder").mockRejectedValue({ code: "no_file_manager", message: "No file manager could be started for “~/.config/dinghy”.", todo: "Open the folder by hand.", field: null });
  await user.click(byId("open-config"));
  await until(() => expect(text("toast")).toMatch(/No file manager could be started.*Open the folder by hand\./));
  await user.click(byId("toast").querySelector("button") as HTMLElement);
  await user.click(byId("diagnostics"));
  await until(() => expect(text("toast")).toContain("Written to ~/Downloads/dinghy-diagnostics-"));
});

test("what the desktop shows, and when it shows nothing", async () => {
  const { user, backend } = await open("/settings");
  await until(() => byId("quiet"));
  await user.click(byId("show-failures"));
  await until(async () => expect((await backend.settings()).show).toBe("failures"));
  await user.click(byId("quiet"));
  await until(() => expect((byId("quiet-from") as HTMLInputElement).value).toBe("22:00"));
  await user.click(byId("quiet-through"));
  await until(async () => expect((await backend.settings()).quiet).toEqual({ from: "22:00", to: "08:00", failures_through: true }));
  await user.click(byId("quiet"));
  await until(() => expect(all("quiet-from")).toEqual([]));
});

test("a proxy of one's own, the log, and old events, which asks first", async () => {
  const { user, backend } = await open("/settings");
  await until(() => byId("proxy-own"));
  await user.click(byId("proxy-own"));
  await user.type(byId("proxy-url"), "corp{Enter}");
  await user.tab();
  await until(() => expect(text("toast")).toContain("not a value"));
  await user.clear(byId("proxy-url"));
  await user.type(byId("proxy-url"), "http://corp:3128");
  await user.tab();
  await until(async () => expect((await backend.settings()).proxy).toBe("http://corp:3128"));
  await user.selectOptions(byId("log"), "debug");
  await until(async () => expect((await backend.settings()).log).toBe("debug"));
  const before = (await backend.settings()).events;
  await user.clear(byId("keep-days"));
  await user.type(byId("keep-days"), "1");
  await user.tab();
  // Fewer days delete: asked first, and as it was if not.
  await until(() => expect(text("dialog")).toContain("Delete events older than 1 day?"));
  await user.click(byId("dialog-cancel"));
  expect((byId("keep-days") as HTMLInputElement).value).toBe("90");
  expect([(await backend.settings()).keep_days, (await backend.settings()).events]).toEqual([90, before]);
  await user.clear(byId("keep-days"));
  await user.type(byId("keep-days"), "100");
  await user.tab();
  await until(async () => expect((await backend.settings()).keep_days).toBe(100));
  await user.click(byId("delete-old"));
  await until(() => byId("dialog-confirm"));
  expect((await backend.settings()).events).toBe(before);
  await user.click(byId("dialog-confirm"));
  await until(() => expect(all("toast").at(-1)?.textContent).toMatch(/events? deleted/));
  await user.clear(byId("keep-days"));
  await user.type(byId("keep-days"), "1");
  await user.tab();
  await user.click(await until(() => byId("dialog-confirm")));
  await until(async () => expect((await backend.settings()).keep_days).toBe(1));
  expect((await backend.settings()).events).toBeLessThan(before);
  expect(all("dialog")).toEqual([]);
});
