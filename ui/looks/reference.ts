// The pictures of how it looked. `npm run looks` compares with them, `npm run looks:renew` makes those anew that differ,
// `npm run looks:draw` draws every combination to be looked at and compares nothing. All whole pictures are in
// `test-results/looks`; what differs is in `failed` there, as three pictures.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Engine } from "./driver";
import { compare, halve, read, write } from "./picture";

export const mode = process.env.LOOKS === "renew" || process.env.LOOKS === "draw" ? process.env.LOOKS : "compare";

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SEEN = folder("../test-results/looks/");

/** So much of a picture may differ: a letter drawn a little otherwise by another release of the browser. */
const MOST = 0.002;

export function draw(kind: string, name: string, png: Buffer): void {
  mkdirSync(`${SEEN}${kind}`, { recursive: true });
  writeFileSync(`${SEEN}${kind}/${name}.png`, png);
}

/** What differs, in words; nothing if it looks as before. */
export function reference(engine: Engine, name: string, png: Buffer): string[] {
  draw(engine, name, png);
  if (mode === "draw") return [];
  const known = folder(`pictures/${engine}/${name}.png`);
  const before = existsSync(known) ? read(readFileSync(known)) : null;
  const now = halve(read(png));
  const { part, shown } = before === null ? { part: 1, shown: now } : compare(before, now);
  if (mode === "renew") {
    mkdirSync(folder(`pictures/${engine}`), { recursive: true });
    // What nobody sees stays, so that a renewal changes no more files than it must.
    if (part > MOST / 4) writeFileSync(known, write(now));
    return [];
  }
  if (before === null) return [`${engine}/${name}: there is no picture to compare with (npm run looks:renew)`];
  if (part <= MOST) return [];
  draw("failed", `${engine}-${name}-expected`, write(before));
  draw("failed", `${engine}-${name}-actual`, write(now));
  draw("failed", `${engine}-${name}-difference`, write(shown));
  return [`${engine}/${name}: ${(part * 100).toFixed(2)} % differ, see ui/test-results/looks/failed`];
}
