//! `cargo xtask test`: everything, from formatting to the real application on a private display.
//!
//! Every cargo step asks for the same packages and features, so that the dependencies are compiled once for clippy and
//! once for everything that runs.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{app, canary, codegen, deny, looks, node, packages, tidy};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only what takes seconds once everything is compiled: neither clippy nor documentation nor the desktop
    #[arg(long)]
    quick: bool,
}

/// Where the tests put their folders, which then stay to be searched for secrets (see `dinghy_tests::Sandbox`).
const FOLDER_VARIABLE: &str = "DINGHY_TEST_FOLDER";

/// Where the tests find the built binaries (see `dinghy_tests::app_binary`).
const BINARIES_VARIABLE: &str = "DINGHY_TEST_BINARIES";

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let target = workspace.target();
    let logs = target.join("xtask");
    let folder = target.join("test-run");
    let word = canary::new_word();
    empty(&folder)?;
    let cargo = |args: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo
            .args(args)
            .env(canary::VARIABLE, &word)
            .env(FOLDER_VARIABLE, &folder)
            .env(BINARIES_VARIABLE, target.join("debug"))
            .env("CARGO_TERM_COLOR", "never");
        cargo
    };
    let whole = |args: &[&str]| {
        let mut cargo = cargo(args);
        cargo.arg("--workspace").args(app::FEATURES);
        leave_running_xtask(&mut cargo);
        cargo
    };

    let mut steps = Steps::new(logs.clone())?;
    steps.check("packages", &[], || install(workspace, options.quick));
    steps.command("format", &[], &mut cargo(&["fmt", "--all", "--check", "--", "--files-with-diff"]));
    steps.check("tidy", &[], || tidy::check(workspace));
    match deny::offline(workspace) {
        Some(mut check) => steps.command("dependencies", &[], &mut check),
        None => {
            println!("\n=== dependencies: left out, cargo-deny is not installed (cargo xtask deny brings it)")
        }
    }
    steps.check("npm", &[], || node::ensure(workspace).map(|()| "ui/node_modules is up to date".to_owned()));
    steps.command("ui check", &["npm"], &mut node::script(workspace, "check"));
    steps.command("ui test", &["npm"], node::script(workspace, "test").env("NO_COLOR", "1"));
    if !options.quick && cfg!(target_os = "linux") {
        steps.command("ui looks", &["npm"], looks::test(workspace).env("NO_COLOR", "1"));
    }
    steps.command("ui build", &["npm"], &mut node::script(workspace, "build"));
    if !options.quick {
        steps.command(
            "clippy",
            &["ui build"],
            whole(&["clippy", "--all-targets"]).args(["--", "-D", "warnings"]),
        );
    }
    steps.command("build", &["ui build"], &mut whole(&["build", "--all-targets"]));
    steps.check("bindings", &["build"], || codegen::check_built(workspace).map(|()| "up to date".to_owned()));
    steps.command("cargo test", &["build"], &mut whole(&["test", "--no-fail-fast"]));
    if !options.quick {
        steps.command("docs", &["build"], whole(&["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"));
        if cfg!(target_os = "linux") {
            steps.command("desktop", &["build"], &mut whole(&["test", "--test", "desktop"]));
        }
    }
    steps.check("secrets", &["build"], || canary::search(&word, &[&folder, &logs]));
    Ok(steps.finish())
}

fn install(workspace: &Workspace, quick: bool) -> Result<String> {
    node::check_node()?;
    packages::ensure(&[packages::BUILD, packages::DESKTOP, packages::TEST])?;
    if !quick {
        packages::ensure_browser()?;
    }
    Ok(format!("everything that {} needs is there", workspace.root().display()))
}

/// Windows does not let cargo write over a program that runs, and this one runs.
fn leave_running_xtask(cargo: &mut Command) {
    if cfg!(windows) {
        cargo.args(["--exclude", "xtask"]);
    }
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
