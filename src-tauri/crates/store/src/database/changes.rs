//! How often applications changed from what to what, counted by stretches of time.

use dinghy_model::Problem;

use super::Store;

/// Changes of one kind in one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCount {
    /// Number of the stretch, from 0.
    pub slot: u32,
    /// What was, as [`EventKind::Changed`](dinghy_model::EventKind::Changed) says it: `Progressing, Running`.
    pub from: String,
    /// What came.
    pub to: String,
    /// How often.
    pub count: u32,
}

impl Store {
    /// Counts the logged changes of applications since `since_ms`, in stretches of `slot_ms` (above 0).
    pub fn changes(&self, since_ms: i64, slot_ms: i64) -> Result<Vec<ChangeCount>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT (at_ms - ?1) / ?2, json_extract(kind, '$.from'), json_extract(kind, '$.to'), count(*)
                     FROM events
                     WHERE at_ms >= ?1 AND json_extract(kind, '$.kind') = 'changed'
                     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                )?
                .query_map([since_ms, slot_ms.max(1)], |row| {
                    Ok(ChangeCount { slot: row.get(0)?, from: row.get(1)?, to: row.get(2)?, count: row.get(3)? })
                })?
                .collect()
        })
    }
}
