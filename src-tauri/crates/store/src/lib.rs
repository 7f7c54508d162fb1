//! All that is on disk and is no secret: settings, rule memory, outbox, event log.
//!
//! The crate reads, writes and watches files and keeps one SQLite database. It knows no network, no clock (times
//! are arguments, Unix ms), no async, and not what the rules mean.
//!
//! Invariants: a file is replaced whole or not at all ([`write_atomic`]); what an evaluation remembers, logs and
//! sends is committed in one transaction ([`Store::commit`]); one engine runs on a data folder ([`Lock`]), while
//! any number of other processes may read it and work on its queue.

mod atomic;
mod database;
mod dirs;
mod lock;
mod settings;
mod watch;

pub use atomic::write_atomic;
pub use database::{
    Change, Commit, EventQuery, KeptState, PastState, QueueCounts, RobotState, Settlement, Store,
};
pub use dirs::{Dirs, argocd_cli_config, downloads};
pub use lock::Lock;
pub use settings::{
    Alerts, FirstContact, LogLevel, Parsed, Preferences, QuietHours, Settings, SettingsFile, Show, duration,
    parse_settings, parse_time, write_time,
};
pub use watch::Watcher;
