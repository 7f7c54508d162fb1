//! How long to wait before the next try. Pure: the random part comes in as a number.

use std::time::Duration;

/// Exponential backoff with full jitter in its upper half: `base·2^n`, capped, times 0.5…1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    base: Duration,
    cap: Duration,
}

impl Backoff {
    /// For a server that does not answer: 1 s, 2 s, 4 s … 2 min.
    pub(crate) const SERVER: Self = Self { base: Duration::from_secs(1), cap: Duration::from_secs(120) };
    /// For a message that did not get through: 2 s, 4 s … 5 min.
    pub(crate) const MESSAGE: Self = Self { base: Duration::from_secs(2), cap: Duration::from_secs(300) };

    /// The wait after `failures` failures in a row (0 counts as 1); `random` is in 0…1.
    pub(crate) fn wait(self, failures: u32, random: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        full.mul_f64(0.5 + 0.5 * random.clamp(0.0, 1.0))
    }

    /// As [`Self::wait`], with a random number of this process.
    pub(crate) fn jittered(self, failures: u32) -> Duration {
        self.wait(failures, rand::random::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_cap_and_never_below_half() {
        let rows = [(0, 0.0, 500), (1, 1.0, 1_000), (2, 1.0, 2_000), (4, 0.0, 4_000), (30, 1.0, 120_000)];
        for (failures, random, millis) in rows {
            assert_eq!(Backoff::SERVER.wait(failures, random).as_millis(), millis, "{failures} failures");
        }
    }
}
