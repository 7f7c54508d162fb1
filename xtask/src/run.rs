//! `cargo xtask run`: from a fresh clone to the application on the screen.

use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{app, command, packages};

/// Without a server there is nothing to see: the application then brings its own.
const OR_DEMO: &str = "--or-demo";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build with optimisation, as it is shipped
    #[arg(long)]
    release: bool,
    /// Stop after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// For the application itself, such as --demo
    #[arg(last = true)]
    args: Vec<OsString>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let has_display = has_display();
    packages::ensure(if has_display { &[packages::BUILD] } else { &[packages::BUILD, packages::DESKTOP] })?;
    app::build_ui(workspace)?;
    app::build(workspace, options.release)?;
    let binary = workspace.binary(options.release, app::NAME);
    if has_display {
        let mut application = Command::new(binary);
        application.arg(OR_DEMO).args(&options.args);
        return start(&mut application, options.seconds);
    }
    let mut screen = app::tests_program(workspace, false, "screen")?;
    screen.arg("--app").arg(binary);
    screen.arg("--screenshot").arg(workspace.target().join("screenshots/run.png"));
    if let Some(seconds) = options.seconds {
        screen.arg("--seconds").arg(seconds.to_string());
    }
    screen.arg("--").arg(OR_DEMO).args(&options.args);
    println!("No display here: Dinghy gets one of its own, with a panel, a keychain and notifications.");
    // `screen` stops by itself, and in order.
    start(&mut screen, None)
}

/// macOS and Windows always have one.
fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn start(command: &mut Command, seconds: Option<u64>) -> Result<()> {
    println!("$ {}", command::line(command));
    match seconds {
        Some(seconds) => start_for(command, Duration::from_secs(seconds)),
        None => hand_over(command),
    }
}

/// Becomes the program, so that Ctrl-C reaches it and nothing else.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).with_context(|| format!("cannot start `{}`", command::line(command)))
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", command::line(command)))?;
    if status.success() { Ok(()) } else { bail!("the application ended with {status}") }
}

/// Ends the program after `time`; it is a mistake when it ended earlier with an error.
#[expect(clippy::disallowed_methods, reason = "waits for another process; nothing here is async")]
fn start_for(command: &mut Command, time: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", command::line(command)))?;
    let started = Instant::now();
    while started.elapsed() < time {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("the application ended with {status} after {:.1} s", started.elapsed().as_secs_f64());
            }
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().context("cannot stop the application")?;
    child.wait()?;
    Ok(())
}
