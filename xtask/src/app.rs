//! Building the application: first its window, then the binary that embeds it.

use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{command, node};

/// Without it the binary would look for Vite's development server instead of the window that it embeds.
/// On Linux the window is a program of its own.
pub(crate) const FEATURES: [&str; 2] = if cfg!(target_os = "linux") {
    ["--features", "tauri/custom-protocol,window-process"]
} else {
    ["--features", "tauri/custom-protocol"]
};

/// The application's package, and the program that people start.
pub(crate) const NAME: &str = "dinghy";

/// What the application consists of; on Linux the window is a program of its own.
pub(crate) const PROGRAMS: &[&str] =
    if cfg!(target_os = "linux") { &[NAME, "dinghy-window"] } else { &[NAME] };

/// Builds `ui/dist`.
pub(crate) fn build_ui(workspace: &Workspace) -> Result<()> {
    node::ensure(workspace)?;
    command::run(&mut node::script(workspace, "build"))
}

/// Builds the binary; `ui/dist` must be there.
pub(crate) fn build(workspace: &Workspace, release: bool) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package", NAME]).args(FEATURES);
    command::run(with_profile(&mut cargo, release))
}

/// Adds `--release` where it is wanted.
pub(crate) fn with_profile(cargo: &mut Command, release: bool) -> &mut Command {
    if release { cargo.arg("--release") } else { cargo }
}

/// Builds one of the programs of the package `dinghy-tests` and gives back the command that starts it.
pub(crate) fn tests_program(workspace: &Workspace, release: bool, name: &str) -> Result<Command> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--package", "dinghy-tests", "--bin", name]);
    command::run(with_profile(&mut cargo, release)).with_context(|| format!("cannot build {name}"))?;
    let mut program = Command::new(workspace.binary(release, name));
    program.current_dir(workspace.root());
    Ok(program)
}
