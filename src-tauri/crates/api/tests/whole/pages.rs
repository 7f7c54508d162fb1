//! What the window's pages ask for: the overview, one application's details, the log by its meaning and as a file.

use dinghy_api::wire::{EventFilter, ExportFormat, Period, Tone};
use dinghy_demo::Robot;
use dinghy_model::{AppId, ServerState};

use crate::house::{House, argocd, dingtalk, health, put, texts};

#[tokio::test(flavor = "multi_thread")]
async fn counts_timeline_and_what_needs_attention() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["a", "b", "c"] {
        put(&argocd, name);
    }
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "b", "Degraded");
    health(&argocd, "c", "Degraded");
    texts(&dingtalk, "ops", 2).await;
    health(&argocd, "c", "Healthy");
    dinghy
        .wait("c to recover", |dinghy| dinghy.log().iter().any(|line| line.contains("Degraded → Healthy")))
        .await;
    dinghy
        .until("b alone to be broken", |status| {
            let counts = dinghy_api::counts(status);
            (counts.total, counts.attention) == (3, 1)
        })
        .await;

    // The status is published a moment after the log is written.
    dinghy.wait("the counts", |dinghy| dinghy.api.status_view(true).counts.attention == 1).await;
    let view = dinghy.api.overview(Period::Day, 480).await.expect("an overview");
    assert_eq!((view.all.total, view.all.healthy, view.all.degraded), (3, 2, 1));
    assert_eq!(view.servers[0].name, "prod");
    assert_eq!(view.projects.iter().map(|tally| tally.total).sum::<usize>(), 3);
    let sum = |count: fn(&dinghy_api::wire::Bar) -> u32| view.bars.iter().map(count).sum::<u32>();
    assert_eq!((sum(|bar| bar.broke), sum(|bar| bar.recovered)), (2, 1));
    assert_eq!(view.bars.len(), 24);
    let row = &view.attention[0];
    assert_eq!((row.id.name.as_str(), view.attention_total), ("b", 1));

    let details = dinghy.api.app_details(&row.id).await;
    assert!(details.resources_total > 0 || details.history.is_empty());
    let mut gone = row.id.clone();
    gone.name = "gone".to_owned();
    assert_eq!(dinghy.api.app_details(&gone).await, dinghy_api::wire::AppDetails::default());
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_by_its_meaning_and_as_a_file() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    texts(&dingtalk, "ops", 1).await;
    dinghy.wait("the log of it", |dinghy| dinghy.log().iter().any(|line| line.contains("Sent"))).await;

    let tones = |tone| {
        let filter = EventFilter { tone: Some(tone), limit: 2, ..EventFilter::default() };
        dinghy.api.events(&filter).expect("events").into_iter().map(|row| row.tone).collect::<Vec<_>>()
    };
    assert_eq!(tones(Tone::Wait), [Tone::Wait]);
    assert_eq!(tones(Tone::Ok), [Tone::Ok; 2], "the server came up and the message was sent");
    assert_eq!(tones(Tone::Bad), []);

    // What one reads has a line for each message: that it was queued stands in its details, and in the file.
    let web = AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: "web".to_owned() };
    let filter = EventFilter { app: Some(web), ..EventFilter::default() };
    let lines = dinghy.api.event_log(&filter).expect("events");
    let texts: Vec<&str> = lines.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["Sent", "Healthy → Degraded", "Suppressed"]);
    let details = dinghy.api.event_details(lines[0].event.id).await.expect("details");
    let trail: Vec<&str> = details.trail.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(trail, ["Healthy → Degraded", "Queued", "Sent"]);

    let folder = tempfile::tempdir().expect("a folder");
    let filter = EventFilter { tone: Some(Tone::Wait), ..EventFilter::default() };
    let written = dinghy.api.events_export(&filter, ExportFormat::Csv, folder.path()).expect("a file");
    let text = std::fs::read_to_string(&written.path).expect("the file");
    assert_eq!(written.rows, 1);
    assert!(text.starts_with("\u{feff}id,time,server,"), "{text}");
    assert!(text.contains(",prod,argocd,web,on-degraded,ops,wait,Queued,"), "{text}");
    let all =
        dinghy.api.events_export(&EventFilter::default(), ExportFormat::Json, folder.path()).expect("a file");
    let text = std::fs::read_to_string(&all.path).expect("the file");
    let rows: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), all.rows);
    assert!(rows.iter().any(|row| row["kind"]["kind"] == "sent" && row["text"] == "Sent"));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_the_command_line_come_with_their_tokens() {
    let argocd = argocd();
    let house = House::new();
    let dinghy = house.start();
    let host = argocd.url().replace("http://", "");
    let token = argocd.token("admin");
    let file = house.dirs.config.join("cli");
    let text = format!(
        "contexts:\n- {{name: lab, server: '{host}', user: me}}\nservers:\n- {{server: '{host}', plain-text: true}}\n\
         users:\n- {{name: me, auth-token: '{token}'}}\n"
    );
    std::fs::write(&file, text).expect("a file");
    let found = dinghy.api.servers_found(&file).expect("contexts");
    assert_eq!((found.len(), found[0].token, found[0].known), (1, true, false));
    let added =
        dinghy.api.servers_import(&file, &["lab".to_owned(), "other".to_owned()]).await.expect("added");
    assert_eq!(added, 1);
    dinghy.server_is("lab", ServerState::Live).await;
    assert!(dinghy.api.servers_found(&file).expect("contexts")[0].known);
    assert_eq!(dinghy.api.servers_import(&file, &["lab".to_owned()]).await.expect("nothing"), 0);
    let settings = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    assert!(settings.contains("lab") && !settings.contains(&token), "the token is not in the file");

    let folder = tempfile::tempdir().expect("a folder");
    let report = dinghy.api.diagnostics(folder.path()).expect("a report");
    let report = std::fs::read_to_string(report.path).expect("the report");
    assert!(report.contains("lab: ") && !report.contains(&token), "{report}");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_first_start_reach_the_group() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::new();
    house.server("prod", &argocd, "");
    let robot = Robot { keywords: vec!["ops".to_owned()], ..Robot::new("first") };
    house.secret("team-url", &dingtalk.add_robot(robot));
    house.rules("data:\n  service.webhook.team: |\n    url: $team-url\n    dingtalk: {keywords: [ops]}\n");
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.until("the group", |status| status.groups.iter().any(|group| group.name == "team")).await;
    let ready = dinghy.api.rules_ready().expect("the catalog");
    assert!(ready.iter().all(|rule| !rule.there));
    let first: Vec<String> = ready.into_iter().take(3).map(|rule| rule.trigger).collect();
    assert_eq!(first, ["on-health-degraded", "on-sync-failed", "on-deployed"], "what the window proposes");
    dinghy.api.rules_ready_add(&first, &["team".to_owned()]).await.expect("rules");

    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("first", 1, crate::house::PATIENCE).await;
    let json = shown[0].json.clone().unwrap_or_default();
    assert!(json["markdown"]["text"].as_str().is_some_and(|text| text.contains("web")), "{json}");
    assert!(shown[0].accepted, "the keyword is in it: {json}");
    dinghy.stop().await;
}
