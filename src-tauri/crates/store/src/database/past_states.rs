//! What applications looked like when they changed, for a week: so that a rule can be tried on it.
//!
//! What is kept is decided and packed by the engine; here are only bytes.

use dinghy_model::{AppId, Problem};
use rusqlite::{Connection, params};

use super::Store;

/// More than this is not kept, the oldest goes first: some 30,000 changes at about 1 KB. A week of 1,000 applications
/// that change four times a day fits.
const MOST_BYTES: i64 = 32 << 20;

/// A state as it is put down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastState {
    /// Since when the application was so (Unix ms).
    pub at_ms: i64,
    /// What is kept of it, packed.
    pub packed: Vec<u8>,
}

/// A state as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptState {
    /// Grows with every state.
    pub id: i64,
    /// Of this application.
    pub app: AppId,
    /// The state.
    pub state: PastState,
}

impl Store {
    /// States in the order in which they were put down, those of one application in the order of their times: at most so
    /// many with a higher id. Few at a time, so that nobody waits long for the database.
    pub fn past_states(&self, after_id: i64, limit: u32) -> Result<Vec<KeptState>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, server, namespace, app, at_ms, packed FROM past_states
                     WHERE id > ?1 ORDER BY id LIMIT ?2",
                )?
                .query_map(params![after_id, limit], |row| {
                    let server = row.get::<_, String>(1)?.as_str().into();
                    let app = AppId { server, namespace: row.get(2)?, name: row.get(3)? };
                    let state = PastState { at_ms: row.get(4)?, packed: row.get(5)? };
                    Ok(KeptState { id: row.get(0)?, app, state })
                })?
                .collect()
        })
    }

    /// Deletes states that were put down before that; gives how many.
    pub fn prune_past_states(&self, older_than_ms: i64) -> Result<usize, Problem> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM past_states WHERE kept_ms < ?1", [older_than_ms])
        })
    }
}

/// Puts states of one application down; the last one is of now.
pub(super) fn append(connection: &Connection, app: &AppId, states: &[PastState]) -> rusqlite::Result<()> {
    let Some(kept_ms) = states.last().map(|last| last.at_ms) else { return Ok(()) };
    let mut insert = connection.prepare_cached(
        "INSERT INTO past_states (kept_ms, at_ms, server, namespace, app, packed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for state in states {
        insert.execute(params![kept_ms, state.at_ms, app.server.0, app.namespace, app.name, state.packed])?;
    }
    Ok(())
}

/// Lets the oldest eighth go if there is too much.
pub(super) fn limit(connection: &Connection) -> rusqlite::Result<()> {
    limit_to(connection, MOST_BYTES)
}

fn limit_to(connection: &Connection, most_bytes: i64) -> rusqlite::Result<()> {
    let bytes: i64 =
        connection.prepare_cached("SELECT bytes FROM past_states_size")?.query_row([], |row| row.get(0))?;
    if bytes > most_bytes {
        connection.execute(
            "DELETE FROM past_states
             WHERE id <= (SELECT min(id) + (max(id) - min(id)) / 8 FROM past_states)",
            [],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Commit;

    fn app(name: &str) -> AppId {
        AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn the_oldest_go_first_and_their_size_is_known() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(&dir.path().join("a.db")).expect("a database");
        let web = app("web");
        for at_ms in 0..80 {
            let states = [PastState { at_ms, packed: vec![7; 100] }];
            let commit =
                Commit { app: &web, known: true, changes: &[], messages: &[], events: &[], states: &states };
            store.commit(commit).expect("stored");
        }
        let size = |store: &Store| -> (i64, i64) {
            store
                .read(|connection| {
                    let sql = "SELECT (SELECT bytes FROM past_states_size), \
                               (SELECT coalesce(sum(length(packed) + 100), 0) FROM past_states)";
                    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
                })
                .expect("sizes")
        };
        assert_eq!(size(&store), (80 * 200, 80 * 200));
        store.write(|transaction| limit_to(transaction, 80 * 200)).expect("nothing to do");
        assert_eq!(store.past_states(0, 1000).expect("states").len(), 80);
        store.write(|transaction| limit_to(transaction, 80 * 200 - 1)).expect("an eighth goes");
        let left = store.past_states(0, 1000).expect("states");
        assert_eq!((left.len(), left[0].state.at_ms, &left[0].app), (70, 10, &web));
        assert_eq!(size(&store), (70 * 200, 70 * 200));
        let page = store.past_states(left[4].id, 2).expect("states");
        assert_eq!(page, left[5..7]);
        assert_eq!(store.prune_past_states(i64::MAX).expect("pruned"), 70);
        assert_eq!(size(&store), (0, 0));
    }
}
