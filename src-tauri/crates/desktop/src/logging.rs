//! Where log lines go: stderr, and a file in the data folder; and how much of them.
//!
//! No secret reaches a log line: `Secret` prints as `***`, and clients redact URLs before they log. Of other crates,
//! which may log what they send, nothing below a warning is taken unless `DINGHY_LOG` asks for it.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::prelude::*;
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::{EnvFilter, Registry, fmt};

/// The file is begun anew at a start that finds it larger than this; the old one is kept as `.old`.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Says what is logged, whatever settings.toml says.
const VARIABLE: &str = "DINGHY_LOG";
/// Before settings.toml was read.
const FIRST: &str = "info";

/// How much is logged, changed while the program runs.
#[derive(Debug)]
pub struct LogLevel {
    filter: Handle<EnvFilter, Registry>,
    set: Mutex<String>,
    fixed: bool,
}

/// Starts logging. Without a file (none given, or a read-only disk) stderr alone is used.
pub fn start(data: Option<&Path>) -> LogLevel {
    let fixed = EnvFilter::try_from_env(VARIABLE).ok();
    let is_fixed = fixed.is_some();
    let (filter, handle) = reload::Layer::new(fixed.unwrap_or_else(|| filter(FIRST)));
    let file = data
        .and_then(|data| open(&data.join("dinghy.log")))
        .map(|file| fmt::layer().with_ansi(false).with_writer(Arc::new(file)));
    let stderr = fmt::layer().with_writer(std::io::stderr);
    // Fails only when a logger is there already, as in tests.
    let _ = tracing_subscriber::registry().with(filter).with(stderr).with(file).try_init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a bug in Dinghy")));
    LogLevel { filter: handle, set: Mutex::new(FIRST.to_owned()), fixed: is_fixed }
}

impl LogLevel {
    /// Whether the environment decides, and not settings.toml.
    pub(crate) fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Takes a level (`error` … `trace`) from now on.
    pub(crate) fn set(&self, level: &str) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        if self.fixed || *set == level {
            return;
        }
        level.clone_into(&mut set);
        if self.filter.reload(filter(level)).is_ok() {
            tracing::warn!(level, "from now on so much is logged");
        }
    }
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::new(match level {
        "error" => "error".to_owned(),
        level => format!("warn,dinghy={level}"),
    })
}

fn open(path: &Path) -> Option<File> {
    if path.metadata().is_ok_and(|meta| meta.len() > LARGEST) {
        // A log that cannot be renamed is simply continued.
        let _ = std::fs::rename(path, path.with_extension("log.old"));
    }
    OpenOptions::new().create(true).append(true).open(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_crates_stay_silent() {
        for (level, expected) in
            [("error", "error"), ("info", "dinghy=info,warn"), ("trace", "dinghy=trace,warn")]
        {
            assert_eq!(filter(level).to_string(), expected);
        }
    }
}
