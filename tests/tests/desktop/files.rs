//! Files that are edited by hand while the application runs.

use anyhow::Result;
use dinghy_tests::desktop::Desktop;

use crate::world::{Server, following, visit};

const GOOD: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    message: Degraded
";

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_named_with_its_place_and_gone_when_it_is_mended() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    desktop.sandbox().rules(GOOD)?;
    let window = desktop.drive(&following(&desktop, &[&prod], "")?).await?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;

    visit(&window, "rules").await?;
    window.shows("The file has no problems.").await?;
    desktop.sandbox().rules(&GOOD.replace("== 'Degraded'", "== 'Degraded"))?;
    window.shows("line 7, column").await?;
    window.shows("While the file has an error, its last good version stays in force.").await?;
    item.menu_when(|menu| menu.find("! 1 problem in the settings or rules").is_some()).await?;
    desktop.sandbox().rules(GOOD)?;
    window.shows("The file has no problems.").await?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;

    // A key with a typo in the other file: the server is still followed.
    let settings = std::fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    desktop.sandbox().settings(&settings.replace("auth = ", "auht = \"token\"\nauth = "))?;
    window.element("[data-testid=banner-problem]").await?;
    window.shows("auht").await?;
    window.shows("settings.toml:6:1").await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    desktop.sandbox().settings(&settings)?;
    item.menu_when(|menu| menu.find("All well, 1 application").is_some()).await?;
    window.end().await
}
