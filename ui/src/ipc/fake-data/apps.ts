// Invented applications: about thirty on three servers, in every state, and any number more for trying long lists.
import type { AppFilter, AppRow, Health, Operation, OperationPhase, Severity, SyncStatus } from "../bindings";

const MINUTE = 60_000;

type Line = readonly [server: string, namespace: string, name: string, project: string, health: Health, sync: SyncStatus, revision: string, minutes: number, extra?: Extra];
interface Extra { message?: string; condition?: string; phase?: OperationPhase; operation?: string; deleting?: boolean }

const lines: Line[] = [
  ["prod-cn", "argocd", "payments-gateway", "payments", "Degraded", "Synced", "4be09d21c0ffee", 18, { message: "Deployment \"payments-gateway\" exceeded its progress deadline: 4 of 6 replicas available", condition: "SharedResourceWarning: ConfigMap/pay-flags is part of applications argocd/payments-gateway and coupon-service", phase: "Succeeded", operation: "successfully synced (all tasks run)" }],
  ["prod-cn", "argocd", "ledger-worker", "payments", "Degraded", "OutOfSync", "9c41f7e8a90b12", 42, { phase: "Failed", operation: "one or more objects failed to apply, reason: Deployment.apps \"ledger-worker\" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: \"2Gi\": must be less than or equal to memory limit of 1Gi" }],
  ["prod-cn", "argocd", "checkout-api", "storefront", "Progressing", "Synced", "77a1c03d5e6f70", 2, { phase: "Succeeded", operation: "successfully synced (all tasks run)" }],
  ["prod-cn", "argocd", "search-indexer", "search", "Progressing", "OutOfSync", "e02d5b8a1b2c3d", 4, { phase: "Running", operation: "waiting for healthy state of apps/StatefulSet/search-indexer" }],
  ["prod-cn", "argocd", "config-center", "platform", "Healthy", "OutOfSync", "1f6c9aa4d5e6f7", 64],
  ["prod-cn", "argocd", "coupon-service", "storefront", "Healthy", "OutOfSync", "c3380d1b2c3d4e", 190],
  ["prod-cn", "argocd", "cart-service", "storefront", "Healthy", "Synced", "77a1c03d5e6f70", 300],
  ["prod-cn", "argocd", "inventory", "storefront", "Healthy", "Synced", "5ac001f0e1d2c3", 820],
  ["prod-cn", "argocd", "web-console", "platform", "Healthy", "Synced", "b7720ce1f2e3d4", 1500],
  ["prod-cn", "argocd", "cert-manager", "platform", "Healthy", "Synced", "d77b910c0b0a09", 8200],
  ["prod-cn", "argocd", "grafana", "observability", "Healthy", "Synced", "0aa9f31122aabb", 12000],
  ["prod-cn", "argocd", "loki", "observability", "Healthy", "Synced", "0aa9f31122aabb", 12000],
  ["prod-eu", "argocd", "billing-cron", "billing", "Degraded", "OutOfSync", "5d90e4f6070809", 300, { message: "CronJob has not completed its last execution successfully", phase: "Failed", operation: "Job failed: BackoffLimitExceeded" }],
  ["prod-eu", "argocd", "invoice-renderer", "billing", "Missing", "OutOfSync", "5d90e4f6070809", 312, { condition: "ComparisonError: failed to load target state: rpc error: code = Unknown desc = authentication required" }],
  ["prod-eu", "compliance", "gdpr-export-nightly-batch-controller", "compliance", "Healthy", "OutOfSync", "a8f331012ab34c", 1700],
  ["prod-eu", "argocd", "vat-rates", "billing", "Healthy", "Synced", "99ab12cd34ef56", 2600],
  ["prod-eu", "argocd", "payments-gateway", "payments", "Healthy", "Synced", "4be09d21c0ffee", 2600],
  ["prod-eu", "argocd", "edge-router", "platform", "Healthy", "Synced", "d77b910c0b0a09", 2900],
  ["prod-eu", "argocd", "status-page", "platform", "Healthy", "Synced", "13572468acebdf", 9900],
  ["staging", "argocd", "risk-engine", "risk", "Degraded", "Synced", "08bb7c1d2e3f40", 9, { message: "Pod risk-engine-5d8f-x2lqk: OOMKilled, exit code 137, 9 restarts", phase: "Succeeded", operation: "successfully synced (all tasks run)" }],
  ["staging", "argocd", "risk-engine-canary", "risk", "Degraded", "OutOfSync", "3a7fe90b1c2d3e", 9, { phase: "Error", operation: "ComparisonError: Manifest generation error (cached)" }],
  ["staging", "argocd", "image-resizer", "media", "Progressing", "Synced", "b41d22e0f1a2b3", 1, { phase: "Running", operation: "waiting for completion of hook batch/Job/migrate" }],
  ["staging", "team-a", "user-profile", "storefront", "Missing", "OutOfSync", "6e15f0c8d7e6f5", 26],
  ["staging", "argocd", "legacy-importer", "media", "Unknown", "Unknown", "", 4400, { condition: "InvalidSpecError: Unable to determine cluster: there are no clusters with this name: old-lab" }],
  ["staging", "argocd", "edge-router", "risk", "Healthy", "OutOfSync", "d77b910c0b0a09", 3000],
  ["staging", "argocd", "old-reports", "media", "Progressing", "OutOfSync", "2f2f2f2f2f2f2f", 3, { deleting: true }],
  ["staging", "argocd", "order-timeline", "storefront", "Suspended", "Synced", "f2c08aa1b2c3d4", 8700],
  ["staging", "argocd", "transcoder", "media", "Healthy", "Synced", "b41d22e0f1a2b3", 5000],
  ["staging", "argocd", "thumbnails", "media", "Healthy", "Synced", "b41d22e0f1a2b3", 5100],
  ["staging", "argocd", "fraud-rules", "risk", "Healthy", "Synced", "08bb7c1d2e3f40", 6100],
];

const worst: Severity[] = ["attention", "progressing", "notice", "well"];

export function severity(row: Pick<AppRow, "health" | "sync" | "operation">): Severity {
  const phase = row.operation?.phase;
  if (row.health === "Degraded" || row.health === "Missing" || phase === "Failed" || phase === "Error") return "attention";
  if (row.health === "Progressing" || phase === "Running") return "progressing";
  return row.sync !== "Synced" || row.health === "Unknown" ? "notice" : "well";
}

function row(now: number, [server, namespace, name, project, health, sync, revision, minutes, extra = {}]: Line): AppRow {
  const since = new Date(now - minutes * MINUTE).toISOString();
  const ends = extra.phase === "Running" ? "" : since;
  const operation: Operation | null = extra.phase ? { phase: extra.phase, message: extra.operation ?? "", started_at: new Date(now - (minutes + 1) * MINUTE).toISOString(), finished_at: ends } : null;
  const state = { health, sync, operation };
  return {
    id: { server, namespace, name }, project, ...state, severity: severity(state), muted: null, stale: server === "prod-eu", health_message: extra.message ?? "",
    health_since: since, revision, condition: extra.condition ?? "", deleting: extra.deleting ?? false,
  };
}

/** The invented applications; `more` adds that many on staging. */
export function initialApps(now: number, more = 0): AppRow[] {
  const healths: Health[] = ["Healthy", "Healthy", "Healthy", "Healthy", "Progressing", "Degraded", "Suspended"];
  const extra = Array.from({ length: more }, (_, i): Line => [
    "staging", "argocd", `load-${String(i).padStart(5, "0")}`, `team-${i % 40}`, healths[i % healths.length] ?? "Healthy", i % 5 ? "Synced" : "OutOfSync", (0x1000000 + i * 7919).toString(16), i,
  ]);
  return [...lines, ...extra].map((line) => row(now, line));
}

/** Worst first, then by name, muted ones at the end; filtered as Rust does. */
export function filterApps(all: readonly AppRow[], f: AppFilter): AppRow[] {
  const text = f.text.trim().toLowerCase();
  return all
    .filter((r) => (f.server === null || r.id.server === f.server) && (f.project === null || r.project === f.project)
      && (f.sync === null || r.sync === f.sync) && (f.health === null || r.health === f.health)
      && (text === "" || [r.id.name, r.id.namespace, r.project, r.revision].some((s) => s.toLowerCase().includes(text))))
    .sort((a, b) => Number(a.muted !== null) - Number(b.muted !== null) || worst.indexOf(a.severity) - worst.indexOf(b.severity) || (a.id.name < b.id.name ? -1 : 1));
}
