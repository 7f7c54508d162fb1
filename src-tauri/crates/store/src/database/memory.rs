//! What the rules remember of each application.

use std::collections::HashMap;

use dinghy_model::{AppId, Memory, MemoryChange, Problem};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, mutes};

impl Store {
    /// What is remembered of one application; nothing, and not known, if it was never committed.
    pub fn memory(&self, app: &AppId) -> Result<Memory, Problem> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT id, known FROM applications WHERE server = ?1 AND namespace = ?2 AND name = ?3",
                )?
                .query_row(params![app.server.0, app.namespace, app.name], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get(1)?))
                })
                .optional()?;
            let Some((id, known)) = found else { return Ok(Memory::default()) };
            let mut keys =
                connection.prepare_cached("SELECT key, at_ms FROM memory WHERE application = ?1")?;
            let keys =
                keys.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            Ok(Memory { known, keys })
        })
    }

    /// What is remembered of every application: for the start.
    pub fn memories(&self) -> Result<HashMap<AppId, Memory>, Problem> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT server, namespace, name, known, key, at_ms
                 FROM applications LEFT JOIN memory ON application = id",
            )?;
            let mut rows = statement.query([])?;
            let mut memories: HashMap<AppId, Memory> = HashMap::new();
            while let Some(row) = rows.next()? {
                let server = row.get::<_, String>(0)?.as_str().into();
                let app = AppId { server, namespace: row.get(1)?, name: row.get(2)? };
                let memory = memories.entry(app).or_default();
                memory.known = row.get(3)?;
                if let Some(key) = row.get(4)? {
                    memory.keys.insert(key, row.get(5)?);
                }
            }
            Ok(memories)
        })
    }

    /// Forgets applications that exist no longer, as Argo CD forgets its annotation with them: one that comes
    /// back under the same name is a new one, and not muted. Messages and events about them stay.
    pub fn forget(&self, apps: &[AppId]) -> Result<(), Problem> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "DELETE FROM applications WHERE server = ?1 AND namespace = ?2 AND name = ?3",
            )?;
            for app in apps {
                statement.execute(params![app.server.0, app.namespace, app.name])?;
                mutes::lift(transaction, app)?;
            }
            Ok(())
        })
    }
}

/// Applies changes in their order. `known` is set, never taken back.
pub(super) fn change(
    connection: &Connection,
    app: &AppId,
    known: bool,
    changes: &[MemoryChange],
) -> rusqlite::Result<()> {
    let id: i64 = connection
        .prepare_cached(
            "INSERT INTO applications (server, namespace, name, known) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET known = known OR excluded.known RETURNING id",
        )?
        .query_row(params![app.server.0, app.namespace, app.name, known], |row| row.get(0))?;
    for change in changes {
        match change {
            MemoryChange::Insert { key, at_ms } => connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO memory (application, key, at_ms) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id, key, at_ms])?,
            MemoryChange::Remove { key } => connection
                .prepare_cached("DELETE FROM memory WHERE application = ?1 AND key = ?2")?
                .execute(params![id, key])?,
        };
    }
    Ok(())
}
