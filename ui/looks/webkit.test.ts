// Every view in WebKitGTK, which draws the window on Linux: nothing is cut off, and it looks as it did. Two of the
// combinations: Chromium shows the rest, and what differs between the two is how they draw, not what.
import { afterAll, expect, inject, test } from "vitest";
import { Browser, type Theme } from "./driver";
import { scripts } from "./page";
import { reference } from "./reference";
import { open } from "./sight";
import { type Size, sizes, views } from "./views";

const combinations: [lang: string, theme: Theme, size: Size][] = [["en", "light", "wide"], ["zh", "dark", "small"]];

let browser: Browser | null = null;
let shown: Theme | null = null;

/** GTK's theme holds for as long as the browser runs. */
async function of(theme: Theme): Promise<Browser> {
  if (shown !== theme) await browser?.stop();
  if (browser === null || shown !== theme) browser = await Browser.start("webkit", theme);
  shown = theme;
  return browser;
}
afterAll(() => browser?.stop());

test.each(combinations.flatMap((how) => views.map((view) => [view.name, ...how, view] as const)))("%s, %s, %s, %s", async (_name, lang, theme, size, view) => {
  const here = await of(theme);
  await open(here, inject("address"), view, { lang });
  await here.shape(...sizes[size], theme);
  const wrong = (await here.run(scripts.cutOff)) as string[];
  wrong.push(...reference("webkit", `${view.name}-${lang}-${theme}-${size}`, await here.picture()));
  expect(wrong).toEqual([]);
});
