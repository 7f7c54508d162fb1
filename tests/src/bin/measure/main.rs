//! What `cargo xtask bench` measures: the release build on a private desktop, beside a bare Tauri application and
//! Nagstamon, in one run. Prints the figures as JSON.
//!
//! Invariant: everything is read from outside (the clock, D-Bus, /proc, the requests that arrive), as a user's machine
//! would see it; nothing in Dinghy knows that it is measured.

// Figures go to stdout, progress to stderr; the workspace's lint guards the libraries.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the bench reads /proc and needs Linux");
}

#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod footprint;
#[cfg(target_os = "linux")]
mod latency;
#[cfg(target_os = "linux")]
mod list;
#[cfg(target_os = "linux")]
mod process_tree;
#[cfg(target_os = "linux")]
mod startup;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod world;

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    dinghy_tests::ended(measure().await)
}

#[cfg(target_os = "linux")]
async fn measure() -> anyhow::Result<()> {
    use clap::Parser;

    let subjects = footprint::Subjects::parse();
    let mut figures = figures::Figures::default();
    eprintln!("the window …");
    window::measure(&subjects, &mut figures).await?;
    if subjects.window {
        println!("{}", figures.json()?);
        return Ok(());
    }
    eprintln!("start …");
    startup::measure(&subjects, &mut figures).await?;
    eprintln!("memory and CPU, some minutes …");
    footprint::measure(&subjects, &mut figures).await?;
    eprintln!("from the stream to the robot …");
    latency::measure(&subjects, &mut figures).await?;
    eprintln!("2,000 applications …");
    list::measure(&subjects, &mut figures).await?;
    println!("{}", figures.json()?);
    Ok(())
}
