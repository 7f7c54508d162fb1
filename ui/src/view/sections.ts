// The applications' list as the window draws it: one section for each server, in the status's order, rows worst first
// as they came; or by project, or as one; and which rows of it are in sight.
import type { AppRow, ServerView } from "../ipc";

export interface Section {
  name: string;
  /** Null: not a server's, or that of one that the status does not know any more. */
  server: ServerView | null;
  rows: AppRow[];
}

/** Keeps the order of rows inside each server; servers that have no row are left out. */
export function sections(rows: readonly AppRow[], servers: readonly ServerView[]): Section[] {
  const found = new Map<string, Section>();
  for (const server of servers) found.set(server.name, { name: server.name, server, rows: [] });
  for (const row of rows) {
    const name = row.id.server;
    let section = found.get(name);
    if (!section) found.set(name, (section = { name, server: null, rows: [] }));
    section.rows.push(row);
  }
  return [...found.values()].filter((section) => section.rows.length > 0);
}

export const groupings = ["server", "project", "none"] as const;
export type Grouping = (typeof groupings)[number];

const severities = ["attention", "progressing", "notice", "well"];
const badness = (row: AppRow): number => severities.indexOf(row.severity);

/** Rows of all servers together, worst first; projects by their worst row, then by name. */
export function merged(rows: readonly AppRow[], by: "project" | "none", all: string): Section[] {
  const sorted = [...rows].sort((a, b) => badness(a) - badness(b));
  if (by === "none") return sorted.length === 0 ? [] : [{ name: all, server: null, rows: sorted }];
  const found = new Map<string, AppRow[]>();
  for (const row of sorted) {
    const known = found.get(row.project);
    if (known) known.push(row);
    else found.set(row.project, [row]);
  }
  const worst = (part: Section): number => (part.rows[0] ? badness(part.rows[0]) : severities.length);
  return [...found].map(([name, list]) => ({ name, server: null, rows: list })).sort((a, b) => worst(a) - worst(b) || a.name.localeCompare(b.name));
}

export interface Slice { from: number; to: number }

/**
 * Which of `count` rows of height `row` lie between `top` and `bottom` (px from the first row's upper edge), with
 * `extra` rows on either side so that fast scrolling finds them there.
 */
export function slice(count: number, row: number, top: number, bottom: number, extra = 8): Slice {
  const from = Math.min(count, Math.max(0, Math.floor(top / row) - extra));
  const to = Math.max(from, Math.min(count, Math.ceil(bottom / row) + extra));
  return { from, to };
}
