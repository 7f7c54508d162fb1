//! The page Rules and its forms. Nothing is saved.

use anyhow::{Result, ensure};
use dinghy_tests::desktop::Window;

use super::studio::{Camera, discard, go};
use super::trouble;

/// Without the second `=`.
const MISTAKE: &str = "app.status.health.status = 'Degraded'";
const MENDED: &str = "app.status.health.status == 'Degraded' or app.status.sync.status == 'OutOfSync'";

/// `written` is the file as it is on disk.
pub(crate) async fn draw(camera: &Camera, window: &Window, written: &str) -> Result<()> {
    go(window, "rules").await?;
    window.element("[data-testid=rules-problems]").await?;
    camera.page(window, "rules").await?;
    for (section, row) in [("triggers", "rule-row"), ("catalog", "ready-row"), ("export", "export-text")] {
        go(window, &format!("rules/{section}")).await?;
        window.element(&format!("[data-testid={row}]")).await?;
        if section == "catalog" {
            window.click("[data-testid=ready-on-created]").await?;
        }
        camera.page(window, &format!("rules-{section}")).await?;
    }
    trigger(camera, window).await?;
    template(camera, window).await?;
    go(window, "rules/subscriptions/1").await?;
    window.says("[data-testid=matches]", &[trouble::DEGRADED]).await?;
    camera.page(window, "rules-subscription").await?;
    file(camera, window, written).await?;
    import(camera, window).await
}

async fn trigger(camera: &Camera, window: &Window) -> Result<()> {
    go(window, "rules/triggers/on-health-degraded").await?;
    window.write("when-0", MISTAKE).await?;
    window.element("[data-testid=when-0-diag] .bad").await?;
    camera.page(window, "rules-trigger-mistake").await?;
    window.write("when-0", MENDED).await?;
    window.element("[data-testid=value-0]").await?;
    window.element("[data-testid=past][aria-busy=false] .big").await?;
    camera.page(window, "rules-trigger").await?;
    discard(window).await
}

async fn template(camera: &Camera, window: &Window) -> Result<()> {
    go(window, "rules/templates/health-degraded").await?;
    window.element("[data-testid=bubble]").await?;
    camera.page(window, "rules-template").await
}

/// The whole file, with a line of it changed.
async fn file(camera: &Camera, window: &Window, written: &str) -> Result<()> {
    let (before, after) = (
        "[on-sync-failed, on-health-degraded, on-sync-status-unknown]",
        "[on-sync-failed, on-health-degraded]",
    );
    ensure!(written.contains(before), "the rules have another subscription");
    go(window, "rules/file").await?;
    window.write("file-text", &written.replace(before, after)).await?;
    window.element("[data-testid=diff]").await?;
    camera.page(window, "rules-file").await?;
    discard(window).await
}

async fn import(camera: &Camera, window: &Window) -> Result<()> {
    go(window, "rules?import=1").await?;
    window.paste("[data-testid=import-text]", MANIFESTS).await?;
    window.says("[data-testid=import-preview]", &["ops-url"]).await?;
    camera.page(window, "rules-import").await
}

/// As they come out of a cluster.
const MANIFESTS: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.ops: |
    url: $ops-url
  trigger.on-sync-failed: |
    - when: app.status.operationState.phase in ['Error', 'Failed']
      send: [app-sync-failed]
  template.app-sync-failed: |
    message: "{{.app.metadata.name}}: {{.app.status.operationState.message}}"
---
apiVersion: v1
kind: Secret
metadata:
  name: argocd-notifications-secret
stringData:
  ops-url: https://oapi.dingtalk.com/robot/send?access_token=0123456789
"#;
