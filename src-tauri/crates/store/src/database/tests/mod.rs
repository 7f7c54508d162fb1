//! The database, as the engine and the command line use it.

mod model;
mod trouble;

use dinghy_model::{
    AppId, Event, EventKind, Gist, MemoryChange, Message, Mute, Payload, Problem, QueueState, QueuedMessage,
    RowId,
};

use super::{Commit, EventQuery, QueueCounts, RobotState, Settlement, Store};

pub(super) fn app(name: &str) -> AppId {
    AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }
}

pub(super) fn message(service: &str, uuid: &str, created_ms: i64) -> Message {
    Message {
        app: Some(app("guestbook")),
        trigger: "on-sync-failed".to_owned(),
        service: service.to_owned(),
        recipient: "ops".to_owned(),
        uuid: uuid.to_owned(),
        payload: Payload::Http {
            method: "POST".to_owned(),
            path: String::new(),
            body: format!("{{\"text\": \"同步失败 {uuid}\"}}"),
        },
        created_ms,
        gist: Some(Gist { line: uuid.to_owned(), failing: false, at_ms: created_ms }),
    }
}

pub(super) fn event(name: &str, at_ms: i64) -> Event {
    let kind = EventKind::Changed { from: "Healthy".to_owned(), to: "Degraded".to_owned() };
    Event { id: 0, at_ms, app: Some(app(name)), trigger: String::new(), service: String::new(), kind }
}

pub(super) fn timeout() -> Problem {
    Problem::Timeout { host: "oapi.dingtalk.com".to_owned() }
}

fn insert(key: &str, at_ms: i64) -> MemoryChange {
    MemoryChange::Insert { key: key.to_owned(), at_ms }
}

fn remove(key: &str) -> MemoryChange {
    MemoryChange::Remove { key: key.to_owned() }
}

/// A store in a new folder. Keep the folder.
pub(super) fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("dinghy.db")).unwrap();
    (dir, store)
}

fn names(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.app.as_ref().map_or(String::new(), |app| app.name.clone())).collect()
}

#[test]
fn a_commit_is_there_after_a_restart_in_all_its_parts() {
    let (dir, store) = store();
    let guestbook = app("guestbook");
    let messages = [message("team", "1", 100), message("desktop", "2", 100)];
    let commit = Commit {
        app: &guestbook,
        known: true,
        changes: &[insert("a", 1), insert("b", 2), remove("a"), insert("b", 3)],
        messages: &messages,
        events: &[event("guestbook", 100)],
        states: &[],
    };
    let rows = store.commit(commit).unwrap();
    drop(store);

    let store = Store::open(&dir.path().join("dinghy.db")).unwrap();
    let memory = store.memory(&guestbook).unwrap();
    assert!(memory.known);
    assert_eq!(memory.keys.into_iter().collect::<Vec<_>>(), [("b".to_owned(), 3)]);
    assert_eq!(store.memories().unwrap()[&guestbook], store.memory(&guestbook).unwrap());
    assert_eq!(names(&store.events(&EventQuery::default()).unwrap()), ["guestbook"]);
    let queued = |row, message: &Message| QueuedMessage {
        row,
        message: message.clone(),
        attempts: 0,
        due_ms: 100,
        state: QueueState::Waiting,
        problem: None,
    };
    let expected: Vec<_> = rows.iter().zip(&messages).map(|(row, message)| queued(*row, message)).collect();
    assert_eq!(store.queue().unwrap(), expected);
}

#[test]
fn several_commits_are_one_transaction_and_keep_their_order() {
    let (_dir, store) = store();
    let (a, b) = (app("a"), app("b"));
    let messages = [message("team", "1", 1), message("team", "2", 1)];
    let commit =
        |app| Commit { app, known: true, changes: &[], messages: &messages, events: &[], states: &[] };
    let rows = store.commit_many(&[commit(&a), commit(&b)]).unwrap();
    assert_eq!(rows, [[RowId(1), RowId(2)], [RowId(3), RowId(4)]]);
    assert_eq!(store.memories().unwrap().len(), 2);
    assert_eq!(store.commit_many(&[]).unwrap(), [[]; 0] as [[RowId; 0]; 0]);
}

#[test]
fn first_contact_is_over_once_and_again_after_forgetting() {
    let (_dir, store) = store();
    let guestbook = app("guestbook");
    let commit = |known, changes: &[MemoryChange]| {
        store
            .commit(Commit { app: &guestbook, known, changes, messages: &[], events: &[], states: &[] })
            .unwrap();
        store.memory(&guestbook).unwrap()
    };
    assert!(!commit(false, &[insert("x", 1)]).known);
    assert!(commit(true, &[]).known);
    assert!(commit(false, &[]).known);
    store.forget(&[app("guestbook"), app("never seen")]).unwrap();
    assert_eq!(store.memory(&guestbook).unwrap(), Default::default());
    assert!(store.memories().unwrap().is_empty());
}

#[test]
fn an_attempt_that_failed_is_due_later_and_one_that_was_refused_waits_for_a_person() {
    let (_dir, store) = store();
    let row = store.enqueue(&message("team", "1", 100), &[]).unwrap();
    assert_eq!(store.due("team", 99, 10).unwrap(), []);
    assert_eq!(store.due("team", 100, 10).unwrap().len(), 1);
    // A claim that comes to nothing, as in a crash, hides nothing.
    assert_eq!(store.due("team", 100, 10).unwrap().len(), 1);

    let retry = Settlement::Retry { due_ms: 500, problem: timeout() };
    let event = store.settle(row, 110, &retry).unwrap().unwrap();
    assert_eq!(event.kind, EventKind::Failed { problem: timeout(), next_ms: 500 });
    assert_eq!(event.service, "team");
    assert_eq!(store.due("team", 499, 10).unwrap(), []);
    assert_eq!(store.next_due(&[]).unwrap(), Some(500));
    let queued = store.due("team", 500, 10).unwrap().remove(0);
    assert_eq!((queued.attempts, queued.problem), (1, Some(timeout())));

    store.settle(row, 510, &Settlement::Refused { problem: timeout() }).unwrap();
    assert_eq!(store.due("team", i64::MAX, 10).unwrap(), []);
    assert_eq!(store.next_due(&[]).unwrap(), None);
    assert_eq!(store.queue().unwrap()[0].state, QueueState::Refused);

    assert_eq!(store.retry(Some(RowId(99)), 600).unwrap(), 0);
    assert_eq!(store.retry(Some(row), 600).unwrap(), 1);
    assert_eq!(store.due("team", 600, 10).unwrap()[0].attempts, 2);
    let event = store.settle(row, 610, &Settlement::Delivered { millis: 7 }).unwrap().unwrap();
    assert_eq!(event.kind, EventKind::Sent { attempts: 3, millis: 7, test: false });
    assert_eq!(store.queue().unwrap(), []);
    // Somebody dropped it while it was on its way.
    assert_eq!(store.settle(row, 620, &Settlement::Delivered { millis: 7 }).unwrap(), None);
    assert_eq!(store.events(&EventQuery::default()).unwrap().len(), 3);
}

#[test]
fn services_can_be_left_out_and_are_counted() {
    let (_dir, store) = store();
    for (service, uuid, due) in [("slow", "1", 1), ("team", "2", 5), ("slow", "3", 2), ("it's", "4", 9)] {
        store.enqueue(&message(service, uuid, due), &[]).unwrap();
    }
    let uuids = |service, limit| -> Vec<String> {
        store.due(service, 10, limit).unwrap().into_iter().map(|queued| queued.message.uuid).collect()
    };
    assert_eq!(uuids("slow", 10), ["1", "3"]);
    assert_eq!(uuids("slow", 1), ["1"]);
    assert_eq!(store.due_services(10, &[]).unwrap(), ["slow", "team", "it's"]);
    assert_eq!(store.due_services(4, &[]).unwrap(), ["slow"]);
    assert_eq!(store.due_services(10, &["slow", "it's"]).unwrap(), ["team"]);
    assert_eq!(store.next_due(&["slow"]).unwrap(), Some(5));
    store.settle(RowId(1), 10, &Settlement::Refused { problem: timeout() }).unwrap();
    let counts: Vec<_> = store.queue_counts().unwrap().into_iter().collect();
    let of = |waiting, refused| QueueCounts { waiting, refused };
    let expected =
        [("it's".to_owned(), of(1, 0)), ("slow".to_owned(), of(1, 1)), ("team".to_owned(), of(1, 0))];
    assert_eq!(counts, expected);
}

#[test]
fn a_digest_takes_the_place_of_its_messages_or_nothing_happens() {
    let (_dir, store) = store();
    let rows: Vec<RowId> =
        ["1", "2", "3"].map(|uuid| store.enqueue(&message("team", uuid, 1), &[]).unwrap()).into();
    let digest = Message { app: None, gist: None, ..message("team", "digest", 5) };
    store.drop_messages(Some(rows[1]), 4).unwrap();
    assert_eq!(store.merge(&rows, &digest, 5).unwrap(), None, "one of them is gone");
    assert_eq!(store.queue().unwrap().len(), 2);
    let merged = store.merge(&[rows[0], rows[2]], &digest, 5).unwrap().expect("a digest");
    assert_eq!((&merged.message, merged.due_ms), (&digest, 5));
    assert_eq!(store.queue().unwrap(), [merged]);
    let kinds: Vec<_> =
        store.events(&EventQuery::default()).unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Merged, EventKind::Merged, EventKind::Dropped]);
}

#[test]
fn what_nobody_wants_later_goes_and_is_logged() {
    let (_dir, store) = store();
    let row = store.enqueue(&message("desktop", "1", 1), &[]).unwrap();
    let event = store.settle(row, 2, &Settlement::GivenUp { problem: timeout() }).unwrap().unwrap();
    assert_eq!(event.kind, EventKind::Refused { problem: timeout(), test: false });
    assert_eq!(store.queue().unwrap(), []);
}

#[test]
fn refusals_by_service() {
    let (_dir, store) = store();
    for (service, refused) in [("team", true), ("ops", false)] {
        let row = store.enqueue(&message(service, "1", 1), &[]).unwrap();
        if refused {
            store.settle(row, 2, &Settlement::Refused { problem: timeout() }).unwrap();
        }
    }
    assert_eq!(store.refusals().unwrap().into_iter().collect::<Vec<_>>(), [("team".to_owned(), timeout())]);
}

#[test]
fn dropping_is_logged() {
    let (_dir, store) = store();
    for uuid in ["1", "2", "3"] {
        store.enqueue(&message("team", uuid, 1), &[]).unwrap();
    }
    assert_eq!(store.drop_messages(Some(RowId(2)), 5).unwrap(), 1);
    assert_eq!(store.drop_messages(Some(RowId(2)), 6).unwrap(), 0);
    assert_eq!(store.drop_messages(None, 7).unwrap(), 2);
    let events = store.events(&EventQuery::default()).unwrap();
    assert!(events.iter().all(|event| event.kind == EventKind::Dropped));
    assert_eq!(events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [7, 7, 5]);
}

#[test]
fn the_log_is_read_in_pages_by_name_and_by_text() {
    let (_dir, store) = store();
    for (n, name) in ["a", "b", "a", "c", "支付_1"].into_iter().enumerate() {
        store.append_event(&event(name, n as i64)).unwrap();
    }
    let found = |query: EventQuery| names(&store.events(&query).unwrap());
    let all = EventQuery::default;
    assert_eq!(found(all()), ["支付_1", "c", "a", "b", "a"]);
    assert_eq!(found(EventQuery { limit: 2, ..all() }), ["支付_1", "c"]);
    assert_eq!(found(EventQuery { limit: 2, before_id: Some(4), ..all() }), ["a", "b"]);
    assert_eq!(found(EventQuery { limit: 2, after_id: Some(2), ..all() }), ["a", "c"]);
    assert_eq!(found(EventQuery { app: Some(app("a")), ..all() }), ["a", "a"]);
    assert_eq!(found(EventQuery { server: Some("prod".into()), limit: 1, ..all() }), ["支付_1"]);
    assert_eq!(found(EventQuery { server: Some("test".into()), ..all() }), [""; 0]);
    assert_eq!(found(EventQuery { text: "支付".to_owned(), ..all() }), ["支付_1"]);
    assert_eq!(found(EventQuery { text: "ARGOCD/B".to_owned(), ..all() }), ["b"]);
    assert_eq!(found(EventQuery { text: "degr".to_owned(), limit: 1, ..all() }), ["支付_1"]);
    assert_eq!(found(EventQuery { text: "%".to_owned(), ..all() }), [""; 0]);
    assert_eq!(found(EventQuery { kinds: &["sent", "dropped"], ..all() }), [""; 0]);
    assert_eq!(found(EventQuery { kinds: &["sent", "changed"], limit: 1, ..all() }), ["支付_1"]);
    assert_eq!(store.prune_events(3).unwrap(), 3);
    assert_eq!(found(all()), ["支付_1", "c"]);
}

#[test]
fn a_message_with_an_outcome_is_one_line_of_the_log() {
    let (_dir, store) = store();
    // Two at one moment for one destination: as long as one of them waits, neither is hidden.
    let [guestbook, web] = [app("guestbook"), app("web")];
    let queued = |app: &AppId, message: &Message| Event {
        id: 0,
        at_ms: message.created_ms,
        app: Some(app.clone()),
        trigger: message.trigger.clone(),
        service: message.service.clone(),
        kind: EventKind::Queued { summary: format!("{} broke", app.name) },
    };
    let commit = |app: &AppId, messages: &[Message]| {
        let messages: Vec<Message> =
            messages.iter().map(|message| Message { app: Some(app.clone()), ..message.clone() }).collect();
        let events: Vec<Event> = messages.iter().map(|message| queued(app, message)).collect();
        let commit =
            Commit { app, known: true, changes: &[], messages: &messages, events: &events, states: &[] };
        store.commit(commit).unwrap()
    };
    let twins = commit(&guestbook, &[message("team", "1", 5), message("team", "2", 5)]);
    let other = commit(&web, &[message("team", "3", 5)]);
    let alone = Message { app: None, ..message("team", "4", 6) };
    let nobody = store.enqueue(&alone, &[Event { app: None, ..queued(&web, &alone) }]).unwrap();
    let log = |query: EventQuery| -> Vec<String> {
        let events = store.events(&EventQuery { open_only: true, ..query }).unwrap();
        let kind =
            |event: &Event| serde_json::to_value(&event.kind).unwrap()["kind"].as_str().unwrap().to_owned();
        names(&events)
            .into_iter()
            .zip(&events)
            .map(|(name, event)| format!("{name} {}", kind(event)))
            .collect()
    };
    let all = EventQuery::default;
    assert_eq!(log(all()), [" queued", "web queued", "guestbook queued", "guestbook queued"]);

    store.settle(other[0], 7, &Settlement::Delivered { millis: 1 }).unwrap();
    store.settle(twins[0], 7, &Settlement::Retry { due_ms: 9, problem: timeout() }).unwrap();
    store.settle(twins[1], 8, &Settlement::Refused { problem: timeout() }).unwrap();
    assert_eq!(
        log(all()),
        [
            "guestbook refused",
            "guestbook failed",
            "web sent",
            " queued",
            "guestbook queued",
            "guestbook queued"
        ]
    );
    store.settle(twins[0], 9, &Settlement::Delivered { millis: 1 }).unwrap();
    store.drop_messages(Some(nobody), 10).unwrap();
    let closed = [" dropped", "guestbook sent", "guestbook refused", "guestbook failed", "web sent"];
    assert_eq!(log(all()), closed);
    assert_eq!(log(EventQuery { text: "argocd/web".to_owned(), ..all() }), ["web sent"], "found by its name");
    assert_eq!(log(EventQuery { text: "broke".to_owned(), ..all() }).len(), 4, "only there it says so");
    assert_eq!(log(EventQuery { kinds: &["queued"], ..all() }), [""; 0]);
    // Whoever sends a refused message again sees it wait.
    store.retry(Some(twins[1]), 11).unwrap();
    assert_eq!(log(EventQuery { kinds: &["queued"], ..all() }), ["guestbook queued", "guestbook queued"]);
    assert_eq!(store.events(&all()).unwrap().len(), 9, "the log itself keeps them all");
}

#[test]
fn limits_and_the_pause_survive_a_restart() {
    let (dir, store) = store();
    assert_eq!(store.robot_state("r").unwrap(), RobotState::default());
    let state = RobotState { paused_until_ms: Some(9), recent_sends: vec![1, 2, 3] };
    store.set_robot_state("r", &state).unwrap();
    assert_eq!(store.pause().unwrap(), None);
    store.set_pause(Some(dinghy_model::Pause { until_ms: None })).unwrap();
    drop(store);
    let store = Store::open(&dir.path().join("dinghy.db")).unwrap();
    assert_eq!(store.robot_state("r").unwrap(), state);
    assert_eq!(store.pause().unwrap(), Some(dinghy_model::Pause { until_ms: None }));
    store.set_pause(None).unwrap();
    assert_eq!(store.pause().unwrap(), None);
}

#[test]
fn another_process_beside_it_sees_and_is_seen() {
    let (dir, engine) = store();
    let beside = Store::open(&dir.path().join("dinghy.db")).unwrap();
    let row = engine.enqueue(&message("team", "1", 1), &[]).unwrap();
    assert_eq!(beside.queue().unwrap().len(), 1);
    let before = engine.changes_elsewhere().unwrap();
    engine.append_event(&event("a", 1)).unwrap();
    assert_eq!(engine.changes_elsewhere().unwrap(), before);
    beside.drop_messages(Some(row), 2).unwrap();
    assert_ne!(engine.changes_elsewhere().unwrap(), before);
    assert_eq!(engine.queue().unwrap(), []);
}

#[test]
fn many_that_open_a_new_database_at_once() {
    // Again and again: which two meet, and where, is chance.
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dinghy.db");
        std::thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || Store::open(path).unwrap().append_event(&event("a", n)).unwrap());
            }
        });
        assert_eq!(Store::open(&path).unwrap().events(&EventQuery::default()).unwrap().len(), 8);
    }
}

#[test]
fn mutes_and_switches_survive_a_restart() {
    let (dir, store) = store();
    let until = |until_ms| Some(Mute { until_ms });
    for (name, mute) in [("a", until(Some(100))), ("b", until(None)), ("c", until(Some(200)))] {
        store.set_mute(&app(name), mute).unwrap();
    }
    store.set_mute(&app("a"), until(Some(300))).unwrap();
    store.set_mute(&app("b"), None).unwrap();
    store.set_mute(&app("nobody"), None).unwrap();
    for (service, on) in [("ops", false), ("ops", false), ("desktop", false), ("desktop", true)] {
        store.set_switch(service, on).unwrap();
    }
    drop(store);

    let store = Store::open(&dir.path().join("dinghy.db")).unwrap();
    let names = |store: &Store| -> Vec<String> {
        store.mutes().unwrap().iter().map(|(app, _)| app.name.clone()).collect()
    };
    assert_eq!(names(&store), ["a", "c"]);
    assert_eq!(store.mutes().unwrap().get(&app("a")), until(Some(300)));
    assert_eq!(store.switched_off().unwrap().into_iter().collect::<Vec<_>>(), ["ops"]);
    assert_eq!((store.prune_mutes(200).unwrap(), names(&store)), (1, vec!["a".to_owned()]));
    store.forget(&[app("a")]).unwrap();
    assert_eq!(names(&store), [""; 0]);
}

#[test]
fn the_latest_of_some_kinds_among_the_newest() {
    let (_dir, store) = store();
    assert_eq!(store.newest_event().unwrap(), 0);
    assert_eq!(store.latest_events(&["changed"], 10).unwrap(), []);
    for n in 1..=5 {
        store.append_event(&event(&format!("app-{n}"), n)).unwrap();
        store.append_event(&Event { kind: EventKind::Dropped, ..event("dropped", n) }).unwrap();
    }
    assert_eq!((store.newest_event().unwrap(), store.count_events().unwrap()), (10, 10));
    assert_eq!(names(&store.latest_events(&["changed"], 6).unwrap()), ["app-5", "app-4", "app-3"]);
    assert_eq!(store.latest_events(&[], 6).unwrap(), []);
}
