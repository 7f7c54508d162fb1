//! The X display, its window manager, and what can be seen on it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};

use super::process::{Process, group};
use super::{Environment, Home};
use crate::eventually;

/// Xvfb on the first display number that is free.
pub(super) struct Display {
    /// `:42`
    pub(super) name: String,
    /// Where Xvfb keeps what is shown.
    pub(super) screen: PathBuf,
    _server: Process,
}

impl Display {
    pub(super) fn start(home: &Home, logs: &Path) -> Result<Display> {
        let mut xvfb = Command::new("Xvfb");
        home.apply(&mut xvfb);
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]);
        xvfb.arg("-fbdir").arg(logs);
        let log = logs.join("xvfb.log");
        let (server, stdout) = Process::start_with_output(xvfb, &log)?;
        let mut number = String::new();
        // Ends at once when Xvfb does.
        BufReader::new(stdout).read_line(&mut number)?;
        if number.trim().is_empty() {
            bail!("Xvfb did not start (is the package xvfb installed?):\n{}", fs::read_to_string(&log)?);
        }
        Ok(Display {
            name: format!(":{}", number.trim()),
            screen: logs.join("Xvfb_screen0"),
            _server: server,
        })
    }
}

/// Starts openbox and waits until it manages the display.
pub(super) async fn manage_windows(environment: &Environment) -> Result<Process> {
    let mut openbox = environment.command("openbox".as_ref());
    openbox.arg("--sm-disable");
    let manager = Process::start(openbox, &environment.log("openbox"))?;
    eventually("openbox to manage the display", async || {
        Ok(xdotool(environment, &["get_num_desktops"]).await?.status.success().then_some(()))
    })
    .await?;
    Ok(manager)
}

pub(super) async fn screenshot(environment: &Environment, file: &Path) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut import = environment.command("import".as_ref());
    import.args(["-window", "root"]).arg(file);
    let output = run(import).await?;
    if !output.status.success() {
        bail!(
            "no screenshot (is the package imagemagick installed?): {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

pub(super) async fn window_titles(environment: &Environment, process: u32) -> Result<Vec<String>> {
    let mut titles = Vec::new();
    for window in windows(environment, process).await? {
        let title = xdotool(environment, &["getwindowname", &window]).await?;
        if title.status.success() {
            titles.push(String::from_utf8_lossy(&title.stdout).trim_end().to_owned());
        }
    }
    Ok(titles)
}

pub(super) async fn focused(environment: &Environment) -> Result<Option<u32>> {
    let owner = xdotool(environment, &["getactivewindow", "getwindowpid"]).await?;
    Ok(String::from_utf8_lossy(&owner.stdout).trim().parse().ok())
}

pub(super) async fn press(environment: &Environment, keys: &[&str]) -> Result<()> {
    let output = xdotool(environment, &[&["key", "--clearmodifiers"], keys].concat()).await?;
    ensure!(output.status.success(), "cannot press {keys:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Alt+F4, which openbox turns into the polite request that its close button makes.
pub(super) async fn close_window(environment: &Environment, process: u32) -> Result<()> {
    // While the window manager frames a new window it cannot be seen for a moment.
    let newest = async || Ok(windows(environment, process).await?.pop());
    let window = &eventually("a window to close", newest).await?;
    xdotool(environment, &["windowactivate", "--sync", window]).await?;
    press(environment, &["alt+F4"]).await?;
    eventually("the window to close", async || {
        Ok((!windows(environment, process).await?.contains(window)).then_some(()))
    })
    .await
}

/// Windows of the application that `process` began, that can be seen, by X's numbers: Dinghy's window is of a process
/// of its own.
async fn windows(environment: &Environment, process: u32) -> Result<Vec<String>> {
    let mut windows = Vec::new();
    for (id, _) in group(process)? {
        let id = id.to_string();
        let search = ["search", "--all", "--onlyvisible", "--pid", &id, "--name", ".+"];
        // xdotool fails when it finds none.
        let found = xdotool(environment, &search).await?;
        windows.extend(String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned));
    }
    Ok(windows)
}

async fn xdotool(environment: &Environment, args: &[&str]) -> Result<Output> {
    let mut xdotool = environment.command("xdotool".as_ref());
    xdotool.args(args);
    run(xdotool).await
}

async fn run(command: Command) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    tokio::process::Command::from(command).output().await.with_context(|| format!("cannot start {name}"))
}
