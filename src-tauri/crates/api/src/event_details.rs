//! One line of the event log with all that belongs to it: what led to it, what came of it, the message while it is in
//! the queue, and how it would be made now.

use dinghy_model::{Event, EventKind, QueuedMessage};
use dinghy_rules::{Catalog, Secrets};
use dinghy_store::EventQuery;

use crate::rule_forms::message;
use crate::wire::{ApiError, EventDetails, MessageView};
use crate::{Api, now_ms};

/// So many lines before and after are looked through.
const AROUND: u32 = 300;

impl Api {
    /// Everything about one event. `id`: its number in the log.
    pub async fn event_details(&self, id: i64) -> Result<EventDetails, ApiError> {
        let said = |problem| self.error(&problem);
        let only =
            EventQuery { before_id: Some(id + 1), after_id: Some(id - 1), limit: 1, ..EventQuery::default() };
        let found = self.store.events(&only).map_err(said)?.pop();
        let (en, zh) = ("This event is no longer in the log.", "日志中已没有这条事件。");
        let event = found.ok_or_else(|| self.form_error("event", en, zh))?;
        let (mut older, mut newer) = (Vec::new(), Vec::new());
        if let Some(about) = around(&event) {
            older = self.store.events(&EventQuery { before_id: Some(id), ..about.clone() }).map_err(said)?;
            newer = self.store.events(&EventQuery { after_id: Some(id), ..about }).map_err(said)?;
            older.retain(|other| other.app == event.app);
            newer.retain(|other| other.app == event.app);
        }
        let trail = trail(&older, &event, &newer);
        let mut queue = self.store.queue().map_err(said)?.into_iter();
        let queued = queue.rfind(|queued| belongs(queued, &event, &trail));
        let catalog = self.engine.in_force().catalog;
        let now = match queued {
            Some(_) => None,
            None => self.as_it_would_be(&catalog, &event).await,
        };
        Ok(EventDetails {
            has_trigger: catalog.triggers().contains_key(&event.trigger),
            has_group: catalog.services().contains_key(&event.service),
            message: queued.as_ref().map(|queued| {
                let service = &queued.message.service;
                message(&catalog, service, &queued.message.payload, self.lang())
            }),
            queued: queued.map(|queued| self.queue_row(queued)),
            now,
            event: self.event_row(event),
            trail: trail.into_iter().map(|event| self.event_row(event)).collect(),
        })
    }

    /// The message as the rules would make it of the application's present state: of the condition that holds, else of
    /// the first. None if it cannot be made.
    async fn as_it_would_be(&self, catalog: &Catalog, event: &Event) -> Option<MessageView> {
        let id = event.app.as_ref()?;
        let trigger = catalog.triggers().get(&event.trigger)?;
        catalog.services().get(&event.service)?;
        let subject = self.case(id).await.ok()?.subject().ok()?;
        let results = dinghy_rules::run_trigger(catalog, &event.trigger, &subject, now_ms())?;
        let at = results.iter().position(dinghy_rules::ConditionResult::triggered).unwrap_or(0);
        let templates = &trigger.conditions.get(at)?.send;
        let page = self.app_url(id).unwrap_or_default();
        let made = self
            .render_for(catalog, templates, (&event.service, ""), &subject, &page, &Secrets::Masked)
            .ok()?;
        Some(message(catalog, &event.service, &made.payload, self.lang()))
    }
}

/// Among what to look for the rest of the story: the application's events, or the destination's if it is about none.
fn around(event: &Event) -> Option<EventQuery> {
    let around = EventQuery { limit: AROUND, ..EventQuery::default() };
    match &event.app {
        Some(app) => Some(EventQuery { app: Some(app.clone()), ..around }),
        None if event.service.is_empty() => None,
        None => Some(EventQuery {
            trigger: Some(event.trigger.clone()),
            service: Some(event.service.clone()),
            ..around
        }),
    }
}

/// Whether a queued message is the one that an event is about.
fn belongs(queued: &QueuedMessage, event: &Event, trail: &[Event]) -> bool {
    let message = &queued.message;
    let same =
        message.app == event.app && message.trigger == event.trigger && message.service == event.service;
    let is_queued = |event: &&Event| matches!(event.kind, EventKind::Queued { .. });
    // A test never was in the queue, but a digest there is about no application either.
    same && !event.kind.is_test()
        && !message.service.is_empty()
        && match trail.iter().find(is_queued) {
            Some(queued) => message.created_ms == queued.at_ms,
            None => message.created_ms <= event.at_ms,
        }
}

/// What led to an event and what came of it, oldest first, itself among it. `older` has the application's newest first,
/// `newer` its oldest first.
fn trail(older: &[Event], event: &Event, newer: &[Event]) -> Vec<Event> {
    if event.kind.is_test() {
        return vec![event.clone()];
    }
    let is_change = |event: &Event| matches!(event.kind, EventKind::Changed { .. });
    if is_change(event) {
        let came_of_it =
            newer.iter().take_while(|later| !is_change(later)).filter(|later| !later.kind.is_test());
        return std::iter::once(event).chain(came_of_it).cloned().collect();
    }
    let same = |other: &&Event| {
        other.trigger == event.trigger && other.service == event.service && !other.kind.is_test()
    };
    let starts = |event: &Event| {
        matches!(
            event.kind,
            EventKind::Queued { .. } | EventKind::Suppressed { .. } | EventKind::RuleError { .. }
        )
    };
    let ends =
        |event: &Event| matches!(event.kind, EventKind::Sent { .. } | EventKind::Dropped | EventKind::Merged);
    let mut back = Vec::new();
    if !starts(event) {
        for earlier in older.iter().filter(same) {
            if ends(earlier) {
                break;
            }
            back.push(earlier);
            if starts(earlier) {
                break;
            }
        }
    }
    let first_id = back.last().map_or(event.id, |first| first.id);
    let change = older.iter().find(|earlier| earlier.id < first_id && is_change(earlier));
    let mut forth = Vec::new();
    if !ends(event) {
        for later in newer.iter().filter(same) {
            if starts(later) {
                break;
            }
            forth.push(later);
            if ends(later) {
                break;
            }
        }
    }
    change.into_iter().chain(back.into_iter().rev()).chain([event]).chain(forth).cloned().collect()
}

#[cfg(test)]
mod tests {
    use dinghy_model::{AppId, Problem};

    use super::*;

    /// `c` changed, `q` queued, `h` held, `f` failed, `r` refused, `s` sent, `d` dropped, `t` tested; a capital is of
    /// another trigger.
    fn event(id: usize, sign: char) -> Event {
        let problem = Problem::KeychainLocked;
        let kind = match sign.to_ascii_lowercase() {
            'c' => EventKind::Changed { from: String::new(), to: String::new() },
            'q' => EventKind::Queued { summary: String::new() },
            'h' => EventKind::Suppressed { reason: String::new() },
            'f' => EventKind::Failed { problem, next_ms: 0 },
            'r' => EventKind::Refused { problem, test: false },
            's' => EventKind::Sent { attempts: 1, millis: 1, test: false },
            't' => EventKind::Refused { problem, test: true },
            _ => EventKind::Dropped,
        };
        let id = i64::try_from(id).unwrap_or_default();
        let trigger = if matches!(sign, 'c' | 't') {
            ""
        } else if sign.is_uppercase() {
            "other"
        } else {
            "t"
        };
        let app = AppId { server: "s".into(), namespace: "n".into(), name: "a".into() };
        Event { id, at_ms: id, app: Some(app), trigger: trigger.into(), service: String::new(), kind }
    }

    #[test]
    fn what_belongs_together() {
        // The log, the number that is asked about, what belongs to it.
        let cases = [
            ("cqs", 2, "0 1 2"),
            ("cqs", 1, "0 1 2"),
            ("cqs", 0, "0 1 2"),
            ("cqQsS", 3, "0 1 3"),
            ("cqffs", 3, "0 1 2 3 4"),
            ("cqsqfr", 4, "0 3 4 5"),
            ("cqfrfd", 1, "0 1 2 3 4 5"),
            ("cqscqs", 1, "0 1 2"),
            ("cqscqs", 5, "3 4 5"),
            ("ch", 1, "0 1"),
            ("chqs", 1, "0 1"),
            ("s", 0, "0"),
            ("ss", 1, "1"),
            ("qs", 1, "0 1"),
            ("cqts", 0, "0 1 3"),
            ("cqts", 2, "2"),
            ("tt", 1, "1"),
        ];
        for (log, at, expected) in cases {
            let events: Vec<Event> = log.chars().enumerate().map(|(id, sign)| event(id, sign)).collect();
            let older: Vec<Event> = events[..at].iter().rev().cloned().collect();
            let found = trail(&older, &events[at], &events[at + 1..]);
            let found: Vec<String> = found.iter().map(|event| event.id.to_string()).collect();
            assert_eq!(found.join(" "), expected, "{log} {at}");
        }
    }

    #[test]
    fn what_is_about_no_application_is_looked_for_by_its_destination() {
        let server = Event { app: None, ..event(3, 's') };
        assert_eq!(around(&server), None, "about nothing");
        let told = Event { service: "ops".to_owned(), ..server };
        let query = around(&told).expect("a query");
        assert_eq!((query.app, query.service.as_deref()), (None, Some("ops")));
    }
}
