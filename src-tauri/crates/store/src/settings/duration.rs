//! Durations as people write them: `30s`, `5m`, `1h30m`.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("d", 24 * 3600), ("h", 3600), ("m", 60), ("s", 1)];

/// Whole numbers, each with `d`, `h`, `m` or `s`, from the longest unit to the shortest; at least one.
pub fn parse(text: &str) -> Option<Duration> {
    let mut seconds: u64 = 0;
    let mut rest = text;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let (unit, factor) = units.find(|(unit, _)| tail.starts_with(unit))?;
        seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = &tail[unit.len()..];
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// The shortest form of it; parts of a second are dropped.
pub(super) fn write(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut text = String::new();
    // Days are read and not written: `24h` is what people know from Go.
    for (unit, factor) in &UNITS[1..] {
        if rest >= *factor {
            text += &format!("{}{unit}", rest / factor);
            rest %= factor;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("5m", Some(300)),
            ("1h", Some(3600)),
            ("1h30m", Some(5400)),
            ("90m5s", Some(5405)),
            ("0s", Some(0)),
            ("90d", Some(90 * 86_400)),
            ("1d2h", Some(93_600)),
            ("1h1d", None),
            ("", None),
            ("30", None),
            ("s", None),
            ("-5s", None),
            ("5 m", None),
            ("5s1m", None),
            ("1m1m", None),
            ("1.5h", None),
            ("99999999999999999999s", None),
            ("18446744073709551615h", None),
            ("5ｍ", None),
        ] {
            assert_eq!(parse(text), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 0u64..10_000_000) {
            let duration = Duration::from_secs(seconds);
            prop_assert_eq!(parse(&write(duration)), Some(duration));
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
