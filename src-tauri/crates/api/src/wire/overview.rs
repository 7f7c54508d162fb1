//! The overview: how many applications are in which state, what happened lately, and what needs attention.

use dinghy_model::{AppId, Health, Mute, OperationPhase, SyncStatus};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far the overview's timeline looks back.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 24 hours, one bar each.
    Day,
    /// Seven days, four bars each.
    Week,
}

/// Applications by their states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct Tally {
    /// A server's or a project's name.
    pub name: String,
    /// All of it is old data.
    pub stale: bool,
    /// All applications.
    pub total: usize,
    /// By health.
    pub healthy: usize,
    /// By health.
    pub progressing: usize,
    /// By health.
    pub degraded: usize,
    /// By health.
    pub suspended: usize,
    /// By health.
    pub missing: usize,
    /// By health.
    pub unknown: usize,
    /// By sync.
    pub synced: usize,
    /// By sync.
    pub out_of_sync: usize,
    /// By sync.
    pub sync_unknown: usize,
}

/// What happened in one stretch of time, from the event log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct Bar {
    /// Where it begins, Unix ms.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Syncs that succeeded.
    pub synced: u32,
    /// Syncs that failed.
    pub failed: u32,
    /// Applications that became degraded or missing.
    pub broke: u32,
    /// Applications that became healthy again.
    pub recovered: u32,
}

/// An application that needs attention or is muted, and why.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AttentionRow {
    /// Which one.
    pub id: AppId,
    /// `spec.project`.
    pub project: String,
    /// Its health.
    pub health: Health,
    /// Its sync state.
    pub sync: SyncStatus,
    /// How its last operation ended, if that is what is wrong.
    pub phase: Option<OperationPhase>,
    /// RFC 3339, empty if unknown: since when.
    pub since: String,
    /// What it is about: `Deployment/web`, `PreSync hook Job/migrate`, or empty.
    pub subject: String,
    /// The server's own message, or empty.
    pub message: String,
    /// The data is old.
    pub stale: bool,
    /// The user muted it.
    pub muted: Option<Mute>,
}

/// The overview. Servers and groups that need attention stand in the status.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OverviewView {
    /// In the order of the settings.
    pub servers: Vec<Tally>,
    /// Over all servers, by name of the project.
    pub projects: Vec<Tally>,
    /// All of them; without a name.
    pub all: Tally,
    /// Oldest first; the last one is under way.
    pub bars: Vec<Bar>,
    /// The length of a bar.
    #[ts(type = "number")]
    pub bar_ms: i64,
    /// Worst first, at most fifty.
    pub attention: Vec<AttentionRow>,
    /// How many there are.
    pub attention_total: usize,
    /// Muted applications, whatever their state; worst first, at most fifty.
    pub muted: Vec<AttentionRow>,
    /// How many there are.
    pub muted_total: usize,
}
