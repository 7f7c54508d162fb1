// How each state looks: its shape and colour. Words come from the message catalog or from Rust. Nothing that is old may
// look healthy: stale rows pass `stale` and lose their colour.
import type { EventRow, GroupView, Health, OperationPhase, ProblemView, QueueState, ServerState, Severity, SyncStatus } from "../ipc";
import type { Tone as ToneWord } from "../ipc";
import type { GlyphName, Tone } from "../parts/names";

export interface Look { glyph: GlyphName; tone: Tone }

const look = (glyph: GlyphName, tone: Tone): Look => ({ glyph, tone });

const healths: Record<Health, Look> = {
  Healthy: look("healthy", "ok"), Progressing: look("progressing", "run"), Degraded: look("degraded", "bad"),
  Suspended: look("suspended", "hold"), Missing: look("missing", "warn"), Unknown: look("unknown", "off"),
};

const syncs: Record<SyncStatus, Look> = {
  Synced: look("synced", "ok"), OutOfSync: look("outofsync", "warn"), Unknown: look("unknown", "off"),
};

const phases: Record<OperationPhase, Look> = {
  Running: look("progressing", "run"), Terminating: look("progressing", "run"), Failed: look("failed", "bad"),
  Error: look("failed", "bad"), Succeeded: look("sent", "ok"), Unknown: look("unknown", "off"),
};

const servers: Record<ServerState, Look> = {
  live: look("live", "ok"), polling: look("waiting", "run"), connecting: look("progressing", "run"),
  unauthorized: look("keyout", "bad"), forbidden: look("suppressed", "bad"), unreachable: look("offline", "off"),
  tls_problem: look("shield", "warn"), not_argo_cd: look("failed", "bad"),
};

const severities: Record<Severity, Tone> = { attention: "bad", progressing: "run", notice: "warn", well: "ok" };

const tones: Record<ToneWord, Look> = {
  ok: look("sent", "ok"), wait: look("waiting", "run"), bad: look("failed", "bad"), hold: look("suppressed", "hold"),
  info: look("info", "off"),
};

const greyed = (l: Look, stale: boolean): Look => (stale ? { ...l, tone: "off" } : l);

export const healthLook = (health: Health, stale = false): Look => greyed(healths[health], stale);
export const syncLook = (sync: SyncStatus, stale = false): Look => greyed(syncs[sync], stale);
export const phaseLook = (phase: OperationPhase, stale = false): Look => greyed(phases[phase], stale);
export const serverLook = (state: ServerState): Look => servers[state];
export const severityTone = (severity: Severity): Tone => severities[severity];
export const eventLook = (row: Pick<EventRow, "tone">): Look => tones[row.tone];
export const queueLook = (state: QueueState): Look => (state === "refused" ? look("failed", "bad") : look("waiting", "run"));

export function groupLook(group: Pick<GroupView, "state">): Look {
  if (group.state === "ready") return look("synced", "ok");
  if (group.state === "retrying") return look("waiting", "warn");
  return group.state === "throttled" ? look("waiting", "run") : look("failed", "bad");
}

/** The server answers and its data is new. */
export const isLive = (state: ServerState): boolean => state === "live" || state === "polling";

/** Sign-in is what mends it: offer the field right there. A keychain that cannot be used would not take what is typed. */
export function wantsSignIn(state: ServerState, problem: ProblemView | null): boolean {
  const elsewhere = ["no_keychain", "keychain_locked", "keychain_other", "secret_env_unset", "secret_command"];
  if (problem !== null && elsewhere.includes(problem.code)) return false;
  const codes = ["no_token", "token_expired", "token_revoked", "bad_password", "secret_missing", "keychain_dismissed"];
  return state === "unauthorized" || (problem !== null && codes.includes(problem.code));
}
