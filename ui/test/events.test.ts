// The event log and the queue.
import { describe, expect, test, vi } from "vitest";
import { speak } from "../src/i18n/index.svelte";
import { all, byId, open, path, text, until } from "./harness";

const lines = () => all("event-row").map((row) => row.dataset.tone);
const queue = () => all("queue-row").map((row) => `${row.dataset.rowId} ${row.dataset.state}`);
const loaded = () => until(() => expect(lines().length).toBe(100));

test("newest first, a hundred at a time, until the end", async () => {
  const { user } = await open("/events");
  await loaded();
  expect(lines().slice(0, 3)).toEqual(["wait", "wait", "ok"]);
  await user.click(byId("events-older"));
  await until(() => expect(lines().length).toBe(194));
  expect(document.body.textContent).toContain("That is the whole log.");
});

test.each([
  ["q=ledger", 3], ["tone=bad", 3], ["app=prod-cn/argocd/payments-gateway", 5], ["q=ledger&tone=ok", 1],
])("%s finds %d", async (query, count) => {
  await open(`/events?${query}`);
  await until(() => expect(lines().length).toBe(count));
});

test("what changed is said in full, in the columns that a change leaves empty", async () => {
  await open("/events?app=prod-cn/argocd/search-indexer&tone=info", { lang: "zh-CN" });
  await until(() => expect(lines()).toEqual(["info"]));
  const cells = [...(all("event-row")[0]?.querySelectorAll("button > span") ?? [])].map((cell) => cell.textContent);
  expect(cells.slice(1)).toEqual(["变化", "search-indexer prod-cn", "健康，已同步 → 进行中，未同步"]);
});

test("a line opens and says all that is known", async () => {
  const { user } = await open("/events?q=ledger");
  await until(() => expect(lines().length).toBe(3));
  const button = all("event-row")[0]?.querySelector("button");
  await user.click(button as HTMLElement);
  expect(button?.getAttribute("aria-expanded")).toBe("true");
  expect(all("event-row")[0]?.textContent).toContain("prod-cn/argocd/ledger-worker");
  expect(document.querySelector('[data-testid="event-row"] a')?.getAttribute("href")).toBe("#/apps/prod-cn/argocd/ledger-worker");
});

describe("an opened line", () => {
  const openLine = async (query: string, at = 0) => {
    const found = await open(`/events?${query}`);
    await until(() => expect(all("event-row").length).toBeGreaterThan(at));
    await found.user.click(all("event-row")[at]?.querySelector("button") as HTMLElement);
    await until(() => byId("event-more"));
    return found;
  };

  test("a refusal: what led to it, DingTalk's answer, the message, and again from there", async () => {
    const { user } = await openLine("group=payments-alerts");
    await until(() => expect(all("trail")[0]?.querySelectorAll("li").length).toBe(3));
    expect(text("trail")).toMatch(/Progressing → Degraded.*Queued.*Refused/);
    expect(text("trail")).toContain("errcode 310000 keywords not in content");
    expect(text("event-message")).toContain("payments-gateway is degraded");
    await user.click(byId("queue-retry"));
    await until(() => expect(text("toast")).toBe("It is on its way again"));
  });
  test("drop asks, and the message is gone from the line", async () => {
    const { user } = await openLine("group=payments-alerts");
    await until(() => byId("queue-drop"));
    await user.click(byId("queue-drop"));
    expect(text("dialog")).toContain("It will not be sent to payments-alerts.");
    await user.click(byId("dialog-confirm"));
    await until(() => expect(all("queue-drop")).toEqual([]));
    expect(all("event-message-now").length).toBe(1);
  });
  test("why the rule sends or does not", async () => {
    const { user } = await openLine("group=payments-alerts");
    await user.click(byId("event-why"));
    await until(() => expect(text("explained")).toContain("Not sent: first contact"));
    expect(text("why-now")).toBe("This is about the application as it is now, not as it was at this event.");
    speak("zh-CN");
    await until(() => expect(text("why-now")).toBe("以下说的是应用现在的状态，不是这条事件发生时的状态。"));
    expect(text("why-condition")).toContain("app.status.health.status'Degraded'");
  });
  test("a change of state: what every rule says of the application", async () => {
    const { user } = await openLine("app=prod-cn/argocd/payments-gateway&tone=info");
    await user.click(byId("event-why"));
    await until(() => expect(all("app-rule").map((one) => one.dataset.trigger)).toEqual(["on-health-degraded", "on-deployed"]));
    expect(text("why-now")).toContain("not as it was at this event");
  });
});

test("trigger, group and time narrow the log, and stand in the address", async () => {
  const { user } = await open("/events");
  await loaded();
  await until(() => expect(byId("filter-trigger").querySelectorAll("option").length).toBe(3));
  await user.selectOptions(byId("filter-trigger"), "on-health-degraded");
  await until(() => expect(lines().length).toBe(3));
  await user.selectOptions(byId("filter-group"), "platform-oncall");
  await until(() => expect(lines()).toEqual(["hold", "ok"]));
  await user.selectOptions(byId("filter-since"), "week");
  expect(path()).toBe("#/events?trigger=on-health-degraded&group=platform-oncall&since=week");
  await until(() => expect(lines()).toEqual(["hold", "ok"]));
});

describe("the queue", () => {
  test("says what waits and what was refused", async () => {
    await open("/events");
    await until(() => expect(queue()).toEqual(["41 refused", "44 waiting", "45 waiting"]));
    expect(all("queue-row")[0]?.textContent).toContain("Write the robot's keyword here");
  });
  test("again", async () => {
    const { user } = await open("/events");
    await until(() => expect(queue().length).toBe(3));
    await user.click(all("queue-retry")[0] as HTMLElement);
    await until(() => expect(queue()[0]).toBe("41 waiting"));
  });
  test("drop asks first", async () => {
    const { user } = await open("/events");
    await until(() => expect(queue().length).toBe(3));
    await user.click(all("queue-drop")[1] as HTMLElement);
    expect(text("dialog")).toContain("It will not be sent to releases.");
    await user.click(byId("dialog-confirm"));
    await until(() => expect(queue()).toEqual(["41 refused", "45 waiting"]));
  });
});

test("a filter that finds nothing can be cleared", async () => {
  const { user, findByRole } = await open("/events?q=zzz");
  await user.click(await findByRole("button", { name: "Clear filters" }));
  await loaded();
  expect(path()).toBe("#/events");
});

test("what is shown can be written into a file", async () => {
  const { user, backend } = await open("/events?tone=bad");
  await until(() => expect(all("event-row").length).toBeGreaterThan(0));
  const shown = all("event-row").length;
  const asked = vi.spyOn(backend, "eventsExport");
  await user.click(byId("export-csv"));
  await until(() => expect(text("toast")).toContain(`${shown} events written to ~/Downloads/dinghy-events-`));
  expect(asked.mock.calls[0]).toEqual([{ app: null, text: "", tone: "bad", trigger: null, service: null, since_ms: null, before: null, limit: 0 }, "csv"]);
});

describe("while somebody is at the list", () => {
  const dropped = { app: null, trigger: "", service: "releases", kind: { kind: "dropped" as const }, text: "Dropped by you", tone: "info" as const };
  const first = () => all("event-row")[0]?.textContent ?? "";
  const list = () => byId("event-log");

  test("nobody is: what is new comes in at once", async () => {
    const { backend } = await open("/events");
    await loaded();
    await backend.happen(dropped);
    await until(() => expect(first()).toContain("Dropped by you"));
    expect(all("events-fresh")).toEqual([]);
  });
  test("nothing moves under the pointer; a button brings in what is new", async () => {
    const { backend, user } = await open("/events");
    await loaded();
    const before = first();
    await user.hover(all("event-row")[2] as HTMLElement);
    await backend.happen(dropped);
    await until(() => expect(text("events-fresh")).toBe("1 new event"));
    await backend.happen(dropped, dropped);
    await until(() => expect(text("events-fresh")).toBe("3 new events"));
    expect(byId("events-fresh").closest("[role=status]")).not.toBeNull();
    expect(first()).toBe(before);
    speak("zh-CN");
    await until(() => expect(text("events-fresh")).toBe("3 条新事件"));
    await user.click(byId("events-fresh"));
    await until(() => expect(first()).toContain("Dropped by you"));
    expect(all("events-fresh")).toEqual([]);
    expect(document.activeElement).toBe(list().querySelector("[data-row]"));
  });
  test("when the pointer leaves they come in by themselves", async () => {
    const { backend, user } = await open("/events");
    await loaded();
    await user.hover(all("event-row")[2] as HTMLElement);
    await backend.happen(dropped);
    await until(() => byId("events-fresh"));
    await user.hover(byId("nav-apps"));
    await until(() => expect(first()).toContain("Dropped by you"));
    expect(all("events-fresh")).toEqual([]);
  });
  test("nor with the focus in it, until it goes elsewhere", async () => {
    const { backend } = await open("/events");
    await loaded();
    const row = all("event-row")[1]?.querySelector("button");
    row?.focus();
    await backend.happen(dropped);
    await until(() => byId("events-fresh"));
    expect(first()).not.toContain("Dropped by you");
    expect(document.activeElement).toBe(row);
    byId("events-search").focus();
    await until(() => expect(first()).toContain("Dropped by you"));
  });
  test("nor while it is scrolled, until it is back at the top", async () => {
    const { backend } = await open("/events");
    await loaded();
    const body = list().closest(".body") as HTMLElement;
    body.scrollTop = 300;
    await backend.happen(dropped);
    await until(() => byId("events-fresh"));
    expect(first()).not.toContain("Dropped by you");
    body.scrollTop = 0;
    body.dispatchEvent(new Event("scroll"));
    await until(() => expect(first()).toContain("Dropped by you"));
  });
  test("the queue above it does not move the list either, but for what one does oneself", async () => {
    const { backend, user } = await open("/events");
    await until(() => expect(queue().length).toBe(3));
    await loaded();
    await user.hover(all("event-row")[2] as HTMLElement);
    await backend.queueDrop(44);
    await backend.happen(dropped);
    await until(() => byId("events-fresh"));
    expect(queue().length).toBe(3);
    await user.click(byId("events-fresh"));
    await until(() => expect(queue()).toEqual(["41 refused", "45 waiting"]));
    await user.click(all("queue-drop")[1] as HTMLElement);
    await user.click(byId("dialog-confirm"));
    await until(() => expect(queue()).toEqual(["41 refused"]));
  });
});

test("a message that was queued and has an outcome is one line; its details say when it was queued", async () => {
  const { backend, user } = await open("/events?tone=wait&trigger=on-deployed&group=releases");
  const names = () => all("event-row").map((row) => row.dataset.app);
  await until(() => expect(names()).toEqual(["prod-cn/argocd/checkout-api", "staging/argocd/image-resizer"]));
  await backend.queueDrop(44);
  await until(() => expect(names()).toEqual(["staging/argocd/image-resizer"]));
  await user.click(byId("tone-wait"));
  await user.selectOptions(byId("filter-group"), "payments-alerts");
  await user.selectOptions(byId("filter-trigger"), "on-health-degraded");
  await until(() => expect(lines()).toEqual(["bad"]));
  await user.click(all("event-row")[0]?.querySelector("button") as HTMLElement);
  await until(() => expect(text("trail")).toMatch(/\d\d:\d\d:\d\d\s*Queued .* \d\d:\d\d:\d\d\s*Refused/));
});
