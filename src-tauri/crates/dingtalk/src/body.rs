//! Bodies of robot messages: made from parts, and marked with the id that makes a repetition harmless.

use std::collections::HashSet;

use dinghy_model::Problem;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
enum Message<'a> {
    Text { text: Text<'a> },
    Markdown { markdown: Markdown<'a> },
}

#[derive(Serialize)]
struct Text<'a> {
    content: &'a str,
}

#[derive(Serialize)]
struct Markdown<'a> {
    title: &'a str,
    text: &'a str,
}

/// A message of plain text.
pub fn text_message(content: &str) -> String {
    json(&Message::Text { text: Text { content } })
}

/// A message of DingTalk's markdown. `title` is what the list of conversations and the push show, not
/// part of the message; both must not be empty.
pub fn markdown_message(title: &str, text: &str) -> String {
    json(&Message::Markdown { markdown: Markdown { title, text } })
}

fn json(message: &Message<'_>) -> String {
    // Strings and structs only: this cannot fail.
    serde_json::to_string(message).unwrap_or_default()
}

/// `body` with `"msgUuid"` as its last member; every other byte stays as the template wrote it. A body
/// that has one already, and an empty `uuid`, change nothing.
///
/// Fails with `BodyNotJson` (its `template` is empty, the caller knows the name) if `body` is not one
/// JSON object: DingTalk would answer 40035 to it.
pub(crate) fn with_uuid(body: &str, uuid: &str) -> Result<String, Problem> {
    let keys: Keys = serde_json::from_str(body).map_err(|error| not_json(body, &error))?;
    let end = body.rfind('}').unwrap_or(body.len());
    if uuid.is_empty() || keys.0.contains("msgUuid") {
        return Ok(body.to_owned());
    }
    let comma = if keys.0.is_empty() { "" } else { "," };
    let uuid = serde_json::Value::from(uuid);
    Ok(format!("{}{comma}\"msgUuid\":{uuid}{}", &body[..end], &body[end..]))
}

/// serde_json counts bytes; a person counts characters, from 1.
pub(crate) fn not_json(body: &str, error: &serde_json::Error) -> Problem {
    let line = body.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.char_indices().take_while(|(at, _)| *at < error.column()).count();
    let detail = error.to_string();
    Problem::BodyNotJson {
        template: String::new(),
        line: u32::try_from(error.line().max(1)).unwrap_or(u32::MAX),
        column: u32::try_from(before.max(1)).unwrap_or(u32::MAX),
        detail: detail.split(" at line ").next().unwrap_or_default().to_owned(),
    }
}

/// The names of an object's members.
struct Keys(HashSet<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;
        impl<'de> serde::de::Visitor<'de> for KeysVisitor {
            type Value = Keys;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = HashSet::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, _>()? {
                    keys.insert(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(KeysVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    #[test]
    fn messages() {
        expect![[r#"{"msgtype":"text","text":{"content":"a \"b\"\n<钉钉>"}}"#]]
            .assert_eq(&text_message("a \"b\"\n<钉钉>"));
        expect![[r##"{"msgtype":"markdown","markdown":{"title":"t","text":"# x"}}"##]]
            .assert_eq(&markdown_message("t", "# x"));
    }

    fn check(body: &str, expected: Expect) {
        match with_uuid(body, "id-1") {
            Ok(marked) => expected.assert_eq(&marked),
            Err(problem) => expected.assert_eq(&format!("{problem:?}")),
        }
    }

    #[test]
    fn marked() {
        check(r#"{"a":1}"#, expect![[r#"{"a":1,"msgUuid":"id-1"}"#]]);
        check(
            "\n{ }\n",
            expect![[r#"

            { "msgUuid":"id-1"}
        "#]],
        );
        check(
            "{\n \"a\": \"}\"\n}\n",
            expect![[r#"
            {
             "a": "}"
            ,"msgUuid":"id-1"}
        "#]],
        );
        check(r#"{"msgUuid":"mine","a":{}}"#, expect![[r#"{"msgUuid":"mine","a":{}}"#]]);
        check(r#"{"a":{"msgUuid":"x"}}"#, expect![[r#"{"a":{"msgUuid":"x"},"msgUuid":"id-1"}"#]]);
        assert_eq!(with_uuid(r#"{"a":1}"#, ""), Ok(r#"{"a":1}"#.to_owned()));
    }

    #[test]
    fn not_an_object() {
        check(
            "",
            expect![[
                r#"BodyNotJson { template: "", line: 1, column: 1, detail: "EOF while parsing a value" }"#
            ]],
        );
        check(
            "[]",
            expect![[
                r#"BodyNotJson { template: "", line: 1, column: 1, detail: "invalid type: sequence, expected a JSON object" }"#
            ]],
        );
        check(
            "{\n\"text\": \"a \"quoted\" word\"}",
            expect![[r#"BodyNotJson { template: "", line: 2, column: 13, detail: "expected `,` or `}`" }"#]],
        );
        check(
            "{\"钉钉\": 失败}",
            expect![[r#"BodyNotJson { template: "", line: 1, column: 8, detail: "expected value" }"#]],
        );
        check(
            "{} {}",
            expect![[r#"BodyNotJson { template: "", line: 1, column: 4, detail: "trailing characters" }"#]],
        );
    }

    proptest! {
        #[test]
        fn only_the_id_is_new(map in prop::collection::btree_map("\\PC{0,6}|msgUuid", prop::option::of("\\PC{0,9}"), 0..5), uuid in "[a-z\"\\\\]{1,9}") {
            let body = serde_json::to_string(&map).expect("JSON");
            let marked = with_uuid(&body, &uuid).expect("an object");
            let mut value: serde_json::Value = serde_json::from_str(&marked).expect("still JSON");
            let id = value.as_object_mut().and_then(|object| object.remove("msgUuid"));
            if !map.contains_key("msgUuid") {
                prop_assert_eq!(id, Some(uuid.into()));
                prop_assert!(marked.starts_with(&body[..body.len() - 1]));
                prop_assert_eq!(value, serde_json::from_str::<serde_json::Value>(&body).expect("JSON"));
            }
        }

        #[test]
        fn any_text(body: String) {
            let _ = with_uuid(&body, "id");
        }
    }
}
