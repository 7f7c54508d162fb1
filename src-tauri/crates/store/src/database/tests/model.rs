//! All that the database holds against plain lists and plain maps: whatever is done, in whatever order, with restarts and
//! crashes in between.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dinghy_model::{
    AppId, Event, EventKind, Memory, Message, Pause, Problem, QueueState, QueuedMessage, RowId,
};
use proptest::prelude::*;

use super::super::{Commit, EventQuery, QueueCounts, RobotState, Settlement, Store};
use super::{app, event, insert, message, remove, timeout};

const SERVICES: [&str; 3] = ["team", "ops", "desktop"];
const APPS: [&str; 2] = ["guestbook", "web"];
const ROBOTS: [&str; 2] = ["a1", "b2"];

/// Something that the engine or a person does.
#[derive(Clone, Debug)]
enum Step {
    /// A trigger fired: a key is remembered, a message queued, an event logged.
    Fire {
        app: usize,
        key: u8,
        service: usize,
    },
    /// Triggers of all applications fired at once: one transaction.
    FireAll {
        key: u8,
    },
    /// Its condition is false again.
    Forget {
        app: usize,
        key: u8,
    },
    /// An application was deleted.
    ForgetApp(usize),
    /// The limiter counts a send of a robot, or the robot asks for a pause.
    Sends(usize),
    Pauses(usize),
    /// The user stops sending, or goes on.
    Switch(bool),
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
    /// The power goes, and the disk had lied about what it had written: of the log so many thousandths come back.
    Lose(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..APPS.len(), 0u8..4, 0..SERVICES.len())
            .prop_map(|(app, key, service)| Step::Fire { app, key, service }),
        1 => (0u8..4).prop_map(|key| Step::FireAll { key }),
        1 => (0..APPS.len(), 0u8..4).prop_map(|(app, key)| Step::Forget { app, key }),
        1 => (0..APPS.len()).prop_map(Step::ForgetApp),
        1 => (0..ROBOTS.len()).prop_map(Step::Sends),
        1 => (0..ROBOTS.len()).prop_map(Step::Pauses),
        1 => any::<bool>().prop_map(Step::Switch),
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
        1 => (0usize..1_001).prop_map(Step::Lose),
    ]
}

/// What the database should hold.
#[derive(Clone, Default)]
struct Model {
    memories: BTreeMap<AppId, Memory>,
    rows: Vec<QueuedMessage>,
    next_row: i64,
    /// Of each line of the log: the application, the service, the word of what happened.
    events: Vec<(Option<AppId>, String, &'static str)>,
    robots: BTreeMap<&'static str, RobotState>,
    pause: Option<Pause>,
}

/// All that can be read.
#[derive(Debug, PartialEq)]
struct Read {
    memories: BTreeMap<AppId, Memory>,
    queue: Vec<QueuedMessage>,
    due: Vec<QueuedMessage>,
    due_services: [Vec<String>; 2],
    next_due: [Option<i64>; 2],
    counts: Vec<(String, QueueCounts)>,
    refusals: BTreeMap<String, Problem>,
    events: Vec<(Option<AppId>, String, &'static str)>,
    robots: [RobotState; 2],
    pause: Option<Pause>,
}

impl Read {
    fn of(store: &Store, now: i64) -> Self {
        let memories: BTreeMap<AppId, Memory> = store.memories().unwrap().into_iter().collect();
        for name in APPS {
            let known = memories.get(&app(name)).cloned().unwrap_or_default();
            assert_eq!(store.memory(&app(name)), Ok(known));
        }
        let all = EventQuery { after_id: Some(0), limit: 1000, ..EventQuery::default() };
        let events = store.events(&all).unwrap();
        Self {
            memories,
            queue: store.queue().unwrap(),
            due: store.due("team", now, 2).unwrap(),
            due_services: [&[][..], &["ops"]].map(|excluding| store.due_services(now, excluding).unwrap()),
            next_due: [&[][..], &["team"]].map(|excluding| store.next_due(excluding).unwrap()),
            counts: store.queue_counts().unwrap().into_iter().collect(),
            refusals: store.refusals().unwrap(),
            events: events.into_iter().map(line).collect(),
            robots: ROBOTS.map(|robot| store.robot_state(robot).unwrap()),
            pause: store.pause().unwrap(),
        }
    }
}

fn line(event: Event) -> (Option<AppId>, String, &'static str) {
    let word = match event.kind {
        EventKind::Changed { .. } => "changed",
        EventKind::Sent { .. } => "sent",
        EventKind::Failed { .. } => "failed",
        EventKind::Refused { .. } => "refused",
        EventKind::Dropped => "dropped",
        EventKind::Merged => "merged",
        other => panic!("nobody logs {other:?}"),
    };
    (event.app, event.service, word)
}

impl Model {
    fn read(&self, now: i64) -> Read {
        let refused = self.rows.iter().filter(|row| row.state == QueueState::Refused);
        let refusals =
            refused.filter_map(|row| Some((row.message.service.clone(), row.problem.clone()?))).collect();
        Read {
            memories: self.memories.clone(),
            queue: self.rows.clone(),
            due: self.due("team", now, 2),
            due_services: [&[][..], &["ops"]].map(|excluding| self.due_services(now, excluding)),
            next_due: [&[][..], &["team"]].map(|excluding| self.next_due(excluding)),
            counts: self.counts(),
            refusals,
            events: self.events.clone(),
            robots: ROBOTS.map(|robot| self.robots.get(robot).cloned().unwrap_or_default()),
            pause: self.pause,
        }
    }

    fn log(&mut self, message: &Message, word: &'static str) {
        self.events.push((message.app.clone(), message.service.clone(), word));
    }

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
            Step::Fire { app: name, key, service } => {
                self.fire(store, *now, &[(APPS[*name], SERVICES[*service])], *key);
            }
            Step::FireAll { key } => self.fire(store, *now, &APPS.map(|name| (name, "team")), *key),
            Step::Forget { app: name, key } => {
                let changes = [remove(&key.to_string())];
                let (app, messages, events) = (&app(APPS[*name]), &[], &[]);
                store
                    .commit(Commit { app, known: false, changes: &changes, messages, events, states: &[] })
                    .unwrap();
                self.memories.entry(app.clone()).or_default().keys.remove(&key.to_string());
            }
            Step::ForgetApp(name) => {
                store.forget(&[app(APPS[*name])]).unwrap();
                self.memories.remove(&app(APPS[*name]));
            }
            Step::Sends(robot) => {
                let state = self.robots.entry(ROBOTS[*robot]).or_default();
                state.recent_sends.push(*now);
                state.paused_until_ms = None;
                store.set_robot_state(ROBOTS[*robot], state).unwrap();
            }
            Step::Pauses(robot) => {
                let state = self.robots.entry(ROBOTS[*robot]).or_default();
                state.paused_until_ms = Some(*now + 600_000);
                store.set_robot_state(ROBOTS[*robot], state).unwrap();
            }
            Step::Switch(off) => {
                self.pause = off.then_some(Pause { until_ms: (*now % 2 == 0).then_some(*now) });
                store.set_pause(self.pause).unwrap();
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
                members.iter().for_each(|member| self.log(&member.message, "merged"));
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
                let (dropped, kept): (Vec<_>, Vec<_>) =
                    self.rows.drain(..).partition(|queued| row.is_none_or(|row| queued.row == row));
                self.rows = kept;
                assert_eq!(count, dropped.len());
                dropped.iter().for_each(|queued| self.log(&queued.message, "dropped"));
            }
            Step::Wait(time) => *now += time,
            Step::Restart | Step::Crash(_) | Step::Lose(_) => {}
        }
    }

    /// One transaction: of each application a key, a message and a line of the log.
    fn fire(&mut self, store: &Store, now: i64, who: &[(&str, &str)], key: u8) {
        let apps: Vec<AppId> = who.iter().map(|(name, _)| app(name)).collect();
        let first = self.next_row;
        let messages: Vec<[Message; 1]> = (first + 1..)
            .zip(who)
            .map(|(row, (name, service))| {
                [Message { app: Some(app(name)), ..message(service, &row.to_string(), now) }]
            })
            .collect();
        let events: Vec<[Event; 1]> = who.iter().map(|(name, _)| [event(name, now)]).collect();
        let changes = [insert(&key.to_string(), now)];
        let parts = apps.iter().zip(&messages).zip(&events);
        let commits: Vec<Commit> = parts
            .map(|((app, messages), events)| Commit {
                app,
                known: true,
                changes: &changes,
                messages,
                events,
                states: &[],
            })
            .collect();
        let rows: Vec<Vec<RowId>> = (first + 1..).take(who.len()).map(|row| vec![RowId(row)]).collect();
        assert_eq!(store.commit_many(&commits), Ok(rows), "rows are counted up, also after deleting");
        for (app, [message]) in apps.into_iter().zip(messages) {
            self.events.push((Some(app.clone()), String::new(), "changed"));
            let memory = self.memories.entry(app).or_default();
            memory.known = true;
            memory.keys.insert(key.to_string(), now);
            self.next_row += 1;
            self.rows.push(QueuedMessage {
                row: RowId(self.next_row),
                message,
                attempts: 0,
                due_ms: now,
                state: QueueState::Waiting,
                problem: None,
            });
        }
    }

    fn settle(&mut self, store: &Store, now: i64, settlement: &Settlement) {
        let Some(service) = store.due_services(now, &[]).unwrap().into_iter().next() else { return };
        let claimed = store.due(&service, now, 1).unwrap().remove(0);
        let index = self.rows.iter().position(|row| row.row == claimed.row).unwrap();
        let event = store.settle(claimed.row, now, settlement).unwrap().unwrap();
        assert_eq!(event.app, claimed.message.app);
        let row = &mut self.rows[index];
        row.attempts += 1;
        let word = match settlement {
            Settlement::Delivered { .. } => "sent",
            Settlement::Retry { .. } => "failed",
            Settlement::Refused { .. } | Settlement::GivenUp { .. } => "refused",
        };
        self.events.push((claimed.message.app, service, word));
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

/// Copies the files of an open database as a power cut would leave them: nothing is closed or moved from the log to the
/// database first, and the log is what `end` makes of it.
fn after_power_cut(path: &Path, copy: &Path, end: impl FnOnce(&mut Vec<u8>)) {
    let beside = |path: &Path| path.with_extension("db-wal");
    fs::copy(path, copy).unwrap();
    let mut log = fs::read(beside(path)).unwrap_or_default();
    end(&mut log);
    fs::write(beside(copy), log).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_database_is_a_plain_list_and_a_plain_map(steps in prop::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut path, mut crashes) = (dir.path().join("dinghy.db"), 0);
        let mut store = Store::open(&path).unwrap();
        let (mut model, mut now) = (Model::default(), 1_000);
        // What the database was after each step that is still in the log.
        let mut past = vec![model.clone()];
        for step in steps {
            let mut crash = |end: &dyn Fn(&mut Vec<u8>)| {
                crashes += 1;
                let copy = dir.path().join(format!("crash-{crashes}.db"));
                after_power_cut(&path, &copy, end);
                path = copy;
                Store::open(&path).unwrap()
            };
            match step {
                Step::Restart => {
                    drop(store);
                    store = Store::open(&path).unwrap();
                    past.clear();
                }
                Step::Crash(torn) => {
                    // A frame that was being written.
                    store = crash(&|log| {
                        let frame: Vec<u8> = log.iter().rev().copied().take(torn).collect();
                        log.extend(frame);
                    });
                }
                Step::Lose(share) => {
                    store = crash(&|log| log.truncate(log.len() * share / 1_000));
                    // All of a transaction or nothing of it, and none without those before it.
                    let found = Read::of(&store, now);
                    while past.last().is_some_and(|model| model.read(now) != found) {
                        past.pop();
                    }
                    prop_assert!(!past.is_empty(), "never was so: {:?}", found);
                    model = past.last().cloned().unwrap_or_default();
                }
                _ => {}
            }
            model.take(&step, &store, &mut now);
            prop_assert_eq!(Read::of(&store, now), model.read(now), "after {:?}", step);
            past.push(model.clone());
        }
    }
}
