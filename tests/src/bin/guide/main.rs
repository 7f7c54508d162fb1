//! Draws the pictures of the user guide, in both languages: the real application on a desktop of its own, led through
//! its window as a person would go. `cargo xtask screenshots` runs it.
//!
//! Invariant: nothing is drawn that the application does not show by itself. What it follows is the demo's invented
//! company; only the settings that point at it are written here.

// A command line tool talks on stdout and stderr; the workspace's lint guards the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("only Linux has displays without a screen");
}

#[cfg(target_os = "linux")]
mod company;
#[cfg(target_os = "linux")]
mod connections;
#[cfg(target_os = "linux")]
mod first_run;
#[cfg(target_os = "linux")]
mod pages;
#[cfg(target_os = "linux")]
mod rules;
#[cfg(target_os = "linux")]
mod studio;
#[cfg(target_os = "linux")]
mod tray;
#[cfg(target_os = "linux")]
mod trouble;

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    dinghy_tests::ended(draw().await)
}

#[cfg(target_os = "linux")]
async fn draw() -> anyhow::Result<()> {
    use clap::Parser;
    use dinghy_demo::Lang;
    use studio::Options;

    let options = Options::parse();
    for lang in [Lang::En, Lang::ZhCn] {
        if options.wants("first-run") {
            first_run::draw(&options, lang).await?;
        }
        if options.wants("window") {
            pages::draw(&options, lang).await?;
        }
        if options.wants("dark") {
            pages::draw_dark(&options, lang).await?;
        }
        if options.wants("tray") {
            tray::draw(&options, lang).await?;
        }
    }
    Ok(())
}
