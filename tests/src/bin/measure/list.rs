//! A full list of 2,000 applications: how long, and how much memory at most.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use dinghy_tests::desktop::Desktop;
use dinghy_tests::{Ctl, eventually};
use tokio::time::sleep;

use super::figures::{Beside, Figures, median};
use super::footprint::Subjects;
use super::process_tree::peak_mb;
use super::world::World;

const APPLICATIONS: usize = 2_000;
const RUNS: usize = 7;

const GOAL_MS: f64 = 150.0;
const GOAL_MB: f64 = 60.0;

pub(super) async fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<()> {
    let empty = World::with_applications(0)?;
    let full = World::with_applications(APPLICATIONS)?;
    let without = Listing::measure(subjects, &empty).await?;
    let with = Listing::measure(subjects, &full).await?;
    let goal = |goal| Beside { goal: Some(goal), ..Beside::default() };
    figures.add(
        "dinghyctl apps, start to end, no application",
        "ms",
        without.milliseconds,
        Beside::default(),
    );
    figures.add("dinghyctl apps, start to end, 2,000 applications", "ms", with.milliseconds, goal(GOAL_MS));
    let grew = with.peak_mb - without.peak_mb;
    figures.add("Its peak memory, beyond a list of none", "MB", grew, goal(GOAL_MB));
    let grew = app_peak_mb(subjects, &full).await? - app_peak_mb(subjects, &empty).await?;
    figures.add("Peak memory of the application with 2,000, beyond none", "MB", grew, goal(GOAL_MB));
    Ok(())
}

/// `dinghyctl apps`: the middle time of all runs, and the most memory of any.
struct Listing {
    milliseconds: f64,
    peak_mb: f64,
}

impl Listing {
    async fn measure(subjects: &Subjects, world: &World) -> Result<Listing> {
        let ctl = Ctl::of(&subjects.ctl)?;
        world.write_settings(ctl.sandbox(), &[])?;
        let mut times = Vec::new();
        let mut most = 0.0_f64;
        for _ in 0..RUNS {
            let call = world.secrets().fold(ctl.args(["apps"]), |call, (name, value)| call.env(&name, value));
            let started = Instant::now();
            let running = call.start()?;
            while let Some(peak) = peak_mb(running.id()) {
                most = most.max(peak);
                sleep(Duration::from_millis(1)).await;
            }
            times.push(started.elapsed().as_secs_f64() * 1000.0);
            running.wait()?.ok().context("dinghyctl apps")?;
        }
        Ok(Listing { milliseconds: median(&times), peak_mb: most })
    }
}

async fn app_peak_mb(subjects: &Subjects, world: &World) -> Result<f64> {
    let desktop = Desktop::start().await?;
    world.write_settings(desktop.sandbox(), &[])?;
    let app = desktop.launch(&world.known_to(subjects.dinghy().hidden()))?;
    eventually("the server to be watched", async || Ok(world.is_watched().then_some(()))).await?;
    sleep(Duration::from_secs(5)).await;
    let peak = peak_mb(app.id()).context("the application ended")?;
    app.stop().await?;
    Ok(peak)
}
