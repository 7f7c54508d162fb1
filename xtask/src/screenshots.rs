//! `cargo xtask screenshots`: the pictures of the user guide and of the READMEs, drawn anew into docs/screenshots.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{app, command, packages};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this part: first-run, window, dark or tray
    #[arg(long)]
    only: Option<String>,
}

/// What is drawn, and how the window is led there, is the business of the program `guide` in `tests/src/bin`.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::DESKTOP, packages::TEST])?;
    app::build_ui(workspace)?;
    app::build(workspace, true)?;
    let mut guide = app::tests_program(workspace, false, "guide")?;
    guide.arg("--app").arg(workspace.binary(true, app::NAME));
    guide.arg("--folder").arg(workspace.root().join("docs/screenshots"));
    if let Some(only) = &options.only {
        guide.arg("--only").arg(only);
    }
    command::run(&mut guide)
}
