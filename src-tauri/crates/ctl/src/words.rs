//! How times, applications and events look in a terminal.

use dinghy_api::wire::{EventRow, ProblemView};
use dinghy_model::{AppId, EventKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::shell::join;

/// `2026-11-20 20:00:01` in local time.
pub(crate) fn local_time(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.to_zoned(TimeZone::system()).strftime("%F %T").to_string()
}

/// `server/namespace/name`, or nothing.
pub(crate) fn app(app: Option<&AppId>) -> String {
    app.map(ToString::to_string).unwrap_or_default()
}

/// `trigger → service`, or as much of it as there is.
pub(crate) fn route(trigger: &str, service: &str) -> String {
    match (trigger, service) {
        (one, "") | ("", one) => one.to_owned(),
        _ => format!("{trigger} → {service}"),
    }
}

/// An event in one line: time, application, trigger → service, what happened and why.
pub(crate) fn event_line(row: &EventRow) -> String {
    let event = &row.event;
    let about = match &event.kind {
        // Its text begins with the server's name.
        EventKind::Server { .. } => String::new(),
        _ => app(event.app.as_ref()),
    };
    let parts = [
        local_time(event.at_ms),
        about,
        route(&event.trigger, &event.service),
        row.text.clone(),
        row.detail.clone(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// What is wrong and what to do; nothing if nothing is wrong.
pub(crate) fn problem(problem: Option<&ProblemView>) -> String {
    problem.map(|problem| join(&problem.what, &problem.todo)).unwrap_or_default()
}

/// The first seven characters of a revision, as Argo CD shows it.
pub(crate) fn short(revision: &str) -> &str {
    revision.get(..7).unwrap_or(revision)
}
