// The event log in pages, while new lines arrive.
import { expect, test } from "vitest";
import type { Backend, EventFilter, EventRow } from "../src/ipc";
import { Log } from "../src/pages/events/log.svelte";

/** A backend that knows `count` lines; every tenth is bad. */
function backend(box: { count: number }): Backend {
  const row = (id: number): EventRow => ({ id, at_ms: id, app: null, trigger: "", service: "", kind: { kind: "dropped" }, text: "", detail: "", tone: id % 10 === 0 ? "bad" : "ok" });
  const events = async (filter: EventFilter) =>
    Array.from({ length: box.count }, (_, i) => box.count - i).filter((id) => filter.before === null || id < filter.before).map(row)
      .filter((one) => filter.tone === null || filter.tone === one.tone).slice(0, filter.limit);
  return { events } as unknown as Backend;
}

const all = { app: null, text: "", tone: null, trigger: null, service: null, since_ms: null };
const ids = (log: Log) => [log.rows[0]?.id, log.rows.at(-1)?.id, log.rows.length];

test("pages join, and the end is known", async () => {
  const log = new Log(backend({ count: 250 }));
  await log.restart(all);
  expect([...ids(log), log.ended]).toEqual([250, 151, 100, false]);
  await log.older(all);
  expect(ids(log)).toEqual([250, 51, 200]);
  await log.older(all);
  expect([...ids(log), log.ended]).toEqual([250, 1, 250, true]);
});

test("what is new comes on top, older pages stay", async () => {
  const box = { count: 250 };
  const log = new Log(backend(box));
  await log.restart(all);
  await log.older(all);
  box.count = 255;
  await log.renew(all);
  expect(ids(log)).toEqual([255, 51, 205]);
  expect(new Set(log.rows.map((row) => row.id)).size).toBe(205);
});

test("after a gap of more than a page the list starts anew", async () => {
  const box = { count: 120 };
  const log = new Log(backend(box));
  await log.restart(all);
  box.count = 900;
  await log.renew(all);
  expect([...ids(log), log.ended]).toEqual([900, 801, 100, false]);
});

test("another question starts from the newest and keeps nothing", async () => {
  const log = new Log(backend({ count: 1000 }));
  await log.restart(all);
  await log.restart({ ...all, tone: "bad" });
  expect([...ids(log), log.ended]).toEqual([1000, 10, 100, false]);
});
