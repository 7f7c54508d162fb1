//! Unix milliseconds and RFC 3339 in UTC. Knows no time zones and no clock.

use jiff::Timestamp;

/// RFC 3339 → Unix ms.
pub(crate) fn millis(time: &str) -> Option<i64> {
    time.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// Unix ms → `2026-03-02T14:09:52Z`; empty for what no calendar has.
pub(crate) fn rfc3339(ms: i64) -> String {
    let known = Timestamp::from_second(ms.div_euclid(1000));
    known.map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (ms, text) in [(0, "1970-01-01T00:00:00Z"), (951_782_400_000, "2000-02-29T00:00:00Z")] {
            assert_eq!((rfc3339(ms + 900).as_str(), millis(text)), (text, Some(ms)));
        }
        assert_eq!((millis("yesterday"), rfc3339(i64::MAX)), (None, String::new()));
    }
}
