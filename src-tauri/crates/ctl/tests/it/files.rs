//! `check`, `import`, `export`.

use std::fs;

use expect_test::{Expect, expect};

use crate::world::World;

#[track_caller]
fn check(world: &World, args: &[&str], expected: Expect) {
    expected.assert_eq(&world.ctl(args).told(world));
}

#[test]
fn check_needs_neither_network_nor_keychain() {
    let world = World::new();
    world.rules(&world.guide().replace(&world.webhook, "$nowhere"));
    check(
        &world,
        &["check"],
        expect![[r#"
        0
        dinghyctl: Settings and rules have no problems.
    "#]],
    );
    assert_eq!(world.argocd.requests().len(), 0);
    assert_eq!(fs::read_dir(world.path("data")).expect("data").count(), 0);
}

#[test]
fn check_names_every_place() {
    let world = World::new();
    world.write(
        "config/settings.toml",
        "[[servers]]\nname = \"a\"\nurl = \"https://argocd.example\"\ntoken = \"hunter2\"\npoll_intervall = \"30s\"\n\n\
         [[servers]]\nname = \"a\"\nurl = \"ftp://argocd.example\"\n",
    );
    world.rules(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-notifications-cm}\ndata:\n  \
         trigger.on-x: |\n    - when: app.status.\n      send: [gone]\n  template.t: |\n    message: '{{ .app }'\n",
    );
    check(
        &world,
        &["check"],
        expect![[r#"
        1
        DIR/config/settings.toml:4:1: “token” is a secret in the clear: take it out and sign in, or write { env = "NAME" } or { command = ["program"] } under [secrets]
        DIR/config/settings.toml:5:1: warning: unknown key “poll_intervall”; did you mean “poll_interval”?
        DIR/config/settings.toml:8:8: a server named “a” already stands in line 1; give this one another name
        DIR/config/settings.toml:9:7: “url” must start with "http://" or "https://"
        DIR/config/notifications.yaml:6:23: unexpected end of expression
        DIR/config/notifications.yaml:9:15: unexpected "}" in operand
    "#]],
    );
    let json = world.ctl(&["-o", "json", "check"]).json();
    let first = &json[0];
    assert_eq!(
        (first["line"].as_u64(), first["column"].as_u64(), first["level"].as_str()),
        (Some(4), Some(1), Some("error")),
        "{json}"
    );
    // Warnings alone are no no.
    world.settings("[surprise]\n");
    world.rules("");
    check(
        &world,
        &["check"],
        expect![[r#"
        0
        DIR/config/settings.toml:12:2: warning: unknown key “surprise”; it has no effect
    "#]],
    );
}

#[test]
fn a_manifest_without_secrets_comes_in_and_goes_out_as_it_is() {
    let world = World::new();
    let manifest = world.guide().replace(&world.webhook, "$dingtalk-url");
    world.write("cm.yaml", &manifest);
    check(
        &world,
        &["import", "--dry-run", "cm.yaml"],
        expect![[r#"
        0
        added: service.webhook.dingtalk
        added: context
        added: template.app-sync-change
        added: trigger.on-deployed
        added: trigger.on-health-degraded
        added: trigger.on-sync-failed
        added: trigger.on-sync-running
        added: trigger.on-sync-status-unknown
        added: trigger.on-sync-succeeded
        added: subscriptions
        dinghyctl: Nothing was changed.
    "#]],
    );
    assert!(!world.path("config/notifications.yaml").exists());
    world.ctl(&["import", "cm.yaml"]).ok();
    assert_eq!(fs::read_to_string(world.path("config/notifications.yaml")).expect("rules"), manifest);
    assert_eq!(world.ctl(&["export"]).ok().out, manifest);

    // Again, with one key changed and a bare trigger beside it.
    world.write("cm.yaml", &manifest.replace("Application has degraded", "It has degraded"));
    world.write("on-x.yaml", "- when: 'true'\n  send: [app-sync-change]\n");
    check(
        &world,
        &["import", "cm.yaml", "on-x.yaml"],
        expect![[r#"
        0
        added: trigger.on-x
        replaced: trigger.on-health-degraded
    "#]],
    );
    assert_eq!(
        world.ctl(&["trigger", "get", "on-x"]).ok().out,
        "- when: 'true'\n  send: [app-sync-change]\n"
    );
}

#[test]
fn secrets_go_to_the_keychain_or_the_import_does_nothing() {
    let world = World::new();
    world.write("config/settings.toml", "");
    world.write("cm.yaml", &world.guide());
    check(
        &world,
        &["import", "--dry-run", "cm.yaml"],
        expect![[r#"
        0
        added: service.webhook.dingtalk
        added: context
        added: template.app-sync-change
        added: trigger.on-deployed
        added: trigger.on-health-degraded
        added: trigger.on-sync-failed
        added: trigger.on-sync-running
        added: trigger.on-sync-status-unknown
        added: trigger.on-sync-succeeded
        added: subscriptions
        secret to the keychain: dingtalk-url
        dinghyctl: Nothing was changed.
    "#]],
    );
    let done = world.ctl(&["import", "cm.yaml"]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains("No keychain service is running"), "{done:?}");
    assert!(!world.path("config/notifications.yaml").exists());
}

#[test]
fn what_cannot_be_imported_is_named_with_its_place() {
    let world = World::new();
    world.write("a.yaml", "kind: Deployment\nmetadata: {name: x}\n");
    world.write("b.yaml", "data:\n  trigger.on-x: [\n");
    check(
        &world,
        &["import", "a.yaml", "b.yaml"],
        expect![[r#"
        1
        a.yaml:1:1: `kind: Deployment` is not imported
        b.yaml:3:1: while parsing a node, did not find expected node content
    "#]],
    );
}

#[test]
fn rules_go_to_the_cluster_and_come_back() {
    let world = World::new();
    let rules = "kind: ConfigMap
data:
  service.webhook.dingtalk: |
    url: $dingtalk-url
    dingtalk: {signSecret: $sign}
  service.desktop: '{}'
  template.bad: |
    dingtalk: {msgtype: text, text: '{{.app.metadata.name}} is bad'}
  trigger.bad: |
    - {when: 'true', send: [bad], for: 12h}
";
    world.rules(rules);
    let export = world.ctl(&["export", "--argo"]);
    expect![[r#"
        0
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          service.webhook.dingtalk: |
            url: "$dingtalk-url"
            dingtalk:
              signSecret: "$sign"
            headers:
              -
                name: "Content-Type"
                value: "application/json"
          template.bad: |
            webhook:
              dingtalk:
                method: "POST"
                body: "{\"msgtype\":\"text\",\"text\":{\"content\":\"{{regexReplaceAll `^\"|\"$` (.app.metadata.name | print | toJson) ``}} is bad\"}}"
          trigger.bad: |
            - {when: 'true', send: [bad], for: 12h}
          dinghy.service.desktop: |-
            {}
          dinghy.service.webhook.dingtalk: |
            url: $dingtalk-url
            dingtalk: {signSecret: $sign}
          dinghy.template.bad: |
            dingtalk: {msgtype: text, text: '{{.app.metadata.name}} is bad'}
        ---
        # What the rules name. Fill in the values first, or leave this out if the cluster has them already.
        apiVersion: v1
        kind: Secret
        metadata:
          name: argocd-notifications-secret
        type: Opaque
        stringData:
          dingtalk-url: ""
        dinghyctl: service.desktop: left out: the controller would refuse all rules because of it
        dinghyctl: service.webhook.dingtalk: got the header Content-Type, which the controller does not add
        dinghyctl: service.webhook.dingtalk: the controller cannot sign: give the robot keywords or an IP list instead
        dinghyctl: template.bad: now with a webhook body for dingtalk, made of the dingtalk block or message
        dinghyctl: trigger.bad[0]: `for` has no effect there: it counts at once
    "#]].assert_eq(&export.told(&world));
    world.rules("");
    world.write("cluster.yaml", &export.out);
    expect![[r#"
        0
        added: service.webhook.dingtalk
        added: template.bad
        added: trigger.bad
    "#]]
    .assert_eq(&world.ctl(&["import", "cluster.yaml"]).told(&world));
    let again = world.ctl(&["export", "--argo"]);
    assert_eq!((again.code, again.out.len()), (0, export.out.len()));
    world.rules("{");
    expect![[r#"
        1
        dinghyctl: DIR/config/notifications.yaml:1:2: while parsing a node, did not find expected node content. Mend the file; the last good state stays in force.
    "#]].assert_eq(&world.ctl(&["export", "--argo"]).told(&world));
}
