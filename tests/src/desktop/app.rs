//! An application on the desktop.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::time::timeout;

use super::Desktop;
use super::process::Process;
use crate::PATIENCE;

/// What to start, and how.
#[derive(Debug, Clone)]
pub struct Launch {
    pub(super) binary: PathBuf,
    pub(super) args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    dirs: Option<(PathBuf, PathBuf)>,
}

impl Launch {
    /// With the desktop's config and data folders and no arguments. A path counts from this process's folder; a mere name
    /// is looked for in PATH.
    pub fn new(binary: impl Into<PathBuf>) -> Launch {
        let given = binary.into();
        let is_name = given.components().count() == 1;
        let binary = if is_name { given } else { std::path::absolute(&given).unwrap_or(given) };
        Launch { binary, args: Vec::new(), env: Vec::new(), dirs: None }
    }

    /// An argument more.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Launch {
        self.args.push(arg.into());
        self
    }

    /// An environment variable more.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Launch {
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Other folders than the desktop's.
    pub fn dirs(mut self, config: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Launch {
        self.dirs = Some((config.into(), data.into()));
        self
    }

    /// `program` with the environment that this application is to have.
    pub(super) fn command(&self, desktop: &Desktop, program: &Path) -> Command {
        let mut command = desktop.command(program);
        let sandbox = desktop.sandbox();
        let (config, data) = self.dirs.clone().unwrap_or_else(|| (sandbox.config(), sandbox.data()));
        command.env("DINGHY_CONFIG_DIR", config).env("DINGHY_DATA_DIR", data);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.current_dir(sandbox.path());
        command
    }
}

/// A running application. Dropping it ends it at once; [`App::stop`] lets it end in order.
pub struct App {
    process: Process,
    log: PathBuf,
    started_at: Instant,
}

impl App {
    pub(super) fn start(desktop: &Desktop, launch: &Launch) -> Result<App> {
        let name = launch.binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let started_at = Instant::now();
        let mut command = launch.command(desktop, &launch.binary);
        command.args(&launch.args);
        let log = unused(&desktop.environment.logs, &name);
        let process = Process::start(command, &log)?;
        Ok(App { process, log, started_at })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Names of the programs that it started and that still run, in no order.
    pub fn children(&self) -> Result<Vec<String>> {
        self.process.others()
    }

    /// When it was started.
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.process.status()?.is_none())
    }

    /// Waits until it ends by itself, however long that takes.
    pub async fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.process.status()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How it ended by itself, after Quit in its menu for example. Waits for that, but not forever.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        timeout(PATIENCE, self.wait()).await.context("the application did not end")?
    }

    /// What it printed so far.
    pub fn log(&self) -> Result<String> {
        let bytes = fs::read(&self.log).with_context(|| format!("cannot read {}", self.log.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Asks it to end and waits; kills it when it takes longer than Dinghy promises.
    pub async fn stop(self) -> Result<ExitStatus> {
        self.process.stop().await
    }
}

/// `name.log`, `name-2.log`, …: the first that does not exist.
fn unused(folder: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|number| folder.join(format!("{name}-{number}.log")));
    let mut paths = std::iter::once(folder.join(format!("{name}.log"))).chain(numbered);
    paths.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}
