// Opens one view in a browser and makes it ready to be looked at.
import type { Browser } from "./driver";
import { scripts } from "./page";
import type { View } from "./views";

export interface Asked { lang: string; more?: string }

const id = (name: string): string => `[data-testid="${name}"]`;

async function still(browser: Browser, ready: string, view: View): Promise<void> {
  if (!(await browser.wait(scripts.still, ready))) throw new Error(`${view.name}: no ${ready}`);
}

export async function open(browser: Browser, address: string, view: View, { lang, more = "" }: Asked): Promise<void> {
  // Another query is another document, so that nothing of the view before is left.
  await browser.go(`${address}?lang=${lang}&${view.query ?? ""}&${more}&view=${view.name}#${view.path}`);
  await still(browser, view.ready, view);
  for (const step of view.steps ?? []) {
    const [verb = "", what = ""] = step.split(/:(.*)/s);
    if (verb === "click") await browser.click(id(what));
    else if (verb === "first") await browser.click(`${id(what)} button, ${id(what)}`);
    else if (verb === "focus") await browser.run("document.querySelector(arguments[0]).focus()", id(what));
    else if (verb === "show") await browser.run("document.querySelector(arguments[0]).scrollIntoView()", id(what));
    else if (verb === "keys") await browser.press(what);
    else if (verb === "wait") await still(browser, what, view);
    else throw new Error(`${view.name}: what is ${step}?`);
  }
  await still(browser, view.ready, view);
}

/** After another size or theme. */
export const settle = (browser: Browser, view: View): Promise<void> => still(browser, view.ready, view);
