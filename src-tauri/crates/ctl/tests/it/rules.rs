//! `trigger` and `template`.

use expect_test::{Expect, expect};

use crate::world::World;

fn world() -> World {
    let world = World::new();
    world.rules(&world.guide().replace(&world.webhook, "$dingtalk-url"));
    world
}

#[track_caller]
fn check(world: &World, args: &[&str], expected: Expect) {
    expected.assert_eq(&world.ctl(args).told(world));
}

#[test]
fn lists_and_texts_need_no_server() {
    let world = world();
    check(
        &world,
        &["trigger", "list"],
        expect![[r#"
        0
        NAME                    TEMPLATE         DESCRIPTION
        on-deployed             app-sync-change  Application is synced and healthy. Triggered once per commit.
        on-health-degraded      app-sync-change  Application has degraded
        on-sync-failed          app-sync-change  Application syncing has failed
        on-sync-running         app-sync-change  Application is being synced
        on-sync-status-unknown  app-sync-change  Application status is 'Unknown'
        on-sync-succeeded       app-sync-change  Application syncing has succeeded
    "#]],
    );
    check(
        &world,
        &["trigger", "get", "on-sync-failed"],
        expect![[r#"
        0
        - description: Application syncing has failed
          send: [app-sync-change]  # template names
          when: app.status.operationState.phase in ['Error', 'Failed']
    "#]],
    );
    check(
        &world,
        &["template", "list"],
        expect![[r#"
        0
        NAME             PREVIEW
        app-sync-change  webhook: dingtalk: method: POST body: | { "msgtype": "markdo…
    "#]],
    );
    check(
        &world,
        &["template", "get", "app-sync-change"],
        expect![[r####"
        0
        webhook:
          dingtalk:
            method: POST
            body: |
              {
                    "msgtype": "markdown",
                    "markdown": {
                        "title":"ArgoCD同步状态",
                        "text": "### ArgoCD同步状态\n> - app名称: {{.app.metadata.name}}\n> - app同步状态: {{ .app.status.operationState.phase}}\n> - 时间:{{.app.status.operationState.startedAt}}\n> - URL: [点击跳转ArgoCD]({{.context.argocdUrl}}/applications/{{.app.metadata.name}}?operation=true) \n"
                    }
                }
    "####]],
    );
    assert_eq!(world.ctl(&["trigger", "get"]).ok().out, world.ctl(&["trigger", "list"]).ok().out);
    let triggers = world.ctl(&["-o", "json", "trigger", "list"]).ok().json();
    assert_eq!(triggers[0]["oncePer"], "app.status.sync.revision");
    assert_eq!(world.argocd.requests().len(), 0);
}

#[test]
fn a_trigger_is_run_on_an_application_by_each_of_its_names_or_from_a_file() {
    let world = world();
    let app = world.argocd.get("argocd", "web").expect("web");
    world.write("app.json", &app.to_string());
    let by_name = world.ctl(&["trigger", "run", "on-sync-succeeded", "web"]).ok().out;
    expect![[r#"
        INDEX  TRIGGERED  ONCEPER  TEMPLATE         CONDITION                                         VALUE
        0      true                app-sync-change  app.status.operationState.phase in ['Succeeded']  true
    "#]]
    .assert_eq(&by_name);
    for subject in [&["argocd/web"][..], &["prod/argocd/web"], &["--app-file", "app.json"]] {
        let args = [&["trigger", "run", "on-sync-succeeded"], subject].concat();
        assert_eq!(world.ctl(&args).ok().out, by_name, "{subject:?}");
    }
    let conditions = world.ctl(&["-o", "json", "trigger", "run", "on-deployed", "web"]).ok().json();
    assert_eq!(conditions[0]["once_per"], app["status"]["sync"]["revision"]);
    world.write("empty.json", "{}");
    check(
        &world,
        &["trigger", "run", "on-deployed", "--app-file", "empty.json"],
        expect![[r#"
        0
        INDEX  TRIGGERED  ONCEPER  TEMPLATE         CONDITION                                                                                   VALUE
        0      false               app-sync-change  app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'  DIR/config/notifications.yaml:30:24: cannot fetch operationState from <nil>
    "#]],
    );
    world.write("app.yaml", "metadata: {}\n");
    check(
        &world,
        &["trigger", "run", "on-deployed", "--app-file", "app.yaml"],
        expect![[r#"
        1
        dinghyctl: app.yaml is not an application as JSON (as `argocd app get NAME -o json` gives it): expected value at line 1 column 1
    "#]],
    );
    world.write("cut.json", "{\"metadata\": ");
    check(
        &world,
        &["trigger", "run", "on-deployed", "--app-file", "cut.json"],
        expect![[r#"
        1
        dinghyctl: cut.json is not an application as JSON (as `argocd app get NAME -o json` gives it): EOF while parsing a value at line 1 column 13
    "#]],
    );
    // An application of that name on two servers.
    let settings = std::fs::read_to_string(world.path("config/settings.toml")).expect("settings");
    let second = settings
        .replacen("prod", "second", 1)
        .replace("[events]", "[unused]")
        .replace("[secrets]", "[unread]");
    let second = second.split("[unused]").next().unwrap_or_default().replace("\"token\"", "\"none\"");
    world.write("config/settings.toml", &format!("{second}{settings}"));
    world
        .argocd
        .put(dinghy_demo::App { namespace: "other".to_owned(), ..dinghy_demo::App::new("web") }.build(0));
    check(
        &world,
        &["trigger", "run", "on-deployed", "web"],
        expect![[r#"
        1
        dinghyctl: second: Not signed in. Enter a token: argocd account generate-token.
        dinghyctl: Several applications have this name; write server/namespace/name.
    "#]],
    );
}

#[test]
fn a_template_is_shown_or_sent() {
    let world = world();
    let app = world.argocd.get("argocd", "web").expect("web");
    let started = app["status"]["operationState"]["startedAt"].as_str().expect("a time").to_owned();
    let shown = world.ctl(&["template", "notify", "app-sync-change", "web"]).ok().out;
    expect![[r####"
        --- dingtalk POST
        {
              "msgtype": "markdown",
              "markdown": {
                  "title":"ArgoCD同步状态",
                  "text": "### ArgoCD同步状态\n> - app名称: web\n> - app同步状态: Succeeded\n> - 时间:TIME\n> - URL: [点击跳转ArgoCD](http://argocd.k8s.local/applications/web?operation=true) \n"
              }
          }
    "####]].assert_eq(&shown.replace(&started, "TIME"));
    assert_eq!(
        world.ctl(&["template", "notify", "app-sync-change", "web", "--recipient", "console"]).ok().out,
        shown
    );
    assert_eq!(world.shown().len(), 0);

    let sent = world.ctl(&["template", "notify", "app-sync-change", "web", "--recipient", "dingtalk"]).ok();
    assert!(sent.out.starts_with("dingtalk: delivered  errcode 0 ok  "), "{sent:?}");
    assert_eq!(world.shown().len(), 1);
    assert!(world.shown()[0].contains("> - app名称: web\\n"));
    // Past the queue, and no event of the application.
    assert_eq!(world.ctl(&["queue", "list"]).ok().out.lines().count(), 1);
}
