//! Robots and webhooks as they are: what is tried again, what is refused, and what nobody else notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dinghy_demo::{ArgoCd, DingTalk, Robot, RobotFault};
use dinghy_engine::{Engine, Follow, Options};
use dinghy_model::{GroupState, Lang, Problem, QueueState, Secret, ServerState, Status};
use dinghy_vault::{Keychain, Prompting, Vault};

use crate::house::{Dinghy, House, PATIENCE, RULES, argocd, dingtalk, health, put, text, texts, told};

/// The token in a robot's URL.
fn token(url: &str) -> String {
    url.rsplit('=').next().unwrap_or_default().to_owned()
}

async fn live(house: &House) -> Dinghy {
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy
}

fn degrade(argocd: &ArgoCd) {
    health(argocd, "web", "Progressing");
    health(argocd, "web", "Degraded");
}

fn group_state(dinghy: &Dinghy, name: &str) -> GroupState {
    let status = dinghy.api.status_changes();
    let status = status.borrow();
    status.groups.iter().find(|group| group.name == name).expect("a group").state.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_said_kept_and_sent_once_it_is_mended() {
    // errcode, errmsg, words in both languages, whether the group as a whole refuses.
    let rows = [
        (310_000, "keywords not in content", "none of the robot's keywords", "没有机器人的关键词", false),
        (310_000, "sign not match", "signature does not match", "签名不匹配", true),
        (310_000, "invalid timestamp", "off by more than an hour", "相差超过一小时", true),
        (310_000, "ip 1.2.3.4 not in whitelist", "not on the robot's IP list", "IP 白名单", true),
        (300_001, "token is not exist", "does not know this access_token", "不认识这个 access_token", true),
        (400_102, "机器人已停用", "switched off", "已停用", true),
        (400_106, "机器人不存在", "no longer in the group", "已不在群中", true),
        (400_013, "群已被解散", "was dissolved", "已解散", true),
        (460_101, "message too long", "too long", "长度上限", false),
        (430_101, "unsafe link", "does not allow", "不允许", false),
        (400_105, "unsupported msgtype", "cannot read the message", "", false),
    ];
    for (errcode, errmsg, english, chinese, group_refuses) in rows {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        let house = House::with(&argocd, &dingtalk);
        let robot = token(&house.secrets["ops-url"]);
        dingtalk.fault(&robot, RobotFault::Errcode(errcode, errmsg.to_owned()));
        let dinghy = live(&house).await;
        degrade(&argocd);
        dinghy.until("a refusal", |status| status.refused == 1).await;

        for (lang, words) in [(Lang::En, english), (Lang::ZhCn, chinese)] {
            dinghy.api.set_language(lang).expect("a language");
            let log = dinghy.log();
            let refused = log.last().expect("an event");
            assert!(refused.contains(words) && refused.contains(errmsg), "{errcode} {errmsg}: {log:#?}");
            let row = &dinghy.api.queue().expect("a queue")[0];
            assert_eq!(row.state, QueueState::Refused);
            let problem = row.problem.as_ref().expect("a problem");
            assert!(problem.what.contains(words) && !problem.todo.is_empty(), "{problem:?}");
        }
        let refuses = |status: &Status| matches!(status.groups[0].state, GroupState::Refusing { .. });
        dinghy.until(errmsg, move |status| refuses(status) == group_refuses).await;

        // Mended: nothing by itself, all after a retry, and with the id of the first attempt.
        dingtalk.clear_fault(&robot);
        assert_eq!(dinghy.api.queue_retry(None).await.expect("retried"), 1);
        assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
        let tried = dingtalk.messages("ops");
        assert_eq!(tried.len(), 2, "{errcode}");
        assert!(tried[0].uuid.is_some() && tried[0].uuid == tried[1].uuid);
        dinghy.until("an empty queue", |status| status.refused + status.waiting == 0).await;
        assert_eq!(group_state(&dinghy, "ops"), GroupState::Ready);
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_heal_is_tried_again_with_the_same_id_and_shown_once() {
    let faults = [
        RobotFault::Html,
        RobotFault::Empty,
        RobotFault::Status(500),
        RobotFault::Reset,
        RobotFault::ResetAfterTaking,
        RobotFault::Errcode(-1, "系统繁忙".to_owned()),
        RobotFault::Punished { wait: 1 },
        RobotFault::Errcode(987_654, "something new".to_owned()),
    ];
    let mut running = Vec::new();
    for fault in faults {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        let house = House::with(&argocd, &dingtalk);
        dingtalk.fault_next(&token(&house.secrets["ops-url"]), 1, fault.clone());
        let dinghy = live(&house).await;
        degrade(&argocd);
        running.push((fault, argocd, dingtalk, house, dinghy));
    }
    for (fault, _argocd, dingtalk, _house, dinghy) in running {
        dinghy.wait("a delivery", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;
        let all = dingtalk.messages("ops");
        assert_eq!(all.len(), 2, "{fault:?}");
        assert!(all[0].uuid.is_some() && all[0].uuid == all[1].uuid, "{fault:?}");
        assert_eq!(all.iter().filter(|received| received.shown).count(), 1, "{fault:?}");
        // The status follows the request by a moment.
        dinghy
            .until(&format!("all well after {fault:?}"), |status| status.groups[0].state == GroupState::Ready)
            .await;
        let log = dinghy.log();
        assert!(log.iter().any(|line| line.contains("Waiting, will retry")), "{fault:?}: {log:#?}");
        assert!(log.last().is_some_and(|line| line.contains("attempt 2")), "{fault:?}: {log:#?}");
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_is_tried_again_says_so_until_it_takes_the_message() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let robot = token(&house.secrets["ops-url"]);
    dingtalk.fault(&robot, RobotFault::Status(500));
    let dinghy = live(&house).await;
    degrade(&argocd);
    let retrying = |status: &Status| {
        status.groups.iter().any(|group| {
            group.waiting == 1 && matches!(group.state, GroupState::Retrying { next_ms, .. } if next_ms > 0)
        })
    };
    dinghy.until("the next attempt to be awaited", retrying).await;
    let group = &dinghy.view().groups[0];
    assert_eq!((group.state.as_str(), group.waiting), ("retrying", 1));
    assert!(group.until_ms.is_some() && group.problem.as_ref().is_some_and(|why| why.what.contains("500")));
    let beside = dinghy.api.destinations().await.expect("destinations");
    assert_eq!((beside[0].state, beside[0].waiting), ("retrying", 1));

    dingtalk.clear_fault(&robot);
    dinghy.api.queue_retry(None).await.expect("retried");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy
        .until("all well", |status| status.waiting == 0 && status.groups[0].state == GroupState::Ready)
        .await;
    dinghy.stop().await;
}

/// Rules with a second group `team`, that gets the same.
fn two_groups() -> String {
    let team = "  service.webhook.team: |\n    url: $team-url\n    headers: [{name: Content-Type, value: application/json}]\n  trigger.on-degraded";
    let body = "      ops:\n        method: POST\n        body: |\n          {\"msgtype\": \"text\", \"text\": {\"content\": \"{{.app.metadata.name}} is {{.app.status.health.status}}\"}}\n";
    RULES
        .replace("  trigger.on-degraded", team)
        .replace(body, &format!("{body}{}", body.replace("ops:", "team:")))
        .replace("recipients: [ops]", "recipients: [ops, team]")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_robot_is_left_alone_while_another_goes_on() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    house.secret("team-url", &dingtalk.add_robot(Robot::new("team")));
    house.rules(&two_groups());
    let ops = token(&house.secrets["ops-url"]);
    dingtalk.fault(&ops, RobotFault::Errcode(130_101, "send too fast".to_owned()));
    let dinghy = live(&house).await;
    for _ in 0..3 {
        degrade(&argocd);
    }
    assert_eq!(texts(&dingtalk, "team", 3).await.len(), 3);
    dinghy.until("the throttled one", |status| status.waiting == 3).await;
    assert_eq!(dingtalk.messages("ops").len(), 1, "asked once, then left alone");
    let GroupState::Throttled { until_ms } = group_state(&dinghy, "ops") else { panic!("not throttled") };
    assert!(until_ms - dinghy_api::now_ms() > 500_000, "ten minutes");
    dinghy.stop().await;

    // The pause outlives a restart.
    dingtalk.clear_fault(&ops);
    let dinghy = live(&house).await;
    degrade(&argocd);
    assert_eq!(texts(&dingtalk, "team", 4).await.len(), 4);
    assert_eq!(dingtalk.messages("ops").len(), 1);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eighteen_a_minute_over_restarts() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for number in 0..25 {
        put(&argocd, &format!("app-{number:02}"));
    }
    let house = House::with(&argocd, &dingtalk);
    let dinghy = live(&house).await;
    for number in 0..10 {
        health(&argocd, &format!("app-{number:02}"), "Degraded");
    }
    assert_eq!(texts(&dingtalk, "ops", 10).await.len(), 10);
    dinghy.stop().await;
    let dinghy = live(&house).await;
    // All at once, so that it is known what is merged.
    dinghy.api.pause(dinghy_api::wire::PauseFor::Forever, 0).await;
    for number in 10..25 {
        let state = if number == 24 { "Degraded" } else { "Missing" };
        health(&argocd, &format!("app-{number:02}"), state);
        health(&argocd, &format!("app-{number:02}"), "Degraded");
    }
    dinghy.until("the rest to wait", |status| status.waiting == 15).await;
    dinghy.api.resume().await;
    let shown = dingtalk.shown("ops", 18, PATIENCE).await;
    dinghy.until("an empty queue", |status| status.waiting == 0).await;
    assert_eq!(dingtalk.messages("ops").len(), 18, "DingTalk would take 20");
    let counts: Vec<usize> = shown.iter().map(told).collect();
    assert_eq!(counts, [vec![1; 17], vec![8]].concat(), "the last place is a digest of what is left");
    let digest =
        shown[17].json.as_ref().expect("JSON")["markdown"]["text"].as_str().expect("a text").to_owned();
    for number in 17..25 {
        assert!(digest.contains(&format!("**app-{number}** (prod)")), "{digest}");
    }
    assert_eq!(group_state(&dinghy, "ops"), GroupState::Ready, "that is not the robot's pause");
    let merged = dinghy.log().iter().filter(|line| line.contains("Joined a digest")).count();
    assert_eq!(merged, 8);
    dinghy.stop().await;
}

/// A keychain that is locked until told otherwise.
struct Locked {
    open: Arc<AtomicBool>,
    secrets: std::collections::BTreeMap<String, String>,
    problem: Problem,
}

impl Keychain for Locked {
    fn get(&self, name: &str, _: Prompting) -> Result<Option<Secret>, Problem> {
        // Servers' secrets can be read all the time: this is about groups.
        if self.open.load(Ordering::Relaxed) || name.starts_with("server.") {
            return Ok(self.secrets.get(name).map(|secret| Secret::new(secret.as_str())));
        }
        Err(self.problem.clone())
    }

    fn set(&self, _: &str, _: &Secret) -> Result<(), Problem> {
        Err(self.problem.clone())
    }

    fn delete(&self, _: &str) -> Result<(), Problem> {
        Err(self.problem.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_cannot_be_read_keeps_the_message_until_it_can() {
    for problem in [
        Problem::KeychainLocked,
        Problem::KeychainDismissed,
        Problem::NoKeychain { detail: "no D-Bus".to_owned() },
    ] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        let house = House::with(&argocd, &dingtalk);
        let open = Arc::new(AtomicBool::new(false));
        let keychain =
            Locked { open: open.clone(), secrets: house.secrets.clone(), problem: problem.clone() };
        let vault = Arc::new(Vault::new(Box::new(keychain), Default::default()));
        let dinghy = house.start_over(vault).expect("a start");
        dinghy.server_is("prod", ServerState::Live).await;
        degrade(&argocd);
        let words = dinghy_api::words::sentence(&problem, Lang::En);
        dinghy.wait("the failure", |dinghy| dinghy.log().iter().any(|line| line.contains(&words.what))).await;
        dinghy.until("the message to wait", |status| status.waiting == 1 && status.refused == 0).await;
        open.store(true, Ordering::Relaxed);
        dinghy.api.refresh().await;
        dinghy.api.queue_retry(None).await.expect("retried");
        assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
        dinghy.wait("what the URL is", |dinghy| !dinghy.view().groups[0].host.is_empty()).await;
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn destinations_that_cannot_be_used_say_so() {
    // The service's lines, the code, and what makes it good.
    let rows = [
        ("url: $nothing", "secret_missing"),
        ("url: http://oapi.dingtalk.com/robot/send?access_token=x", "plain_http"),
        ("url: https://oapi.dingtalk.com/robot/send", "no_access_token"),
    ];
    for (lines, expected) in rows {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        let house = House::with(&argocd, &dingtalk);
        house.rules(&RULES.replace("url: $ops-url", lines));
        let dinghy = live(&house).await;
        degrade(&argocd);
        degrade(&argocd);
        let refuses = |status: &Status| matches!(status.groups[0].state, GroupState::Refusing { .. });
        let kept = move |status: &Status| status.refused == 1 && status.waiting == 1 && refuses(status);
        let status = dinghy.until("a refusal", kept).await;
        let GroupState::Refusing { problem } = &status.groups[0].state else { panic!("{:?}", status.groups) };
        assert_eq!(dinghy_api::words::code(problem), expected);
        // The rules are mended: what waited goes at once, what was refused when it is asked for.
        house.rules(RULES);
        assert_eq!(texts(&dingtalk, "ops", 1).await.len(), 1, "{expected}");
        dinghy.api.queue_retry(None).await.expect("retried");
        assert_eq!(texts(&dingtalk, "ops", 2).await.len(), 2, "{expected}");
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_service_is_gone_waits_for_a_person() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let robot = token(&house.secrets["ops-url"]);
    dingtalk.fault_next(&robot, 1, RobotFault::Status(500));
    let dinghy = live(&house).await;
    degrade(&argocd);
    dinghy.until("the message to wait", |status| status.waiting == 1).await;
    dinghy.wait("an attempt", |_| dingtalk.messages("ops").len() == 1).await;
    house.rules("data: {}\n");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    assert_eq!(
        dinghy.api.queue().expect("a queue")[0].problem.as_ref().expect("a problem").code,
        "no_such_service"
    );
    house.rules(RULES);
    dinghy.until("the group", |status| !status.groups.is_empty()).await;
    dinghy.api.queue_retry(None).await.expect("retried");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_webhook_gets_its_headers_and_secrets() {
    let argocd = argocd();
    put(&argocd, "web");
    let mut house = House::new();
    house.server("prod", &argocd, "");
    house.secret("hook-path", "T000/B000");
    house.secret("hook-token", "s3cret-value");
    let hook = Hook::start().await;
    house.rules(&format!(
        r#"data:
  service.webhook.chat: |
    url: {}/$hook-path
    headers:
    - name: Authorization
      value: Bearer $hook-token
    - name: X-Team
      value: platform
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  template.degraded: |
    webhook:
      chat:
        method: PUT
        path: /apps/{{{{.app.metadata.name}}}}
        body: "it is {{{{.app.status.health.status}}}}: not JSON"
  subscriptions: |
    - recipients: [chat]
      triggers: [on-degraded]
"#,
        hook.url
    ));
    let dinghy = live(&house).await;
    degrade(&argocd);
    dinghy.wait("the first attempt", |_| !hook.requests().is_empty()).await;
    // The first answer was 503 and said the token: nobody gets to see it.
    dinghy.wait("a delivery", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;
    for request in hook.requests() {
        assert!(request.starts_with("PUT /T000/B000/apps/web HTTP/1.1\r\n"), "{request}");
        let lower = request.to_ascii_lowercase();
        assert!(
            lower.contains("authorization: bearer s3cret-value\r\n")
                && lower.contains("x-team: platform\r\n")
        );
        assert!(request.ends_with("it is Degraded: not JSON"), "{request}");
    }
    let all = format!("{:?} {:?}", dinghy.log(), dinghy.api.queue());
    assert!(!all.contains("s3cret-value") && !all.contains("T000"), "{all}");
    assert!(!dinghy.view().groups[0].robot);
    dinghy.stop().await;
}

/// A webhook that is busy at first, and tells what it got.
pub(crate) struct Hook {
    pub(crate) url: String,
    requests: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Hook {
    pub(crate) async fn start() -> Self {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                while !is_whole(&request) {
                    match stream.read(&mut piece).await {
                        Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
                        _ => break,
                    }
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let number = {
                    let mut requests = kept.lock().expect("no panic");
                    requests.push(request);
                    requests.len()
                };
                let answer = match number {
                    1 => {
                        "HTTP/1.1 503 Busy\r\nContent-Length: 26\r\nConnection: close\r\n\r\nnot now, Bearer s3cret-value"
                    }
                    _ => "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

/// Whether head and body of a request are here.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.trim().parse().ok()).is_none_or(|length: usize| body.len() >= length)
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_holds_everything_back_and_resume_sends_it() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = live(&house).await;
    dinghy.api.pause(dinghy_api::wire::PauseFor::Hour, 0).await;
    dinghy.until("the pause", |status| status.paused.is_some()).await;
    degrade(&argocd);
    dinghy.until("the message to wait", |status| status.waiting == 1).await;
    dinghy.stop().await;
    let dinghy = live(&house).await;
    dinghy.until("the pause again", |status| status.paused.is_some() && status.waiting == 1).await;
    assert!(dingtalk.messages("ops").is_empty());
    dinghy.api.resume().await;
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    // A pause that is over is shown as over without anything else happening.
    let soon = dinghy_api::now_ms() + 700;
    dinghy.api.pause(dinghy_api::wire::PauseFor::Tomorrow, soon).await;
    dinghy.until("the pause", |status| status.paused.is_some()).await;
    dinghy.until("the end of the pause", |status| status.paused.is_none()).await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_no_longer_than_five_seconds_and_loses_nothing() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let hanging = self::argocd();
    hanging.fault(dinghy_demo::Fault::Hang);
    house.server("hanging", &hanging, "");
    let robot = token(&house.secrets["ops-url"]);
    dingtalk.fault(&robot, RobotFault::TimeoutAfterTaking);
    let dinghy = live(&house).await;
    degrade(&argocd);
    dinghy.wait("the message on its way", |_| dingtalk.messages("ops").len() == 1).await;
    let began = std::time::Instant::now();
    dinghy.stop().await;
    assert!(began.elapsed() < Duration::from_millis(5_500), "{:?}", began.elapsed());

    dingtalk.clear_fault(&robot);
    let dinghy = live(&house).await;
    dinghy.wait("a delivery", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;
    let all = dingtalk.messages("ops");
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].uuid, all[1].uuid);
    assert_eq!(all.iter().filter(|received| received.shown).count(), 1);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_lists_delivers_and_ends_and_a_dry_run_sends_nothing() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let once = |dry_run| {
        let options = house.options(Arc::new(house.vault()));
        let engine = Engine::start(Options { follow: Follow::Once, dry_run, ..options }).expect("a start");
        async move {
            tokio::time::timeout(PATIENCE, engine.finished()).await.expect("an end");
            engine.stop().await;
        }
    };
    once(false).await;
    health(&argocd, "web", "Degraded");
    once(true).await;
    assert!(dingtalk.messages("ops").is_empty());
    once(false).await;
    once(false).await;
    let shown: Vec<String> = dingtalk.messages("ops").iter().map(text).collect();
    assert_eq!(shown, ["web is Degraded"]);
    assert_eq!(argocd.watchers(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_gets_the_message_and_the_page() {
    let (argocd, dingtalk): (ArgoCd, DingTalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let rules = RULES.replace("  trigger.on-degraded", "  service.desktop: '{}'\n  trigger.on-degraded");
    let rules = rules.replace("recipients: [ops]", "recipients: [desktop, ops]");
    house.rules(&rules.replace(
        "  template.degraded: |\n",
        "  template.degraded: |\n    message: \"{{.app.metadata.name}} broke <badly>\"\n",
    ));
    let dinghy = live(&house).await;
    // Paused, so that what is queued can be looked at and no desktop is needed.
    dinghy.api.pause(dinghy_api::wire::PauseFor::Forever, 0).await;
    degrade(&argocd);
    dinghy.until("two messages", |status| status.waiting == 2).await;
    let queued = dinghy.engine.store().queue().expect("a queue");
    let payload =
        queued.into_iter().find(|row| row.message.service == "desktop").expect("a row").message.payload;
    let dinghy_model::Payload::Desktop { title, body, url } = payload else { panic!("{payload:?}") };
    assert!(!title.is_empty() && body.contains("web broke <badly>"), "{title} {body}");
    assert_eq!(url, format!("{}/applications/argocd/web", argocd.url()));
    dinghy.stop().await;
}
