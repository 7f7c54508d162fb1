// Numbers and plurals as the language writes them, through the browser's own Intl.
import type { Lang } from "../ipc";

const formats = new Map<Lang, Intl.NumberFormat>();
const plurals = new Map<Lang, Intl.PluralRules>();

function cached<T>(map: Map<Lang, T>, lang: Lang, make: () => T): T {
  let value = map.get(lang);
  if (value === undefined) map.set(lang, (value = make()));
  return value;
}

/** `12345` as `12,345`. */
export function number(lang: Lang, value: number): string {
  return cached(formats, lang, () => new Intl.NumberFormat(lang)).format(value);
}

/** The word that goes with so many. */
export function plural(lang: Lang, value: number, one: string, other: string): string {
  return cached(plurals, lang, () => new Intl.PluralRules(lang)).select(value) === "one" ? one : other;
}

/** `1 server`, `2 servers`. */
export const count = (lang: Lang, value: number, one: string, other: string): string => `${number(lang, value)} ${plural(lang, value, one, other)}`;
