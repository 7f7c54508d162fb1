//! Every chore of this repository as one command: `cargo xtask --help`.
//!
//! Invariant: this crate knows the repository (files, commands, packages of the system) and nothing of what
//! Dinghy does. Whatever needs a running Dinghy, a private display or D-Bus lives in the package `dinghy-tests`
//! and is started from here, so that `cargo xtask` itself is built in seconds.

// A command line tool talks on stdout and stderr; the workspace's lint guards the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod app;
mod bench;
mod canary;
mod codegen;
mod command;
mod counts;
mod deny;
mod dist;
mod looks;
mod node;
mod oracle;
mod packages;
mod run;
mod screenshots;
mod soak;
mod steps;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Every chore of the Dinghy repository")]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what is missing, build the application and start it
    Run(run::Options),
    /// Run every check, from formatting to the real application on a private display
    Test(test::Options),
    /// Check what the compiler does not: walls between crates, file sizes, opening words
    Tidy,
    /// Check what comes in from outside (licences, known holes) against deny.toml; builds cargo-deny if it is missing
    Deny,
    /// Write the TypeScript types of what crosses to the window
    Codegen {
        /// Only say whether the file on disk is up to date
        #[arg(long)]
        check: bool,
    },
    /// Measure the release build beside a bare Tauri application and Nagstamon; writes docs/measurements.md
    Bench(bench::Options),
    /// Have Go answer the rows of tests/compat again, or compare random programs with it
    Oracle(oracle::Options),
    /// Build the installable package of this platform
    Dist,
    /// Run the tests that take minutes: kills, faults at random, ten thousand events at once
    Soak(soak::Options),
    /// Draw the pictures of the user guide, in both languages, into docs/screenshots
    Screenshots(screenshots::Options),
    /// Look the window through in Chromium and WebKitGTK, and compare it with how it looked
    Looks(looks::Options),
}

fn main() -> ExitCode {
    match run(Args::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let done = match chore {
        Chore::Run(options) => run::run(&workspace, &options),
        Chore::Test(options) => return test::run(&workspace, &options),
        Chore::Tidy => tidy::run(&workspace),
        Chore::Deny => deny::run(&workspace),
        Chore::Codegen { check } => codegen::run(&workspace, check),
        Chore::Bench(options) => bench::run(&workspace, &options),
        Chore::Oracle(options) => oracle::run(&workspace, &options),
        Chore::Dist => dist::run(&workspace),
        Chore::Soak(options) => return soak::run(&workspace, &options),
        Chore::Screenshots(options) => screenshots::run(&workspace, &options),
        Chore::Looks(options) => looks::run(&workspace, &options),
    };
    done.map(|()| ExitCode::SUCCESS)
}
