//! `queue`, `events` and `mute`.

use dinghy_demo::RobotFault;

use crate::world::World;

/// Two messages that the robot refused, or never looked at because it refused the first.
fn world() -> World {
    let world = World::new();
    world.rules(&world.guide());
    let token = world.webhook.rsplit('=').next().expect("a token");
    world.dingtalk.fault(token, RobotFault::Errcode(400_102, "disabled".to_owned()));
    assert_eq!(world.ctl(&["run", "--once"]).code, 1);
    world.dingtalk.clear_fault(token);
    world
}

#[test]
fn the_queue_is_listed_retried_and_dropped() {
    let world = world();
    let rows = world.ctl(&["-o", "json", "queue", "list"]).ok().json();
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    assert_eq!((&rows[0]["state"], &rows[0]["attempts"]), (&"refused".into(), &1.into()));
    let row = rows[0]["row"].to_string();
    let text = world.ctl(&["queue", "list"]).ok().out;
    assert!(text.contains("prod/argocd/web  on-deployed → dingtalk"), "{text}");
    assert!(text.contains("The robot is switched off"), "{text}");

    assert_eq!(world.ctl(&["queue", "drop", &row]).ok().err, "dinghyctl: Messages dropped: 1.\n");
    assert_eq!(world.ctl(&["queue", "retry"]).ok().err, "dinghyctl: Messages will be tried again: 1.\n");
    world.ctl(&["run", "--once"]).ok();
    assert_eq!(world.shown().len(), 1);
    assert!(world.ctl(&["events"]).ok().out.contains("Dropped by you"));
    assert_eq!(world.ctl(&["queue", "drop", "--all"]).ok().err, "dinghyctl: Messages dropped: 0.\n");
}

#[test]
fn events_are_the_newest_with_the_oldest_first() {
    let world = world();
    let all = world.ctl(&["events"]).ok().out;
    let lines: Vec<&str> = all.lines().collect();
    assert!(lines.len() > 3, "{all}");
    assert!(lines.iter().any(|line| line.contains("Refused")), "{all}");
    let few = world.ctl(&["events", "--limit", "2"]).ok().out;
    assert_eq!(few.lines().collect::<Vec<_>>(), lines[lines.len() - 2..]);
    let json = world.ctl(&["-o", "json", "events"]).ok().out;
    let ids: Vec<i64> = json
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect(line)["id"].as_i64().expect("an id")
        })
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn a_muted_application_is_not_told_of() {
    let world = World::new();
    world.rules(&world.guide());
    assert_eq!(world.ctl(&["mute", "web"]).ok().err, "dinghyctl: prod/argocd/web is muted.\n");
    world.ctl(&["run", "--once"]).ok();
    assert!(world.ctl(&["events"]).ok().out.contains("you muted the application"));
    let told = |world: &World| world.shown().iter().any(|shown| shown.to_string().contains("web"));
    assert!(!told(&world));
    assert_eq!(
        world.ctl(&["unmute", "prod/argocd/web"]).ok().err,
        "dinghyctl: prod/argocd/web is not muted.\n"
    );
    let muted = world.ctl(&["-o", "json", "mute", "prod/argocd/web", "--for", "4h"]).ok();
    assert!(muted.json()["until_ms"].is_i64());
    assert_eq!(world.ctl(&["mute", "web", "--for", "soon"]).code, 2);
    assert_eq!(world.ctl(&["mute", "nobody"]).code, 1);
}
