// The event log and the queue.
import { describe, expect, test, vi } from "vitest";
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

test("a line opens and says all that is known", async () => {
  const { user } = await open("/events?q=ledger");
  await until(() => expect(lines().length).toBe(3));
  const button = all("event-row")[0]?.querySelector("button");
  await user.click(button as HTMLElement);
  expect(button?.getAttribute("aria-expanded")).toBe("true");
  expect(all("event-row")[0]?.textContent).toContain("prod-cn/argocd/ledger-worker");
  expect(document.querySelector('[data-testid="event-row"] a')?.getAttribute("href")).toBe("#/apps/prod-cn/argocd/ledger-worker");
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
  expect(asked.mock.calls[0]).toEqual([{ app: null, text: "", tone: "bad", before: null, limit: 0 }, "csv"]);
});
