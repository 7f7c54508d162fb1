//! Outbox and memory against a plain list and a plain map: whatever is done, in whatever order, with restarts and
//! crashes in between.

use std::fs;
use std::path::Path;

use dinghy_model::{Memory, Message, QueueState, QueuedMessage, RowId};
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
    GiveUp,
    /// All that is due of the service of the oldest due row becomes a digest.
    Merge,
    /// Of the nth row; past the end: of all.
    Retry(usize),
    Drop(usize),
    Wait(i64),
    Restart,
    /// The power goes: what comes back is the files as they are, with the log's end torn by a write of so many bytes
    /// that was under way.
    Crash(usize),
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
        1 => Just(Step::GiveUp),
        1 => Just(Step::Merge),
        1 => Just(Step::Restart),
        1 => (0usize..9_000).prop_map(Step::Crash),
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
    fn due(&self, service: &str, now: i64, limit: usize) -> Vec<QueuedMessage> {
        let due = |row: &&QueuedMessage| {
            row.state == QueueState::Waiting && row.due_ms <= now && row.message.service == service
        };
        self.rows.iter().filter(due).take(limit).cloned().collect()
    }

    fn due_services(&self, now: i64, excluding: &[&str]) -> Vec<String> {
        let mut services: Vec<String> = Vec::new();
        for row in &self.rows {
            let service = &row.message.service;
            let is_due = row.state == QueueState::Waiting && row.due_ms <= now;
            if is_due && !excluding.contains(&service.as_str()) && !services.contains(service) {
                services.push(service.clone());
            }
        }
        services
    }

    fn next_due(&self, excluding: &[&str]) -> Option<i64> {
        let waits = |row: &&QueuedMessage| {
            row.state == QueueState::Waiting && !excluding.contains(&row.message.service.as_str())
        };
        self.rows.iter().filter(waits).map(|row| row.due_ms).min()
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
            Step::GiveUp => self.settle(store, *now, &Settlement::GivenUp { problem: timeout() }),
            Step::Merge => {
                let Some(service) = self.due_services(*now, &[]).into_iter().next() else { return };
                let members = self.due(&service, *now, usize::MAX);
                let rows: Vec<RowId> = members.iter().map(|row| row.row).collect();
                self.next_row += 1;
                let digest = Message { gist: None, ..message(&service, &self.next_row.to_string(), *now) };
                let merged = store.merge(&rows, &digest, *now).unwrap().unwrap();
                assert_eq!((merged.row, &merged.message), (RowId(self.next_row), &digest));
                self.rows.retain(|row| !rows.contains(&row.row));
                self.events += rows.len();
                self.rows.push(merged);
            }
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
            Step::Restart | Step::Crash(_) => {}
        }
    }

    fn settle(&mut self, store: &Store, now: i64, settlement: &Settlement) {
        let Some(service) = store.due_services(now, &[]).unwrap().into_iter().next() else { return };
        let claimed = store.due(&service, now, 1).unwrap().remove(0);
        let index = self.rows.iter().position(|row| row.row == claimed.row).unwrap();
        let event = store.settle(claimed.row, now, settlement).unwrap().unwrap();
        assert_eq!(event.app, claimed.message.app);
        self.events += 1;
        let row = &mut self.rows[index];
        row.attempts += 1;
        match settlement {
            Settlement::Delivered { .. } | Settlement::GivenUp { .. } => drop(self.rows.remove(index)),
            Settlement::Retry { due_ms, problem } => {
                (row.due_ms, row.problem) = (*due_ms, Some(problem.clone()));
            }
            Settlement::Refused { problem } => {
                (row.state, row.problem) = (QueueState::Refused, Some(problem.clone()));
            }
        }
    }
}

/// Copies the files of an open database as a power cut would leave them: nothing is closed or moved from the log to
/// the database first, and the log ends in a frame that was being written.
fn after_power_cut(path: &Path, copy: &Path, torn: usize) {
    let beside = |path: &Path| path.with_extension("db-wal");
    fs::copy(path, copy).unwrap();
    let mut log = fs::read(beside(path)).unwrap_or_default();
    if !log.is_empty() {
        let frame: Vec<u8> = log.iter().rev().copied().take(torn).collect();
        log.extend(frame);
    }
    fs::write(beside(copy), log).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_database_is_a_plain_list_and_a_plain_map(steps in proptest::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut path, mut crashes) = (dir.path().join("dinghy.db"), 0);
        let mut store = Store::open(&path).unwrap();
        let (mut model, mut now) = (Model::default(), 1_000);
        for step in steps {
            match step {
                Step::Restart => {
                    drop(store);
                    store = Store::open(&path).unwrap();
                }
                Step::Crash(torn) => {
                    crashes += 1;
                    let copy = dir.path().join(format!("crash-{crashes}.db"));
                    after_power_cut(&path, &copy, torn);
                    path = copy;
                    store = Store::open(&path).unwrap();
                }
                _ => {}
            }
            model.take(&step, &store, &mut now);
            prop_assert_eq!(store.queue().unwrap(), &model.rows[..], "after {:?}", step);
            prop_assert_eq!(store.memory(&app("guestbook")).unwrap(), model.memory.clone());
            prop_assert_eq!(store.due("team", now, 2).unwrap(), model.due("team", now, 2));
            prop_assert_eq!(store.due_services(now, &[]).unwrap(), model.due_services(now, &[]));
            prop_assert_eq!(store.due_services(now, &["ops"]).unwrap(), model.due_services(now, &["ops"]));
            prop_assert_eq!(store.next_due(&[]).unwrap(), model.next_due(&[]));
            prop_assert_eq!(store.next_due(&["team"]).unwrap(), model.next_due(&["team"]));
            prop_assert_eq!(store.queue_counts().unwrap().into_iter().collect::<Vec<_>>(), model.counts());
        }
        let events = store.events(&EventQuery { limit: 1000, ..EventQuery::default() }).unwrap();
        prop_assert_eq!(events.len(), model.events);
    }
}
