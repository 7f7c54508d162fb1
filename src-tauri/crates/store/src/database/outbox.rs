//! The outbox: messages that are committed and not yet delivered.

use std::collections::BTreeMap;

use dinghy_model::{Event, EventKind, Message, Problem, QueueState, QueuedMessage, RowId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{app_columns, app_id, from_json, maybe_json, to_json};
use super::{Store, events};

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Taken, after so many milliseconds: the row goes.
    Delivered {
        /// How long the attempt took.
        millis: u32,
    },
    /// Not taken this time.
    Retry {
        /// Not again before this time.
        due_ms: i64,
        /// Why.
        problem: Problem,
    },
    /// Not taken, and never will be as things are: the row stays until someone retries or drops it.
    Refused {
        /// Why.
        problem: Problem,
    },
    /// Not taken, and nobody would want it later: logged as refused, and the row goes.
    GivenUp {
        /// Why.
        problem: Problem,
    },
}

/// How many messages of one service stand in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Wait for their turn.
    pub waiting: usize,
    /// Were refused.
    pub refused: usize,
}

const COLUMNS: &str = "id, trigger, service, recipient, uuid, payload, created_ms, attempts, due_ms, refused, \
                       problem, server, namespace, app, gist";

impl Store {
    /// The services with messages that are due, but for those of `excluding`; the one whose message waits longest
    /// first.
    pub fn due_services(&self, now_ms: i64, excluding: &[&str]) -> Result<Vec<String>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT service FROM outbox WHERE refused = 0 AND due_ms <= ?1
                        AND service NOT IN (SELECT value FROM json_each(?2))
                     GROUP BY service ORDER BY min(id)",
                )?
                .query_map(params![now_ms, to_json(&excluding)?], |row| row.get(0))?
                .collect()
        })
    }

    /// The oldest messages of a service that are due.
    ///
    /// Nothing is changed: a message that is never settled, because the program died, is simply due again. There
    /// is one courier (see [`Lock`](crate::Lock)), and it knows what it holds.
    pub fn due(&self, service: &str, now_ms: i64, limit: u32) -> Result<Vec<QueuedMessage>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM outbox WHERE refused = 0 AND service = ?1 AND due_ms <= ?2
                     ORDER BY id LIMIT ?3"
                ))?
                .query_map(params![service, now_ms, limit], queued)?
                .collect()
        })
    }

    /// As [`Store::due`], but only what is told of something that needs attention.
    pub fn due_failing(&self, service: &str, now_ms: i64, limit: u32) -> Result<Vec<QueuedMessage>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM outbox WHERE refused = 0 AND service = ?1 AND due_ms <= ?2
                        AND json_extract(gist, '$.failing')
                     ORDER BY id LIMIT ?3"
                ))?
                .query_map(params![service, now_ms, limit], queued)?
                .collect()
        })
    }

    /// Puts a digest in the place of messages, in one transaction: they go, each is logged as merged, and the
    /// digest is due at once. Gives the digest's row.
    ///
    /// None, and nothing done, if one of them is not waiting any more because someone dropped it meanwhile.
    pub fn merge(
        &self,
        rows: &[RowId],
        digest: &Message,
        now_ms: i64,
    ) -> Result<Option<QueuedMessage>, Problem> {
        self.write(|transaction| {
            let mut members = Vec::with_capacity(rows.len());
            for row in rows {
                match find(transaction, *row)?.filter(|queued| queued.state == QueueState::Waiting) {
                    Some(queued) => members.push(queued),
                    None => return Ok(None),
                }
            }
            for queued in members {
                delete(transaction, queued.row)?;
                log(transaction, queued.message, now_ms, EventKind::Merged)?;
            }
            let row = append(transaction, digest)?;
            find(transaction, row)
        })
    }

    /// The services of which a message was refused, each with the problem of its latest refusal.
    pub fn refusals(&self) -> Result<BTreeMap<String, Problem>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT service, problem FROM outbox WHERE refused = 1 AND problem IS NOT NULL ORDER BY id",
                )?
                .query_map([], |row| Ok((row.get(0)?, from_json(row, 1)?)))?
                .collect()
        })
    }

    /// When the next message is due (may be past), for services other than those of `excluding`; None: never.
    pub fn next_due(&self, excluding: &[&str]) -> Result<Option<i64>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT min(due_ms) FROM outbox
                     WHERE refused = 0 AND service NOT IN (SELECT value FROM json_each(?1))",
                )?
                .query_row([to_json(&excluding)?], |row| row.get(0))
        })
    }

    /// Records how an attempt at `now_ms` ended, and logs it; gives the event.
    ///
    /// None, and nothing done, if the row is gone because someone dropped it meanwhile.
    pub fn settle(&self, row: RowId, now_ms: i64, settlement: &Settlement) -> Result<Option<Event>, Problem> {
        self.write(|transaction| {
            let Some(queued) = find(transaction, row)? else { return Ok(None) };
            let attempts = queued.attempts.saturating_add(1);
            let update = |refused, due_ms, problem: &Problem| {
                transaction
                    .prepare_cached(
                        "UPDATE outbox SET attempts = ?2, refused = ?3, due_ms = ?4, problem = ?5 WHERE id = ?1",
                    )?
                    .execute(params![row.0, attempts, refused, due_ms, to_json(problem)?])
            };
            let kind = match settlement {
                Settlement::Delivered { millis } => {
                    delete(transaction, row)?;
                    EventKind::Sent { attempts, millis: *millis, test: false }
                }
                Settlement::Retry { due_ms, problem } => {
                    update(false, *due_ms, problem)?;
                    EventKind::Failed { problem: problem.clone(), next_ms: *due_ms }
                }
                Settlement::Refused { problem } => {
                    update(true, queued.due_ms, problem)?;
                    EventKind::Refused { problem: problem.clone(), test: false }
                }
                Settlement::GivenUp { problem } => {
                    delete(transaction, row)?;
                    EventKind::Refused { problem: problem.clone(), test: false }
                }
            };
            log(transaction, queued.message, now_ms, kind).map(Some)
        })
    }

    /// Everything in the outbox, the oldest first.
    pub fn queue(&self) -> Result<Vec<QueuedMessage>, Problem> {
        self.read(all)
    }

    /// Makes a message due now, refused or not; None: all of them. Gives how many.
    pub fn retry(&self, row: Option<RowId>, now_ms: i64) -> Result<usize, Problem> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE outbox SET refused = 0, due_ms = min(due_ms, ?2) WHERE ?1 IS NULL OR id = ?1",
                params![row.map(|row| row.0), now_ms],
            )
        })
    }

    /// Takes a message out of the outbox and logs it; None: all of them. Gives how many.
    pub fn drop_messages(&self, row: Option<RowId>, now_ms: i64) -> Result<usize, Problem> {
        self.write(|transaction| {
            let dropped = match row {
                Some(row) => find(transaction, row)?.into_iter().collect(),
                None => all(transaction)?,
            };
            let count = dropped.len();
            for queued in dropped {
                delete(transaction, queued.row)?;
                log(transaction, queued.message, now_ms, EventKind::Dropped)?;
            }
            Ok(count)
        })
    }

    /// How many messages wait and were refused, by service; services without any are left out.
    pub fn queue_counts(&self) -> Result<BTreeMap<String, QueueCounts>, Problem> {
        self.read(|connection| {
            let mut counts: BTreeMap<String, QueueCounts> = BTreeMap::new();
            let mut statement = connection
                .prepare_cached("SELECT service, refused, count(*) FROM outbox GROUP BY service, refused")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let entry = counts.entry(row.get(0)?).or_default();
                *(if row.get(1)? { &mut entry.refused } else { &mut entry.waiting }) = row.get(2)?;
            }
            Ok(counts)
        })
    }
}

/// Queues a message, due from the time it was created.
pub(super) fn append(connection: &Connection, message: &Message) -> rusqlite::Result<RowId> {
    let [server, namespace, app] = app_columns(message.app.as_ref());
    connection
        .prepare_cached(
            "INSERT INTO outbox (server, namespace, app, trigger, service, recipient, uuid, payload, created_ms,
                attempts, due_ms, refused, gist)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?9, 0, ?10)",
        )?
        .insert(params![
            server,
            namespace,
            app,
            message.trigger,
            message.service,
            message.recipient,
            message.uuid,
            to_json(&message.payload)?,
            message.created_ms,
            message.gist.as_ref().map(to_json).transpose()?,
        ])
        .map(RowId)
}

fn find(connection: &Connection, row: RowId) -> rusqlite::Result<Option<QueuedMessage>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?
        .query_row([row.0], queued)
        .optional()
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<QueuedMessage>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox ORDER BY id"))?
        .query_map([], queued)?
        .collect()
}

fn delete(connection: &Connection, row: RowId) -> rusqlite::Result<usize> {
    connection.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([row.0])
}

fn log(connection: &Connection, about: Message, at_ms: i64, kind: EventKind) -> rusqlite::Result<Event> {
    let mut event =
        Event { id: 0, at_ms, app: about.app, trigger: about.trigger, service: about.service, kind };
    event.id = events::append(connection, &event)?;
    Ok(event)
}

fn queued(row: &Row) -> rusqlite::Result<QueuedMessage> {
    Ok(QueuedMessage {
        row: RowId(row.get(0)?),
        message: Message {
            app: app_id(row, 11)?,
            trigger: row.get(1)?,
            service: row.get(2)?,
            recipient: row.get(3)?,
            uuid: row.get(4)?,
            payload: from_json(row, 5)?,
            created_ms: row.get(6)?,
            gist: maybe_json(row, 14)?,
        },
        attempts: row.get(7)?,
        due_ms: row.get(8)?,
        state: if row.get(9)? { QueueState::Refused } else { QueueState::Waiting },
        problem: maybe_json(row, 10)?,
    })
}
