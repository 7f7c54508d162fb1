//! From the start of the process to its icon in the tray.

use anyhow::Result;
use dinghy_tests::desktop::Desktop;

use super::figures::{Beside, Figures, median};
use super::footprint::{Subject, Subjects};
use super::world::World;

/// The middle one of these is the figure: the first may find a cold disk.
const RUNS: usize = 7;

const SERVERS: usize = 3;

const GOAL_MS: f64 = 300.0;

pub(super) async fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<()> {
    let world = World::with_servers(SERVERS)?;
    let dinghy = milliseconds(&subjects.dinghy(), Some(&world)).await?;
    let bare = milliseconds(&subjects.bare(), None).await?;
    let beside = Beside { bare: Some(bare), goal: Some(GOAL_MS), ..Beside::default() };
    figures.add("From start to tray, three servers", "ms", dinghy, beside);
    Ok(())
}

async fn milliseconds(subject: &Subject, world: Option<&World>) -> Result<f64> {
    let mut all = Vec::new();
    for _ in 0..RUNS {
        let desktop = Desktop::start().await?;
        let mut launch = subject.hidden();
        if let Some(world) = world {
            world.write_settings(desktop.sandbox(), &[])?;
            launch = world.known_to(launch);
        }
        let app = desktop.launch(&launch)?;
        let item = desktop.tray_item().await?;
        all.push(item.registered_at().duration_since(app.started_at()).as_secs_f64() * 1000.0);
        app.stop().await?;
    }
    Ok(median(&all))
}
