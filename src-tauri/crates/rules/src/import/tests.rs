//! Imports are shown as the manifest, the secrets' names and lengths, and the notes.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::testing::{ZH_CN, ZH_TW, catalog_files};

fn show(import: &Import) -> String {
    let mut out = format!("{}---\n", import.manifest);
    for (name, secret) in &import.secrets {
        out += &format!("secret {name}: {} bytes\n", secret.expose().len());
    }
    for note in &import.notes {
        out += &format!("{note:?}\n");
    }
    out
}

fn check(files: &[(&str, &str)], existing: &str, expect: Expect) {
    let files: Vec<File<'_>> = files.iter().map(|&(name, text)| File { name, text }).collect();
    expect.assert_eq(&show(&import(&files, existing)));
}

/// Lines that differ between two texts of the same number of lines.
fn changed<'a>(before: &'a str, after: &'a str) -> Vec<(&'a str, &'a str)> {
    assert_eq!(before.lines().count(), after.lines().count());
    before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect()
}

#[test]
fn the_published_manifests_change_in_one_scalar() {
    for (text, token) in [(ZH_CN, "0".repeat(64)), (ZH_TW, "1".repeat(64))] {
        let import = import(&[File { name: "cm.yaml", text }], "");
        let url = format!("https://oapi.dingtalk.com/robot/send?access_token={token}");
        let old = format!("    url: {url}");
        assert_eq!(changed(text, &import.manifest), [(old.as_str(), "    url: $dingtalk-url")]);
        assert_eq!(import.secrets, [("dingtalk-url".to_owned(), Secret::new(url))]);
        assert!(!import.manifest.contains(&token));
        assert_eq!(Catalog::parse(&import.manifest, "x").diagnostics(), []);
    }
}

#[test]
fn the_catalog_comes_in_as_bare_files() {
    let files = catalog_files();
    let files: Vec<File<'_>> = files.iter().map(|(name, text)| File { name, text }).collect();
    let import = import(&files, "");
    let catalog = Catalog::parse(&import.manifest, "rules.yaml");
    assert_eq!(catalog.diagnostics(), []);
    assert_eq!((catalog.triggers().len(), catalog.templates().len()), (8, 8));
    for file in files {
        let (folder, stem) = file.name.trim_end_matches(".yaml").split_once('/').expect("folder");
        let key = format!("{}.{stem}", folder.trim_end_matches('s'));
        assert_eq!(catalog.source(&key), Some(file.text), "{key}");
    }
}

#[test]
fn secrets_of_both_forms_are_read_and_never_shown() {
    let secret = "kind: Secret\nmetadata: {name: argocd-notifications-secret}\ndata:\n  a: aGVsbG8=\nstringData:\n  b: x\n";
    check(
        &[("s.yaml", secret)],
        "",
        expect![[r#"
        ---
        secret a: 5 bytes
        secret b: 1 bytes
        SecretRead { secret: "a" }
        SecretRead { secret: "b" }
    "#]],
    );
    check(
        &[("s.yaml", "kind: Secret\ndata:\n  a: hello!\n")],
        "",
        expect![[r#"
        ---
        Problem(File { file: "s.yaml", line: 1, column: 1, detail: "the secret `a` is no base64" })
    "#]],
    );
}

#[test]
fn several_documents_lists_and_strangers() {
    let stream = "---\nkind: Secret\nstringData: {dingtalk-url: other}\n---\nkind: ConfigMap # mine\nmetadata: {name: argocd-notifications-cm}\ndata:\n  service.webhook.dingtalk: |\n    url: \"https://h/robot/send?access_token=abc\" # c\n    dingtalk: {signSecret: SEC1}\n--- # next\nkind: Deployment\n";
    check(
        &[("all.yaml", stream)],
        "",
        expect![[r#"
        ---
        kind: ConfigMap # mine
        metadata: {name: argocd-notifications-cm}
        data:
          service.webhook.dingtalk: |
            url: $dingtalk-url-2 # c
            dingtalk: {signSecret: $dingtalk-sign}
        ---
        secret dingtalk-url: 5 bytes
        secret dingtalk-sign: 4 bytes
        secret dingtalk-url-2: 37 bytes
        SecretRead { secret: "dingtalk-url" }
        Added { key: "service.webhook.dingtalk" }
        Problem(File { file: "all.yaml", line: 12, column: 1, detail: "`kind: Deployment` is not imported" })
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-sign" }
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-url-2" }
    "#]],
    );
    let list = "kind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: argocd-notifications-cm}\n  data: {context: 'a: b'}\n";
    check(
        &[("list.yaml", list)],
        "",
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          context: |-
            a: b
        ---
        Added { key: "context" }
    "#]],
    );
    check(
        &[("odd.yaml", "a: b\n"), ("broken.yaml", "a: [\n"), ("empty.yaml", "")],
        "",
        expect![[r#"
        ---
        Problem(File { file: "odd.yaml", line: 1, column: 1, detail: "neither a ConfigMap nor a Secret, a trigger or a template" })
        Problem(File { file: "broken.yaml", line: 2, column: 1, detail: "while parsing a node, did not find expected node content" })
    "#]],
    );
}

#[test]
fn comments_around_a_single_document_stay() {
    let text = "# mine\n---\nkind: ConfigMap\nmetadata: {name: argocd-notifications-cm}\ndata: {context: 'a: b'}\n---\n# end\n";
    assert_eq!(import(&[File { name: "cm.yaml", text }], "").manifest, text);
}

#[test]
fn what_is_there_is_merged_key_by_key() {
    let existing = "kind: ConfigMap\ndata:\n  context: |\n    a: b\n  trigger.t: |\n    - when: x # keep\n";
    let new = "kind: ConfigMap\ndata:\n  context: |\n    a: c\n  trigger.t: |\n    - when: x # keep\n  defaultTriggers: |\n    - t\n";
    check(
        &[("new.yaml", new)],
        existing,
        expect![[r#"
        kind: ConfigMap
        data:
          context: |
            a: c
          trigger.t: |
            - when: x # keep
          defaultTriggers: |
            - t
        ---
        Replaced { key: "context" }
        Unchanged { key: "trigger.t" }
        Added { key: "defaultTriggers" }
    "#]],
    );
}

#[test]
fn what_kubectl_remembers_does_not_come_in() {
    let applied = "kind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"data\":{\"x\":\"access_token=abc\"}}\ndata:\n  service.webhook.d: \"url: https://h/robot/send?access_token=abc\\n\"\n";
    check(
        &[("cm.yaml", applied)],
        "",
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          service.webhook.d: |
            url: $d-url
        ---
        secret d-url: 37 bytes
        Added { key: "service.webhook.d" }
        Moved { key: "service.webhook.d", secret: "d-url" }
    "#]],
    );
}

#[test]
fn a_token_in_a_comment_is_warned_of() {
    let text = "kind: ConfigMap\nmetadata: {name: argocd-notifications-cm}\ndata:\n  # url: https://h/robot/send?access_token=old\n  context: 'a: b'\n";
    check(
        &[("cm.yaml", text)],
        "",
        expect![[r#"
        kind: ConfigMap
        metadata: {name: argocd-notifications-cm}
        data:
          # url: https://h/robot/send?access_token=old
          context: 'a: b'
        ---
        Added { key: "context" }
        Problem(File { file: "", line: 4, column: 31, detail: "a token is still here in the clear: remove it" })
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A manifest as people break it: something is missing, something is in the wrong place.
    #[test]
    fn no_damage_panics(at in 0usize..2200, len in 0usize..40, junk in "[ \\n\\t:'\x22|>&*{}\\[\\]#$\\-a中]{0,6}", key in "[a-z.]{1,8}") {
        let boundary = |mut at: usize| { while !ZH_CN.is_char_boundary(at) { at += 1 } at };
        let text = format!("{}{junk}{}", &ZH_CN[..boundary(at)], &ZH_CN[boundary(at + len)..]);
        let _ = Catalog::parse(&text, "n.yaml");
        let import = import(&[File { name: "cm.yaml", text: &text }], "");
        let _ = set_key(&import.manifest, &key, Some(&junk));
        let _ = set_key(&import.manifest, "subscriptions", None);
        // What stays in the clear is said.
        let left = import.manifest.contains("access_token=000000");
        prop_assert!(!left || import.notes.iter().any(|note| matches!(note, ImportNote::Problem(_))));
    }
}

#[test]
fn the_old_forms_become_keys_of_their_own_and_secrets() {
    let manifest = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  config.yaml: |
    triggers:
      - name: on-sync-failed
        condition: app.status.operationState.phase == 'Failed'
        template: failed
        enabled: true
    templates:
      - name: failed
        body: "{{.app.metadata.name}} failed"
    subscriptions:
      - recipients: [dingtalk]
"#;
    let secret = r#"apiVersion: v1
kind: Secret
metadata:
  name: argocd-notifications-secret
stringData:
  notifiers.yaml: |
    slack: {token: xoxb-1}
    webhook:
      - name: dingtalk
        url: https://oapi.dingtalk.com/robot/send?access_token=abc
        headers:
          - {name: Content-Type, value: application/json}
          - {name: Authorization, value: Bearer t0p}
      - name: ops
        url: https://ops.example.com/hook
        basicAuth: {username: bot, password: pw}
        insecureSkipVerify: true
"#;
    check(
        &[("cm.yaml", manifest), ("secret.yaml", secret)],
        "",
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          service.webhook.dingtalk: |
            url: "$dingtalk-url"
            headers:
              -
                name: "Content-Type"
                value: "application/json"
              -
                name: "Authorization"
                value: "$dingtalk-authorization"
          service.webhook.ops: |
            url: "$ops-url"
            basicAuth:
              username: "$ops-username"
              password: "$ops-password"
            insecureSkipVerify: true
          defaultTriggers: |
            - "on-sync-failed"
          subscriptions: |
            -
              recipients:
                - "dingtalk"
          template.failed: |
            message: "{{.app.metadata.name}} failed"
          trigger.on-sync-failed: |
            -
              when: "app.status.operationState.phase == 'Failed'"
              send:
                - "failed"
        ---
        secret dingtalk-url: 53 bytes
        secret dingtalk-authorization: 10 bytes
        secret ops-url: 28 bytes
        secret ops-username: 3 bytes
        secret ops-password: 2 bytes
        Problem(Other { detail: "`slack` of notifiers.yaml is left out: Dinghy does not send there" })
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-url" }
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-authorization" }
        Added { key: "service.webhook.dingtalk" }
        Moved { key: "service.webhook.ops", secret: "ops-url" }
        Moved { key: "service.webhook.ops", secret: "ops-username" }
        Moved { key: "service.webhook.ops", secret: "ops-password" }
        Added { key: "service.webhook.ops" }
        Added { key: "defaultTriggers" }
        Added { key: "subscriptions" }
        Added { key: "template.failed" }
        Added { key: "trigger.on-sync-failed" }
    "#]],
    );
    check(
        &[("both.yaml", &format!("{secret}---\n{manifest}"))],
        "",
        expect![[r#"
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: argocd-notifications-cm
        data:
          service.webhook.dingtalk: |
            url: "$dingtalk-url"
            headers:
              -
                name: "Content-Type"
                value: "application/json"
              -
                name: "Authorization"
                value: "$dingtalk-authorization"
          service.webhook.ops: |
            url: "$ops-url"
            basicAuth:
              username: "$ops-username"
              password: "$ops-password"
            insecureSkipVerify: true
          defaultTriggers: |
            - "on-sync-failed"
          subscriptions: |
            -
              recipients:
                - "dingtalk"
          template.failed: |
            message: "{{.app.metadata.name}} failed"
          trigger.on-sync-failed: |
            -
              when: "app.status.operationState.phase == 'Failed'"
              send:
                - "failed"
        ---
        secret dingtalk-url: 53 bytes
        secret dingtalk-authorization: 10 bytes
        secret ops-url: 28 bytes
        secret ops-username: 3 bytes
        secret ops-password: 2 bytes
        Problem(Other { detail: "`slack` of notifiers.yaml is left out: Dinghy does not send there" })
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-url" }
        Moved { key: "service.webhook.dingtalk", secret: "dingtalk-authorization" }
        Added { key: "service.webhook.dingtalk" }
        Moved { key: "service.webhook.ops", secret: "ops-url" }
        Moved { key: "service.webhook.ops", secret: "ops-username" }
        Moved { key: "service.webhook.ops", secret: "ops-password" }
        Added { key: "service.webhook.ops" }
        Added { key: "defaultTriggers" }
        Added { key: "subscriptions" }
        Added { key: "template.failed" }
        Added { key: "trigger.on-sync-failed" }
    "#]],
    );
}
