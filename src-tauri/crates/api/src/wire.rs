//! What crosses to the window: plain data, with the words already in the user's language.
//!
//! Everything here is exported to TypeScript (`cargo xtask codegen`). Times are Unix milliseconds.
//! No type here that travels outwards holds a secret; forms carry one inwards and are dropped at once.

mod certificate;
mod details;
mod events;
mod explain;
mod groups;
mod overview;
mod rules;
mod settings;

use std::fmt;

use dinghy_model::{
    AppId, AppSummary, Auth, Health, Lang, Mute, Pause, QueueState, RowId, ServerState, Severity, SyncStatus,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use certificate::CertificateView;
pub use details::{AppCondition, AppDeployment, AppDetails, AppResource};
pub use events::{EventDetails, EventFilter, EventRow, ExportFormat, Exported, Tone};
pub use explain::*;
pub use groups::{DesktopView, GroupForm, GroupNow, GroupUse, HeaderForm, PersonForm};
pub use overview::{AttentionRow, Bar, OverviewView, Period, Tally};
pub use rules::*;
pub use settings::{FoundServer, Preference, QuietForm, SettingsView};

/// A problem in words: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProblemView {
    /// Stable: `tls_expired`, `robot`, `file` … (see `dinghy_model::Problem`).
    pub code: String,
    /// One sentence: what is wrong.
    pub what: String,
    /// One sentence: what to do.
    pub todo: String,
    /// File, for problems in files.
    pub file: Option<String>,
    /// Line from 1; 0: the whole file.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

/// What a use case answers when it fails.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ApiError {
    /// Stable code; the window branches on it.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do about it.
    pub todo: String,
    /// The form field it belongs to (`name`, `url`, `secret` …), if one.
    pub field: Option<String>,
}

/// How many applications are in which state, over fresh and stale servers alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct Counts {
    /// All that are known.
    pub total: usize,
    /// Degraded, missing or failed.
    pub attention: usize,
    /// Syncing or progressing.
    pub progressing: usize,
    /// Out of sync or unknown.
    pub notice: usize,
    /// Healthy and synced.
    pub well: usize,
    /// Muted by the user: in none of the four before.
    pub muted: usize,
    /// Of servers whose data is old.
    pub stale: usize,
}

/// The head of everything; pushed as the event `status` whenever it changes (coalesced).
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct StatusView {
    /// Grows with every change; lists are fetched again when it does.
    #[ts(type = "number")]
    pub generation: u64,
    /// In the order of settings.toml.
    pub servers: Vec<ServerView>,
    /// DingTalk groups and plain webhooks.
    pub groups: Vec<GroupView>,
    /// This desktop's notifications, under each name that the rules give them.
    pub desktops: Vec<SwitchView>,
    /// Problems of files, keychain, database.
    pub problems: Vec<ProblemView>,
    /// Sending paused.
    pub paused: Option<Pause>,
    /// Messages that wait.
    pub waiting: usize,
    /// Messages that were refused.
    pub refused: usize,
    /// Counts of applications.
    pub counts: Counts,
    /// The embedded demo is shown.
    pub demo: bool,
    /// The demo group's page, if the demo runs.
    pub demo_page: Option<String>,
    /// False: this desktop shows no tray icons; the window stays.
    pub tray: bool,
    /// Dinghy's version.
    pub version: String,
    /// The language in force.
    pub lang: Lang,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ServerView {
    /// Unique name.
    pub name: String,
    /// Base URL.
    pub url: String,
    /// State of the connection.
    pub state: ServerState,
    /// The state in words (`Live`, `实时`).
    pub state_word: String,
    /// What is wrong.
    pub problem: Option<ProblemView>,
    /// Argo CD's version, empty if unknown.
    pub version: String,
    /// Signed in as, empty if unknown.
    pub account: String,
    /// When data last arrived.
    #[ts(type = "number | null")]
    pub fresh_ms: Option<i64>,
    /// Next try.
    #[ts(type = "number | null")]
    pub next_try_ms: Option<i64>,
    /// When its token runs out, once that is so near that it needs attention.
    #[ts(type = "number | null")]
    pub token_ends_ms: Option<i64>,
    /// Applications known.
    pub apps: usize,
    /// Of them, needing attention.
    pub attention: usize,
    /// Certificates are not checked: show the warning.
    pub insecure: bool,
    /// What was presented, if it was not accepted.
    pub certificate: Option<CertificateView>,
    /// The settings, to fill the form with (never the secret).
    pub form: ServerForm,
}

/// A server as the form has it. `secret` travels inwards only.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ServerForm {
    /// Unique name.
    pub name: String,
    /// URL as typed.
    pub url: String,
    /// How to sign in.
    pub auth: Auth,
    /// With `password`.
    pub username: String,
    /// Token or password; None: keep the stored one.
    pub secret: Option<String>,
    /// False: poll only.
    pub watch: bool,
    /// Seconds.
    pub poll_interval_s: u32,
    /// Empty: all.
    pub projects: Vec<String>,
    /// Label selector.
    pub selector: String,
    /// PEM file path, empty: none.
    pub ca_file: String,
    /// SHA-256 fingerprint of the one certificate that is accepted, empty: none.
    pub certificate_sha256: String,
    /// Do not check certificates.
    pub insecure_skip_verify: bool,
    /// Proxy URL, empty: the system's.
    pub proxy: String,
}

impl fmt::Debug for ServerForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerForm").field("name", &self.name).field("url", &self.url).finish_non_exhaustive()
    }
}

/// One step of a connection test.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProbeStep {
    /// `reach`, `tls`, `argocd`, `sign_in`, `list`.
    pub step: String,
    /// The step in words.
    pub title: String,
    /// What was found (`v3.6.0`, `admin`, `31 applications`), or empty.
    pub found: String,
    /// None: passed.
    pub problem: Option<ProblemView>,
    /// What was presented, if it was not accepted.
    pub certificate: Option<CertificateView>,
    /// The field of the form that caused it (`url`, `secret` …), if one did.
    pub field: Option<String>,
}

/// How a connection test goes, or went: steps up to the first failure.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProbeView {
    /// The test's number.
    #[ts(type = "number")]
    pub run: u64,
    /// It is over.
    pub done: bool,
    /// It is over and all steps passed.
    pub ok: bool,
    /// What is tried now, in words; empty if nothing that takes its time.
    pub trying: String,
    /// In order.
    pub steps: Vec<ProbeStep>,
    /// The URL as it would be stored.
    pub url: String,
}

/// One row of the applications list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppRow {
    /// The application.
    #[serde(flatten)]
    pub app: AppSummary,
    /// How bad it is.
    pub severity: Severity,
    /// The user muted it: it counts as nothing.
    pub muted: Option<Mute>,
    /// The data is old: draw it grey.
    pub stale: bool,
}

/// What to show. Empty strings and None mean: all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct AppFilter {
    /// Server name.
    pub server: Option<String>,
    /// Project name.
    pub project: Option<String>,
    /// Sync state.
    pub sync: Option<SyncStatus>,
    /// Health.
    pub health: Option<Health>,
    /// Searched in name, namespace, project, revision.
    pub text: String,
    /// So many of each server at most, the worst ones; none: all.
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// The applications list, worst first within each server.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppsView {
    /// Rows that pass the filter.
    pub rows: Vec<AppRow>,
    /// How many there are without the filter.
    pub total: usize,
    /// All project names, for the filter.
    pub projects: Vec<String>,
}

/// A destination.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct GroupView {
    /// Service name.
    pub name: String,
    /// A DingTalk robot; else a plain webhook.
    pub robot: bool,
    /// `ready`, `throttled`, `retrying`, `refusing`.
    pub state: String,
    /// With `throttled`: until; with `retrying`: when it is tried again.
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
    /// With `retrying` and `refusing`: why.
    pub problem: Option<ProblemView>,
    /// Messages that wait for it.
    pub waiting: usize,
    /// Host of the webhook, empty if the secret cannot be read now.
    pub host: String,
    /// Custom keywords.
    pub keywords: Vec<String>,
    /// The robot signs.
    pub signed: bool,
    /// Triggers that are subscribed to it.
    pub triggers: Vec<String>,
    /// False: the user switched it off. New messages are not made, queued ones wait.
    pub on: bool,
    /// A person should look at it.
    pub attention: bool,
}

/// This desktop's notifications, with a switch.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SwitchView {
    /// Service name.
    pub name: String,
    /// False: the user switched it off.
    pub on: bool,
}

/// What a pasted webhook is.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct WebhookReading {
    /// Host, empty if unreadable.
    pub host: String,
    /// A DingTalk robot.
    pub robot: bool,
    /// On a host that is not DingTalk's own (private deployment or a copy): say so.
    pub foreign_host: bool,
    /// What is wrong with it.
    pub problem: Option<ProblemView>,
}

/// How a test message went.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TestView {
    /// The group took it.
    pub ok: bool,
    /// As DingTalk answered, if it did.
    #[ts(type = "number | null")]
    pub errcode: Option<i64>,
    /// As DingTalk answered.
    pub errmsg: String,
    /// What it means and what to do.
    pub problem: Option<ProblemView>,
    /// How long it took.
    pub millis: u32,
}

/// A queued message.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct QueueRow {
    /// Its number.
    pub row: RowId,
    /// Which application.
    pub app: Option<AppId>,
    /// Which trigger.
    pub trigger: String,
    /// To which destination.
    pub service: String,
    /// Where it stands.
    pub state: QueueState,
    /// Attempts so far.
    pub attempts: u32,
    /// Next attempt.
    #[ts(type = "number")]
    pub due_ms: i64,
    /// When the event was seen.
    #[ts(type = "number")]
    pub created_ms: i64,
    /// What went wrong last.
    pub problem: Option<ProblemView>,
}

/// How long to pause.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PauseFor {
    /// One hour.
    Hour,
    /// Until 09:00 tomorrow, local time.
    Tomorrow,
    /// Until switched on again.
    Forever,
}

/// How long to mute an application.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MuteFor {
    /// One hour.
    Hour,
    /// Four hours.
    FourHours,
    /// Until 09:00 tomorrow, local time.
    Tomorrow,
    /// Until the user ends it.
    Forever,
}
