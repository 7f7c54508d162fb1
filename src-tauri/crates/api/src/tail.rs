//! The event log as it grows, whoever writes it.

use dinghy_model::{Event, Problem};
use dinghy_store::{Dirs, EventQuery, Store};

/// Events of one read, at most.
const PAGE: u32 = 500;

/// Reads events as they are logged, by this process or another. Every read is one small query.
#[derive(Debug)]
pub struct EventTail {
    store: Store,
    last: i64,
}

impl EventTail {
    /// Starts behind the newest event. The data folder must exist.
    pub fn open(dirs: &Dirs) -> Result<Self, Problem> {
        let store = Store::open(&dirs.database())?;
        let newest = store.events(&EventQuery { limit: 1, ..EventQuery::default() })?;
        Ok(Self { last: newest.first().map_or(0, |event| event.id), store })
    }

    /// The id of the event that was read last; 0: none yet.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// What is new since the last call, the oldest first.
    pub fn read(&mut self) -> Result<Vec<Event>, Problem> {
        let query = EventQuery { after_id: Some(self.last), limit: PAGE, ..EventQuery::default() };
        let events = self.store.events(&query)?;
        if let Some(event) = events.last() {
            self.last = event.id;
        }
        Ok(events)
    }
}
