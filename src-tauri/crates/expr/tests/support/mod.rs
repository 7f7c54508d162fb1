//! What the tests against Go share: the variables, and a value written as the rows write it.

#![allow(dead_code)] // Each test uses a part.

pub(crate) mod grammar;

use std::sync::Arc;

use dinghy_expr::{Stage, compile};
use dinghy_govalue::{Elem, Func, HOUR, LAYOUTS, List, MINUTE, Map, SECOND, Time, Value, quote};
use serde_json::Value as Json;

/// A file of tests/compat.
pub(crate) fn read(name: &str) -> Json {
    let path = format!("{}/../../../tests/compat/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The variables as Argo CD gives them: `context` holds strings, `secrets` bytes, and three maps hold functions.
pub(crate) fn environment(variables: &Json) -> Value {
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
    // Argo CD's package names all of Go's layouts but those that Go got later.
    let later = ["DateTime", "DateOnly", "TimeOnly"];
    let layouts = LAYOUTS.iter().filter(|(name, _)| !later.contains(name));
    let layouts = layouts.map(|(name, layout)| (*name, Value::str(*layout)));
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
            let entries = map.entries().iter().map(|(key, value)| match key {
                Value::Str(key) => format!("{key}={}", typed(value)),
                key => format!("{}={}", typed(key), typed(value)),
            });
            let mut entries: Vec<String> = entries.collect();
            entries.sort();
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

/// What comes out of an expression: type, value and display, or stage and text of an error.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    pub(crate) stage: String,
    pub(crate) output: String,
    pub(crate) ty: String,
    pub(crate) display: String,
    pub(crate) err: String,
}

impl Answer {
    /// Go's, from a row.
    pub(crate) fn of_row(row: &Json) -> Answer {
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        Answer {
            ok: row["ok"] == true,
            stage: field("stage"),
            output: field("output"),
            ty: field("type"),
            display: field("display"),
            err: field("err"),
        }
    }

    /// Ours.
    pub(crate) fn to(input: &str, env: &Value) -> Answer {
        match compile(input).and_then(|program| program.run(env, &now())) {
            Ok(value) => {
                // A function's %v is its address.
                let display = if matches!(value, Value::Func(_)) { String::new() } else { value.to_string() };
                let (output, ty) = (typed(&value), value.type_name().into_owned());
                Answer { ok: true, output, ty, display, ..Answer::default() }
            }
            Err(error) => {
                let stage = if error.stage == Stage::Compile { "compile" } else { "run" };
                Answer { stage: stage.to_owned(), err: error.to_string(), ..Answer::default() }
            }
        }
    }
}

/// All sets of variables by name.
pub(crate) fn environments() -> std::collections::HashMap<String, Value> {
    let data = read("data.json");
    data.as_object().unwrap().iter().map(|(name, set)| (name.clone(), environment(set))).collect()
}
