// Room for words: every view with text twice as large, and at the smallest size of the window with words a third longer
// than English. Nothing is cut off, nothing scrolls sideways.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Browser } from "./driver";
import { scripts } from "./page";
import { draw } from "./reference";
import { open } from "./sight";
import { type Size, sizes, views } from "./views";

const ways: [name: string, size: Size, more: string][] = [["200 %", "wide", "size=200"], ["longer words", "small", "pseudo"]];

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start("chromium");
});
afterAll(() => browser?.stop());

test.each(ways.flatMap((way) => views.map((view) => [view.name, ...way, view] as const)))("%s, %s", async (_name, way, size, more, view) => {
  await browser.shape(...sizes[size], "light");
  await open(browser, inject("address"), view, { lang: "en", more });
  const wrong = (await browser.run(scripts.cutOff)) as string[];
  draw("room", `${view.name}-${way === "200 %" ? "large" : "long"}`, await browser.picture());
  expect(wrong).toEqual([]);
});
