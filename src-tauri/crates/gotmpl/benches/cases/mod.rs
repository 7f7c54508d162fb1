//! What the benches measure: the templates of tests/compat/bench.json over the variables that xtask names.

use dinghy_gotmpl::{Template, parse};
use dinghy_govalue::{Elem, Func, Map, Time, Value};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) source: String,
}

impl Case {
    #[allow(dead_code)] // Not every bench does both.
    pub(crate) fn template(&self) -> Template {
        parse("t", &self.source).expect("a template")
    }
}

fn file(variable: &str) -> Option<serde_json::Value> {
    let text = std::fs::read(std::env::var_os(variable)?).ok()?;
    serde_json::from_slice(&text).ok()
}

/// None without the files, as under `cargo test --benches`.
pub(crate) fn cases() -> Vec<Case> {
    let Some(file) = file("BENCH_CASES") else { return Vec::new() };
    let cases = file["tmpl"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    cases.iter().map(|case| Case { name: text(&case["name"]), source: text(&case["source"]) }).collect()
}

/// The variables of a set, with as much of `time` as the templates ask for.
pub(crate) fn variables(set: &str) -> Value {
    let file = file("BENCH_DATA").unwrap_or_default();
    let Ok(Value::Map(raw)) = Value::from_json_str(&file[set].to_string()) else { return Value::Nil };
    let mut entries = raw.entries().into_owned();
    for (key, value) in &mut entries {
        if let (true, Value::Map(map)) = (*key == "context", &*value) {
            *value = Value::Map(Map::with_elem(Elem::Str, map.entries().into_owned()));
        }
    }
    let parse = Func::new("func(string) time.Time", |args| {
        let text = args.first().and_then(Value::as_str).ok_or("no text")?;
        Time::parse_rfc3339(text).map(Value::Time)
    });
    entries.push(("time".into(), Value::map([("Parse", Value::Func(parse))])));
    Value::map(entries)
}
