// Contrast of the tokens in both themes: text has 4.5:1 on every surface it stands on, glyphs and outlines 3:1.
import { describe, expect, test } from "vitest";
import css from "../src/styles/tokens.css?raw";

const [lightCss = "", darkCss = ""] = css.split("@media (prefers-color-scheme: dark)");
const read = (block: string) => new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
const themes = { light: read(lightCss), dark: read(darkCss) };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const states = ["healthy", "progressing", "degraded", "suspended", "warn", "unknown"];
const surfaces = ["bg", "bg-side", "bg-sunken", "bg-raised", "bg-hover", "bg-selected"];
const on = (names: string[], backs: string[], least: number) => names.flatMap((name) => backs.map((back) => [name, back, least] as const));

const pairs = [
  ...on(["text", "text-2", "text-3", "accent-text"], surfaces, 4.5),
  ...on(["on-accent"], ["accent", "accent-hover", "accent-press"], 4.5),
  ...states.flatMap((state) => [
    ...on([`${state}-text`], [...surfaces, `${state}-tint`], 4.5), ...on(["text", "text-2"], [`${state}-tint`], 4.5),
    ...on([`${state}-shape`], [...surfaces, `${state}-tint`], 3), ...on(["glyph-cut"], [`${state}-shape`], 3),
  ]),
  ...on(["line-control"], ["bg", "bg-sunken"], 3), ...on(["focus"], surfaces, 3),
];

describe.each(Object.entries(themes))("%s", (_name, tokens) => {
  test.each(pairs)("%s on %s", (front, back, least) => {
    expect(ratio(tokens.get(front) ?? "", tokens.get(back) ?? "")).toBeGreaterThanOrEqual(least);
  });
});
