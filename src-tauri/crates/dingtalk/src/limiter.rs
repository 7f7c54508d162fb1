//! How fast a robot may be sent to. Pure: times come in as Unix ms.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// DingTalk allows 20 in a minute and then is silent for ten; two are left for whoever shares the robot.
pub const AT_MOST: usize = 18;
/// The window, ms. DingTalk does not say whether its own slides; a sliding one is safe for both.
const WINDOW_MS: i64 = 60_000;

/// A sliding window for each robot, by [`robot_key`](crate::robot_key): at most 18 sends in any 60 s.
///
/// Robots are counted, not rules or groups: two services with the same token share one window. Every
/// request counts, whatever its outcome. Save the times with [`Limiter::saved`], or a restart would
/// open a second window.
#[derive(Clone, Debug, Default)]
pub struct Limiter {
    sent: HashMap<String, VecDeque<i64>>,
}

impl Limiter {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a place for a request now, or says how long until there is one.
    pub fn take(&mut self, robot: &str, now_ms: i64) -> Result<(), Duration> {
        let sent = self.sent.entry(robot.to_owned()).or_default();
        forget_old(sent, now_ms);
        match sent.front() {
            Some(first) if sent.len() >= AT_MOST => {
                Err(Duration::from_millis(u64::try_from(first + WINDOW_MS - now_ms).unwrap_or(0)))
            }
            _ => {
                sent.push_back(now_ms);
                Ok(())
            }
        }
    }

    /// How many requests there is a place for now.
    pub fn free(&mut self, robot: &str, now_ms: i64) -> usize {
        let sent = self.sent.entry(robot.to_owned()).or_default();
        forget_old(sent, now_ms);
        AT_MOST.saturating_sub(sent.len())
    }

    /// When a robot was last sent to, oldest first, Unix ms; at most 18 times.
    pub fn saved(&self, robot: &str) -> Vec<i64> {
        self.sent.get(robot).map(|sent| sent.iter().copied().collect()).unwrap_or_default()
    }

    /// Puts back what [`Limiter::saved`] gave. Takes any list: the order does not matter.
    pub fn load(&mut self, robot: &str, times_ms: &[i64]) {
        let mut times = times_ms.to_vec();
        times.sort_unstable();
        let start = times.len().saturating_sub(AT_MOST);
        self.sent.insert(robot.to_owned(), times.split_off(start).into());
    }
}

/// Drops what left the window. A time in the future means that the clock was set back: it counts as
/// now, or the robot would wait until the old clock's time comes again.
fn forget_old(sent: &mut VecDeque<i64>, now_ms: i64) {
    for time in sent.iter_mut() {
        *time = (*time).min(now_ms);
    }
    while sent.front().is_some_and(|first| now_ms.saturating_sub(*first) >= WINDOW_MS) {
        sent.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn eighteen_then_wait() {
        let mut limiter = Limiter::new();
        for n in 0..18 {
            assert_eq!(limiter.take("a", 1_000 + n), Ok(()));
        }
        assert_eq!(limiter.take("a", 2_000), Err(Duration::from_millis(59_000)));
        assert_eq!((limiter.free("a", 2_000), limiter.free("b", 2_000)), (0, 18));
        assert_eq!(limiter.clone().free("a", 61_000), 1);
        assert_eq!(limiter.take("b", 2_000), Ok(()), "another robot is not held up");
        assert_eq!(limiter.take("a", 60_999), Err(Duration::from_millis(1)));
        assert_eq!(limiter.take("a", 61_000), Ok(()));
    }

    #[test]
    fn survives_a_restart_and_a_clock_set_back() {
        let mut before = Limiter::new();
        for n in 0..18 {
            before.take("a", 1_000_000 + n).expect("a place");
        }
        let mut after = Limiter::new();
        after.load("a", &before.saved("a"));
        assert_eq!(after.take("a", 1_000_100), Err(Duration::from_millis(59_900)));
        assert_eq!(after.take("a", 0), Err(Duration::from_millis(60_000)), "an hour back waits a minute");
        assert_eq!(after.take("a", 60_000), Ok(()));
        after.load("a", &[i64::MIN, i64::MAX, 5]);
        assert_eq!(after.take("a", 70_000), Ok(()));
    }

    proptest! {
        #[test]
        fn never_more_in_any_minute(steps in prop::collection::vec(0i64..8_000, 1..200)) {
            let mut limiter = Limiter::new();
            let mut now = 0;
            let mut sent: Vec<i64> = Vec::new();
            for step in steps {
                now += step;
                match limiter.take("a", now) {
                    Ok(()) => sent.push(now),
                    Err(wait) => {
                        // The time named is right to the millisecond.
                        let wait = i64::try_from(wait.as_millis()).expect("short");
                        prop_assert!(limiter.clone().take("a", now + wait - 1).is_err());
                        prop_assert!(limiter.clone().take("a", now + wait).is_ok());
                    }
                }
            }
            for (at, first) in sent.iter().enumerate() {
                prop_assert!(sent[at..].iter().take_while(|time| **time < first + 60_000).count() <= 18);
            }
        }
    }
}
