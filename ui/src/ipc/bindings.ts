// Generated from src-tauri/crates/api/src/wire.rs by `cargo xtask codegen`. Do not edit.

export type Lang = "en" | "zh-CN";

export type ServerName = string;

export type AppId = { 
/**
 * The server it was seen on.
 */
server: ServerName, 
/**
 * `metadata.namespace`, usually `argocd`.
 */
namespace: string, 
/**
 * `metadata.name`.
 */
name: string, };

export type Health = "Unknown" | "Degraded" | "Missing" | "Progressing" | "Suspended" | "Healthy";

export type SyncStatus = "Unknown" | "OutOfSync" | "Synced";

export type OperationPhase = "Running" | "Terminating" | "Failed" | "Error" | "Succeeded" | "Unknown";

export type Operation = { 
/**
 * How far it is.
 */
phase: OperationPhase, 
/**
 * `operationState.message`, empty if none.
 */
message: string, 
/**
 * RFC 3339 as the server wrote it; empty if absent.
 */
started_at: string, 
/**
 * RFC 3339 as the server wrote it; empty if absent.
 */
finished_at: string, };

export type AppSummary = { 
/**
 * Which application.
 */
id: AppId, 
/**
 * `spec.project`.
 */
project: string, 
/**
 * `status.health.status`.
 */
health: Health, 
/**
 * `status.health.message`, empty if none.
 */
health_message: string, 
/**
 * RFC 3339 `status.health.lastTransitionTime`, empty if absent.
 */
health_since: string, 
/**
 * `status.sync.status`.
 */
sync: SyncStatus, 
/**
 * `status.sync.revision` (or the first of `revisions`), empty if none.
 */
revision: string, 
/**
 * `status.operationState`, if any.
 */
operation: Operation | null, 
/**
 * The first of `status.conditions` as `type: message`, empty if none.
 */
condition: string, 
/**
 * `metadata.deletionTimestamp` is set.
 */
deleting: boolean, };

export type Auth = "token" | "password" | "sso" | "none";

export type ServerState = "connecting" | "live" | "polling" | "unauthorized" | "forbidden" | "unreachable" | "tls_problem" | "not_argo_cd";

export type Severity = "attention" | "progressing" | "notice" | "well";

export type Pause = { 
/**
 * Unix ms; None: until switched on again.
 */
until_ms: number | null, };

export type Mute = { 
/**
 * Unix ms; None: until the user ends it.
 */
until_ms: number | null, };

export type RowId = number;

export type QueueState = "waiting" | "refused";

export type Refusal = "keyword" | "sign" | "timestamp" | "ip_list" | "token" | "disabled" | "removed" | "dissolved" | "throttled" | "too_long" | "content" | "request" | "busy" | "not_a_robot" | "unknown";

export type SettingType = "text" | "flag" | "duration" | "text_list" | "table" | "table_list";

export type SettingFault = { "kind": "syntax", detail: string, } | { "kind": "unknown_key", key: string, meant: string | null, } | { "kind": "wrong_type", key: string, expected: SettingType, } | { "kind": "missing", key: string, } | { "kind": "not_one_of", key: string, value: string, allowed: Array<string>, } | { "kind": "bad_duration", key: string, min: string, max: string, } | { "kind": "bad_time", key: string, } | { "kind": "bad_url", key: string, detail: string, } | { "kind": "url_scheme", key: string, allowed: Array<string>, } | { "kind": "url_user", key: string, } | { "kind": "url_query", key: string, } | { "kind": "bad_fingerprint", key: string, } | { "kind": "bad_name", name: string, } | { "kind": "duplicate_server", name: string, line: number, } | { "kind": "no_such_server", name: string, } | { "kind": "secret_in_file", key: string, } | { "kind": "secret_source", name: string, };

export type Certificate = { 
/**
 * Of the whole certificate.
 */
sha256: string, 
/**
 * Whom it is for: `O=Argo CD, CN=argocd-server`; empty if it does not say.
 */
subject: string, 
/**
 * Who signed it, in the same form.
 */
issuer: string, 
/**
 * Subject and issuer are the same: nobody else vouches for it.
 */
self_signed: boolean, 
/**
 * Host names and IP addresses.
 */
names: Array<string>, 
/**
 * From when it holds.
 */
not_before_ms: number, 
/**
 * Until when.
 */
not_after_ms: number, 
/**
 * The host that was connected to is among its names.
 */
covers_host: boolean, };

export type Problem = { "code": "bad_url", url: string, detail: string, } | { "code": "plain_http", host: string, } | { "code": "dns", host: string, } | { "code": "refused", host: string, detail: string, } | { "code": "timeout", host: string, } | { "code": "proxy", detail: string, } | { "code": "server_error", status: number, detail: string, } | { "code": "too_many_requests", retry_after_s: number | null, } | { "code": "body_cut", detail: string, } | { "code": "stream_stopped", detail: string, } | { "code": "tls_untrusted", host: string, certificate: Certificate | null, } | { "code": "tls_expired", host: string, certificate: Certificate | null, } | { "code": "tls_not_yet_valid", host: string, certificate: Certificate | null, } | { "code": "tls_wrong_name", host: string, names: Array<string>, certificate: Certificate | null, } | { "code": "tls_changed", host: string, trusted: string, certificate: Certificate, } | { "code": "ca_file", path: string, detail: string, } | { "code": "tls_other", host: string, detail: string, } | { "code": "login_page", host: string, } | { "code": "not_argo_cd", host: string, detail: string, } | { "code": "no_token" } | { "code": "token_expired", at_ms: number | null, } | { "code": "token_revoked", detail: string, } | { "code": "bad_password", username: string, } | { "code": "forbidden", detail: string, } | { "code": "sso_unsupported" } | { "code": "no_keychain", detail: string, } | { "code": "keychain_locked" } | { "code": "keychain_dismissed" } | { "code": "keychain_other", detail: string, } | { "code": "secret_missing", name: string, } | { "code": "secret_env_unset", name: string, variable: string, } | { "code": "secret_command", name: string, command: string, detail: string, } | { "code": "secret_elsewhere", name: string, from: string, } | { "code": "setting", file: string, line: number, column: number, fault: SettingFault, } | { "code": "file", file: string, line: number, column: number, detail: string, } | { "code": "io", path: string, detail: string, } | { "code": "disk_full", path: string, } | { "code": "database_newer", found: number, known: number, } | { "code": "database_damaged", path: string, detail: string, } | { "code": "already_running", path: string, } | { "code": "render", template: string, detail: string, } | { "code": "body_not_json", template: string, line: number, column: number, detail: string, } | { "code": "no_such_service", service: string, } | { "code": "no_access_token", service: string, } | { "code": "outbox_key_lost" } | { "code": "robot", refusal: Refusal, errcode: number, errmsg: string, } | { "code": "webhook_status", status: number, detail: string, } | { "code": "desktop", detail: string, } | { "code": "no_browser", url: string, } | { "code": "no_file_manager", path: string, } | { "code": "other", detail: string, };

export type EventKind = { "kind": "changed", from: string, to: string, } | { "kind": "server", name: string, state: ServerState, problem: Problem | null, } | { "kind": "queued", summary: string, } | { "kind": "suppressed", reason: string, } | { "kind": "sent", attempts: number, millis: number, test?: boolean, } | { "kind": "failed", problem: Problem, next_ms: number, } | { "kind": "refused", problem: Problem, test?: boolean, } | { "kind": "rule_error", problem: Problem, } | { "kind": "dropped" } | { "kind": "merged" };

export type Event = { 
/**
 * Number in the log; 0 before it is stored.
 */
id: number, 
/**
 * Unix ms.
 */
at_ms: number, 
/**
 * The application, if it is about one.
 */
app: AppId | null, 
/**
 * The trigger, if one took part; else empty.
 */
trigger: string, 
/**
 * The destination's service name, else empty.
 */
service: string, 
/**
 * What happened.
 */
kind: EventKind, };

export type ProblemView = { 
/**
 * Stable: `tls_expired`, `robot`, `file` … (see `dinghy_model::Problem`).
 */
code: string, 
/**
 * One sentence: what is wrong.
 */
what: string, 
/**
 * One sentence: what to do.
 */
todo: string, 
/**
 * File, for problems in files.
 */
file: string | null, 
/**
 * Line from 1; 0: the whole file.
 */
line: number, 
/**
 * Column from 1.
 */
column: number, };

export type ApiError = { 
/**
 * Stable code; the window branches on it.
 */
code: string, 
/**
 * For people.
 */
message: string, 
/**
 * What to do about it.
 */
todo: string, 
/**
 * The form field it belongs to (`name`, `url`, `secret` …), if one.
 */
field: string | null, };

export type Counts = { 
/**
 * All that are known.
 */
total: number, 
/**
 * Degraded, missing or failed.
 */
attention: number, 
/**
 * Syncing or progressing.
 */
progressing: number, 
/**
 * Out of sync or unknown.
 */
notice: number, 
/**
 * Healthy and synced.
 */
well: number, 
/**
 * Muted by the user: in none of the four before.
 */
muted: number, 
/**
 * Of servers whose data is old.
 */
stale: number, };

export type CertificateView = { 
/**
 * `AB:CD:…`.
 */
sha256: string, 
/**
 * Whom it is for; may be empty.
 */
subject: string, 
/**
 * Who signed it; may be empty.
 */
issuer: string, 
/**
 * Nobody but itself vouches for it.
 */
self_signed: boolean, 
/**
 * Host names and IP addresses.
 */
names: Array<string>, 
/**
 * From when it holds.
 */
not_before_ms: number, 
/**
 * Until when.
 */
not_after_ms: number, 
/**
 * All that is wrong with it, a sentence each.
 */
wrong: Array<string>, 
/**
 * The fingerprint of the one that is trusted, where this is another one.
 */
trusted: string | null, 
/**
 * Trusting it would help: it is in date.
 */
can_trust: boolean, };

export type ServerForm = { 
/**
 * Unique name.
 */
name: string, 
/**
 * URL as typed.
 */
url: string, 
/**
 * How to sign in.
 */
auth: Auth, 
/**
 * With `password`.
 */
username: string, 
/**
 * Token or password; None: keep the stored one.
 */
secret: string | null, 
/**
 * False: poll only.
 */
watch: boolean, 
/**
 * Seconds.
 */
poll_interval_s: number, 
/**
 * Empty: all.
 */
projects: Array<string>, 
/**
 * Label selector.
 */
selector: string, 
/**
 * PEM file path, empty: none.
 */
ca_file: string, 
/**
 * SHA-256 fingerprint of the one certificate that is accepted, empty: none.
 */
certificate_sha256: string, 
/**
 * Do not check certificates.
 */
insecure_skip_verify: boolean, 
/**
 * Proxy URL, empty: the system's.
 */
proxy: string, };

export type ServerView = { 
/**
 * Unique name.
 */
name: string, 
/**
 * Base URL.
 */
url: string, 
/**
 * State of the connection.
 */
state: ServerState, 
/**
 * The state in words (`Live`, `实时`).
 */
state_word: string, 
/**
 * What is wrong.
 */
problem: ProblemView | null, 
/**
 * Argo CD's version, empty if unknown.
 */
version: string, 
/**
 * Signed in as, empty if unknown.
 */
account: string, 
/**
 * When data last arrived.
 */
fresh_ms: number | null, 
/**
 * Next try.
 */
next_try_ms: number | null, 
/**
 * When its token runs out, once that is so near that it needs attention.
 */
token_ends_ms: number | null, 
/**
 * Applications known.
 */
apps: number, 
/**
 * Of them, needing attention.
 */
attention: number, 
/**
 * Certificates are not checked: show the warning.
 */
insecure: boolean, 
/**
 * What was presented, if it was not accepted.
 */
certificate: CertificateView | null, 
/**
 * The settings, to fill the form with (never the secret).
 */
form: ServerForm, };

export type GroupView = { 
/**
 * Service name.
 */
name: string, 
/**
 * A DingTalk robot; else a plain webhook.
 */
robot: boolean, 
/**
 * `ready`, `throttled`, `retrying`, `refusing`.
 */
state: string, 
/**
 * With `throttled`: until; with `retrying`: when it is tried again.
 */
until_ms: number | null, 
/**
 * With `retrying` and `refusing`: why.
 */
problem: ProblemView | null, 
/**
 * Messages that wait for it.
 */
waiting: number, 
/**
 * Host of the webhook, empty if the secret cannot be read now.
 */
host: string, 
/**
 * Custom keywords.
 */
keywords: Array<string>, 
/**
 * The robot signs.
 */
signed: boolean, 
/**
 * Triggers that are subscribed to it.
 */
triggers: Array<string>, 
/**
 * False: the user switched it off. New messages are not made, queued ones wait.
 */
on: boolean, 
/**
 * A person should look at it.
 */
attention: boolean, };

export type SwitchView = { 
/**
 * Service name.
 */
name: string, 
/**
 * False: the user switched it off.
 */
on: boolean, };

export type StatusView = { 
/**
 * Grows with every change; lists are fetched again when it does.
 */
generation: number, 
/**
 * In the order of settings.toml.
 */
servers: Array<ServerView>, 
/**
 * DingTalk groups and plain webhooks.
 */
groups: Array<GroupView>, 
/**
 * This desktop's notifications, under each name that the rules give them.
 */
desktops: Array<SwitchView>, 
/**
 * Problems of files, keychain, database.
 */
problems: Array<ProblemView>, 
/**
 * Sending paused.
 */
paused: Pause | null, 
/**
 * Messages that wait.
 */
waiting: number, 
/**
 * Messages that were refused.
 */
refused: number, 
/**
 * Counts of applications.
 */
counts: Counts, 
/**
 * The embedded demo is shown.
 */
demo: boolean, 
/**
 * The demo group's page, if the demo runs.
 */
demo_page: string | null, 
/**
 * False: this desktop shows no tray icons; the window stays.
 */
tray: boolean, 
/**
 * Dinghy's version.
 */
version: string, 
/**
 * The language in force.
 */
lang: Lang, };

export type ProbeStep = { 
/**
 * `reach`, `tls`, `argocd`, `sign_in`, `list`.
 */
step: string, 
/**
 * The step in words.
 */
title: string, 
/**
 * What was found (`v3.6.0`, `admin`, `31 applications`), or empty.
 */
found: string, 
/**
 * None: passed.
 */
problem: ProblemView | null, 
/**
 * What was presented, if it was not accepted.
 */
certificate: CertificateView | null, 
/**
 * The field of the form that caused it (`url`, `secret` …), if one did.
 */
field: string | null, };

export type ProbeView = { 
/**
 * The test's number.
 */
run: number, 
/**
 * It is over.
 */
done: boolean, 
/**
 * It is over and all steps passed.
 */
ok: boolean, 
/**
 * What is tried now, in words; empty if nothing that takes its time.
 */
trying: string, 
/**
 * In order.
 */
steps: Array<ProbeStep>, 
/**
 * The URL as it would be stored.
 */
url: string, };

export type AppRow = { 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * The user muted it: it counts as nothing.
 */
muted: Mute | null, 
/**
 * The data is old: draw it grey.
 */
stale: boolean, 
/**
 * Which application.
 */
id: AppId, 
/**
 * `spec.project`.
 */
project: string, 
/**
 * `status.health.status`.
 */
health: Health, 
/**
 * `status.health.message`, empty if none.
 */
health_message: string, 
/**
 * RFC 3339 `status.health.lastTransitionTime`, empty if absent.
 */
health_since: string, 
/**
 * `status.sync.status`.
 */
sync: SyncStatus, 
/**
 * `status.sync.revision` (or the first of `revisions`), empty if none.
 */
revision: string, 
/**
 * `status.operationState`, if any.
 */
operation: Operation | null, 
/**
 * The first of `status.conditions` as `type: message`, empty if none.
 */
condition: string, 
/**
 * `metadata.deletionTimestamp` is set.
 */
deleting: boolean, };

export type AppFilter = { 
/**
 * Server name.
 */
server: string | null, 
/**
 * Project name.
 */
project: string | null, 
/**
 * Sync state.
 */
sync: SyncStatus | null, 
/**
 * Health.
 */
health: Health | null, 
/**
 * Searched in name, namespace, project, revision.
 */
text: string, 
/**
 * So many of each server at most, the worst ones; none: all.
 */
limit?: number, };

export type AppsView = { 
/**
 * Rows that pass the filter.
 */
rows: Array<AppRow>, 
/**
 * How many there are without the filter.
 */
total: number, 
/**
 * All project names, for the filter.
 */
projects: Array<string>, };

export type AppCondition = { 
/**
 * `ComparisonError`, `SharedResourceWarning` …
 */
kind: string, 
/**
 * The server's words.
 */
message: string, 
/**
 * RFC 3339, empty if absent.
 */
since: string, 
/**
 * Its kind ends with `Error`, as Argo CD tells them apart.
 */
error: boolean, };

export type AppResource = { 
/**
 * `Deployment`.
 */
kind: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Empty: of the whole cluster.
 */
namespace: string, 
/**
 * None: not told, or a kind that has no health.
 */
health: Health | null, 
/**
 * None: not told.
 */
sync: SyncStatus | null, 
/**
 * `PreSync`, `Sync` … for a hook, else empty.
 */
hook: string, 
/**
 * The last sync failed at this resource.
 */
failed: boolean, 
/**
 * Why, in the server's words; empty if it does not say.
 */
message: string, };

export type AppDeployment = { 
/**
 * The revision, or the first of several.
 */
revision: string, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * How long the sync took, ms.
 */
took_ms: number | null, 
/**
 * Who asked for it; empty if it went by itself or is not told.
 */
by: string, 
/**
 * It went by itself (auto-sync).
 */
automated: boolean, };

export type AppDetails = { 
/**
 * All conditions, errors first.
 */
conditions: Array<AppCondition>, 
/**
 * Failed first, then unhealthy, then out of sync; at most fifty.
 */
resources: Array<AppResource>, 
/**
 * How many are not as they should be.
 */
resources_wrong: number, 
/**
 * How many resources it has.
 */
resources_total: number, 
/**
 * Newest first, at most ten.
 */
history: Array<AppDeployment>, 
/**
 * Container images.
 */
images: Array<string>, };

export type Period = "day" | "week";

export type Tally = { 
/**
 * A server's or a project's name.
 */
name: string, 
/**
 * All of it is old data.
 */
stale: boolean, 
/**
 * All applications.
 */
total: number, 
/**
 * By health.
 */
healthy: number, 
/**
 * By health.
 */
progressing: number, 
/**
 * By health.
 */
degraded: number, 
/**
 * By health.
 */
suspended: number, 
/**
 * By health.
 */
missing: number, 
/**
 * By health.
 */
unknown: number, 
/**
 * By sync.
 */
synced: number, 
/**
 * By sync.
 */
out_of_sync: number, 
/**
 * By sync.
 */
sync_unknown: number, };

export type Bar = { 
/**
 * Where it begins, Unix ms.
 */
at_ms: number, 
/**
 * Syncs that succeeded.
 */
synced: number, 
/**
 * Syncs that failed.
 */
failed: number, 
/**
 * Applications that became degraded or missing.
 */
broke: number, 
/**
 * Applications that became healthy again.
 */
recovered: number, };

export type AttentionRow = { 
/**
 * Which one.
 */
id: AppId, 
/**
 * `spec.project`.
 */
project: string, 
/**
 * Its health.
 */
health: Health, 
/**
 * Its sync state.
 */
sync: SyncStatus, 
/**
 * How its last operation ended, if that is what is wrong.
 */
phase: OperationPhase | null, 
/**
 * RFC 3339, empty if unknown: since when.
 */
since: string, 
/**
 * What it is about: `Deployment/web`, `PreSync hook Job/migrate`, or empty.
 */
subject: string, 
/**
 * The server's own message, or empty.
 */
message: string, 
/**
 * The data is old.
 */
stale: boolean, 
/**
 * The user muted it.
 */
muted: Mute | null, };

export type OverviewView = { 
/**
 * In the order of the settings.
 */
servers: Array<Tally>, 
/**
 * Over all servers, by name of the project.
 */
projects: Array<Tally>, 
/**
 * All of them; without a name.
 */
all: Tally, 
/**
 * Oldest first; the last one is under way.
 */
bars: Array<Bar>, 
/**
 * The length of a bar.
 */
bar_ms: number, 
/**
 * Worst first, at most fifty.
 */
attention: Array<AttentionRow>, 
/**
 * How many there are.
 */
attention_total: number, 
/**
 * Muted applications, whatever their state; worst first, at most fifty.
 */
muted: Array<AttentionRow>, 
/**
 * How many there are.
 */
muted_total: number, };

export type FoundServer = { 
/**
 * What the server would be called.
 */
name: string, 
/**
 * Its base URL.
 */
url: string, 
/**
 * It has a token; without one the server would need to be signed in to.
 */
token: boolean, 
/**
 * When that token runs out.
 */
expires_ms: number | null, 
/**
 * Its certificate is not checked there.
 */
insecure: boolean, 
/**
 * A server of this name or address is there already.
 */
known: boolean, };

export type SettingsView = { 
/**
 * It starts when the user logs in. None: not to be had here.
 */
autostart: boolean | null, 
/**
 * The folder of settings.toml and notifications.yaml.
 */
config: string, 
/**
 * The folder of the database and the log.
 */
data: string, 
/**
 * Which notifications this desktop shows: `failures`, `recoveries` or `all`.
 */
show: string, 
/**
 * When it shows none.
 */
quiet: QuietForm | null, 
/**
 * `system`, `none` or a proxy's URL.
 */
proxy: string, 
/**
 * `error`, `warn`, `info`, `debug` or `trace`.
 */
log: string, 
/**
 * The environment says how much is logged (`DINGHY_LOG`), whatever the settings say.
 */
log_fixed: boolean, 
/**
 * How many days the event log goes back.
 */
keep_days: number, 
/**
 * How many events it has.
 */
events: number, };

export type QuietForm = { 
/**
 * `22:00`.
 */
from: string, 
/**
 * `08:00`; before `from`: on the next day.
 */
to: string, 
/**
 * What needs attention is shown nevertheless.
 */
failures_through: boolean, };

export type Preference = { "key": "show", "value": string } | { "key": "quiet", "value": QuietForm | null } | { "key": "proxy", "value": string } | { "key": "log", "value": string } | { "key": "keep_days", "value": number };

export type PersonForm = { 
/**
 * An Argo CD user, or a commit author's name or address.
 */
who: string, 
/**
 * A mobile (`13800000000`, `+852-12345678`) or a DingTalk user id.
 */
to: string, };

export type HeaderForm = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value; of a stored secret empty, which keeps it.
 */
value: string, 
/**
 * The value is kept in the keychain.
 */
secret: boolean, 
/**
 * A value is stored already.
 */
kept: boolean, };

export type GroupForm = { 
/**
 * Service name: letters, digits, `-`.
 */
name: string, 
/**
 * The webhook as pasted; None: keep the stored one.
 */
webhook: string | null, 
/**
 * At most 10.
 */
keywords: Array<string>, 
/**
 * 加签 secret; None: keep the stored one; empty: the robot does not sign.
 */
sign_secret: string | null, 
/**
 * Who is who.
 */
mention: Array<PersonForm>, 
/**
 * Links open in DingTalk's own side panel on a PC.
 */
pc_slide: boolean, 
/**
 * Of a plain webhook.
 */
headers: Array<HeaderForm>, 
/**
 * Of a plain webhook's basic authentication; empty: none.
 */
username: string, 
/**
 * None: keep the stored one.
 */
password: string | null, 
/**
 * Of a plain webhook: do not check the certificate.
 */
insecure_skip_verify: boolean, };

export type GroupNow = { 
/**
 * Service name.
 */
name: string, 
/**
 * It is a robot; else nothing is counted.
 */
robot: boolean, 
/**
 * Messages that its robot got in the last minute, through whatever service.
 */
sent: number, 
/**
 * How many Dinghy sends to a robot in a minute.
 */
limit: number, 
/**
 * DingTalk asked for a pause until then.
 */
until_ms: number | null, 
/**
 * Messages that were refused and are kept.
 */
refused: number, };

export type GroupUse = { 
/**
 * Its number among the subscriptions, from 0.
 */
index: number, 
/**
 * As written.
 */
form: SubscriptionForm, 
/**
 * Its triggers, the default ones if it names none.
 */
triggers: Array<string>, };

export type DesktopView = { 
/**
 * What subscriptions call it.
 */
name: string, 
/**
 * It is a destination.
 */
on: boolean, 
/**
 * Triggers that are subscribed to it.
 */
triggers: Array<string>, };

export type WebhookReading = { 
/**
 * Host, empty if unreadable.
 */
host: string, 
/**
 * A DingTalk robot.
 */
robot: boolean, 
/**
 * On a host that is not DingTalk's own (private deployment or a copy): say so.
 */
foreign_host: boolean, 
/**
 * What is wrong with it.
 */
problem: ProblemView | null, };

export type TestView = { 
/**
 * The group took it.
 */
ok: boolean, 
/**
 * As DingTalk answered, if it did.
 */
errcode: number | null, 
/**
 * As DingTalk answered.
 */
errmsg: string, 
/**
 * What it means and what to do.
 */
problem: ProblemView | null, 
/**
 * How long it took.
 */
millis: number, };

export type RulesView = { 
/**
 * Path of notifications.yaml.
 */
file: string, 
/**
 * Triggers, broken ones included.
 */
triggers: Array<TriggerRow>, 
/**
 * Templates, broken ones included.
 */
templates: Array<TemplateRow>, 
/**
 * Names of destinations.
 */
services: Array<string>, 
/**
 * Who is told what, in the order of the file.
 */
subscriptions: Array<SubscriptionRow>, 
/**
 * The version of the subscriptions as a whole; empty: there are none.
 */
subscriptions_version: string, 
/**
 * What is wrong, with line and column.
 */
problems: Array<ProblemView>, 
/**
 * The text of the file.
 */
text: string, 
/**
 * The version of the text.
 */
version: string, 
/**
 * The key whose last change can be undone, if any.
 */
undo: string | null, };

export type TriggerRow = { 
/**
 * What subscriptions call it.
 */
name: string, 
/**
 * Of its first condition that has one; else the condition itself.
 */
description: string, 
/**
 * Templates it sends.
 */
sends: Array<string>, 
/**
 * Destinations that are subscribed to it in the manifest.
 */
services: Array<string>, 
/**
 * Why it is not in force.
 */
problem: ProblemView | null, };

export type TemplateRow = { 
/**
 * What triggers call it.
 */
name: string, 
/**
 * `text`, `markdown`, `link`, `actionCard`, `webhook` or `message`.
 */
kind: string, 
/**
 * Triggers that send it.
 */
triggers: Array<string>, 
/**
 * Why it is not in force.
 */
problem: ProblemView | null, };

export type SubscriptionRow = { 
/**
 * As written.
 */
form: SubscriptionForm, 
/**
 * Its triggers, the default ones if it names none.
 */
triggers: Array<string>, };

export type FieldProblem = { 
/**
 * `text`, `buttons.0.url`, `webhooks.1.body`, `conditions.0.when` …
 */
field: string, 
/**
 * From 1, in the field.
 */
line: number, 
/**
 * From 1, in characters.
 */
column: number, 
/**
 * What is wrong.
 */
message: string, };

export type TemplateForm = { 
/**
 * What triggers call it.
 */
name: string, 
/**
 * Argo CD's `message`.
 */
message: string, 
/**
 * The `dingtalk` block.
 */
dingtalk: DingTalkForm | null, 
/**
 * Raw requests, one for each service.
 */
webhooks: Array<WebhookForm>, };

export type DingTalkForm = { 
/**
 * `text`, `markdown`, `link` or `actionCard`.
 */
msgtype: string, 
/**
 * A Go template, as the following.
 */
title: string, 
/**
 * The message.
 */
text: string, 
/**
 * Where a link leads.
 */
message_url: string, 
/**
 * A link's picture.
 */
pic_url: string, 
/**
 * The one button of a card.
 */
single_title: string, 
/**
 * Where it leads.
 */
single_url: string, 
/**
 * Several buttons.
 */
buttons: Array<ButtonForm>, 
/**
 * Buttons stand beside each other.
 */
horizontal: boolean, 
/**
 * Names that are looked up in the group's table; `initiator`: whoever started it.
 */
mention: Array<string>, 
/**
 * Everyone in the group is mentioned.
 */
at_all: boolean, };

export type ButtonForm = { 
/**
 * Its word.
 */
title: string, 
/**
 * Where it leads.
 */
url: string, };

export type WebhookForm = { 
/**
 * The service it is for.
 */
service: string, 
/**
 * Empty: POST to robots, GET to others.
 */
method: string, 
/**
 * Appended to the service's address.
 */
path: string, 
/**
 * The body.
 */
body: string, };

export type TemplateDraft = { 
/**
 * As it is on disk.
 */
form: TemplateForm, 
/**
 * Given back when saving, so that nothing newer is overwritten.
 */
version: string, 
/**
 * Triggers that send it.
 */
triggers: Array<string>, 
/**
 * It cannot be shown as a form, only as text.
 */
problem: FieldProblem | null, };

export type TemplateCheck = { 
/**
 * Mistakes in fields.
 */
problems: Array<FieldProblem>, 
/**
 * What else is wrong or worth knowing.
 */
notes: Array<string>, 
/**
 * The message for the chosen application and destination; None while it cannot be made.
 */
message: MessageView | null, };

export type MessageView = { 
/**
 * The destination; empty: an imagined robot.
 */
service: string, 
/**
 * It is a DingTalk robot.
 */
robot: boolean, 
/**
 * `text`, `markdown`, `link`, `actionCard`, `desktop`, or `other`: only `body` says what.
 */
msgtype: string, 
/**
 * Shown in the list of chats, in notifications and cards.
 */
title: string, 
/**
 * The message.
 */
text: string, 
/**
 * Where a link, card or notification leads.
 */
url: string, 
/**
 * A picture's address.
 */
picture: string, 
/**
 * Buttons of a card.
 */
buttons: Array<ButtonForm>, 
/**
 * Buttons stand beside each other.
 */
horizontal: boolean, 
/**
 * `POST /path`: how a raw request is made.
 */
request: string, 
/**
 * The body as it is sent.
 */
body: string, 
/**
 * Its size as DingTalk counts it.
 */
bytes: number, 
/**
 * DingTalk refuses more.
 */
max_bytes: number, };

export type TriggerForm = { 
/**
 * What subscriptions call it.
 */
name: string, 
/**
 * Each is judged on its own.
 */
conditions: Array<ConditionForm>, };

export type ConditionForm = { 
/**
 * The expression.
 */
when: string, 
/**
 * Free text.
 */
description: string, 
/**
 * An expression; empty: each time the condition becomes true.
 */
once_per: string, 
/**
 * `5m`; empty: at once.
 */
hold_for: string, 
/**
 * Templates to send.
 */
send: Array<string>, 
/**
 * Templates to send when it stops being true.
 */
resolved: Array<string>, 
/**
 * Its place on disk, so that what the form does not know stays with it; None: new.
 */
origin: number | null, };

export type TriggerDraft = { 
/**
 * As it is on disk.
 */
form: TriggerForm, 
/**
 * Given back when saving.
 */
version: string, 
/**
 * It cannot be shown as a form, only as text.
 */
problem: FieldProblem | null, };

export type TriggerCheck = { 
/**
 * Mistakes in fields.
 */
problems: Array<FieldProblem>, 
/**
 * What else is wrong or worth knowing.
 */
notes: Array<string>, 
/**
 * What it lacks to send anything; the form has a field for each.
 */
lacks: Array<string>, 
/**
 * Each condition on the chosen application; empty without one.
 */
conditions: Array<ConditionCheck>, };

export type TriggerSaved = { 
/**
 * The destinations that are told of it now.
 */
told: Array<string>, 
/**
 * What it still lacks to send anything, in sentences; empty: it is in force.
 */
lacks: Array<string>, };

export type ConditionCheck = { 
/**
 * It holds.
 */
triggered: boolean, 
/**
 * Its value as Go prints it; empty if it has none.
 */
value: string, 
/**
 * Why it has none.
 */
error: string, 
/**
 * The value of `oncePer`, if it holds.
 */
once_per: string | null, 
/**
 * Its parts and their values, in the order of the source.
 */
parts: Array<PartView>, };

export type PartView = { 
/**
 * As it is written, on one line: `app.status.health.status == 'Degraded'`.
 */
text: string, 
/**
 * `'Degraded'`, `3`, `nil`, `true`; None: it was not looked at.
 */
value: string | null, };

export type MatchView = { 
/**
 * How many there are.
 */
total: number, 
/**
 * How many match.
 */
matched: number, 
/**
 * On how many the expression fails.
 */
failed: number, 
/**
 * The first failure.
 */
failure: string, 
/**
 * The first of those that match.
 */
rows: Array<AppRow>, 
/**
 * A newer question came: this answer is not complete.
 */
overtaken: boolean, };

export type PastDay = { 
/**
 * When it began (Unix ms).
 */
at_ms: number, 
/**
 * How many messages.
 */
messages: number, };

export type PastSend = { 
/**
 * When (Unix ms).
 */
at_ms: number, 
/**
 * For which application.
 */
app: AppId, 
/**
 * By which condition, from 0.
 */
condition: number, 
/**
 * To which destinations; none where nobody is subscribed.
 */
to: Array<string>, 
/**
 * That the condition ended.
 */
resolved: boolean, 
/**
 * The value of `oncePer`.
 */
once_per: string | null, };

export type PastView = { 
/**
 * Since when states are known (Unix ms), at most seven days back; None: none was kept yet.
 */
from_ms: number | null, 
/**
 * States that were looked at: each time health, sync or operation of an application changed.
 */
states: number, 
/**
 * Of so many applications.
 */
apps: number, 
/**
 * Messages in all: each event for each destination.
 */
messages: number, 
/**
 * The seven days, the oldest first.
 */
days: Array<PastDay>, 
/**
 * The newest events.
 */
rows: Array<PastSend>, 
/**
 * How often nothing was sent because the value of `oncePer` was seen before.
 */
held_by_once: number, 
/**
 * How often a condition with `for` ended before its time.
 */
held_by_for: number, 
/**
 * How often the condition failed.
 */
failed: number, 
/**
 * The first failure.
 */
failure: string, 
/**
 * Paths that the trigger reads and that are not kept: nothing can be said then.
 */
missing: Array<string>, 
/**
 * Nobody is subscribed: counted as if one destination were, for every application.
 */
imagined: boolean, 
/**
 * Time ran out: there may be more.
 */
cut: boolean, 
/**
 * A newer question came: this answer is not complete.
 */
overtaken: boolean, };

export type SubscriptionForm = { 
/**
 * `SERVICE[:RECIPIENT]`.
 */
recipients: Array<string>, 
/**
 * Names of triggers; none: the default triggers.
 */
triggers: Array<string>, 
/**
 * Names of servers; none: all of them.
 */
servers: Array<string>, 
/**
 * Names of projects; none: all of them.
 */
projects: Array<string>, 
/**
 * A label selector; empty: every application.
 */
selector: string, };

export type SubscriptionCheck = { 
/**
 * Mistakes in fields.
 */
problems: Array<FieldProblem>, 
/**
 * What else is wrong or worth knowing.
 */
notes: Array<string>, 
/**
 * The applications it is about.
 */
matches: MatchView, };

export type SubscriptionState = { 
/**
 * Applications that it is about now.
 */
matched: number, 
/**
 * Of so many.
 */
total: number, 
/**
 * Names that do not exist, nobody who matches, who is told twice: sentences.
 */
notes: Array<string>, };

export type ExportView = { 
/**
 * The ConfigMap, and a Secret to fill in if the rules name secrets: two YAML documents.
 */
text: string, 
/**
 * What is other there than here, each a sentence.
 */
notes: Array<string>, };

export type FieldView = { 
/**
 * `app.status.health.status`; items of lists are `[]`.
 */
path: string, 
/**
 * `string`, `int`, `float`, `bool`, `list` or `map`.
 */
kind: string, 
/**
 * A value of it, cut; empty for lists and maps.
 */
example: string, };

export type LabelView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Values it has.
 */
values: Array<string>, };

export type FieldsView = { 
/**
 * Sorted by path.
 */
fields: Array<FieldView>, 
/**
 * Sorted by name.
 */
labels: Array<LabelView>, 
/**
 * The projects that applications are in, sorted.
 */
projects: Array<string>, };

export type ManifestCheck = { 
/**
 * What is wrong, with line and column.
 */
problems: Array<ProblemView>, 
/**
 * It is no YAML at all.
 */
unreadable: boolean, 
/**
 * What would change.
 */
diff: Array<DiffLine>, };

export type DiffLine = { 
/**
 * `+`, `-`, a blank, or `…` for lines left out.
 */
sign: string, 
/**
 * Without its line break.
 */
text: string, };

export type ImportView = { 
/**
 * Keys that are new.
 */
added: Array<string>, 
/**
 * Keys that would be replaced.
 */
replaced: Array<string>, 
/**
 * Names of secrets that go to the keychain.
 */
secrets: Array<string>, 
/**
 * What is wrong or worth knowing.
 */
problems: Array<ProblemView>, 
/**
 * The text that would be written.
 */
text: string, 
/**
 * What would change in the file.
 */
diff: Array<DiffLine>, };

export type ReadyRule = { 
/**
 * The trigger's name.
 */
trigger: string, 
/**
 * What happened, in a word or two.
 */
title: string, 
/**
 * When it fires.
 */
about: string, 
/**
 * The rules have a trigger of this name already.
 */
there: boolean, };

export type TryOn = { 
/**
 * None: no application.
 */
app: AppId | null, 
/**
 * None: the first that fits.
 */
service: string | null, };

export type Tone = "ok" | "wait" | "bad" | "hold" | "info";

export type EventRow = { 
/**
 * One line: what happened (`Sent after 1 attempt`, `已发送`).
 */
text: string, 
/**
 * Why or what to do, empty if nothing.
 */
detail: string, 
/**
 * What it means.
 */
tone: Tone, 
/**
 * Number in the log; 0 before it is stored.
 */
id: number, 
/**
 * Unix ms.
 */
at_ms: number, 
/**
 * The application, if it is about one.
 */
app: AppId | null, 
/**
 * The trigger, if one took part; else empty.
 */
trigger: string, 
/**
 * The destination's service name, else empty.
 */
service: string, 
/**
 * What happened.
 */
kind: EventKind, };

export type EventFilter = { 
/**
 * Only older than this id (paging).
 */
before: number | null, 
/**
 * At most so many; 0: 100.
 */
limit: number, 
/**
 * One application.
 */
app: AppId | null, 
/**
 * Searched in application, trigger, service.
 */
text: string, 
/**
 * Only of this meaning.
 */
tone: Tone | null, 
/**
 * Only of this trigger.
 */
trigger: string | null, 
/**
 * Only about this destination.
 */
service: string | null, 
/**
 * Only from this time on (Unix ms).
 */
since_ms: number | null, };

export type ExportFormat = "csv" | "json";

export type Exported = { 
/**
 * The file.
 */
path: string, 
/**
 * How many events are in it.
 */
rows: number, };

export type QueueRow = { 
/**
 * Its number.
 */
row: RowId, 
/**
 * Which application.
 */
app: AppId | null, 
/**
 * Which trigger.
 */
trigger: string, 
/**
 * To which destination.
 */
service: string, 
/**
 * Where it stands.
 */
state: QueueState, 
/**
 * Attempts so far.
 */
attempts: number, 
/**
 * Next attempt.
 */
due_ms: number, 
/**
 * When the event was seen.
 */
created_ms: number, 
/**
 * What went wrong last.
 */
problem: ProblemView | null, };

export type EventDetails = { 
/**
 * The line.
 */
event: EventRow, 
/**
 * What led to it and what came of it, oldest first, itself among it.
 */
trail: Array<EventRow>, 
/**
 * Its message, while it is in the queue.
 */
queued: QueueRow | null, 
/**
 * What that message says.
 */
message: MessageView | null, 
/**
 * How the message would be made of the application's present state, if it is no longer in the queue.
 */
now: MessageView | null, 
/**
 * The rules in force have its trigger.
 */
has_trigger: boolean, 
/**
 * The rules in force have its destination.
 */
has_group: boolean, };

export type PauseFor = "hour" | "tomorrow" | "forever";

export type MuteFor = "hour" | "four_hours" | "tomorrow" | "forever";

export type AppRules = { 
/**
 * What holds messages up beside the rules: an old server, a pause. Sentences.
 */
notes: Array<string>, 
/**
 * Each trigger: those that hold first, then those that fail.
 */
rules: Array<RuleStanding>, };

export type RuleStanding = { 
/**
 * The trigger.
 */
trigger: string, 
/**
 * Its description, else its first condition.
 */
description: string, 
/**
 * A condition is true now.
 */
holds: boolean, 
/**
 * What it means.
 */
tone: Tone, 
/**
 * In a word or two: `Sent`, `Does not hold`, `Holds, nobody is subscribed`.
 */
text: string, 
/**
 * To whom and when, why it fails, or what happened last; may be empty.
 */
detail: string, };

export type ExplainView = { 
/**
 * The trigger.
 */
trigger: string, 
/**
 * The application; None: one from a file.
 */
app: AppId | null, 
/**
 * Whether something would be sent now.
 */
sends: boolean, 
/**
 * False: nothing is judged, because the sync status is older than the last operation.
 */
is_fresh: boolean, 
/**
 * What holds messages up beside the rules: an old server, a pause, a destination. Sentences.
 */
notes: Array<string>, 
/**
 * Each condition.
 */
conditions: Array<ExplainCondition>, 
/**
 * Each subscription.
 */
subscriptions: Array<ExplainSubscription>, 
/**
 * Each condition for each destination.
 */
destinations: Array<ExplainDestination>, 
/**
 * What is queued of this trigger and application.
 */
queue: Array<QueueRow>, 
/**
 * What the log says last of this trigger and application, newest first.
 */
events: Array<EventRow>, };

export type ExplainCondition = { 
/**
 * Number in the trigger, from 0.
 */
index: number, 
/**
 * The expression.
 */
when: string, 
/**
 * Whether it is true.
 */
triggered: boolean, 
/**
 * Whether it failed.
 */
failed: boolean, 
/**
 * Its value as Go prints it, or why it has none.
 */
value: string, 
/**
 * The parts that were evaluated, each before what it is a part of.
 */
parts: Array<ExplainPart>, 
/**
 * The parts that were not, because the rest decided.
 */
skipped: Array<string>, 
/**
 * The value of `oncePer`, if any.
 */
once_per: string | null, 
/**
 * It was due before: with this value of `oncePer`, or without one since it became true.
 */
once_seen: boolean, 
/**
 * Why `oncePer` has no value.
 */
once_per_problem: string | null, 
/**
 * With `for`, and true: since when, in words.
 */
since: string | null, 
/**
 * What it would send.
 */
templates: Array<string>, };

export type ExplainPart = { 
/**
 * As it is written.
 */
text: string, 
/**
 * In a predicate: at which item of each list, from 0.
 */
rounds: Array<number>, 
/**
 * Its value as Go prints it, or why it failed.
 */
value: string, 
/**
 * Whether it failed.
 */
failed: boolean, };

export type ExplainSubscription = { 
/**
 * Where it stands.
 */
place: string, 
/**
 * Who is told.
 */
to: Array<string>, 
/**
 * Whether it counts.
 */
counts: boolean, 
/**
 * Why not, in words.
 */
why: string, };

export type ExplainDestination = { 
/**
 * Number of the condition.
 */
condition: number, 
/**
 * `service` or `service:recipient`.
 */
to: string, 
/**
 * Whether an annotation asked for it, not the rules.
 */
by_annotation: boolean, 
/**
 * Whether something would be sent.
 */
sends: boolean, 
/**
 * What it means.
 */
tone: Tone, 
/**
 * In a word or two.
 */
word: string, 
/**
 * Why, in words.
 */
why: string, 
/**
 * The message, if one would be sent.
 */
message: string, 
/**
 * Why it cannot be made.
 */
problem: ProblemView | null, };
