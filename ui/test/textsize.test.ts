// The size of text: keys change it in steps, it is kept, and lengths are built so that all of them follow.
import { beforeEach, expect, test } from "vitest";
import { inRem, pxToRem } from "../rem.ts";
import { applyTextSize, stepTextSize, textSizeStep } from "../src/state/textsize";
import { open } from "./harness";

beforeEach(() => applyTextSize(100));
const size = () => document.documentElement.style.fontSize;

test.each([
  [{ key: "=", ctrlKey: true }, "larger"], [{ key: "+", metaKey: true }, "larger"], [{ key: "-", ctrlKey: true }, "smaller"], [{ key: "0", ctrlKey: true }, "normal"],
  [{ key: "=" }, null], [{ key: "k", ctrlKey: true }, null], [{ key: "-", ctrlKey: true, altKey: true }, null],
] as const)("%j", (key, step) => expect(textSizeStep(new KeyboardEvent("keydown", key))).toBe(step));

test("steps end at both ends and are kept for the next window", () => {
  for (let i = 0; i < 9; i++) stepTextSize("larger");
  expect(size()).toBe("200%");
  applyTextSize(100);
  applyTextSize();
  expect(size()).toBe("200%");
  stepTextSize("smaller");
  expect(size()).toBe("175%");
  for (let i = 0; i < 9; i++) stepTextSize("smaller");
  expect(size()).toBe("");
  stepTextSize("larger");
  stepTextSize("normal");
  expect(size()).toBe("");
});

test("Ctrl+= on any page", async () => {
  const { user } = await open("/settings");
  await user.keyboard("{Control>}={/Control}");
  expect(size()).toBe("110%");
});

test.each([
  ["16px", "1rem"], ["13px/20px", "0.8125rem/1.25rem"], ["1px solid red", "1px solid red"], ["0 0 0 3px var(--x)", "0 0 0 3px var(--x)"], ["calc(100% - 32px)", "calc(100% - 2rem)"],
  ["-4px", "-0.25rem"], ["url(a16px.svg)", "url(a16px.svg)"], ["minmax(0, 1fr) 92px", "minmax(0, 1fr) 5.75rem"],
])("%s is built as %s", (px, rem) => expect(inRem(px)).toBe(rem));

test("the window's width is asked of its box, other media are left alone", () => {
  const narrow = { name: "media", params: "(max-width: 1039px)" };
  pxToRem.AtRule(narrow);
  expect(narrow).toEqual({ name: "container", params: "window (max-width: 64.9375rem)" });
  const dark = { name: "media", params: "(prefers-color-scheme: dark)" };
  pxToRem.AtRule(dark);
  expect(dark.name).toBe("media");
});
