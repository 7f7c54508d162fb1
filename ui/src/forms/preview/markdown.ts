// DingTalk's markdown as a tree, and nothing more than DingTalk draws (robot-message-type): headings, quotes, lists,
// bold, italic, links, images, and the colours that everybody uses. What comes from outside becomes text in a tree,
// never markup, so it cannot inject anything.

export type Inline =
  | { is: "text"; text: string }
  | { is: "break" }
  | { is: "bold" | "italic"; inner: Inline[] }
  | { is: "link"; inner: Inline[]; url: string }
  | { is: "image"; alt: string; url: string }
  | { is: "colour"; inner: Inline[]; colour: string };

export type Block =
  | { is: "heading"; level: number; inner: Inline[] }
  | { is: "paragraph"; inner: Inline[] }
  | { is: "quote"; inner: Block[] }
  | { is: "list"; ordered: boolean; start: number; items: Inline[][] };

/** Deeper nesting is drawn as text. */
const MAX_DEPTH = 12;

const bullet = /^\s{0,3}[-*+]\s+(.*)$/;
const numbered = /^\s{0,3}(\d{1,9})[.)]\s+(.*)$/;

export function parse(text: string, depth = 0): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ is: "paragraph", inner: inline(joined(paragraph), depth) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    const list = bullet.exec(line) ? bullet : numbered.exec(line) ? numbered : null;
    if (line.trim() === "") {
      flush();
    } else if (heading) {
      flush();
      blocks.push({ is: "heading", level: heading[1]?.length ?? 1, inner: inline(heading[2] ?? "", depth) });
    } else if (/^\s{0,3}>/.test(line) && depth < MAX_DEPTH) {
      flush();
      const quoted: string[] = [];
      for (; at < lines.length && (lines[at] ?? "").trim() !== ""; at++) quoted.push((lines[at] ?? "").replace(/^\s{0,3}> ?/, ""));
      at--;
      blocks.push({ is: "quote", inner: parse(quoted.join("\n"), depth + 1) });
    } else if (list) {
      flush();
      const items: Inline[][] = [];
      const start = Number(numbered.exec(line)?.[1] ?? 1);
      for (let found; (found = list.exec(lines[at] ?? "")); at++) items.push(inline(found.at(-1) ?? "", depth));
      at--;
      blocks.push({ is: "list", ordered: list === numbered, start, items });
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return blocks;
}

/** A single line break is swallowed; two blanks before it keep it. */
const joined = (lines: string[]): string => lines.map((line, at) => (at === lines.length - 1 ? line.trim() : / {2,}$/.test(line) ? `${line.trim()}\n` : `${line.trim()} `)).join("");

const token = /\\([\\`*_{}[\]()#+\-.!<>])|\n|&nbsp;|<br\s*\/?>|!\[([^\]]*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|(?:\*\*|(?<!\w)__)(\S(?:.*?\S)?)(?:\*\*|__(?!\w))|(?<![*\w])\*(\S(?:[^*]*?\S)?)\*(?!\*)|(?<![_\w])_(\S(?:[^_]*?\S)?)_(?!\w)|<font\s+color=["']?(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|[a-zA-Z]{3,20})["']?\s*>(.*?)<\/font>/s;

export function inline(text: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let rest = text;
  const say = (part: string) => {
    if (part !== "") found.push({ is: "text", text: part });
  };
  while (rest !== "" && depth < MAX_DEPTH) {
    const hit = token.exec(rest);
    if (!hit) break;
    say(rest.slice(0, hit.index));
    rest = rest.slice(hit.index + hit[0].length);
    const inner = (part: string) => inline(part, depth + 1);
    if (hit[1] !== undefined) say(hit[1]);
    else if (hit[0] === "&nbsp;") say("\u00a0");
    else if (hit[0] === "\n" || hit[0].startsWith("<br")) found.push({ is: "break" });
    else if (hit[3] !== undefined) found.push({ is: "image", alt: hit[2] ?? "", url: hit[3] });
    else if (hit[5] !== undefined) found.push({ is: "link", inner: inner(hit[4] ?? ""), url: hit[5] });
    else if (hit[6] !== undefined) found.push({ is: "bold", inner: inner(hit[6]) });
    else if (hit[7] !== undefined) found.push({ is: "italic", inner: inner(hit[7]) });
    else if (hit[8] !== undefined) found.push({ is: "italic", inner: inner(hit[8]) });
    else found.push({ is: "colour", inner: inner(hit[10] ?? ""), colour: hit[9] ?? "" });
  }
  say(rest);
  return found;
}
