//! The event log: everything that happened and why.

use serde::{Deserialize, Serialize};

use crate::{AppId, Problem, ServerState};

/// One line of the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Event {
    /// Number in the log; 0 before it is stored.
    #[ts(type = "number")]
    pub id: i64,
    /// Unix ms.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// The application, if it is about one.
    pub app: Option<AppId>,
    /// The trigger, if one took part; else empty.
    pub trigger: String,
    /// The destination's service name, else empty.
    pub service: String,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum EventKind {
    /// An application's health, sync or operation changed, as short words (`Healthy → Degraded`).
    Changed { from: String, to: String },
    /// A server's state changed.
    Server { name: String, state: ServerState, problem: Option<Problem> },
    /// A condition held and a message was queued. `summary` is its first line.
    Queued { summary: String },
    /// A condition held, but nothing was sent: it was sent before (`already_sent`), it held already at first contact
    /// (`baseline`) or when the rules changed (`rules_changed`), the cluster's own controller sent it
    /// (`sent_by_argocd`), the user muted the application (`muted`) or switched the destination off
    /// (`switched_off`) or wants no such notification on the desktop (`not_chosen`).
    Suppressed { reason: String },
    /// The destination took the message.
    Sent { attempts: u32, millis: u32 },
    /// One attempt failed; it is tried again at `next_ms`.
    Failed {
        problem: Problem,
        #[ts(type = "number")]
        next_ms: i64,
    },
    /// The destination refused; a person must act. The message stays in the queue.
    Refused { problem: Problem },
    /// A trigger or template failed for this application.
    RuleError { problem: Problem },
    /// The user dropped a message.
    Dropped,
    /// The message became a line of a digest, which goes out in its place.
    Merged,
}
