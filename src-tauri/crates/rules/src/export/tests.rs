//! Exports shown as a whole, rendered as the controller would, and imported again.

use dinghy_model::Lang;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::evaluate::Intent;
use crate::render::{Delivery, render};
use crate::secrets::Secrets;
use crate::subject::Subject;
use crate::testing::{ZH_CN, ZH_TW, app, catalog_files};

const RULES: &str = r#"# mine
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.ops: |
    url: $ops-url
    headers: [{name: X-Token, value: "a $token"}]
    dingtalk: {signSecret: $ops-sign, keywords: [ArgoCD], mention: {alice: "138"}}
  service.webhook.plain: 'url: https://example.com/hook'
  service.desktop: '{}'
  service.pigeon: '{}'
  service.slack: 'token: $slack-token'
  template.card: |
    # a card
    message: "{{.app.metadata.name}}"
    slack: {attachments: "[]", deliveryPolicy: Post}
    dingtalk:
      msgtype: actionCard
      title: '{{.app.metadata.name | upper}}'
      text: |
        ### "{{.app.metadata.name}}"
        {{- range .app.status.conditions}}
        > {{.message}}
        {{- end}}
        {{$phase := .app.status.operationState.phase}}{{if eq $phase "Failed"}}bad: {{.app.status.operationState.message}}{{else}}well{{end}}
      btns:
        - {title: Open, actionURL: "https://x/{{.app.metadata.name}}?a=\"b\""}
  template.words: 'message: "{{.app.metadata.name}}: \"{{.app.status.operationState.message}}\""'
  template.caught: 'dingtalk: {text: "{{define \"x\"}}1{{end}}{{template \"x\"}}"}'
  template.own: |
    webhook: {ops: {method: POST, body: "{}"}}
  trigger.a: |
    - {when: 'true', send: [card], for: 12h}
    - {when: 'true', send: [words], resolved: [own]}
  trigger.broken: |
    - {when: '(', send: [card]}
  subscriptions: |
    - {recipients: [ops, desktop], triggers: [a]}
    - {recipients: [ops], triggers: [a], servers: [prod]}
"#;

fn show(export: &Export) -> String {
    let mut out = export.manifest.clone();
    out += &format!("--- secrets {:?}\n", export.secrets);
    for note in &export.notes {
        out += &format!("{note:?}\n");
    }
    out
}

fn check(text: &str, expect: Expect) {
    expect.assert_eq(&show(&export(text).expect("rules")));
}

#[test]
fn all_that_dinghy_adds_is_lowered_left_out_or_listed() {
    check(
        RULES,
        expect![[r####"
            # mine
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: argocd-notifications-cm
            data:
              service.webhook.ops: |
                url: "$ops-url"
                dingtalk:
                  signSecret: "$ops-sign"
                  keywords:
                    - "ArgoCD"
                  mention:
                    alice: "138"
                headers:
                  -
                    name: "X-Token"
                    value: "a $token"
                  -
                    name: "Content-Type"
                    value: "application/json"
              service.webhook.plain: 'url: https://example.com/hook'
              service.slack: 'token: $slack-token'
              template.card: |
                message: "{{.app.metadata.name}}"
                slack:
                  attachments: "[]"
                  deliveryPolicy: "Post"
                webhook:
                  ops:
                    method: "POST"
                    body: "{\"msgtype\":\"actionCard\",\"actionCard\":{\"title\":\"{{regexReplaceAll `^\"|\"$` (.app.metadata.name | upper | print | toJson) ``}}\",\"text\":\"### \\\"{{regexReplaceAll `^\"|\"$` (.app.metadata.name | print | toJson) ``}}\\\"{{range .app.status.conditions}}\\n> {{regexReplaceAll `^\"|\"$` (.message | print | toJson) ``}}{{end}}\\n{{$phase := .app.status.operationState.phase}}{{if eq $phase \"Failed\"}}bad: {{regexReplaceAll `^\"|\"$` (.app.status.operationState.message | print | toJson) ``}}{{else}}well{{end}}\\n\",\"btns\":[{\"title\":\"Open\",\"actionURL\":\"https://x/{{regexReplaceAll `^\"|\"$` (.app.metadata.name | print | toJson) ``}}?a=\\\"b\\\"\"}]}}"
              template.words: |
                message: "{{.app.metadata.name}}: \"{{.app.status.operationState.message}}\""
                webhook:
                  ops:
                    method: "POST"
                    body: "{\"msgtype\":\"text\",\"text\":{\"content\":\"{{regexReplaceAll `^\"|\"$` (.app.metadata.name | print | toJson) ``}}: \\\"{{regexReplaceAll `^\"|\"$` (.app.status.operationState.message | print | toJson) ``}}\\\"\"}}"
              template.caught: 'dingtalk: {text: "{{define \"x\"}}1{{end}}{{template \"x\"}}"}'
              template.own: |
                webhook: {ops: {method: POST, body: "{}"}}
              trigger.a: |
                - {when: 'true', send: [card], for: 12h}
                - {when: 'true', send: [words], resolved: [own]}
              subscriptions: |
                - {recipients: [ops, desktop], triggers: [a]}
                - {recipients: [ops], triggers: [a], servers: [prod]}
              dinghy.service.desktop: |-
                {}
              dinghy.service.pigeon: |-
                {}
              dinghy.trigger.broken: |
                - {when: '(', send: [card]}
              dinghy.service.webhook.ops: |
                url: $ops-url
                headers: [{name: X-Token, value: "a $token"}]
                dingtalk: {signSecret: $ops-sign, keywords: [ArgoCD], mention: {alice: "138"}}
              dinghy.template.card: |
                # a card
                message: "{{.app.metadata.name}}"
                slack: {attachments: "[]", deliveryPolicy: Post}
                dingtalk:
                  msgtype: actionCard
                  title: '{{.app.metadata.name | upper}}'
                  text: |
                    ### "{{.app.metadata.name}}"
                    {{- range .app.status.conditions}}
                    > {{.message}}
                    {{- end}}
                    {{$phase := .app.status.operationState.phase}}{{if eq $phase "Failed"}}bad: {{.app.status.operationState.message}}{{else}}well{{end}}
                  btns:
                    - {title: Open, actionURL: "https://x/{{.app.metadata.name}}?a=\"b\""}
              dinghy.template.words: |-
                message: "{{.app.metadata.name}}: \"{{.app.status.operationState.message}}\""
            --- secrets {"ops-url", "slack-token", "token"}
            LeftOut { key: "service.desktop" }
            LeftOut { key: "service.pigeon" }
            Broken { key: "trigger.broken", problem: File { file: "", line: 38, column: 15, detail: "unexpected token EOF" } }
            ContentType { key: "service.webhook.ops" }
            Sign { key: "service.webhook.ops" }
            Keywords { key: "service.webhook.ops" }
            Mention { key: "service.webhook.ops" }
            Lowered { key: "template.card", services: ["ops"] }
            Stays { key: "template.caught", detail: "`{{define}}` cannot be put into JSON there" }
            Lowered { key: "template.words", services: ["ops"] }
            For { key: "trigger.a", condition: 0 }
            Resolved { key: "trigger.a", condition: 1 }
            Everywhere { key: "subscriptions", subscription: 1 }
        "####]],
    );
}

#[test]
fn what_the_controller_takes_as_it_stands_stays_to_the_byte() {
    let plain = ZH_CN;
    assert_eq!(export(plain).expect("rules").manifest, plain);
}

#[test]
fn a_lowered_body_says_what_the_block_said() {
    let lowered = export(RULES).expect("rules").manifest;
    let (before, after) = (Catalog::parse(RULES, ""), Catalog::parse(&lowered, ""));
    assert!(after.templates()["card"].dingtalk.is_none());
    let odd = "\"quoted\" \\ {{ }} <b>&\n`tick` 中文 \u{1F600}\t$1 ${1}";
    for message in [odd, "", "\"", "\\\"", "a\"b\""] {
        for phase in ["Failed", "Succeeded"] {
            let app = app(json!({
                "status": {"operationState": {"phase": phase, "message": message}, "conditions": [{"message": message}, {"message": 7}]},
            }));
            let subject = Subject::parse(&app, None).expect("app");
            for template in ["card", "words"] {
                let body = |catalog: &Catalog| {
                    let intent = Intent { templates: vec![template.to_owned()], ..intent() };
                    let made = render(
                        catalog,
                        &subject,
                        Delivery::of(&intent, true, "", Lang::En),
                        &Secrets::Masked,
                        0,
                    )
                    .expect("a message");
                    let payload = serde_json::to_value(made.payload).expect("JSON");
                    let body = payload
                        .as_object()
                        .and_then(|outer| outer.values().next()?["body"].as_str())
                        .expect("a body");
                    serde_json::from_str::<serde_json::Value>(body).expect("a JSON body")
                };
                assert_eq!(body(&after), said(body(&before)), "{template} {message}");
            }
        }
    }
}

/// A card without the signs that keep a value from being markdown: the controller's templates have none.
fn said(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(serde_json::Value::String(text)) = body.pointer_mut("/actionCard/text") {
        let mut plain = String::new();
        let mut rest = text.replace("  \n", "\n");
        while let Some(at) = rest.find('\\') {
            plain += &rest[..at];
            plain.extend(rest[at + 1..].chars().next());
            rest = rest[at + 1..].chars().skip(1).collect();
        }
        *text = plain + &rest;
    }
    body
}

fn intent() -> Intent {
    Intent {
        trigger: String::new(),
        condition_index: 0,
        templates: Vec::new(),
        service: "ops".to_owned(),
        recipient: String::new(),
        keys: Vec::new(),
        resolved: false,
        once_per: None,
    }
}

/// What an import into nothing gives.
fn imported(text: &str) -> String {
    crate::import(&[crate::File { name: "cm.yaml", text }], "").manifest
}

#[test]
fn importing_the_export_gives_the_same_rules() {
    let catalog = catalog_files();
    let catalog: Vec<crate::File<'_>> =
        catalog.iter().map(|(name, text)| crate::File { name, text }).collect();
    let catalog = crate::import(&catalog, RULES).manifest;
    for rules in [RULES, ZH_CN, ZH_TW, &catalog] {
        let export = export(rules).expect("rules");
        assert_eq!(keys(&imported(&export.manifest)), keys(&imported(rules)));
        let left = Catalog::parse(&export.manifest, "");
        assert!(!left.has_errors(), "{:?}", left.diagnostics());
    }
}

#[test]
fn what_was_changed_in_the_cluster_stays_changed() {
    let exported = export(RULES).expect("rules").manifest;
    let there = set_key(&exported, "template.words", Some("message: mine\n")).expect("set");
    let there = set_key(&there, "trigger.a", Some("- {when: 'false', send: [words]}\n")).expect("set");
    let back = keys(&imported(&there)).expect("keys");
    assert_eq!(back["template.words"], "message: mine\n");
    assert_eq!(back["trigger.a"], "- {when: 'false', send: [words]}\n");
    assert_eq!(back["template.card"], keys(RULES).expect("keys")["template.card"]);
    assert!(!back.keys().any(|key| key.starts_with(KEPT)));
}

#[test]
fn other_forms_of_a_manifest_become_whole_ones() {
    check(
        "data:\n  context: 'a: b'\n",
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          context: |-
            a: b
        --- secrets {}
    "#]],
    );
    assert!(export("{").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_template_comes_back(text in "([a-z{}\"\\\\ .|\n#:-]|\\{\\{\\.a\\}\\}|\\{\\{- \"x\" -\\}\\}){0,24}") {
        let block = Out::Map(vec![("dingtalk".to_owned(), Out::Map(vec![("text".to_owned(), Out::Text(text))]))]).text();
        let rules = set_key(RULES, "template.any", Some(&block)).expect("set");
        let there = export(&rules).expect("rules").manifest;
        prop_assert_eq!(keys(&imported(&there)), keys(&rules));
    }
}

#[test]
fn the_secrets_of_templates_are_in_the_form_to_fill_in() {
    let rules = "kind: ConfigMap\ndata:\n  template.t: |\n    message: '{{.secrets.token | toString}}'\n";
    assert_eq!(export(rules).expect("an export").secrets, ["token".to_owned()].into());
}
