//! The event log and the queue.

use dinghy_model::{Event, QueuedMessage};
use dinghy_store::EventQuery;

use crate::wire::{ApiError, EventFilter, EventRow, QueueRow, Tone};
use crate::{Api, words};

/// Rows of one page of the log, unless the shell asks for another number.
const PAGE: u32 = 100;

impl Api {
    /// A page of the event log, newest first.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<EventRow>, ApiError> {
        self.page(filter, false)
    }

    /// The same as one reads it: a message is one line, and once it has an outcome that is its line. That it was queued
    /// stands in the line's details ([`Api::event_details`]).
    pub fn event_log(&self, filter: &EventFilter) -> Result<Vec<EventRow>, ApiError> {
        self.page(filter, true)
    }

    fn page(&self, filter: &EventFilter, open_only: bool) -> Result<Vec<EventRow>, ApiError> {
        let limit = if filter.limit == 0 { PAGE } else { filter.limit.min(1000) };
        let mut rows = Vec::new();
        let mut before = filter.before;
        // What kinds of events share a tone the database knows; of servers' states it does not.
        loop {
            let query = EventQuery {
                before_id: before,
                limit,
                app: filter.app.clone(),
                text: filter.text.trim().to_owned(),
                trigger: filter.trigger.clone(),
                service: filter.service.clone(),
                since_ms: filter.since_ms,
                kinds: filter.tone.map_or(&[], kinds),
                open_only,
                ..EventQuery::default()
            };
            let events = self.store.events(&query).map_err(|problem| self.error(&problem))?;
            let is_end = events.len() < limit as usize;
            before = events.last().map(|event| event.id);
            let page = events.into_iter().map(|event| self.event_row(event));
            rows.extend(page.filter(|row| filter.tone.is_none_or(|tone| tone == row.tone)));
            if is_end || rows.len() >= limit as usize {
                break;
            }
        }
        rows.truncate(limit as usize);
        Ok(rows)
    }

    /// An event with its words.
    pub fn event_row(&self, event: Event) -> EventRow {
        let (text, detail, tone) = words::event_words(&event, self.lang());
        EventRow { event, text, detail, tone }
    }

    /// The outbox, oldest first.
    pub fn queue(&self) -> Result<Vec<QueueRow>, ApiError> {
        let rows = self.store.queue().map_err(|problem| self.error(&problem))?;
        Ok(rows.into_iter().map(|queued| self.queue_row(queued)).collect())
    }

    /// A queued message without its content.
    pub(crate) fn queue_row(&self, queued: QueuedMessage) -> QueueRow {
        QueueRow {
            row: queued.row,
            app: queued.message.app,
            trigger: queued.message.trigger,
            service: queued.message.service,
            state: queued.state,
            attempts: queued.attempts,
            due_ms: queued.due_ms,
            created_ms: queued.message.created_ms,
            problem: queued.problem.as_ref().map(|problem| words::view(problem, self.lang())),
        }
    }
}

/// The kinds of events that can have this tone, as JSON has them; `words::event_words` decides.
fn kinds(tone: Tone) -> &'static [&'static str] {
    match tone {
        Tone::Ok => &["sent", "server"],
        Tone::Wait => &["queued", "failed", "merged"],
        Tone::Bad => &["refused", "rule_error", "server"],
        Tone::Hold => &["suppressed"],
        Tone::Info => &["changed", "dropped"],
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{EventKind, Lang, Problem, ServerState};

    use super::*;

    #[test]
    fn every_kind_is_found_under_its_tone() {
        let problem = || Problem::KeychainLocked;
        let server = |state| EventKind::Server { name: "prod".to_owned(), state, problem: None };
        let all = [
            EventKind::Changed { from: String::new(), to: String::new() },
            server(ServerState::Live),
            server(ServerState::Unreachable),
            EventKind::Queued { summary: String::new() },
            EventKind::Suppressed { reason: String::new() },
            EventKind::Sent { attempts: 1, millis: 1, test: false },
            EventKind::Sent { attempts: 1, millis: 1, test: true },
            EventKind::Failed { problem: problem(), next_ms: 0 },
            EventKind::Refused { problem: problem(), test: false },
            EventKind::Refused { problem: problem(), test: true },
            EventKind::RuleError { problem: problem() },
            EventKind::Merged,
            EventKind::Dropped,
        ];
        for kind in all {
            let word = serde_json::to_value(&kind).expect("JSON")["kind"].clone();
            let event =
                Event { id: 1, at_ms: 1, app: None, trigger: String::new(), service: String::new(), kind };
            let (_, _, tone) = words::event_words(&event, Lang::En);
            assert!(kinds(tone).iter().any(|known| word == **known), "{word} is {tone:?}");
        }
    }
}
