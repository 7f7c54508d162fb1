//! Faults that come while Dinghy runs and go again: the event of that time arrives, once. The table in
//! docs/reliability.md names these rows.

use std::time::Duration;

use dinghy_demo::{ArgoCd, ArgoCdOptions, Clock, DingTalk, DingTalkOptions, Fault, Robot, RobotFault, Tls};
use dinghy_model::{GroupState, ServerState};

use crate::house::{Dinghy, House, RULES, argocd, dingtalk, health, put, text};

/// One world with one fault in it.
struct Case {
    name: &'static str,
    argocd: ArgoCd,
    dingtalk: DingTalk,
    dinghy: Dinghy,
    _house: House,
}

async fn case(name: &'static str, argocd: ArgoCd, dingtalk: DingTalk) -> Case {
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    Case { name, argocd, dingtalk, dinghy, _house: house }
}

impl Case {
    /// The event arrives, and nothing else does.
    async fn arrives_once(self) {
        let name = self.name;
        let arrived = |_: &Dinghy| self.dingtalk.messages("ops").iter().any(|received| received.shown);
        self.dinghy.wait(name, arrived).await;
        self.dinghy.until(name, |status| status.waiting + status.refused == 0).await;
        let all = self.dingtalk.messages("ops");
        let shown: Vec<String> = all.iter().filter(|received| received.shown).map(text).collect();
        assert_eq!(shown, ["web is Degraded"], "{name}");
        let ids: std::collections::BTreeSet<_> = all.iter().map(|received| received.uuid.clone()).collect();
        assert_eq!(ids.len(), 1, "{name}: every attempt has the same id");
        self.dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_for_a_while_costs_no_event() {
    let faults = [
        ("refused", Fault::Refuse),
        ("reset", Fault::Reset),
        ("never answered", Fault::Hang),
        ("slow body", Fault::SlowBody { size: 64, every: Duration::from_millis(5) }),
        ("cut JSON", Fault::CutJson),
        ("cut connection", Fault::CutBody),
        ("401 on everything", Fault::Unauthorized),
        ("403", Fault::Forbidden),
        ("429 with Retry-After", Fault::TooManyRequests { retry_after: Some(1) }),
        ("429 without", Fault::TooManyRequests { retry_after: None }),
        ("500", Fault::Status(500)),
        ("502", Fault::Status(502)),
        ("503", Fault::Status(503)),
        ("504", Fault::Status(504)),
        ("login page", Fault::LoginPage),
        ("redirect to a login page", Fault::LoginRedirect),
        ("stream ends", Fault::StreamEnd),
        ("stream cut in a frame", Fault::StreamCut),
        ("401 on the stream", Fault::StreamUnauthorized),
        ("stream refused", Fault::StreamRefused(503)),
    ];
    let mut cases = Vec::new();
    for (name, fault) in faults {
        let case = case(name, argocd(), dingtalk()).await;
        // The stream that is open would tell of the event in spite of most faults.
        case.argocd.fault(Fault::StreamEnd);
        case.dinghy.wait("no stream", |_| case.argocd.watchers() == 0).await;
        case.argocd.fault(fault);
        cases.push(case);
    }
    for case in &cases {
        health(&case.argocd, "web", "Degraded");
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    for case in cases {
        case.argocd.clear_fault();
        case.dinghy.api.refresh().await;
        case.arrives_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_fails_for_a_while_costs_no_message() {
    let faults = [
        ("HTML", RobotFault::Html),
        ("empty answer", RobotFault::Empty),
        ("429", RobotFault::Status(429)),
        ("500", RobotFault::Status(500)),
        ("502", RobotFault::Status(502)),
        ("503", RobotFault::Status(503)),
        ("reset", RobotFault::Reset),
        ("reset after the message was taken", RobotFault::ResetAfterTaking),
        ("timeout", RobotFault::Hang),
        ("timeout after the message was taken", RobotFault::TimeoutAfterTaking),
        ("-1 busy", RobotFault::Errcode(-1, "系统繁忙".to_owned())),
        ("gateway's block", RobotFault::Punished { wait: 1 }),
        ("a code that nobody knows", RobotFault::Errcode(987_654, "new".to_owned())),
        ("errcode as a string", RobotFault::StringZero),
    ];
    let mut cases = Vec::new();
    for (name, fault) in faults {
        let case = case(name, argocd(), dingtalk()).await;
        case.dingtalk.fault_next(&token_of(&case.dingtalk), 1, fault);
        cases.push(case);
    }
    for case in &cases {
        health(&case.argocd, "web", "Degraded");
    }
    for case in cases {
        case.arrives_once().await;
    }
}

/// The only robot's.
fn token_of(dingtalk: &DingTalk) -> String {
    assert!(dingtalk.messages("ops").is_empty());
    format!("{:064x}", 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_where_the_robot_was() {
    let case = case("unreachable", argocd(), dingtalk()).await;
    case.dingtalk.set_reachable(false);
    health(&case.argocd, "web", "Degraded");
    case.dinghy
        .wait("an attempt", |dinghy| dinghy.log().iter().any(|line| line.contains("will retry")))
        .await;
    case.dingtalk.set_reachable(true);
    case.arrives_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_two_hours_off_is_put_right() {
    for off_by in [-2, 2] {
        let clock = Clock::manual(dinghy_api::now_ms() + off_by * 3_600_000);
        let dingtalk =
            DingTalk::start(DingTalkOptions { clock, ..DingTalkOptions::default() }).expect("a gateway");
        let argocd = argocd();
        put(&argocd, "web");
        let mut house = House::with(&argocd, &dingtalk);
        let robot = Robot { sign_secret: Some("SECclock".to_owned()), ..Robot::new("signed") };
        house.secret("ops-url", &dingtalk.add_robot(robot));
        house.secret("ops-sign", "SECclock");
        house.rules(&RULES.replace("url: $ops-url", "url: $ops-url\n    dingtalk: {signSecret: $ops-sign}"));
        let dinghy = house.start();
        dinghy.server_is("prod", ServerState::Live).await;
        health(&argocd, "web", "Degraded");
        let shown = dingtalk.shown("signed", 1, crate::house::PATIENCE).await;
        assert_eq!(shown.iter().map(text).collect::<Vec<_>>(), ["web is Degraded"]);
        let codes: Vec<_> = dingtalk.messages("signed").iter().map(|one| one.errcode).collect();
        assert_eq!(codes, [Some(310_000), Some(0)], "refused once, then by DingTalk's clock");
        dinghy.until("no refusal", |status| status.groups[0].state == GroupState::Ready).await;
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_do_not_resolve_are_said_and_waited_for() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    house
        .add_settings("[[servers]]\nname = \"nowhere\"\nurl = \"https://argocd.invalid\"\nauth = \"none\"\n");
    house.secret("ops-url", "https://oapi.invalid/robot/send?access_token=t");
    let dinghy = house.start();
    let found = dinghy.server_is("nowhere", ServerState::Unreachable).await;
    assert_eq!(
        found.problem.as_ref().map(dinghy_api::words::code).as_deref(),
        Some("dns"),
        "{:?}",
        found.problem
    );
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    dinghy.wait("an attempt", |dinghy| dinghy.log().iter().any(|line| line.contains("oapi.invalid"))).await;
    dinghy.until("the message to wait", |status| status.waiting == 1 && status.refused == 0).await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_saved_by_halves_change_nothing() {
    let case = case("half a file", argocd(), dingtalk()).await;
    let whole = RULES;
    for end in [whole.len() / 3, whole.len() / 2, whole.len() - 40] {
        case._house.rules(&whole[..end]);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    health(&case.argocd, "web", "Degraded");
    tokio::time::sleep(Duration::from_millis(300)).await;
    case._house.rules(whole);
    let Case { argocd, dingtalk, dinghy, .. } = case;
    // A half that is good by itself may have been in force, without the trigger: then it is first contact again.
    health(&argocd, "web", "Healthy");
    tokio::time::sleep(Duration::from_millis(500)).await;
    health(&argocd, "web", "Degraded");
    dinghy.wait("the message", |_| dingtalk.messages("ops").iter().any(|one| one.shown)).await;
    let shown: Vec<String> = dingtalk.messages("ops").iter().map(text).collect();
    assert!(shown.iter().all(|text| text == "web is Degraded") && shown.len() <= 2, "{shown:?}");
    dinghy.stop().await;
}

/// The server starts again with another certificate, while the stream is open.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_changes_is_trusted_by_its_ca_alone() {
    for (name, renewed) in [("renewed", true), ("another CA", false)] {
        let argocd = ArgoCd::start(ArgoCdOptions { tls: Tls::OwnCa, ..ArgoCdOptions::default() });
        let (argocd, dingtalk) = (argocd.expect("a server"), dingtalk());
        put(&argocd, "web");
        let mut house = House::new();
        let trust = house.dirs.config.join("ca.pem");
        std::fs::write(&trust, argocd.ca_pem().expect("a CA")).expect("a file");
        house.server("prod", &argocd, "ca_file = \"ca.pem\"");
        house.secret("ops-url", &dingtalk.add_robot(Robot::new("ops")));
        house.rules(RULES);
        let dinghy = house.start();
        dinghy.server_is("prod", ServerState::Live).await;

        argocd.fault(Fault::Refuse);
        if renewed { argocd.renew_certificate() } else { argocd.change_ca() }.expect("a certificate");
        health(&argocd, "web", "Degraded");
        let before = argocd.requests().len();
        argocd.clear_fault();
        dinghy.api.refresh().await;
        if !renewed {
            let server = dinghy.server_is("prod", ServerState::TlsProblem).await;
            let problem = server.problem.expect("a problem");
            assert_eq!(dinghy_api::words::code(&problem), "tls_untrusted", "{name}");
            assert_eq!(argocd.requests().len(), before, "not a word to a server that is not trusted");
            // Somebody trusts it.
            std::fs::write(&trust, argocd.ca_pem().expect("a CA")).expect("a file");
            dinghy.api.refresh().await;
        }
        dinghy.server_is("prod", ServerState::Live).await;
        let said = dinghy.log().iter().any(|line| line.to_lowercase().contains("certificate"));
        assert_eq!(said, !renewed, "{name}: {:#?}", dinghy.log());
        Case { name, argocd, dingtalk, dinghy, _house: house }.arrives_once().await;
    }
}
