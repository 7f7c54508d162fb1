//! A token, a password, a webhook and a signing secret go through everything that can go wrong, and are written nowhere.

use std::path::PathBuf;

use anyhow::Result;
use dinghy_demo::{Account, ArgoCdOptions, DingTalk, DingTalkOptions, Fault, Robot, RobotFault};
use dinghy_tests::desktop::{Desktop, Window};
use dinghy_tests::{PATIENCE, eventually, secret};

use crate::world::{ACCOUNT, Server, following, visit};

const RULES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    dingtalk: {msgtype: text, text: "{{.app.metadata.name}} is degraded"}
  subscriptions: |
    - recipients: [duty]
      triggers: [on-degraded]
"#;

/// Test messages that arrive.
const TESTS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_written_anywhere() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let (password, wrong) = (secret("password"), secret("wrong"));
    let prod = Server::start("prod", &["web"])?;
    let options = ArgoCdOptions {
        name: "staging".to_owned(),
        accounts: vec![Account::new(ACCOUNT).password(&password)],
        ..ArgoCdOptions::default()
    };
    let staging = Server::with("staging", &["api"], options)?;
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    let sign = format!("SEC{}", secret("sign"));
    let robot = Robot { token: secret("robot"), sign_secret: Some(sign.clone()), ..Robot::new("duty") };
    let token = robot.token.clone();
    let webhook = dingtalk.add_robot(robot);

    desktop.sandbox().rules(RULES)?;
    let launch = following(&desktop, &[&prod], "")?.env("DINGHY_LOG", "debug");
    let window = desktop.drive(&launch).await?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    sign_in(&window, &staging, &wrong, &password).await?;
    add_group(&window, &dingtalk, &token, &webhook, &sign).await?;

    // A message that is sent at the third attempt.
    dingtalk.fault_next(&token, 2, RobotFault::Status(502));
    prod.set_health("web", "Degraded");
    let shown = dingtalk.shown("duty", TESTS + 1, PATIENCE).await;
    assert_eq!(shown.len(), TESTS + 1);

    // Servers that fail in several ways.
    for fault in [Fault::CutBody, Fault::LoginPage, Fault::Unauthorized, Fault::Refuse] {
        for server in [&prod, &staging] {
            server.argocd.fault(fault.clone());
        }
        item.click("Refresh now").await?;
        item.menu_when(|menu| menu.find("prod · Live").is_none() && menu.find("staging · Live").is_none())
            .await?;
        for server in [&prod, &staging] {
            server.argocd.clear_fault();
        }
        eventually("both servers to be live again", async || {
            item.click("Refresh now").await?;
            let menu = item.menu().await?;
            Ok(menu.find("prod · Live").and(menu.find("staging · Live")).map(drop))
        })
        .await?;
    }
    // A session of its own that is no longer accepted.
    prod.argocd.revoke(&prod.token);
    item.click("Refresh now").await?;
    item.menu_when(|menu| menu.find("prod · Live").is_none()).await?;
    window.end().await?;

    let written = desktop.files_with("staging")?;
    assert!(written.iter().any(|path| path.ends_with("data/dinghy.log")), "nothing was logged: {written:?}");
    assert!(written.iter().any(|path| path.ends_with("config/settings.toml")), "{written:?}");
    for (what, secret) in [
        ("the token", &prod.token),
        ("the password", &password),
        ("the wrong password", &wrong),
        ("the access_token", &token),
        ("the signing secret", &sign),
    ] {
        assert_eq!(desktop.files_with(secret)?, Vec::<PathBuf>::new(), "{what}");
    }
    Ok(())
}

/// Adds a server with a wrong password first.
async fn sign_in(window: &Window, server: &Server, wrong: &str, right: &str) -> Result<()> {
    visit(window, "servers").await?;
    window.click("[data-testid=server-add]").await?;
    window.fill("[data-testid=server-name]", server.name).await?;
    window.fill("[data-testid=server-url]", &server.argocd.url()).await?;
    window.click("[data-testid=server-auth-password]").await?;
    window.fill("[data-testid=server-username]", ACCOUNT).await?;
    for (password, words) in [(wrong, "User name or password is wrong"), (right, "The connection works")] {
        window.fill("[data-testid=server-secret]", password).await?;
        window.click("[data-testid=server-test]").await?;
        window.shows(words).await?;
    }
    window.click("[data-testid=server-save]").await?;
    window.shows("staging added").await
}

/// Adds a group whose test fails in several ways first.
async fn add_group(
    window: &Window,
    dingtalk: &DingTalk,
    token: &str,
    webhook: &str,
    sign: &str,
) -> Result<()> {
    visit(window, "groups").await?;
    window.click("[data-testid=group-add]").await?;
    window.paste("[data-testid=group-webhook]", webhook).await?;
    window.fill("[data-testid=group-name]", "duty").await?;
    window.fill("[data-testid=group-sign]", sign).await?;
    for fault in [RobotFault::Html, RobotFault::Status(500), RobotFault::Reset] {
        dingtalk.fault(token, fault);
        window.click("[data-testid=group-test]").await?;
        window.element("[data-testid=test-result][data-ok=false]").await?;
        dingtalk.clear_fault(token);
        window.click("[data-testid=group-test]").await?;
        window.element("[data-testid=test-result][data-ok=true]").await?;
    }
    dingtalk.set_reachable(false);
    window.click("[data-testid=group-test]").await?;
    window.element("[data-testid=test-result][data-ok=false]").await?;
    dingtalk.set_reachable(true);
    window.click("[data-testid=group-save]").await?;
    window.shows("duty added").await
}
