// The applications page: what is listed, filtered, chosen and opened.
import { fireEvent } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { all, byId, open, path, text, until } from "./harness";

const rows = () => all("app-row").map((row) => row.dataset.app);
const parts = () => all("app-section").map((part) => (part.textContent ?? "").replace(/\s+/g, " ").trim());
const loaded = () => until(() => expect(rows().length).toBeGreaterThan(0));

test("grouped by server, worst first, old data said to be old", async () => {
  await open("/apps");
  await loaded();
  expect(parts()[0]).toBe("prod-cn Live 12");
  expect(parts()[1]).toMatch(/^prod-eu Token expired, as of .*\d\d:\d\d 7$/);
  expect(rows().slice(0, 3)).toEqual(["prod-cn/argocd/ledger-worker", "prod-cn/argocd/payments-gateway", "prod-cn/argocd/checkout-api"]);
  expect(text("apps-shown")).toBe("30");
  const old = all("app-row").find((row) => row.dataset.app === "prod-eu/argocd/vat-rates");
  expect(old?.dataset.stale).toBe("true");
  expect([...(old?.querySelectorAll(".g") ?? [])].map((glyph) => glyph.getAttribute("data-st"))).toEqual(["off", "off"]);
});

test.each([
  ["health=Missing", ["prod-eu/argocd/invoice-renderer", "staging/team-a/user-profile"]],
  ["health=Degraded&sync=OutOfSync&server=staging", ["staging/argocd/risk-engine-canary"]],
  ["project=compliance", ["prod-eu/compliance/gdpr-export-nightly-batch-controller"]],
  ["q=4be09d2", ["prod-cn/argocd/payments-gateway", "prod-eu/argocd/payments-gateway"]],
])("the filter %s stands in the address", async (query, expected) => {
  await open(`/apps?${query}`);
  await until(() => expect(rows()).toEqual(expected));
});

describe("searching", () => {
  test("narrows, and what finds nothing offers to clear", async () => {
    const { user, getByRole } = await open("/apps");
    await loaded();
    await user.keyboard("/");
    expect(document.activeElement).toBe(byId("apps-search"));
    await user.keyboard("risk");
    await until(() => expect(rows()).toEqual(["staging/argocd/risk-engine", "staging/argocd/risk-engine-canary", "staging/argocd/edge-router", "staging/argocd/fraud-rules"]));
    expect(path()).toContain("q=risk");
    await user.keyboard("xyz");
    await until(() => getByRole("heading", { name: "No application matches these filters." }));
    await user.keyboard("{Escape}");
    await until(() => expect(rows().length).toBeGreaterThan(20));
  });

  test("a list chooses one filter, its cross clears it", async () => {
    const { user, getByRole } = await open("/apps");
    await loaded();
    await user.selectOptions(byId("filter-health"), "Suspended");
    await until(() => expect(rows()).toEqual(["staging/argocd/order-timeline"]));
    await user.click(getByRole("button", { name: "Clear: Health" }));
    await until(() => expect(rows().length).toBeGreaterThan(20));
  });
});

test("the worst is chosen at first; arrows move, Enter opens Argo CD", async () => {
  const { user, backend } = await open("/apps");
  await until(() => expect(path()).toBe("#/apps/prod-cn/argocd/ledger-worker"));
  await until(() => expect(text("app-details")).toContain("must be less than or equal to memory limit"));
  byId("app-list").focus();
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(path()).toBe("#/apps/prod-cn/argocd/checkout-api");
  await user.keyboard("{ArrowUp}");
  await until(() => expect(text("app-details")).toContain("exceeded its progress deadline"));
  expect(byId("app-list").getAttribute("aria-activedescendant")).toBe(all("app-row")[1]?.id);
  await user.keyboard("{Enter}");
  await until(() => expect(backend.opened).toEqual(["prod-cn/argocd/payments-gateway"]));
});

test("details of old data say from when they are, and the button opens Argo CD", async () => {
  const { user, backend } = await open("/apps/prod-eu/argocd/billing-cron");
  await until(() => expect(text("stale")).toMatch(/prod-eu has not been heard since/));
  await user.click(byId("app-open"));
  await until(() => expect(backend.opened).toEqual(["prod-eu/argocd/billing-cron"]));
});

test("an application that is not there any more", async () => {
  const { findByRole } = await open("/apps/prod-cn/argocd/nothing");
  await findByRole("heading", { name: "This application is not in the list" });
});

test("5,000 rows: only those in sight are in the document", async () => {
  await open("/apps", { apps: 5000 });
  await loaded();
  expect(text("apps-shown")).toBe("5,030");
  expect(all("app-row").length).toBeLessThan(60);
  const list = byId("app-list");
  list.scrollTop = 5000 * 32;
  await fireEvent.scroll(list);
  await until(() => expect(rows().some((row) => row?.startsWith("staging/argocd/load-"))).toBe(true));
  expect(all("app-row").length).toBeLessThan(60);
});

test("a first start shows three steps", async () => {
  await open("/apps", { empty: true });
  await until(() => expect([...byId("start").querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual(["#/start/server", "#/start/group", "#/start/rules"]));
});

test("details: conditions, resources that are not well, what was deployed", async () => {
  await open("/apps/prod-eu/argocd/billing-cron");
  await until(() => expect(text("app-resources")).toContain("PreSync Job/billing-cron sync failed here: Job failed: BackoffLimitExceeded"));
  expect(text("app-resources")).toContain("2 of 31");
  expect(text("app-history")).toMatch(/5d90e4f by itself 38 s.*b7720ce by liuyang 41 s/);
});

test("details: every rule with what became of it, and all that led to it", async () => {
  const { user } = await open("/apps/prod-cn/argocd/payments-gateway");
  await until(() => expect(text("app-rules")).toContain("1 of 2 hold"));
  expect(all("app-rule").map((rule) => [rule.dataset.trigger, rule.dataset.tone])).toEqual([["on-health-degraded", "ok"], ["on-deployed", "info"]]);
  await user.click(all("app-rule")[0] as HTMLElement);
  await until(() => expect(all("decided").map((one) => one.dataset.tone)).toEqual(["hold", "ok"]));
  expect(text("why-condition")).toContain("app.status.health.status'Degraded'");
  expect(text("why-subscriptions")).toContain("subscriptions[0]");
});

test("details: old data is no ground for a message, and that is said", async () => {
  await open("/apps/prod-eu/argocd/billing-cron");
  await until(() => expect(text("app-rules")).toContain("prod-eu has not been heard"));
});

test("details: errors among the conditions", async () => {
  await open("/apps/staging/argocd/legacy-importer");
  await until(() => expect(text("app-conditions")).toContain("InvalidSpecError"));
});

test("a combination of filters is kept under its own name, applied again and dropped", async () => {
  const { user, getByRole, unmount } = await open("/apps?health=Degraded&server=staging");
  await until(() => expect(rows().length).toBe(2));
  await user.click(byId("view-keep"));
  expect(all("view").map((view) => view.textContent)).toEqual(["Degraded · staging"]);
  expect(all("view-keep")).toEqual([]);
  await user.click(byId("filter-clear"));
  await until(() => expect(rows().length).toBeGreaterThan(2));
  unmount();

  const again = await open("/apps");
  await until(() => byId("view"));
  await again.user.click(byId("view"));
  await until(() => expect(rows().length).toBe(2));
  expect(path()).toContain("health=Degraded");
  await again.user.click(getByRole("button", { name: "Remove: Degraded · staging" }));
  expect(all("view")).toEqual([]);
});

test("kept views that are damaged count as nothing", async () => {
  localStorage.setItem("dinghy.views", '[{"name": 1}, null');
  await open("/apps");
  await loaded();
  expect(all("view")).toEqual([]);
});

test("M mutes the chosen one: marked, at the end of its server; M again ends it", async () => {
  const { user } = await open("/apps/prod-cn/argocd/ledger-worker");
  await loaded();
  await until(() => byId("mute"));
  byId("app-list").focus();
  await user.keyboard("m");
  await until(() => expect(document.activeElement).toBe(byId("mute-hour")));
  await user.keyboard("{End}{Enter}");
  await until(() => expect(text("app-muted")).toBe("Muted. It counts as nothing, and nobody is told of it."));
  await until(() => expect(rows()[0]).toBe("prod-cn/argocd/payments-gateway"));
  const row = all("app-row").find((one) => one.dataset.app === "prod-cn/argocd/ledger-worker");
  expect(row?.dataset.muted).toBe("true");
  byId("app-list").focus();
  await user.keyboard("m");
  await until(() => expect(rows()[0]).toBe("prod-cn/argocd/ledger-worker"));
});
