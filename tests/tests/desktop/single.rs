//! A second start finds the first one.

use anyhow::Result;
use dinghy_tests::desktop::Desktop;
use dinghy_tests::eventually;

use crate::world::{Server, following};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_shows_the_first_one_s_window() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let launch = following(&desktop, &[&prod], "")?;
    let mut first = desktop.launch(&launch.clone().arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    assert_eq!(desktop.window_titles(first.id()).await?, [""; 0]);

    for _ in 0..2 {
        let mut second = desktop.launch(&launch)?;
        assert_eq!(second.ended().await?.code(), Some(0), "{}", second.log()?);
        assert_eq!(desktop.window_titles(second.id()).await?, [""; 0]);
        eventually("the first one's window", async || {
            Ok((desktop.window_titles(first.id()).await?.len() == 1).then_some(()))
        })
        .await?;
    }
    assert!(first.is_running()?);
    assert_eq!(prod.argocd.watchers(), 1, "one engine follows the server");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_data_folder_is_another_dinghy() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let launch = following(&desktop, &[&prod], "")?.arg("--hidden");
    let mut first = desktop.launch(&launch)?;
    let before = desktop.tray_item().await?;
    let (config, data) = (desktop.sandbox().config(), desktop.sandbox().path().join("data-2"));
    let mut second = desktop.launch(&launch.dirs(config, data))?;
    eventually("another tray item", async || {
        Ok((desktop.tray_item().await?.registered_at() > before.registered_at()).then_some(()))
    })
    .await?;
    assert!(first.is_running()? && second.is_running()?);
    Ok(())
}
