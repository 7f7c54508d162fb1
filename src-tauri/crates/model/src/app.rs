//! What is known of an application.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::AppId;

/// `status.health.status`. Order is worst first: Argo CD's own, turned round (`healthOrder` in gitops-engine's
/// `pkg/health/health.go`, by which an application takes the worst state of its resources).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
pub enum Health {
    /// Not known, or a word this version does not know.
    Unknown,
    /// Something does not work.
    Degraded,
    /// Resources exist in Git but not in the cluster.
    Missing,
    /// On the way.
    Progressing,
    /// Paused on purpose.
    Suspended,
    /// All well.
    Healthy,
}

/// `status.sync.status`. Order is worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
pub enum SyncStatus {
    /// Not known, or empty.
    Unknown,
    /// The cluster differs from Git.
    OutOfSync,
    /// The cluster is as Git says.
    Synced,
}

/// `status.operationState.phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
pub enum OperationPhase {
    /// Under way.
    Running,
    /// Being stopped.
    Terminating,
    /// A resource refused.
    Failed,
    /// The operation could not be carried out.
    Error,
    /// Done.
    Succeeded,
    /// A word this version does not know.
    Unknown,
}

/// The last operation (sync) of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Operation {
    /// How far it is.
    pub phase: OperationPhase,
    /// `operationState.message`, empty if none.
    pub message: String,
    /// RFC 3339 as the server wrote it; empty if absent.
    pub started_at: String,
    /// RFC 3339 as the server wrote it; empty if absent.
    pub finished_at: String,
}

/// The few fields that lists, the tray and counts need. Kept for every application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AppSummary {
    /// Which application.
    pub id: AppId,
    /// `spec.project`.
    pub project: String,
    /// `status.health.status`.
    pub health: Health,
    /// `status.health.message`, empty if none.
    pub health_message: String,
    /// RFC 3339 `status.health.lastTransitionTime`, empty if absent.
    pub health_since: String,
    /// `status.sync.status`.
    pub sync: SyncStatus,
    /// `status.sync.revision` (or the first of `revisions`), empty if none.
    pub revision: String,
    /// `status.operationState`, if any.
    pub operation: Option<Operation>,
    /// The first of `status.conditions` as `type: message`, empty if none.
    pub condition: String,
    /// `metadata.deletionTimestamp` is set.
    pub deleting: bool,
}

/// The application as JSON text, compressed: LZ4 block format with the length in front.
///
/// A list of 2,000 applications is 30 MB of JSON; the engine keeps the text so that rules can be
/// run again (a rule changed, a clock-dependent rule) without asking the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppBody {
    /// LZ4 of the JSON text; made and read by whoever has the codec (argocd writes, engine reads).
    pub packed: Arc<[u8]>,
    /// A hash of the unpacked text, to see cheaply that nothing changed.
    pub hash: u64,
}

/// One application as a server sent it: what flows from Argo CD into the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSnapshot {
    /// The summary, taken from the same text.
    pub summary: AppSummary,
    /// The text itself: one JSON object as the API gives it, UTF-8.
    pub json: Arc<str>,
    /// `metadata.resourceVersion` as a number; 0 if it is none. Only for comparing two of one application.
    pub resource_version: u64,
}

/// Words as the API writes them; anything else is the `Unknown` of its kind.
macro_rules! words {
    ($type:ident: $($variant:ident),+) => {
        impl $type {
            /// From the API's word; an empty or new word is `Unknown`.
            pub fn parse(word: &str) -> Self {
                match word {
                    $(stringify!($variant) => Self::$variant,)+
                    _ => Self::Unknown,
                }
            }

            /// The API's word.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                    Self::Unknown => "Unknown",
                }
            }
        }
    };
}
words!(Health: Degraded, Missing, Progressing, Suspended, Healthy);
words!(SyncStatus: OutOfSync, Synced);
words!(OperationPhase: Running, Terminating, Failed, Error, Succeeded);

#[cfg(test)]
mod tests {
    use super::Health;

    #[test]
    fn the_worst_health_comes_first_as_argo_cd_ranks_it() {
        let mut all = ["Healthy", "Missing", "Progressing", "Degraded", "", "Suspended"].map(Health::parse);
        all.sort_unstable();
        let ranked = all.map(Health::word);
        assert_eq!(ranked, ["Unknown", "Degraded", "Missing", "Progressing", "Suspended", "Healthy"]);
    }
}
