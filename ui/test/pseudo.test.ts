// Words a third longer, with letters that no English has: every word on every page comes from the catalog, and nothing is
// put together from pieces that another language would order differently.
import { afterEach, beforeEach, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { all, open, until } from "./harness";

type Node = Record<string, unknown>;

/** `Servers` as `⟦Šeřveřš~~⟧`. */
const letters: Record<string, string> = { a: "á", e: "é", i: "í", o: "ö", u: "ü", s: "š", r: "ř", c: "č", n: "ñ" };
const pseudo = (text: string): string => `⟦${[...text].map((letter) => letters[letter] ?? letter).join("")}${"~".repeat(Math.ceil(text.length / 3))}⟧`;

function swap(node: Node, undo: (() => void)[]): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "string") node[key] = pseudo(value);
    else if (typeof value === "function") node[key] = (...args: unknown[]) => pseudo(String(value(...args)));
    else if (typeof value === "object" && value !== null) {
      swap(value as Node, undo);
      continue;
    } else continue;
    undo.push(() => (node[key] = value));
  }
}

let undo: (() => void)[] = [];
beforeEach(() => swap(en as unknown as Node, (undo = [])));
afterEach(() => undo.forEach((one) => one()));

/** What stands as it is in any language: names, what the invented backend says, signs. */
const outside = /^(Dinghy|English|中文|Ctrl\+K|⌘K|[\d\s:.,/·—~|%+-]*)$/;

test.each([
  ["/overview", "tally"], ["/servers?add=1", "server-form"], ["/groups?add=1", "group-form"], ["/settings", "diagnostics"], ["/start", "server-form"], ["/events", "events-search"],
])("%s says nothing past the catalog", async (path, ready) => {
  await open(path, { empty: path !== "/overview" });
  await until(() => expect(all(ready).length).toBeGreaterThan(0));
  const found: string[] = [];
  for (const element of document.querySelectorAll("h1, h2, h3, label, legend, button, .help, th, dt")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent ?? "").join("").trim();
    if (text !== "" && !outside.test(text) && !text.includes("⟦")) found.push(text);
  }
  expect(found.filter((text) => !["prod-cn", "prod-eu", "staging", "argocd.lab.example.com"].includes(text))).toEqual([]);
});
