// The command palette: what fits what is typed, and where it leads, by keyboard alone.
import { expect, test } from "vitest";
import { rank } from "../src/shell/palette";
import { all, byId, open, path, text, until } from "./harness";

test.each([
  ["Applications", "", 0], ["Applications", "app", 0], ["Add server", "ser", 1], ["payments-gateway", "gate", 1], ["Refresh now", "fresh", 2],
  ["payments-gateway", "pmg", 3], ["Servers", "xyz", null], ["添加服务器", "服务", 2],
] as const)("%s for %s", (name, typed, expected) => expect(rank(name, typed)).toBe(expected));

const texts = () => all("palette-entry").map((entry) => entry.querySelector("span")?.textContent);

test("Ctrl+K opens it anywhere; typing, arrows and Enter go to an application; Esc closes", async () => {
  const { user } = await open("/settings");
  await user.keyboard("{Control>}k{/Control}");
  await until(() => expect(document.activeElement).toBe(byId("palette-input")));
  expect(texts().slice(0, 2)).toEqual(["Overview", "Applications"]);
  await user.keyboard("{Escape}");
  await until(() => expect(all("palette")).toEqual([]));
  await user.keyboard("{Meta>}k{/Meta}");
  await user.keyboard("ledger");
  await until(() => expect(texts()).toEqual(["ledger-worker", "Open in Argo CD"]));
  await user.keyboard("{Enter}");
  expect(path()).toBe("#/apps/prod-cn/argocd/ledger-worker");
  expect(all("palette")).toEqual([]);
});

test("it does what can be done anywhere", async () => {
  const { user } = await open("/servers");
  await user.click(byId("palette-open"));
  await user.keyboard("pause");
  await until(() => expect(texts()[0]).toBe("Pause sending"));
  await user.keyboard("{Enter}");
  await until(() => expect(text("banner-paused")).toContain("Sending is paused"));
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("prod-eu{ArrowDown}{ArrowUp}{Enter}");
  await until(() => byId("server-details"));
});

test("a test that a group refuses is said so", async () => {
  const { user } = await open("/settings");
  await user.click(byId("palette-open"));
  await user.keyboard("send test payments");
  await until(() => expect(texts()[0]).toBe("Send test"));
  await user.keyboard("{Enter}");
  await until(() => expect(byId("toast").dataset.ok).toBe("false"));
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("send test releases{Enter}");
  await until(() => expect(all("toast").map((toast) => toast.dataset.ok)).toContain("true"));
});

test.each([
  ["zh-CN", "settings", "设置"], ["zh-CN", "rules", "全部规则"], ["zh-CN", "events", "事件"], ["zh-CN", "add server", "添加服务器"], ["en", "设置", "Settings"], ["en", "触发器", "Triggers"],
] as const)("in %s “%s” finds %s", async (lang, typed, expected) => {
  const { user } = await open("/apps", { lang });
  await user.click(byId("palette-open"));
  await user.click(byId("palette-input"));
  await user.paste(typed);
  await until(() => expect(texts()).toContain(expected));
});

test("letters that only occur somewhere in a name of another language do not find it", async () => {
  const { user } = await open("/apps", { lang: "zh-CN" });
  await user.click(byId("palette-open"));
  await user.keyboard("stgs");
  await until(() => expect(texts()).not.toContain("概览"));
  expect(texts()).not.toContain("设置");
});

test("nothing fits", async () => {
  const { user } = await open("/settings");
  await user.click(byId("palette-open"));
  await user.keyboard("zzzzz");
  await until(() => expect(text("palette")).toContain("Nothing fits"));
});
