//! The last few events that matter, for who looks in passing: what broke and recovered, what was lost and refused.

use std::sync::Arc;

use dinghy_model::{Event, EventKind, Health, Mutes, OperationPhase};
use dinghy_store::Store;

/// So many are shown.
const SHOWN: usize = 5;
/// Among so many of the log's newest they are looked for.
const LOOK_BACK: u32 = 500;
/// The kinds among which they are, by their words in JSON.
const KINDS: [&str; 4] = ["changed", "server", "refused", "rule_error"];

/// What was found last.
#[derive(Default)]
pub(crate) struct Recent {
    newest: i64,
    candidates: Vec<Event>,
}

impl Recent {
    /// The events as they are now; reads the log only if there is something new in it.
    pub(crate) fn view(&mut self, store: &Store, mutes: &Mutes) -> Arc<Vec<Event>> {
        match store.newest_event() {
            Ok(newest) if newest != self.newest => {
                let found = store.latest_events(&KINDS, LOOK_BACK).unwrap_or_default();
                self.candidates = found.into_iter().filter(matters).collect();
                self.newest = newest;
            }
            // What the disk does not tell stays as it was.
            _ => {}
        }
        let muted = |event: &Event| event.app.as_ref().is_some_and(|app| mutes.get(app).is_some());
        Arc::new(self.candidates.iter().filter(|event| !muted(event)).take(SHOWN).cloned().collect())
    }
}

fn matters(event: &Event) -> bool {
    match &event.kind {
        EventKind::Changed { from, to } => {
            let sick = [
                Health::Degraded.word(),
                Health::Missing.word(),
                OperationPhase::Failed.word(),
                OperationPhase::Error.word(),
            ];
            let is = |text: &str, words: &[&str]| text.split(", ").any(|part| words.contains(&part));
            is(to, &sick) || (is(from, &sick) && is(to, &[Health::Healthy.word()]))
        }
        EventKind::Server { state, .. } => {
            !state.is_fresh() && *state != dinghy_model::ServerState::Connecting
        }
        // Who tried something has seen how it went.
        EventKind::Refused { test, .. } => !test,
        EventKind::RuleError { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Mute, ServerState};

    use super::*;
    use crate::testing::app;

    #[test]
    fn what_matters_is_found_among_the_newest_and_muted_ones_are_left_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(&dir.path().join("dinghy.db")).expect("a database");
        let log = |name: &str, kind: EventKind| {
            let (trigger, service) = Default::default();
            let event = Event { id: 0, at_ms: 1, app: Some(app(name)), trigger, service, kind };
            store.append_event(&event).expect("logged");
        };
        let changed = |from: &str, to: &str| EventKind::Changed { from: from.to_owned(), to: to.to_owned() };
        let server = |state| EventKind::Server { name: "prod".to_owned(), state, problem: None };
        for (name, kind) in [
            ("first", changed("Healthy", "Degraded")),
            ("broke", changed("Progressing, Running", "Degraded, Failed")),
            ("still-bad", changed("Degraded", "Progressing")),
            ("well", changed("Degraded", "Healthy")),
            ("sync", changed("OutOfSync", "Synced")),
            ("live", server(ServerState::Live)),
            ("down", server(ServerState::Unreachable)),
            ("queued", EventKind::Queued { summary: String::new() }),
            ("muted", changed("Healthy", "Missing")),
            ("test", EventKind::Refused { problem: dinghy_model::Problem::NoToken, test: true }),
            ("rule", EventKind::RuleError { problem: dinghy_model::Problem::NoToken }),
        ] {
            log(name, kind);
        }
        let mut mutes = Mutes::default();
        mutes.set(&app("muted"), Some(Mute { until_ms: None }));
        let mut recent = Recent::default();
        let names = |recent: &mut Recent, mutes: &Mutes| -> Vec<String> {
            let found = recent.view(&store, mutes);
            found.iter().filter_map(|event| event.app.as_ref().map(|app| app.name.clone())).collect()
        };
        assert_eq!(names(&mut recent, &mutes), ["rule", "down", "well", "broke", "first"]);
        assert_eq!(names(&mut recent, &Mutes::default()), ["rule", "muted", "down", "well", "broke"]);
        log("new", changed("Healthy", "Missing"));
        assert_eq!(names(&mut recent, &mutes)[0], "new");
    }
}
