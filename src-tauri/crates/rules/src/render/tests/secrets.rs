//! Templates that read `secrets`: what they get, what they ask for, and that no error tells one.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use super::*;

const RULES: &str = r##"
kind: ConfigMap
data:
  service.webhook.plain: 'url: $u'
  service.desktop: ''
  template.token: |
    message: 'for {{.app.metadata.name}}: {{.secrets.token | toString | upper}}'
  template.bytes: |
    message: '{{.secrets.token}}'
  template.other: |
    message: '{{range $name, $value := .}}{{if eq $name "secrets"}}{{len $value}} of them{{end}}{{end}}'
    webhook:
      plain: {method: POST, body: '{"t": "{{.secrets.token | toString}}"}'}
  template.all: |
    message: '{{range $name, $value := .secrets}}{{$name}}={{toString $value}} {{end}}'
  template.fails: |
    message: '{{.secrets.token | toString | fail}}'
  template.number: |
    message: '{{index .app (.secrets.token | toString | lower) 7}}'
  template.optional: |
    message: '{{if .secrets.more}}more{{end}}'
"##;
const VALUE: &str = "s3\"cret";

fn known() -> Secrets {
    let missing = Problem::SecretMissing { name: "more".to_owned() };
    Secrets::Known(BTreeMap::from([
        ("token".to_owned(), Ok(Secret::new(VALUE))),
        ("more".to_owned(), Err(missing)),
    ]))
}

fn check(template: &str, service: &str, robot: bool, secrets: &Secrets, expect: Expect) {
    let catalog = Catalog::parse(RULES, "n.yaml");
    assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
    let subject = Subject::parse(r#"{"metadata": {"name": "web"}}"#, None).expect("app");
    let templates = [template.to_owned()];
    let delivery =
        Delivery { templates: &templates, service, recipient: "", robot, app_url: "", lang: Lang::En };
    let made = render(&catalog, &subject, delivery, secrets, 0);
    if let (Err(problem), Secrets::Known(_)) = (&made, secrets) {
        assert!(!format!("{problem:?}").to_lowercase().contains("s3"), "{problem:?}");
    }
    let confidential = made.as_ref().is_ok_and(|made| made.confidential);
    let wanted = subject.wanted_secrets();
    let shown = show(made.map(|made| made.payload));
    expect.assert_eq(&format!("confidential {confidential}, wanted {wanted:?}\n{shown}"));
}

#[test]
fn a_message_has_the_value_and_a_preview_three_stars() {
    check(
        "token",
        "plain",
        false,
        &known(),
        expect![[r#"
        confidential true, wanted {}
        GET ""
        for web: S3"CRET"#]],
    );
    check(
        "token",
        "plain",
        false,
        &Secrets::Masked,
        expect![[r#"
        confidential true, wanted {}
        GET ""
        for web: ***"#]],
    );
    // As in Go, which has bytes there and prints them as numbers.
    check(
        "bytes",
        "plain",
        false,
        &known(),
        expect![[r#"
        confidential true, wanted {}
        GET ""
        [115 51 34 99 114 101 116]"#]],
    );
}

#[test]
fn only_what_is_sent_counts() {
    check(
        "other",
        "desktop",
        false,
        &known(),
        expect![[r#"
        confidential false, wanted {}
        web

        0 of them"#]],
    );
}

#[test]
fn what_is_not_known_is_asked_for_and_what_cannot_be_had_says_why() {
    let nothing = Secrets::Known(BTreeMap::new());
    check(
        "token",
        "plain",
        false,
        &nothing,
        expect![[r#"
        confidential false, wanted {"token"}
        Render { template: "token", detail: "n.yaml:7:15: the secret `token` is not known here" }"#]],
    );
    check(
        "all",
        "plain",
        false,
        &nothing,
        expect![[r#"
        confidential false, wanted {"more", "token"}
        Render { template: "all", detail: "n.yaml:15:15: the secret `token` is not known here" }"#]],
    );
    check(
        "optional",
        "plain",
        false,
        &known(),
        expect![[r#"
        confidential false, wanted {}
        SecretMissing { name: "more" }"#]],
    );
    check(
        "all",
        "plain",
        false,
        &Secrets::Masked,
        expect![[r#"
        confidential true, wanted {}
        GET ""
        more=*** token=*** "#]],
    );
}

#[test]
fn no_error_tells_a_secret() {
    check(
        "fails",
        "plain",
        false,
        &known(),
        expect![[r#"
        confidential false, wanted {}
        Render { template: "fails", detail: "n.yaml:17:45: executing \"fails\" at <fail>: error calling fail: ***" }"#]],
    );
    check(
        "number",
        "plain",
        false,
        &known(),
        expect![[r#"
        confidential false, wanted {}
        Render { template: "number", detail: "n.yaml:19:17: executing \"number\" at <index .app (.secrets.token | toString | lower) 7>: error calling index: index of nil pointer" }"#]],
    );
    check(
        "other",
        "plain",
        true,
        &known(),
        expect![[r#"
        confidential false, wanted {}
        BodyNotJson { template: "other", line: 1, column: 11, detail: "expected `,` or `}`; the value of {{.secrets.token | toString}} breaks it; write `toJson` there, without quotes around it" }"#]],
    );
}
