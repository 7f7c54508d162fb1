//! The SQLite database: rule memory, outbox, event log, and what survives a restart of robots' limits.
//!
//! Every method is one transaction, durable when it returns (WAL, `synchronous=FULL`). Methods block for
//! milliseconds, and up to five seconds while another process writes.

mod changes;
mod commit;
mod copy;
mod events;
mod memory;
mod mutes;
mod outbox;
mod past_states;
mod robots;
mod rows;
mod schema;
mod switches;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dinghy_model::Problem;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub use changes::Change;
pub use commit::Commit;
pub use events::EventQuery;
pub use outbox::{QueueCounts, Settlement};
pub use past_states::{KeptState, PastState};
pub use robots::RobotState;

/// How long to wait for another process that writes (`dinghyctl queue drop` beside the app).
const BUSY: Duration = Duration::from_secs(5);

/// The open database. Share it between threads by reference; several processes may have it open.
///
/// Every failure is `DiskFull`, `DatabaseDamaged` or `Io`; nothing was changed then.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
}

impl Store {
    /// Opens the database of this path, creating it in a folder that exists.
    ///
    /// Fails also with [`Problem::DatabaseNewer`]; the file is left as it was.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        create_private(path).map_err(|error| crate::atomic::io_problem(path, &error))?;
        let connection = patiently(|| connect(path)).map_err(|error| problem(path, &error))?;
        match connection {
            (_, found) if found > schema::VERSION => {
                Err(Problem::DatabaseNewer { found, known: schema::VERSION })
            }
            (connection, _) => Ok(Self { connection: Mutex::new(connection), path: path.to_owned() }),
        }
    }

    /// A number that differs from the one before when another process changed the database: whoever waits for
    /// the next due message must look again. Cheap.
    pub fn changes_elsewhere(&self) -> Result<i64, Problem> {
        self.read(|connection| connection.pragma_query_value(None, "data_version", |row| row.get(0)))
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Problem> {
        // A panic in another thread left no half-done work behind: its transaction was rolled back.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|error| problem(&self.path, &error))
    }

    fn write<T>(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T, Problem> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Immediate: a transaction that starts as a reader can fail half-way when another process writes.
        connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })
            .map_err(|error| problem(&self.path, &error))
    }
}

/// A connection to a database of the present version, or as it is with the version of a newer one.
fn connect(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    let found = schema::version(&connection)?;
    if found <= schema::VERSION {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut connection)?;
    }
    Ok((connection, found))
}

/// Repeats what found the database busy, for as long as a write would wait. SQLite itself does not wait where two that
/// each hold a lock want more, as two do that make a new database a WAL one at the same moment
/// (sqlite.org/c3ref/busy_handler.html).
#[expect(clippy::disallowed_methods, reason = "every method here blocks its thread, as SQLite does")]
fn patiently<T>(mut work: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let end = Instant::now() + BUSY;
    loop {
        match work() {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < end =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

/// The database holds what was sent to whom: nobody else's business. SQLite gives the files beside it the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    let (path, detail) = (path.display().to_string(), error.to_string());
    match (error.sqlite_error_code(), error) {
        (Some(ErrorCode::DiskFull), _) => Problem::DiskFull { path },
        (Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt), _)
        | (None, FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)) => {
            Problem::DatabaseDamaged { path, detail }
        }
        _ => Problem::Io { path, detail },
    }
}

#[cfg(test)]
mod tests;
