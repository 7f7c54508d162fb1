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
    /// The destination took the message. `test`: somebody tried the destination or a template, no rule sent it.
    Sent {
        attempts: u32,
        millis: u32,
        #[serde(default, skip_serializing_if = "is_no_test")]
        #[ts(optional, as = "Option<bool>")]
        test: bool,
    },
    /// One attempt failed; it is tried again at `next_ms`.
    Failed {
        problem: Problem,
        #[ts(type = "number")]
        next_ms: i64,
    },
    /// The destination refused; a person must act. The message stays in the queue. `test`: it was one, as of
    /// [`Sent`](Self::Sent); whatever kept it from arriving, it is not tried again and is in no queue.
    Refused {
        problem: Problem,
        #[serde(default, skip_serializing_if = "is_no_test")]
        #[ts(optional, as = "Option<bool>")]
        test: bool,
    },
    /// A trigger or template failed for this application.
    RuleError { problem: Problem },
    /// The user dropped a message.
    Dropped,
    /// The message became a line of a digest, which goes out in its place.
    Merged,
}

impl EventKind {
    /// Whether it is about a message that somebody sent to try it: no rule made it, so it belongs to no other event.
    pub fn is_test(&self) -> bool {
        matches!(self, Self::Sent { test: true, .. } | Self::Refused { test: true, .. })
    }
}

/// Only of a test the log says whether it was one: what earlier versions wrote reads the same.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_no_test(test: &bool) -> bool {
    !test
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_wrote_is_no_test_and_reads_the_same() {
        for (text, is_test) in [
            (r#"{"kind":"sent","attempts":1,"millis":20}"#, false),
            (r#"{"kind":"sent","attempts":1,"millis":20,"test":true}"#, true),
            (r#"{"kind":"refused","problem":{"code":"no_token"}}"#, false),
            (r#"{"kind":"refused","problem":{"code":"no_token"},"test":true}"#, true),
            (r#"{"kind":"dropped"}"#, false),
        ] {
            let kind: EventKind = serde_json::from_str(text).expect(text);
            assert_eq!(kind.is_test(), is_test, "{text}");
            assert_eq!(serde_json::to_string(&kind).expect(text), text);
        }
    }
}
