//! Whole journeys of a person through the window, from what is looked for to what is found, with everything real but the
//! servers.

mod import;
mod keyboard;
mod outage;
mod template;
mod trigger;
mod why;

use anyhow::{Context, Result, ensure};
use dinghy_demo::{DingTalk, DingTalkOptions, Robot};
use dinghy_tests::desktop::{Desktop, Launch};
use dinghy_tests::{PATIENCE, secret};

use crate::world::{Server, following};

/// A group, `ops`, and a template for it. Nothing is sent yet.
const RULES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.ops: |
    url: $ops-url
    headers: [{name: Content-Type, value: application/json}]
  template.health: |
    dingtalk: {msgtype: text, text: "{{.app.metadata.name}} is {{.app.status.health.status}}"}
"#;

/// A trigger for [`RULES`], and who is told.
const TOLD: &str = "  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [health]
  subscriptions: |
    - recipients: [ops]
      triggers: [on-degraded]
";

/// The group that the rules send to.
struct Group {
    dingtalk: DingTalk,
    webhook: String,
}

impl Group {
    fn start() -> Result<Group> {
        let dingtalk = DingTalk::start(DingTalkOptions::default())?;
        let webhook = dingtalk.add_robot(Robot { token: secret("ops"), ..Robot::new("ops") });
        Ok(Group { dingtalk, webhook })
    }

    /// What its members have read, once there are so many messages.
    async fn reads(&self, count: usize) -> Result<Vec<String>> {
        let shown = self.dingtalk.shown("ops", count, PATIENCE).await;
        let text = |received: &dinghy_demo::Received| {
            Some(received.json.as_ref()?["text"]["content"].as_str()?.to_owned())
        };
        let texts: Option<Vec<String>> = shown.iter().map(text).collect();
        let texts = texts.context("a message without a text")?;
        ensure!(texts.len() == count, "{count} messages were to come, and these did: {texts:?}");
        Ok(texts)
    }
}

/// The application at work: the server is followed, and the rules are in force.
fn at_work(desktop: &Desktop, server: &Server, group: &Group, rules: &str) -> Result<Launch> {
    desktop.sandbox().rules(rules)?;
    let secrets = "\"ops-url\" = { env = \"OPS_URL\" }\n";
    Ok(following(desktop, &[server], secrets)?.env("OPS_URL", &group.webhook))
}

/// Waits until the tray, which is told first, says so.
async fn tray_says(desktop: &Desktop, entry: &str) -> Result<()> {
    desktop.tray_item().await?.menu_when(|menu| menu.find(entry).is_some()).await?;
    Ok(())
}
