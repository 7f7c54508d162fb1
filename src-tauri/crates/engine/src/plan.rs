//! Which message goes next to a destination, and when many become one digest. Pure.
//!
//! DingTalk takes twenty messages a minute of a robot and then none for ten minutes; it advises to merge.

use dinghy_model::QueuedMessage;

/// So many that were missed still come one by one.
const FEW: usize = 3;
/// More than a robot takes in a minute: one by one they would take minutes, and nobody reads them.
pub(crate) const MANY: usize = 18;
/// What happened so long before it was seen was missed: the machine slept, or nothing ran.
pub(crate) const MISSED_MS: i64 = 10 * 60_000;

/// What a destination takes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Messages before its minute is used up.
    pub(crate) free: usize,
    /// Nothing went there for a while, for this reason; what came meanwhile goes as one.
    pub(crate) after: Option<Reason>,
}

impl Room {
    /// A destination without a limit.
    pub(crate) const ENDLESS: Self = Self { free: usize::MAX, after: None };
}

/// Why messages become a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// They came while DingTalk kept the robot silent.
    Paused,
    /// They came in hours in which the desktop shows nothing.
    Quiet,
    /// There are more than the robot takes in a minute.
    Burst,
    /// They could not be sent for so long that they are no news.
    Stale,
    /// They happened while nobody looked on.
    Missed,
}

/// What goes next; numbers are places in the list of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// This message as it is.
    One(usize),
    /// These as one.
    Digest(Vec<usize>, Reason),
}

/// What goes next of a destination's due `rows`, the oldest first; None: there are none. Messages without a gist go
/// alone and in their turn.
pub(crate) fn plan(rows: &[QueuedMessage], room: Room, now_ms: i64, stale_after_ms: i64) -> Option<Next> {
    let first = rows.first()?;
    if first.message.gist.is_none() {
        return Some(Next::One(0));
    }
    let those = |wanted: &dyn Fn(&QueuedMessage) -> bool| -> Vec<usize> {
        let merges = |row: &QueuedMessage| row.message.gist.is_some() && wanted(row);
        rows.iter().enumerate().filter(|(_, row)| merges(row)).map(|(at, _)| at).collect()
    };
    let all = those(&|_| true);
    if let Some(reason) = room.after.filter(|_| all.len() > 1) {
        return Some(Next::Digest(all, reason));
    }
    let stale = those(&|row| now_ms.saturating_sub(row.message.created_ms) > stale_after_ms);
    if !stale.is_empty() {
        return Some(Next::Digest(stale, Reason::Stale));
    }
    let missed = those(&|row| {
        row.message.gist.as_ref().is_some_and(|gist| row.message.created_ms - gist.at_ms > MISSED_MS)
    });
    if missed.len() > FEW {
        return Some(Next::Digest(missed, Reason::Missed));
    }
    if all.len() > MANY || (all.len() > 1 && room.free <= 1) {
        return Some(Next::Digest(all, Reason::Burst));
    }
    // Short of room, what is broken goes first.
    let failing = those(&|row| row.message.gist.as_ref().is_some_and(|gist| gist.failing));
    Some(Next::One(failing.first().copied().filter(|_| all.len() > room.free).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Gist, Message, Payload, QueueState, RowId};

    use super::*;

    const NOW: i64 = 100_000_000;
    const HOUR: i64 = 3_600_000;

    /// A message seen `age` ms ago of what happened `before` ms earlier.
    fn row(age: i64, before: i64, failing: bool) -> QueuedMessage {
        let created_ms = NOW - age;
        let gist = Some(Gist { line: String::new(), failing, at_ms: created_ms - before });
        let message = Message {
            app: None,
            trigger: String::new(),
            service: "ops".to_owned(),
            recipient: String::new(),
            uuid: String::new(),
            payload: Payload::Plain { text: String::new() },
            created_ms,
            gist,
        };
        QueuedMessage {
            row: RowId(1),
            message,
            attempts: 0,
            due_ms: 0,
            state: QueueState::Waiting,
            problem: None,
        }
    }

    #[test]
    fn one_by_one_while_there_is_room_and_time() {
        let fresh = || row(0, 0, false);
        let room = |free| Room { free, after: None };
        let paused = Room { free: 18, after: Some(Reason::Paused) };
        let mut own = fresh();
        own.message.gist = None;
        let all = |count: usize, reason| Some(Next::Digest((0..count).collect(), reason));
        let rows = [
            (vec![], room(18), None),
            (vec![fresh()], room(18), Some(Next::One(0))),
            (vec![fresh()], room(1), Some(Next::One(0))),
            (vec![fresh(), fresh()], room(2), Some(Next::One(0))),
            (vec![fresh(), fresh()], room(1), all(2, Reason::Burst)),
            (vec![fresh(); 18], room(18), Some(Next::One(0))),
            (vec![fresh(); 19], Room::ENDLESS, all(19, Reason::Burst)),
            // Failures ahead of successes, once there is not room for all.
            (vec![fresh(), row(0, 0, true), fresh()], room(2), Some(Next::One(1))),
            (vec![fresh(), row(0, 0, true), fresh()], room(3), Some(Next::One(0))),
            // After the robot's pause.
            (vec![fresh()], paused, Some(Next::One(0))),
            (vec![fresh(), fresh()], paused, all(2, Reason::Paused)),
            // A digest, or a test: alone, and before what is younger.
            (vec![own.clone(), fresh(), fresh()], paused, Some(Next::One(0))),
            (vec![fresh(), own.clone(), fresh()], paused, Some(Next::Digest(vec![0, 2], Reason::Paused))),
        ];
        for (number, (rows, room, expected)) in rows.into_iter().enumerate() {
            assert_eq!(plan(&rows, room, NOW, HOUR), expected, "row {number}");
        }
    }

    #[test]
    fn old_news_come_in_a_digest() {
        let old = row(HOUR + 1, 0, false);
        let missed = row(0, MISSED_MS + 1, false);
        let fresh = row(0, 0, false);
        let rows = [
            (vec![old.clone()], Next::Digest(vec![0], Reason::Stale)),
            (vec![old.clone(), fresh.clone(), old], Next::Digest(vec![0, 2], Reason::Stale)),
            (vec![row(HOUR, 0, false)], Next::One(0)),
            (vec![missed.clone(); 3], Next::One(0)),
            (vec![missed; 4], Next::Digest(vec![0, 1, 2, 3], Reason::Missed)),
            (vec![fresh; 4], Next::One(0)),
        ];
        for (number, (rows, expected)) in rows.into_iter().enumerate() {
            assert_eq!(
                plan(&rows, Room { free: 18, after: None }, NOW, HOUR),
                Some(expected),
                "row {number}"
            );
        }
    }
}
