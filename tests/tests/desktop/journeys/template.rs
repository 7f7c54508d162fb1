//! A template, from the first word to the group, and what becomes of words that somebody else wrote meanwhile.

use std::fs;

use anyhow::Result;
use dinghy_tests::desktop::{Desktop, Window};

use super::{Group, RULES, TOLD, at_work, tray_says};
use crate::world::{Server, picture, visit};

/// What [`RULES`] says.
const BEFORE: &str = "{{.app.metadata.name}} is {{.app.status.health.status}}";

const TEXT: &str = "template-text";

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_edited_seen_tried_and_sent() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let group = Group::start()?;
    let window = desktop.drive(&at_work(&desktop, &prod, &group, &format!("{RULES}{TOLD}"))?).await?;
    tray_says(&desktop, "All well, 1 application").await?;
    open(&window).await?;
    shown(&window, "web is Healthy").await?;

    window.write(TEXT, "{{.app.metadata.name}} of {{.app.spec.project").await?;
    window.says("[data-testid=template-text-diag]", &["1 error"]).await?;
    window.says("[data-testid=preview]", &["This is the last message without errors."]).await?;
    window
        .write(TEXT, "{{.app.metadata.name}} of {{.app.spec.project}}: {{.app.status.health.status}}")
        .await?;
    shown(&window, "web of default: Healthy").await?;
    window.says("[data-testid=size]", &["/ 20,000 B"]).await?;
    picture(&window, "template-previews").await?;
    window.click("[data-testid=send-test]").await?;
    window.element("[data-testid=test-result][data-ok=true]").await?;
    assert_eq!(group.reads(1).await?, ["web of default: Healthy"]);

    window.click("[data-testid=form-save]").await?;
    window.shows("health saved").await?;
    prod.set_health("web", "Degraded");
    assert_eq!(group.reads(2).await?[1], "web of default: Degraded");
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_takes_the_place_of_what_is_selected() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let group = Group::start()?;
    let rules = format!("{RULES}{TOLD}").replace(BEFORE, "two lines\\n\\nof words");
    let window = desktop.drive(&at_work(&desktop, &prod, &group, &rules)?).await?;
    open(&window).await?;
    shown(&window, "of words").await?;
    window.click("[data-testid=template-text-code]").await?;
    for key in ["ctrl+a", "braceleft", "braceleft", "1"] {
        desktop.press(&[key]).await?;
    }
    window.says("[data-testid=template-text-diag]", &["No errors", "Ln 1, Col 4"]).await?;
    shown(&window, "1").await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_changes_on_disk_under_a_form_is_asked_about() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let group = Group::start()?;
    let rules = format!("{RULES}{TOLD}");
    let window = desktop.drive(&at_work(&desktop, &prod, &group, &rules)?).await?;
    tray_says(&desktop, "All well, 1 application").await?;
    open(&window).await?;
    shown(&window, "web is Healthy").await?;

    // What nothing was typed over simply follows.
    desktop.sandbox().rules(&rules.replace(BEFORE, "first of disk"))?;
    shown(&window, "first of disk").await?;

    window.write(TEXT, "first of mine").await?;
    shown(&window, "first of mine").await?;
    desktop.sandbox().rules(&rules.replace(BEFORE, "second of disk"))?;
    asked(&window).await?;
    picture(&window, "changed-on-disk").await?;
    window.click("[data-testid=conflict-theirs]").await?;
    shown(&window, "second of disk").await?;

    window.write(TEXT, "second of mine").await?;
    shown(&window, "second of mine").await?;
    desktop.sandbox().rules(&rules.replace(BEFORE, "third of disk"))?;
    asked(&window).await?;
    shown(&window, "second of mine").await?;
    window.click("[data-testid=conflict-mine]").await?;
    window.click("[data-testid=form-save]").await?;
    window.shows("health saved").await?;
    let saved = fs::read_to_string(desktop.sandbox().config().join("notifications.yaml"))?;
    assert!(saved.contains("second of mine") && !saved.contains("of disk"), "{saved}");
    prod.set_health("web", "Degraded");
    assert_eq!(group.reads(1).await?, ["second of mine"]);
    window.end().await
}

async fn open(window: &Window) -> Result<()> {
    visit(window, "templates").await?;
    window.click("[data-testid=rule-row][data-name=health] a").await
}

/// On a phone and on a PC.
async fn shown(window: &Window, words: &str) -> Result<()> {
    for device in ["phone", "pc"] {
        window.says(&format!("[data-testid=device-{device}] [data-testid=bubble]"), &[words]).await?;
    }
    Ok(())
}

async fn asked(window: &Window) -> Result<()> {
    let words = ["This rule was changed on disk meanwhile.", "What you typed is still here."];
    window.says("[data-testid=conflict]", &words).await
}
