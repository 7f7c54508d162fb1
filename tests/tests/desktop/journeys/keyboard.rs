//! A rule without a mouse.

use std::fs;

use anyhow::Result;
use dinghy_tests::desktop::{Desktop, Window};

use super::{Group, RULES, at_work, tray_says};
use crate::keys::{CONTROL_K, ENTER, SPACE, press, tab_to};
use crate::world::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_written_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let group = Group::start()?;
    let window = desktop.drive(&at_work(&desktop, &prod, &group, RULES)?).await?;
    tray_says(&desktop, "All well, 1 application").await?;
    window.element("[data-testid=overview] [data-testid=tally]").await?;

    from_palette(&window, "New rule").await?;
    window.element("[data-testid=when-0-code].on").await?;
    tab_to(&window, "trigger-name").await?;
    press(&window, "on-broken").await?;
    // A new trigger is about what degrades; the editor lets go of the focus again.
    tab_to(&window, "when-0-code").await?;
    tab_to(&window, "send-0-health").await?;
    press(&window, SPACE).await?;
    tab_to(&window, "send-to-ops").await?;
    press(&window, SPACE).await?;
    tab_to(&window, "form-save").await?;
    press(&window, ENTER).await?;
    window.shows("on-broken is in force: ops is told").await?;

    let saved = fs::read_to_string(desktop.sandbox().config().join("notifications.yaml"))?;
    assert!(saved.contains("trigger.on-broken"), "{saved}");
    prod.set_health("web", "Degraded");
    assert_eq!(group.reads(1).await?, ["web is Degraded"]);
    window.end().await
}

/// Opens the palette and takes the first thing that fits.
async fn from_palette(window: &Window, words: &str) -> Result<()> {
    press(window, CONTROL_K).await?;
    window.element("[data-testid=palette]").await?;
    press(window, words).await?;
    window.says("[data-testid=palette-entry][aria-selected=true]", &[words]).await?;
    press(window, ENTER).await
}
