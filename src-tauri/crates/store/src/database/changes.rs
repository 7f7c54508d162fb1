//! What applications changed from and to.

use dinghy_model::{AppId, Problem, ServerName};

use super::Store;

/// A logged change of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub app: AppId,
    /// When.
    pub at_ms: i64,
    /// What was, as [`EventKind::Changed`](dinghy_model::EventKind::Changed) says it: `Progressing, Running`.
    pub from: String,
    /// What came.
    pub to: String,
}

impl Store {
    /// The logged changes of applications since `since_ms`, oldest first.
    pub fn changes(&self, since_ms: i64) -> Result<Vec<Change>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT server, namespace, app, at_ms, json_extract(kind, '$.from'), json_extract(kind, '$.to')
                     FROM events
                     WHERE at_ms >= ?1 AND app IS NOT NULL AND json_extract(kind, '$.kind') = 'changed'
                     ORDER BY at_ms, id",
                )?
                .query_map([since_ms], |row| {
                    let app = AppId {
                        server: ServerName(row.get(0)?),
                        namespace: row.get(1)?,
                        name: row.get(2)?,
                    };
                    Ok(Change { app, at_ms: row.get(3)?, from: row.get(4)?, to: row.get(5)? })
                })?
                .collect()
        })
    }
}
