//! What a group gets: digests after a pause, an outage or an absence; messages dressed as the robot wants them.

use std::fmt::Write as _;

use dinghy_demo::{App, Robot, RobotFault};
use dinghy_engine::Command;
use dinghy_model::{AppId, Gist, GroupState, Message, Payload, Problem};
use dinghy_store::{RobotState, Store};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::house::{Dinghy, House, PATIENCE, RULES, argocd, dingtalk, health, put, text, texts, told};

const HOUR: i64 = 3_600_000;

/// The group's rules with a block of Dinghy's own in place of the body.
fn own_block(block: &str) -> String {
    let start = RULES.find("  template.degraded: |").expect("a template");
    let end = RULES.find("  template.deployed: |").expect("the next");
    format!("{}  template.degraded: |\n    dingtalk:\n{block}{}", &RULES[..start], &RULES[end..])
}

fn json_of(received: &dinghy_demo::Received) -> Value {
    received.json.clone().expect("JSON")
}

/// How the store calls a robot: never by its token.
fn key(url: &str) -> String {
    let token = url.rsplit('=').next().unwrap_or_default();
    Sha256::digest(token.as_bytes())[..8].iter().fold(String::new(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}

/// A message about an application, seen and happened so long ago.
fn message(app: &str, seen_ago: i64, happened_ago: i64) -> Message {
    let now = dinghy_api::now_ms();
    Message {
        app: Some(AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: app.to_owned() }),
        trigger: "on-degraded".to_owned(),
        service: "ops".to_owned(),
        recipient: String::new(),
        uuid: format!("uuid-{app}"),
        payload: Payload::Robot {
            body: format!(r#"{{"msgtype":"text","text":{{"content":"{app} broke"}}}}"#),
        },
        created_ms: now - seen_ago,
        gist: Some(Gist {
            line: format!("{app} broke"),
            failing: app.ends_with('x'),
            at_ms: now - happened_ago,
        }),
    }
}

fn state_of(dinghy: &Dinghy) -> GroupState {
    let status = dinghy.api.status_changes();
    let status = status.borrow();
    status.groups[0].state.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_robots_pause_comes_one_digest_failures_first() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["web", "api", "job"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    house.rules(&RULES.replace("== 'Degraded'", "!= 'Healthy'"));
    let url = house.secrets["ops-url"].clone();
    let robot = url.rsplit('=').next().expect("a token").to_owned();
    dingtalk.fault_next(&robot, 1, RobotFault::Errcode(410_100, "发送速度太快而限流".to_owned()));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "job", "Progressing");
    dinghy.wait("the pause", |dinghy| matches!(state_of(dinghy), GroupState::Throttled { .. })).await;
    for (name, state) in [("web", "Degraded"), ("api", "Progressing"), ("web", "Healthy"), ("web", "Missing")]
    {
        health(&argocd, name, state);
    }
    dinghy.until("all to wait", |status| status.waiting == 4).await;
    assert_eq!(dingtalk.messages("ops").len(), 1, "asked once");

    // Ten minutes later.
    let store = dinghy.engine.store();
    let state = store.robot_state(&key(&url)).expect("a state");
    assert!(state.paused_until_ms.is_some_and(|until| until > dinghy_api::now_ms() + 500_000), "{state:?}");
    let over = RobotState { paused_until_ms: Some(dinghy_api::now_ms() - 1), ..state };
    store.set_robot_state(&key(&url), &over).expect("written");
    dinghy.api.queue_retry(None).await.expect("retried");
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    dinghy.until("an empty queue", |status| status.waiting + status.refused == 0).await;
    assert_eq!((shown.len(), told(&shown[0])), (1, 4), "one message tells of all four");
    let text = json_of(&shown[0])["markdown"]["text"].as_str().expect("a text").to_owned();
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    assert!(text.contains("×2 **web**") && text.contains("Missing") && !text.contains("Degraded"), "{text}");
    assert!(place("✖") < place("•") && place("**web**") < place("**api**"), "{text}");
    // From now on as ever.
    health(&argocd, "api", "Healthy");
    health(&argocd, "api", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], "api is Degraded");
    assert_eq!(store.robot_state(&key(&url)).expect("a state").paused_until_ms, None);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_come_as_a_digest_with_their_own_time() {
    let cases = [
        // Could not be sent for two hours: even one is a digest.
        (vec![message("web", 2 * HOUR, 2 * HOUR)], vec![1]),
        // Found out after an absence: few come one by one with their time, many as one.
        (vec![message("a", 0, 2 * HOUR), message("b", 0, 2 * HOUR)], vec![1, 1]),
        ((0..5).map(|n| message(&format!("app-{n}"), 0, 2 * HOUR)).collect(), vec![5]),
        // Neither.
        ((0..5).map(|n| message(&format!("app-{n}"), 0, 0)).collect(), vec![1; 5]),
    ];
    for (messages, expected) in cases {
        let dingtalk = dingtalk();
        let mut house = House::new();
        house.secret("ops-url", &dingtalk.add_robot(Robot::new("ops")));
        house.rules(RULES);
        let store = Store::open(&house.dirs.database()).expect("a database");
        for message in &messages {
            store.enqueue(message, &[]).expect("queued");
        }
        drop(store);
        let dinghy = house.start();
        let shown = dingtalk.shown("ops", expected.len(), PATIENCE).await;
        dinghy.until("an empty queue", |status| status.loaded && status.waiting == 0).await;
        assert_eq!(shown.iter().map(told).collect::<Vec<_>>(), expected);
        let is_late = messages[0].gist.as_ref().is_some_and(|gist| gist.at_ms < dinghy_api::now_ms() - HOUR);
        let all: String = dingtalk.messages("ops").iter().map(|one| json_of(one).to_string()).collect();
        let at = jiff::Timestamp::from_millisecond(messages[0].gist.as_ref().expect("a gist").at_ms)
            .expect("a time");
        let clock = at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string();
        assert_eq!(all.contains(&clock), is_late, "{clock} in {all}");
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dinghy_builds_gets_a_keyword_and_what_a_template_wrote_is_left_alone() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::new();
    house.server("prod", &argocd, "");
    house.secret(
        "ops-url",
        &dingtalk.add_robot(Robot { keywords: vec!["发布".to_owned()], ..Robot::new("ops") }),
    );
    let with_keyword = |rules: &str| {
        rules.replace(
            "url: $ops-url",
            "url: $ops-url\n    dingtalk: {keywords: [发布], mention: {admin: '13800000000'}}",
        )
    };
    let block = "      title: '{{.app.metadata.name}}'\n      text: \"{{.app.status.health.status}} [open](https://h/{{.app.metadata.name}})\"\n      mention: [admin]\n";
    house.rules(&with_keyword(&own_block(block)));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    let message = json_of(&shown[0]);
    assert_eq!(
        message["markdown"]["text"],
        "Degraded [open](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fh%2Fweb&pc_slide=false)\n\n@13800000000\n\n发布"
    );
    assert_eq!(message["at"]["atMobiles"][0], "13800000000");

    house.rules(&with_keyword(RULES));
    dinghy
        .wait("the rules", |dinghy| dinghy.engine.in_force().catalog.templates().contains_key("degraded"))
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    let all = dingtalk.messages("ops");
    assert_eq!(text(&all[1]), "web is Degraded", "as the template wrote it");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_and_unsuitable_messages_get_through_smaller() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["web", "api", "job"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let block = "      title: '{{.app.metadata.name}} broke'\n      text: \"{{range until 900}}- 第 {{.}} 行出错了\\n{{end}}\"\n";
    house.rules(&own_block(block));
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    assert!((19_000..=19_600).contains(&shown[0].body.len()), "{}", shown[0].body.len());
    assert!(json_of(&shown[0])["markdown"]["text"].as_str().expect("a text").contains("… 另有 "));
    dingtalk.fault_next(&robot, 1, RobotFault::Errcode(460_101, "message too long".to_owned()));
    health(&argocd, "api", "Degraded");
    let shown = dingtalk.shown("ops", 2, PATIENCE).await;
    assert!(shown[1].body.len() < 9_900, "{}", shown[1].body.len());
    dingtalk.fault_next(&robot, 1, RobotFault::Errcode(430_101, "unsafe link".to_owned()));
    health(&argocd, "job", "Degraded");
    let shown = dingtalk.shown("ops", 3, PATIENCE).await;
    assert_eq!(text(&shown[2]), "job broke");
    assert_eq!(dingtalk.messages("ops").len(), 5, "each is sent again once");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_refuses_is_marked_over_restarts_and_its_queue_is_kept() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    dingtalk.fault(&robot, RobotFault::Errcode(400_102, "机器人已停用".to_owned()));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    dinghy.stop().await;

    dingtalk.clear_fault(&robot);
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    dinghy.wait("the mark", |dinghy| matches!(state_of(dinghy), GroupState::Refusing { .. })).await;
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.until("both kept", |status| status.refused == 1 && status.waiting == 1).await;
    assert_eq!(dingtalk.messages("ops").len(), 1, "not asked before a person says so");
    dinghy.api.queue_retry(None).await.expect("retried");
    assert_eq!(texts(&dingtalk, "ops", 2).await.len(), 2);
    dinghy.until("an empty queue", |status| status.refused + status.waiting == 0).await;
    assert_eq!(state_of(&dinghy), GroupState::Ready);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_refuses_stays_marked_when_files_are_read_again() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    dingtalk.fault(&robot, RobotFault::Errcode(400_102, "机器人已停用".to_owned()));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    let refuses = |dinghy: &Dinghy| matches!(state_of(dinghy), GroupState::Refusing { .. });
    dinghy.wait("the mark", refuses).await;

    // Nothing about the group changes: the settings are saved, the rules, broken ones, everything is asked anew.
    let settings = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    house.settings(&format!("language = \"zh-CN\"\n{settings}"));
    dinghy.wait("the settings", |dinghy| dinghy.api.lang() == dinghy_model::Lang::ZhCn).await;
    assert!(refuses(&dinghy));
    house.rules(&format!("{RULES}  template.more: 'message: x'\n"));
    dinghy
        .wait("the rules", |dinghy| dinghy.engine.in_force().catalog.templates().contains_key("more"))
        .await;
    dinghy.api.refresh().await;
    assert!(refuses(&dinghy));
    house.rules("data: [");
    dinghy.until("a problem", |status| !status.problems.is_empty()).await;
    assert!(refuses(&dinghy));
    house.rules(RULES);
    dinghy.until("no problem", |status| status.problems.is_empty()).await;
    assert!(refuses(&dinghy));

    // The group itself changes: nobody knows before the next message.
    house.rules(&RULES.replace("url: $ops-url", "url: $ops-url\n    dingtalk: {keywords: [web]}"));
    dinghy.wait("no mark", |dinghy| state_of(dinghy) == GroupState::Ready).await;
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.wait("the mark", refuses).await;
    // What was refused is sent again and taken.
    dingtalk.clear_fault(&robot);
    dinghy.api.queue_retry(None).await.expect("retried");
    dinghy.until("an empty queue", |status| status.refused + status.waiting == 0).await;
    dinghy.wait("no mark", |dinghy| state_of(dinghy) == GroupState::Ready).await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_that_shows_nothing_keeps_nothing() {
    let mut house = House::new();
    house.secret("ops-url", "unused");
    house.rules("data:\n  service.desktop: '{}'\n");
    let store = Store::open(&house.dirs.database()).expect("a database");
    let payload = Payload::Desktop { title: "t".to_owned(), body: "b".to_owned(), url: String::new() };
    let service = "desktop".to_owned();
    store.enqueue(&Message { service, payload, ..message("web", 0, 0) }, &[]).expect("queued");
    drop(store);
    let dinghy = house.start();
    dinghy.until("an empty queue", |status| status.loaded && status.waiting + status.refused == 0).await;
    let log = dinghy.log();
    let shown = log.iter().any(|line| line.contains("Sent"));
    assert!(shown || log.last().is_some_and(|line| line.contains("Refused")), "{log:#?}");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_begins_to_refuse_is_announced_on_the_desktop() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    house.rules(&RULES.replace("  trigger.on-degraded", "  service.desktop: '{}'\n  trigger.on-degraded"));
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    dingtalk.fault(&robot, RobotFault::Errcode(400_106, "机器人不存在".to_owned()));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    // Whether this machine has a desktop or not, the event log tells that it was tried.
    dinghy
        .wait("the notice", |dinghy| {
            dinghy.log().iter().any(|line| line.trim_start().starts_with("desktop:"))
        })
        .await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_links_of_a_real_application() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    argocd.put(App::new("web").build(dinghy_api::now_ms()));
    let house = House::with(&argocd, &dingtalk);
    let block = "      text: \"{{.app.status.operationState.message}}\"\n      mention: [initiator]\n";
    house.rules(
        &own_block(block)
            .replace("url: $ops-url", "url: $ops-url\n    dingtalk: {mention: {alice: manager1}}"),
    );
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    argocd.edit("argocd", "web", |app| {
        app["status"]["operationState"]["message"] = "failed @all [free](dtmd://x)".into();
        app["status"]["operationState"]["operation"] =
            serde_json::json!({"initiatedBy": {"username": "alice"}});
        app["status"]["health"]["status"] = "Degraded".into();
    });
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    let message = json_of(&shown[0]);
    assert_eq!(message["markdown"]["text"], "failed ＠all \\[free\\](dtmd：//x)\n\n@manager1");
    assert_eq!(message["at"]["atUserIds"][0], "manager1");
    assert_eq!(message["at"]["isAtAll"], false);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_names_the_value() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    house.rules(&RULES.replace("{{.app.metadata.name}} is", "{{.app.status.operationState.message}} is"));
    let dinghy = house.start();
    dinghy.server_is("prod", dinghy_model::ServerState::Live).await;
    argocd.edit("argocd", "web", |app| {
        app["status"]["operationState"]["message"] = "a \"quoted\" word".into();
        app["status"]["health"]["status"] = "Degraded".into();
    });
    let named = "{{.app.status.operationState.message}} breaks it (\"a \\\"quoted\\\" word\"); write {{toJson .app.status.operationState.message}}";
    dinghy.wait("the error", |dinghy| dinghy.log().iter().any(|line| line.contains(named))).await;
    dinghy.engine.send(Command::QueueChanged).await;
    assert!(!matches!(state_of(&dinghy), GroupState::Refusing { problem: Problem::BodyNotJson { .. } }));
    dinghy.stop().await;
}
