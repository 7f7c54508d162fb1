//! Full disks, damaged files, newer versions.

use std::fs;
use std::path::Path;

use dinghy_model::Problem;
use rusqlite::Connection;

use super::super::{Commit, EventQuery, Store, schema};
use super::{app, event, message, store};

/// Leaves room for a few pages more than there are now. SQLite gives the same error as for a full disk.
fn fill_up(store: &Store) {
    store
        .read(|connection| {
            let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            connection.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(()))
        })
        .unwrap();
}

#[test]
fn a_full_disk_is_told_and_the_commit_is_undone() {
    let (dir, store) = store();
    fill_up(&store);
    let guestbook = app("guestbook");
    let mut big = message("team", "1", 1);
    big.recipient = "x".repeat(100_000);
    let result = store.commit(Commit {
        app: &guestbook,
        known: true,
        changes: &[],
        messages: &[big],
        events: &[event("guestbook", 1)],
        states: &[],
    });
    assert_eq!(result, Err(Problem::DiskFull { path: dir.path().join("dinghy.db").display().to_string() }));
    assert!(!store.memory(&guestbook).unwrap().known);
    assert_eq!(store.events(&EventQuery::default()).unwrap(), []);
    // The rest goes on: what fits is stored.
    store.enqueue(&message("team", "2", 1), &[]).unwrap();
    assert_eq!(store.queue().unwrap().len(), 1);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "another process does not wait with tokio either")]
fn a_database_that_another_process_holds_is_waited_for() {
    let (dir, store) = store();
    let path = dir.path().join("dinghy.db");
    let (held, is_held) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        held.send(()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(500));
        connection.execute_batch("ROLLBACK").unwrap();
    });
    is_held.recv().unwrap();
    let started = std::time::Instant::now();
    store.enqueue(&message("team", "1", 1), &[]).unwrap();
    assert!(started.elapsed().as_millis() >= 300, "{:?}", started.elapsed());
    assert_eq!(store.queue().unwrap().len(), 1);
    other.join().unwrap();
}

#[test]
fn a_newer_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dinghy.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let problem = Store::open(&path).unwrap_err();
    assert_eq!(problem, Problem::DatabaseNewer { found: 99, known: schema::VERSION });
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_told_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dinghy.db");
    let text = "not a database, but long enough that SQLite looks at the header ".repeat(20);
    fs::write(&path, &text).unwrap();
    assert!(matches!(Store::open(&path).unwrap_err(), Problem::DatabaseDamaged { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_damaged_page_is_told_when_it_is_read() {
    let (dir, store) = store();
    let path = dir.path().join("dinghy.db");
    for n in 0..200 {
        store.append_event(&event("guestbook", n)).unwrap();
    }
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let result = Store::open(&path)
        .and_then(|store| store.events(&EventQuery { limit: 1000, ..EventQuery::default() }));
    assert!(matches!(result, Err(Problem::DatabaseDamaged { .. })), "{result:?}");
}

#[test]
fn an_event_that_this_version_cannot_read_is_damage() {
    let (_dir, store) = store();
    store.append_event(&event("guestbook", 1)).unwrap();
    store
        .write(|transaction| transaction.execute("UPDATE events SET kind = '{\"kind\": \"x\"}'", []))
        .unwrap();
    let result = store.events(&EventQuery::default());
    assert!(matches!(result, Err(Problem::DatabaseDamaged { .. })), "{result:?}");
}

#[test]
fn a_folder_that_is_not_there() {
    let problem = Store::open(Path::new("/nowhere/at all/dinghy.db")).unwrap_err();
    assert!(matches!(problem, Problem::Io { .. }), "{problem:?}");
}

#[cfg(unix)]
#[test]
fn the_files_are_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = store();
    store.append_event(&event("a", 1)).unwrap();
    let modes: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .collect();
    assert_eq!(modes, [0o600; 3], "database, write-ahead log, shared memory");
}

/// The settings on which "nothing is lost" rests; without them every other test would still pass.
#[test]
fn commits_are_durable() {
    let (_dir, store) = store();
    let pragma = |name: &str| {
        store.read(|connection| {
            connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        })
    };
    assert_eq!(pragma("journal_mode").unwrap(), "wal".to_owned().into());
    assert_eq!(pragma("synchronous").unwrap(), 2.into());
    assert_eq!(pragma("foreign_keys").unwrap(), 1.into());
}
