//! What the user does not want to hear of: muted applications, destinations that are switched off, quiet hours.

use dinghy_api::wire::{AppFilter, MuteFor, Period};
use dinghy_api::{Api, Follow, counts, memory_vault};
use dinghy_demo::{Robot, RobotFault};
use dinghy_model::{AppId, EventKind, Gist, Lang, Message, Mute, Payload, ServerState};
use dinghy_store::{EventQuery, Store};

use crate::house::{Dinghy, House, PATIENCE, RULES, argocd, dingtalk, health, put, texts};

const HOUR: i64 = 3_600_000;

fn app(name: &str) -> AppId {
    AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }
}

fn logged(dinghy: &Dinghy, line: &str) -> usize {
    dinghy.log().iter().filter(|logged| logged.as_str() == line).count()
}

const MUTED: &str = "on-degraded ops: Suppressed you muted the application";

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_application_counts_as_nothing_and_nobody_is_told_of_it() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["web", "api"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.until("both", |status| counts(status).well == 2).await;
    let until = dinghy_api::now_ms() + HOUR;
    let mute = dinghy.api.mute(&app("web"), MuteFor::Tomorrow, until).await.expect("muted");
    assert_eq!(mute, Mute { until_ms: Some(until) });
    health(&argocd, "web", "Degraded");
    health(&argocd, "api", "Degraded");
    dinghy.wait("web to be held back", |dinghy| logged(dinghy, MUTED) == 1).await;
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["api is Degraded"]);
    let status = dinghy.until("api alone", |status| counts(status).attention == 1).await;
    assert_eq!((counts(&status).muted, counts(&status).total), (1, 2));
    let view = dinghy.api.overview(Period::Day, 0).await.expect("an overview");
    let names = |rows: &[dinghy_api::wire::AttentionRow]| -> Vec<String> {
        rows.iter().map(|row| row.id.name.clone()).collect()
    };
    assert_eq!((names(&view.attention), names(&view.muted)), (vec!["api".into()], vec!["web".into()]));
    let rows = dinghy.api.apps(&AppFilter::default()).rows;
    let rows: Vec<_> = rows.iter().map(|row| (row.app.id.name.as_str(), row.muted)).collect();
    assert_eq!(rows, [("api", None), ("web", Some(mute))], "at the end, and marked");
    // The worst of each server, and as many as there are all the same.
    for (limit, names) in [(0, vec![]), (1, vec!["api"]), (2, vec!["api", "web"]), (9, vec!["api", "web"])] {
        let view = dinghy.api.apps(&AppFilter { limit: Some(limit), ..AppFilter::default() });
        let shown: Vec<_> = view.rows.iter().map(|row| row.app.id.name.as_str()).collect();
        assert_eq!((shown, view.total), (names, 2), "{limit}");
    }
    dinghy.stop().await;

    // Over a restart; and what is true when it ends is remembered, not sent.
    let dinghy = house.start();
    dinghy.until("api alone", |status| counts(status).attention == 1).await;
    dinghy.api.set_mute(&app("web"), None).await.expect("unmuted");
    dinghy.until("both", |status| counts(status).attention == 2).await;
    health(&argocd, "web", "Healthy");
    dinghy.until("web to recover", |status| counts(status).attention == 1).await;
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], "web is Degraded");
    assert_eq!(logged(&dinghy, MUTED), 1);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_ends_by_itself_and_with_its_application() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["web", "api"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    for (name, until_ms) in [("web", Some(dinghy_api::now_ms() + 500)), ("api", None)] {
        dinghy.api.set_mute(&app(name), Some(Mute { until_ms })).await.expect("muted");
    }
    dinghy
        .until("web to be heard of again", |status| {
            status.mutes.get(&app("web")).is_none() && status.mutes.get(&app("api")).is_some()
        })
        .await;
    // A new one of the same name is another application.
    assert!(argocd.remove("argocd", "api"));
    dinghy.until("api to be gone", |status| counts(status).total == 1).await;
    assert_eq!(dinghy.engine.store().mutes().expect("mutes").get(&app("api")), None);
    dinghy.until("no mute", |status| status.mutes.iter().next().is_none()).await;
    dinghy.stop().await;
}

/// `dinghyctl mute` beside a running app.
#[tokio::test(flavor = "multi_thread")]
async fn another_process_mutes() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let vault = memory_vault(std::collections::BTreeMap::new());
    let beside = Api::beside(house.dirs.clone(), vault, Lang::En, Follow::Never).expect("beside");
    beside.set_mute(&app("web"), Some(Mute { until_ms: None })).await.expect("muted");
    beside.stop().await;
    dinghy.until("web to be muted", |status| status.mutes.get(&app("web")).is_some()).await;
    dinghy.stop().await;
}

const OFF: &str = "on-degraded ops: Suppressed the destination is switched off";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_for_a_group_that_is_switched_off_waits_and_nothing_new_is_made() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["web", "api"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let url = house.secrets["ops-url"].clone();
    let robot = url.rsplit('=').next().expect("a token").to_owned();
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    // One is on its way when the group is switched off.
    dingtalk.fault(&robot, RobotFault::Status(502));
    health(&argocd, "web", "Degraded");
    dinghy.wait("an attempt", |dinghy| dinghy.log().iter().any(|line| line.contains("will retry"))).await;
    dinghy.api.set_switch("ops", false).await.expect("off");
    assert!(!dinghy.view().groups[0].on);
    dingtalk.clear_fault(&robot);
    dinghy.api.queue_retry(None).await.expect("retried");
    health(&argocd, "api", "Degraded");
    dinghy.wait("api to be held back", |dinghy| logged(dinghy, OFF) == 1).await;
    dinghy.stop().await;

    // Over a restart.
    let dinghy = house.start();
    let status = dinghy.until("one to wait", |status| status.waiting == 1 && status.loaded).await;
    assert!(status.off.contains("ops"));
    health(&argocd, "api", "Healthy");
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.until("api to recover", |status| counts(status).attention == 1).await;
    assert!(dingtalk.messages("ops").iter().all(|one| !one.shown), "nothing is sent");
    dinghy.api.set_switch("ops", true).await.expect("on");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    health(&argocd, "api", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], "api is Degraded");
    dinghy.stop().await;
}

/// A message for the desktop, seen so many minutes ago.
fn notification(app_name: &str, failing: bool, minutes_ago: i64) -> Message {
    let created_ms = dinghy_api::now_ms() - minutes_ago * 60_000;
    let line = format!("{app_name} changed");
    Message {
        app: Some(app(app_name)),
        trigger: "on-degraded".to_owned(),
        service: "desktop".to_owned(),
        recipient: String::new(),
        // The gateway remembers ids.
        uuid: format!("{app_name}-{created_ms}"),
        payload: Payload::Desktop { title: line.clone(), body: line.clone(), url: String::new() },
        created_ms,
        gist: Some(Gist { line, failing, at_ms: created_ms }),
    }
}

/// Quiet hours from and to so many minutes from now.
fn quiet(from: i64, to: i64, through: bool) -> String {
    let clock = |minutes: i64| {
        let at = jiff::Zoned::now().checked_add(jiff::SignedDuration::from_mins(minutes)).expect("a time");
        at.strftime("%H:%M").to_string()
    };
    let (from, to) = (clock(from), clock(to));
    format!(
        "[desktop]\nquiet_from = \"{from}\"\nquiet_to = \"{to}\"\nquiet_lets_failures_through = {through}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn in_quiet_hours_the_desktop_is_left_alone_and_afterwards_it_gets_one_digest() {
    let dingtalk = dingtalk();
    let house = |settings: &str| {
        let mut house = House::new();
        house.secret("ops-url", &dingtalk.add_robot(Robot::new("ops")));
        house.settings(settings);
        house.rules(&RULES.replace("data:\n", "data:\n  service.desktop: '{}'\n"));
        let store = Store::open(&house.dirs.database()).expect("a database");
        for message in [notification("web", false, 30), notification("api", true, 20)] {
            store.enqueue(&message, &[]).expect("queued");
        }
        // Groups know no quiet hours: once it has arrived, the desktop's turn has come too.
        let to_group = Message { service: "ops".to_owned(), gist: None, ..notification("group", false, 0) };
        store.enqueue(&to_group, &[]).expect("queued");
        house
    };
    // What was tried of them; this desktop may show it or not.
    let tried = |dinghy: &Dinghy, name: &str| {
        let events = dinghy.engine.store().events(&EventQuery::default()).expect("events");
        events.iter().any(|event| event.app == Some(app(name)) && !matches!(event.kind, EventKind::Merged))
    };
    let merged = |dinghy: &Dinghy| logged(dinghy, "on-degraded desktop: Joined a digest");

    let held = house(&quiet(-60, 60, true));
    let dinghy = held.start();
    dinghy.wait("the failure", |dinghy| tried(dinghy, "api")).await;
    assert!(!tried(&dinghy, "web") && merged(&dinghy) == 0, "{:#?}", dinghy.log());
    dinghy.stop().await;

    let held = house(&quiet(-60, 60, false));
    let dinghy = held.start();
    assert_eq!(dingtalk.shown("ops", 2, PATIENCE).await.len(), 2);
    dinghy.until("the two to wait", |status| status.loaded && status.waiting == 2).await;
    assert!(!tried(&dinghy, "web") && !tried(&dinghy, "api") && merged(&dinghy) == 0);
    dinghy.stop().await;

    let over = house(&quiet(-60, -10, false));
    let dinghy = over.start();
    dinghy.wait("one of two", |dinghy| merged(dinghy) == 2).await;
    dinghy.stop().await;
}
