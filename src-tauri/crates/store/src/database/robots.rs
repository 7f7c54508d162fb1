//! What must survive a restart so that limits are kept: robots' recent sends, and the pause.

use dinghy_model::{Pause, Problem};
use rusqlite::{OptionalExtension, params};

use super::Store;
use super::rows::{from_json, to_json};

/// What a robot's limiter knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RobotState {
    /// DingTalk asked for a pause until then (Unix ms).
    pub paused_until_ms: Option<i64>,
    /// When messages were sent lately (Unix ms), the oldest first.
    pub recent_sends: Vec<i64>,
}

impl Store {
    /// The limiter's state of one robot; empty if none was stored.
    ///
    /// `key` tells robots apart and is stored as it stands: a hash, never the access token.
    pub fn robot_state(&self, key: &str) -> Result<RobotState, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT paused_until_ms, recent_sends FROM robots WHERE key = ?1")?
                .query_row([key], |row| {
                    Ok(RobotState { paused_until_ms: row.get(0)?, recent_sends: from_json(row, 1)? })
                })
                .optional()
                .map(Option::unwrap_or_default)
        })
    }

    /// Stores the limiter's state of one robot.
    pub fn set_robot_state(&self, key: &str, state: &RobotState) -> Result<(), Problem> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO robots (key, paused_until_ms, recent_sends) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![key, state.paused_until_ms, to_json(&state.recent_sends)?])
                .map(drop)
        })
    }

    /// The pause that the user set, also one that is over by now.
    pub fn pause(&self) -> Result<Option<Pause>, Problem> {
        self.read(|connection| {
            connection
                .query_row("SELECT until_ms FROM pause", [], |row| Ok(Pause { until_ms: row.get(0)? }))
                .optional()
        })
    }

    /// Sets or ends the pause.
    pub fn set_pause(&self, pause: Option<Pause>) -> Result<(), Problem> {
        self.write(|transaction| {
            match pause {
                Some(Pause { until_ms }) => transaction
                    .execute("INSERT OR REPLACE INTO pause (only, until_ms) VALUES (1, ?1)", [until_ms]),
                None => transaction.execute("DELETE FROM pause", []),
            }
            .map(drop)
        })
    }
}
