//! What is sent, to the character.

mod secrets;

use dinghy_model::CommitMetadata;
use expect_test::{Expect, expect};
use serde_json::json;

use super::*;
use crate::testing::{ZH_CN, ZH_TW, app, catalog_files};

const RULES: &str = r##"
kind: ConfigMap
data:
  context: 'argocdUrl: https://argocd.example.com'
  service.webhook.group: 'url: $u'
  service.webhook.plain: 'url: $u'
  service.desktop: ''
  template.message: |
    message: "{{.app.metadata.name}} for {{.recipient}} by {{.serviceType}}"
  template.empty: '{}'
  template.request: |
    message: hidden
    webhook:
      plain: {method: PUT, path: '/a/{{.app.metadata.name}}', body: 'x={{.context.argocdUrl}}'}
      group: {body: '{"msgtype":"text","text":{"content":"{{.app.status.operationState.message}}"}}'}
  template.safe: |
    webhook:
      group: {method: POST, body: '{"msgtype":"text","text":{"content":{{toJson .app.status.operationState.message}}}}'}
  template.bodyless: |
    webhook: {plain: {method: DELETE}}
  template.broken: |
    message: |
      fine
      and {{ .app.metadata.name.deeper }}
    webhook:
      plain: {body: 'not touched by it'}
  template.markdown: |
    dingtalk:
      title: "{{.app.metadata.name}}"
      text: |
        ### {{.app.metadata.name}}
        > {{.app.status.operationState.message}}
  template.untitled: |
    dingtalk: {text: "# 发布失败\n> {{.app.metadata.name}}"}
  template.text: |
    message: said
    dingtalk: {msgtype: text}
  template.link: |
    dingtalk: {msgtype: link, title: T, text: X, messageUrl: 'https://h/{{.app.metadata.name}}'}
  template.card: |
    dingtalk:
      msgtype: actionCard
      text: choose
      btnOrientation: '1'
      btns: [{title: Open, actionURL: 'https://h/{{.app.metadata.name}}'}]
  template.single: |
    dingtalk: {msgtype: actionCard, title: T, text: X, singleTitle: More, singleURL: 'https://h'}
  service.webhook.people: |
    {url: $u, dingtalk: {mention: {admin: "13800000000", "dev@example.com": manager1}}}
  template.called: |
    dingtalk:
      text: "{{.app.metadata.name}}"
      mention: [initiator, "{{.app.metadata.labels.owner}}", nobody]
  template.everyone: |
    dingtalk: {msgtype: text, text: x, atAll: true}
  template.feed: |
    dingtalk:
      msgtype: feedCard
      links:
        - {title: "{{.app.metadata.name}}", messageURL: 'https://h/{{.app.metadata.name}}', picURL: 'https://h/p.png'}
  template.forged: |
    message: "{{.app.status.operationState.message}}"
    dingtalk:
      text: |
        ### {{.app.metadata.name}}
        > {{.app.status.operationState.message}}
        [open](https://h/{{.app.status.operationState.message}})
"##;

fn rendered(
    rules: &str,
    templates: &[&str],
    service: &str,
    robot: bool,
    app: &str,
) -> Result<Payload, Problem> {
    let catalog = Catalog::parse(rules, "n.yaml");
    assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
    let subject = Subject::parse(app, None).expect("app");
    let templates: Vec<String> = templates.iter().map(|&name| name.to_owned()).collect();
    let delivery = Delivery {
        templates: &templates,
        service,
        recipient: "ops",
        robot,
        app_url: "https://argocd.example.com/a",
        lang: Lang::En,
    };
    render(&catalog, &subject, delivery, &Secrets::Masked, 1_709_648_000_000).map(|made| made.payload)
}

fn show(payload: Result<Payload, Problem>) -> String {
    match payload {
        Ok(Payload::Http { method, path, body }) => format!("{method} {path:?}\n{body}"),
        Ok(Payload::Robot { body }) => format!("robot\n{body}"),
        Ok(Payload::Plain { text }) => format!("plain\n{text}"),
        Ok(Payload::Desktop { title, body, url }) => format!("{title}\n{url}\n{body}"),
        Ok(Payload::Sealed { .. }) => "sealed".to_owned(),
        Err(problem) => format!("{problem:?}"),
    }
}

fn check(templates: &[&str], service: &str, expect: Expect) {
    expect.assert_eq(&show(rendered(RULES, templates, service, service == "group", &app(json!({})))));
}

#[test]
fn a_webhook_gets_what_argo_cd_sends() {
    check(
        &["request"],
        "plain",
        expect![[r#"
        PUT "/a/guestbook"
        x=https://argocd.example.com"#]],
    );
    check(
        &["message"],
        "plain",
        expect![[r#"
        GET ""
        guestbook for ops by plain"#]],
    );
    check(
        &["bodyless"],
        "plain",
        expect![[r#"
        DELETE ""
    "#]],
    );
    check(
        &["markdown"],
        "plain",
        expect![[r#"
        GET ""
    "#]],
    );
}

#[test]
fn several_templates_are_merged_in_order() {
    check(
        &["request", "message"],
        "plain",
        expect![[r#"
        PUT "/a/guestbook"
        x=https://argocd.example.com"#]],
    );
    check(
        &["request", "bodyless"],
        "plain",
        expect![[r#"
        DELETE ""
    "#]],
    );
    check(
        &["message", "empty"],
        "plain",
        expect![[r#"
        GET ""
        guestbook for ops by plain"#]],
    );
}

#[test]
fn a_robot_gets_a_message_it_takes() {
    check(
        &["message"],
        "group",
        expect![[r#"
            robot
            {"msgtype":"text","text":{"content":"guestbook for ops by group"}}"#]],
    );
    check(
        &["safe"],
        "group",
        expect![[r#"
        POST ""
        {"msgtype":"text","text":{"content":"one or more objects failed to apply, reason: Deployment.apps \"guestbook-ui\" is invalid"}}"#]],
    );
    check(
        &["safe", "markdown"],
        "group",
        expect![[r####"
            robot
            {"msgtype":"markdown","markdown":{"title":"guestbook","text":"### guestbook\n> one or more objects failed to apply, reason: Deployment.apps \"guestbook-ui\" is invalid\n"}}"####]],
    );
    check(
        &["untitled"],
        "group",
        expect![[r##"
            robot
            {"msgtype":"markdown","markdown":{"title":"发布失败","text":"# 发布失败\n> guestbook"}}"##]],
    );
    check(
        &["text"],
        "group",
        expect![[r#"
            robot
            {"msgtype":"text","text":{"content":"said"}}"#]],
    );
    check(
        &["link"],
        "group",
        expect![[r#"
            robot
            {"msgtype":"link","link":{"title":"T","text":"X","messageUrl":"https://h/guestbook"}}"#]],
    );
    check(
        &["card"],
        "group",
        expect![[r#"
            robot
            {"msgtype":"actionCard","actionCard":{"title":"choose","text":"choose","btns":[{"title":"Open","actionURL":"https://h/guestbook"}],"btnOrientation":"1"}}"#]],
    );
    check(
        &["single"],
        "group",
        expect![[r#"
            robot
            {"msgtype":"actionCard","actionCard":{"title":"T","text":"X","singleTitle":"More","singleURL":"https://h"}}"#]],
    );
}

#[test]
fn the_desktop_gets_words() {
    check(
        &["message"],
        "desktop",
        expect![[r#"
        guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        guestbook for ops by desktop"#]],
    );
    check(
        &["markdown"],
        "desktop",
        expect![[r#"
        guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        guestbook
        one or more objects failed to apply, reason: Deployment.apps "guestbook-ui" is invalid"#]],
    );
    check(
        &["safe"],
        "desktop",
        expect![[r#"
        guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        one or more objects failed to apply, reason: Deployment.apps "guestbook-ui" is invalid"#]],
    );
    check(
        &["empty"],
        "desktop",
        expect![[r#"
        guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        one or more objects failed to apply, reason: Deployment.apps "guestbook-ui" is invalid"#]],
    );
}

#[test]
fn failures_name_template_and_place() {
    check(
        &["request"],
        "group",
        expect![[
            r#"BodyNotJson { template: "request", line: 1, column: 100, detail: "expected `,` or `}`; the value of {{.app.status.operationState.message}} breaks it (\"…pply, reason: Deployment.apps \\\"guestbook-ui\\\" is invalid\"); write {{toJson .app.status.operationState.message}} there, without quotes of your own around it" }"#
        ]],
    );
    check(
        &["broken"],
        "plain",
        expect![[r#"
        GET ""
        not touched by it"#]],
    );
    check(
        &["broken"],
        "group",
        expect![[
            r#"Render { template: "broken", detail: "n.yaml:24:18: executing \"broken\" at <.app.metadata.name.deeper>: can't evaluate field deeper in type interface {}" }"#
        ]],
    );
    check(
        &["empty"],
        "group",
        expect![[
            r#"Render { template: "empty", detail: "it has no `message`, `dingtalk` or `webhook.group`" }"#
        ]],
    );
    check(
        &["nobody"],
        "group",
        expect![[r#"Render { template: "nobody", detail: "no such template, or it is not in force" }"#]],
    );
    check(&["message"], "nowhere", expect![[r#"NoSuchService { service: "nowhere" }"#]]);
}

#[test]
fn a_preview_has_all_parts() {
    let catalog = Catalog::parse(RULES, "n.yaml");
    let subject = Subject::parse(&app(json!({})), None).expect("app");
    let templates = ["safe", "bodyless", "text"].map(str::to_owned);
    let delivery = Delivery {
        templates: &templates,
        service: "console",
        recipient: "",
        robot: false,
        app_url: "",
        lang: Lang::En,
    };
    expect![[r#"
        Ok(
            Preview {
                message: "said",
                webhooks: {
                    "group": Http {
                        method: "POST",
                        path: "",
                        body: "{\"msgtype\":\"text\",\"text\":{\"content\":\"one or more objects failed to apply, reason: Deployment.apps \\\"guestbook-ui\\\" is invalid\"}}",
                    },
                    "plain": Http {
                        method: "DELETE",
                        path: "",
                        body: "",
                    },
                },
                dingtalk: Some(
                    "{\"msgtype\":\"text\",\"text\":{\"content\":\"said\"}}",
                ),
            },
        )"#]].assert_eq(&format!("{:#?}", preview(&catalog, &subject, delivery, &Secrets::Masked, 0)));
}

#[test]
fn summaries_are_one_line() {
    let post = |body: &str| Payload::Http { method: "POST".into(), path: String::new(), body: body.into() };
    let long = post(&"长".repeat(300));
    let cases = [
        (post(r#"{"msgtype":"markdown","markdown":{"title":"T","text":"> Head\n> more"}}"#), "Head"),
        (post("\n  plain\nmore"), "plain"),
        (post(""), ""),
        (Payload::Desktop { title: "t".into(), body: "b".into(), url: String::new() }, "t"),
        (Payload::Sealed { text: "xyz".into() }, ""),
    ];
    for (payload, expected) in cases {
        assert_eq!(summary(&payload), expected);
    }
    assert_eq!(summary(&long).chars().count(), 200);
}

#[test]
fn the_published_manifests_send_their_messages() {
    let app = app(json!({"status": {"operationState": {"phase": "Succeeded"}}}));
    expect![[r####"
        POST ""
        {
              "msgtype": "markdown",
              "markdown": {
                  "title":"ArgoCD同步状态",
                  "text": "### ArgoCD同步状态\n> - app名称: guestbook\n> - app同步状态: Succeeded\n> - 时间:2024-03-05T14:06:00Z\n> - URL: [点击跳转ArgoCD](http://argocd.k8s.local/applications/guestbook?operation=true) \n"
              }
          }
    "####]].assert_eq(&show(rendered(ZH_CN, &["app-sync-change"], "dingtalk", true, &app)));
    expect![[r####"
        POST ""
        {
          "msgtype": "markdown",
          "markdown": {
            "title":"ArgoCD應用發布失敗",
            "text": "### ArgoCD應用發布失敗\n> - <font color=\"danger\">應用程式名稱</font>: guestbook\n> - <font color=\"danger\">應用同步狀態</font>: Succeeded\n> - <font color=\"danger\">應用健康狀態</font>: Degraded\n> - <font color=\"danger\">時間</font>: 2024-03-05T14:06:00Z\n> - <font color=\"danger\">應用URL</font>: [點擊跳轉ArgoCD UI](https://argocd.<your-fleet-id>.<region>.alicontainer.com/applications/guestbook?operation=true)"
          }
        }
    "####]].assert_eq(&show(rendered(ZH_TW, &["app-sync-failed"], "dingtalk", true, &app)));
}

#[test]
fn a_notification_on_a_chinese_desktop_says_the_states_in_chinese() {
    let catalog = Catalog::parse(RULES, "n.yaml");
    let templates = ["message".to_owned()];
    let title = |json: serde_json::Value, lang| {
        let subject = Subject::parse(&app(json), None).expect("app");
        let delivery = Delivery {
            templates: &templates,
            service: "desktop",
            recipient: "",
            robot: false,
            app_url: "",
            lang,
        };
        match render(&catalog, &subject, delivery, &Secrets::Masked, 0).map(|made| made.payload) {
            Ok(Payload::Desktop { title, .. }) => title,
            other => format!("{other:?}"),
        }
    };
    assert_eq!(title(json!({}), Lang::En), "guestbook: Degraded, OutOfSync, Sync Failed");
    assert_eq!(title(json!({}), Lang::ZhCn), "guestbook：降级，未同步，同步失败");
    let new = json!({"status": {"health": {"status": "Frozen"}, "operationState": {"phase": "Succeeded"}}});
    assert_eq!(title(new, Lang::ZhCn), "guestbook：Frozen，未同步");
}

#[test]
fn every_template_of_argo_cds_catalog_works_with_a_group_and_the_desktop() {
    let files = catalog_files();
    let files: Vec<crate::File<'_>> = files.iter().map(|(name, text)| crate::File { name, text }).collect();
    let mut manifest = crate::import(&files, "").manifest;
    for (key, value) in [
        ("service.webhook.group", "url: $u\n"),
        ("service.desktop", "{}\n"),
        ("context", "argocdUrl: https://argocd.example.com\n"),
    ] {
        manifest = crate::set_key(&manifest, key, Some(value)).expect("set");
    }
    let mut out = String::new();
    for name in Catalog::parse(&manifest, "n.yaml").templates().keys() {
        for service in ["group", "desktop"] {
            let payload = rendered(&manifest, &[name], service, service == "group", &app(json!({})));
            out += &format!("{name} to {service}: {}\n", show(payload));
        }
    }
    expect![[r#"
        app-created to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook has been created."}}
        app-created to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook has been created.
        app-deleted to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook has been deleted."}}
        app-deleted to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook has been deleted.
        app-deployed to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook is now running new version of deployments manifests."}}
        app-deployed to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook is now running new version of deployments manifests.
        app-health-degraded to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook has degraded.\nApplication details: https://argocd.example.com/applications/guestbook."}}
        app-health-degraded to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook has degraded.
        Application details: https://argocd.example.com/applications/guestbook.
        app-sync-failed to group: robot
        {"msgtype":"text","text":{"content":"The sync operation of application guestbook has failed at 2024-03-05T14:07:09Z with the following error: one or more objects failed to apply, reason: Deployment.apps \"guestbook-ui\" is invalid\nSync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true ."}}
        app-sync-failed to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        The sync operation of application guestbook has failed at 2024-03-05T14:07:09Z with the following error: one or more objects failed to apply, reason: Deployment.apps "guestbook-ui" is invalid
        Sync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true .
        app-sync-running to group: robot
        {"msgtype":"text","text":{"content":"The sync operation of application guestbook has started at 2024-03-05T14:06:00Z.\nSync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true ."}}
        app-sync-running to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        The sync operation of application guestbook has started at 2024-03-05T14:06:00Z.
        Sync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true .
        app-sync-status-unknown to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook sync is 'Unknown'.\nApplication details: https://argocd.example.com/applications/guestbook.\n\n\n    * Failed sync attempt"}}
        app-sync-status-unknown to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook sync is 'Unknown'.
        Application details: https://argocd.example.com/applications/guestbook.


            * Failed sync attempt
        app-sync-succeeded to group: robot
        {"msgtype":"text","text":{"content":"Application guestbook has been successfully synced at 2024-03-05T14:07:09Z.\nSync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true ."}}
        app-sync-succeeded to desktop: guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        Application guestbook has been successfully synced at 2024-03-05T14:07:09Z.
        Sync operation details are available at: https://argocd.example.com/applications/guestbook?operation=true .
    "#]].assert_eq(&out);
}

#[test]
fn people_are_found_through_the_groups_own_list() {
    let called = |status: serde_json::Value, author: Option<&str>| {
        let catalog = Catalog::parse(RULES, "n.yaml");
        let app = app(
            json!({"metadata": {"labels": {"owner": "dev@example.com"}}, "status": {"operationState": status}}),
        );
        let subject = Subject::parse(&app, None).expect("app");
        let templates = ["called".to_owned()];
        let delivery = Delivery {
            templates: &templates,
            service: "people",
            recipient: "",
            robot: true,
            app_url: "",
            lang: Lang::En,
        };
        render(&catalog, &subject, delivery, &Secrets::Masked, 0).expect("a message");
        let commit = |author: &str| CommitMetadata { author: author.to_owned(), ..CommitMetadata::default() };
        let answer = author.map(commit).map(crate::facts::Fact::Commit).ok_or_else(|| "gone".to_owned());
        let facts = subject.wants().into_iter().map(|want| (want, answer.clone())).collect();
        let subject = subject.with_facts(std::sync::Arc::new(facts));
        let made = render(&catalog, &subject, delivery, &Secrets::Masked, 0).map(|made| made.payload);
        let Ok(Payload::Robot { body }) = made else { panic!("no message") };
        serde_json::from_str::<serde_json::Value>(&body).expect("JSON")["at"].to_string()
    };
    let by = |user: &str| json!({"operation": {"initiatedBy": {"username": user}}});
    let automatic = json!({"operation": {"initiatedBy": {"automated": true, "username": null}}});
    expect![[r#"{"atMobiles":["13800000000"],"atUserIds":["manager1"],"isAtAll":false}"#]]
        .assert_eq(&called(by("admin"), None));
    expect![[r#"{"atMobiles":[],"atUserIds":["manager1"],"isAtAll":false}"#]]
        .assert_eq(&called(by("mallory"), None));
    expect![[r#"{"atMobiles":["13800000000"],"atUserIds":["manager1"],"isAtAll":false}"#]]
        .assert_eq(&called(automatic, Some("Admin <admin>")));
    check(
        &["everyone"],
        "group",
        expect![[r#"
        robot
        {"msgtype":"text","text":{"content":"x"},"at":{"atMobiles":[],"atUserIds":[],"isAtAll":true}}"#]],
    );
}

#[test]
fn a_feed_of_links() {
    check(
        &["feed"],
        "group",
        expect![[r#"
        robot
        {"msgtype":"feedCard","feedCard":{"links":[{"title":"guestbook","messageURL":"https://h/guestbook","picURL":"https://h/p.png"}]}}"#]],
    );
}

#[test]
fn what_an_event_says_forges_nothing() {
    let message = "a_b [click](dtmd://x) @all\n# *big* <font> )[x](https://evil)";
    let app = app(json!({"status": {"operationState": {"message": message}}}));
    let shown = |templates: &[&str]| show(rendered(RULES, templates, "group", true, &app));
    expect![[r####"
        robot
        {"msgtype":"markdown","markdown":{"title":"guestbook","text":"### guestbook\n> a\\_b \\[click\\](dtmd：//x) ＠all  \n\\# \\*big\\* \\<font\\> )\\[x\\](https://evil)\n[open](https://h/a_b%20%5Bclick%5D%28dtmd://x%29%20@all%20#%20*big*%20%3Cfont%3E%20%29%5Bx%5D%28https://evil%29)\n"}}"####]].assert_eq(&shown(&["forged"]));
    expect![[r#"
        guestbook: Degraded, OutOfSync, Sync Failed
        https://argocd.example.com/a
        a_b [click](dtmd://x) @all
        # *big* <font> )[x](https://evil)"#]]
    .assert_eq(&show(rendered(RULES, &["forged"], "desktop", false, &app)));
    let plain = RULES.replace(
        "\n    dingtalk:\n      text: |\n        ### {{.app.metadata.name}}\n        >",
        "\n    ignored: |\n        >",
    );
    expect![[r#"
        robot
        {"msgtype":"text","text":{"content":"a_b [click](dtmd：//x) ＠all\n# *big* <font> )[x](https://evil)"}}"#]].assert_eq(&show(rendered(&plain, &["forged"], "group", true, &app)));
}
