//! Where log lines go: stderr, and a file in the data folder.
//!
//! No secret reaches a log line: `Secret` prints as `***`, and clients redact URLs before they log.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, fmt};

/// The file is begun anew at a start that finds it larger than this; the old one is kept as `.old`.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Starts logging. Without a file (none given, or a read-only disk) stderr alone is used.
pub fn start(data: Option<&Path>) {
    let filter =
        || EnvFilter::try_from_env("DINGHY_LOG").unwrap_or_else(|_| EnvFilter::new("warn,dinghy=info"));
    let file = data
        .and_then(|data| open(&data.join("dinghy.log")))
        .map(|file| fmt::layer().with_ansi(false).with_writer(Arc::new(file)).with_filter(filter()));
    let stderr = fmt::layer().with_writer(std::io::stderr).with_filter(filter());
    // Fails only when a logger is there already, as in tests.
    let _ = tracing_subscriber::registry().with(stderr).with(file).try_init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a bug in Dinghy")));
}

fn open(path: &Path) -> Option<File> {
    if path.metadata().is_ok_and(|meta| meta.len() > LARGEST) {
        // A log that cannot be renamed is simply continued.
        let _ = std::fs::rename(path, path.with_extension("log.old"));
    }
    OpenOptions::new().create(true).append(true).open(path).ok()
}
