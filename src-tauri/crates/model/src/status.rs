//! The present state of everything, as shells see it. One writer (the engine), many readers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    AppSummary, Event, Health, Mutes, OperationPhase, Problem, ServerConfig, ServerName, ServerState,
    SyncStatus,
};

/// The present state. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// In the order of `settings.toml`.
    pub servers: Vec<ServerStatus>,
    /// Destinations that are DingTalk groups or webhooks, by name.
    pub groups: Vec<GroupStatus>,
    /// Problems of files, keychain, database.
    pub problems: Vec<Problem>,
    /// Sending paused by the user.
    pub paused: Option<Pause>,
    /// Applications that the user muted, as long as that holds.
    pub mutes: Arc<Mutes>,
    /// Destinations that are this desktop, by name.
    pub desktops: Vec<String>,
    /// Destinations that the user switched off, by name.
    pub off: Arc<BTreeSet<String>>,
    /// Messages in the outbox that wait.
    pub waiting: usize,
    /// Messages in the outbox that were refused.
    pub refused: usize,
    /// The last few events that matter, the newest first; none about muted applications.
    pub recent: Arc<Vec<Event>>,
    /// True while the embedded demo is shown.
    pub demo: bool,
    /// False only before the files were read for the first time.
    pub loaded: bool,
}

/// Sending is paused: events are still recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Pause {
    /// Unix ms; None: until switched on again.
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
}

/// One server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerStatus {
    /// Its name.
    pub name: ServerName,
    /// Its settings (no secret among them).
    pub config: Arc<ServerConfig>,
    /// The state of the connection.
    pub state: ServerState,
    /// What is wrong, if something is.
    pub problem: Option<Problem>,
    /// `v3.6.0+…` as the server says, empty if unknown.
    pub version: String,
    /// Signed in as, empty if unknown.
    pub account: String,
    /// When data last arrived, Unix ms; None: never.
    pub fresh_ms: Option<i64>,
    /// When it is tried again, Unix ms.
    pub next_try_ms: Option<i64>,
    /// When its token runs out, Unix ms, once a person should make a new one; None: not soon, never, or unknown.
    pub token_ends_ms: Option<i64>,
    /// Sorted by id.
    pub apps: Arc<Vec<Arc<AppSummary>>>,
}

/// One destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStatus {
    /// Service name.
    pub name: String,
    /// True: a DingTalk robot; false: a plain webhook.
    pub robot: bool,
    /// Host of its URL; empty while the secret that holds it cannot be read.
    pub host: String,
    /// How it goes.
    pub state: GroupState,
    /// Messages that wait for it.
    pub waiting: usize,
    /// It retries for so long that it may not pass by itself.
    pub stuck: bool,
}

/// How a destination goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum GroupState {
    /// Nothing wrong known.
    Ready,
    /// Paused by DingTalk until then (Unix ms).
    Throttled { until_ms: i64 },
    /// The last attempt failed for a reason that may pass; the next one is at `next_ms` (Unix ms).
    Retrying { problem: Problem, next_ms: i64 },
    /// Refuses for a reason that only a person can mend.
    Refusing { problem: Problem },
}

/// How bad an application is; order is worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Degraded, missing, or its last sync failed: needs attention.
    Attention,
    /// Syncing or progressing.
    Progressing,
    /// Out of sync or unknown: a note, no alarm.
    Notice,
    /// Nothing to do.
    Well,
}

impl Status {
    /// Whether a person should look at a destination: it refuses, or messages wait and it retries for long. The one
    /// place that decides it. Not while the user switched it off.
    pub fn wants_attention(&self, group: &GroupStatus) -> bool {
        let is_wrong = match group.state {
            GroupState::Refusing { .. } => true,
            GroupState::Retrying { .. } => group.stuck && group.waiting > 0,
            GroupState::Ready | GroupState::Throttled { .. } => false,
        };
        is_wrong && !self.off.contains(&group.name)
    }

    /// As what an application counts: how bad it is, or None while it is muted. The one place that decides it: tray,
    /// attention and counts all ask here.
    pub fn severity(&self, app: &AppSummary) -> Option<Severity> {
        self.mutes.get(&app.id).is_none().then(|| app.severity())
    }
}

impl AppSummary {
    /// How bad it is, muted or not. What it counts as is [`Status::severity`]'s.
    pub fn severity(&self) -> Severity {
        let failed = self
            .operation
            .as_ref()
            .is_some_and(|op| matches!(op.phase, OperationPhase::Failed | OperationPhase::Error));
        let running = self
            .operation
            .as_ref()
            .is_some_and(|op| matches!(op.phase, OperationPhase::Running | OperationPhase::Terminating));
        match (self.health, self.sync) {
            (Health::Degraded | Health::Missing, _) => Severity::Attention,
            _ if failed => Severity::Attention,
            (Health::Progressing, _) => Severity::Progressing,
            _ if running || self.deleting => Severity::Progressing,
            (Health::Unknown, _) | (_, SyncStatus::OutOfSync | SyncStatus::Unknown) => Severity::Notice,
            (Health::Healthy | Health::Suspended, SyncStatus::Synced) => Severity::Well,
        }
    }
}
