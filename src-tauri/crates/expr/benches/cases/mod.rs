//! What the benches measure: the expressions of tests/compat/bench.json and the applications that xtask made.

use dinghy_govalue::{Func, SECOND, Time, Value};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) source: String,
}

fn file(variable: &str) -> Option<serde_json::Value> {
    let text = std::fs::read(std::env::var_os(variable)?).ok()?;
    serde_json::from_slice(&text).ok()
}

/// None without the files, as under `cargo test --benches`.
pub(crate) fn cases() -> Vec<Case> {
    let Some(file) = file("BENCH_CASES") else { return Vec::new() };
    let cases = file["expr"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    cases.iter().map(|case| Case { name: text(&case["name"]), source: text(&case["source"]) }).collect()
}

/// The variables `small` or `large`, with as much of `time` as the expressions ask for.
pub(crate) fn variables(set: &str) -> Value {
    let file = file("BENCH_DATA").unwrap_or_default();
    let app = Value::from_json_str(&file[set]["app"].to_string()).unwrap_or_default();
    let parse = Func::new("func(string) time.Time", |args| {
        let text = args.first().and_then(Value::as_str).ok_or("no text")?;
        Time::parse_rfc3339(text).map(Value::Time)
    });
    let time = Value::map([("Minute", Value::Duration(60 * SECOND)), ("Parse", Value::Func(parse))]);
    Value::map([("app", app), ("time", time)])
}
