//! What is known of one application beyond its row in the list.

use dinghy_model::{Health, SyncStatus};
use serde::Serialize;
use ts_rs::TS;

/// One of `status.conditions`.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppCondition {
    /// `ComparisonError`, `SharedResourceWarning` …
    pub kind: String,
    /// The server's words.
    pub message: String,
    /// RFC 3339, empty if absent.
    pub since: String,
    /// Its kind ends with `Error`, as Argo CD tells them apart.
    pub error: bool,
}

/// A resource that is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppResource {
    /// `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Empty: of the whole cluster.
    pub namespace: String,
    /// None: not told, or a kind that has no health.
    pub health: Option<Health>,
    /// None: not told.
    pub sync: Option<SyncStatus>,
    /// `PreSync`, `Sync` … for a hook, else empty.
    pub hook: String,
    /// The last sync failed at this resource.
    pub failed: bool,
    /// Why, in the server's words; empty if it does not say.
    pub message: String,
}

/// One of `status.history`: a revision that was deployed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AppDeployment {
    /// The revision, or the first of several.
    pub revision: String,
    /// RFC 3339.
    pub at: String,
    /// How long the sync took, ms.
    #[ts(type = "number | null")]
    pub took_ms: Option<i64>,
    /// Who asked for it; empty if it went by itself or is not told.
    pub by: String,
    /// It went by itself (auto-sync).
    pub automated: bool,
}

/// Details of one application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct AppDetails {
    /// All conditions, errors first.
    pub conditions: Vec<AppCondition>,
    /// Failed first, then unhealthy, then out of sync; at most fifty.
    pub resources: Vec<AppResource>,
    /// How many are not as they should be.
    pub resources_wrong: usize,
    /// How many resources it has.
    pub resources_total: usize,
    /// Newest first, at most ten.
    pub history: Vec<AppDeployment>,
    /// Container images.
    pub images: Vec<String>,
}
