//! `cargo xtask bench`: builds what is compared, has it measured, and writes docs/measurements.md.
//!
//! The measuring itself is the program `measure` of the package `dinghy-tests`.

mod engine;
mod languages;
mod machine;
mod page;
mod scene;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::dist::{self, Artifact};
use crate::workspace::Workspace;
use crate::{app, command, packages};
use page::{Figure, Page};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// Measure again what the last run has built
    #[arg(long)]
    no_build: bool,
}

#[derive(clap::Subcommand)]
enum What {
    /// The rule languages beside Go's, which must be installed; writes its own part of docs/measurements.md
    Languages,
    /// A change of an application beside Argo CD's notifications-engine, with Go; writes its own part, too
    Engine,
}

const GOAL_DEB_MB: f64 = 15.0;

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    match options.what {
        Some(What::Languages) => return languages::run(workspace),
        Some(What::Engine) => return engine::run(workspace),
        None => {}
    }
    if !cfg!(target_os = "linux") {
        bail!("the bench reads /proc and needs Linux");
    }
    packages::ensure(&[packages::BUILD, packages::DESKTOP, packages::BENCH])?;
    if !options.no_build {
        dist::build(workspace)?;
        command::run(workspace.cargo().args(["build", "--release", "--package", "dinghyctl"]))?;
        build_bare(workspace)?;
    }
    let dinghy = dist::artifacts(workspace, app::NAME, app::PROGRAMS)?;
    let bare = dist::artifacts(workspace, BARE, &[BARE])?;

    let mut measure = app::tests_program(workspace, true, "measure")?;
    measure.arg("--app").arg(workspace.binary(true, app::NAME));
    measure.arg("--ctl").arg(workspace.binary(true, "dinghyctl"));
    measure.arg("--bare").arg(workspace.binary(true, BARE));
    println!("$ {}", command::line(&measure));
    let json = command::capture_with_progress(&mut measure)?;
    let mut figures: Vec<Figure> = serde_json::from_str(&json).context("`measure` printed no figures")?;
    figures.push(size("Size of what is started", &dinghy.programs, &bare.programs, None));
    figures.push(size("Size of the deb", &[dinghy.package], &[bare.package], Some(GOAL_DEB_MB)));

    let path = workspace.root().join("docs/measurements.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let page = Page { figures, machine: machine::describe(workspace)? };
    fs::write(&path, page.replacing(&before)).with_context(|| format!("cannot write {}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

fn size(what: &str, dinghy: &[Artifact], bare: &[Artifact], goal: Option<f64>) -> Figure {
    let mb = |files: &[Artifact]| files.iter().map(|file| file.bytes as f64).sum::<f64>() / 1e6;
    Figure {
        what: what.to_owned(),
        unit: "MB".to_owned(),
        dinghy: mb(dinghy),
        bare: Some(mb(bare)),
        nagstamon: None,
        goal,
    }
}

const BARE: &str = "dinghy-bare";

/// Copies xtask/bare into the target folder and bundles it there, with the versions of Dinghy's own lock file and
/// sharing what is compiled already.
fn build_bare(workspace: &Workspace) -> Result<()> {
    let folder = workspace.target().join("bare");
    copy(&workspace.root().join("xtask/bare"), &folder)?;
    let lock = workspace.root().join("Cargo.lock");
    if lock.exists() {
        fs::copy(lock, folder.join("Cargo.lock"))?;
    }
    draw_icon(&folder.join("icons/icon.png"))?;
    let mut tauri = dist::tauri(workspace, &folder);
    tauri.args(["build", "--bundles", "deb"]).env("CARGO_TARGET_DIR", workspace.target());
    command::run(&mut tauri)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Tauri wants a picture, any picture.
fn draw_icon(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = format!("PNG32:{}", path.display());
    command::run(Command::new("convert").args(["-size", "32x32", "xc:teal", &file]))
}
