// The pictures of how it looked: compared, or renewed when LOOKS=renew. What differs is written beside as three pictures.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Engine } from "./driver";
import { compare, halve, read, write } from "./picture";

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where whole pictures go, to be looked at. */
const SEEN = folder("../test-results/looks/");

/** So much of a picture may differ: a letter drawn a little otherwise by another release of the browser. */
const MOST = 0.002;

/** What differs, in words; nothing if it looks as before. */
export function reference(engine: Engine | "room", name: string, png: Buffer, kept: boolean): string[] {
  mkdirSync(`${SEEN}${engine}`, { recursive: true });
  writeFileSync(`${SEEN}${engine}/${name}.png`, png);
  if (!kept || process.env.LOOKS === "only") return [];
  const known = folder(`pictures/${engine}/${name}.png`);
  const now = halve(read(png));
  if (process.env.LOOKS === "renew") {
    mkdirSync(folder(`pictures/${engine}`), { recursive: true });
    // What differs by less than what is allowed stays, so that a renewal changes no more files than it must.
    if (!existsSync(known) || compare(read(readFileSync(known)), now).part > MOST / 4) writeFileSync(known, write(now));
    return [];
  }
  if (!existsSync(known)) return [`${engine}/${name}: there is no picture to compare with (npm run looks:renew)`];
  const before = read(readFileSync(known));
  const { part, shown } = compare(before, now);
  if (part <= MOST) return [];
  const failed = `${SEEN}failed/${engine}-${name}`;
  mkdirSync(`${SEEN}failed`, { recursive: true });
  writeFileSync(`${failed}-expected.png`, write(before));
  writeFileSync(`${failed}-actual.png`, write(now));
  writeFileSync(`${failed}-difference.png`, write(shown));
  return [`${engine}/${name}: ${(part * 100).toFixed(2)} % differ, see test-results/looks/failed`];
}
