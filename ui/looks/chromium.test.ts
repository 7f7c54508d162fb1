// Every view in Chromium, in both languages, both themes and both sizes: nothing is cut off, axe finds nothing (contrast
// included), and it looks as it did.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Browser, type Theme } from "./driver";
import { scripts } from "./page";
import { mode, reference } from "./reference";
import { open, settle } from "./sight";
import { languages, type Size, sizes, views } from "./views";

/** Together these hold each pair of language, theme and size. The other four are drawn only to be looked at. */
const kept: Record<string, [Theme, Size][]> = { en: [["light", "wide"], ["dark", "small"]], zh: [["dark", "wide"], ["light", "small"]] };
const rest: Record<string, [Theme, Size][]> = { en: [["dark", "wide"], ["light", "small"]], zh: [["light", "wide"], ["dark", "small"]] };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** As WebDriver writes it. */
const TAB = "\ue004";

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start("chromium");
});
afterAll(() => browser?.stop());

test.each(languages.flatMap((lang) => views.map((view) => [view.name, lang, view] as const)))("%s, %s", async (_name, lang, view) => {
  const wrong: string[] = [];
  const shapes = kept[lang] ?? [];
  await browser.shape(...sizes.wide, shapes[0]?.[0] ?? "light");
  await open(browser, inject("address"), view, { lang });
  // What axe looks at is the same in each language.
  if (lang === "en") await browser.run(axe);
  for (const [theme, size] of [...shapes, ...(mode === "draw" ? (rest[lang] ?? []) : [])]) {
    const name = `${lang}-${theme}-${size}`;
    await browser.shape(...sizes[size], theme);
    await settle(browser, view);
    wrong.push(...((await browser.run(scripts.cutOff)) as string[]).map((one) => `${size}: ${one}`));
    if (lang === "en") wrong.push(...((await browser.wait(scripts.axe, theme === "dark")) as string[]).map((one) => `${theme}: ${one}`));
    wrong.push(...reference("chromium", `${view.name}-${name}`, await browser.picture()));
  }
  // Last, because the focus moves.
  if (lang === "en") {
    await browser.press(TAB);
    wrong.push(...((await browser.run(scripts.focusUnseen)) as string[]));
  }
  expect(wrong).toEqual([]);
});
