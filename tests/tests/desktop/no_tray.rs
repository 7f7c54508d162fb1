//! Desktops without a place for tray icons, for a while or for good: the window is the way to Dinghy then.

use anyhow::{Context, Result};
use dinghy_tests::desktop::{App, Desktop};
use dinghy_tests::eventually;

use crate::world::{Server, app, following};

const BANNER: &str = "This desktop shows no tray icons. Dinghy keeps this window instead.";

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_itself_and_says_why_until_a_tray_host_starts() -> Result<()> {
    let mut desktop = Desktop::with().without_tray().start().await?;
    let prod = Server::start("prod", &["web"])?;
    let window = desktop.drive(&following(&desktop, &[&prod], "")?.arg("--hidden")).await?;
    window.shows(BANNER).await?;
    window.says("[data-testid=tally][data-name=prod]", &["Live"]).await?;

    desktop.restart_tray().await?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;
    window.shows_no_more(BANNER).await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_host_that_leaves_brings_the_window() -> Result<()> {
    let mut desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let mut app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    assert_eq!(desktop.window_titles(app.id()).await?, [""; 0]);

    desktop.stop_tray();
    has_a_window(&desktop, &app).await?;
    // Without a tray nothing is left when the window goes, so Dinghy goes too.
    desktop.close_window(app.id()).await?;
    assert_eq!(app.ended().await?.code(), Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_without_d_bus_has_the_window() -> Result<()> {
    let desktop = Desktop::with().without_tray().without_notifications().start().await?;
    let launch = app(&desktop)?.arg("--hidden").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let app = desktop.launch(&launch)?;
    has_a_window(&desktop, &app).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_display_it_says_so() -> Result<()> {
    let desktop = Desktop::with().without_tray().without_notifications().start().await?;
    let mut app = desktop.launch(&app(&desktop)?.env("DISPLAY", ""))?;
    assert_eq!(app.ended().await?.code(), Some(1));
    let log = app.log()?;
    assert!(log.contains("there is no display") && log.contains("dinghyctl run"), "{log}");
    Ok(())
}

async fn has_a_window(desktop: &Desktop, app: &App) -> Result<()> {
    let shown = eventually("a window", async || {
        Ok((!desktop.window_titles(app.id()).await?.is_empty()).then_some(()))
    });
    shown.await.with_context(|| app.log().unwrap_or_default())
}
