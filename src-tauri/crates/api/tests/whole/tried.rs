//! What is sent to try something is in the event log, as a test, and counts as nothing else.

use dinghy_api::wire::{
    DingTalkForm, EventFilter, EventRow, ExportFormat, Period, TemplateForm, Tone, TryOn,
};
use dinghy_demo::RobotFault;
use dinghy_model::{AppId, EventKind, Lang, Problem, ServerState};

use crate::house::{House, argocd, dingtalk, health, put, texts};

fn tests(rows: Vec<EventRow>) -> Vec<EventRow> {
    rows.into_iter().filter(|row| row.event.kind.is_test()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_in_the_log_and_belongs_to_nothing() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let robot = house.secrets["ops-url"].rsplit('=').next().expect("a token").to_owned();
    let dinghy = house.start();
    let api = &dinghy.api;
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    texts(&dingtalk, "ops", 1).await;
    dinghy.wait("the log of it", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;
    let web = AppId { server: "prod".into(), namespace: "argocd".into(), name: "web".into() };

    // A group's, taken and refused; a template's.
    assert!(api.group_test("ops", None).await.expect("tested").ok);
    dingtalk.fault_next(&robot, 1, RobotFault::Errcode(310_000, "sign not match".to_owned()));
    assert!(!api.group_test("ops", None).await.expect("tested").ok);
    let text = "{{.app.metadata.name}}".to_owned();
    let form = TemplateForm {
        name: "mine".to_owned(),
        dingtalk: Some(DingTalkForm { msgtype: "text".to_owned(), text, ..DingTalkForm::default() }),
        ..TemplateForm::default()
    };
    let on = TryOn { app: Some(web.clone()), service: Some("ops".to_owned()) };
    assert!(api.template_test(&form, &on).await.expect("tested").ok);

    let all = || api.events(&EventFilter::default()).expect("events");
    let found = tests(all());
    let said: Vec<_> =
        found.iter().map(|row| (row.text.as_str(), row.tone, row.event.app.is_some())).collect();
    assert_eq!(
        said,
        [("Test sent", Tone::Ok, true), ("Test failed", Tone::Bad, false), ("Test sent", Tone::Ok, false)]
    );
    assert!(found.iter().all(|row| row.event.service == "ops" && row.event.trigger.is_empty()));
    let EventKind::Refused { problem: Problem::Robot { errcode, errmsg, .. }, .. } = &found[1].event.kind
    else {
        panic!("the robot's answer: {:?}", found[1].event.kind)
    };
    assert_eq!((*errcode, errmsg.as_str()), (310_000, "sign not match"));

    // Each stands alone, and none is among what an event led to.
    for row in &found {
        let details = api.event_details(row.event.id).await.expect("details");
        assert_eq!(details.trail.len(), 1, "{:?}", details.trail);
        assert!(details.queued.is_none() && details.now.is_none());
    }
    let changed = all().into_iter().find(|row| matches!(row.event.kind, EventKind::Changed { .. }));
    let details = api.event_details(changed.expect("the change").event.id).await.expect("details");
    assert!(details.trail.len() >= 3 && tests(details.trail).is_empty());

    // Nobody needs to be told in the tray of what he saw, nothing waits, and no deployment was counted.
    dinghy.until("nothing in the queue", |status| status.refused + status.waiting == 0).await;
    let recent = api.status_changes().borrow().recent.clone();
    assert!(!recent.iter().any(|event| event.kind.is_test()), "{recent:?}");
    let bars = api.overview(Period::Day, 0).await.expect("an overview").bars;
    let counted: u32 = bars.iter().map(|bar| bar.synced + bar.failed + bar.broke + bar.recovered).sum();
    assert_eq!(counted, 1, "it broke once");

    // In both languages, found by what it means, and exported.
    let bad = EventFilter { tone: Some(Tone::Bad), ..EventFilter::default() };
    assert_eq!(tests(api.events(&bad).expect("events")).len(), 1);
    let folder = tempfile::tempdir().expect("a folder");
    let written = api.events_export(&bad, ExportFormat::Csv, folder.path()).expect("a file");
    let file = std::fs::read_to_string(written.path).expect("the file");
    assert!(file.contains(",,,,,ops,bad,Test failed,"), "{file}");
    api.set_language(Lang::ZhCn).expect("Chinese");
    assert_eq!(tests(all())[0].text, "测试已发送");
    dinghy.stop().await;
}
