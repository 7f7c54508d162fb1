//! Local time, for words and for “until tomorrow”.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

/// `15:30` in local time; Unix ms in.
pub(crate) fn time_of_day(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned(TimeZone::system()).strftime("%H:%M").to_string())
        .unwrap_or_default()
}

/// `15:30:09` today, else `2026-11-20 15:30:09`, in local time; Unix ms in.
pub(crate) fn local_time(ms: i64) -> String {
    written(ms, &Zoned::now())
}

fn written(ms: i64, now: &Zoned) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return String::new() };
    let at = at.to_zoned(now.time_zone().clone());
    let format = if at.date() == now.date() { "%H:%M:%S" } else { "%F %H:%M:%S" };
    at.strftime(format).to_string()
}

/// 09:00 tomorrow in local time, Unix ms.
pub(crate) fn tomorrow_at_nine() -> i64 {
    nine_after(&Zoned::now())
}

fn nine_after(now: &Zoned) -> i64 {
    now.checked_add(1.day())
        .and_then(|tomorrow| tomorrow.date().at(9, 0, 0, 0).to_zoned(now.time_zone().clone()))
        .map_or_else(
            |_| now.timestamp().as_millisecond() + 12 * 3_600_000,
            |at| at.timestamp().as_millisecond(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_today_needs_no_date() {
        let now: Zoned = "2026-11-20T23:59:00[Asia/Shanghai]".parse().expect("a zoned time");
        let at = |text: &str| written(text.parse::<Timestamp>().expect("a time").as_millisecond(), &now);
        assert_eq!(at("2026-11-19T16:00:01Z"), "00:00:01");
        assert_eq!(at("2026-11-19T15:59:59Z"), "2026-11-19 23:59:59");
    }

    #[test]
    fn tomorrow_is_the_next_calendar_day() {
        let rows = [
            ("2026-11-20T23:59:00[Asia/Shanghai]", "2026-11-21T09:00:00+08:00"),
            ("2026-11-20T00:01:00[Asia/Shanghai]", "2026-11-21T09:00:00+08:00"),
            ("2026-03-28T12:00:00[Europe/Berlin]", "2026-03-29T09:00:00+02:00"),
        ];
        for (now, expected) in rows {
            let now: Zoned = now.parse().expect("a zoned time");
            let expected: Timestamp = expected.parse().expect("a time");
            assert_eq!(nine_after(&now), expected.as_millisecond(), "{now}");
        }
    }
}
