// The invented event log and queue.
import type { AppId, EventKind, EventRow, Lang, QueueRow, Tone } from "../bindings";
import { zh } from "../../i18n/zh";
import { noKeyword } from "./groups";
import { problem, say, type Said } from "./say";

interface Line { ago: number; app: AppId | null; trigger: string; service: string; kind: EventKind; tone: Tone; text: Said; detail: Said }

const app = (server: string, name: string): AppId => ({ server, namespace: "argocd", name });
const payments = app("prod-cn", "payments-gateway");
const ledger = app("prod-cn", "ledger-worker");
const checkout = app("prod-cn", "checkout-api");
const resizer = app("staging", "image-resizer");
const indexer = app("prod-cn", "search-indexer");
const SENT: Said = ["Sent", "已发送"];
const HELD: Said = ["Suppressed", "已抑制"];

const sent = (ago: number, a: AppId, trigger: string, service: string, millis: number): Line => ({
  ago, app: a, trigger, service, kind: { kind: "sent", attempts: 1, millis }, tone: "ok", text: SENT, detail: [`${millis} ms`, `${millis} ms`],
});
const held = (ago: number, a: AppId, trigger: string, service: string, reason: Said): Line => ({
  ago, app: a, trigger, service, kind: { kind: "suppressed", reason: reason[0] }, tone: "hold", text: HELD, detail: reason,
});
const states: Record<string, string> = { ...zh.phase, ...zh.health, ...zh.sync };
const inChinese = (words: string): string => words.split(", ").map((word) => states[word] ?? word).join("，");
const changed = (ago: number, a: AppId, from: string, to: string): Line => ({
  ago, app: a, trigger: "", service: "", kind: { kind: "changed", from, to }, tone: "info", text: [`${from} → ${to}`, `${inChinese(from)} → ${inChinese(to)}`], detail: ["", ""],
});
const queued = (ago: number, a: AppId, trigger: string, service: string, summary: string): Line => ({
  ago, app: a, trigger, service, kind: { kind: "queued", summary }, tone: "wait", text: ["Queued", "已排队"], detail: [summary, summary],
});
const waits = (ago: number, a: AppId): Line => queued(ago, a, "on-deployed", "releases", `${a.name} deployed`);

const lines = (): Line[] => [
  waits(12, checkout), waits(19, resizer),
  sent(40, ledger, "on-sync-failed", "platform-oncall", 131),
  changed(41, ledger, "Running", "Failed"),
  held(610, payments, "on-health-degraded", "platform-oncall", ["once per revision 4be09d2, sent before", "每个版本一次，4be09d2 已发送过"]),
  changed(640, indexer, "Healthy, Synced", "Progressing, OutOfSync"),
  {
    ago: 900, app: payments, trigger: "on-health-degraded", service: "payments-alerts", kind: { kind: "refused", problem: { code: "robot", refusal: "keyword", errcode: 310000, errmsg: "keywords not in content" } }, tone: "bad",
    text: ["Refused", "被拒绝"], detail: noKeyword.what,
  },
  queued(902, payments, "on-health-degraded", "payments-alerts", "payments-gateway is degraded"),
  sent(901, payments, "on-health-degraded", "platform-oncall", 142),
  changed(903, payments, "Progressing", "Degraded"),
  sent(1400, payments, "on-deployed", "releases", 156),
  {
    ago: 2100, app: indexer, trigger: "on-deployed", service: "audit-log", kind: { kind: "failed", problem: { code: "timeout", host: "hooks.corp.internal" }, next_ms: 0 }, tone: "wait",
    text: ["Failed, will be tried again", "失败，将重试"], detail: ["hooks.corp.internal did not answer within 10 s", "hooks.corp.internal 在 10 秒内没有响应"],
  },
  {
    ago: 15_500, app: null, trigger: "", service: "", kind: { kind: "server", name: "prod-eu", state: "unauthorized", problem: null }, tone: "bad",
    text: ["prod-eu: token expired", "prod-eu：令牌已过期"], detail: ["Make a new one with argocd account generate-token.", "请用 argocd account generate-token 重新生成。"],
  },
  {
    ago: 16_000, app: ledger, trigger: "on-sync-failed", service: "", kind: { kind: "rule_error", problem: { code: "render", template: "app-sync-failed", detail: "nil pointer" } }, tone: "bad",
    text: ["Template app-sync-failed failed", "模板 app-sync-failed 出错"], detail: ["line 3: nil pointer evaluating operationState", "第 3 行：operationState 为空"],
  },
  { ago: 17_000, app: null, trigger: "", service: "releases", kind: { kind: "dropped" }, tone: "hold", text: ["Dropped by hand", "手动丢弃"], detail: ["", ""] },
];

const names = ["cart-service", "inventory", "web-console", "grafana", "loki", "cert-manager"];

/** Newest first. `older` lines of daily work follow the interesting ones. */
export function initialEvents(lang: Lang, now: number, older = 180): EventRow[] {
  const daily = Array.from({ length: older }, (_, i): Line => {
    const who = app("prod-cn", names[i % names.length] ?? "grafana");
    const at = 18_000 + i * 1_100;
    return i % 3 === 0 ? changed(at, who, "OutOfSync", "Synced") : sent(at, who, "on-deployed", i % 2 ? "releases" : "platform-oncall", 90 + ((i * 37) % 200));
  });
  const all = [...lines(), ...daily];
  return all.map((line, i) => ({
    id: all.length - i, at_ms: now - line.ago * 1000, app: line.app, trigger: line.trigger, service: line.service, kind: line.kind,
    text: say(lang, line.text), detail: say(lang, line.detail), tone: line.tone,
  }));
}

/** The change before it, and the line itself; of a change, what came of it. */
export function trailOf(events: readonly EventRow[], row: EventRow): EventRow[] {
  const about = events.filter((one) => row.app !== null && one.app?.name === row.app.name && one.app.server === row.app.server);
  const changed = (one: EventRow) => one.kind.kind === "changed";
  if (changed(row)) {
    const later = about.filter((one) => one.id > row.id).reverse();
    const next = later.findIndex(changed);
    return [row, ...(next < 0 ? later : later.slice(0, next))];
  }
  const own = about.filter((one) => one.trigger === row.trigger && one.service === row.service && Math.abs(one.at_ms - row.at_ms) < 60_000).reverse();
  return [...about.filter((one) => changed(one) && one.id < row.id).slice(0, 1), ...own];
}

/** Not a message that was queued and has an outcome by now, which has a line of its own. */
export const isOpen = (row: EventRow, queue: readonly QueueRow[]): boolean =>
  row.kind.kind !== "queued" || queue.some((one) => one.state === "waiting" && one.app?.name === row.app?.name && one.trigger === row.trigger && one.service === row.service && one.created_ms === row.at_ms);

export const initialQueue = (lang: Lang, now: number): QueueRow[] => [
  { row: 41, app: payments, trigger: "on-health-degraded", service: "payments-alerts", state: "refused", attempts: 1, due_ms: now, created_ms: now - 900_000, problem: problem(lang, noKeyword) },
  { row: 44, app: checkout, trigger: "on-deployed", service: "releases", state: "waiting", attempts: 0, due_ms: now + 41_000, created_ms: now - 12_000, problem: null },
  { row: 45, app: resizer, trigger: "on-deployed", service: "releases", state: "waiting", attempts: 0, due_ms: now + 41_000, created_ms: now - 19_000, problem: null },
];
