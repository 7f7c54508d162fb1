//! Conditions that have to last, and what is said when they are over.

use std::time::{Duration, Instant};

use dinghy_model::ServerState;

use crate::house::{Dinghy, House, RULES, argocd, dingtalk, health, put, texts};

/// Long enough to stop and start in between, also on a busy machine.
const HOLD: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_lasts_over_a_restart_and_its_end_is_told_to_who_was_told() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["lasts", "ends-early"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let rules = RULES.replace(
        "      send: [degraded]",
        "      for: 10s\n      send: [degraded]\n      resolved: [degraded]",
    );
    house.rules(&rules);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let began = Instant::now();
    health(&argocd, "lasts", "Degraded");
    health(&argocd, "ends-early", "Degraded");
    dinghy.wait("both", |dinghy| changes(dinghy) == 2).await;
    health(&argocd, "ends-early", "Healthy");
    dinghy.wait("one to be well again", |dinghy| changes(dinghy) == 3).await;
    dinghy.stop().await;

    let dinghy = house.start();
    let restarted = Instant::now();
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["lasts is Degraded"]);
    assert!(began.elapsed() >= HOLD, "not before its time");
    assert!(restarted.elapsed() < HOLD, "the time before the restart counts");
    health(&argocd, "lasts", "Healthy");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], "lasts is Healthy");
    dinghy.stop().await;
    assert_eq!(dingtalk.messages("ops").len(), 2, "nothing of what ended early");
}

/// How often the log says that an application's health changed.
fn changes(dinghy: &Dinghy) -> usize {
    dinghy.log().iter().filter(|line| line.contains("→")).count()
}
