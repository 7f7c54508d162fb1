// The invented overview, counted from the invented applications; and the details of one of them.
import type { AppDetails, AppResource, AppRow, AttentionRow, Bar, OverviewView, Period, ServerView, Tally } from "../bindings";

const HOUR = 3_600_000;

const empty = (name: string, stale = false): Tally => ({
  name, stale, total: 0, healthy: 0, progressing: 0, degraded: 0, suspended: 0, missing: 0, unknown: 0, synced: 0, out_of_sync: 0, sync_unknown: 0,
});

function tally(into: Tally, rows: readonly AppRow[]): Tally {
  const healths = { Healthy: "healthy", Progressing: "progressing", Degraded: "degraded", Suspended: "suspended", Missing: "missing", Unknown: "unknown" } as const;
  const syncs = { Synced: "synced", OutOfSync: "out_of_sync", Unknown: "sync_unknown" } as const;
  for (const row of rows) {
    into.total++;
    into[healths[row.health]]++;
    into[syncs[row.sync]]++;
  }
  return into;
}

const failed = (row: AppRow): boolean => row.operation?.phase === "Failed" || row.operation?.phase === "Error";

/** What `appDetails` says of the invented applications that are not well. */
export function details(row: AppRow | undefined, now: number): AppDetails {
  if (!row) return { conditions: [], resources: [], resources_wrong: 0, resources_total: 0, history: [], images: [] };
  const resources: AppResource[] = [];
  const of = (kind: string, extra: Partial<AppResource>): AppResource => ({ kind, name: row.id.name, namespace: row.project, health: null, sync: null, hook: "", failed: false, message: "", ...extra });
  if (failed(row)) resources.push(of(row.id.name === "billing-cron" ? "Job" : "Deployment", { failed: true, sync: "OutOfSync", hook: row.id.name === "billing-cron" ? "PreSync" : "", message: row.operation?.message ?? "" }));
  if (row.health === "Degraded" && !failed(row)) resources.push(of("Deployment", { health: "Degraded", sync: "Synced", message: row.health_message }));
  if (row.health === "Missing") resources.push(of("Deployment", { health: "Missing", sync: "OutOfSync" }));
  if (row.sync === "OutOfSync") resources.push(of("ConfigMap", { sync: "OutOfSync" }));
  const [kind = "", message = ""] = row.condition.split(/: (.*)/s);
  return {
    conditions: row.condition ? [{ kind, message, since: row.health_since, error: kind.endsWith("Error") }] : [],
    resources, resources_wrong: resources.length, resources_total: 31, images: [`registry.example/${row.project}/${row.id.name}:${row.revision.slice(0, 7)}`],
    history: row.revision ? [
      { revision: row.revision, at: new Date(now - 4 * HOUR).toISOString(), took_ms: 38_000, by: "", automated: true },
      { revision: "b7720ce1f2e3d4", at: new Date(now - 30 * HOUR).toISOString(), took_ms: 41_000, by: "liuyang", automated: false },
    ] : [],
  };
}

export function overview(rows: readonly AppRow[], servers: readonly ServerView[], period: Period, now: number, quiet: boolean): OverviewView {
  const bar_ms = period === "day" ? HOUR : 6 * HOUR;
  const count = period === "day" ? 24 : 28;
  const start = Math.floor(now / bar_ms) * bar_ms - (count - 1) * bar_ms;
  const day = [12, 9, 15, 7, 4, 5, 3, 2, 1, 0, 0, 1, 0, 0, 1, 2, 4, 9, 13, 11, 8, 12, 10, 14];
  const bars = Array.from({ length: count }, (_, i): Bar => {
    const synced = quiet ? 0 : (day[(i * (period === "day" ? 1 : 5)) % 24] ?? 0) * (period === "day" ? 1 : 4);
    return { at_ms: start + i * bar_ms, synced, failed: synced > 8 && i % 2 ? 2 : 0, broke: synced > 8 && i % 3 === 0 ? 1 : 0, recovered: synced > 8 && i % 3 === 1 ? 1 : 0 };
  });
  const told = (some: readonly AppRow[]) => some.toSorted((a, b) => Number(a.stale) - Number(b.stale)).map((row): AttentionRow => {
    const phase = failed(row) ? (row.operation?.phase ?? null) : null;
    const blame = details(row, now).resources.find((one) => (phase === null ? !one.failed && one.health !== null : one.failed));
    return {
      id: row.id, project: row.project, health: row.health, sync: row.sync, phase, since: row.health_since, stale: row.stale, muted: row.muted,
      subject: blame ? [blame.hook, `${blame.kind}/${blame.name}`].filter((word) => word !== "").join(" ") : "",
      message: blame?.message || (phase === null ? row.health_message || row.condition : (row.operation?.message ?? "")),
    };
  });
  const attention = told(rows.filter((row) => row.severity === "attention" && row.muted === null));
  const muted = told(rows.filter((row) => row.muted !== null));
  const projects = [...new Set(rows.map((row) => row.project))].sort();
  return {
    servers: servers.map((server) => tally(empty(server.name, server.state === "unauthorized"), rows.filter((row) => row.id.server === server.name))),
    projects: projects.map((name) => tally(empty(name), rows.filter((row) => row.project === name))),
    all: tally(empty(""), rows), bars, bar_ms, attention: attention.slice(0, 50), attention_total: attention.length, muted: muted.slice(0, 50), muted_total: muted.length,
  };
}
