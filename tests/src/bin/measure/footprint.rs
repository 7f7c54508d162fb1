//! Memory before, with and after a window, and CPU time while nothing happens.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use dinghy_tests::desktop::{App, Desktop, Launch};
use dinghy_tests::eventually;
use tokio::time::sleep;

use super::figures::{Beside, Figures};
use super::process_tree::ProcessTree;
use super::world::World;

/// After this an application has done what it does at first.
const SETTLED: Duration = Duration::from_secs(8);

const IDLE: Duration = Duration::from_secs(60);

const GOAL_BEFORE_MB: f64 = 90.0;
const GOAL_LEFT_MB: f64 = 15.0;
const GOAL_IDLE_PERCENT: f64 = 0.1;

/// What is measured, in release builds.
#[derive(Parser)]
pub(super) struct Subjects {
    /// The application
    #[arg(long)]
    app: PathBuf,
    /// The command line
    #[arg(long)]
    pub(super) ctl: PathBuf,
    /// The bare Tauri application
    #[arg(long)]
    bare: PathBuf,
    /// Nagstamon
    #[arg(long, default_value = "nagstamon")]
    nagstamon: PathBuf,
    /// Only what concerns the window, which takes a minute
    #[arg(long)]
    pub(super) window: bool,
}

impl Subjects {
    pub(super) fn dinghy(&self) -> Subject {
        Subject { binary: self.app.clone(), window: Opens::ByStartingAgain }
    }

    pub(super) fn bare(&self) -> Subject {
        Subject { binary: self.bare.clone(), window: Opens::ByMenu("Open") }
    }
}

/// An application that lives in the tray and has a window.
pub(super) struct Subject {
    binary: PathBuf,
    window: Opens,
}

/// How its window is opened.
enum Opens {
    ByStartingAgain,
    ByMenu(&'static str),
}

impl Subject {
    /// To start it with its window.
    pub(super) fn shown(&self) -> Launch {
        Launch::new(&self.binary)
    }

    /// To start it without a window.
    pub(super) fn hidden(&self) -> Launch {
        Launch::new(&self.binary).arg("--hidden")
    }
}

/// In MB, and in percent of one core.
struct Footprint {
    before: f64,
    with_window: f64,
    after: f64,
    idle: f64,
}

pub(super) async fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<()> {
    let world = World::with_servers(2)?;
    let dinghy = of(&subjects.dinghy(), Some(&world)).await.context("Dinghy's footprint")?;
    let bare = of(&subjects.bare(), None).await.context("the bare application's footprint")?;
    let (nagstamon, nagstamon_idle) = of_nagstamon(subjects).await.context("Nagstamon's footprint")?;

    let beside = |bare, nagstamon, goal| Beside { bare: Some(bare), nagstamon, goal };
    let before = beside(bare.before, Some(nagstamon), Some(GOAL_BEFORE_MB));
    figures.add("PSS before a window, two servers", "MB", dinghy.before, before);
    figures.add("PSS with the window open", "MB", dinghy.with_window, beside(bare.with_window, None, None));
    figures.add("PSS after closing it", "MB", dinghy.after, beside(bare.after, None, None));
    let left = beside(bare.after - bare.before, None, Some(GOAL_LEFT_MB));
    figures.add("PSS that the closed window leaves", "MB", dinghy.after - dinghy.before, left);
    let idle = beside(bare.idle, Some(nagstamon_idle), Some(GOAL_IDLE_PERCENT));
    figures.add("CPU idle over 60 s, two servers", "% of a core", dinghy.idle, idle);
    Ok(())
}

async fn of(subject: &Subject, world: Option<&World>) -> Result<Footprint> {
    let desktop = Desktop::start().await?;
    let mut launch = subject.hidden();
    if let Some(world) = world {
        world.write_settings(desktop.sandbox(), &[])?;
        launch = world.known_to(launch);
    }
    let app = desktop.launch(&launch)?;
    let tree = ProcessTree { group: app.id() };
    let item = desktop.tray_item().await?;
    if let Some(world) = world {
        eventually("every server to be watched", async || Ok(world.is_watched().then_some(()))).await?;
    }
    sleep(SETTLED).await;
    let before = tree.pss_mb()?;
    let idle = idle_percent(tree).await?;
    match subject.window {
        Opens::ByStartingAgain => {
            let again = world
                .map_or(Launch::new(&subject.binary), |world| world.known_to(Launch::new(&subject.binary)));
            desktop.launch(&again)?.ended().await?;
        }
        Opens::ByMenu(label) => item.click(label).await?,
    }
    eventually("the window", async || Ok((!desktop.window_titles(app.id()).await?.is_empty()).then_some(())))
        .await?;
    sleep(SETTLED).await;
    let with_window = tree.pss_mb()?;
    desktop.close_window(app.id()).await?;
    sleep(SETTLED).await;
    let after = tree.pss_mb()?;
    app.stop().await?;
    Ok(Footprint { before, with_window, after, idle })
}

/// As it starts on a fresh account. It has no server then, which makes it lighter than in use.
async fn of_nagstamon(subjects: &Subjects) -> Result<(f64, f64)> {
    let desktop = Desktop::start().await?;
    let mut app: App = desktop.launch(&Launch::new(&subjects.nagstamon))?;
    eventually("Nagstamon's question about a first server", async || {
        ensure!(app.is_running()?, "it ended: {}", app.log()?);
        Ok((!desktop.window_titles(app.id()).await?.is_empty()).then_some(()))
    })
    .await?;
    sleep(SETTLED).await;
    // From "Create new server" to "Ignore".
    desktop.press(&["Tab", "Return"]).await?;
    sleep(SETTLED).await;
    let tree = ProcessTree { group: app.id() };
    let idle = idle_percent(tree).await?;
    let pss = tree.pss_mb()?;
    app.stop().await?;
    Ok((pss, idle))
}

async fn idle_percent(tree: ProcessTree) -> Result<f64> {
    let before = tree.cpu_seconds()?;
    sleep(IDLE).await;
    Ok((tree.cpu_seconds()? - before) / IDLE.as_secs_f64() * 100.0)
}
