//! Why a message came or did not, as the window says it: over what really happened to real applications.

use dinghy_api::wire::{EventFilter, ExplainView, Tone, TriggerForm, TryOn};
use dinghy_model::{AppId, ServerState};

use crate::house::{House, argocd, dingtalk, health, put, texts};

/// What is decided for each destination: what it means, and why.
fn decided(view: &ExplainView) -> Vec<(Tone, &str, &str)> {
    view.destinations.iter().map(|to| (to.tone, to.word.as_str(), to.why.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_and_every_line_says_why() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "old");
    health(&argocd, "old", "Degraded");
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    texts(&dingtalk, "ops", 1).await;
    dinghy.wait("the log of it", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;
    let api = &dinghy.api;
    let id = |name: &str| AppId { server: "prod".into(), namespace: "argocd".into(), name: name.into() };
    let time = |_: i64| "then".to_owned();

    let rules = api.app_rules(&id("web"), time).await.expect("rules");
    let rule = &rules.rules[0];
    assert_eq!((rule.trigger.as_str(), rule.holds, rule.tone), ("on-degraded", true, Tone::Ok));
    assert_eq!((rule.text.as_str(), rule.detail.as_str()), ("Sent", "ops, then"));
    let view = api.explain("on-degraded", &id("web"), time).await.expect("an explanation");
    assert_eq!(
        decided(&view),
        [(Tone::Ok, "Sent", "was sent at then; due again once it was not true in between")]
    );
    assert!(view.conditions[0].once_seen && view.notes.is_empty(), "{view:?}");

    // What was so before Dinghy came was never sent, and that is not called sent.
    let view = api.explain("on-degraded", &id("old"), time).await.expect("an explanation");
    let [(tone, word, why)] = decided(&view)[..] else { panic!("{view:?}") };
    assert_eq!((tone, word), (Tone::Hold, "Not sent: first contact"));
    assert!(why.starts_with("was only remembered at then, not sent"), "{why}");

    // A line of the log: the change before it, the message's way, and how it would look now.
    let filter = EventFilter {
        trigger: Some("on-degraded".to_owned()),
        app: Some(id("web")),
        ..EventFilter::default()
    };
    let lines = api.events(&filter).expect("events");
    let details = api.event_details(lines[0].event.id).await.expect("details");
    let trail: Vec<&str> = details.trail.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(trail, ["Healthy → Degraded", "Queued", "Sent"]);
    assert!(details.has_trigger && details.has_group && details.queued.is_none(), "{details:?}");
    assert!(details.now.is_some_and(|message| message.robot && message.text.contains("web")));

    // While sending is paused the message is there to be read, and the pause is named.
    api.pause(dinghy_api::wire::PauseFor::Forever, 0).await;
    health(&argocd, "web", "Healthy");
    health(&argocd, "web", "Degraded");
    dinghy.wait("the message", |dinghy| dinghy.api.queue().is_ok_and(|queue| queue.len() == 1)).await;
    let lines = api.events(&filter).expect("events");
    let details = api.event_details(lines[0].event.id).await.expect("details");
    assert!(details.message.is_some_and(|message| message.text.contains("web")), "what is in the queue");
    let row = details.queued.expect("in the queue").row;
    dinghy.until("the pause", |status| status.paused.is_some()).await;
    let view = api.explain("on-degraded", &id("web"), time).await.expect("an explanation");
    assert_eq!(view.notes, ["Sending is paused: messages wait in the queue."]);
    assert_eq!((decided(&view)[0].1, view.queue.len()), ("Waiting", 1));
    api.queue_drop(Some(row)).await.expect("dropped");
    let view = api.explain("on-degraded", &id("web"), time).await.expect("an explanation");
    assert_eq!((decided(&view)[0].1, view.queue.len()), ("Dropped by you", 0));

    // As it is typed: another condition is new to the application.
    let mut form: TriggerForm = api.trigger_draft("on-degraded").expect("a form").form;
    let on = TryOn { app: Some(id("web")), service: None };
    let view = api.trigger_explain(&form, &[], &on, time).await.expect("an explanation");
    assert_eq!(decided(&view)[0].1, "Dropped by you", "untouched it is the one in force");
    form.conditions[0].when = "app.status.health.status != 'Healthy'".to_owned();
    let view = api.trigger_explain(&form, &[], &on, time).await.expect("an explanation");
    assert!(decided(&view)[0].2.starts_with("would be remembered and not sent"), "{view:?}");

    // A new one is explained with the groups that it will be saved for.
    form.name = "on-new".to_owned();
    let view = api.trigger_explain(&form, &[], &on, time).await.expect("an explanation");
    assert_eq!(decided(&view), []);
    let view = api.trigger_explain(&form, &["ops".to_owned()], &on, time).await.expect("an explanation");
    assert_eq!(decided(&view).len(), 1, "{view:?}");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_is_tried_on_what_applications_looked_like() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    put(&argocd, "api");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let api = &dinghy.api;
    let form = api.trigger_draft("on-degraded").expect("a form").form;
    let view = api.trigger_past(&form, &[], 480).await.expect("an answer");
    assert_eq!((view.from_ms, view.messages, view.days.len()), (None, 0, 7), "nothing is known yet");

    let logged = |line: &'static str, count: usize| {
        dinghy.wait(line, move |dinghy| dinghy.log().iter().filter(|one| one.contains(line)).count() == count)
    };
    health(&argocd, "web", "Degraded");
    logged("Healthy → Degraded", 1).await;
    health(&argocd, "web", "Healthy");
    logged("Degraded → Healthy", 1).await;
    health(&argocd, "web", "Degraded");
    health(&argocd, "api", "Degraded");
    logged("Healthy → Degraded", 3).await;

    let view = api.trigger_past(&form, &[], 480).await.expect("an answer");
    assert_eq!((view.messages, view.apps, view.imagined, view.cut), (3, 2, false, false), "{view:?}");
    assert_eq!(view.states, 6, "each change, and for each application what was before");
    assert_eq!(view.rows.iter().filter(|row| row.app.name == "web").count(), 2);
    assert!(view.rows.iter().all(|row| row.to == ["ops"]));
    assert_eq!(view.days[6].messages + view.days[5].messages, 3);

    // It is really the typed one: `for` that nothing lasts long enough for, another condition, and one that reads more.
    let mut typed = form.clone();
    typed.conditions[0].hold_for = "1h".to_owned();
    assert_eq!(api.trigger_past(&typed, &[], 0).await.expect("an answer").messages, 0);
    typed.conditions[0].hold_for.clear();
    typed.conditions[0].when = "app.status.health.status == 'Healthy'".to_owned();
    let view = api.trigger_past(&typed, &[], 0).await.expect("an answer");
    assert_eq!((view.messages, view.rows[0].app.name.as_str()), (1, "web"), "{view:?}");
    typed.conditions[0].when = "len(app.status.resources) > 0".to_owned();
    let view = api.trigger_past(&typed, &[], 0).await.expect("an answer");
    assert_eq!((view.missing, view.messages), (vec!["app.status.resources".to_owned()], 0));
    typed.name = "new".to_owned();
    typed.conditions[0].when = "app.status.health.status == 'Degraded'".to_owned();
    let view = api.trigger_past(&typed, &[], 0).await.expect("an answer");
    assert_eq!((view.messages, view.imagined), (3, true), "a new one has no subscription yet");
    let view = api.trigger_past(&typed, &["ops".to_owned()], 0).await.expect("an answer");
    assert_eq!((view.messages, view.imagined), (3, false), "a group is chosen");
    typed.conditions[0].when = "app.status.health.status = 'Degraded'".to_owned();
    assert!(api.trigger_past(&typed, &[], 0).await.is_err());
    dinghy.stop().await;

    // They are there after a restart.
    let dinghy = house.start();
    assert_eq!(dinghy.api.trigger_past(&form, &[], 0).await.expect("an answer").messages, 3);
    dinghy.stop().await;
}
