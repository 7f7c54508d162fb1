//! The window, driven as a person would: from an empty start to a message in the group.

use anyhow::{Context, Result};
use dinghy_demo::{DingTalk, DingTalkOptions, Robot, Tls};
use dinghy_tests::desktop::{Desktop, Window};
use dinghy_tests::{PATIENCE, eventually, secret};
use serde_json::json;

use crate::world::{Server, app, options, picture, visit};

const IMPORTED: &str = include_str!("../../data/configmaps/markdown-zh-cn.yaml");
const ITS_ROBOT: &str = "https://oapi.dingtalk.com/robot/send?access_token=0000000000000000000000000000000000000000000000000000000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_start_to_a_message_in_the_group() -> Result<()> {
    let desktop = Desktop::with().with_keyring().start().await?;
    let prod = Server::start("prod", &["gateway", "web"])?;
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    let window = desktop.drive(&app(&desktop)?).await?;
    window.shows("Three steps to the first message").await?;
    picture(&window, "start").await?;

    add_server(&window, &prod, &dingtalk).await?;
    add_group(&window, &dingtalk).await?;
    import(&window, &dingtalk.add_robot(Robot { token: secret("imported"), ..Robot::new("release") }))
        .await?;

    prod.edit("web", |app| {
        app["status"]["operationState"]["phase"] = json!("Running");
        app["status"]["operationState"]["startedAt"] = json!("2026-11-20T08:00:00Z");
    });
    let shown = dingtalk.shown("release", 1, PATIENCE).await;
    let message = shown.first().and_then(|received| received.json.clone()).context("no message")?;
    assert_eq!(message["msgtype"], "markdown");
    assert_eq!(message["markdown"]["title"], "ArgoCD同步状态");
    assert_eq!(
        message["markdown"]["text"],
        "### ArgoCD同步状态\n> - app名称: web\n> - app同步状态: Running\n> - 时间:2026-11-20T08:00:00Z\n\
         > - URL: [点击跳转ArgoCD](http://argocd.k8s.local/applications/web?operation=true) \n"
    );
    visit(&window, "events").await?;
    let line = window.text_of("[data-testid=event-row][data-app='prod/argocd/web'][data-tone=ok]").await?;
    assert!(line.contains("Sent") && line.contains("on-sync-running") && line.contains("dingtalk"), "{line}");
    picture(&window, "events").await?;
    window.end().await
}

/// Adds the server after the connection test has named what was wrong with each of the other tries.
async fn add_server(window: &Window, prod: &Server, dingtalk: &DingTalk) -> Result<()> {
    window.click_text("Start: Argo CD server").await?;
    window.fill("[data-testid=server-name]", "prod").await?;
    let self_signed =
        Server::with("own", &[], dinghy_demo::ArgoCdOptions { tls: Tls::SelfSigned, ..options("own") })?;
    let (url, right) = (prod.argocd.url(), prod.token.as_str());
    let wrong = secret("wrong");
    let closed = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        format!("http://{}", listener.local_addr()?)
    };
    let tries = [
        ("Reachable", closed, right, "does not accept connections"),
        ("Argo CD", dingtalk.url(), right, "is not an Argo CD"),
        ("Certificate", self_signed.argocd.url(), right, "is signed by nobody this computer trusts"),
        ("Signed in", url.clone(), wrong.as_str(), "The server no longer accepts the token"),
    ];
    for (step, url, token, words) in tries {
        window.fill("[data-testid=server-url]", &url).await?;
        window.fill("[data-testid=server-secret]", token).await?;
        window.click("[data-testid=server-test]").await?;
        window.shows(words).await?;
        let failed = window.text_of("[data-testid=probe-step][data-ok=false]").await?;
        assert!(failed.trim_start().starts_with(step), "{failed}");
        // What one field caused stands at that field.
        let field = match step {
            "Certificate" => "probe",
            "Signed in" => "server-secret",
            _ => "server-url",
        };
        let place = match field {
            "probe" => "[data-testid=probe] [data-testid=problem]".to_owned(),
            field => format!(".field:has([data-testid={field}]) .wrong"),
        };
        let said = window.text_of(&place).await?;
        assert!(said.contains(words), "{said}");
    }
    picture(window, "connection-test").await?;
    window.fill("[data-testid=server-url]", &url).await?;
    window.fill("[data-testid=server-secret]", right).await?;
    window.click("[data-testid=server-test]").await?;
    window.shows("The connection works").await?;
    window.click("[data-testid=server-save]").await?;
    window.shows("prod added").await?;
    // The first steps go on to the group.
    window.element("[data-testid=first-run][data-step=group]").await?;
    visit(window, "servers").await?;
    window.element("[data-testid=server-row][data-state=live]").await?;
    picture(window, "servers").await?;

    visit(window, "apps").await?;
    for name in ["gateway", "web"] {
        window.element(&format!("[data-testid=app-row][data-app='prod/argocd/{name}']")).await?;
    }
    Ok(())
}

/// Adds a group with a signing secret, after a wrong one.
async fn add_group(window: &Window, dingtalk: &DingTalk) -> Result<()> {
    let sign = format!("SEC{}", secret("sign"));
    let robot = Robot { token: secret("robot"), sign_secret: Some(sign.clone()), ..Robot::new("duty") };
    visit(window, "groups").await?;
    window.click("[data-testid=group-add]").await?;
    window.paste("[data-testid=group-webhook]", &dingtalk.add_robot(robot)).await?;
    window.element("[data-testid=webhook-reading][data-ok=true]").await?;
    window.fill("[data-testid=group-name]", "duty").await?;
    window.fill("[data-testid=group-sign]", &format!("SEC{}", secret("other"))).await?;
    window.click("[data-testid=group-test]").await?;
    let refused = window.text_of("[data-testid=test-result][data-errcode='310000']").await?;
    assert!(refused.contains("The signature does not match"), "{refused}");
    assert!(refused.contains("Copy the signing secret (SEC…) again"), "{refused}");
    picture(window, "group-refused").await?;

    window.fill("[data-testid=group-sign]", &sign).await?;
    window.click("[data-testid=group-test]").await?;
    window.element("[data-testid=test-result][data-ok=true][data-errcode='0']").await?;
    assert_eq!(dingtalk.shown("duty", 1, PATIENCE).await.len(), 1);
    picture(window, "group").await?;
    window.click("[data-testid=group-save]").await?;
    window.shows("duty added").await
}

/// Imports the manifest with another robot.
async fn import(window: &Window, robot: &str) -> Result<()> {
    assert!(IMPORTED.contains(ITS_ROBOT));
    visit(window, "rules").await?;
    window.click("[data-testid=rules-import]").await?;
    window.paste("[data-testid=import-text]", &IMPORTED.replace(ITS_ROBOT, robot)).await?;
    eventually("what the import would change", async || {
        let preview = window.text_of("[data-testid=import-preview]").await?;
        Ok((preview.contains("trigger.on-sync-running") && preview.contains("subscriptions")).then_some(()))
    })
    .await?;
    picture(window, "import").await?;
    window.click("[data-testid=import-do]").await?;
    window.shows("Rules imported").await?;
    window.shows("The file has no problems.").await?;
    window.shows("on-sync-running").await?;
    picture(window, "rules").await
}
