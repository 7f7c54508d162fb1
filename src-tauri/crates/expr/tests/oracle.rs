//! Go's own answers: every row of tests/compat/expr.json and expr-more.json has to come out the same.

use std::sync::Arc;

use dinghy_expr::{Stage, compile};
use dinghy_govalue::{Elem, Func, HOUR, LAYOUTS, List, MINUTE, Map, SECOND, Time, Value, quote};
use serde_json::Value as Json;

fn read(name: &str) -> Json {
    let path = format!("{}/../../../tests/compat/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The variables as Argo CD gives them: `context` holds strings, `secrets` bytes, and three maps hold functions.
fn environment(variables: &Json) -> Value {
    let entries = variables.as_object().unwrap().iter().map(|(name, json)| {
        let value = Value::from_json_str(&json.to_string()).unwrap();
        let typed = |elem: Elem, convert: fn(&Value) -> Value| {
            let Value::Map(map) = &value else { panic!("{name} is no map") };
            Value::Map(Map::with_elem(
                elem,
                map.entries().iter().map(|(key, value)| (key.clone(), convert(value))),
            ))
        };
        let value = match name.as_str() {
            "context" => typed(Elem::Str, Value::clone),
            "secrets" => typed(Elem::Bytes, |value| match value {
                Value::Str(text) => Value::Bytes(Arc::from(text.as_bytes())),
                other => other.clone(),
            }),
            _ => value,
        };
        (name.as_str(), value)
    });
    let functions = [("time", time()), ("strings", strings()), ("repo", repo())];
    Value::map(entries.chain(functions))
}

fn now() -> Time {
    Time::from_system_time(std::time::SystemTime::now())
}

fn text(args: &[Value], at: usize) -> String {
    args[at].as_str().map(|text| text.to_str_lossy().into_owned()).unwrap_or_default()
}

fn func(signature: &str, body: fn(&[Value]) -> Result<Value, String>) -> Value {
    Value::Func(Func::new(signature, body))
}

fn time() -> Value {
    let layouts = LAYOUTS.iter().map(|(name, layout)| (*name, Value::str(*layout)));
    let units = [
        ("Nanosecond", 1),
        ("Microsecond", 1_000),
        ("Millisecond", 1_000_000),
        ("Second", SECOND),
        ("Minute", MINUTE),
        ("Hour", HOUR),
    ];
    let units = units.into_iter().map(|(name, nanos)| (name, Value::Duration(nanos)));
    let functions = [
        ("Now", func("func() time.Time", |_| Ok(Value::Time(now())))),
        (
            "Parse",
            func("func(string) time.Time", |args| {
                Time::parse_rfc3339(text(args, 0).as_bytes()).map(Value::Time)
            }),
        ),
    ];
    Value::map(layouts.chain(units).chain(functions))
}

fn strings() -> Value {
    Value::map([
        (
            "ReplaceAll",
            func("func(string, string, string) string", |args| {
                Ok(Value::str(text(args, 0).replace(&text(args, 1), &text(args, 2))))
            }),
        ),
        ("ToUpper", func("func(string) string", |args| Ok(Value::str(text(args, 0).to_uppercase())))),
        ("ToLower", func("func(string) string", |args| Ok(Value::str(text(args, 0).to_lowercase())))),
    ])
}

/// As much of Argo CD's functions on repositories as the rows ask for.
fn repo() -> Value {
    Value::map([
        ("RepoURLToHTTPS", func("func(string) string", |args| Ok(args[0].clone()))),
        (
            "QueryEscape",
            func("func(string) string", |args| {
                let escaped = text(args, 0).bytes().fold(String::new(), |mut out, byte| {
                    match byte {
                        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                            out.push(char::from(byte));
                        }
                        b' ' => out.push('+'),
                        _ => out.push_str(&format!("%{byte:02X}")),
                    }
                    out
                });
                Ok(Value::str(escaped))
            }),
        ),
    ])
}

/// A value with its type, as the rows write it.
fn typed(value: &Value) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Bool(truth) => format!("bool:{truth}"),
        Value::Int(int) => format!("int:{}", int.as_i128()),
        Value::Float(_) => format!("float:{value}"),
        Value::Str(text) => format!("string:{}", quote(text)),
        Value::Bytes(bytes) => {
            format!("bytes:{}", bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
        }
        Value::List(list) => typed_list(list),
        Value::Map(map) => {
            let entries: Vec<String> =
                map.entries().iter().map(|(key, value)| format!("{key}={}", typed(value))).collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::AnyMap(map) => {
            let entries: Vec<String> = map
                .entries()
                .iter()
                .map(|(key, value)| match key {
                    Value::Str(key) => format!("{key}={}", typed(value)),
                    key => format!("{}={}", typed(key), typed(value)),
                })
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::Time(time) => {
            format!("time:{}", String::from_utf8_lossy(&time.format(dinghy_govalue::RFC3339_NANO.as_bytes())))
        }
        Value::Duration(nanos) => format!("duration:{nanos}"),
        Value::Month(month) => format!("month:{month}"),
        Value::Weekday(day) => format!("weekday:{day}"),
        Value::Func(func) => func.signature().to_owned(),
        other => format!("{}:{other}", other.type_name()),
    }
}

fn typed_list(list: &List) -> String {
    let items: Vec<String> = list.iter().map(typed).collect();
    format!("[{}]", items.join(","))
}

/// What a row says, in our words: stage and text of an error, or type, value and display.
fn answer(input: &str, env: &Value) -> (bool, String, String, String) {
    match compile(input).and_then(|program| program.run(env, &now())) {
        Ok(value) => {
            // A function's %v is its address.
            let display = if matches!(value, Value::Func(_)) { String::new() } else { value.to_string() };
            (true, format!("{} {}", value.type_name(), typed(&value)), display, String::new())
        }
        Err(error) => {
            let stage = if error.stage == Stage::Compile { "compile" } else { "run" };
            (false, stage.to_owned(), String::new(), error.to_string())
        }
    }
}

#[test]
fn answers_as_go_does() {
    check("expr.json");
}

/// Edge cases written by hand, and random programs.
#[test]
fn answers_as_go_does_further_out() {
    check("expr-more.json");
}

fn check(file: &str) {
    let rows = read(file);
    let data = read("data.json");
    let environments: std::collections::HashMap<&str, Value> =
        data.as_object().unwrap().iter().map(|(name, set)| (name.as_str(), environment(set))).collect();
    let mut differing = Vec::new();
    let rows = rows.as_array().unwrap();
    for row in rows {
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let ok = row["ok"] == true;
        let expected = if ok {
            (true, format!("{} {}", field("type"), field("output")), field("display"), String::new())
        } else {
            (false, field("stage"), String::new(), field("err"))
        };
        let input = field("input");
        let have = answer(&input, &environments[field("data").as_str()]);
        if have != expected {
            let start: String = input.chars().take(200).collect();
            differing.push(format!("{} {start}\n  expected {expected:?}\n  have     {have:?}", field("id")));
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {} rows differ:\n{}",
        differing.len(),
        rows.len(),
        differing.join("\n")
    );
}
