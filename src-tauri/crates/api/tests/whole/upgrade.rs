//! Folders as earlier versions left them (`tests/data/upgrade`): every version opens them, loses nothing of what waits,
//! and delivers it.
//!
//! A folder is added with every version of the database that left the house, made by that version itself on the demo and
//! ended with SIGKILL; none is ever changed.

use std::path::{Path, PathBuf};

use dinghy_api::Level;
use dinghy_demo::{DingTalk, Robot};
use dinghy_model::{Payload, QueueState, QueuedMessage};
use dinghy_store::{EventQuery, Store};
use expect_test::expect;

use crate::house::{House, PATIENCE, dingtalk, told, told_in};

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/data/upgrade");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(all).expect("the folders").map(|entry| entry.expect("a folder").path()).collect();
    folders.sort();
    folders
}

/// A copy to work on, with robots for the groups that the rules name.
fn moved_in(folder: &Path, dingtalk: &DingTalk) -> House {
    let mut house = House::new();
    std::fs::copy(folder.join("dinghy.db"), house.dirs.database()).expect("a copy");
    std::fs::copy(folder.join("notifications.yaml"), house.dirs.rules()).expect("a copy");
    let settings = std::fs::read_to_string(folder.join("settings.toml")).expect("settings");
    // The secrets were variables of that run; the servers are gone.
    house.settings(settings.split("[secrets]").next().unwrap_or_default());
    for (group, secret) in [("release", "dingtalk-url"), ("duty", "dingtalk-duty-url")] {
        let url = dingtalk.add_robot(Robot { keywords: Vec::new(), ..Robot::new(group) });
        house.secret(secret, &url);
    }
    house.secret("dingtalk-duty-sign", "SECfixture");
    // The key of who sealed a message there. Once it is stale it is a line of a digest, which needs no key.
    house.secret("outbox.key", "the key of schema-5");
    house
}

/// How many events a row for a robot tells of; none for other services.
fn events_of(row: &QueuedMessage) -> usize {
    match &row.message.payload {
        Payload::Http { body, .. } | Payload::Robot { body } => {
            told_in(&serde_json::from_str(body).unwrap_or_default())
        }
        Payload::Sealed { .. } => 1,
        _ => 0,
    }
}

#[test]
fn what_an_earlier_version_kept_is_all_there() {
    let mut found = String::new();
    for folder in folders() {
        let house = moved_in(&folder, &dingtalk());
        let store = Store::open(&house.dirs.database()).expect("an older database");
        let memories = store.memories().expect("memory");
        let queue = store.queue().expect("a queue");
        let events = store.events(&EventQuery { limit: 10_000, ..EventQuery::default() }).expect("events");
        let count = |state| queue.iter().filter(|row: &&QueuedMessage| row.state == state).count();
        found += &format!(
            "{}: {} applications with {} keys, {} waiting ({} sealed), {} refused, {} events, paused {}, {} muted, \
             off {:?}, {} past states\n",
            folder.file_name().unwrap_or_default().to_string_lossy(),
            memories.len(),
            memories.values().map(|memory| memory.keys.len()).sum::<usize>(),
            count(QueueState::Waiting),
            queue.iter().filter(|row| matches!(row.message.payload, Payload::Sealed { .. })).count(),
            count(QueueState::Refused),
            events.len(),
            store.pause().expect("a pause").is_some(),
            store.mutes().expect("mutes").iter().count(),
            store.switched_off().expect("switches"),
            store.past_states(0, 1000).expect("states").len(),
        );
        drop(store);
        let remarks = dinghy_api::check(&house.dirs, dinghy_model::Lang::En);
        let wrong: Vec<_> = remarks.iter().filter(|remark| remark.level != Level::Note).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", folder.display());
    }
    expect![[r#"
        schema-1: 30 applications with 93 keys, 44 waiting (0 sealed), 1 refused, 95 events, paused true, 0 muted, off {}, 0 past states
        schema-2: 30 applications with 96 keys, 53 waiting (0 sealed), 1 refused, 96 events, paused true, 0 muted, off {}, 0 past states
        schema-5: 30 applications with 98 keys, 46 waiting (1 sealed), 1 refused, 117 events, paused true, 1 muted, off {"desktop"}, 27 past states
    "#]]
    .assert_eq(&found);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_under_an_earlier_version_is_delivered() {
    for folder in folders() {
        let dingtalk = dingtalk();
        let house = moved_in(&folder, &dingtalk);
        let store = Store::open(&house.dirs.database()).expect("an older database");
        let queue = store.queue().expect("a queue");
        let due: usize = queue.iter().map(events_of).sum();
        drop(store);
        let dinghy = house.start();
        dinghy.until("the rules", |status| status.loaded).await;
        dinghy.api.resume().await;
        dinghy.api.queue_retry(None).await.expect("retried");
        // A message without a gist goes alone, so a minute's limit is what a run delivers at once.
        let alone = due.min(18);
        let arrived = || -> usize {
            let all = dingtalk.requests();
            all.iter().filter(|received| received.shown).map(told).sum()
        };
        let left =
            || -> usize { dinghy.engine.store().queue().expect("a queue").iter().map(events_of).sum() };
        let waited = async {
            while arrived() < alone || left() + arrived() != due {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| {
            let (arrived, left) = (arrived(), left());
            panic!("{}: {arrived} of {due} arrived, {left} left: {:#?}", folder.display(), dinghy.log())
        });
        dinghy.stop().await;
    }
}
