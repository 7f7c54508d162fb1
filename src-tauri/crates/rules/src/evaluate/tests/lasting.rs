//! Conditions that have to last (`for`), and what is said when they end (`resolved`).

use super::*;

const MINUTE: i64 = 60_000;

/// Runs a history with a time for each step, in minutes, from an application known before. An application may be
/// seen first under other rules: each step names its own.
fn timed(steps: &[(i64, &Catalog, String)], expect: Expect) {
    let mut memory = Memory { known: true, ..Memory::default() };
    let mut out = String::new();
    let mut last: Option<&Catalog> = None;
    for (minute, catalog, app) in steps {
        let subject = Subject::parse(app, None).expect("app");
        let rules_are_new = last.is_some_and(|last| !std::ptr::eq(last, *catalog));
        last = Some(catalog);
        let options = Options { rules_are_new, ..Options::default() };
        let evaluation = evaluate(catalog, &memory, &subject, NOW + minute * MINUTE, options);
        out += &format!("{minute}:\n{}", show(&evaluation));
        if let Some(next) = evaluation.next_ms {
            out += &format!("again at {}\n", (next - NOW) / MINUTE);
        }
        apply(&mut memory, &evaluation);
    }
    expect.assert_eq(&out);
}

fn degraded(data: &str) -> Catalog {
    rules(&format!(
        "trigger.degraded: |
  - {{when: \"app.status.health.status == 'Degraded'\", send: [t], {data}}}
template.well: 'message: y'
subscriptions: '[{{recipients: [d], triggers: [degraded]}}]'"
    ))
}

#[test]
fn a_condition_has_to_last_without_a_break() {
    let rules = degraded("for: 10m");
    let (bad, good) = (health("Degraded"), health("Healthy"));
    timed(
        &[
            (0, &rules, bad.clone()),
            (9, &rules, bad.clone()),
            (9, &rules, good),
            (12, &rules, bad.clone()),
            (21, &rules, bad.clone()),
            (22, &rules, bad.clone()),
            (500, &rules, bad),
        ],
        expect![[r#"
            0:
            + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            again at 10
            9:
            again at 10
            9:
            - since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            12:
            + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            again at 22
            21:
            again at 22
            22:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
            500:
            not degraded to d:: already_sent
        "#]],
    );
}

#[test]
fn what_is_true_already_at_first_contact_begins_to_count() {
    let rules = degraded("for: 10m");
    let new = Memory::default();
    once(
        &rules,
        &new,
        &health("Degraded"),
        Options::default(),
        expect![[r#"
        + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
    "#]],
    );
}

#[test]
fn a_time_to_come_counts_from_now() {
    let rules = degraded("for: 10m");
    let key = "since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s".to_owned();
    let memory = Memory { known: true, keys: [(key, NOW + MINUTE)].into() };
    once(
        &rules,
        &memory,
        &health("Degraded"),
        Options::default(),
        expect![[r#"
        + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
    "#]],
    );
}

#[test]
fn an_end_is_told_to_who_was_told_of_the_beginning() {
    let rules = degraded("resolved: [well]");
    let (bad, good) = (health("Degraded"), health("Healthy"));
    timed(
        &[
            (0, &rules, bad.clone()),
            (1, &rules, bad.clone()),
            (2, &rules, good.clone()),
            (3, &rules, good.clone()),
            (4, &rules, bad),
            (5, &rules, good),
        ],
        expect![[r#"
            0:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            + open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
            1:
            not degraded to d:: already_sent
            2:
            - degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            - open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [well] to d: resolved
            3:
            4:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            + open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
            5:
            - degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            - open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [well] to d: resolved
        "#]],
    );
    // At first contact nobody was told, so nobody is told of the end.
    let mut memory = Memory::default();
    for status in ["Degraded", "Healthy"] {
        let subject = Subject::parse(&health(status), None).expect("app");
        let evaluation = evaluate(&rules, &memory, &subject, NOW, Options::default());
        assert!(evaluation.intents.is_empty(), "{status}");
        apply(&mut memory, &evaluation);
    }
}

#[test]
fn an_end_with_once_per() {
    let rules = degraded("resolved: [well], oncePer: app.status.sync.revision");
    let (bad, good) = (health("Degraded"), health("Healthy"));
    // The second time nobody is told of the beginning: the revision is the same.
    timed(
        &[(0, &rules, bad.clone()), (1, &rules, good.clone()), (2, &rules, bad), (3, &rules, good)],
        expect![[r#"
            0:
            + 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            + open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d: once per 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d
            1:
            - open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [well] to d: resolved
            2:
            not degraded to d:: already_sent
            3:
        "#]],
    );
}

#[test]
fn a_fault_ends_a_condition_too() {
    let rules = rules(
        "trigger.failed: |
  - {when: \"app.status.operationState.phase == 'Failed'\", send: [t], resolved: [t]}
subscriptions: '[{recipients: [d], triggers: [failed]}]'",
    );
    let gone = app(json!({"status": {"operationState": null}}));
    timed(
        &[(0, &rules, app(json!({}))), (1, &rules, gone)],
        expect![[r#"
        0:
        + failed:[0].GODjlI4IgAQDzHKx7KM_vpJWRKA:d:
        + open=failed:[0].GODjlI4IgAQDzHKx7KM_vpJWRKA:d:
        send failed [t] to d:
        1:
        - failed:[0].GODjlI4IgAQDzHKx7KM_vpJWRKA:d:
        - open=failed:[0].GODjlI4IgAQDzHKx7KM_vpJWRKA:d:
        send failed [t] to d: resolved
        failed[0] n.yaml:6:41: cannot fetch phase from <nil>
    "#]],
    );
}

#[test]
fn rules_and_subscriptions_that_go_take_what_was_counted_along() {
    let (held, other) = (degraded("for: 10m, resolved: [well]"), degraded("for: 20m"));
    let plain = degraded("resolved: [well]");
    let nobody = rules("template.x: 'message: x'");
    let bad = health("Degraded");
    timed(
        &[
            (0, &held, bad.clone()),
            // The time goes on under rules that count the same condition.
            (5, &other, bad.clone()),
            (6, &nobody, bad.clone()),
            (30, &held, bad.clone()),
            (40, &held, bad.clone()),
            (41, &plain, bad.clone()),
            (42, &nobody, bad),
        ],
        expect![[r#"
            0:
            + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            again at 10
            5:
            again at 20
            6:
            - since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            30:
            + since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            again at 40
            40:
            + degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            + open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
            send degraded [t] to d:
            41:
            - since=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s
            not degraded to d:: already_sent
            42:
            - open=degraded:[0].zoG5zUjYGjimkwCGgIQGjx1hO5s:d:
        "#]],
    );
}

#[test]
fn a_tick_of_the_clock_counts_too() {
    let rules = rules(
        "trigger.old: |
  - {when: 'time.Now().Minute() % 2 == 0', send: [t], for: 10m}
trigger.other: \"- {when: 'true', send: [t], for: 10m}\"
subscriptions: '[{recipients: [d], triggers: [old, other]}]'",
    );
    let clock = Options { scope: Scope::Clock, ..Options::default() };
    let other = "since=other:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs".to_owned();
    let mut memory = Memory { known: true, keys: [(other, NOW)].into() };
    let subject = Subject::parse(&app(json!({})), None).expect("app");
    let mut out = String::new();
    for minute in 0..2 {
        let evaluation = evaluate(&rules, &memory, &subject, NOW + minute * MINUTE, clock);
        out += &format!("{minute}:\n{}", show(&evaluation));
        apply(&mut memory, &evaluation);
    }
    expect![[r#"
        0:
        1:
        + since=old:[0].s870TAOV__YEJFiZBeqvR7QlyNE
    "#]]
    .assert_eq(&out);
}
