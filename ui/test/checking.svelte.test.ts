// Questions to Rust while one types: the last one is answered, none is asked twice at a time.
import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { checking } from "../src/forms/checking.svelte";

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

test("while one question is under way only the newest of the later ones is asked", async () => {
  const asked: string[] = [];
  const answers: ((value: string) => void)[] = [];
  const text = $state({ value: "a" });
  let state: ReturnType<typeof checking<string, string>> | undefined;
  const stop = $effect.root(() => {
    state = checking(() => text.value, (question) => {
      asked.push(question);
      return new Promise<string>((resolve) => answers.push(resolve));
    });
  });
  flushSync();
  expect(asked).toEqual(["a"]);
  for (const value of ["ab", "abc", "abcd"]) {
    text.value = value;
    flushSync();
  }
  expect(asked).toEqual(["a"]);
  answers[0]?.("about a");
  await soon();
  expect(asked).toEqual(["a", "abcd"]);
  expect(state?.data).toBeNull();
  expect(state?.pending).toBe(true);
  answers[1]?.("about abcd");
  await soon();
  expect([state?.data, state?.pending]).toEqual(["about abcd", false]);
  text.value = "abcd";
  flushSync();
  expect(asked.length).toBe(2);
  stop();
});
