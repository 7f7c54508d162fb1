//! The functions are called as the languages call them; what the languages make of them is their own crates' concern.

use expect_test::{Expect, expect};

use super::*;

fn now() -> Time {
    Time::from_unix(1_709_647_629, 0, dinghy_govalue::Zone::Utc)
}

fn member(env: &Value, path: &[&str]) -> Value {
    path.iter().fold(env.clone(), |value, name| match value {
        Value::Map(map) => map.get(name.as_bytes()).map(|value| value.into_owned()).unwrap_or_default(),
        _ => Value::Nil,
    })
}

fn check(path: &[&str], args: &[Value], expect: Expect) {
    let env = Constants::default().trigger(&Subject::default(), &now());
    let Value::Func(function) = member(&env, path) else { panic!("{path:?} is no function") };
    expect.assert_eq(&match function.call(args) {
        Ok(value) => format!("{value}"),
        Err(error) => format!("error: {error}"),
    });
}

#[test]
fn functions_answer_as_argo_cds() {
    let text = |text: &str| Value::str(text);
    check(&["strings", "ReplaceAll"], &[text("a-b-c"), text("-"), text("+")], expect!["a+b+c"]);
    check(&["strings", "ToUpper"], &[text("straße")], expect!["STRAßE"]);
    check(&["strings", "ToLower"], &[Value::Nil], expect![[""]]);
    check(
        &["strings", "ToLower"],
        &[Value::int(1)],
        expect!["error: reflect: Call using int as type string"],
    );
    check(&["strings", "ToLower"], &[], expect!["error: reflect: Call with too few input arguments"]);
    check(
        &["time", "Parse"],
        &[text("2024-03-05T14:07:09+08:00")],
        expect!["2024-03-05 14:07:09 +0800 +0800"],
    );
    check(
        &["time", "Parse"],
        &[text("yesterday")],
        expect![[
            r#"error: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006""#
        ]],
    );
    check(&["repo", "QueryEscape"], &[text("a b")], expect!["a+b"]);
    check(
        &["repo", "GetCommitMetadata"],
        &[text("abc")],
        expect!["error: Dinghy does not fetch commit metadata without a server"],
    );
    check(
        &["repo", "GetAppDetails"],
        &[],
        expect!["error: Dinghy does not fetch an application's details without a server"],
    );
}

#[test]
fn now_is_the_time_given() {
    let env = Constants::default().trigger(&Subject::default(), &now());
    let Value::Func(function) = member(&env, &["time", "Now"]) else { panic!("time.Now") };
    let Ok(Value::Time(time)) = function.call(&[]) else { panic!("a time") };
    assert_eq!(time.unix(), now().unix());
    assert_eq!(member(&env, &["time", "Minute"]).to_string(), "1m0s");
    assert_eq!(member(&env, &["time", "Kitchen"]).to_string(), "3:04PM");
}

#[test]
fn templates_see_where_they_go_and_triggers_do_not() {
    let context = BTreeMap::from([("argocdUrl".to_owned(), "https://a".to_owned())]);
    let constants = Constants::new(&context, false);
    let trigger = constants.trigger(&Subject::default(), &now());
    let secrets = BTreeMap::from([("k".to_owned(), Secret::new("abc"))]);
    let target = Target { service: "dingtalk", recipient: "ops" };
    let template = constants.template(&Subject::default(), target, &secrets, &now());
    let show = |env: &Value| {
        ["context", "secrets", "serviceType", "recipient"]
            .map(|name| format!("{name}={:?}", member(env, &[name])))
            .join(" ")
    };
    expect!["context=map[string]string(map[argocdUrl:https://a notificationType:]) secrets=map[string][]uint8(map[]) serviceType=<nil>(<nil>) recipient=<nil>(<nil>)"].assert_eq(&show(&trigger));
    expect!["context=map[string]string(map[argocdUrl:https://a notificationType:dingtalk]) secrets=map[string][]uint8(map[k:[97 98 99]]) serviceType=string(dingtalk) recipient=string(ops)"].assert_eq(&show(&template));
}

#[test]
fn variables_from_json_have_gos_types() {
    let env = variables(r#"{"app": {"n": 3, "f": 1.0}, "context": {"a": "b"}, "secrets": {"k": "abc"}, "any": null, "time": 1}"#, &now())
        .expect("variables");
    let show = |path: &[&str]| format!("{:?}", member(&env, path));
    expect![[r#"
        map[string]interface {}(map[f:1 n:3])
        map[string]string(map[a:b])
        map[string][]uint8(map[k:[97 98 99]])
        <nil>(<nil>)
        time.Duration(1h0m0s)"#]]
    .assert_eq(
        &[show(&["app"]), show(&["context"]), show(&["secrets"]), show(&["any"]), show(&["time", "Hour"])]
            .join("\n"),
    );
}

#[test]
fn variables_that_are_none_say_so() {
    let check = |json: &str, expect: Expect| {
        expect.assert_eq(
            &variables(json, &now()).map_or_else(|error| error.to_string(), |value| value.to_string()),
        );
    };
    check("[1]", expect!["the variables must be a JSON object, not []interface {}"]);
    check("{", expect!["the variables are no JSON: EOF while parsing an object at line 1 column 1"]);
    check(r#"{"context": {"a": 1}}"#, expect!["`context.a` must be a string"]);
    check(r#"{"secrets": "x"}"#, expect!["`secrets` must be an object of strings"]);
}
