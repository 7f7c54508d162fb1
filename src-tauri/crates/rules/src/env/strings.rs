//! `strings`: what Argo CD gives of Go's package of that name (`util/notification/expression/strings/strings.go`).

use dinghy_govalue::Value;

use super::string_function;

pub(super) fn functions() -> [(&'static str, Value); 3] {
    [
        ("ReplaceAll", string_function("string", |[text, old, new]| Ok(Value::from(text.replace(old, new))))),
        ("ToUpper", string_function("string", |[text]| Ok(Value::from(map(text, char::to_uppercase))))),
        ("ToLower", string_function("string", |[text]| Ok(Value::from(map(text, char::to_lowercase))))),
    ]
}

/// Go maps rune by rune: what would become several characters stays.
fn map<I: Iterator<Item = char>>(text: &str, convert: impl Fn(char) -> I) -> String {
    text.chars()
        .map(|c| {
            let mut mapped = convert(c);
            match (mapped.next(), mapped.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
        .collect()
}
