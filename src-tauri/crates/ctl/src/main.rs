//! `dinghyctl`: the same engine without a screen.
//!
//! Reads arguments, calls `dinghy_api`, prints what it answers: data to stdout, messages to stderr. Decides
//! nothing about rules, servers or delivery, and knows no window. One file for each noun.
//!
//! Exit codes: 0 done; 1 the answer is no, or the work failed; 2 wrong usage (clap's).

mod apps;
mod args;
mod check;
mod events;
mod explain;
mod expr;
mod groups;
mod import;
mod input;
mod mute;
mod output;
mod queue;
mod run;
mod servers;
mod shell;
mod template;
mod trigger;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use args::{Args, Command};
use shell::{Answer, Shell};

/// What still hangs at the end (a keychain's dialog) is not waited for.
const LEFTOVERS: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    match work(Args::parse()) {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::FAILURE,
        // Whoever read the output has seen enough.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn work(args: Args) -> anyhow::Result<Answer> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let answer = runtime.block_on(obey(args));
    runtime.shutdown_timeout(LEFTOVERS);
    answer
}

async fn obey(args: Args) -> anyhow::Result<Answer> {
    let shell = Shell::new(args.config_dir, args.data_dir, args.output)?;
    let answer = command(&shell, args.command).await;
    shell.stop().await;
    answer
}

async fn command(shell: &Shell, command: Command) -> anyhow::Result<Answer> {
    match command {
        Command::Run(options) => run::run(shell, &options).await,
        Command::Check => check::check(shell),
        Command::Servers => servers::list(shell).await,
        Command::Login(login) => servers::login(shell, &login).await,
        Command::Logout { server } => servers::logout(shell, &server).await,
        Command::Apps { server } => apps::list(shell, server.as_deref()).await,
        Command::Trigger(command) => trigger::trigger(shell, command).await,
        Command::Template(command) => template::template(shell, command).await,
        Command::Explain { trigger, subject } => explain::explain(shell, &trigger, &subject).await,
        Command::Expr { expression, vars } => expr::expr(shell, &expression, vars.as_deref()),
        Command::Render { template, vars } => expr::render(shell, &template, vars.as_deref()),
        Command::Import { files, dry_run } => import::import(shell, &files, dry_run).await,
        Command::Export { argo: false } => import::export(shell),
        Command::Export { argo: true } => import::export_argo(shell),
        Command::Groups => groups::list(shell).await,
        Command::Group(command) => groups::group(shell, command).await,
        Command::Events { follow, limit } => events::events(shell, follow, limit).await,
        Command::Mute { app, length } => mute::mute(shell, &app, length).await,
        Command::Unmute { app } => mute::unmute(shell, &app).await,
        Command::Queue(command) => queue::queue(shell, command).await,
    }
}
