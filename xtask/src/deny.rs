//! `cargo xtask deny`: what comes in from outside against deny.toml (licences, sources, bans, known holes).

use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::workspace::Workspace;

/// What needs no network: deny.toml's rules on licences, sources and bans.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

/// Checks everything, advisories from RustSec's database too. Builds cargo-deny first where it is missing, from the
/// registry's sources, which takes minutes.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !is_installed(workspace) {
        println!("cargo-deny is missing: it is built from its sources now, once");
        command::run(workspace.cargo().args(["install", "--locked", "cargo-deny"]))?;
    }
    command::run(workspace.cargo().args(["deny", "check"]))
}

/// The part of `cargo xtask test`: all that needs no network. None: cargo-deny is not installed, which is for the
/// workflow and `cargo xtask deny` to mend.
pub(crate) fn offline(workspace: &Workspace) -> Option<Command> {
    let mut cargo = workspace.cargo();
    cargo.args(["deny", "--offline", "check"]).args(OFFLINE);
    is_installed(workspace).then_some(cargo)
}

/// cargo finds its subcommands in PATH and where it installs programs itself.
fn is_installed(workspace: &Workspace) -> bool {
    command::capture(workspace.cargo().args(["deny", "--version"])).is_ok()
}
