// Sentences of the invented backend in both languages, as Rust would send them.
import type { ApiError, Lang, ProblemView } from "../bindings";

/** A sentence in English and Chinese. */
export type Said = readonly [en: string, zh: string];

export const say = (lang: Lang, [en, zh]: Said): string => (lang === "zh-CN" ? zh : en);

export interface Trouble { code: string; what: Said; todo: Said; file?: string; line?: number; column?: number }

export const problem = (lang: Lang, t: Trouble): ProblemView => ({
  code: t.code, what: say(lang, t.what), todo: say(lang, t.todo), file: t.file ?? null, line: t.line ?? 0, column: t.column ?? 0,
});

export const apiError = (lang: Lang, code: string, what: Said, todo: Said = ["", ""], field: string | null = null): ApiError => ({
  code, message: say(lang, what), todo: say(lang, todo), field,
});
