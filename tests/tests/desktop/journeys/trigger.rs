//! A trigger, from a typo to a message in the group.

use std::fs;

use anyhow::{Context, Result, anyhow};
use dinghy_tests::PATIENCE;
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
    tray_says(&desktop, "♥̸ shop · Degraded").await?;
    prod.set_health("shop", "Healthy");
    tray_says(&desktop, "All well, 3 applications").await?;
    prod.set_health("api", "Degraded");
    tray_says(&desktop, "♥̸ api · Degraded").await?;

    visit(&window, "triggers").await?;
    window.click("[data-testid=rule-new]").await?;
    window.fill("[data-testid=trigger-name]", "on-broken").await?;
    window.says("[data-testid=no-template-0]", &["Nothing is sent until a template is chosen."]).await?;
    window.click("[data-testid=send-0-health]").await?;
    window.click("[data-testid=send-to-ops]").await?;

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

    // Saved once, it is in force with all that it takes.
    window.click("[data-testid=form-save]").await?;
    window.shows("on-broken is in force: ops is told").await?;
    window.element("[data-testid=rule-row][data-name=on-broken] a:focus").await?;
    prod.set_health("web", "Degraded");
    assert_eq!(group.reads(1).await?, ["web is Degraded"]);

    // And taken back once it is gone with all that.
    window.click("[data-testid=rules-undo]").await?;
    window.gone("[data-testid=rule-row]").await?;
    assert_eq!(fs::read_to_string(&file)?, RULES);
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_with_words_of_its_own_is_written_in_one_place() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["api", "web"])?;
    let group = Group::start()?;
    let window = desktop.drive(&at_work(&desktop, &prod, &group, RULES)?).await?;
    tray_says(&desktop, "All well, 2 applications").await?;
    visit(&window, "triggers").await?;
    window.click("[data-testid=rule-new]").await?;
    window.fill("[data-testid=trigger-name]", "on-broken").await?;

    // The template's form lies in front; the way back leads to what was typed, with nothing picked.
    window.click("[data-testid=new-template-0]").await?;
    window.says("[data-testid=device-pc]", &["broken", "Health: Healthy"]).await?;
    picture(&window, "template-in-front").await?;
    window.click("[data-testid=form-back]").await?;
    window.says("[data-testid=no-template-0]", &["Nothing is sent until a template is chosen."]).await?;
    window.click("[data-testid=new-template-0]").await?;
    window.says("[data-testid=device-pc]", &["broken"]).await?;
    window.click("[data-testid=form-save]").await?;
    window.element("[data-testid=send-0-app-broken]:checked").await?;

    // Without a group it stays open and says so.
    window.click("[data-testid=form-save]").await?;
    window.shows("on-broken saved. No group is chosen: nobody would be told.").await?;
    window.says("[data-testid=form-note]", &["No group is chosen: nobody would be told."]).await?;
    window.click("[data-testid=send-to-ops]").await?;
    window.gone("[data-testid=form-note]").await?;
    window.click("[data-testid=form-save]").await?;
    window.shows("on-broken is in force: ops is told").await?;

    prod.set_health("web", "Degraded");
    let [received] =
        group.dingtalk.shown("ops", 1, PATIENCE).await.try_into().map_err(|_| anyhow!("no message"))?;
    let message = received.json.as_ref().context("no JSON")?;
    assert_eq!(message["markdown"]["title"], "broken web");

    // Under another name it is the same rule.
    window.click("[data-testid=rule-row][data-name=on-broken] a").await?;
    window.click("[data-testid=rename]").await?;
    window.fill("[data-testid=rename-to]", "on-degraded").await?;
    window.click("[data-testid=dialog-confirm]").await?;
    window.shows("It is called on-degraded now").await?;
    window.says("[data-testid=told]", &["ops, for any application."]).await?;
    let saved = fs::read_to_string(desktop.sandbox().config().join("notifications.yaml"))?;
    assert!(saved.contains("trigger.on-degraded") && !saved.contains("on-broken"), "{saved}");
    window.end().await
}
