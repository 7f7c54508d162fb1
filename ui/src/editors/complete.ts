// What can be written next: fields of real applications with a value of each, functions and words of the language.
import type { FieldView } from "../ipc";

/** One thing to offer. */
export interface Offer { label: string; kind: string; example: string; apply: string }
export interface Offers { from: number; list: Offer[] }

const top: Record<"expr" | "template", readonly string[]> = {
  expr: ["app", "appProject", "context", "time", "strings", "repo"],
  template: [".app", ".appProject", ".context", ".recipient", ".secrets", ".serviceType", ".time", ".strings", ".repo"],
};

/** Of the language and of Argo CD; not every one, but those that rules are made of. */
const functions: Record<"expr" | "template", readonly string[]> = {
  expr: [
    "all", "any", "none", "one", "filter", "map", "find", "count", "sum", "len", "first", "last", "sort", "sortBy", "groupBy", "keys", "values",
    "lower", "upper", "trim", "split", "join", "replace", "hasPrefix", "hasSuffix", "indexOf", "int", "float", "string", "abs", "min", "max", "round",
    "now", "date", "duration", "toJSON", "fromJSON", "time.Now", "time.Parse", "repo.RepoURLToHTTPS", "repo.FullNameByRepoURL", "strings.ToLower", "strings.ToUpper",
  ],
  template: [
    "if", "else", "end", "range", "with", "index", "len", "printf", "eq", "ne", "and", "or", "not", "default", "empty", "coalesce", "trunc", "trim", "upper", "lower",
    "title", "replace", "contains", "hasPrefix", "hasSuffix", "join", "split", "splitList", "first", "last", "toJson", "toString", "quote", "date", "now", "ago",
    "call .time.Parse", "call .repo.RepoURLToHTTPS",
  ],
};

/** The path before the caret as fields are listed: without `?.`, with `[]` for any index. */
const listed = (path: string): string => path.replaceAll("?.", ".").replace(/\[(?:\d*|[A-Za-z_]\w*)\]/g, "[]");

/** The fields right below a path. */
export function below(fields: readonly FieldView[], path: string): Offer[] {
  const prefix = `${path}.`;
  const found: Offer[] = [];
  for (const field of fields) {
    if (field.path.startsWith(prefix)) {
      const name = field.path.slice(prefix.length);
      if (/^\w+$/.test(name)) found.push({ label: name, kind: field.kind, example: field.example, apply: name });
    } else if (field.path.startsWith(`${path}[`)) {
      const name = field.path.slice(path.length);
      if (/^\['[^']*'\]$/.test(name)) found.push({ label: name, kind: field.kind, example: field.example, apply: name });
    }
  }
  return found;
}

/** Offers at the end of `before`, the text in front of the caret. */
export function offers(language: "expr" | "template", before: string, fields: readonly FieldView[], asked: boolean): Offers | null {
  if (language === "template") {
    const open = before.lastIndexOf("{{");
    if (open < 0 || before.indexOf("}}", open) >= 0) return null;
  }
  // What is in quotes is the user's.
  if (language === "expr" && /^(?:[^'"]|'[^']*'|"[^"]*")*(?:'[^']*|"[^"]*)$/.test(before)) return null;
  const path = /((?:\.?[A-Za-z_]\w*(?:\?\.|\.|\[[^\]]*\])*)*)(?:\?\.|\.)(\w*)$/.exec(before);
  if (path?.[1]) {
    const typed = path[2] ?? "";
    const base = listed(path[1].replace(/^\./, ""));
    const list = below(fields, base).map((offer) => (offer.apply.startsWith("[") && language === "template" ? null : offer)).filter((offer) => offer !== null);
    return list.length === 0 ? null : { from: before.length - typed.length, list };
  }
  const word = /(?:^|[^\w.])(\.?\w*)$/.exec(before)?.[1] ?? "";
  if (word === "" && !asked) return null;
  const plain = (kind: string) => (label: string): Offer => ({ label, kind, example: "", apply: label });
  const list = [...top[language].map(plain("map")), ...functions[language].map(plain("function"))];
  return { from: before.length - word.length, list };
}
