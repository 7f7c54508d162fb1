// Where the bars of the timeline stand: pure geometry, in px. What went well rises from the line, what went wrong hangs
// below it, so that the two are told apart without colour.
import type { Bar } from "../ipc";

export const series = ["synced", "recovered", "failed", "broke"] as const;
export type Series = (typeof series)[number];

export interface Block { series: Series; y: number; height: number }
export interface Column { x: number; width: number; blocks: Block[] }
export interface Chart {
  /** Height of the line that bars stand on. */
  zero: number;
  columns: Column[];
  /** What the upper end of the scale stands for. */
  top: number;
  ticks: { y: number; value: number }[];
}

const up: readonly Series[] = ["synced", "recovered"];
const down: readonly Series[] = ["failed", "broke"];
const sum = (bar: Bar, names: readonly Series[]): number => names.reduce((all, name) => all + bar[name], 0);

/** The next of 4, 8, 16, 20, 40, 80 … that is not less: halves are whole. */
export function roundUp(value: number): number {
  for (let unit = 1; ; unit *= 10) for (const step of [4, 8, 16]) if (step * unit >= value) return step * unit;
}

/** Anything that happened is seen: a single event among hundreds still has this height. */
const LEAST = 2;

export function chart(bars: readonly Bar[], width: number, height: number): Chart {
  const above = roundUp(Math.max(...bars.map((bar) => sum(bar, up)), 1));
  const deepest = Math.max(...bars.map((bar) => sum(bar, down)), 0);
  const below = deepest === 0 ? 0 : Math.max(deepest, above / 4);
  const unit = height / (above + below);
  const zero = above * unit;
  const step = bars.length === 0 ? 0 : width / bars.length;
  const gap = Math.max(1, Math.min(8, step / 4));
  const pile = (bar: Bar, names: readonly Series[], sign: 1 | -1): Block[] => {
    let at = zero;
    return names.filter((name) => bar[name] > 0).map((name) => {
      const tall = Math.max(LEAST, bar[name] * unit);
      const block = { series: name, y: sign < 0 ? at - tall : at, height: tall };
      at += sign * tall;
      return block;
    });
  };
  return {
    zero, top: above,
    columns: bars.map((bar, i) => ({ x: i * step + gap / 2, width: Math.max(1, step - gap), blocks: [...pile(bar, up, -1), ...pile(bar, down, 1)] })),
    ticks: [above, above / 2, 0].map((value) => ({ value, y: zero - value * unit })),
  };
}

/** Which bars get a time below them: about one every `least` px, at the same distance. */
export function labelled(count: number, width: number, least = 84): number[] {
  const every = Math.max(1, Math.ceil((count * least) / Math.max(1, width)));
  return Array.from({ length: count }, (_, i) => i).filter((i) => (count - 1 - i) % every === 0);
}
