//! The variables of the corpus: `tests/compat/data.json` with what Argo CD adds to it.

use dinghy_govalue::{Elem, Func, HOUR, LAYOUTS, MINUTE, Map, SECOND, Str, Time, Value};

/// The files with rows of templates.
#[allow(dead_code)] // Not every test reads them all.
pub(crate) const CORPORA: &[&str] = &["tmpl.json", "tmpl-more.json", "tmpl-odd.json"];

/// Reads a file of the corpus.
pub(crate) fn corpus(name: &str) -> String {
    let path = format!("{}/../../../tests/compat/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One set of variables: `context` as strings, `secrets` as bytes, and `time`, `strings`, `repo`.
pub(crate) fn variables(raw: &Value) -> Value {
    let Value::Map(raw) = raw else { panic!("variables are a map") };
    let mut entries: Vec<(Str, Value)> = raw.entries().to_vec();
    for (key, value) in &mut entries {
        let Value::Map(map) = &*value else { continue };
        let typed = |elem, convert: fn(&Value) -> Value| {
            let converted: Vec<_> = map.entries().iter().map(|(k, v)| (k.clone(), convert(v))).collect();
            Value::Map(Map::with_elem(elem, converted))
        };
        if *key == "context" {
            *value = typed(Elem::Str, |value| value.clone());
        } else if *key == "secrets" {
            *value = typed(Elem::Bytes, |value| Value::Bytes(value.to_string().into_bytes().into()));
        }
    }
    entries.push((Str::from("time"), time()));
    entries.push((Str::from("strings"), strings()));
    entries.push((Str::from("repo"), repo()));
    Value::map(entries)
}

fn time() -> Value {
    let mut entries = vec![
        (
            "Parse",
            func("func(string) time.Time", |args| Time::parse_rfc3339(&text(&args[0])).map(Value::Time)),
        ),
        ("Second", Value::Duration(SECOND)),
        ("Minute", Value::Duration(MINUTE)),
        ("Hour", Value::Duration(HOUR)),
    ];
    entries.extend(LAYOUTS.iter().map(|(name, layout)| (*name, Value::str(*layout))));
    Value::map(entries)
}

fn strings() -> Value {
    Value::map([
        (
            "ReplaceAll",
            func("func(string, string, string) string", |args| {
                let [whole, old, new] = [0, 1, 2].map(|at| text(&args[at]).to_str_lossy().into_owned());
                Ok(Value::str(whole.replace(&old, &new)))
            }),
        ),
        (
            "ToUpper",
            func("func(string) string", |args| Ok(Value::str(text(&args[0]).to_str_lossy().to_uppercase()))),
        ),
        (
            "ToLower",
            func("func(string) string", |args| Ok(Value::str(text(&args[0]).to_str_lossy().to_lowercase()))),
        ),
    ])
}

/// Only the names: what Argo CD's functions of repositories do is no matter of templates.
fn repo() -> Value {
    let names = ["RepoURLToHTTPS", "FullNameByRepoURL", "QueryEscape", "GetCommitMetadata", "GetAppDetails"];
    Value::map(names.map(|name| (name, func("func(string) string", |args| Ok(args[0].clone())))))
}

fn func(signature: &str, body: impl Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static) -> Value {
    Value::Func(Func::new(signature, body))
}

fn text(value: &Value) -> Str {
    value.as_str().cloned().unwrap_or_default()
}
