//! `explain`.

use expect_test::{Expect, expect};
use serde_json::json;

use crate::world::World;

const RULES: &str = r#"kind: ConfigMap
data:
  service.webhook.dingtalk: 'url: $dingtalk-url'
  template.bad: |
    dingtalk: {msgtype: text, text: '{{.app.metadata.name}} is {{.app.status.health.status}}'}
  template.broken: 'message: "{{index .app.none 7}}"'
  trigger.bad: |
    - when: app.status.health.status != 'Healthy' and app.metadata.name in ['web', 'api']
      oncePer: app.status.sync.revision
      send: [bad]
    - when: app.status.operationState.phase == 'Failed'
      send: [broken]
    - when: app.spec.project == 'default'
      for: 12h
      send: [bad]
  subscriptions: |
    - {recipients: [dingtalk], triggers: [bad]}
    - {recipients: [dingtalk], triggers: [bad], selector: env in (prod)}
    - {recipients: [dingtalk], triggers: [other]}
"#;

#[track_caller]
fn check(world: &World, args: &[&str], expected: Expect) {
    expected.assert_eq(&without_times(&world.ctl(args).told(world)));
}

/// Digits of times and of durations are `_`.
fn without_times(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find("20") {
        Some(at) => {
            let tail: String = line[at..].chars().map(|c| if c.is_ascii_digit() { '_' } else { c }).collect();
            format!("{}{tail}\n", &line[..at])
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn every_step_is_told() {
    let world = World::new();
    world.rules(RULES);
    let app = json!({
        "metadata": {"name": "web", "labels": {"env": "test"}},
        "spec": {"project": "default"},
        "status": {"health": {"status": "Degraded"}, "sync": {"status": "Synced", "revision": "abc"}, "operationState": {"phase": "Running"}},
    });
    world.write("app.json", &app.to_string());
    check(
        &world,
        &["explain", "bad", "--app-file", "app.json"],
        expect![[r#"
        0
        [0] app.status.health.status != 'Healthy' and app.metadata.name in ['web', 'api']
            app.status.health.status = Degraded
            app.status.health.status != 'Healthy' = true
            app.metadata.name = web
            app.metadata.name in ['web', 'api'] = true
            app.status.health.status != 'Healthy' and app.metadata.name in ['web', 'api'] = true
            oncePer = abc
        [1] app.status.operationState.phase == 'Failed'
            app.status.operationState.phase = Running
            app.status.operationState.phase == 'Failed' = false
        [2] app.spec.project == 'default'
            app.spec.project = default
            app.spec.project == 'default' = true
            true since ____-__-__ __:__:__
        + subscriptions[0] → dingtalk: counts
        - subscriptions[1] → dingtalk: env in (prod) does not match: env=test
        - subscriptions[2] → dingtalk: is about other
        [0] dingtalk: would be sent
            {"msgtype":"text","text":{"content":"web is Degraded"}}
        [1] dingtalk: the condition is not true
        [2] dingtalk: counts from ____-__-__ __:__:__ on, if it stays true
    "#]],
    );
    let failed = app.to_string().replace("Running", "Failed");
    world.write("app.json", &failed);
    check(
        &world,
        &["explain", "bad", "--app-file", "app.json"],
        expect![[r#"
        1
        Nothing is judged now: the sync status is older than the last operation.
        [0] app.status.health.status != 'Healthy' and app.metadata.name in ['web', 'api']
            app.status.health.status = Degraded
            app.status.health.status != 'Healthy' = true
            app.metadata.name = web
            app.metadata.name in ['web', 'api'] = true
            app.status.health.status != 'Healthy' and app.metadata.name in ['web', 'api'] = true
            oncePer = abc
        [1] app.status.operationState.phase == 'Failed'
            app.status.operationState.phase = Failed
            app.status.operationState.phase == 'Failed' = true
        [2] app.spec.project == 'default'
            app.spec.project = default
            app.spec.project == 'default' = true
            true since ____-__-__ __:__:__
        + subscriptions[0] → dingtalk: counts
        - subscriptions[1] → dingtalk: env in (prod) does not match: env=test
        - subscriptions[2] → dingtalk: is about other
        [0] dingtalk: waits: the sync status is older than the last operation
        [1] dingtalk: waits: the sync status is older than the last operation
        [2] dingtalk: waits: the sync status is older than the last operation
    "#]],
    );
    check(
        &world,
        &["explain", "none", "--app-file", "app.json"],
        expect![[r#"
        1
        dinghyctl: There is no such trigger.
    "#]],
    );
    assert!(world.argocd.requests().is_empty() && world.shown().is_empty(), "nobody was asked or told");
}

#[test]
fn what_was_sent_is_known_with_its_time_and_what_the_log_says() {
    let world = World::new();
    world.rules(&RULES.replace("!= 'Healthy'", "== 'Healthy'"));
    assert!(world.ctl(&["explain", "bad", "web"]).ok().out.contains("[0] dingtalk: would be sent\n"));
    world.ctl(&["run", "--once"]).ok();
    let done = world.ctl(&["explain", "bad", "web"]);
    assert_eq!(done.code, 1, "{done:?}");
    for part in [
        "[0] dingtalk: was sent at 20",
        "; due again when its once-per value changes",
        "bad → dingtalk  Sent  ",
        "bad → dingtalk  Queued  web is Healthy",
    ] {
        assert!(done.out.contains(part), "{part}: {}", done.out);
    }
    let view = world.ctl(&["-o", "json", "explain", "bad", "web"]).json();
    assert_eq!(view["sends"], false);
    assert_eq!(view["app"], json!({"server": "prod", "namespace": "argocd", "name": "web"}));
    assert_eq!(view["conditions"][0]["parts"][0]["text"], "app.status.health.status");
    assert_eq!(view["events"][0]["kind"]["kind"], "sent");
}
