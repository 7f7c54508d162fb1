//! The tables, and how an older database becomes a newer one.

use rusqlite::{Connection, TransactionBehavior};

/// Each entry leads from the version that is its index to the next. Entries are never changed, only added.
const MIGRATIONS: [&str; 5] = [
    "
    CREATE TABLE applications (
        id INTEGER PRIMARY KEY,
        server TEXT NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        known INTEGER NOT NULL,
        UNIQUE (server, namespace, name)
    ) STRICT;
    CREATE TABLE memory (
        application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
        key TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (application, key)
    ) STRICT, WITHOUT ROWID;
    -- server, namespace and app are all NULL in a message that is about no application.
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        server TEXT,
        namespace TEXT,
        app TEXT,
        trigger TEXT NOT NULL,
        service TEXT NOT NULL,
        recipient TEXT NOT NULL,
        uuid TEXT NOT NULL,
        payload TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        due_ms INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        problem TEXT
    ) STRICT;
    CREATE INDEX outbox_due ON outbox (refused, due_ms);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_ms INTEGER NOT NULL,
        server TEXT,
        namespace TEXT,
        app TEXT,
        trigger TEXT NOT NULL,
        service TEXT NOT NULL,
        kind TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_at ON events (at_ms);
    CREATE INDEX events_app ON events (server, namespace, app);
    CREATE TABLE robots (
        key TEXT PRIMARY KEY,
        paused_until_ms INTEGER,
        recent_sends TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE pause (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        until_ms INTEGER
    ) STRICT;
",
    "
    -- What a digest says of the message, as JSON; NULL: it goes alone.
    ALTER TABLE outbox ADD COLUMN gist TEXT;
    CREATE INDEX outbox_service ON outbox (service, refused, due_ms);
    -- A notification that the desktop did not show was kept for a retry that nobody wants hours later.
    DELETE FROM outbox WHERE refused = 1 AND problem LIKE '{\"code\":\"desktop\"%';
",
    // A payload may be sealed from here on. The tables are the same, but a program that knows no seal must not read
    // them: it would take such a row for damage.
    "",
    "
    -- What the user wants quiet. Until NULL: until the user ends it.
    CREATE TABLE mutes (
        server TEXT NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        until_ms INTEGER,
        PRIMARY KEY (server, namespace, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE switched_off (
        service TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
",
    "
    -- What applications looked like when they changed: at_ms is since when, kept_ms when it was put down.
    CREATE TABLE past_states (
        id INTEGER PRIMARY KEY,
        kept_ms INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        server TEXT NOT NULL,
        namespace TEXT NOT NULL,
        app TEXT NOT NULL,
        packed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX past_states_kept ON past_states (kept_ms);
    -- How many bytes they take, about; kept by the triggers, so that nobody has to add them up.
    CREATE TABLE past_states_size (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        bytes INTEGER NOT NULL
    ) STRICT;
    INSERT INTO past_states_size VALUES (1, 0);
    CREATE TRIGGER past_states_more AFTER INSERT ON past_states BEGIN
        UPDATE past_states_size SET bytes = bytes + length(NEW.packed) + 100;
    END;
    CREATE TRIGGER past_states_fewer AFTER DELETE ON past_states BEGIN
        UPDATE past_states_size SET bytes = bytes - length(OLD.packed) - 100;
    END;
",
];

/// The version that this program writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// The version of a database; 0 for an empty one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings a database that is not newer than [`VERSION`] up to it, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? >= VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another process may have done it while this one waited for the lock.
    let from = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", VERSION.max(from))?;
    transaction.commit()
}
