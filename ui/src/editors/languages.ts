// How the editors colour their languages: expr, Go templates in DingTalk's markdown, and YAML. Only colour: what is
// right or wrong comes from Rust.
import { HighlightStyle, StreamLanguage, type StreamParser } from "@codemirror/language";
import { tags } from "@lezer/highlight";

export type Language = "expr" | "template" | "yaml";

const words = /^(?:and|or|not|in|matches|contains|startsWith|endsWith|let|if|else|true|false|nil)\b/;

/** One token of expr; null at what it does not know. Shared with the code inside `{{ }}`. */
function code(stream: Parameters<StreamParser<unknown>["token"]>[0], keywords: RegExp): string | null {
  if (stream.match(/^\/\/.*/) || stream.match(/^\/\*.*?\*\//)) return "comment";
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/) || stream.match(/^`[^`]*`?/)) return "string";
  if (stream.match(/^\d[\w.]*/)) return "number";
  if (stream.match(keywords)) return "keyword";
  if (stream.match(/^[A-Za-z_$][\w$]*(?=\s*\()/)) return "function";
  if (stream.match(/^[A-Za-z_$][\w$]*/)) return "variableName";
  if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||\?\?|\?\.|\.\.|[-+*/%<>!?:|^=])/)) return "operator";
  stream.next();
  return null;
}

const expr: StreamParser<unknown> = {
  token: (stream) => (stream.eatSpace() ? null : code(stream, words)),
};

const actions = /^(?:if|else|end|range|with|define|template|block|break|continue|and|or|not|eq|ne|lt|le|gt|ge|true|false|nil)\b/;

const template: StreamParser<{ inside: boolean }> = {
  startState: () => ({ inside: false }),
  token(stream, state) {
    if (state.inside) {
      if (stream.match(/^-?\}\}/)) {
        state.inside = false;
        return "bracket";
      }
      return stream.eatSpace() ? null : code(stream, actions);
    }
    if (stream.match(/^\{\{-?(?:\/\*.*?\*\/)?/)) {
      state.inside = true;
      return "bracket";
    }
    if (stream.sol() && stream.match(/^\s*(?:#{1,6}|>|-|\d+\.)(?=\s)/)) return "keyword";
    if (stream.match(/^\*\*?/) || stream.match(/^[[\]]/) || stream.match(/^<\/?font[^>{]*>/)) return "keyword";
    stream.next();
    stream.match(/^[^{*[\]<\n]+/);
    return null;
  },
};

const yaml: StreamParser<unknown> = {
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^-(?=\s)/)) return "operator";
    if (stream.match(/^[\w./-]+(?=\s*:(?:\s|$))/)) return "keyword";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^']|'')*'?/)) return "string";
    if (stream.match(/^\{\{.*?\}\}/)) return "string";
    stream.next();
    stream.match(/^[^\s"'#{]+/);
    return null;
  },
};

const parsers: Record<Language, StreamParser<never>> = { expr, template, yaml } as Record<Language, StreamParser<never>>;

export const language = (name: Language): StreamLanguage<unknown> => StreamLanguage.define(parsers[name] as StreamParser<unknown>);

/** The theme's own colours, so that dark follows the system. */
export const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-key)", fontWeight: "500" },
  { tag: tags.operatorKeyword, color: "var(--code-key)" },
  { tag: [tags.string, tags.number, tags.bracket], color: "var(--code-str)" },
  { tag: tags.function(tags.variableName), color: "var(--code-fn)", fontWeight: "500" },
  { tag: tags.comment, color: "var(--code-dim)", fontStyle: "italic" },
  { tag: tags.operator, color: "var(--code-key)" },
]);
