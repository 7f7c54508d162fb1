//! Go's own answers under the variables that `variables` makes: what `dinghyctl expr` and `render` print.

use dinghy_govalue::{Time, Value, Zone};
use dinghy_rules::variables;
use serde_json::Value as Json;

fn read(name: &str) -> Json {
    let path = format!("{}/../../../tests/compat/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("corpus")).expect("JSON")
}

/// Later than all that the corpus calls past.
fn now() -> Time {
    Time::from_unix(1_767_225_600, 0, Zone::Utc)
}

/// The corpus was made in UTC: elsewhere the test runs itself again there. True if this is that run.
fn in_utc(test: &str) -> bool {
    if std::env::var("TZ").as_deref() == Ok("UTC") {
        return true;
    }
    let this = std::env::current_exe().expect("a path");
    let run =
        std::process::Command::new(this).args([test, "--exact"]).env("TZ", "UTC").output().expect("a run");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    false
}

/// Compares all rows of a file; the failures are listed together.
fn check(file: &str, answer: impl Fn(&str, &Value) -> Result<String, String>, expected: &str) {
    let data = read("data.json");
    let mut wrong = Vec::new();
    let rows = read(file);
    for row in rows.as_array().expect("rows") {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let env = variables(&data[text("data")].to_string(), &now()).expect("variables");
        let got = answer(text("input"), &env);
        let as_due = match &got {
            Ok(shown) => row["ok"] == true && shown == text(expected),
            Err(_) => row["ok"] == false,
        };
        if !as_due {
            wrong.push(format!("{} {}\n  got {got:?}\n  due {}", text("id"), text("input"), row[expected]));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn expressions() {
    if !in_utc("expressions") {
        return;
    }
    let run = |source: &str, env: &Value| {
        let program = dinghy_expr::compile(source).map_err(|error| error.to_string())?;
        program.run(env, &now()).map(|value| value.to_string()).map_err(|error| error.to_string())
    };
    check("expr.json", run, "display");
}

#[test]
fn templates() {
    if !in_utc("templates") {
        return;
    }
    let render = |source: &str, env: &Value| {
        let template = dinghy_gotmpl::parse("t", source).map_err(|error| error.to_string())?;
        let bytes = template.render(env, &now()).map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    check("tmpl.json", render, "output");
}
