//! The window's own tools: npm packages installed when the lock file is newer, and npm scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

const OLDEST_NODE: u32 = 20;

/// npm in `ui/`. On Windows npm is a batch file and has to be called by its full name.
pub(crate) fn npm(workspace: &Workspace) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(workspace.ui());
    npm
}

/// `npm ci`, without the chatter about audits and funding.
pub(crate) fn npm_ci(workspace: &Workspace) -> Command {
    let mut npm = npm(workspace);
    npm.args(["ci", "--no-audit", "--no-fund"]);
    npm
}

/// One of the scripts in ui/package.json.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Command {
    let mut npm = npm(workspace);
    npm.args(["run", name]);
    npm
}

/// Installs the window's packages unless what is installed is as new as the lock file.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    check_node()?;
    if is_fresh(&workspace.ui())? {
        return Ok(());
    }
    println!("Installing the window's npm packages: ui/package-lock.json is newer than ui/node_modules.");
    command::run(&mut npm_ci(workspace))
}

/// Fails with what to do when Node is missing or too old.
pub(crate) fn check_node() -> Result<()> {
    let hint = format!("please install Node {OLDEST_NODE} or newer (https://nodejs.org)");
    let version = command::capture(Command::new("node").arg("--version")).with_context(|| hint.clone())?;
    match major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("Node {} is too old: {hint}", version.trim()),
    }
}

/// `v20.11.1` → 20.
fn major(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// npm writes `node_modules/.package-lock.json` last, so its time says when the last install ended well.
fn is_fresh(ui: &Path) -> Result<bool> {
    let lock = ui.join("package-lock.json");
    let lock = modified(&lock)?.with_context(|| format!("{} is missing", lock.display()))?;
    let marker: PathBuf = ui.join("node_modules/.package-lock.json");
    Ok(modified(&marker)?.is_some_and(|installed| installed >= lock))
}

fn modified(path: &Path) -> Result<Option<SystemTime>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.modified()?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot look at {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    #[test]
    fn node_versions() {
        assert_eq!(major("v20.11.1\n"), Some(20));
        assert_eq!(major("24.0.0"), Some(24));
        assert_eq!(major("not node"), None);
    }

    #[test]
    fn packages_are_fresh_when_installed_after_the_lock_was_written() {
        let ui = tempfile::tempdir().unwrap();
        assert!(is_fresh(ui.path()).is_err(), "no lock file is a mistake, not a reason to install");

        let lock = File::create(ui.path().join("package-lock.json")).unwrap();
        assert!(!is_fresh(ui.path()).unwrap(), "nothing installed yet");

        fs::create_dir(ui.path().join("node_modules")).unwrap();
        File::create(ui.path().join("node_modules/.package-lock.json")).unwrap();
        lock.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
        assert!(is_fresh(ui.path()).unwrap());

        lock.set_modified(SystemTime::now() + Duration::from_secs(60)).unwrap();
        assert!(!is_fresh(ui.path()).unwrap(), "the lock changed since");
    }
}
