//! The event log and the queue.

use dinghy_model::Event;
use dinghy_store::EventQuery;

use crate::wire::{ApiError, EventFilter, EventRow, QueueRow};
use crate::{Api, words};

/// Rows of one page of the log, unless the shell asks for another number.
const PAGE: u32 = 100;

impl Api {
    /// A page of the event log, newest first.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<EventRow>, ApiError> {
        let query = EventQuery {
            before_id: filter.before,
            limit: if filter.limit == 0 { PAGE } else { filter.limit.min(1000) },
            app: filter.app.clone(),
            text: filter.text.trim().to_owned(),
            ..EventQuery::default()
        };
        let events = self.store.events(&query).map_err(|problem| self.error(&problem))?;
        Ok(events.into_iter().map(|event| self.event_row(event)).collect())
    }

    /// An event with its words.
    pub fn event_row(&self, event: Event) -> EventRow {
        let (text, detail, tone) = words::event_words(&event, self.lang());
        EventRow { event, text, detail, tone: tone.to_owned() }
    }

    /// The outbox, oldest first.
    pub fn queue(&self) -> Result<Vec<QueueRow>, ApiError> {
        let lang = self.lang();
        let rows = self.store.queue().map_err(|problem| self.error(&problem))?;
        Ok(rows
            .into_iter()
            .map(|queued| QueueRow {
                row: queued.row,
                app: queued.message.app,
                trigger: queued.message.trigger,
                service: queued.message.service,
                state: queued.state,
                attempts: queued.attempts,
                due_ms: queued.due_ms,
                created_ms: queued.message.created_ms,
                problem: queued.problem.as_ref().map(|problem| words::view(problem, lang)),
            })
            .collect())
    }
}
