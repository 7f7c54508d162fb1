//! Waiting for what other processes do, without guessing how long it takes.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Beyond this a test gives up. Long, because a loaded machine is not a defect; nothing waits for longer than it needs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks `probe` until it has an answer. An error of the probe counts as "not yet" and is told in the end.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        let answer = probe().await;
        if let Ok(Some(answer)) = answer {
            return Ok(answer);
        }
        if started.elapsed() > PATIENCE {
            match answer {
                Err(error) => return Err(error.context(format!("waited {PATIENCE:?} for {what}"))),
                Ok(_) => bail!("waited {PATIENCE:?} for {what}"),
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
