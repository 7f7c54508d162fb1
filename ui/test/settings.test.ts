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
  await user.click(byId("diagnostics"));
  await until(() => expect(text("toast")).toContain("Written to ~/Downloads/dinghy-diagnostics-"));
});
