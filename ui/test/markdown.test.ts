// DingTalk's markdown as a tree, and that nothing from outside becomes markup.
import { render } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import Markdown from "../src/forms/preview/Markdown.svelte";
import { type Block, inline, type Inline, parse } from "../src/forms/preview/markdown";

/** A tree on one line. */
const span = (part: Inline): string =>
  part.is === "text" ? part.text : part.is === "break" ? "⏎" : part.is === "image" ? `image(${part.alt},${part.url})`
    : part.is === "link" ? `link(${part.inner.map(span).join("")},${part.url})` : part.is === "colour" ? `${part.colour}(${part.inner.map(span).join("")})` : `${part.is}(${part.inner.map(span).join("")})`;
const block = (one: Block): string => {
  if (one.is === "heading") return `h${one.level}(${one.inner.map(span).join("")})`;
  if (one.is === "paragraph") return `p(${one.inner.map(span).join("")})`;
  if (one.is === "quote") return `quote(${one.inner.map(block).join(" ")})`;
  return `${one.ordered ? `ol${one.start}` : "ul"}(${one.items.map((item) => item.map(span).join("")).join("|")})`;
};

test.each([
  ["### a **b**\ntext", "h3(a bold(b)) p(text)"],
  ["one\ntwo", "p(one two)"],
  ["one  \ntwo", "p(one⏎two)"],
  ["one\n\ntwo", "p(one) p(two)"],
  ["> q\n> - a\n> - b\n\nafter", "quote(p(q) ul(a|b)) p(after)"],
  ["3. a\n4. b", "ol3(a|b)"],
  ["- a\n1. b", "ul(a) ol1(b)"],
  ["#no heading", "p(#no heading)"],
  ["[a](https://x/y_(z)) ![p](https://i)", "p(link(a,https://x/y_(z)) image(p,https://i))"],
  ["<font color=#D13438>✖ a</font> b", "p(#D13438(✖ a) b)"],
  ["a_b_c *i* __x__", "p(a_b_c italic(i) bold(x))"],
  ["\\*a\\* &nbsp;b<br>c", "p(*a* \u00a0b⏎c)"],
  ["**unclosed", "p(**unclosed)"],
  ["", ""],
])("%j", (text, tree) => {
  expect(parse(text).map(block).join(" ")).toBe(tree);
});

describe("what comes from outside", () => {
  test.each(["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](https://tracker/p.png)", "<font color=red;background:url(https://x)>a</font>", "<a href=\"https://x\">y</a>"])("%s is text", (text) => {
    const { container } = render(Markdown, { text });
    expect(container.querySelectorAll("script, img, a, iframe, [href], [src], [onerror]").length).toBe(0);
    expect([...container.querySelectorAll<HTMLElement>("[style]")].map((node) => node.style.cssText).join()).not.toContain("url");
  });
  test("deep nesting and long texts end", () => {
    expect(parse("> ".repeat(5000) + "x").length).toBe(1);
    expect(inline("**".repeat(20_000)).length).toBeGreaterThan(0);
    expect(inline("[".repeat(5000)).length).toBeGreaterThan(0);
  });
});
