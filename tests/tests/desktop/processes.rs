//! What runs beside the application: nothing before the first window, and nothing after the last.

use std::time::Duration;

use anyhow::Result;
use dinghy_tests::desktop::{App, Desktop};
use dinghy_tests::eventually;

use crate::world::{Server, following};

const PAGE: &str = "WebKitWebProcess";
const WINDOW: &str = "dinghy-window";

#[tokio::test(flavor = "multi_thread")]
async fn processes_live_as_long_as_a_window() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let mut app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    assert_eq!(app.children()?, [""; 0]);

    for _ in 0..2 {
        item.click("Open Dinghy").await?;
        until(&app, "a page", |children| children.iter().any(|name| name == PAGE)).await?;
        eventually("the window", async || {
            Ok((desktop.window_titles(app.id()).await?.len() == 1).then_some(()))
        })
        .await?;
        // It is there already: it comes to the front, and stays closed afterwards.
        item.click("Open Dinghy").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        desktop.close_window(app.id()).await?;
        until(&app, "nothing of the window", <[String]>::is_empty).await?;
        assert!(app.is_running()?, "{}", app.log()?);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(app.children()?, [""; 0], "opened again");
    }
    // It still follows its server.
    prod.set_health("web", "Degraded");
    item.menu_when(|menu| menu.find("♡ web · Degraded").is_some()).await?;
    Ok(())
}

async fn until(app: &App, what: &str, is_it: impl Fn(&[String]) -> bool) -> Result<()> {
    eventually(what, async || {
        let children = app.children()?;
        anyhow::ensure!(is_it(&children), "there are {children:?}");
        Ok(Some(()))
    })
    .await
}

/// Part of the tray's process itself: WebKit is not even loaded there.
#[tokio::test(flavor = "multi_thread")]
async fn the_tray_s_process_has_no_web_engine() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    let loaded = std::fs::read_to_string(format!("/proc/{}/maps", app.id()))?;
    for library in ["webkit", "javascriptcore", "libgtk"] {
        assert!(!loaded.contains(library), "{library} is loaded");
    }
    Ok(())
}

/// A window that dies (a bug in the web engine, a display that went away) takes nothing with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_killed_can_be_opened_again() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let mut app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.click("Open Dinghy").await?;
    until(&app, "a page", |children| children.iter().any(|name| name == PAGE)).await?;
    let killed = desktop
        .command("pkill")
        .args(["--signal", "KILL", "--full", WINDOW, "--pgroup"])
        .arg(app.id().to_string())
        .status()?;
    assert!(killed.success());
    until(&app, "nothing of the window", <[String]>::is_empty).await?;
    assert!(app.is_running()?, "{}", app.log()?);
    item.click("Open Dinghy").await?;
    until(&app, "a page", |children| children.iter().any(|name| name == PAGE)).await
}
