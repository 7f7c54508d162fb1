//! From a change on the stream to the character at the robot, once.

use dinghy_demo::{DingTalk, Robot};
use dinghy_model::ServerState;

use crate::house::{House, RULES, argocd, dingtalk, health, put, texts};

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_the_stream_reaches_the_group_to_the_character_and_once() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let secret = "SEC0123456789abcdef";
    let robot = Robot { sign_secret: Some(secret.to_owned()), ..Robot::new("signed") };
    house.secret("ops-url", &dingtalk.add_robot(robot));
    house.secret("ops-sign", secret);
    let signed = "    dingtalk: {signSecret: $ops-sign}\n  trigger.on-degraded";
    // Odd white space, escapes and non-ASCII: all of it is the user's own.
    let odd = "{ \"msgtype\":\"markdown\",\n  \"markdown\": {\"title\":\"坏了 \\u26a0\",  \"text\" :\"**{{.app.metadata.name}}** 降级\\n> 请处理\"} }";
    let rules = RULES.replace("  trigger.on-degraded", signed).replace(
        "          {\"msgtype\": \"text\", \"text\": {\"content\": \"{{.app.metadata.name}} is {{.app.status.health.status}}\"}}",
        &format!("          {}", odd.replace('\n', "\n          ")),
    );
    house.rules(&rules);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;

    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("signed", 1, crate::house::PATIENCE).await;
    let sent = &shown[0];
    let body = String::from_utf8(sent.body.clone()).expect("UTF-8");
    let uuid = sent.uuid.clone().expect("msgUuid");
    let added = format!("\"msgUuid\":\"{uuid}\"");
    let without = body.replacen(&format!(",{added}"), "", 1).replacen(&format!("{added},"), "", 1);
    assert_eq!(
        without.trim_end(),
        odd.replace("{{.app.metadata.name}}", "web"),
        "only msgUuid was added to {body}"
    );
    assert!(sent.accepted, "the gateway checked signature and time: {:?}", sent.query);

    // Something later happens; the first message has not come again.
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("signed", 2, crate::house::PATIENCE).await;
    assert_eq!(shown.len(), 2);
    assert_eq!(dingtalk.messages("signed").len(), 2, "one request for each message");
    assert_ne!(shown[0].uuid, shown[1].uuid);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_sends_nothing_twice_and_nothing_too_few() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["a", "b", "c"] {
        put(&argocd, name);
    }
    health(&argocd, "c", "Degraded");
    let house = House::with(&argocd, &dingtalk);

    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "a", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["a is Degraded"], "c was so before: the baseline");
    dinghy.stop().await;

    // While it does not run: b changes, a stays as it is.
    health(&argocd, "b", "Degraded");
    let dinghy = house.start();
    assert_eq!(texts(&dingtalk, "ops", 2).await, ["a is Degraded", "b is Degraded"]);
    // Re-armed: false, then true again.
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "c", "Progressing");
    health(&argocd, "c", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 3).await[2], "c is Degraded");
    dinghy.stop().await;
    only_these(&dingtalk, 3);

    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.stop().await;
    only_these(&dingtalk, 3);
}

fn only_these(dingtalk: &DingTalk, count: usize) {
    assert_eq!(dingtalk.messages("ops").len(), count, "{:?}", dingtalk.messages("ops"));
}

#[tokio::test(flavor = "multi_thread")]
async fn first_contact_as_the_settings_say() {
    for (setting, expected) in [("baseline", 0), ("send", 2)] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        put(&argocd, "api");
        for app in ["web", "api"] {
            argocd.edit("argocd", app, |app| app["status"]["sync"]["revision"] = "r1".into());
            health(&argocd, app, "Degraded");
        }
        let mut house = House::with(&argocd, &dingtalk);
        house.add_settings(&format!("[events]\nfirst_contact = \"{setting}\"\n"));
        let dinghy = house.start();
        dinghy.server_is("prod", ServerState::Live).await;
        let mut shown = texts(&dingtalk, "ops", expected).await;
        shown.sort();
        let all = ["api is Degraded", "web is Degraded"];
        assert_eq!(shown, all[..expected], "{setting}");
        let log = dinghy.log();
        let baseline = log.iter().filter(|line| line.contains("already so at first contact")).count();
        assert_eq!(baseline, 2 - expected, "{setting}: {log:#?}");
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn once_per_revision() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let sync = |revision: &str| {
        argocd.edit("argocd", "web", |app| app["status"]["sync"]["revision"] = revision.into());
    };
    sync("r1");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web at r1"]);
    // False and true again at one revision: not again.
    health(&argocd, "web", "Progressing");
    health(&argocd, "web", "Healthy");
    sync("r2");
    assert_eq!(texts(&dingtalk, "ops", 2).await, ["web at r1", "web at r2"]);
    // Back to a revision that was told before.
    sync("r1");
    sync("r3");
    assert_eq!(texts(&dingtalk, "ops", 3).await[2], "web at r3");
    dinghy.stop().await;
}
