//! Manifests as people have them in their clusters, pasted.

use std::path::PathBuf;

use anyhow::{Context, Result};
use dinghy_demo::{DingTalk, DingTalkOptions, Robot};
use dinghy_tests::desktop::{Desktop, Window};
use dinghy_tests::{PATIENCE, secret};
use serde_json::{Value, json};

use super::tray_says;
use crate::world::{Server, following, picture, visit};

const FIRST: &str = include_str!("../../../data/configmaps/markdown-zh-cn.yaml");
const SECOND: &str = include_str!("../../../data/configmaps/markdown-zh-tw-colours.yaml");
const ROBOT: &str = "https://oapi.dingtalk.com/robot/send?access_token=";

#[tokio::test(flavor = "multi_thread")]
async fn manifests_are_pasted_seen_and_work() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let prod = Server::start("prod", &["web"])?;
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    let (old, new) = (secret("old"), secret("new"));
    let robot =
        |token: &str, group: &str| dingtalk.add_robot(Robot { token: token.to_owned(), ..Robot::new(group) });
    let (first, second) =
        (with_robot(FIRST, '0', &robot(&old, "first"))?, with_robot(SECOND, '1', &robot(&new, "second"))?);
    let window = desktop.drive(&following(&desktop, &[&prod], "")?).await?;
    tray_says(&desktop, "All well, 1 application").await?;

    paste(&window, &first).await?;
    let preview = "[data-testid=import-preview]";
    window
        .says(preview, &["template.app-sync-change", "trigger.on-sync-running", "service.webhook.dingtalk"])
        .await?;
    assert!(!window.text_of(preview).await?.contains(&old), "the preview shows the secret");
    window.click("[data-testid=import-do]").await?;
    window.shows("Rules imported").await?;
    operate(&prod, "Running");
    let message = only(&dingtalk, "first").await?;
    assert_eq!(message["title"], "ArgoCD同步状态");

    // The next one replaces some of it, which is asked about.
    paste(&window, &second).await?;
    window.says(preview, &["trigger.on-sync-failed", "template.app-sync-failed"]).await?;
    picture(&window, "import-replaces").await?;
    window.click("[data-testid=import-do]").await?;
    window.says("[data-testid=dialog]", &["template.app-sync-change"]).await?;
    window.click("[data-testid=dialog-confirm]").await?;
    window.gone("[data-testid=import-form]").await?;
    operate(&prod, "Failed");
    let message = only(&dingtalk, "second").await?;
    assert_eq!(message["title"], "ArgoCD應用發布失敗");
    let text = message["text"].as_str().context("no text")?;
    assert!(text.contains("<font color=\"danger\">應用同步狀態</font>: Failed"), "{text}");
    window.end().await?;

    // The webhooks are in the keychain, and in no file.
    let labels = desktop.keyring()?.labels().await?;
    assert!(!labels.is_empty() && labels.iter().all(|label| label.starts_with("Dinghy: ")), "{labels:?}");
    for token in [&old, &new] {
        assert_eq!(desktop.files_with(token)?, Vec::<PathBuf>::new());
    }
    Ok(())
}

/// The manifest with a robot that is here; its own token is one digit again and again.
fn with_robot(manifest: &str, digit: char, robot: &str) -> Result<String> {
    let its_own = format!("{ROBOT}{}", digit.to_string().repeat(64));
    anyhow::ensure!(manifest.contains(&its_own), "the manifest has another robot");
    Ok(manifest.replace(&its_own, robot))
}

async fn paste(window: &Window, manifest: &str) -> Result<()> {
    visit(window, "rules").await?;
    window.click("[data-testid=rules-import]").await?;
    window.paste("[data-testid=import-text]", manifest).await
}

fn operate(server: &Server, phase: &str) {
    server.edit("web", |app| {
        app["status"]["operationState"]["phase"] = json!(phase);
        app["status"]["operationState"]["startedAt"] = json!("2026-11-20T08:00:00Z");
    });
}

/// The one message that the group has.
async fn only(dingtalk: &DingTalk, group: &str) -> Result<Value> {
    let shown = dingtalk.shown(group, 1, PATIENCE).await;
    let message = shown.first().and_then(|received| received.json.clone()).context("no message")?;
    assert_eq!(shown.len(), 1);
    Ok(message["markdown"].clone())
}
