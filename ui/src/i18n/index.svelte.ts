// The language in force and its words. `m()` is read inside components, so they redraw when the language changes.
import type { Lang } from "../ipc";
import { en, type Messages } from "./en";
import { zh } from "./zh";

export const catalogs: Record<Lang, Messages> = { en, "zh-CN": zh };

/** Until Dinghy has said which language it speaks: the browser's. */
export function guess(languages: readonly string[]): Lang {
  const first = languages.find((tag) => /^(zh|en)\b/i.test(tag));
  return first !== undefined && /^zh/i.test(first) ? "zh-CN" : "en";
}

let current: Lang = $state(guess(navigator.languages));

export const lang = (): Lang => current;
export const m = (): Messages => catalogs[current];

/** Changes the language of the window, and of the document for screen readers and fonts. */
export function speak(lang: Lang): void {
  current = lang;
  document.documentElement.lang = lang === "zh-CN" ? "zh-Hans" : "en";
}

export type { Messages } from "./en";
