//! `cargo xtask soak`: the tests that take minutes. The process killed 500 times, two servers and 500 applications
//! under random faults, 10,000 events at once.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::steps::Steps;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long faults rain on the running process
    #[arg(long, default_value_t = 60)]
    minutes: u32,
    /// How often the process is killed
    #[arg(long, default_value_t = 500)]
    kills: u32,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let logs = workspace.target().join("xtask-soak");
    let mut steps = Steps::new(logs.clone())?;
    let test = |name: &str| {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--package", "dinghyctl", "--test", "it"]);
        cargo.args(["--", "--include-ignored", "--nocapture", "--exact", name]);
        cargo
            .env("DINGHY_KILLS", options.kills.to_string())
            .env("DINGHY_SOAK_MINUTES", options.minutes.to_string())
            .env("CARGO_TERM_COLOR", "never");
        cargo
    };
    let killed = "endurance::killed_at_random_moments_it_loses_nothing_and_sends_nothing_twice";
    steps.command("kills", &[], &mut test(killed));
    steps.command("ten thousand", &[], &mut test("endurance::ten_thousand_events_at_once"));
    steps.command("soak", &[], &mut test("endurance::soak"));
    figures(&logs)?;
    Ok(steps.finish())
}

/// What the tests measured: lines that begin with `figures: `.
fn figures(logs: &Path) -> Result<()> {
    let mut files: Vec<_> = fs::read_dir(logs)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let log = fs::read_to_string(file)?;
        log.lines().filter_map(|line| line.strip_prefix("figures: ")).for_each(|line| println!("{line}"));
    }
    Ok(())
}
