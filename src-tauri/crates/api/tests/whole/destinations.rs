//! Groups, plain webhooks and the desktop by their forms: what a form may say, what it never gets back, and how it goes.

use dinghy_api::wire::{GroupForm, HeaderForm, PersonForm};
use dinghy_demo::RobotFault;
use dinghy_model::{GroupState, ServerState};

use crate::deliveries::Hook;
use crate::house::{House, RULES, argocd, dingtalk, health, put};

fn person(who: &str, to: &str) -> PersonForm {
    PersonForm { who: who.to_owned(), to: to.to_owned() }
}

fn header(name: &str, value: &str, secret: bool) -> HeaderForm {
    HeaderForm { name: name.to_owned(), value: value.to_owned(), secret, kept: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_with_its_people() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    let house = House::with(&argocd, &dingtalk);
    house.rules(
        &RULES.replace("url: $ops-url", "url: $ops-url\n    dingtalk: {pcSlide: true, mention: {zoe: u1}}"),
    );
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let form = dinghy.api.group_form("ops").expect("a form");
    assert_eq!((form.pc_slide, form.mention.as_slice()), (true, [person("zoe", "u1")].as_slice()));
    assert_eq!((&form.webhook, &form.sign_secret, &form.password), (&None, &None, &None));

    for (people, field) in [
        (vec![person("", "13800000000")], "mention.0.who"),
        (vec![person("a", "u1"), person("b", "+85212345678")], "mention.1.to"),
        (vec![person("a", "@alice")], "mention.0.to"),
        (vec![person("a", "")], "mention.0.to"),
        (vec![person("a", "u1"), person("", " "), person(" a ", "u2")], "mention.2.who"),
    ] {
        let wrong = GroupForm { mention: people, ..form.clone() };
        let error = dinghy.api.group_update("ops", wrong).await.expect_err("nobody");
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let people = vec![person("alice", "13800000000"), person("Bob Li", "+852-12345678"), person("", "")];
    let keywords = vec!["发布".to_owned()];
    dinghy.api.group_update("ops", GroupForm { mention: people, keywords, ..form }).await.expect("saved");
    let form = dinghy.api.group_form("ops").expect("a form");
    assert_eq!(form.mention, [person("Bob Li", "+852-12345678"), person("alice", "13800000000")]);
    assert!(form.pc_slide, "what the form shows is kept");
    let text = std::fs::read_to_string(house.dirs.rules()).expect("rules");
    assert!(text.contains("pcSlide: true") && text.contains("Bob Li"), "{text}");

    // The test calls who is chosen, through the real path: keyword, text and `at`.
    assert!(dinghy.api.group_test("ops", Some("13800000000")).await.expect("tested").ok);
    assert!(dinghy.api.group_test("ops", Some("manager1")).await.expect("tested").ok);
    assert!(dinghy.api.group_test("ops", None).await.expect("tested").ok);
    let sent: Vec<_> = dingtalk.messages("ops").iter().filter_map(|one| one.json.clone()).collect();
    let text = |at: usize| sent[at]["text"]["content"].as_str().unwrap_or_default().to_owned();
    assert_eq!(sent[0]["at"]["atMobiles"][0], "13800000000");
    assert_eq!(sent[1]["at"]["atUserIds"][0], "manager1");
    assert!(text(0).contains("@13800000000") && text(0).contains("发布"), "{}", text(0));
    assert!(text(1).contains("@manager1") && !text(2).contains('@'), "{} {}", text(1), text(2));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_webhook_by_its_form() {
    let hook = Hook::start().await;
    let house = House::new();
    let dinghy = house.start();
    dinghy.until("the files", |status| status.loaded).await;
    let form = GroupForm {
        name: "chat".to_owned(),
        webhook: Some(format!("{}/T000/B000", hook.url)),
        headers: vec![
            header("Authorization", "Bearer s3cret-value", true),
            header("X-Team", "platform", false),
        ],
        username: "ci".to_owned(),
        password: Some("hunter2".to_owned()),
        insecure_skip_verify: true,
        sign_secret: Some(String::new()),
        ..GroupForm::default()
    };
    for (wrong, field) in [
        (
            GroupForm { headers: vec![header("Authorization", "Bearer x", false)], ..form.clone() },
            "headers.0",
        ),
        (GroupForm { headers: vec![header("X-Api-Key", "", true)], ..form.clone() }, "headers.0"),
        (
            GroupForm { headers: vec![header("X-A", "b", false), header("a b", "c", false)], ..form.clone() },
            "headers.1",
        ),
        (GroupForm { headers: vec![header("X-A", "b\r\nX-C: d", false)], ..form.clone() }, "headers.0"),
        (GroupForm { password: None, ..form.clone() }, "password"),
        (GroupForm { name: "a b".to_owned(), ..form.clone() }, "name"),
    ] {
        let error = dinghy.api.group_add(wrong).await.expect_err("a mistake");
        assert_eq!(error.field.as_deref(), Some(field), "{}", error.message);
    }
    dinghy.api.group_add(form).await.expect("added");
    let text = std::fs::read_to_string(house.dirs.rules()).expect("rules");
    for secret in ["s3cret-value", "hunter2", "T000"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains("insecureSkipVerify: true") && text.contains("$chat-authorization"), "{text}");

    // The form gets nothing back, and what it leaves out is kept.
    let back = dinghy.api.group_form("chat").expect("a form");
    let kept = HeaderForm { kept: true, ..header("Authorization", "", true) };
    assert!(back.headers == [kept, header("X-Team", "platform", false)], "secrets stay inside");
    assert_eq!((back.username.as_str(), &back.password, back.insecure_skip_verify), ("ci", &None, true));
    dinghy.api.group_update("chat", back).await.expect("saved");
    assert_eq!(std::fs::read_to_string(house.dirs.rules()).expect("rules"), text, "nothing changed");

    // The hook is busy at first.
    assert!(!dinghy.api.group_test("chat", None).await.expect("tested").ok);
    assert!(dinghy.api.group_test("chat", None).await.expect("tested").ok);
    let request = hook.requests().pop().expect("a request");
    let lower = request.to_ascii_lowercase();
    assert!(lower.contains("x-team: platform\r\n"), "{request}");
    assert!(lower.contains("authorization: b"), "{request}");
    let now = dinghy.api.groups_now().await.expect("now").remove(0);
    assert_eq!((now.name.as_str(), now.robot, now.sent), ("chat", false, 0), "nobody counts a plain webhook");

    dinghy.api.group_remove("chat").await.expect("removed");
    dinghy.api.group_form("chat").expect_err("gone");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_does_not_know_of_a_service_stays() {
    let mut house = House::new();
    house.secret("chat-url", "https://chat.example.com/hook");
    let service = "\
        url: $chat-url\n\
        retryWaitMin: 2s\n\
        retryMax: 5 # as the cluster has it\n\
        headers: [{name: X-Team, value: platform}]\n\
        maxIdleConns: 7\n\
        dingtalk:\n  pcSlide: true\n  later:\n    - one\n    - two\n\
        idleConnTimeout: 30s\n";
    let lines: String = service.lines().map(|line| format!("    {line}\n")).collect();
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm\ndata:\n";
    let tail = "  subscriptions: |\n    - recipients: [chat] # who else\n";
    house.rules(&format!("{head}  service.webhook.chat: |\n{lines}{tail}"));
    let dinghy = house.start();
    dinghy.until("the files", |status| status.loaded).await;
    let form = dinghy.api.group_form("chat").expect("a form");
    let form = GroupForm { headers: vec![header("X-Team", "tools", false)], ..form };
    dinghy.api.group_update("chat", form).await.expect("saved");
    let text = std::fs::read_to_string(house.dirs.rules()).expect("rules");
    let wanted = "\
        url: $chat-url\n\
        headers:\n  - name: X-Team\n    value: tools\n\
        dingtalk:\n  pcSlide: true\n  later:\n    - one\n    - two\n\
        retryWaitMin: 2s\n\
        retryMax: 5\n\
        maxIdleConns: 7\n\
        idleConnTimeout: 30s\n";
    let lines: String = wanted.lines().map(|line| format!("    {line}\n")).collect();
    assert_eq!(text, format!("{head}  service.webhook.chat: |\n{lines}{tail}"));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_it_goes_with_a_group_and_who_uses_it() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let more = "    - recipients: [other, 'ops:x']\n      triggers: [on-degraded]\n      selector: team=a\n";
    house.rules(&format!("{RULES}{more}"));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let uses = dinghy.api.group_uses("ops").expect("uses");
    let seen: Vec<_> =
        uses.iter().map(|one| (one.index, one.form.selector.as_str(), one.triggers.len())).collect();
    assert_eq!(seen, [(0, "", 2), (1, "team=a", 1)]);
    assert_eq!(dinghy.api.group_uses("other").expect("uses").len(), 1);
    assert!(dinghy.api.group_uses("op").expect("uses").is_empty());

    let now = async || dinghy.api.groups_now().await.expect("now").remove(0);
    assert_eq!((now().await.sent, now().await.limit, now().await.refused), (0, 18, 0));
    dinghy.api.group_test("ops", None).await.expect("tested");
    dinghy.api.group_test("ops", None).await.expect("tested");
    assert_eq!((now().await.sent, now().await.until_ms), (2, None));
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();

    // Two are refused, and sent again when the robot takes them.
    dingtalk.fault(&robot, RobotFault::Errcode(310_000, "keywords not in content".to_owned()));
    health(&argocd, "web", "Degraded");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.until("both", |status| status.refused == 2).await;
    assert_eq!(now().await.refused, 2);
    assert_eq!(dinghy.api.group_retry("other").await.expect("none"), 0);
    dingtalk.clear_fault(&robot);
    assert_eq!(dinghy.api.group_retry("ops").await.expect("retried"), 2);
    dinghy.until("an empty queue", |status| status.refused + status.waiting == 0).await;
    // Or dropped.
    dingtalk.fault(&robot, RobotFault::Errcode(310_000, "keywords not in content".to_owned()));
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.until("a refusal", |status| status.refused == 1).await;
    assert_eq!(dinghy.api.group_drop("ops").await.expect("dropped"), 1);
    dinghy.until("an empty queue", |status| status.refused + status.waiting == 0).await;

    // The robot asks for a pause.
    dingtalk.fault(&robot, RobotFault::Errcode(410_100, "发送速度太快而限流".to_owned()));
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.until("the pause", |status| matches!(status.groups[0].state, GroupState::Throttled { .. })).await;
    assert!(now().await.until_ms.is_some_and(|until| until > dinghy_api::now_ms() + 500_000));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_is_a_destination_like_others() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.until("the files", |status| status.loaded).await;
    let view = dinghy.api.desktop_view().expect("a view");
    assert_eq!((view.name.as_str(), view.on, view.triggers.len()), ("desktop", false, 0));
    dinghy.api.desktop_set(true).await.expect("on");
    assert!(dinghy.api.desktop_view().expect("a view").on);
    assert!(dinghy.engine.in_force().catalog.services().contains_key("desktop"));
    dinghy.api.rules_undo().await.expect("taken back");
    assert!(!dinghy.api.desktop_view().expect("a view").on);
    dinghy.api.desktop_set(true).await.expect("on");
    dinghy.api.desktop_set(false).await.expect("off");
    assert_eq!(std::fs::read_to_string(house.dirs.rules()).expect("rules"), RULES, "as it was");
    // Whether anything is shown depends on the machine; that it was tried does not.
    dinghy.api.group_test("desktop", None).await.expect("tried");
    dinghy.stop().await;
}
