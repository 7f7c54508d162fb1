//! Folders as earlier versions left them (`tests/data/upgrade`): every version opens them, loses nothing of what waits,
//! and delivers it.
//!
//! A folder is added with every version of the database, made by that version itself on the demo and ended with
//! SIGKILL; none is ever changed.

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
    let (settings, _) = settings.split_once("[secrets]").expect("its secrets");
    house.settings(settings);
    for (group, secret) in [("release", "dingtalk-url"), ("duty", "dingtalk-duty-url")] {
        let url = dingtalk.add_robot(Robot { keywords: Vec::new(), ..Robot::new(group) });
        house.secret(secret, &url);
    }
    house.secret("dingtalk-duty-sign", "SECfixture");
    house
}

/// How many events a row for a robot tells of; none for other services.
fn events_of(row: &QueuedMessage) -> usize {
    match &row.message.payload {
        Payload::Http { body, .. } | Payload::Robot { body } => {
            told_in(&serde_json::from_str(body).unwrap_or_default())
        }
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
            "{}: {} applications with {} keys, {} waiting, {} refused, {} events, paused {}\n",
            folder.file_name().unwrap_or_default().to_string_lossy(),
            memories.len(),
            memories.values().map(|memory| memory.keys.len()).sum::<usize>(),
            count(QueueState::Waiting),
            count(QueueState::Refused),
            events.len(),
            store.pause().expect("a pause").is_some(),
        );
        drop(store);
        let remarks = dinghy_api::check(&house.dirs, dinghy_model::Lang::En);
        let wrong: Vec<_> = remarks.iter().filter(|remark| remark.level != Level::Note).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", folder.display());
    }
    expect![[r#"
        schema-1: 30 applications with 93 keys, 44 waiting, 1 refused, 95 events, paused true
        schema-2: 30 applications with 96 keys, 53 waiting, 1 refused, 96 events, paused true
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
