//! What the user muted: applications, for a while.

use dinghy_model::{AppId, Mute, Mutes, Problem};
use rusqlite::{Connection, params};

use super::Store;
use super::rows::app_id;

impl Store {
    /// All mutes, also those that are over by now.
    pub fn mutes(&self) -> Result<Mutes, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT until_ms, server, namespace, name FROM mutes")?
                .query_map([], |row| Ok((app_id(row, 1)?, row.get(0)?)))?
                .filter_map(|row| match row {
                    Ok((app, until_ms)) => Some(Ok((app?, Mute { until_ms }))),
                    Err(error) => Some(Err(error)),
                })
                .collect()
        })
    }

    /// Mutes an application, or with None ends that.
    pub fn set_mute(&self, app: &AppId, mute: Option<Mute>) -> Result<(), Problem> {
        self.write(|transaction| match mute {
            Some(Mute { until_ms }) => transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO mutes (server, namespace, name, until_ms) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![app.server.0, app.namespace, app.name, until_ms])
                .map(drop),
            None => lift(transaction, app),
        })
    }

    /// Forgets the mutes that are over; gives how many.
    pub fn prune_mutes(&self, now_ms: i64) -> Result<usize, Problem> {
        self.write(|transaction| transaction.execute("DELETE FROM mutes WHERE until_ms <= ?1", [now_ms]))
    }
}

/// Ends an application's mute.
pub(super) fn lift(connection: &Connection, app: &AppId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM mutes WHERE server = ?1 AND namespace = ?2 AND name = ?3")?
        .execute(params![app.server.0, app.namespace, app.name])
        .map(drop)
}
