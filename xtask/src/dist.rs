//! `cargo xtask dist`: the installable package of this platform, made by Tauri's own bundler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{app, command, node, packages};

/// What Tauri's bundler is asked for here, which is also the name of its folder.
const BUNDLE: &str = if cfg!(target_os = "linux") {
    "deb"
} else if cfg!(target_os = "macos") {
    "dmg"
} else {
    "nsis"
};

/// A file and its size.
pub(crate) struct Artifact {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// What a build leaves: the programs, the one that is started first, and the package that installs them.
pub(crate) struct Artifacts {
    pub(crate) programs: Vec<Artifact>,
    pub(crate) package: Artifact,
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    let Artifacts { programs, package } = artifacts(workspace, app::NAME, app::PROGRAMS)?;
    for Artifact { path, bytes } in programs.into_iter().chain([package]) {
        println!("{:>8.2} MB  {}", bytes as f64 / 1e6, path.display());
    }
    Ok(())
}

/// Builds program and package.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::DIST])?;
    node::ensure(workspace)?;
    command::run(tauri(workspace, workspace.root()).args(["build", "--bundles", BUNDLE]))
}

/// Tauri's command line, as ui/package.json pins it, for the project in `folder`. It is told where the project is,
/// because it does not look into folders that git ignores.
pub(crate) fn tauri(workspace: &Workspace, folder: &Path) -> Command {
    let mut node = Command::new("node");
    node.arg(workspace.ui().join("node_modules/@tauri-apps/cli/tauri.js")).current_dir(folder);
    node.env("TAURI_APP_PATH", folder).env("TAURI_FRONTEND_PATH", folder);
    node
}

/// What the last build of the application called `name`, which consists of `programs`, left.
pub(crate) fn artifacts(workspace: &Workspace, name: &str, programs: &[&str]) -> Result<Artifacts> {
    let folder = workspace.target().join("release/bundle").join(BUNDLE);
    let package =
        newest_of(&folder, name)?.with_context(|| format!("no package of {name} in {}", folder.display()))?;
    let programs = programs.iter().map(|program| artifact(workspace.binary(true, program)));
    Ok(Artifacts { programs: programs.collect::<Result<_>>()?, package: artifact(package)? })
}

fn artifact(path: PathBuf) -> Result<Artifact> {
    let bytes = fs::metadata(&path).with_context(|| format!("{} was not built", path.display()))?.len();
    Ok(Artifact { path, bytes })
}

/// The package `name_…` written last: older versions' stay in the folder.
fn newest_of(folder: &Path, name: &str) -> Result<Option<PathBuf>> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().to_lowercase();
        let is_its = file.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
        let metadata = entry.metadata()?;
        if is_its && metadata.is_file() {
            packages.push((metadata.modified()?, entry.path()));
        }
    }
    Ok(packages.into_iter().max().map(|(_, path)| path))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_newest_package_of_the_right_application() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, age: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        };
        write("Dinghy_0.1.0_amd64.deb", 60);
        write("Dinghy_0.2.0_amd64.deb", 30);
        write("dinghy-bare_0.1.0_amd64.deb", 10);
        let newest = newest_of(folder.path(), "dinghy").unwrap().unwrap();
        assert_eq!(newest.file_name().unwrap(), "Dinghy_0.2.0_amd64.deb");
        assert_eq!(newest_of(folder.path(), "other").unwrap(), None);
    }
}
