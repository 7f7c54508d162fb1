// Every view in Chromium, in both languages, both themes and both sizes: nothing is cut off, axe finds nothing (contrast
// included), and it looks as it did (`npm run looks:renew` says that it should look as it does now).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Browser } from "./driver";
import { scripts } from "./page";
import { reference } from "./reference";
import { open, settle } from "./sight";
import { languages, type Size, sizes, themes, views } from "./views";

/** These four hold each pair of language, theme and size; the other four are checked but not kept as pictures. */
const kept = new Set(["en-light-wide", "zh-dark-wide", "en-dark-small", "zh-light-small"]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start("chromium");
});
afterAll(() => browser?.stop());

test.each(languages.flatMap((lang) => views.map((view) => [view.name, lang, view] as const)))("%s, %s", async (_name, lang, view) => {
  const wrong: string[] = [];
  await browser.shape(...sizes.wide, "light");
  await open(browser, inject("address"), view, { lang });
  await browser.run(axe);
  for (const size of Object.keys(sizes) as Size[]) {
    for (const theme of themes) {
      const name = `${lang}-${theme}-${size}`;
      await browser.shape(...sizes[size], theme);
      await settle(browser, view);
      if (size === "wide") wrong.push(...((await browser.wait(scripts.axe, theme === "dark")) as string[]).map((one) => `${theme}: ${one}`));
      if (theme === "light") wrong.push(...((await browser.run(scripts.cutOff)) as string[]).map((one) => `${size}: ${one}`));
      wrong.push(...reference("chromium", `${view.name}-${name}`, await browser.picture(), kept.has(name)));
    }
  }
  expect(wrong).toEqual([]);
});
