//! What is wrong outside of Dinghy: each ends in a sentence that says what and what to do, in both languages, and the rest
//! goes on.

use std::fs;

use anyhow::{Context, Result};
use dinghy_demo::{ArgoCdOptions, DingTalk, DingTalkOptions, Robot, Tls};
use dinghy_tests::desktop::{Desktop, Launch, SmallDisk, Window, as_root};
use dinghy_tests::{PATIENCE, ctl_binary, eventually, secret};
use serde_json::Value;

use crate::world::{Server, following, options, picture, visit};

/// One group that hears of what degrades.
const RULES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.ops: |
    url: $ops-url
    headers: [{name: Content-Type, value: application/json}]
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    webhook:
      ops:
        method: POST
        body: |
          {"msgtype": "text", "text": {"content": "{{.app.metadata.name}} is {{.app.status.health.status}}"}}
  subscriptions: |
    - recipients: [ops]
      triggers: [on-degraded]
"#;

/// Settings for [`RULES`].
const OPS: &str = "\"ops-url\" = { env = \"OPS_URL\" }\n";

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_not_in_order() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let with = |name, tls| Server::with(name, &[], ArgoCdOptions { tls, ..options(name) });
    let (own, old, other) =
        (with("own", Tls::SelfSigned)?, with("old", Tls::Expired)?, with("other", Tls::WrongName)?);
    let launch = following(&desktop, &[&prod, &own, &old, &other], "")?;
    // The CA of the last two is known, so that only the date and the name are wrong.
    let mut settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    for server in [&old, &other] {
        let ca = desktop.sandbox().path().join(format!("{}.pem", server.name));
        fs::write(&ca, server.argocd.ca_pem().context("no CA")?)?;
        let url = format!("url = \"{}\"\n", server.argocd.url());
        settings = settings.replace(&url, &format!("{url}ca_file = \"{}\"\n", ca.display()));
    }
    desktop.sandbox().settings(&settings)?;
    let window = desktop.drive(&launch).await?;
    let item = desktop.tray_item().await?;
    visit(&window, "servers").await?;
    for (server, state, what, todo) in [
        (
            "own",
            "Certificate not trusted",
            "is signed by nobody this computer trusts.",
            "Compare its fingerprint and trust it, or name its CA file in the server's settings.",
        ),
        ("old", "Certificate expired", "is out of date.", "Have it renewed on the server."),
        (
            "other",
            "Certificate for another name",
            "but for argocd.example.com.",
            "Use a name that the certificate has, compare its fingerprint and trust it, or have it renewed with this name.",
        ),
    ] {
        row_says(&window, server, &[state, what, todo]).await?;
        item.menu_when(|menu| menu.find(&format!("! {server} · {state}")).is_some()).await?;
    }
    picture(&window, "certificates").await?;

    // The file's language is live, in tray and window.
    desktop.sandbox().settings(&settings.replace("language = \"en\"", "language = \"zh-CN\""))?;
    for (server, state, what, todo) in [
        (
            "own",
            "证书未受信任",
            "的证书未受信任：签发者未知或为自签名。",
            "核对指纹后信任它，或在服务器设置中指定 CA 文件。",
        ),
        ("old", "证书已过期", "的证书已过期。", "请在服务器上更新证书。"),
        (
            "other",
            "证书与主机名不符",
            "，而是属于 argocd.example.com。",
            "改用证书上的主机名，或核对指纹后信任它，或重新签发证书。",
        ),
    ] {
        row_says(&window, server, &[state, what, todo]).await?;
        item.menu_when(|menu| menu.find(&format!("! {server} · {state}")).is_some()).await?;
    }
    // The one that is in order is followed all the while.
    prod.set_health("web", "Degraded");
    item.menu_when(|menu| menu.find("♡ web · 降级").is_some()).await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_compared_and_trusted() -> Result<()> {
    let desktop = Desktop::start().await?;
    let own = Server::with("own", &["web"], ArgoCdOptions { tls: Tls::SelfSigned, ..options("own") })?;
    let window = desktop.drive(&following(&desktop, &[&own], "")?).await?;
    visit(&window, "servers").await?;
    let row = "[data-testid=server-row][data-server=own]";
    window.click(&format!("{row} [data-testid=certificate-look]")).await?;
    let dialog = "[data-testid=dialog]";
    window
        .says(
            dialog,
            &[
                "Trust this certificate?",
                "It is signed by itself, so nobody vouches for it.",
                "O=Argo CD",
                "localhost, 127.0.0.1",
                "Jan 1, 2020 to Jan 1, 2100",
            ],
        )
        .await?;
    let fingerprint = own.argocd.fingerprint().context("no certificate")?;
    let shown: String = window.text_of(&format!("{dialog} [data-testid=fingerprint]")).await?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_hexdigit).collect::<String>();
    assert_eq!(digits(&shown), digits(&fingerprint));
    window.paste("[data-testid=compare]", &fingerprint).await?;
    window.element("[data-testid=compared][data-same=true]").await?;
    picture(&window, "trust-certificate").await?;
    window.click("[data-testid=dialog-confirm]").await?;
    window.element(&format!("{row}[data-state=live]")).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row][data-app='own/argocd/web']").await?;
    let settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    assert!(settings.contains(&format!("certificate_sha256 = \"{fingerprint}\"")), "{settings}");
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_of_one_name() -> Result<()> {
    let desktop = Desktop::start().await?;
    let (first, second) = (Server::start("prod", &["web"])?, Server::start("prod", &["shop"])?);
    let launch = following(&desktop, &[&first], "")?;
    let url = second.argocd.url();
    let again = format!("\n[[servers]]\nname = \"prod\"\nurl = \"{url}\"\nauth = \"token\"\n\n[secrets]");
    let settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    let settings = settings.replace("\n[secrets]", &again);
    desktop.sandbox().settings(&settings)?;
    let window = desktop.drive(&launch).await?;
    let item = desktop.tray_item().await?;
    item.menu_when(|menu| menu.find("prod · Live").is_some()).await?;
    banner_says(
        &window,
        &[
            "settings.toml:9:8",
            "a server named “prod” already stands in line 3; give this one another name",
            "Mend the file; the last good state stays in force.",
        ],
    )
    .await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row][data-app='prod/argocd/web']").await?;
    assert!(!window.text().await?.contains("shop"), "the second server is not followed");

    desktop.sandbox().settings(&settings.replace("language = \"en\"", "language = \"zh-CN\""))?;
    banner_says(
        &window,
        &["第 3 行已有名为“prod”的服务器，请换一个名称", "请修改文件；此前的有效配置继续生效。"],
    )
    .await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typo_in_the_rules_while_the_last_good_ones_go_on() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    desktop.sandbox().rules(RULES)?;
    let url = dingtalk.add_robot(Robot { token: secret("ops"), ..Robot::new("ops") });
    let window = desktop.drive(&following(&desktop, &[&prod], OPS)?.env("OPS_URL", url)).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row]").await?;
    desktop.sandbox().rules(&RULES.replace("app.status.health", "app.status.helth("))?;
    banner_says(&window, &["notifications.yaml:10:", "Mend the file; the last good state stays in force."])
        .await?;
    let settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    desktop.sandbox().settings(&settings.replace("language = \"en\"", "language = \"zh-CN\""))?;
    banner_says(&window, &["notifications.yaml:10:", "请修改文件；此前的有效配置继续生效。"]).await?;

    prod.set_health("web", "Degraded");
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    let message = shown.first().and_then(|received| received.json.clone()).context("no message")?;
    assert_eq!(message["text"]["content"], "web is Degraded");
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_without_its_token() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    desktop.sandbox().rules(RULES)?;
    // As someone copies it who stops at the question mark.
    let short = "https://oapi.dingtalk.com/robot/send";
    let window = desktop.drive(&following(&desktop, &[&prod], OPS)?.env("OPS_URL", short)).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row]").await?;
    visit(&window, "groups").await?;
    // In the file: nothing can be sent, and the group says so.
    prod.set_health("web", "Degraded");
    let row = "[data-testid=group-row][data-group=ops][data-state=refusing]";
    window.says(row, &["The webhook of ops has no access_token."]).await?;
    // In the form, while it is typed; with the language of the page.
    window.click("[data-testid=group-add]").await?;
    window.paste("[data-testid=group-webhook]", short).await?;
    let reading = "[data-testid=webhook-reading][data-ok=false]";
    window
        .says(reading, &["The webhook has no access_token.", "Copy it again from the group's robot"])
        .await?;
    window.paste("[data-testid=group-webhook]", "oapi.dingtalk.com").await?;
    window.says(reading, &["This is no address that can be used", "Copy it again, from https://"]).await?;
    picture(&window, "webhook-without-token").await?;

    let settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    desktop.sandbox().settings(&settings.replace("language = \"en\"", "language = \"zh-CN\""))?;
    // Files that are read again may have mended it; the next message shows that they have not.
    window.shows("添加群").await?;
    prod.set_health("web", "Progressing");
    prod.set_health("web", "Degraded");
    window.says(row, &["ops 的 Webhook 中没有 access_token。"]).await?;
    window.paste("[data-testid=group-webhook]", short).await?;
    window.says(reading, &["Webhook 中没有 access_token。", "请从群机器人处重新复制完整的地址"]).await?;
    window.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_a_newer_version() -> Result<()> {
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web"])?;
    let launch = following(&desktop, &[&prod], "")?;
    newer_database(&desktop)?;
    let what = "The database was written by a newer Dinghy (format 999, this one knows ";
    let todo = "Install the newer version, or use another data folder.";
    does_not_start(&desktop, launch.clone(), "Dinghy cannot start", [what, todo]).await?;
    does_not_start(
        &desktop,
        launch.env("LC_ALL", "zh_CN.UTF-8"),
        "Dinghy 无法启动",
        ["数据库由更新版本的 Dinghy 写入（格式 999，当前支持到 ", "请安装更新的版本，或使用其他数据目录。"],
    )
    .await
}

/// A database as `dinghyctl` makes it, with the version of another year.
fn newer_database(desktop: &Desktop) -> Result<()> {
    let sandbox = desktop.sandbox();
    let mut ctl = desktop.command(ctl_binary()?);
    ctl.arg("--config-dir").arg(sandbox.config()).arg("--data-dir").arg(sandbox.data());
    let output = ctl.args(["run", "--once"]).output()?;
    let path = sandbox.data().join("dinghy.db");
    let mut database =
        fs::read(&path).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    // `PRAGMA user_version` stands there (https://www.sqlite.org/fileformat.html, 1.3).
    database[60..64].copy_from_slice(&999_u32.to_be_bytes());
    Ok(fs::write(path, database)?)
}

/// It ends with the sentence in the terminal, and on the desktop for whoever started it from a menu.
async fn does_not_start(desktop: &Desktop, launch: Launch, title: &str, words: [&str; 2]) -> Result<()> {
    let mut app = desktop.launch(&launch)?;
    assert_eq!(app.ended().await?.code(), Some(1));
    let log = app.log()?;
    let shown = desktop.notification(|notification| notification.summary == title).await?;
    for words in words {
        assert!(log.contains(words), "{log}");
        assert!(shown.body.contains(words), "{shown:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk() -> Result<()> {
    if !as_root("bad_input::a_full_disk")? {
        return Ok(());
    }
    let desktop = Desktop::start().await?;
    let prod = Server::start("prod", &["web", "gateway"])?;
    let dingtalk = DingTalk::start(DingTalkOptions::default())?;
    desktop.sandbox().rules(RULES)?;
    let url = dingtalk.add_robot(Robot { token: secret("ops"), ..Robot::new("ops") });
    let launch = following(&desktop, &[&prod], OPS)?.env("OPS_URL", url);
    let disk = SmallDisk::mount(&desktop.sandbox().data())?;
    let window = desktop.drive(&launch).await?;
    visit(&window, "apps").await?;
    window.element("[data-testid=app-row][data-app='prod/argocd/web']").await?;
    disk.fill()?;
    // More than what fits into pages that are there already.
    // Nobody is told of these: a robot takes only so many messages a minute.
    for _ in 0..20 {
        for health in ["Suspended", "Progressing"] {
            prod.set_health("gateway", health);
        }
    }
    banner_says(
        &window,
        &[
            "The disk is full:",
            "cannot be written.",
            "Make room. Dinghy goes on by itself; nothing that happens meanwhile is lost while it runs.",
        ],
    )
    .await?;
    picture(&window, "full-disk").await?;
    let settings = fs::read_to_string(desktop.sandbox().config().join("settings.toml"))?;
    desktop.sandbox().settings(&settings.replace("language = \"en\"", "language = \"zh-CN\""))?;
    banner_says(
        &window,
        &["磁盘已满：无法写入", "请清理空间。Dinghy 会自动继续；运行期间发生的事件不会丢失。"],
    )
    .await?;
    // What is shown goes on.
    prod.set_health("web", "Degraded");
    desktop.tray_item().await?.menu_when(|menu| menu.find("♡ web · 降级").is_some()).await?;

    disk.empty()?;
    eventually("the message about web", async || {
        let is_it = |text: &Value| text["text"]["content"] == "web is Degraded";
        Ok(dingtalk
            .messages("ops")
            .iter()
            .filter_map(|message| message.json.as_ref())
            .any(is_it)
            .then_some(()))
    })
    .await?;
    window.shows_no_more("磁盘已满").await?;
    window.end().await
}

async fn row_says(window: &Window, server: &str, words: &[&str]) -> Result<()> {
    window.says(&format!("[data-testid=server-row][data-server='{server}']"), words).await
}

async fn banner_says(window: &Window, words: &[&str]) -> Result<()> {
    window.says("[data-testid=banner-problem]", words).await
}
