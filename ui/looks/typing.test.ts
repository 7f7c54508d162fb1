// Where a click into a code box puts the caret: only browsers know how high things are.
import { afterEach, expect, inject, test } from "vitest";
import { Browser, type Engine } from "./driver";
import { open } from "./sight";

let browser: Browser | null = null;
afterEach(() => browser?.stop());

const box = `document.querySelector('[data-testid="when-0-code"]')`;

test.each<[Engine]>([["chromium"], ["webkit"]])("a click below the last line is one into the box, in %s", async (engine) => {
  browser = await Browser.start(engine);
  await open(browser, inject("address"), { name: "typing", path: "/rules/triggers?new=1", ready: "when-0-code", steps: ["click:when-0-code", "keys:typed"] }, { lang: "en" });
  expect(await browser.run(`return ${box}.shadowRoot.querySelector(".cm-content").textContent`)).toContain("typed");
  // The box around it shows the focus.
  expect(await browser.run(`return getComputedStyle(${box}).outlineStyle`)).toBe("none");
});
