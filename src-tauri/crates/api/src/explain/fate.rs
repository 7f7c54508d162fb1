//! What became of a notification that was due before, as the event log tells it.
//!
//! The memory of the rules only knows that it was due, and when. What was noted at that very time in the log says
//! whether a message was made of it, and what follows there says what happened to the message.

use dinghy_model::{Event, EventKind};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The destination took the message, at this time (Unix ms).
    Sent(i64),
    /// The message waits, or is tried again.
    Waits,
    /// The destination refused it.
    Refused,
    /// A person dropped it.
    Dropped,
    /// It became a line of a digest.
    Merged,
    /// No message was made: it was true already at first contact.
    Baseline,
    /// No message was made: it was true already when the rules changed.
    RulesChanged,
    /// No message was made: the cluster's controller had sent it.
    ByArgoCd,
    /// No message was made: the user did not want it, for this reason in the log's word.
    HeldBack(&'static str),
    /// No message was made: the rules had no such service.
    NoSuchService,
}

/// The log's words for what the user did not want (`engine/judge.rs`).
const HELD_BACK: [&str; 3] = ["muted", "switched_off", "not_chosen"];

/// Looks it up. `events`: the application's, newest first; `at_ms`: when it was due. None: the log does not say.
pub(crate) fn fate(events: &[Event], trigger: &str, service: &str, at_ms: i64) -> Option<Fate> {
    let mut fate = None;
    let about = events.iter().rev().filter(|event| event.trigger == trigger && event.service == service);
    for event in about.skip_while(|event| event.at_ms < at_ms) {
        let found = match &event.kind {
            // The next message is another one.
            EventKind::Queued { .. } if fate.is_some() => break,
            EventKind::Queued { .. } if event.at_ms == at_ms => Fate::Waits,
            EventKind::Suppressed { reason } if event.at_ms == at_ms => match reason.as_str() {
                "baseline" => return Some(Fate::Baseline),
                "rules_changed" => return Some(Fate::RulesChanged),
                "sent_by_argocd" => return Some(Fate::ByArgoCd),
                reason => match HELD_BACK.into_iter().find(|known| *known == reason) {
                    Some(known) => return Some(Fate::HeldBack(known)),
                    None => continue,
                },
            },
            EventKind::RuleError { .. } if event.at_ms == at_ms => return Some(Fate::NoSuchService),
            _ if fate.is_none() => continue,
            EventKind::Sent { .. } => Fate::Sent(event.at_ms),
            EventKind::Failed { .. } => Fate::Waits,
            EventKind::Refused { .. } => Fate::Refused,
            EventKind::Dropped => Fate::Dropped,
            EventKind::Merged => Fate::Merged,
            _ => continue,
        };
        fate = Some(found);
    }
    fate
}

#[cfg(test)]
mod tests {
    use dinghy_model::Problem;

    use super::*;

    /// When what was noted.
    type Log = Vec<(i64, EventKind)>;

    #[test]
    fn what_follows_in_the_log() {
        let queued = || EventKind::Queued { summary: String::new() };
        let sent = || EventKind::Sent { attempts: 1, millis: 1, test: false };
        let held = |reason: &str| EventKind::Suppressed { reason: reason.to_owned() };
        let refused = || EventKind::Refused { problem: Problem::KeychainLocked, test: false };
        let failed = || EventKind::Failed { problem: Problem::KeychainLocked, next_ms: 0 };
        let cases: Vec<(Log, Option<Fate>)> = vec![
            (vec![], None),
            (vec![(10, queued())], Some(Fate::Waits)),
            (vec![(10, queued()), (11, sent())], Some(Fate::Sent(11))),
            (vec![(10, queued()), (11, failed())], Some(Fate::Waits)),
            (vec![(10, queued()), (11, failed()), (12, refused())], Some(Fate::Refused)),
            (vec![(10, queued()), (12, refused()), (13, EventKind::Dropped)], Some(Fate::Dropped)),
            (vec![(10, queued()), (12, EventKind::Merged)], Some(Fate::Merged)),
            (vec![(10, held("baseline"))], Some(Fate::Baseline)),
            (vec![(10, held("rules_changed"))], Some(Fate::RulesChanged)),
            (vec![(10, held("sent_by_argocd"))], Some(Fate::ByArgoCd)),
            (vec![(10, held("muted"))], Some(Fate::HeldBack("muted"))),
            (vec![(10, held("switched_off"))], Some(Fate::HeldBack("switched_off"))),
            (
                vec![(10, EventKind::RuleError { problem: Problem::NoSuchService { service: "s".into() } })],
                Some(Fate::NoSuchService),
            ),
            // Of another time.
            (vec![(9, queued()), (11, sent())], None),
            (vec![(10, queued()), (20, queued()), (21, sent())], Some(Fate::Waits)),
            (vec![(8, queued()), (9, refused()), (10, queued()), (11, sent())], Some(Fate::Sent(11))),
        ];
        for (log, expected) in cases {
            let event = |(id, (at_ms, kind)): (usize, &(i64, EventKind))| Event {
                id: i64::try_from(id).unwrap_or_default(),
                at_ms: *at_ms,
                app: None,
                trigger: "t".to_owned(),
                service: "s".to_owned(),
                kind: kind.clone(),
            };
            let mut events: Vec<Event> = log.iter().enumerate().map(event).collect();
            events.reverse();
            assert_eq!(fate(&events, "t", "s", 10), expected, "{log:?}");
            assert_eq!(fate(&events, "t", "other", 10), None);
            assert_eq!(fate(&events, "other", "s", 10), None);
        }
    }
}
