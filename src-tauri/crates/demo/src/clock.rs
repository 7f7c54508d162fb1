//! Time as the caller gives it: the machine's, or a hand-moved one for tests.
//!
//! Everything in this crate that has to do with time (tokens that expire, keep-alives, robot limits,
//! the scenario, `Date` headers) asks here. Only delays on the wire (a slow body, a slow login) pass
//! in real time, or a test that forgets to move the clock would hang.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use tokio::sync::watch;

/// A clock; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<watch::Sender<i64>>>);

impl Clock {
    /// The machine's clock. Also the default.
    pub fn real() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`advance`](Self::advance) is called; `start_ms` is Unix ms.
    pub fn manual(start_ms: i64) -> Self {
        Self(Some(Arc::new(watch::Sender::new(start_ms))))
    }

    /// Unix time in milliseconds.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Some(hand) => *hand.borrow(),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_millis()).ok())
                .unwrap_or_default(),
        }
    }

    /// Moves a manual clock and wakes who sleeps; nothing happens to a real one.
    pub fn advance(&self, by: Duration) {
        if let Some(hand) = &self.0 {
            hand.send_modify(|now| *now += millis(by));
        }
    }

    /// Sleeps until the clock shows `at_ms` or more. Cancel-safe.
    pub async fn sleep_until(&self, at_ms: i64) {
        match &self.0 {
            Some(hand) => {
                // The sender lives in self, so this ends only when the time has come.
                let _ = hand.subscribe().wait_for(|now| *now >= at_ms).await;
            }
            None => {
                let wait = at_ms.saturating_sub(self.now_ms()).max(0);
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
        }
    }
}

/// A duration in whole milliseconds, as this crate counts time.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC with whole seconds, as Kubernetes writes times.
pub(crate) fn rfc3339(ms: i64) -> String {
    Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default().to_string()
}

/// An HTTP `Date` header.
pub(crate) fn http_date(ms: i64) -> String {
    let time = Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_wire_wants_them() {
        assert_eq!(rfc3339(1_700_000_000_999), "2023-11-14T22:13:20Z");
        assert_eq!(http_date(1_700_000_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
    }

    #[tokio::test]
    async fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(1_000);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(3_000).await;
                clock.now_ms()
            }
        });
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(2));
        assert_eq!(sleeper.await.ok(), Some(4_000));
    }
}
