// Both languages say everything, and say it in their own way.
import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { guess, lang, m, speak } from "../src/i18n/index.svelte";
import { zh } from "../src/i18n/zh";

type Leaf = readonly [key: string, value: unknown];

function leaves(node: unknown, path: string): Leaf[] {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`));
}

/** Calls a message with numbers or words, whichever it takes: 2, 3, … */
function said(value: unknown, first = 2): string {
  if (typeof value === "function") return String(value(...Array.from({ length: value.length }, (_, i) => i + first)));
  return Array.isArray(value) ? value.join(" ") : String(value);
}

const english = new Map(leaves(en, ""));
const chinese = new Map(leaves(zh, ""));

test("the same keys", () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
});

test("nothing is empty", () => {
  for (const [key, value] of [...english, ...chinese]) expect(said(value).trim(), key).not.toBe("");
});

describe("Chinese", () => {
  /** Names and terms that stay as they are. */
  const same = new Set(["apps.open", "groups.webhook", "servers.sso", "servers.version", "groups.errcode", "time.millis", "overview.figure", "apps.resourceCount", "rules.comma", "rules.joined", "common.colon", "rules.kindMessage"]);

  test("is Chinese", () => {
    for (const [key, value] of chinese) if (!same.has(key)) expect(said(value), key).toMatch(/\p{Script=Han}/u);
  });
  test("has a space between Chinese and Latin or figures", () => {
    for (const [key, value] of chinese) expect(said(value), key).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
  });
  test("has full-width punctuation beside Chinese, and speaks plainly", () => {
    for (const [key, value] of chinese) {
      expect(said(value), key).not.toMatch(/\p{Script=Han}\s*[,;:?!]/u);
      expect(said(value), key).not.toMatch(/您|！/);
    }
  });
});

test("English has no exclamation marks and no please", () => {
  for (const [key, value] of english) expect(said(value), key).not.toMatch(/!(?!=)|\bplease\b/i);
});

test("English has one thing and two things", () => {
  const alone = (value: unknown) => said(typeof value === "function" ? () => value(1, 1, 1) : value);
  // A verb ends so too, and bytes are never as few as one.
  const wrong = /\b1 (?!(?:has|needs|holds|counts|presents|fires|was)\b)(more )?\p{L}{2,}s\b/u;
  expect([...english].filter(([key]) => key !== "events.kept").map(([, value]) => alone(value)).filter((words) => wrong.test(words))).toEqual([]);
  for (const key of ["nav.attention", "servers.attention", "apps.attention"]) expect([alone(english.get(key)), said(english.get(key))].join(), key).toMatch(/needs attention,.*need attention$/);
  expect([en.why.holding(1, 2), en.why.holding(2, 2), en.why.counting(1, 2), en.why.counting(0, 2)]).toEqual(["1 of 2 holds", "2 of 2 hold", "1 of 2 counts", "0 of 2 count"]);
});

test("the browser's language until Dinghy says its own", () => {
  expect(guess(["zh-TW", "en"])).toBe("zh-CN");
  expect(guess(["de", "en-GB"])).toBe("en");
  expect(guess(["fr"])).toBe("en");
});

test("speaking changes words and the document", () => {
  speak("zh-CN");
  expect([lang(), m().nav.apps, document.documentElement.lang]).toEqual(["zh-CN", "应用", "zh-Hans"]);
  speak("en");
  expect([lang(), m().nav.apps, document.documentElement.lang]).toEqual(["en", "Applications", "en"]);
});

describe("every word is used", () => {
  const files = import.meta.glob("../src/**/*.{svelte,ts}", { query: "?raw", import: "default", eager: true }) as Record<string, string>;
  const source = Object.entries(files).filter(([file]) => !file.includes("/i18n/")).map(([, content]) => content).join("\n");
  /** Looked up by a state's or a page's own name, or handed over with their page. */
  const byName = /^(servers|groups)\.(title|add|list|none|noneWhy)$|^(health|sync|phase)\.|^nav\.(start|overview|apps|events|rules|groups|servers|settings)$|^overview\.(series|column)\.|^events\.(ok|bad|wait|hold|info|today|week)$|^palette\.kinds\.|^apps\.grouping\./;

  test.each([...english.keys()].filter((key) => !byName.test(key)))("%s", (key) => {
    expect(new RegExp(`\\.${key.replace(".", "\\.")}\\b`).test(source)).toBe(true);
  });
});
