//! The demo as a newcomer gets to see it: in his language, calm, and entered and left without a gap.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dinghy_tests::desktop::{Desktop, Launch, Window};
use dinghy_tests::{PATIENCE, app_binary, eventually};
use tokio::time::sleep;

use crate::world::{app, visit};

/// So soon something must be there to be seen.
const SOON: Duration = Duration::from_secs(10);
/// Tests run beside one another, on small machines.
const SLOWLY: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_one_language_and_lets_its_user_look_first() -> Result<()> {
    for (locale, keyword, words) in
        [("en_US.UTF-8", "release", "The release is live"), ("zh_CN.UTF-8", "发布", "发布完成")]
    {
        let desktop = Desktop::start().await?;
        let launch = Launch::new(app_binary()?).arg("--demo").env("LC_ALL", locale);
        let window = desktop.drive(&launch).await?;
        let begin = Instant::now();
        visit(&window, "events").await?;
        // Of a message that reached the group.
        window.element("[data-testid=event-row][data-tone=ok][data-app]").await?;
        let sent = begin.elapsed();
        assert!(sent < SOON + SLOWLY, "the first message after {sent:?}");
        go(&window, "rules/templates/release-deployed").await?;
        window.says("[data-testid=bubble]", &[words]).await?;
        go(&window, "groups/dingtalk").await?;
        window.says("[data-testid=group-details]", &[keyword]).await?;
        // Nothing lies over the window meanwhile.
        let shown = desktop.notifications()?;
        assert!(shown.is_empty() || begin.elapsed() > SOON, "{:?}: {shown:?}", begin.elapsed());
        window.end().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_window_all_the_time_on_the_way_into_the_demo() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let window = desktop.drive(&app(&desktop)?).await?;
    window.shows("a new window takes the place of this one").await?;
    let before = focused(&desktop).await?;
    window.click("[data-testid=start-demo]").await?;
    another_window(&desktop, &window, before).await?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod-cn · Live").is_some()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_window_all_the_time_on_the_way_out_of_the_demo() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let window = desktop.drive(&app(&desktop)?.arg("--demo")).await?;
    window.click("[data-testid=demo-leave]").await?;
    window.shows("a new window takes the place of this one").await?;
    let before = focused(&desktop).await?;
    window.click("[data-testid=dialog-confirm]").await?;
    another_window(&desktop, &window, before).await?;
    // The own settings name no server yet.
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod-cn · Live").is_none() && menu.find("Quit Dinghy").is_some())
        .await?;
    Ok(())
}

async fn go(window: &Window, address: &str) -> Result<()> {
    window.execute("location.hash = arguments[0]", vec![format!("#/{address}").into()]).await?;
    Ok(())
}

async fn focused(desktop: &Desktop) -> Result<u32> {
    eventually("a window with the focus", async || desktop.focused().await).await
}

/// Watches until only another window is left, which has the focus; there must be one at every moment.
async fn another_window(desktop: &Desktop, window: &Window, before: u32) -> Result<()> {
    let begin = Instant::now();
    loop {
        // Asked before the titles: the one that is left is the one with the focus.
        let is_other = desktop.focused().await?.is_some_and(|now| now != before);
        // The old window's process is of the driver's group, and so is what it started.
        let mut titles = desktop.window_titles(window.driver_id()).await?;
        if titles.is_empty() {
            // Processes are asked one after the other: the new window may have come after its own was asked.
            titles = desktop.window_titles(window.driver_id()).await?;
        }
        ensure!(!titles.is_empty(), "no window after {:?}", begin.elapsed());
        if titles.len() == 1 && is_other {
            break;
        }
        ensure!(begin.elapsed() < PATIENCE, "after {:?} there are {titles:?}", begin.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
    println!("another window after {:?}", begin.elapsed());
    // It stays.
    sleep(Duration::from_millis(500)).await;
    let titles = desktop.window_titles(window.driver_id()).await?;
    ensure!(titles == ["Dinghy"], "{titles:?}");
    desktop.focused().await?.filter(|now| *now != before).context("the new window lost the focus")?;
    Ok(())
}
