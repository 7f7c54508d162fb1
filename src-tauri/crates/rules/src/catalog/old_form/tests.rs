//! Old manifests and what they mean, and that their keys of today mean the same.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::catalog::Catalog;
use crate::edit::{keys, todays_keys};

/// As argocd-notifications 1.0 was installed: everything in one key.
const INSTALLED: &str = r##"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  config.yaml: |
    triggers:
      - name: on-sync-failed
        description: Application syncing has failed
        condition: app.status.operationState.phase in ['Error', 'Failed']
        template: app-sync-failed
        enabled: true
      - name: on-sync-status-unknown
        condition: app.status.sync.status == 'Unknown'
        template: app-sync-status
      - name: never
        condition: false
        template: app-sync-status
    templates:
      - name: app-sync-status
        subject: Application {{.app.metadata.name}} sync status is {{.app.status.sync.status}}
        body: |
          Application {{.app.metadata.name}} sync is {{.app.status.sync.status}} ({{.context.notificationType}}).
          {{.context.argocdUrl}}/applications/{{.app.metadata.name}}
        slack:
          attachments: '[]'
      - name: app-sync-failed
        title: is not read
        body: Syncing {{.app.metadata.name}} has failed.
        webhook:
          dingtalk: {method: POST, body: '{"msgtype": "text", "text": {"content": "failed"}}'}
    context:
      argocdUrl: https://argocd.example.com
    subscriptions:
      - recipients: [dingtalk]
        triggers: [on-sync-status-unknown]
        selector: team=shop
      - recipients: [dingtalk]
"##;

/// What rules say, whatever form they have.
fn meaning(catalog: &Catalog) -> String {
    let mut out = String::new();
    for (name, trigger) in catalog.triggers() {
        for condition in &trigger.conditions {
            let (when, once) = (condition.when(), condition.once_per());
            let _ = writeln!(out, "{name} {} {when} | {once} | {:?}", condition.key, condition.send);
        }
    }
    for (name, template) in catalog.templates() {
        let message = template.message.as_ref().map_or("", |piece| piece.text.value.as_str());
        let _ = writeln!(out, "{name}: {message:?} {:?}", template.webhook.keys());
    }
    let _ = writeln!(out, "{:?}", catalog.context());
    for subscription in catalog.subscriptions() {
        let _ = writeln!(
            out,
            "{:?} {:?} {:?}",
            subscription.recipients, subscription.triggers, subscription.about.selector
        );
    }
    let _ = writeln!(out, "defaults {:?}", catalog.default_triggers(None));
    out
}

/// Shows what rules in the old form mean, and checks that as keys of their own they mean the same.
fn check(text: &str, expect: Expect) {
    let catalog = Catalog::parse(text, "n.yaml");
    let mut out = meaning(&catalog);
    for found in catalog.diagnostics() {
        let dinghy_model::Problem::File { line, column, detail, .. } = &found.problem else { panic!() };
        let _ = writeln!(out, "{line}:{column} {:?} [{}] {detail}", found.level, found.key);
    }
    expect.assert_eq(&out);
    let today = todays_keys(text).expect("keys of their own");
    assert!(!keys(&today).expect("keys").contains_key("config.yaml"), "{today}");
    assert_eq!(meaning(&Catalog::parse(&today, "n.yaml")), meaning(&catalog), "{today}");
}

#[test]
fn an_installed_manifest_is_read_as_it_was_meant() {
    check(
        INSTALLED,
        expect![[r#"
        never [0].fLbvuYullyqbUJDcLlF_4U0SywQ false |  | ["app-sync-status"]
        on-sync-failed [0].H9WjsqG1dKYm6njOZ7yUQYOA1Wk app.status.operationState.phase in ['Error', 'Failed'] |  | ["app-sync-failed"]
        on-sync-status-unknown [0].6SzWb05EK-0v90hwjyytTbN7S6A app.status.sync.status == 'Unknown' |  | ["app-sync-status"]
        app-sync-failed: "Syncing {{.app.metadata.name}} has failed." ["dingtalk"]
        app-sync-status: "Application {{.app.metadata.name}} sync is {{.app.status.sync.status}} ({{.context.notificationType}}).\n{{.context.argocdUrl}}/applications/{{.app.metadata.name}}\n" []
        {"argocdUrl": "https://argocd.example.com"}
        [Destination { service: "dingtalk", recipient: "" }] ["on-sync-status-unknown"] Selector { text: "team=shop", requirements: [Requirement { key: "team", test: In(["shop"]) }] }
        [Destination { service: "dingtalk", recipient: "" }] [] Selector { text: "", requirements: [] }
        defaults ["on-sync-failed"]
        7:5 Note [config.yaml] the old form `config.yaml` is read as Argo CD reads it; import the file to have keys of their own, which can be edited one by one
        31:11 Note [config.yaml] no service is called `dingtalk`
        35:22 Warning [config.yaml] no service is called `dingtalk`
        38:22 Warning [config.yaml] no service is called `dingtalk`
    "#]],
    );
}

#[test]
fn what_is_made_of_it() {
    expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          context: |
            argocdUrl: "https://argocd.example.com"
          defaultTriggers: |
            - "on-sync-failed"
          subscriptions: |
            -
              recipients:
                - "dingtalk"
              triggers:
                - "on-sync-status-unknown"
              selector: "team=shop"
            -
              recipients:
                - "dingtalk"
          template.app-sync-failed: |
            webhook:
              dingtalk:
                method: "POST"
                body: "{\"msgtype\": \"text\", \"text\": {\"content\": \"failed\"}}"
            message: "Syncing {{.app.metadata.name}} has failed."
          template.app-sync-status: |
            slack:
              attachments: "[]"
            message: |
              Application {{.app.metadata.name}} sync is {{.app.status.sync.status}} ({{.context.notificationType}}).
              {{.context.argocdUrl}}/applications/{{.app.metadata.name}}
            email:
              subject: "Application {{.app.metadata.name}} sync status is {{.app.status.sync.status}}"
          trigger.never: |
            -
              when: false
              send:
                - "app-sync-status"
          trigger.on-sync-failed: |
            -
              when: "app.status.operationState.phase in ['Error', 'Failed']"
              send:
                - "app-sync-failed"
              description: "Application syncing has failed"
          trigger.on-sync-status-unknown: |
            -
              when: "app.status.sync.status == 'Unknown'"
              send:
                - "app-sync-status"
    "#]].assert_eq(&todays_keys(INSTALLED).expect("keys of their own"));
}

#[test]
fn it_lies_over_the_keys_of_today() {
    check(
        r#"kind: ConfigMap
data:
  trigger.both: |
    - {when: 'false', oncePer: app.metadata.name, send: [a], description: new}
    - {when: app.x == 1, send: [b]}
  trigger.kept: |
    - {when: app.y == 2, send: [a]}
  template.a: |
    message: new
    webhook: {hook: {method: POST}}
  template.b: 'message: b'
  context: |
    one: 1
    two: 2
  subscriptions: |
    - {recipients: [x], triggers: [kept]}
  defaultTriggers: '[kept]'
  config.yaml: |
    triggers:
      - {name: both, condition: app.z == 3}
      - {name: kept, enabled: true}
      - {name: new, template: b, enabled: true}
    templates:
      - {name: a, body: old}
    context: {two: two, three: 3}
    subscriptions: []
"#,
        expect![[r#"
            both [0].NkNU4HcneM-h59sf9kOYDTUCw3Y app.z == 3 | app.metadata.name | ["a"]
            both [1].av11cmm9EBqzOZTp3EvvQnXLr_E app.x == 1 |  | ["b"]
            kept [0].CDTTniWf2zNA2WuwDZ0wAB0T1is app.y == 2 |  | ["a"]
            new [0].2jmj7l5rSw0yVb_vlWAYkK_YBwk false |  | ["b"]
            a: "old" []
            b: "b" []
            {"one": "1", "three": "3", "two": "two"}
            defaults ["kept", "new"]
            10:15 Note [template.a] no service is called `hook`
            16:21 Warning [subscriptions] no service is called `x`
            19:5 Note [config.yaml] the old form `config.yaml` is read as Argo CD reads it; import the file to have keys of their own, which can be edited one by one
            20:16 Warning [config.yaml] `trigger.both` is changed by `config.yaml`
            22:9 Warning [config.yaml] the condition has no `when`: it is never true
            24:16 Warning [config.yaml] `template.a` is changed by `config.yaml`
            26:20 Warning [config.yaml] `subscriptions` is changed by `config.yaml`
        "#]],
    );
}

#[test]
fn a_broken_part_disables_itself_and_has_its_place() {
    check(
        r#"kind: ConfigMap
data:
  config.yaml: |
    triggers:
      - {name: bad, condition: '(', template: t}
      - {name: good, condition: 'true', template: t, enabeld: true}
    templates:
      - name: t
        body: '{{.app'
      - name: u
        body: fine
"#,
        expect![[r#"
            good [0].X_5TO4MPCKAyY0ipFgr6_IraRNs true |  | ["t"]
            u: "fine" []
            {}
            defaults []
            4:5 Note [config.yaml] the old form `config.yaml` is read as Argo CD reads it; import the file to have keys of their own, which can be edited one by one
            5:33 Error [config.yaml] unexpected token EOF
            6:54 Warning [config.yaml] unknown field `enabeld` in a trigger is ignored; did you mean `enabled`?
            9:16 Error [config.yaml] unclosed action
        "#]],
    );
}

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    for text in ["triggers: {}", "a: [", "templates: [{body: x}]", "triggers:\n      - {enabled: true}"] {
        let manifest = format!("kind: ConfigMap\ndata:\n  config.yaml: |\n    {text}\n");
        let catalog = Catalog::parse(&manifest, "n.yaml");
        assert!(catalog.has_errors(), "{text}");
        assert_eq!(todays_keys(&manifest).as_deref(), Ok(manifest.as_str()), "{text}");
    }
}
