//! What runs beside the application: nothing of WebKit before the first window, no page after the last.

use anyhow::Result;
use dinghy_tests::desktop::{App, Desktop};
use dinghy_tests::eventually;

use crate::world::{Server, following};

const PAGE: &str = "WebKitWebProcess";

#[tokio::test(flavor = "multi_thread")]
async fn web_processes_live_as_long_as_a_window() -> Result<()> {
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
        desktop.close_window(app.id()).await?;
        until(&app, "no page", |children| children.iter().all(|name| name != PAGE)).await?;
        assert!(app.is_running()?, "{}", app.log()?);
    }
    // It still follows its server.
    prod.set_health("web", "Degraded");
    item.menu_when(|menu| menu.find("♥̸ web · Degraded").is_some()).await?;
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
