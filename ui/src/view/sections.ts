// The applications' list as the window draws it: one section for each server, in the status's order, rows worst first
// as they came; and which rows of it are in sight.
import type { AppRow, ServerView } from "../ipc";

export interface Section {
  name: string;
  /** Null: a server that the status does not know any more. */
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
