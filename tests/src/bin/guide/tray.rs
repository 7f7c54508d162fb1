//! The tray with its menu, and a notification, as a desktop that people use shows them.

use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use dinghy_demo::Lang;
use dinghy_tests::desktop::Desktop;
use dinghy_tests::eventually;
use tokio::time::sleep;

use super::company::Company;
use super::studio::{Camera, Options};
use super::trouble;

/// In the panel's tray, which is at the right end of the lower edge.
const ICON: [&str; 2] = ["1268", "884"];

/// Where dunst puts a notification, in per cent of the display and in pixels.
const CORNER: (std::ops::Range<usize>, std::ops::Range<usize>) = (78..98, 6..12);
const NOTIFICATION: &str = "400x230+880+20";

/// The menu stands over the icon.
const MENU: &str = "420x500+860+400";

/// A black desktop hides where a menu ends.
const GROUND: &str = "xc:#5b7a99";

pub(crate) async fn draw(options: &Options, lang: Lang) -> Result<()> {
    let desktop = Desktop::with().with_real_hosts().start().await?;
    // It says 1 also when it has done it.
    output(&desktop, "display", &["-window", "root", "-size", "1280x900", GROUND]).await?;
    let company = Company::start(lang)?;
    let camera = Camera::new(options, lang)?;
    let app = desktop.launch(&company.followed(options, &desktop)?.arg("--hidden"))?;
    company.gets_busy().await?;

    run(&desktop, "xdotool", &["mousemove", ICON[0], ICON[1], "click", "3"]).await?;
    // The panel asks for the menu over D-Bus before it draws it.
    sleep(Duration::from_secs(2)).await;
    camera.display(&desktop, "tray", MENU).await?;
    run(&desktop, "xdotool", &["key", "Escape"]).await?;

    trouble::mends(&company.demo)?;
    sleep(Duration::from_secs(3)).await;
    trouble::breaks_out(&company.demo)?;

    eventually("a notification", async || {
        let (across, down) = CORNER;
        Ok((desktop.screen()?.drawn(across, down) > 0.05).then_some(()))
    })
    .await?;
    camera.display(&desktop, "notification", NOTIFICATION).await?;
    app.stop().await?;
    Ok(())
}

async fn run(desktop: &Desktop, program: &str, args: &[&str]) -> Result<()> {
    let output = output(desktop, program, args).await?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

async fn output(desktop: &Desktop, program: &str, args: &[&str]) -> Result<Output> {
    let mut command = desktop.command(program);
    command.args(args);
    let output = tokio::process::Command::from(command).output().await;
    output.with_context(|| format!("cannot start {program}"))
}
