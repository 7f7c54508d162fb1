//! Histories: an application changes, the memory follows, and what is due is shown after each step.

use dinghy_model::Memory;
use expect_test::{Expect, expect};
use serde_json::json;

use super::*;
use crate::testing::{ZH_CN, ZH_TW, app, catalog_files};

mod lasting;
mod model;

const NOW: i64 = 1_709_648_000_000;

/// Rules with one service, `t`emplate and what is given.
fn rules(data: &str) -> Catalog {
    let mut text =
        "kind: ConfigMap\ndata:\n  service.webhook.d: 'url: $u'\n  template.t: 'message: x'\n".to_owned();
    for line in data.trim_matches('\n').lines() {
        text += &format!("  {line}\n");
    }
    let catalog = Catalog::parse(&text, "n.yaml");
    assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
    catalog
}

/// Applies what a store would.
fn apply(memory: &mut Memory, evaluation: &Evaluation) {
    memory.known = true;
    evaluation.changes.iter().for_each(|change| memory.apply(change));
}

fn show(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    if evaluation.waits_for_refresh {
        out += "waits\n";
    }
    for change in &evaluation.changes {
        out += &match change {
            MemoryChange::Insert { key, .. } => format!("+ {key}\n"),
            MemoryChange::Remove { key } => format!("- {key}\n"),
        };
    }
    for intent in &evaluation.intents {
        let once = intent.once_per.as_ref().map(|once| format!(" once per {once}")).unwrap_or_default();
        let to = format!("{}:{}", intent.service, intent.recipient);
        let once = if intent.resolved { " resolved".to_owned() } else { once };
        out += &format!("send {} [{}] to {to}{once}\n", intent.trigger, intent.templates.join(","));
    }
    for Suppressed { trigger, service, recipient, reason, .. } in &evaluation.suppressed {
        out += &format!("not {trigger} to {service}:{recipient}: {}\n", reason.word());
    }
    for error in &evaluation.errors {
        let Problem::File { file, line, column, detail } = &error.problem else { panic!("{error:?}") };
        out += &format!("{}[{}] {file}:{line}:{column}: {detail}\n", error.trigger, error.condition_index);
    }
    out
}

/// Runs a history from an application known before. Each step is the application's text.
fn history(catalog: &Catalog, steps: &[String], expect: Expect) {
    let mut memory = Memory { known: true, ..Memory::default() };
    let mut out = String::new();
    for (number, step) in steps.iter().enumerate() {
        let subject = Subject::parse(step, None).expect("app");
        let evaluation = evaluate(catalog, &memory, &subject, NOW + number as i64, Options::default());
        out += &format!("{number}:\n{}", show(&evaluation));
        apply(&mut memory, &evaluation);
    }
    expect.assert_eq(&out);
}

fn once(catalog: &Catalog, memory: &Memory, app: &str, options: Options, expect: Expect) {
    let subject = Subject::parse(app, None).expect("app");
    expect.assert_eq(&show(&evaluate(catalog, memory, &subject, NOW, options)));
}

fn health(status: &str) -> String {
    app(json!({"status": {"health": {"status": status}}}))
}

#[test]
fn without_once_per_it_fires_when_it_becomes_true() {
    let catalog = rules(
        "trigger.degraded: |
  - {when: \"app.status.health.status == 'Degraded'\", send: [t]}
subscriptions: '[{recipients: [d], triggers: [degraded]}]'",
    );
    history(
        &catalog,
        &[health("Degraded"), health("Degraded"), health("Healthy"), health("Degraded")],
        expect![[r#"
            0:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
            1:
            not degraded to d:: already_sent
            2:
            - degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            3:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
        "#]],
    );
}

#[test]
fn with_once_per_each_value_fires_once() {
    let catalog = rules(
        "trigger.failed: |
  - {when: \"app.status.operationState.phase in ['Failed']\", send: [t], oncePer: app.status.sync.revision}
subscriptions: '[{recipients: [d], triggers: [failed]}]'",
    );
    let at = |phase: &str, revision: &str| {
        app(json!({"status": {"sync": {"revision": revision}, "operationState": {"phase": phase}}}))
    };
    let gone = app(json!({"status": {"sync": {"revision": null}}}));
    let empty = at("Failed", "");
    let steps = [
        at("Failed", "a"),
        at("Running", "a"),
        at("Failed", "a"),
        at("Failed", "b"),
        gone.clone(),
        gone,
        empty,
        at("Failed", "a"),
    ];
    history(
        &catalog,
        &steps,
        expect![[r#"
        0:
        + a:failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        send failed [t] to d: once per a
        1:
        2:
        not failed to d:: already_sent
        3:
        + b:failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        send failed [t] to d: once per b
        4:
        + <nil>:failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        send failed [t] to d: once per <nil>
        5:
        not failed to d:: already_sent
        6:
        + failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        send failed [t] to d:
        7:
        not failed to d:: already_sent
    "#]],
    );
}

#[test]
fn of_many_values_the_last_are_remembered() {
    let catalog = rules(
        "trigger.deployed: |
  - {when: 'true', send: [t], oncePer: app.revision}
  - {when: 'true', send: [t], oncePer: app.metadata.name}
subscriptions: '[{recipients: [d, d:r], triggers: [deployed]}]'",
    );
    let mut memory = Memory { known: true, ..Memory::default() };
    let mut sent = |revision: usize, now: i64| {
        let json = json!({"metadata": {"name": "web"}, "revision": format!("r{revision}")}).to_string();
        let subject = Subject::parse(&json, None).expect("app");
        let evaluation = evaluate(&catalog, &memory, &subject, now, Options::default());
        apply(&mut memory, &evaluation);
        (evaluation.intents.len(), memory.keys.len())
    };
    // Two destinations, and the name's value to each.
    assert_eq!(sent(0, NOW), (4, 4));
    for revision in 1..=100 {
        let kept = (revision + 1).min(100);
        assert_eq!(sent(revision, NOW + revision as i64), (2, 2 * kept + 2));
    }
    assert_eq!(sent(1, NOW + 101), (0, 202), "one of the last hundred");
    assert_eq!(sent(0, NOW + 102), (2, 202), "news again");
    assert_eq!(sent(1, NOW + 103), (2, 202), "the oldest made room");
}

#[test]
fn errors_count_as_false_and_are_named_with_their_place() {
    let catalog = rules(
        "trigger.failed: |
  - when: app.status.operationState.phase in ['Failed']
    send: [t]
  - when: 'true'
    send: [t]
    oncePer: app.status.operationState.phase.x.y
subscriptions: '[{recipients: [d], triggers: [failed]}]'",
    );
    let without = app(json!({"status": {"operationState": null}}));
    history(
        &catalog,
        &[app(json!({})), without.clone(), without],
        expect![[r#"
        0:
        + failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        + failed:[1].X_5TO4MPCKAyY0ipFgr6_IraRNs:d:
        send failed [t] to d:
        send failed [t] to d:
        failed[1] n.yaml:10:48: invalid operation: int(string)
        1:
        - failed:[0].bqq_C1yAYGRwiRQIsillqSJeNtw:d:
        not failed to d:: already_sent
        failed[0] n.yaml:6:39: cannot fetch phase from <nil>
        failed[1] n.yaml:10:42: cannot fetch phase from <nil>
        2:
        not failed to d:: already_sent
        failed[0] n.yaml:6:39: cannot fetch phase from <nil>
        failed[1] n.yaml:10:42: cannot fetch phase from <nil>
    "#]],
    );
}

#[test]
fn only_true_triggers() {
    let catalog = rules(
        "trigger.odd: |
  - {when: '1', send: [t]}
  - {when: \"'true'\", send: [t]}
  - {when: app.missing, send: [t]}
  - {when: 1 == 1.0, send: [t]}
subscriptions: '[{recipients: [d], triggers: [odd]}]'",
    );
    history(
        &catalog,
        &[app(json!({}))],
        expect![[r#"
        0:
        + odd:[3].iTtbaO29DQgvlXJC3TUJITh1D9A:d:
        send odd [t] to d:
    "#]],
    );
}

#[test]
fn first_contact_is_a_baseline_unless_asked_otherwise() {
    let catalog = rules(
        "trigger.degraded: |
  - {when: \"app.status.health.status == 'Degraded'\", send: [t]}
subscriptions: '[{recipients: [d], triggers: [degraded]}]'",
    );
    let (new, known) = (Memory::default(), Memory { known: true, ..Memory::default() });
    once(
        &catalog,
        &new,
        &health("Degraded"),
        Options::default(),
        expect![[r#"
        + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        not degraded to d:: baseline
    "#]],
    );
    let send = Options { first_contact: FirstContact::Send, ..Options::default() };
    once(
        &catalog,
        &new,
        &health("Degraded"),
        send,
        expect![[r#"
        + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        send degraded [t] to d:
    "#]],
    );
    once(
        &catalog,
        &known,
        &health("Degraded"),
        Options::default(),
        expect![[r#"
        + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        send degraded [t] to d:
    "#]],
    );
    let changed = Options { rules_are_new: true, ..Options::default() };
    once(
        &catalog,
        &known,
        &health("Degraded"),
        changed,
        expect![[r#"
        + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        not degraded to d:: rules_changed
    "#]],
    );
}

#[test]
fn stale_sync_status_waits() {
    let catalog = rules(
        "trigger.x: \"- {when: 'true', send: [t]}\"\nsubscriptions: '[{recipients: [d], triggers: [x]}]'",
    );
    let stale = app(json!({"status": {"reconciledAt": "2024-03-05T14:07:08Z"}}));
    history(
        &catalog,
        &[stale, app(json!({}))],
        expect![[r#"
        0:
        waits
        1:
        + x:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:d:
        send x [t] to d:
    "#]],
    );
}

#[test]
fn annotations_may_name_what_only_the_cluster_has() {
    let catalog = rules(
        "trigger.x: \"- {when: 'app.metadata.name == \\\"guestbook\\\"', send: [t]}\"\ndefaultTriggers: '[x]'",
    );
    let app = app(json!({"metadata": {"annotations": {
        "notifications.argoproj.io/subscribe.x.slack": "ops",
        "notifications.argoproj.io/subscribe.other.d": "",
        "notifications.argoproj.io/subscribe.d": "",
    }}}));
    history(
        &catalog,
        &[app.clone(), app],
        expect![[r#"
        0:
        + x:[0].7i7C09HPVW9gdfcXiq26_BhQSqU:d:
        + x:[0].7i7C09HPVW9gdfcXiq26_BhQSqU:slack:ops
        send x [t] to d:
        not x to slack:ops: no_such_service
        1:
        not x to d:: already_sent
        not x to slack:ops: already_sent
    "#]],
    );
}

#[test]
fn the_clock_alone_judges_only_what_depends_on_it() {
    let catalog = rules(
        "trigger.old: |
  - {when: 'time.Now().Sub(time.Parse(app.status.health.lastTransitionTime)) > 4 * time.Minute', send: [t]}
trigger.true: \"- {when: 'true', send: [t]}\"
subscriptions: '[{recipients: [d], triggers: [old, true]}]'",
    );
    assert!(catalog.reads_clock());
    let memory = Memory { known: true, ..Memory::default() };
    let clock = Options { scope: Scope::Clock, ..Options::default() };
    once(
        &catalog,
        &memory,
        &app(json!({})),
        clock,
        expect![[r#"
        + old:[0].yPEInSqRslXxH_XkMW6tUbLRcKQ:d:
        send old [t] to d:
    "#]],
    );
}

#[test]
fn the_published_manifests_on_a_sync() {
    let step = |phase: &str, health: &str, sync: &str| {
        app(
            json!({"status": {"health": {"status": health}, "sync": {"status": sync}, "operationState": {"phase": phase}}}),
        )
    };
    let steps = [
        step("Running", "Progressing", "OutOfSync"),
        step("Succeeded", "Progressing", "Synced"),
        step("Succeeded", "Healthy", "Synced"),
        step("Failed", "Degraded", "Unknown"),
    ];
    history(
        &Catalog::parse(ZH_CN, "zh-cn.yaml"),
        &steps,
        expect![[r#"
        0:
        + on-sync-running:[0].xGlbhcF_taGYrI3UsrQsINn2hl0:dingtalk:
        send on-sync-running [app-sync-change] to dingtalk:
        1:
        - on-sync-running:[0].xGlbhcF_taGYrI3UsrQsINn2hl0:dingtalk:
        + on-sync-succeeded:[0].zxM90Et6k4Elb1-fHdjtDJq0xR0:dingtalk:
        send on-sync-succeeded [app-sync-change] to dingtalk:
        2:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:on-deployed:[0].y7b5sbwa2Q329JYH755peeq-fBs:dingtalk:
        send on-deployed [app-sync-change] to dingtalk: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        not on-sync-succeeded to dingtalk:: already_sent
        3:
        + on-sync-failed:[0].H9WjsqG1dKYm6njOZ7yUQYOA1Wk:dingtalk:
        - on-sync-succeeded:[0].zxM90Et6k4Elb1-fHdjtDJq0xR0:dingtalk:
        send on-sync-failed [app-sync-change] to dingtalk:
    "#]],
    );
    history(
        &Catalog::parse(ZH_TW, "zh-tw.yaml"),
        &steps,
        expect![[r#"
        0:
        1:
        + on-sync-succeeded:[0].IwKhHw9Hu8IE3z5Y8CQE4vReLYs:dingtalk:
        send on-sync-succeeded [app-sync-change] to dingtalk:
        2:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:on-deployed:[0].y7b5sbwa2Q329JYH755peeq-fBs:dingtalk:
        send on-deployed [app-sync-change] to dingtalk: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        not on-sync-succeeded to dingtalk:: already_sent
        3:
        + on-sync-failed:[0].QocUZC1QzO--b2WEwALX85YPE5o:dingtalk:
        + on-sync-status-unknown:[0].6SzWb05EK-0v90hwjyytTbN7S6A:dingtalk:
        - on-sync-succeeded:[0].IwKhHw9Hu8IE3z5Y8CQE4vReLYs:dingtalk:
        send on-sync-failed [app-sync-failed] to dingtalk:
        send on-sync-status-unknown [app-sync-status-unknown] to dingtalk:
    "#]],
    );
}

#[test]
fn argo_cds_catalog_on_a_sync() {
    let files = catalog_files();
    let files: Vec<crate::File<'_>> = files.iter().map(|(name, text)| crate::File { name, text }).collect();
    let names: Vec<&str> =
        files.iter().filter_map(|file| file.name.strip_prefix("triggers/")?.strip_suffix(".yaml")).collect();
    let subscriptions = format!("- recipients: [d]\n  triggers: [{}]\n", names.join(", "));
    let manifest = crate::import(&files, "").manifest;
    let manifest = crate::set_key(&manifest, "subscriptions", Some(&subscriptions)).expect("set");
    let manifest = crate::set_key(&manifest, "service.webhook.d", Some("url: $u\n")).expect("set");
    let catalog = Catalog::parse(&manifest, "n.yaml");
    let never = app(
        json!({"status": {"operationState": null, "health": {"status": "Missing"}, "sync": {"status": "Unknown"}}}),
    );
    let running = app(
        json!({"status": {"operationState": {"phase": "Running", "finishedAt": null, "syncResult": {"revision": "r1"}}}}),
    );
    let done = app(json!({"status": {
        "health": {"status": "Healthy", "lastTransitionTime": "2024-03-05T14:07:00Z"},
        "sync": {"status": "Synced"},
        "operationState": {"phase": "Succeeded", "syncResult": {"revision": "r1"}},
    }}));
    let deleting = app(json!({"metadata": {"deletionTimestamp": "2024-03-06T00:00:00Z"}}));
    history(
        &catalog,
        &[never, running, done, deleting],
        expect![[r#"
        0:
        + guestbook:on-created:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:d:
        + <nil>:on-sync-status-unknown:[0].6SzWb05EK-0v90hwjyytTbN7S6A:d:
        send on-created [app-created] to d: once per guestbook
        send on-sync-status-unknown [app-sync-status-unknown] to d: once per <nil>
        1:
        + r1:on-health-degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        + r1:on-sync-running:[0].ic91dZU3WrtgRdlZCpg-L8ARI0Q:d:
        send on-health-degraded [app-health-degraded] to d: once per r1
        send on-sync-running [app-sync-running] to d: once per r1
        not on-created to d:: already_sent
        2:
        + r1:on-deployed:[0].qyWrLKXYec9qR5FVB0ylUEJLjFg:d:
        + r1:on-sync-succeeded:[0].IwKhHw9Hu8IE3z5Y8CQE4vReLYs:d:
        send on-deployed [app-deployed] to d: once per r1
        send on-sync-succeeded [app-sync-succeeded] to d: once per r1
        not on-created to d:: already_sent
        3:
        + guestbook:on-deleted:[0].BmlU8P6R19BGtNv5gj8udVypmxQ:d:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:on-health-degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:on-sync-failed:[0].QocUZC1QzO--b2WEwALX85YPE5o:d:
        send on-deleted [app-deleted] to d: once per guestbook
        send on-health-degraded [app-health-degraded] to d: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        send on-sync-failed [app-sync-failed] to d: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        not on-created to d:: already_sent
    "#]],
    );
}

#[test]
fn a_trigger_can_be_tried() {
    let catalog = rules(
        "trigger.x: |
  - {when: app.metadata.name == 'guestbook', send: [t], oncePer: app.status.sync.revision}
  - {when: app.nothing.here, send: [t]}",
    );
    let subject = Subject::parse(&app(json!({})), None).expect("app");
    let results = run_trigger(&catalog, "x", &subject, NOW).expect("x");
    assert!(run_trigger(&catalog, "y", &subject, NOW).is_none());
    assert!(results[0].triggered() && !results[1].triggered());
    assert_eq!(results[0].once_per.as_deref(), Some("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d"));
    expect![[r#"Err(File { file: "n.yaml", line: 7, column: 26, detail: "cannot fetch here from <nil>" })"#]]
        .assert_eq(&format!("{:?}", results[1].result));
}

#[test]
fn what_the_clusters_controller_has_sent_is_left_to_it() {
    let catalog = rules(
        "trigger.degraded: |
  - {when: \"app.status.health.status == 'Degraded'\", send: [t], oncePer: app.status.sync.revision}
subscriptions: '[{recipients: [d, 'd:x'], triggers: [degraded]}]'"
            .replace("'d:x'", "d:x")
            .as_str(),
    );
    let noted = r#"{"9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[3].other:d:": 1709647000}"#;
    let app = app(json!({"metadata": {"annotations": {"notified.notifications.argoproj.io": noted}}}));
    let known = Memory { known: true, ..Memory::default() };
    let skip = Options { skip_sent_by_argocd: true, ..Options::default() };
    once(
        &catalog,
        &known,
        &app,
        skip,
        expect![[r#"
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:x
        send degraded [t] to d:x once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        not degraded to d:: sent_by_argocd
    "#]],
    );
    once(
        &catalog,
        &known,
        &app,
        Options::default(),
        expect![[r#"
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:x
        send degraded [t] to d: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        send degraded [t] to d:x once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
    "#]],
    );
    let torn = app.replace("1709647000}", "");
    once(
        &catalog,
        &known,
        &torn,
        skip,
        expect![[r#"
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:x
        send degraded [t] to d: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
        send degraded [t] to d:x once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
    "#]],
    );
}
