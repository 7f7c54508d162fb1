// The overview: counts, the timeline and its table, what needs attention and where each leads.
import { describe, expect, test } from "vitest";
import type { Bar } from "../src/ipc";
import { chart, labelled, roundUp } from "../src/view/chart";
import { all, byId, open, path, text, until } from "./harness";

const row = (name: string): HTMLElement => {
  const found = all("tally").find((one) => one.dataset.name === name);
  if (!found) throw new Error(`no row ${name}`);
  return found;
};
const figures = (of: HTMLElement): string[] => [...of.querySelectorAll("td")].map((cell) => (cell.textContent ?? "").trim());

describe("counts", () => {
  test("by server; old ones are grey and say from when; by project on demand", async () => {
    const { user } = await open("/overview");
    await until(() => row("prod-cn"));
    expect(figures(row("prod-cn"))).toEqual(["12", "8", "2", "2", "0", "0", "0", "8", "4"]);
    expect(row("prod-eu").className).toContain("dim");
    expect(row("prod-eu").textContent).toMatch(/Token expired\s*as of/);
    await user.click(byId("by-project"));
    expect(figures(row("billing"))).toEqual(["3", "1", "0", "1", "0", "1", "0", "1", "2"]);
  });
  test("each figure leads to its applications", async () => {
    const { user, findByRole } = await open("/overview");
    await user.click(await findByRole("link", { name: "staging, Degraded: 2" }));
    expect(path()).toBe("#/apps?server=staging&health=Degraded");
  });
});

describe("the timeline", () => {
  test("a day and a week; the table has every figure for who cannot see", async () => {
    const { user } = await open("/overview");
    await until(() => byId("timeline"));
    const rows = () => byId("timeline").querySelectorAll("tbody tr");
    expect(rows().length).toBe(24);
    expect(rows()[0]?.querySelector("th")?.textContent).toMatch(/^\d\d:00 to now$/);
    expect(rows()[0]?.querySelector("td")?.textContent).toBe("14");
    await user.click(byId("period-week"));
    await until(() => expect(rows().length).toBe(28));
    expect(path()).toBe("#/overview?period=week");
    expect(byId("timeline").querySelector("svg")).not.toBeNull();
    await user.click(byId("timeline-table"));
    expect(byId("timeline").querySelector("svg")).toBeNull();
  });

  const bar = (synced: number, failed: number): Bar => ({ at_ms: 0, synced, failed, broke: 0, recovered: 0 });
  test("what went well stands on the line, what went wrong hangs below it", () => {
    const drawn = chart([bar(8, 0), bar(4, 2), bar(0, 0)], 300, 100);
    expect([drawn.top, drawn.zero]).toEqual([8, 80]);
    expect(drawn.columns.map((column) => column.blocks)).toEqual([
      [{ series: "synced", y: 0, height: 80 }],
      [{ series: "synced", y: 40, height: 40 }, { series: "failed", y: 80, height: 20 }],
      [],
    ]);
  });
  test("one among thousands is still seen, nothing at all is drawn too", () => {
    expect(chart([bar(4000, 0), bar(1, 0)], 100, 100).columns[1]?.blocks[0]?.height).toBe(2);
    expect(chart([bar(0, 0)], 0, 100).ticks.map((tick) => tick.value)).toEqual([4, 2, 0]);
    expect(chart([], 100, 100).columns).toEqual([]);
  });
  test.each([[0, 4], [4, 4], [5, 8], [9, 16], [17, 40], [41, 80], [170, 400]])("a scale for %i goes up to %i", (value, top) => expect(roundUp(value)).toBe(top));
  test("times stand apart from one another, the last bar has one", () => {
    expect(labelled(24, 800)).toEqual([2, 5, 8, 11, 14, 17, 20, 23]);
    expect(labelled(24, 0).length).toBe(1);
  });
});

describe("what needs attention", () => {
  test("servers, groups and applications, each with its cause and a way on", async () => {
    const { user, backend } = await open("/overview");
    await until(() => byId("attention"));
    expect(text("attention-server")).toContain("The token ran out at 10:12");
    expect(text("attention-token")).toMatch(/prod-cn.*Token: runs out .*, in (2|3) days/);
    expect(text("attention-group")).toContain("none of the robot's keywords");
    const app = (name: string) => all("attention-app").find((one) => one.dataset.app === name);
    expect(app("prod-cn/argocd/ledger-worker")?.textContent).toContain("Deployment/ledger-worker: one or more objects failed to apply");
    expect(app("prod-eu/argocd/billing-cron")?.textContent).toContain("PreSync Job/billing-cron: Job failed: BackoffLimitExceeded");
    expect(app("prod-eu/argocd/billing-cron")?.textContent).toContain("old data");
    await user.click(app("prod-cn/argocd/ledger-worker")?.querySelector("button") as HTMLElement);
    await until(() => expect(backend.opened).toEqual(["prod-cn/argocd/ledger-worker"]));
    await user.click(app("prod-cn/argocd/ledger-worker")?.querySelector("[data-testid=app-refresh]") as HTMLElement);
    await until(() => expect(backend.refreshed).toEqual(["prod-cn/argocd/ledger-worker"]));
    expect(text("server-fix")).toBe("New token");
    expect(text("group-fix")).toBe("Fix");
  });
  test("muting takes an application out of it, and the toast takes that back", async () => {
    const { user } = await open("/overview");
    const names = (id: string) => all(id).map((one) => one.dataset.app);
    const gateway = "prod-cn/argocd/payments-gateway";
    await until(() => expect(names("attention-app")).toContain(gateway));
    const count = text("nav-overview");
    const link = all("attention-app").find((one) => one.dataset.app === gateway)?.querySelector<HTMLElement>("[data-row]");
    link?.focus();
    await user.keyboard("m");
    await until(() => expect(document.activeElement).toBe(byId("mute-hour")));
    await user.keyboard("{ArrowDown}{Enter}");
    await until(() => expect(names("attention-app")).not.toContain(gateway));
    expect(text("toast")).toMatch(/^payments-gateway is muted until .*\d\d:\d\d/);
    await until(() => expect(text("nav-overview")).not.toBe(count));
    expect(text("show-muted")).toBe("Show muted (1)");
    await user.click(byId("show-muted"));
    expect(names("muted-app")).toEqual([gateway]);
    expect(text("muted-app")).toContain("muted until");
    await user.click(byId("undo"));
    await until(() => expect(names("attention-app")).toContain(gateway));
    expect(text("nav-overview")).toBe(count);
  });
  test("rows stay where they are while somebody is at the list, and a button brings in what changed", async () => {
    const { user, backend } = await open("/overview");
    const names = () => all("attention-app").map((one) => one.dataset.app);
    await until(() => expect(names()).toContain("prod-cn/argocd/ledger-worker"));
    const before = names();
    await user.hover(all("attention-app")[1] as HTMLElement);
    await backend.turn("ledger-worker", "Healthy");
    await until(() => expect(text("attention-fresh")).toBe("This has changed: show"));
    expect(names()).toEqual(before);
    await user.click(byId("attention-fresh"));
    expect(names()).not.toContain("prod-cn/argocd/ledger-worker");
    expect(all("attention-fresh")).toEqual([]);
    await backend.turn("ledger-worker", "Degraded");
    await until(() => byId("attention-fresh"));
    expect(names()).not.toContain("prod-cn/argocd/ledger-worker");
    await user.hover(byId("nav-apps"));
    await until(() => expect(names()).toContain("prod-cn/argocd/ledger-worker"));
    expect(all("attention-fresh")).toEqual([]);
  });
  test("a bell that rings can be muted, a struck one is muted, and the tooltip says what a click does", async () => {
    const { user } = await open("/overview");
    await until(() => byId("attention"));
    const icon = (button: HTMLElement) => button.querySelector("use")?.getAttribute("href");
    const bell = all("mute")[0] as HTMLElement;
    expect([icon(bell), bell.title]).toEqual(["#i-bell", "Mute: no alarm, no message (M)"]);
    await user.click(bell);
    await user.click(byId("mute-forever"));
    await until(() => byId("show-muted"));
    await user.click(byId("show-muted"));
    expect([icon(byId("unmute")), byId("unmute").title]).toEqual(["#i-mute", "Muted: unmute (M)"]);
  });
  test("a menu closes with Esc and gives the focus back", async () => {
    const { user } = await open("/overview");
    await until(() => byId("attention"));
    const button = all("mute")[0] as HTMLElement;
    await user.click(button);
    await until(() => byId("mute-hour"));
    await user.keyboard("{Escape}");
    expect(all("mute-hour")).toEqual([]);
    expect(document.activeElement).toBe(button);
  });
  test("a first start shows three steps", async () => {
    await open("/overview", { empty: true });
    await until(() => byId("start"));
  });
});
