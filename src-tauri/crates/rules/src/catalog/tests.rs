//! What is said about rules files, with its exact place, and what is in force nevertheless.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::testing::{ZH_CN, ZH_TW};

fn show(catalog: &Catalog) -> String {
    let mut out = String::new();
    for Diagnostic { problem, level, key } in catalog.diagnostics() {
        let dinghy_model::Problem::File { file, line, column, detail } = problem else {
            panic!("{problem:?}")
        };
        out += &format!("{file}:{line}:{column} {level:?} [{key}] {detail}\n");
    }
    let names = |names: Vec<&String>| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
    let (services, templates, triggers) = (&catalog.services, &catalog.templates, &catalog.triggers);
    out += &format!(
        "services: {}; templates: {}; triggers: {}; subscriptions: {}\n",
        names(services.keys().collect()),
        names(templates.keys().collect()),
        names(triggers.keys().collect()),
        catalog.subscriptions.len()
    );
    out
}

fn check(data: &str, expect: Expect) {
    let mut text = "kind: ConfigMap\nmetadata: {name: argocd-notifications-cm}\ndata:\n".to_owned();
    for line in data.trim_matches('\n').lines() {
        text += &format!("  {line}\n");
    }
    expect.assert_eq(&show(&Catalog::parse(&text, "n.yaml")));
}

fn check_file(text: &str, expect: Expect) {
    expect.assert_eq(&show(&Catalog::parse(text, "n.yaml")));
}

#[test]
fn the_published_manifests_load() {
    check_file(
        ZH_CN,
        expect![[r#"
        n.yaml:7:10 Note [service.webhook.dingtalk] the robot's token stands here in the clear; importing the file moves it to the keychain
        services: dingtalk; templates: app-sync-change; triggers: on-deployed on-health-degraded on-sync-failed on-sync-running on-sync-status-unknown on-sync-succeeded; subscriptions: 1
    "#]],
    );
    check_file(
        ZH_TW,
        expect![[r#"
        n.yaml:8:10 Note [service.webhook.dingtalk] the robot's token stands here in the clear; importing the file moves it to the keychain
        services: dingtalk; templates: app-sync-change app-sync-failed app-sync-status-unknown; triggers: on-deployed on-health-degraded on-sync-failed on-sync-running on-sync-status-unknown on-sync-succeeded; subscriptions: 1
    "#]],
    );
}

#[test]
fn manifests_of_other_shapes() {
    check_file(
        "",
        expect![[r#"
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "- a\n",
        expect![[r#"
        n.yaml:1:1 Error [] a manifest must be a mapping, not a list
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "trigger.x: |\n  - when: true\n",
        expect![[r#"
        n.yaml:1:1 Error [] this is no ConfigMap: it has neither `kind` nor `data`
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "kind: Deployment\n",
        expect![[r#"
        n.yaml:1:1 Warning [] `kind: Deployment` is not read here
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "kind: Secret\nstringData: {a: b}\n",
        expect![[r#"
        n.yaml:1:1 Warning [] a Secret is not read from the rules file; import it, and the keychain keeps its values
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "kind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {context: 'a: b'}\n",
        expect![[r#"
        n.yaml:2:18 Warning [] the ConfigMap `argocd-cm` is not read; its name must be `argocd-notifications-cm`
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "data:\n  context: 'a: b'\ndta: {}\n",
        expect![[r#"
        n.yaml:1:1 Warning [] `kind: ConfigMap` is missing
        n.yaml:3:1 Warning [] unknown field `dta` of a ConfigMap is ignored; did you mean `data`?
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "data:\n  context: 'a: b'\n c: d\n",
        expect![[r#"
        n.yaml:3:2 Error [] while parsing a block mapping, did not find expected key
        services: ; templates: ; triggers: ; subscriptions: 0
    "#]],
    );
    check_file(
        "kind: List\nitems:\n- kind: ConfigMap\n  data: {context: 'a: b', defaultTrigger: '[]'}\n",
        expect![[r#"
            n.yaml:4:27 Warning [defaultTrigger] unknown key `defaultTrigger` is ignored; did you mean `defaultTriggers`?
            services: ; templates: ; triggers: ; subscriptions: 0
        "#]],
    );
}

#[test]
fn a_broken_key_disables_itself_alone() {
    check(
        "
trigger.map: |
  when: true
  send: [t]
trigger.yaml: |
  - when: 'x
trigger.expression: |
  - when: true
    send: [t]
  - when: >-
      app.x ==
      == 1
    send: [t]
trigger.once: |
  - {when: 'true', oncePer: \"app.\\\"\", send: [t]}
trigger.good: |
  - {when: yes, send: [t]}
template.t: |
  message: ok
",
        expect![[r#"
            n.yaml:5:5 Error [trigger.map] a trigger is a list of conditions (`- when: …`), not a mapping
            n.yaml:8:13 Error [trigger.yaml] while scanning a quoted scalar, found unexpected end of stream
            n.yaml:14:9 Error [trigger.expression] unexpected token Operator("==")
            n.yaml:17:38 Error [trigger.once] literal not terminated
            services: ; templates: t; triggers: good; subscriptions: 0
        "#]],
    );
}

#[test]
fn templates_point_at_their_mistakes() {
    check(
        r#"
template.message: |
  message: |
    one
    two {{ .app.x
template.body: |
  webhook:
    d:
      body: |
        {"a": "{{ nosuch .app }}"}
template.quoted: "message: 'x {{ end }}'\n"
template.typo: |
  mesage: x
  webhook: {d: {metod: POST}}
template.unquoted: |
  message: {{.app.metadata.name}} is bad
template.alone: |
  message: {{.app.metadata.name}}
template.known: |
  slack: {attachments: '{{ broken'}
  Message: case does not matter
service.webhook.d: |
  url: $u
"#,
        expect![[r#"
            n.yaml:8:1 Error [template.message] unclosed action started at message:2
            n.yaml:12:11 Error [template.body] function "nosuch" not defined
            n.yaml:13:31 Error [template.quoted] unexpected {{end}}
            n.yaml:15:5 Warning [template.typo] unknown field `mesage` in a template is ignored; did you mean `message`?
            n.yaml:16:19 Warning [template.typo] unknown field `metod` in a webhook template is ignored; did you mean `method`?
            n.yaml:18:37 Error [template.unquoted] while parsing a block mapping, did not find expected key; a value that begins with `{{` needs quotes
            n.yaml:20:14 Error [template.alone] `message` must be a string, not a mapping; a value that begins with `{{` needs quotes
            services: d; templates: known typo; triggers: ; subscriptions: 0
        "#]],
    );
}

#[test]
fn services_of_all_kinds() {
    check(
        r#"
service.webhook.d: |
  url: https://oapi.dingtalk.com/robot/send?access_token=abc
  headers: [{name: A, valeu: b}]
  retryMax: 3
  dingtalk: {signSecret: $s, keyword: [x]}
service.webhook.many: |
  url: $u
  dingtalk: {keywords: [a, b, c, d, e, f, g, h, i, j, k]}
service.webhook.empty: ''
service.webhook: 'url: $u'
service.webhook.a.b: 'url: $u'
service.desktop: ''
service.slack: 'token: $t'
service.webhok.x: 'url: $u'
service.webhook.headers: |
  url: $u
  headers: {A: b}
subscriptions: |
  - recipients: [slack:x, 'webhook:d', d, dd, headers, desktop, x]
"#,
        expect![[r#"
            n.yaml:5:10 Note [service.webhook.d] the robot's token stands here in the clear; importing the file moves it to the keychain
            n.yaml:6:25 Warning [service.webhook.d] unknown field `valeu` in a header is ignored; did you mean `value`?
            n.yaml:8:32 Warning [service.webhook.d] unknown field `keyword` in `dingtalk` is ignored; did you mean `keywords`?
            n.yaml:11:57 Error [service.webhook.many] a robot has at most 10 keywords
            n.yaml:12:27 Error [service.webhook.empty] a webhook needs a `url`
            n.yaml:14:3 Error [service.webhook.a.b] a service key is `service.TYPE` or `service.TYPE.NAME`
            n.yaml:16:3 Note [service.slack] Dinghy does not deliver to slack; subscriptions to `slack` are left alone
            n.yaml:17:3 Warning [service.webhok.x] unknown type of service `webhok`; did you mean `webhook`?
            n.yaml:20:14 Error [service.webhook.headers] `headers` must be a list of `{name, value}`
            n.yaml:22:45 Warning [subscriptions] no service is called `dd`; did you mean `d`?
            services: d desktop webhook; templates: ; triggers: ; subscriptions: 1
        "#]],
    );
}

#[test]
fn names_that_stand_for_nothing() {
    check(
        "
trigger.on-deployed: |
  - {when: 'true', send: [app-deploy, broken]}
template.app-deployed: |
  message: x
  webhook: {dingtlk: {body: x}}
template.broken: '{{'
service.webhook.dingtalk: 'url: $u'
subscriptions: |
  - {recipients: [dingtalk], triggers: [on-deploy]}
  - {recipients: [dingtalk], selector: 'env in prod'}
  - {recipients: [dingtalk], selektor: x}
  - recipients: dingtalk
defaultTriggers: |
  - on-deployed
  - nothing-like-it
triggers.x: '[]'
contxt: ''
context: |
  a: {b: c}
config.yaml: ''
",
        expect![[r#"
            n.yaml:5:29 Warning [trigger.on-deployed] no template is called `app-deploy`; did you mean `app-deployed`?
            n.yaml:8:15 Note [template.app-deployed] no service is called `dingtlk`; did you mean `dingtalk`?
            n.yaml:9:23 Error [template.broken] while parsing a node, did not find expected node content; a value that begins with `{{` needs quotes
            n.yaml:12:43 Warning [subscriptions] no trigger is called `on-deploy`; did you mean `on-deployed`?
            n.yaml:13:50 Error [subscriptions] the selector is not understood: expected `(`, found `prod`
            n.yaml:14:32 Warning [subscriptions] unknown field `selektor` in a subscription is ignored; did you mean `selector`?
            n.yaml:15:19 Error [subscriptions] `recipients` must be a list, not a single value
            n.yaml:18:7 Warning [defaultTriggers] no trigger is called `nothing-like-it`
            n.yaml:19:3 Warning [triggers.x] unknown key `triggers.x` is ignored; did you mean `trigger.x`?
            n.yaml:20:3 Warning [contxt] unknown key `contxt` is ignored; did you mean `context`?
            n.yaml:22:8 Error [context] `a` must be a string, not a mapping
            services: dingtalk; templates: app-deployed; triggers: on-deployed; subscriptions: 2
        "#]],
    );
}

#[test]
fn keys_must_be_strings_and_stand_once() {
    check(
        "
context: {a: b}
trigger.a: |
  - {when: 'false', send: [t], when: 'true'}
trigger.a: |
  - {when: 'x', send: [t], Send: [u]}
template.t: |
  message: x
  ---
  message: y
template.u: |
  message: x
",
        expect![[r#"
            n.yaml:4:12 Error [context] the value of a key is a string, not a mapping: write `context: |`
            n.yaml:7:3 Warning [] `trigger.a` stands twice; the last one counts
            n.yaml:8:30 Warning [trigger.a] `send` stands twice; the last one counts
            n.yaml:12:5 Warning [template.t] only the first document of a key is read
            services: ; templates: t u; triggers: a; subscriptions: 0
        "#]],
    );
}

#[test]
fn what_dinghy_adds() {
    check(
        r#"
trigger.a: |
  - {when: 'true', send: [t], for: 12h}
  - {when: 'true', send: [t], for: 12}
trigger.b: |
  - {when: 'true', send: [t], for: 1h30m, resolved: [gone]}
template.t: |
  dingtalk: {title: 'T', text: '{{.app.metadata.name}}'}
template.kind: |
  dingtalk: {msgtype: markdwon, text: x}
template.link: |
  dingtalk: {msgtype: link, text: x}
template.card: |
  dingtalk: {msgtype: actionCard, text: x, btns: [{title: a}]}
template.field: |
  dingtalk: {txt: x}
"#,
        expect![[r#"
            n.yaml:6:38 Error [trigger.a] `for: 12` is no duration such as 90s, 30m or 12h
            n.yaml:8:56 Warning [trigger.b] no template is called `gone`
            n.yaml:12:25 Error [template.kind] msgtype `markdwon` is none of text, markdown, link, actionCard, feedCard; did you mean `markdown`?
            n.yaml:14:15 Error [template.link] a link needs `messageUrl`
            n.yaml:16:53 Error [template.card] a button needs `title` and `actionURL`
            n.yaml:18:16 Warning [template.field] unknown field `txt` in `dingtalk` is ignored; did you mean `text`?
            services: ; templates: field t; triggers: b; subscriptions: 0
        "#]],
    );
}

#[test]
fn yaml_1_1_reaches_the_expressions() {
    let catalog = Catalog::parse(
        "data:\n  trigger.a: |\n    - {WHEN: yes, send: [on, 0x10]}\n    - &c {when: 1.50, send: [t]}\n    - {<<: *c, oncePer: ~}\n",
        "n.yaml",
    );
    let shown: Vec<(&str, Vec<String>, &str)> = catalog.triggers["a"]
        .conditions
        .iter()
        .map(|condition| (condition.when(), condition.send.clone(), condition.once_per()))
        .collect();
    let strings = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        shown,
        [("true", strings(&["true", "16"]), ""), ("1.5", strings(&["t"]), ""), ("1.5", strings(&["t"]), "")]
    );
}

proptest! {
    #[test]
    fn no_file_panics(text in "(kind: ConfigMap\n)?data:\n(  (trigger|template|service)\\.[ab]: [|>]?-?\n?(    (- )?(when|send|message|url|webhook|selector): [\\[{'x*&\"|}:\\]中.]{0,6}\n){0,3}){0,4}") {
        let catalog = Catalog::parse(&text, "n.yaml");
        for diagnostic in catalog.diagnostics() {
            let dinghy_model::Problem::File { line, .. } = diagnostic.problem else { panic!("file") };
            prop_assert!(line as usize <= text.lines().count() + 1);
        }
    }
}

#[test]
fn secrets_that_no_template_may_read_are_named() {
    check(
        r#"
template.t: |
  message: '{{.secrets.token}}'
template.u: |
  dingtalk: {text: x, btns: [{title: '{{range $k, $v := .secrets}}{{$k}}{{end}}', actionURL: x}]}
template.server: |
  message: '{{index .secrets "server.prod"}}'
template.fine: |
  message: '{{.app.secrets.token}}'
"#,
        expect![[r#"
            n.yaml:7:41 Note [template.u] `secrets` has only what templates name here: write `.secrets.NAME`
            n.yaml:9:15 Error [template.server] `server.prod` is a secret of Dinghy's own, which no message may hold
            services: ; templates: fine t u; triggers: ; subscriptions: 0
        "#]],
    );
}

#[test]
fn servers_and_projects_of_a_subscription_are_lists_of_names() {
    check(
        "service.webhook.d: 'url: $u'\ntemplate.t: 'message: x'\ntrigger.a: |\n  - {when: 'true', send: [t]}\nsubscriptions: |\n  - {recipients: [d], triggers: [a], servers: [prod], projects: []}\n  - {recipients: [d], triggers: [a], servers: prod}\n  - recipients: [d]\n    triggers: [a]\n    projects: [{a: b}]\n  - {recipients: [d], triggers: [a], server: [x]}\n",
        expect![[r#"
            n.yaml:10:49 Error [subscriptions] `servers` must be a list, not a single value
            n.yaml:13:18 Error [subscriptions] `projects` must be a string, not a mapping
            n.yaml:14:40 Warning [subscriptions] unknown field `server` in a subscription is ignored; did you mean `servers`?
            services: d; templates: t; triggers: a; subscriptions: 2
        "#]],
    );
}
