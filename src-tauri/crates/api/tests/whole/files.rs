//! Both files while Dinghy runs and while it does not: what changes, what stays, what is said.

use dinghy_api::wire::{GroupForm, ServerForm};
use dinghy_api::words::code;
use dinghy_demo::Robot;
use dinghy_model::{Auth, Lang, ServerState};

use crate::house::{Dinghy, House, PATIENCE, RULES, argocd, dingtalk, health, put, server, texts};

fn form(name: &str, url: &str, secret: Option<String>) -> ServerForm {
    ServerForm {
        name: name.to_owned(),
        url: url.to_owned(),
        auth: Auth::Token,
        username: String::new(),
        secret,
        watch: true,
        poll_interval_s: 30,
        projects: Vec::new(),
        selector: String::new(),
        ca_file: String::new(),
        certificate_sha256: String::new(),
        insecure_skip_verify: false,
        proxy: String::new(),
    }
}

fn names(dinghy: &Dinghy) -> Vec<String> {
    dinghy.view().servers.into_iter().map(|server| server.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_come_and_go_and_change_names_while_it_runs() {
    let (prod, staging, dingtalk) = (argocd(), argocd(), dingtalk());
    put(&prod, "web");
    put(&staging, "api");
    let house = House::with(&prod, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;

    let token = staging.token("admin");
    let added = form("staging", &staging.url(), Some(token));
    dinghy.api.server_add(added.clone()).await.expect("added");
    assert_eq!(names(&dinghy), ["prod", "staging"], "in force when the call returns");
    let again = dinghy.api.server_add(added.clone()).await.expect_err("a second one of this name");
    assert_eq!(again.field.as_deref(), Some("name"));
    dinghy.server_is("staging", ServerState::Live).await;

    // Another name; the secret goes along.
    let renamed = ServerForm { name: "test".to_owned(), secret: None, ..added };
    dinghy.api.server_update("staging", renamed).await.expect("renamed");
    assert_eq!(names(&dinghy), ["prod", "test"]);
    let test = dinghy.server_is("test", ServerState::Live).await;
    assert_eq!(test.apps.len(), 1);

    dinghy.api.server_remove("test").await.expect("removed");
    assert_eq!(names(&dinghy), ["prod"]);
    dinghy.wait("the stream to be closed", |_| staging.watchers() == 0).await;
    let text = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    assert!(!text.contains("test") && text.contains("prod"), "{text}");

    // The other one did not notice.
    health(&prod, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    let connects = prod.requests().iter().filter(|request| request.target == "/api/version").count();
    assert_eq!(connects, 1, "never connected anew");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_settings_leave_the_last_good_ones_in_force_and_are_named_with_their_place() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let good = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;

    let duplicate = format!("{good}{}", good.replace("127.0.0.1", "localhost"));
    for (broken, line, column) in [
        (format!("{good}[[servers"), 6, 10),
        (good.replace("auth = \"token\"", "auth = \"tokn\""), 4, 8),
        (format!("{good}pol_interval = \"5s\"\n"), 6, 1),
        (duplicate, 7, 8),
    ] {
        house.settings(&broken);
        dinghy.until("a problem", |status| !status.problems.is_empty()).await;
        let view = dinghy.view();
        let problem = &view.problems[0];
        let place = (problem.code.as_str(), problem.line, problem.column);
        assert_eq!(place, ("setting", line, column), "{broken}\n{problem:?}");
        assert!(problem.what.contains(&format!(":{line}:")), "{problem:?}");
        assert_eq!(view.servers.len(), 1);
        assert_eq!(view.servers[0].url, argocd.url());
        assert_eq!(view.servers[0].state, ServerState::Live, "{broken}");
        house.settings(&good);
        dinghy.until("no problem", |status| status.problems.is_empty()).await;
    }
    // Mended with a difference.
    house.settings(&good.replace("\"prod\"", "\"other\""));
    house.secret("server.other", "unused");
    dinghy.until("the other name", |status| server(status, "other").is_some()).await;
    // The language is live too.
    assert_eq!(dinghy.api.lang(), Lang::En);
    house.settings(&format!("language = \"zh-CN\"\n{good}"));
    dinghy.wait("Chinese", |dinghy| dinghy.api.lang() == Lang::ZhCn).await;
    dinghy.api.set_language(Lang::En).expect("a language");
    assert_eq!(dinghy.api.lang(), Lang::En, "at once");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_is_told_to_whoever_draws_the_status() {
    let mut house = House::new();
    let dinghy = house.start();
    dinghy.until("the files", |status| status.loaded).await;
    let mut changes = dinghy.api.status_changes();
    changes.mark_unchanged();
    // Nothing else in it changes.
    house.settings("language = \"zh-CN\"\n");
    tokio::time::timeout(PATIENCE, changes.changed()).await.expect("a change").expect("an engine");
    assert_eq!(dinghy.api.lang(), Lang::ZhCn);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_rules_leave_the_last_good_ones_in_force() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;

    for (broken, line) in [
        (RULES.replace("== 'Degraded'", "= = 'Degraded'"), 10),
        (RULES.replace("  subscriptions: |", " subscriptions: |"), 30),
    ] {
        house.rules(&broken);
        dinghy.until("a problem", |status| !status.problems.is_empty()).await;
        let problem = &dinghy.view().problems[0];
        assert_eq!(problem.code, "file", "{problem:?}");
        assert!(problem.line.abs_diff(line) <= 2 && problem.column > 0, "{problem:?}");
        health(&argocd, "web", "Degraded");
        health(&argocd, "web", "Progressing");
        house.rules(RULES);
        dinghy.until("no problem", |status| status.problems.is_empty()).await;
    }
    assert_eq!(
        texts(&dingtalk, "ops", 2).await,
        ["web is Degraded", "web is Degraded"],
        "under the good ones"
    );
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_change_do_not_flood_running_or_not() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for number in 0..30 {
        put(&argocd, &format!("app-{number:02}"));
    }
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;

    // A trigger that holds for all of them, while it runs…
    let healthy = "    - when: app.status.health.status == 'Degraded'\n    - when: app.status.health.status == 'Healthy'\n      send: [degraded]";
    let more = RULES.replace(
        "    - when: app.status.health.status == 'Degraded'\n",
        &format!("{healthy}\n").replace(
            "    - when: app.status.health.status == 'Degraded'\n    -",
            "    - when: app.status.health.status == 'Degraded'\n      send: [degraded]\n    -",
        ),
    );
    let more = more.replace("      send: [degraded]\n      send: [degraded]\n", "      send: [degraded]\n");
    house.rules(&more);
    dinghy
        .wait("the rules", |dinghy| {
            dinghy.log().iter().filter(|line| line.contains("already so when the rules changed")).count()
                >= 31
        })
        .await;
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"], "and no other");
    dinghy.stop().await;

    // …and while it does not.
    let synced = more.replace("app.status.health.status == 'Healthy'", "app.status.sync.status == 'Synced'");
    house.rules(&synced);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Progressing");
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], "web is Degraded");
    assert_eq!(dingtalk.messages("ops").len(), 2);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_template_sends_what_was_due() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    // It compiles, and fails on this application.
    let bad = RULES.replace("{{.app.status.health.status}}", "{{index .app.status.conditions 7}}");
    house.rules(&bad);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    dinghy.wait("the failure", |dinghy| dinghy.log().iter().any(|line| line.contains("Rule failed"))).await;
    house.rules(RULES);
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    let failures = dinghy.log().iter().filter(|line| line.contains("Rule failed")).count();
    assert_eq!(failures, 1, "said once");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_by_its_form() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let secret = "SECabcdef";
    let robot = Robot {
        sign_secret: Some(secret.to_owned()),
        keywords: vec!["发布".to_owned()],
        ..Robot::new("team")
    };
    let url = dingtalk.add_robot(robot);
    let form = GroupForm {
        name: "team".to_owned(),
        webhook: Some(url.clone()),
        keywords: vec!["发布".to_owned()],
        sign_secret: Some(secret.to_owned()),
        ..GroupForm::default()
    };

    // Before it is saved: without the secret it says what is wrong.
    let unsigned = GroupForm { sign_secret: None, ..form.clone() };
    let tried = dinghy.api.group_try(unsigned, None).await.expect("tried");
    assert_eq!((tried.ok, tried.errcode), (false, Some(310_000)));
    assert!(dinghy.api.group_try(form.clone(), None).await.expect("tried").ok);
    let nothing = GroupForm { webhook: None, ..form.clone() };
    let error = dinghy.api.group_try(nothing.clone(), None).await.expect_err("no webhook, and none stored");
    assert_eq!(error.field.as_deref(), Some("webhook"));
    assert!(!format!("{form:?}").contains(secret) && !format!("{form:?}").contains("access_token"));

    dinghy.api.group_add(form.clone()).await.expect("added");
    let text = std::fs::read_to_string(house.dirs.rules()).expect("rules");
    assert!(!text.contains("access_token") && !text.contains(secret), "{text}");
    assert!(dinghy.api.group_test("team", None).await.expect("tested").ok);
    // Changed without pasting the secrets again; what the form leaves out is the stored one's.
    let kept = GroupForm { webhook: None, sign_secret: None, ..form };
    assert!(dinghy.api.group_try(kept.clone(), None).await.expect("tried").ok);
    dinghy.api.group_update("team", kept).await.expect("changed");
    assert!(dinghy.api.group_test("team", None).await.expect("tested").ok);
    dinghy
        .wait("what the URL is", |dinghy| {
            dinghy
                .view()
                .groups
                .iter()
                .any(|group| group.name == "team" && group.robot && !group.host.is_empty())
        })
        .await;
    let team = dinghy.view().groups.into_iter().find(|group| group.name == "team").expect("a group");
    assert_eq!((team.keywords, team.signed), (vec!["发布".to_owned()], true));

    dinghy.api.group_remove("team").await.expect("removed");
    let error = dinghy.api.group_test("team", None).await.expect_err("no such group");
    assert_eq!(error.code, "no_such_service");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_broken_at_the_start_is_mended_while_it_runs() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let good = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    house.settings("[[servers]");
    house.rules("data: [");
    let dinghy = house.start();
    let status = dinghy.until("problems", |status| status.problems.len() >= 2).await;
    let codes: Vec<String> = status.problems.iter().map(code).collect();
    assert!(codes.contains(&"setting".to_owned()) && codes.contains(&"file".to_owned()), "{codes:?}");
    house.settings(&good);
    house.rules(RULES);
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.until("no problem", |status| status.problems.is_empty()).await;
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy.stop().await;
}
