// Times and durations in words. `now` is an argument everywhere, so that tests and the ticking clock decide it.
import type { Lang } from "../ipc";
import type { Messages } from "../i18n/en";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options);
  let value = formats.get(key);
  if (!value) formats.set(key, (value = new Intl.DateTimeFormat(lang, { hourCycle: "h23", ...options })));
  return value;
}

/** RFC 3339 to Unix ms; null if empty or not a time. */
export function parse(time: string): number | null {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
}

const sameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

/** Midnight of this computer, so many days before the day of `now`. */
export function dayStart(now: number, daysBefore: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime();
}

/** `14:09` today, else `Mar 2, 14:09`. */
export function clock(lang: Lang, at: number, now: number): string {
  const hm: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  return format(lang, sameDay(at, now) ? hm : { month: "short", day: "numeric", ...hm }).format(at);
}

/** `Mar 2, 2027`. */
export const day = (lang: Lang, at: number): string => format(lang, { year: "numeric", month: "short", day: "numeric" }).format(at);

/** `14:00`; with `day` `Mar 2` at midnight: for the axis of a chart. */
export function hours(lang: Lang, at: number, day = false): string {
  const midnight = new Date(at).getHours() === 0;
  return format(lang, day && midnight ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** `Sat`, `六`. */
export function weekday(lang: Lang, at: number): string {
  // In Chinese each begins with the same sign; seven of them would touch.
  return format(lang, { weekday: lang === "en" ? "short" : "narrow" }).format(at);
}

/** `14:09:52` today, else `Mar 2, 14:09:52`. */
export function exact(lang: Lang, at: number, now: number): string {
  const hms: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return format(lang, sameDay(at, now) ? hms : { month: "short", day: "numeric", ...hms }).format(at);
}

/** `18s`, `42m`, `3h`, `6d`: for narrow columns, the same in every language. */
export function short(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`;
  return `${Math.floor(ms / DAY)}d`;
}

/** `18 min`, `3 天`. */
export function span(m: Messages, ms: number): string {
  if (ms < MINUTE) return m.time.spanSeconds(Math.max(0, Math.floor(ms / SECOND)));
  if (ms < HOUR) return m.time.spanMinutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return m.time.spanHours(Math.floor(ms / HOUR));
  return m.time.spanDays(Math.floor(ms / DAY));
}

/** `just now`, `20 s ago`, `3 小时前`. A clock that runs ahead counts as now. */
export function ago(m: Messages, at: number, now: number): string {
  const ms = now - at;
  if (ms < 5 * SECOND) return m.time.now;
  if (ms < MINUTE) return m.time.seconds(Math.floor(ms / SECOND));
  if (ms < HOUR) return m.time.minutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return m.time.hours(Math.floor(ms / HOUR));
  return m.time.days(Math.floor(ms / DAY));
}
