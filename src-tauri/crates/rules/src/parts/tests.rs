//! Reading, writing, and that both belong together.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::testing::catalog_files;

fn rewritten(value: &str, expect: Expect) {
    let parts = TemplateParts::read(value).expect("readable");
    let written = parts.write();
    expect.assert_eq(&written);
    assert_eq!(TemplateParts::read(&written), Ok(parts), "{written}");
}

#[test]
fn what_a_form_does_not_know_stays() {
    rewritten(
        "message: |\n  a {{.app.metadata.name}}\nslack:\n  attachments: |\n    [{\"x\": 1}]\n\n  deliveryPolicy: Post\ndingtalk: {title: T, text: '# x', later: [1, 2]}\n",
        expect![[r##"
            message: |
              a {{.app.metadata.name}}
            dingtalk:
              msgtype: markdown
              title: T
              text: '# x'
              later: [1, 2]
            slack:
              attachments: |
                [{"x": 1}]

              deliveryPolicy: Post
        "##]],
    );
}

#[test]
fn strings_are_spelled_as_plainly_as_they_can_be() {
    rewritten(
        r#"
message: "{{.app.metadata.name}}: yes"
webhook:
  ops: {method: POST, body: "{\"a\": \"b\"}\n"}
  "on": {}
dingtalk:
  msgtype: actionCard
  text: "  two\n lines"
  btns:
  - {title: 'yes', actionURL: 'https://x/{{.app.metadata.name}}'}
"#,
        expect![[r#"
            message: '{{.app.metadata.name}}: yes'
            dingtalk:
              msgtype: actionCard
              text: "  two\n lines"
              btns:
                - title: 'yes'
                  actionURL: https://x/{{.app.metadata.name}}
            webhook:
              ops:
                method: POST
                body: |
                  {"a": "b"}
              'on': {}
        "#]],
    );
}

#[test]
fn conditions() {
    let value = "- {WHEN: \"app.x == 'y'\", send: [a, 'b c'], oncePer: app.r, note: 1}\n- description: two\n  when: |\n    a and\n    b\n  for: 5m\n";
    let parts = ConditionParts::read(value).expect("readable");
    let written = ConditionParts::write(&parts);
    expect![[r#"
        - when: app.x == 'y'
          oncePer: app.r
          send: [a, b c]
          note: 1
        - description: two
          when: |
            a and
            b
          for: 5m
    "#]]
    .assert_eq(&written);
    assert_eq!(ConditionParts::read(&written), Ok(parts));
}

#[test]
fn subscriptions() {
    let value = "- recipients: [ops, 'slack:#x']\n  selector: a in (b, c)\n- triggers: [t]\n";
    let parts = SubscriptionParts::read(value).expect("readable");
    expect![[r#"
        - recipients: [ops, slack:#x]
          selector: a in (b, c)
        - triggers: [t]
    "#]]
    .assert_eq(&SubscriptionParts::write(&parts));
    let value = "- projects: [payments]\n  note: 1\n  Servers: [prod, 'a b']\n  recipients: [ops]\n";
    let parts = SubscriptionParts::read(value).expect("readable");
    let written = SubscriptionParts::write(&parts);
    expect![[r#"
        - recipients: [ops]
          servers: [prod, a b]
          projects: [payments]
          note: 1
    "#]]
    .assert_eq(&written);
    assert_eq!(SubscriptionParts::read(&written), Ok(parts));
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(TemplateParts::read(""), Ok(TemplateParts::default()));
    assert_eq!(TemplateParts::default().write(), "{}\n");
    assert_eq!(ConditionParts::read("~"), Ok(vec![]));
    assert_eq!(ConditionParts::write(&[]), "[]\n");
    assert_eq!(ConditionParts::write(&[ConditionParts::default()]), "- {}\n");
}

#[test]
fn what_cannot_be_taken_apart_says_where() {
    let error = ConditionParts::read("a:\n  b: c").map(|_| ()).expect_err("no list");
    assert_eq!(error.to_string(), "1:1: a list is due here, not a mapping");
    let error = TemplateParts::read("message: x\nwebhook:\n  ops: [1]\n").expect_err("no mapping");
    assert_eq!(error.to_string(), "3:8: a mapping is due here, not a list");
}

#[test]
fn argo_cds_catalog_survives() {
    for (name, text) in catalog_files() {
        if name.starts_with("templates") {
            let parts = TemplateParts::read(&text).expect(&name);
            assert_eq!(TemplateParts::read(&parts.write()), Ok(parts), "{name}");
        } else {
            let parts = ConditionParts::read(&text).expect(&name);
            assert_eq!(ConditionParts::read(&ConditionParts::write(&parts)), Ok(parts), "{name}");
        }
    }
}

#[test]
fn mistakes_have_their_place_in_the_field() {
    let condition = ConditionParts {
        when: "app.a == 'b'\n  and app.c = 'd'".to_owned(),
        once_per: "app.(".to_owned(),
        hold_for: "5 minutes".to_owned(),
        ..ConditionParts::default()
    };
    let found: Vec<String> = check_condition(&condition)
        .into_iter()
        .map(|fault| format!("{} {}:{}", fault.field, fault.line, fault.column))
        .collect();
    assert_eq!(found, ["when 2:13", "once_per 1:5", "hold_for 1:1"]);

    let catalog = crate::Catalog::parse("", "");
    let subject = crate::Subject::parse(r#"{"metadata": {"name": "x"}}"#, None).expect("JSON");
    let parts = TemplateParts {
        message: "中文 {{index .app.none \"x\"}}".to_owned(),
        dingtalk: Some(DingTalkParts { text: "a\n{{if}}".to_owned(), ..DingTalkParts::default() }),
        ..TemplateParts::default()
    };
    let places = |on| {
        let found = check_template(&parts, on, "", 0).into_iter();
        found.map(|fault| format!("{} {}:{}", fault.field, fault.line, fault.column)).collect::<Vec<_>>()
    };
    assert_eq!(places(None), ["text 2:1"]);
    assert_eq!(places(Some((&catalog, &subject))), ["message 1:6", "text 2:1"]);
}

#[test]
fn the_parts_of_an_expression() {
    let catalog = crate::Catalog::parse("", "");
    let subject = crate::Subject::parse(r#"{"a": {"b": "x", "n": 3, "l": []}}"#, None).expect("JSON");
    let check = |text: &str, expect: Expect| {
        let parts = expression_parts(text, &catalog, &subject, 0).into_iter();
        let shown: Vec<String> =
            parts.map(|(part, value)| format!("{part}: {}\n", value.as_deref().unwrap_or("–"))).collect();
        expect.assert_eq(&shown.concat());
    };
    check(
        "app.a.b == 'x' and app.a.n > 2\n  and app.a.none == nil",
        expect![[r#"
            app.a.b: 'x'
            app.a.b == 'x': true
            app.a.b == 'x' and app.a.n > 2: true
            app.a.n: 3
            app.a.n > 2: true
            app.a.none: nil
            app.a.none == nil: true
        "#]],
    );
    check(
        "app.a.b == 'y' and app.a.n > 2",
        expect![[r#"
            app.a.b: 'x'
            app.a.b == 'y': false
            app.a.n > 2: –
        "#]],
    );
    check(
        "app.none.x == 1",
        expect![[r#"
            app.none: nil
            app.none.x: cannot fetch x from <nil>
        "#]],
    );
    check("app.(", expect![[""]]);
}

proptest! {
    #[test]
    fn any_text_survives(texts in proptest::collection::vec("\\PC{0,12}|[ \\n\\t:#'\"{}\\[\\]|>a&*!%@-]{0,14}", 8)) {
        let mut next = texts.into_iter().map(|text| text.replace('\r', ""));
        let mut text = || next.next().unwrap_or_default();
        let parts = TemplateParts {
            message: text(),
            dingtalk: Some(DingTalkParts {
                msgtype: "text".to_owned(),
                title: text(),
                text: text(),
                buttons: vec![(text(), text())],
                mention: vec!["initiator".to_owned(), "{{.app.metadata.labels.owner}}".to_owned()],
                at_all: true,
                ..DingTalkParts::default()
            }),
            webhooks: vec![WebhookParts { service: "s".to_owned(), body: text(), ..WebhookParts::default() }],
            extra: Vec::new(),
        };
        prop_assert_eq!(TemplateParts::read(&parts.write()), Ok(parts));
        let condition = ConditionParts { when: text(), send: vec![text()], ..ConditionParts::default() };
        let conditions = vec![condition];
        prop_assert_eq!(ConditionParts::read(&ConditionParts::write(&conditions)), Ok(conditions));
    }
}

#[test]
fn a_subscription_is_added_behind_what_stands_there() {
    let one = SubscriptionParts {
        recipients: vec!["ops".to_owned()],
        triggers: vec!["on-bad".to_owned()],
        ..SubscriptionParts::default()
    };
    let added = |source: &str| SubscriptionParts::append(source, &one).expect("added");
    let item = "- recipients: [ops]\n  triggers: [on-bad]\n";
    assert_eq!(added(""), item);
    assert_eq!(added("[]\n"), item);
    let own = "# ours\n- {recipients: [dev]}   # all of it\n# and\n";
    assert_eq!(added(own), format!("{own}{item}"));
    assert_eq!(added("- recipients: [dev]"), format!("- recipients: [dev]\n{item}"));
    let further_in = "  - recipients:\n      - dev\n";
    assert_eq!(added(further_in), format!("{further_in}  - recipients: [ops]\n    triggers: [on-bad]\n"));
    // In one line it cannot be added behind: all is written anew.
    assert_eq!(added("[{recipients: [dev]}]\n"), format!("- recipients: [dev]\n{item}"));
    assert!(SubscriptionParts::append("recipients: [dev]\n", &one).is_err());
}
