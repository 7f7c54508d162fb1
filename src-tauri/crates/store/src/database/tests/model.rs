//! Outbox and memory against a plain list and a plain map: whatever is done, in whatever order, with restarts in
//! between.

use dinghy_model::{Memory, QueueState, QueuedMessage, RowId};
use proptest::prelude::*;

use super::super::{Commit, EventQuery, QueueCounts, Settlement, Store};
use super::{app, event, insert, message, remove, timeout};

const SERVICES: [&str; 3] = ["team", "ops", "desktop"];

/// Something that the engine or a person does.
#[derive(Clone, Debug)]
enum Step {
    /// A trigger fired: a key is remembered, a message queued, an event logged.
    Fire {
        key: u8,
        service: usize,
    },
    /// Its condition is false again.
    Forget {
        key: u8,
    },
    /// The courier takes the oldest due row and this becomes of it.
    Deliver,
    Fail {
        wait: i64,
    },
    Refuse,
    /// Of the nth row; past the end: of all.
    Retry(usize),
    Drop(usize),
    Wait(i64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..4, 0..SERVICES.len()).prop_map(|(key, service)| Step::Fire { key, service }),
        1 => (0u8..4).prop_map(|key| Step::Forget { key }),
        2 => Just(Step::Deliver),
        2 => (0i64..50).prop_map(|wait| Step::Fail { wait }),
        1 => Just(Step::Refuse),
        1 => (0usize..6).prop_map(Step::Retry),
        1 => (0usize..6).prop_map(Step::Drop),
        2 => (0i64..30).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

/// What the database should hold.
#[derive(Default)]
struct Model {
    memory: Memory,
    rows: Vec<QueuedMessage>,
    next_row: i64,
    events: usize,
}

impl Model {
    fn due(&self, now: i64, limit: usize, excluding: &[&str]) -> Vec<QueuedMessage> {
        let due = |row: &&QueuedMessage| {
            row.state == QueueState::Waiting
                && row.due_ms <= now
                && !excluding.contains(&row.message.service.as_str())
        };
        self.rows.iter().filter(due).take(limit).cloned().collect()
    }

    fn next_due(&self, excluding: &[&str]) -> Option<i64> {
        let waiting = self.due(i64::MAX, usize::MAX, excluding);
        waiting.iter().map(|row| row.due_ms).min()
    }

    fn counts(&self) -> Vec<(String, QueueCounts)> {
        let mut services: Vec<_> = self.rows.iter().map(|row| row.message.service.clone()).collect();
        services.sort();
        services.dedup();
        let count = |service: &str, state| {
            self.rows.iter().filter(|row| row.message.service == service && row.state == state).count()
        };
        let counts = |service: String| {
            let waiting = count(&service, QueueState::Waiting);
            let refused = count(&service, QueueState::Refused);
            (service, QueueCounts { waiting, refused })
        };
        services.into_iter().map(counts).collect()
    }

    /// Does the same to the model and to the store.
    fn take(&mut self, step: &Step, store: &Store, now: &mut i64) {
        let all_or_one = |n: usize, rows: &[QueuedMessage]| rows.get(n).map(|row| row.row);
        match step {
            Step::Fire { key, service } => {
                self.next_row += 1;
                let message = message(SERVICES[*service], &self.next_row.to_string(), *now);
                let row = RowId(self.next_row);
                let rows = store.commit(Commit {
                    app: &app("guestbook"),
                    known: true,
                    changes: &[insert(&key.to_string(), *now)],
                    messages: std::slice::from_ref(&message),
                    events: &[event("guestbook", *now)],
                });
                assert_eq!(rows, Ok(vec![row]), "rows are counted up, also after deleting");
                self.memory.known = true;
                self.memory.keys.insert(key.to_string(), *now);
                self.events += 1;
                self.rows.push(QueuedMessage {
                    row,
                    message,
                    attempts: 0,
                    due_ms: *now,
                    state: QueueState::Waiting,
                    problem: None,
                });
            }
            Step::Forget { key } => {
                let changes = [remove(&key.to_string())];
                let (app, messages, events) = (&app("guestbook"), &[], &[]);
                store.commit(Commit { app, known: false, changes: &changes, messages, events }).unwrap();
                self.memory.keys.remove(&key.to_string());
            }
            Step::Deliver => self.settle(store, *now, &Settlement::Delivered { millis: 1 }),
            Step::Fail { wait } => {
                let due_ms = *now + wait;
                self.settle(store, *now, &Settlement::Retry { due_ms, problem: timeout() });
            }
            Step::Refuse => self.settle(store, *now, &Settlement::Refused { problem: timeout() }),
            Step::Retry(n) => {
                let row = all_or_one(*n, &self.rows);
                let count = store.retry(row, *now).unwrap();
                let chosen = self.rows.iter_mut().filter(|queued| row.is_none_or(|row| queued.row == row));
                let done = chosen.map(|queued| {
                    queued.state = QueueState::Waiting;
                    queued.due_ms = queued.due_ms.min(*now);
                });
                assert_eq!(count, done.count());
            }
            Step::Drop(n) => {
                let row = all_or_one(*n, &self.rows);
                let count = store.drop_messages(row, *now).unwrap();
                let before = self.rows.len();
                self.rows.retain(|queued| row.is_some_and(|row| queued.row != row));
                assert_eq!(count, before - self.rows.len());
                self.events += count;
            }
            Step::Wait(time) => *now += time,
            Step::Restart => {}
        }
    }

    fn settle(&mut self, store: &Store, now: i64, settlement: &Settlement) {
        let Some(claimed) = store.claim(now, 1, &[]).unwrap().pop() else { return };
        let index = self.rows.iter().position(|row| row.row == claimed.row).unwrap();
        let event = store.settle(claimed.row, now, settlement).unwrap().unwrap();
        assert_eq!(event.app, claimed.message.app);
        self.events += 1;
        let row = &mut self.rows[index];
        row.attempts += 1;
        match settlement {
            Settlement::Delivered { .. } => drop(self.rows.remove(index)),
            Settlement::Retry { due_ms, problem } => {
                (row.due_ms, row.problem) = (*due_ms, Some(problem.clone()));
            }
            Settlement::Refused { problem } => {
                (row.state, row.problem) = (QueueState::Refused, Some(problem.clone()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_database_is_a_plain_list_and_a_plain_map(steps in proptest::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dinghy.db");
        let mut store = Store::open(&path).unwrap();
        let (mut model, mut now) = (Model::default(), 1_000);
        for step in steps {
            if let Step::Restart = step {
                drop(store);
                store = Store::open(&path).unwrap();
            }
            model.take(&step, &store, &mut now);
            prop_assert_eq!(store.queue().unwrap(), &model.rows[..], "after {:?}", step);
            prop_assert_eq!(store.memory(&app("guestbook")).unwrap(), model.memory.clone());
            prop_assert_eq!(store.claim(now, 2, &[]).unwrap(), model.due(now, 2, &[]));
            prop_assert_eq!(store.claim(now, 9, &["ops"]).unwrap(), model.due(now, 9, &["ops"]));
            prop_assert_eq!(store.next_due(&[]).unwrap(), model.next_due(&[]));
            prop_assert_eq!(store.next_due(&["team"]).unwrap(), model.next_due(&["team"]));
            prop_assert_eq!(store.queue_counts().unwrap().into_iter().collect::<Vec<_>>(), model.counts());
        }
        let events = store.events(&EventQuery { limit: 1000, ..EventQuery::default() }).unwrap();
        prop_assert_eq!(events.len(), model.events);
    }
}
