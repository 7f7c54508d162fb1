//! What can be said on the command line.

use std::path::PathBuf;

use clap::Parser;

/// Argo CD notifications for DingTalk and the desktop, from the tray.
#[derive(Debug, Parser)]
#[command(name = "dinghy", version)]
pub struct Args {
    /// Start in the tray, without a window.
    #[arg(long)]
    pub hidden: bool,
    /// Follow an embedded Argo CD and DingTalk, with throw-away settings and data.
    #[arg(long)]
    pub demo: bool,
    /// As --demo, but only if settings.toml names no server yet.
    #[arg(long)]
    pub or_demo: bool,
    /// Folder of settings.toml and notifications.yaml.
    #[arg(long, value_name = "DIR")]
    pub config_dir: Option<PathBuf>,
    /// Folder of the database and the log.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

impl Args {
    /// Reads the command line; ends the process on `--help`, `--version` and wrong usage.
    pub fn read() -> Self {
        Self::parse()
    }
}
