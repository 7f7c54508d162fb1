//! What rules ask of the server beyond the application: commits and projects.

use dinghy_model::ServerState;
use serde_json::json;

use crate::house::{House, RULES, argocd, dingtalk, health, put, texts};

const COMMIT: &str = "(call .repo.GetCommitMetadata .app.status.sync.revision)";

fn rules() -> String {
    RULES.replace("is {{.app.status.health.status}}", &format!("broken by {{{{{COMMIT}.Author}}}}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_names_the_author_of_the_commit_and_asks_once() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for name in ["a", "b"] {
        put(&argocd, name);
        let revision = json!("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d");
        argocd.edit("argocd", name, |app| app["status"]["sync"]["revision"] = revision);
    }
    let house = House::with(&argocd, &dingtalk);
    house.rules(&rules());
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "a", "Degraded");
    let shown = texts(&dingtalk, "ops", 1).await;
    assert!(shown[0].starts_with("a broken by ") && shown[0].contains('@'), "{shown:?}");
    health(&argocd, "b", "Degraded");
    let author = shown[0].trim_start_matches('a');
    assert_eq!(texts(&dingtalk, "ops", 2).await[1], format!("b{author}"));
    dinghy.stop().await;
    let asked = argocd.requests().into_iter().filter(|asked| asked.target.contains("/metadata")).count();
    assert_eq!(asked, 1);
    assert_eq!(dingtalk.messages("ops").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_cannot_be_had_is_named_in_the_log_and_holds_up_no_other_rule() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    argocd.edit("argocd", "web", |app| app["status"]["sync"]["revision"] = json!("1.2.3"));
    let house = House::with(&argocd, &dingtalk);
    house.rules(&rules());
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    argocd.edit("argocd", "web", |app| {
        app["status"]["health"]["status"] = json!("Degraded");
    });
    let failed = "on-degraded ops: Rule failed";
    let holds = |line: &String| line.starts_with(failed) && line.contains("must be resolved");
    dinghy.wait("the reason", |dinghy| dinghy.log().iter().any(holds)).await;
    argocd.edit("argocd", "web", |app| {
        app["status"]["health"]["status"] = json!("Healthy");
        app["status"]["sync"]["revision"] = json!("1.2.4");
    });
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web at 1.2.4"]);
    dinghy.stop().await;
    assert_eq!(dingtalk.messages("ops").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn annotations_of_a_project_subscribe() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    argocd.put_project(json!({
        "metadata": {
            "name": "default",
            "annotations": {"notifications.argoproj.io/subscribe.on-degraded.ops": ""},
        },
        "spec": {"description": "all of it"},
    }));
    let house = House::with(&argocd, &dingtalk);
    let subscriptions = RULES.find("  subscriptions:").expect("subscriptions");
    let words = "is {{.app.status.health.status}}";
    house.rules(&RULES[..subscriptions].replace(words, "is bad in {{.appProject.spec.description}}"));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is bad in all of it"]);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_asks_the_server_as_a_run_does() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let revision = json!("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d");
    argocd.edit("argocd", "web", |app| app["status"]["sync"]["revision"] = revision);
    let house = House::with(&argocd, &dingtalk);
    house.rules(&rules().replace(
        "when: app.status.health.status == 'Degraded'",
        "when: repo.GetCommitMetadata(app.status.sync.revision).Author contains '@'",
    ));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let id = dinghy.api.find_app("web").expect("an application");
    let json = dinghy.api.app_json(&id).await.expect("its text");
    let known = Some(&id);

    let run = dinghy.api.trigger_run("on-degraded", &json, known).await.expect("a trial");
    assert_eq!((run[0].triggered, run[0].value.as_str()), (true, "true"));
    let previews = dinghy.api.template_preview("degraded", &json, "", known).await.expect("previews");
    let shown = format!("{previews:?}");
    assert!(shown.contains("web broken by ") && shown.contains('@'), "{shown}");
    let told = dinghy.api.explain("on-degraded", &id, |_| String::new()).await.expect("an explanation");
    assert!(told.conditions[0].triggered, "{told:?}");
    let sent = dinghy.api.template_notify("degraded", &json, "", "ops", known).await.expect("a test");
    assert!(sent.ok, "{sent:?}");
    assert!(texts(&dingtalk, "ops", 1).await[0].starts_with("web broken by "));
    let asked = argocd.requests().into_iter().filter(|asked| asked.target.contains("/metadata")).count();
    assert!((1..=2).contains(&asked), "once for the run, once for all trials: {asked}");

    // One from a file is no server's, and a version that is no commit cannot be had.
    let run = dinghy.api.trigger_run("on-degraded", &json, None).await.expect("a trial");
    assert!(!run[0].triggered && run[0].value.contains("is not known here"), "{}", run[0].value);
    let chart = json.replace("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d", "1.2.3");
    let run = dinghy.api.trigger_run("on-degraded", &chart, known).await.expect("a trial");
    assert!(!run[0].triggered && run[0].value.contains("must be resolved"), "{}", run[0].value);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_repository_holds_reaches_the_message_or_the_log_says_which_right_is_missing() {
    for allowed in [true, false] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        argocd.edit("argocd", "web", |app| {
            let parameters = json!([{"name": "image.tag", "value": "2.0.0"}]);
            app["spec"]["source"]["helm"] = json!({"parameters": parameters});
        });
        let mut house = House::with(&argocd, &dingtalk);
        if !allowed {
            house.secret("server.prod", &argocd.project_token("default", "watcher"));
        }
        let details = "{{$d := call .repo.GetAppDetails}}{{$d.Type}} {{$d.Helm.GetParameterValueByName `image.tag`}} \
                       {{$d.Helm.GetParameterValueByName `replicaCount`}}";
        house.rules(&RULES.replace("is {{.app.status.health.status}}", details));
        let dinghy = house.start();
        dinghy.server_is("prod", ServerState::Live).await;
        health(&argocd, "web", "Degraded");
        if allowed {
            assert_eq!(texts(&dingtalk, "ops", 1).await, ["web Helm 2.0.0 3"]);
        } else {
            let holds = |line: &String| line.contains("takes `repositories, get`");
            dinghy.wait("the right that is missing", |dinghy| dinghy.log().iter().any(holds)).await;
        }
        dinghy.stop().await;
        let asked =
            argocd.requests().into_iter().filter(|asked| asked.target.contains("/appdetails")).count();
        // Without the right also by its whole name, which is what it has outside the controller's namespace.
        assert_eq!(asked, if allowed { 1 } else { 2 });
    }
}
