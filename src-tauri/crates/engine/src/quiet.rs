//! Hours in which this desktop shows no notifications. Pure: the zone is an argument.

use dinghy_store::QuietHours;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

const DAY_MS: i64 = 24 * 3_600_000;

/// Whether it is quiet at that time.
pub(crate) fn covers(quiet: QuietHours, at_ms: i64, zone: &TimeZone) -> bool {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return false };
    let at = at.to_zoned(zone.clone()).time();
    let (from, to) = (clock(quiet.from), clock(quiet.to));
    if from < to { (from..to).contains(&at) } else { at >= from || at < to }
}

/// When the quiet that holds at that time is over (Unix ms).
pub(crate) fn end_ms(quiet: QuietHours, at_ms: i64, zone: &TimeZone) -> i64 {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return at_ms + DAY_MS };
    let at = at.to_zoned(zone.clone());
    let to = clock(quiet.to);
    let date = if at.time() < to { Some(at.date()) } else { at.date().checked_add(1.day()).ok() };
    // A time that a change of the clocks leaves out is taken as the one after it.
    let end = date.and_then(|date| date.to_datetime(to).to_zoned(zone.clone()).ok());
    end.map_or(at_ms + DAY_MS, |end| end.timestamp().as_millisecond())
}

fn clock(minutes: u16) -> Time {
    let part = |number: u16| i8::try_from(number).unwrap_or_default();
    Time::new(part(minutes / 60 % 24), part(minutes % 60), 0, 0).unwrap_or(Time::midnight())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_midnight_and_within_a_day() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let ms = |text: &str| {
            format!("2026-11-{text}:00+08:00").parse::<Timestamp>().expect(text).as_millisecond()
        };
        let rows = [
            ("22:00", "08:00", "20T21:59", None),
            ("22:00", "08:00", "20T22:00", Some("21T08:00")),
            ("22:00", "08:00", "21T07:59", Some("21T08:00")),
            ("22:00", "08:00", "21T08:00", None),
            ("12:30", "13:30", "20T12:30", Some("20T13:30")),
            ("12:30", "13:30", "20T13:30", None),
            ("09:00", "09:00", "20T08:00", Some("20T09:00")),
            ("09:00", "09:00", "20T09:00", Some("21T09:00")),
        ];
        for (from, to, at, end) in rows {
            let quiet = QuietHours {
                from: dinghy_store::parse_time(from).expect(from),
                to: dinghy_store::parse_time(to).expect(to),
                failures_through: false,
            };
            let found = covers(quiet, ms(at), &zone).then(|| end_ms(quiet, ms(at), &zone));
            assert_eq!(found, end.map(ms), "{from} to {to} at {at}");
        }
    }
}
