// axe finds nothing, on any page, in either language. Contrast needs a layout and is measured on the tokens instead.
import axe from "axe-core";
import { expect, test } from "vitest";
import { all, byId, open, until } from "./harness";

const pages: [path: string, ready: string, options?: Parameters<typeof open>[1]][] = [
  ["/overview", "tally"], ["/overview?period=week", "tally", { lang: "zh-CN" }], ["/overview", "start", { empty: true }], ["/start", "server-form", { empty: true }], ["/start/group", "group-form", { empty: true, lang: "zh-CN" }], ["/start/rules", "first-rules", { empty: true }], ["/start/rules", "start-test"],
  ["/apps", "app-row"], ["/apps", "app-row", { lang: "zh-CN" }], ["/apps?q=zzz", "apps-search"], ["/apps", "start", { empty: true }],
  ["/events", "event-row"], ["/events?tone=bad", "event-row", { lang: "zh-CN" }], ["/events", "nav-events", { empty: true }],
  ["/groups", "group-row"], ["/groups/releases", "group-details"], ["/groups?add=1", "group-form"], ["/groups/platform-oncall?edit=1", "group-form", { lang: "zh-CN" }],
  ["/groups", "group-add", { empty: true }],
  ["/servers", "server-row"], ["/servers/staging", "server-details"], ["/servers?add=1", "server-form"], ["/servers/staging?edit=1", "server-form", { lang: "zh-CN" }],
  ["/servers", "server-add", { empty: true }],
  ["/rules", "rules-problems"], ["/rules?import=1", "import-form", { lang: "zh-CN" }], ["/rules/triggers", "rule-row"], ["/rules/templates", "rule-row"], ["/rules/subscriptions", "rule-row", { lang: "zh-CN" }],
  ["/rules/triggers", "rule-new", { empty: true }], ["/rules/triggers/on-deployed", "value-0"], ["/rules/triggers?new=1", "trigger-name", { lang: "zh-CN" }],
  ["/rules/templates/app-health-degraded", "bubble"], ["/rules/templates/app-deployed", "bubble", { lang: "zh-CN" }], ["/rules/subscriptions/0", "sentence"], ["/rules/file", "file-text-field"], ["/rules/catalog", "ready-row"],
  ["/settings", "lang-zh", { demo: true, tray: false }],
];

async function findings(): Promise<string[]> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

test.each(pages)("%s", async (path, ready, options) => {
  await open(path, options);
  await until(() => expect(all(ready).length).toBeGreaterThan(0));
  expect(await findings()).toEqual([]);
});

test("the command palette", async () => {
  const { user } = await open("/apps");
  await user.click(byId("palette-open"));
  await until(() => byId("palette"));
  expect(await findings()).toEqual([]);
});

test("a dialog", async () => {
  const { user } = await open("/servers/prod-cn");
  await user.click(byId("server-remove"));
  await until(() => byId("dialog"));
  expect(await findings()).toEqual([]);
});

test("the rules of an application", async () => {
  const { user } = await open("/apps/prod-cn/argocd/payments-gateway");
  await until(() => expect(all("app-rule").length).toBe(2));
  await user.click(all("app-rule")[0] as HTMLElement);
  await until(() => byId("explained"));
  expect(await findings()).toEqual([]);
});

test("an opened event and the test of a connection", async () => {
  const { user } = await open("/events?trigger=on-health-degraded");
  await until(() => expect(all("event-row").length).toBe(3));
  await user.click(all("event-row")[0]?.querySelector("button") as HTMLElement);
  await until(() => byId("event-why"));
  await user.click(byId("event-why"));
  await until(() => byId("explained"));
  expect(await findings()).toEqual([]);
  await user.click(byId("nav-servers"));
  await until(() => byId("server-add"));
  await user.click(byId("server-add"));
  await user.type(byId("server-url"), "https://self.lab");
  await user.click(byId("server-test"));
  await until(() => expect(all("probe-step").length).toBe(2));
  expect(await findings()).toEqual([]);
});
