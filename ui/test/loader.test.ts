// Loading: quick answers show nothing, slow ones a skeleton, overtaken ones are dropped, failures keep the old data.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asApiError } from "../src/state/errors";
import { Loader } from "../src/state/loader.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = <T>(ms: number, value: T) => () => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

test("a skeleton only after 200 ms, and only before the first data", async () => {
  const loader = new Loader<string>();
  void loader.load(after(500, "a"));
  await vi.advanceTimersByTimeAsync(199);
  expect(loader.slow).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(loader.slow).toBe(true);
  await vi.advanceTimersByTimeAsync(400);
  expect([loader.slow, loader.data]).toEqual([false, "a"]);
  void loader.load(after(500, "b"));
  await vi.advanceTimersByTimeAsync(300);
  expect([loader.slow, loader.data]).toEqual([false, "a"]);
});

test("the last question wins", async () => {
  const loader = new Loader<string>();
  void loader.load(after(300, "old"));
  void loader.load(after(100, "new"));
  await vi.advanceTimersByTimeAsync(400);
  expect(loader.data).toBe("new");
});

test("several changes become one question", async () => {
  const loader = new Loader<number>();
  const ask = vi.fn(after(0, 1));
  void loader.load(ask);
  await vi.advanceTimersByTimeAsync(1);
  for (let i = 0; i < 5; i++) loader.soon(ask);
  await vi.advanceTimersByTimeAsync(2000);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a failure keeps what is shown", async () => {
  const loader = new Loader<string>();
  void loader.load(after(0, "a"));
  await vi.advanceTimersByTimeAsync(1);
  await loader.load(() => Promise.reject({ code: "io", message: "no", todo: "", field: null }));
  expect([loader.data, loader.error?.code]).toEqual(["a", "io"]);
});

test.each([
  [{ code: "a", message: "b", todo: "c", field: "d" }, { code: "a", message: "b", todo: "c", field: "d" }],
  [{ code: "a", message: "b" }, { code: "a", message: "b", todo: "", field: null }],
  [new Error("x"), { code: "other", message: "x", todo: "", field: null }],
  ["x", { code: "other", message: "x", todo: "", field: null }],
])("what was thrown: %o", (thrown, expected) => expect(asApiError(thrown)).toEqual(expected));

test("a slow answer is not asked for all the time", async () => {
  const loader = new Loader<number>();
  const ask = vi.fn(after(1000, 1));
  void loader.load(ask);
  await vi.advanceTimersByTimeAsync(1001);
  loader.soon(ask);
  await vi.advanceTimersByTimeAsync(3000);
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1100);
  expect(ask).toHaveBeenCalledTimes(2);
});
