//! Why a message did not come, found from the window alone.

use anyhow::Result;
use dinghy_tests::desktop::{Desktop, Window};
use serde_json::json;

use super::{Group, RULES, TOLD, at_work, tray_says};
use crate::world::{Server, picture, visit};

#[tokio::test(flavor = "multi_thread")]
async fn why_a_message_did_not_come() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "shop", "web"])?;
    for app in ["api", "web"] {
        prod.edit(app, |app| app["metadata"]["labels"]["team"] = json!("payments"));
    }
    let group = Group::start()?;
    let rules = format!("{RULES}{TOLD}      selector: team=payments\n");
    let window = desktop.drive(&at_work(&desktop, &prod, &group, &rules)?).await?;
    tray_says(&desktop, "All well, 3 applications").await?;

    // Somebody mutes web and forgets it.
    visit(&window, "apps").await?;
    window.click(&row("web")).await?;
    window.click("[data-testid=app-details] [data-testid=mute]").await?;
    window.click("[data-testid=mute-forever]").await?;
    window.says("[data-testid=app-muted]", &["nobody is told of it"]).await?;

    for app in ["web", "shop", "api"] {
        prod.set_health(app, "Degraded");
    }
    assert_eq!(group.reads(1).await?, ["api is Degraded"]);

    // From the log: web.
    visit(&window, "events").await?;
    let held = "[data-testid=event-row][data-app='prod/argocd/web'][data-tone=hold]";
    window.says(held, &["Suppressed", "on-degraded", "ops", "you muted the application"]).await?;
    ask_why(&window, held).await?;
    let decided = "[data-testid=event-more] [data-testid=decided]";
    window.says(decided, &["Held back by you", "ops", "you muted the application"]).await?;
    picture(&window, "why-muted").await?;
    window.click(&format!("{held} > button")).await?;

    // From the log: shop, which only changed; no rule said anything of it.
    let changed = "[data-testid=event-row][data-app='prod/argocd/shop']";
    window.says(changed, &["Healthy → Degraded"]).await?;
    ask_why(&window, changed).await?;
    nobody_is_subscribed(&window, "[data-testid=event-more]").await?;
    picture(&window, "why-nobody").await?;

    // From the application.
    visit(&window, "apps").await?;
    window.click(&row("web")).await?;
    let rule = "[data-testid=app-details] [data-testid=app-rule][data-trigger=on-degraded]";
    window.says(rule, &["Held back by you"]).await?;
    window.click(&row("shop")).await?;
    nobody_is_subscribed(&window, "[data-testid=app-details]").await?;
    window.end().await
}

fn row(app: &str) -> String {
    format!("[data-testid=app-row][data-app='prod/argocd/{app}']")
}

/// Opens a line of the log and asks.
async fn ask_why(window: &Window, line: &str) -> Result<()> {
    window.click(&format!("{line} > button")).await?;
    window.click("[data-testid=event-why]").await
}

/// The rule holds; which subscription there is, and why it is about others, stands under it.
async fn nobody_is_subscribed(window: &Window, place: &str) -> Result<()> {
    let rule = format!("{place} [data-testid=app-rule][data-trigger=on-degraded]");
    window.says(&rule, &["Holds, nobody is subscribed"]).await?;
    window.click(&rule).await?;
    window.says(&format!("{place} [data-testid=decided]"), &["Nobody is subscribed"]).await?;
    let subscriptions = format!("{place} [data-testid=why-subscriptions]");
    window.click(&format!("{subscriptions} summary")).await?;
    window.says(&subscriptions, &["0 of 1 count", "team=payments does not match: team=default"]).await
}
