//! `cargo xtask dist`: the installable package of this platform, made by Tauri's own bundler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{app, command, node, packages};

/// A file that a user would download, or the program in it.
pub(crate) struct Artifact {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for Artifact { path, bytes } in build(workspace)? {
        println!("{:>8.2} MB  {}", bytes as f64 / 1e6, path.display());
    }
    Ok(())
}

/// The program and its package, freshly built.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<Artifact>> {
    packages::ensure(&[packages::BUILD])?;
    node::ensure(workspace)?;
    let bundles = if cfg!(target_os = "linux") {
        "deb"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "nsis"
    };
    command::run(tauri(workspace, workspace.root()).args(["build", "--bundles", bundles]))?;
    let mut artifacts = vec![artifact(workspace.binary(true, app::NAME))?];
    let folder = workspace.target().join("release/bundle").join(bundles);
    artifacts.extend(newest(&folder)?.map(artifact).transpose()?);
    if artifacts.len() < 2 {
        bail!("the bundler left nothing in {}", folder.display());
    }
    Ok(artifacts)
}

/// Tauri's command line, as ui/package.json pins it, for the project in `folder`.
pub(crate) fn tauri(workspace: &Workspace, folder: &Path) -> Command {
    let mut node = Command::new("node");
    node.arg(workspace.ui().join("node_modules/@tauri-apps/cli/tauri.js")).current_dir(folder);
    node
}

fn artifact(path: PathBuf) -> Result<Artifact> {
    let bytes = fs::metadata(&path).with_context(|| format!("{} was not built", path.display()))?.len();
    Ok(Artifact { path, bytes })
}

/// The file written last: older versions' packages stay in the folder.
fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            files.push((metadata.modified()?, entry.path()));
        }
    }
    Ok(files.into_iter().max().map(|(_, path)| path))
}
