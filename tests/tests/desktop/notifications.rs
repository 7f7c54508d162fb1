//! The desktop as a destination of rules.

use anyhow::Result;
use dinghy_tests::desktop::Desktop;
use dinghy_tests::eventually;

use crate::world::{Server, following, visit};

const RULES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.desktop: |
    {}
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    message: "{{.app.metadata.name}} <{{.app.status.health.message}}> & more"
  subscriptions: |
    - recipients: [desktop]
      triggers: [on-degraded]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_shown_and_its_click_opens_the_application() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "web"])?;
    desktop.sandbox().rules(RULES)?;
    let app = desktop.launch(&following(&desktop, &[&prod], "")?.arg("--hidden"))?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("All well, 2 applications").is_some()).await?;

    for name in ["web", "api"] {
        prod.edit(name, |app| {
            app["status"]["health"] = serde_json::json!({"status": "Degraded", "message": "no pods"});
        });
    }
    let shown = desktop.notification(|shown| shown.summary.starts_with("web")).await?;
    assert_eq!(shown.application, "Dinghy");
    assert_eq!(shown.summary, "web: Degraded, Synced");
    // The daemon reads the body as markup.
    assert_eq!(shown.body, "web &lt;no pods&gt; &amp; more");
    desktop.notification(|shown| shown.summary.starts_with("api")).await?;

    desktop.click(&shown, "default").await?;
    let opened = eventually("the browser", async || {
        let opened = desktop.opened_urls()?;
        Ok((!opened.is_empty()).then_some(opened))
    });
    assert_eq!(opened.await?, [prod.page_of("web")]);
    assert_eq!(desktop.notifications()?.len(), 2);
    app.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_that_shows_none_is_said_so_in_the_log_of_events() -> Result<()> {
    let desktop = Desktop::with().without_notifications().start().await?;
    let prod = Server::start("prod", &["web"])?;
    desktop.sandbox().rules(RULES)?;
    let window = desktop.drive(&following(&desktop, &[&prod], "")?).await?;
    window.says("[data-testid=tally][data-name=prod]", &["Live"]).await?;
    prod.set_health("web", "Degraded");
    visit(&window, "events").await?;
    window.shows("The desktop shows no notification").await?;
    window.end().await
}
