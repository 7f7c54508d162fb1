//! `run` until it is stopped, and what works beside it.

#![cfg(unix)]

use std::time::{Duration, Instant};

use crate::world::{GROUP, World, until};

#[test]
fn watching_delivers_within_a_second_and_ends_when_told() {
    let world = World::new();
    world.rules(&world.guide());
    let mut run = world.start(&["run"]);
    run.line("prod: Live");
    until("two messages", || world.shown().len() == 2);
    until("a stream", || world.argocd.watchers() == 1);

    let started = Instant::now();
    world.argocd.edit("argocd", "web", |app| {
        app["status"]["operationState"]["phase"] = "Running".into();
    });
    until("the change's message", || world.shown().len() == 3);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    run.line("on-sync-running → dingtalk  Sent");

    // One engine at a time; everything else works beside it.
    let second = world.ctl(&["run", "--once"]);
    assert_eq!(second.code, 1);
    assert!(second.err.starts_with("dinghyctl: Dinghy already runs on "), "{second:?}");
    world.ctl(&["run", "--once", "--dry-run"]).ok();
    world.ctl(&["apps"]).ok();
    let events = world.ctl(&["events", "--limit", "1"]).ok();
    assert!(events.out.contains("Sent"), "{events:?}");

    // A saved change is live; a broken one is told.
    world.rules("data: [\n");
    run.line("notifications.yaml:");
    let (code, took, out) = run.terminate();
    assert_eq!(code, 0, "{out}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(world.dingtalk.messages(GROUP).len(), 3);

    // Restarted, it sends nothing twice.
    world.rules(&world.guide());
    world.ctl(&["run", "--once"]).ok();
    assert_eq!(world.shown().len(), 3);
}

#[test]
fn events_are_followed_from_another_process() {
    let world = World::new();
    world.rules(&world.guide());
    world.ctl(&["run", "--once"]).ok();
    let mut events = world.start(&["events", "--follow", "--limit", "1"]);
    let last = events.line("Sent");
    assert!(last.contains("on-sync-succeeded → dingtalk"), "{last}");
    world.argocd.edit("argocd", "web", |app| app["status"]["operationState"]["phase"] = "Failed".into());
    world.ctl(&["run", "--once"]).ok();
    events.line("on-sync-failed → dingtalk  Sent");
    let (code, took, ..) = events.terminate();
    assert_eq!(code, 0);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_dry_run_that_goes_on_prints_what_comes() {
    let world = World::new();
    world.rules(&world.guide());
    let mut run = world.start(&["run", "--dry-run"]);
    run.line("--- prod/argocd/web on-sync-succeeded → dingtalk");
    until("a stream", || world.argocd.watchers() == 1);
    world.argocd.edit("argocd", "web", |app| app["status"]["operationState"]["phase"] = "Error".into());
    run.line("--- prod/argocd/web on-sync-failed → dingtalk");
    assert_eq!(run.terminate().0, 0);
    assert_eq!(world.dingtalk.requests().len(), 0);
}
