//! What a person likes: notifications of this desktop, the way out, how much is logged and kept.

use std::time::Duration;

/// `[desktop]`, `[network]`, `[log]` and `keep` of `[events]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Which notifications this desktop shows.
    pub show: Show,
    /// When it shows none.
    pub quiet: Option<QuietHours>,
    /// The way out for servers that name none, and for robots and webhooks: a proxy's URL, `none`, or empty: the
    /// system's.
    pub proxy: String,
    /// How much is logged.
    pub log: LogLevel,
    /// How long the event log goes back.
    pub keep: Duration,
}

/// `[events] keep` when it is not given: 90 days.
pub(super) const KEEP: Duration = Duration::from_secs(90 * 24 * 3600);

impl Preferences {
    /// What was logged before this time is kept no longer; in milliseconds, as `now_ms`.
    pub fn keeps_since_ms(&self, now_ms: i64) -> i64 {
        now_ms - i64::try_from(self.keep.as_millis()).unwrap_or(i64::MAX / 2)
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self { show: Show::All, quiet: None, proxy: String::new(), log: LogLevel::Info, keep: KEEP }
    }
}

/// `desktop.show`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// What needs attention.
    Failures,
    /// That, and that it is over.
    Recoveries,
    /// Everything.
    #[default]
    All,
}

/// `log.level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the usual five")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// From one time of day to another in local time, over midnight if the first is the later one; equal: the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight.
    pub to: u16,
    /// What needs attention is shown nevertheless.
    pub failures_through: bool,
}

pub(super) const SHOWS: [(&str, Show); 3] =
    [("failures", Show::Failures), ("recoveries", Show::Recoveries), ("all", Show::All)];
pub(super) const LOG_LEVELS: [(&str, LogLevel); 5] = [
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
    ("trace", LogLevel::Trace),
];

impl Show {
    /// As the file has it.
    pub fn word(self) -> &'static str {
        word(&SHOWS, self)
    }
}

impl LogLevel {
    /// As the file has it.
    pub fn word(self) -> &'static str {
        word(&LOG_LEVELS, self)
    }
}

fn word<T: PartialEq>(words: &[(&'static str, T)], meaning: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meaning).map_or("", |(word, _)| word)
}

/// `22:00`, as minutes after midnight.
pub fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, most: u16| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &u16| digits && *number < most)
    };
    (minutes.len() == 2).then_some(())?;
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}

/// The same as text.
pub fn write_time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        for (text, minutes) in [("22:00", Some(1320)), ("8:05", Some(485)), ("00:00", Some(0))] {
            assert_eq!(parse_time(text), minutes, "{text}");
        }
        for text in ["24:00", "12:60", "12", "12:5", "", ":", "+1:00", "012:00", "12:00:00"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert_eq!(write_time(485), "08:05");
    }
}
