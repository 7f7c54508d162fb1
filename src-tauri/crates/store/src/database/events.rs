//! The event log.

use dinghy_model::{AppId, Event, Problem, ServerName};
use rusqlite::{Connection, Row, params};

use super::Store;
use super::rows::{app_columns, app_id, from_json, to_json};

/// Which events to read. The default is the newest hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// Only events with a lower id: the next page.
    pub before_id: Option<i64>,
    /// Only events with a higher id, the lowest ids first: what is new since then.
    pub after_id: Option<i64>,
    /// At most so many.
    pub limit: u32,
    /// Only about this application.
    pub app: Option<AppId>,
    /// Only about this server's applications.
    pub server: Option<ServerName>,
    /// Only those that contain this in a name, a reason or a problem; ASCII letters in either case. Empty: all.
    pub text: String,
    /// Only of this trigger.
    pub trigger: Option<String>,
    /// Only about this destination.
    pub service: Option<String>,
    /// Only from this time on (Unix ms).
    pub since_ms: Option<i64>,
    /// Only of these kinds, by their words in JSON (`sent`, `rule_error`); empty: all.
    pub kinds: &'static [&'static str],
    /// Without the `queued` events whose message has an outcome by now: it was sent, refused, dropped or put into a
    /// digest, and that is an event of its own. Those that only `text` in what they say would find stay.
    pub open_only: bool,
}

impl Default for EventQuery {
    fn default() -> Self {
        Self {
            before_id: None,
            after_id: None,
            limit: 100,
            app: None,
            server: None,
            text: String::new(),
            trigger: None,
            service: None,
            since_ms: None,
            kinds: &[],
            open_only: false,
        }
    }
}

/// What a search looks at besides the event's own words.
const NAMES: &str =
    "coalesce(server || '/' || namespace || '/' || app, '') || ' ' || trigger || ' ' || service";

/// Whether an event is not `queued`, or its message waits still. A message and its event are committed together and have
/// one time; it leaves the outbox, or is refused there, together with the event of that. SQLite reads the outbox once.
fn open() -> String {
    format!(
        "AND (kind NOT GLOB '{{\"kind\":\"queued\"*'
            OR (trigger, service, at_ms, coalesce(server, ''), coalesce(namespace, ''), coalesce(app, '')) IN (
                SELECT trigger, service, created_ms, coalesce(server, ''), coalesce(namespace, ''), coalesce(app, '')
                FROM outbox WHERE refused = 0)
            OR (?6 <> '' AND NOT instr(lower({NAMES}), lower(?6))))"
    )
}

impl Store {
    /// Logs an event that comes from no evaluation; gives its id.
    pub fn append_event(&self, event: &Event) -> Result<i64, Problem> {
        self.write(|transaction| append(transaction, event))
    }

    /// Reads the log, the newest first (with `after_id` the oldest first).
    pub fn events(&self, query: &EventQuery) -> Result<Vec<Event>, Problem> {
        let [server, namespace, app] = match &query.app {
            Some(_) => app_columns(query.app.as_ref()),
            None => [query.server.as_ref().map(|server| server.0.as_str()), None, None],
        };
        let order = if query.after_id.is_some() { "ASC" } else { "DESC" };
        let open = if query.open_only { open() } else { String::new() };
        let sql = format!(
            "SELECT id, at_ms, trigger, service, kind, server, namespace, app FROM events
             WHERE id < ?1 AND id > ?2
                AND (?3 IS NULL OR server = ?3) AND (?4 IS NULL OR namespace = ?4) AND (?5 IS NULL OR app = ?5)
                AND (?6 = '' OR instr(lower({NAMES} || ' ' || kind), lower(?6)))
                AND (?9 IS NULL OR trigger = ?9) AND (?10 IS NULL OR service = ?10)
                AND (?11 IS NULL OR at_ms >= ?11)
                AND (?8 = '' OR instr(?8, ',' || json_extract(kind, '$.kind') || ','))
                {open}
             ORDER BY id {order} LIMIT ?7"
        );
        let kinds = match query.kinds {
            [] => String::new(),
            kinds => format!(",{},", kinds.join(",")),
        };
        self.read(|connection| {
            let before = query.before_id.unwrap_or(i64::MAX);
            let after = query.after_id.unwrap_or(i64::MIN);
            connection
                .prepare_cached(&sql)?
                .query_map(
                    params![
                        before,
                        after,
                        server,
                        namespace,
                        app,
                        query.text,
                        query.limit,
                        kinds,
                        query.trigger,
                        query.service,
                        query.since_ms
                    ],
                    event,
                )?
                .collect()
        })
    }

    /// How many events there are.
    pub fn count_events(&self) -> Result<usize, Problem> {
        self.read(|connection| connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0)))
    }

    /// The number of the newest event; 0: there is none.
    pub fn newest_event(&self) -> Result<i64, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT coalesce(max(id), 0) FROM events")?
                .query_row([], |row| row.get(0))
        })
    }

    /// Of the last `look_back` events those of these kinds (by their words in JSON), the newest first.
    pub fn latest_events(&self, kinds: &[&str], look_back: u32) -> Result<Vec<Event>, Problem> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, at_ms, trigger, service, kind, server, namespace, app FROM events
                     WHERE id > (SELECT max(id) FROM events) - ?1
                        AND json_extract(kind, '$.kind') IN (SELECT value FROM json_each(?2))
                     ORDER BY id DESC",
                )?
                .query_map(params![look_back, to_json(&kinds)?], event)?
                .collect()
        })
    }

    /// Deletes events older than that; gives how many.
    pub fn prune_events(&self, older_than_ms: i64) -> Result<usize, Problem> {
        self.write(|transaction| transaction.execute("DELETE FROM events WHERE at_ms < ?1", [older_than_ms]))
    }
}

/// Appends an event, whatever id it carries; gives the id it got.
pub(super) fn append(connection: &Connection, event: &Event) -> rusqlite::Result<i64> {
    let [server, namespace, app] = app_columns(event.app.as_ref());
    connection
        .prepare_cached(
            "INSERT INTO events (at_ms, server, namespace, app, trigger, service, kind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            event.at_ms,
            server,
            namespace,
            app,
            event.trigger,
            event.service,
            to_json(&event.kind)?
        ])
}

fn event(row: &Row) -> rusqlite::Result<Event> {
    Ok(Event {
        id: row.get(0)?,
        at_ms: row.get(1)?,
        app: app_id(row, 5)?,
        trigger: row.get(2)?,
        service: row.get(3)?,
        kind: from_json(row, 4)?,
    })
}
