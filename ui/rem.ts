// Lengths are written in px and built as rem, so that everything grows with the size of text that the user has chosen;
// what is thinner than 4 px (lines, outlines) stays. Where the window counts as narrow follows from that: a query of its
// width becomes one of the container `window`, whose rem is the chosen size too.

const REM = 16;
const THIN = 4;

export const inRem = (value: string): string =>
  value.replace(/(?<![\w.#-])(-?)(\d*\.?\d+)px\b/g, (px, sign: string, length: string) => (Number(length) < THIN ? px : `${sign}${Number(length) / REM}rem`));

interface Declaration { value: string }
interface AtRule { name: string; params: string }

/** For Vite's `css.postcss.plugins`. */
export const pxToRem = {
  postcssPlugin: "px-to-rem",
  Declaration(one: Declaration): void {
    const value = inRem(one.value);
    if (value !== one.value) one.value = value;
  },
  AtRule(rule: AtRule): void {
    if (rule.name !== "media" || !/\bwidth\b/.test(rule.params)) return;
    rule.name = "container";
    rule.params = `window ${inRem(rule.params)}`;
  },
};
