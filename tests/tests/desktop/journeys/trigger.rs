//! A trigger, from a typo to a message in the group.

use std::fs;

use anyhow::Result;
use dinghy_tests::desktop::Desktop;

use super::{Group, RULES, at_work, tray_says};
use crate::world::{Server, picture, visit};

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_is_written_mended_tried_and_sends() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "shop", "web"])?;
    let group = Group::start()?;
    let window = desktop.drive(&at_work(&desktop, &prod, &group, RULES)?).await?;
    tray_says(&desktop, "All well, 3 applications").await?;
    // The past that the trigger will be tried on.
    prod.set_health("shop", "Degraded");
    tray_says(&desktop, "♡ shop · Degraded").await?;
    prod.set_health("shop", "Healthy");
    tray_says(&desktop, "All well, 3 applications").await?;
    prod.set_health("api", "Degraded");
    tray_says(&desktop, "♡ api · Degraded").await?;

    visit(&window, "triggers").await?;
    window.click("[data-testid=rule-new]").await?;
    window.fill("[data-testid=trigger-name]", "on-broken").await?;
    window.click("[data-testid=send-0-health]").await?;

    // The typo is said under the text, and is not saved.
    window.write("when-0", "app.status.health.status = 'Degraded'").await?;
    window.says("[data-testid=when-0-diag]", &["1 error", "1:26"]).await?;
    window.click("[data-testid=form-save]").await?;
    window.says(".form", &["Not saved, there is a mistake:", "Mend it, then save again."]).await?;
    picture(&window, "trigger-typo").await?;
    let file = desktop.sandbox().config().join("notifications.yaml");
    assert_eq!(fs::read_to_string(&file)?, RULES);

    // Mended it shows what it is about, and what it would have sent.
    window.write("when-0", "app.status.health.status == 'Degraded'").await?;
    window.shows_no_more("Not saved").await?;
    window.says("[data-testid=matches]", &["1 of 3", "api"]).await?;
    window.says("[data-testid=values]", &["health.status", "'Degraded'"]).await?;
    window.says("[data-testid=value-0]", &["true"]).await?;
    window.says("[data-testid=past]", &["Last 7 days", "messages would have been sent", "2"]).await?;
    window.click("[data-testid=past] summary").await?;
    window.says("[data-testid=past]", &["shop", "api"]).await?;
    picture(&window, "trigger-mended").await?;
    window.click("[data-testid=form-save]").await?;
    window.shows("on-broken saved").await?;

    // Nobody is told before somebody is subscribed.
    visit(&window, "subscriptions").await?;
    window.click("[data-testid=rule-new]").await?;
    window.click("[data-testid=recipients-ops]").await?;
    window.click("[data-testid=triggers-on-broken]").await?;
    window.says("[data-testid=sentence]", &["ops", "on-broken", "any application"]).await?;
    window.click("[data-testid=form-save]").await?;
    window.shows("Subscription saved").await?;

    prod.set_health("web", "Degraded");
    assert_eq!(group.reads(1).await?, ["web is Degraded"]);
    window.end().await
}
