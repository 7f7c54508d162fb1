//! `events`: the event log, and what is logged from now on.

use std::time::Duration;

use anyhow::Result;
use dinghy_api::wire::{EventFilter, EventRow};
use dinghy_api::{Api, EventTail, Follow};
use serde_json::json;

use crate::run::stop_asked;
use crate::shell::{Answer, Shell, refused};
use crate::words;

/// How often the log is looked at while it is followed. One small query each.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Prints the newest events, the oldest of them first; with `follow` goes on until stopped.
pub(crate) async fn events(shell: &Shell, follow: bool, limit: u32) -> Result<Answer> {
    let api = shell.beside(Follow::Never)?;
    let mut tail = EventTail::open(&shell.dirs).map_err(|problem| shell.failed(&problem))?;
    // Nothing is lost or shown twice between the two readers.
    let filter = EventFilter { before: Some(tail.last() + 1), limit, ..EventFilter::default() };
    for row in api.events(&filter).map_err(refused)?.iter().rev() {
        print(shell, row)?;
    }
    if follow {
        let stop = stop_asked()?;
        tokio::pin!(stop);
        while tokio::time::timeout(LOOK_EVERY, &mut stop).await.is_err() {
            print_new(shell, &api, &mut tail)?;
        }
    }
    Ok(Answer::Yes)
}

/// Prints what is new in the log; gives it too.
pub(crate) fn print_new(shell: &Shell, api: &Api, tail: &mut EventTail) -> Result<Vec<EventRow>> {
    let mut rows = Vec::new();
    loop {
        let events = tail.read().map_err(|problem| shell.failed(&problem))?;
        if events.is_empty() {
            return Ok(rows);
        }
        for event in events {
            let row = api.event_row(event);
            print(shell, &row)?;
            rows.push(row);
        }
    }
}

/// One line, in either format.
fn print(shell: &Shell, row: &EventRow) -> Result<()> {
    if shell.out.json() { shell.out.value(&json!(row)) } else { shell.out.line(&words::event_line(row)) }
}
