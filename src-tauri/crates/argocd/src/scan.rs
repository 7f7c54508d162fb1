//! Cuts `{"metadata":{…},"items":[{…},{…}]}` into its items while the bytes arrive.
//!
//! Only brackets and strings are looked at, so that a list of 30 MB costs one fast pass and the
//! memory of its largest item. Whether an item is valid JSON is for whoever parses it.

use std::borrow::Cow;

use serde::Deserialize;

/// No application is larger: etcd takes 1.5 MB, Argo CD's computed fields add little.
const LARGEST_ITEM: usize = 64 << 20;

/// Why a body is not a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the body ended in the middle")]
    Cut,
    #[error("not a JSON object")]
    NotAnObject,
    #[error("neither metadata nor items in it")]
    NotAList,
    #[error("brackets do not match")]
    Unbalanced,
    #[error("an item of more than 64 MB")]
    TooLong,
}

/// Incremental scanner of one list.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    /// Bytes not finished with.
    buffer: Vec<u8>,
    /// Where to look next in `buffer`; one past the end after a `\` that closed the last chunk.
    at: usize,
    depth: usize,
    /// Where the string that we are in began (its quote).
    string: Option<usize>,
    /// The last string on the top level: the key of the value that follows.
    key: Key,
    /// Where the value to hand out began, and the depth inside it.
    value: Option<(usize, usize)>,
    seen_list: bool,
    done: bool,
    resource_version: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Key {
    Items,
    Metadata,
    #[default]
    Other,
}

#[derive(Deserialize)]
struct ListMeta<'a> {
    #[serde(borrow, default, rename = "resourceVersion")]
    resource_version: Cow<'a, str>,
}

impl Scanner {
    /// Takes the next bytes and hands out the items that are complete with them.
    pub(crate) fn push<E: From<Fault>>(
        &mut self,
        bytes: &[u8],
        on_item: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.forget_finished();
        if self.buffer.len() + bytes.len() > LARGEST_ITEM {
            return Err(Fault::TooLong.into());
        }
        self.buffer.extend_from_slice(bytes);
        // Out of `self` for the length of the loop, which is the hot one; a scanner is of no use after an error.
        let buffer = std::mem::take(&mut self.buffer);
        while self.at < buffer.len() {
            if let Some(quote) = self.string {
                let Some(found) = quote_or_backslash(&buffer[self.at..]) else {
                    self.at = buffer.len();
                    break;
                };
                let end = self.at + found;
                if buffer[end] == b'\\' {
                    self.at = end + 2;
                    continue;
                }
                if self.depth == 1 {
                    self.key = Key::of(&buffer[quote + 1..end]);
                    self.seen_list |= self.key != Key::Other;
                }
                self.string = None;
                self.at = end + 1;
                continue;
            }
            let byte = buffer[self.at];
            match byte {
                b'"' => self.string = Some(self.at),
                b'{' | b'[' => self.open(byte)?,
                b'}' | b']' => self.close(&buffer, on_item)?,
                _ if self.depth == 0 && !byte.is_ascii_whitespace() => return Err(Fault::NotAnObject.into()),
                _ => {}
            }
            self.at += 1;
        }
        self.buffer = buffer;
        Ok(())
    }

    /// The list's `resourceVersion`, or why this was no whole list.
    pub(crate) fn finish(self) -> Result<String, Fault> {
        match (self.done, self.seen_list) {
            (true, true) => Ok(self.resource_version),
            (true, false) => Err(Fault::NotAList),
            (false, _) => Err(Fault::Cut),
        }
    }

    fn open(&mut self, bracket: u8) -> Result<(), Fault> {
        if self.depth == 0 && (bracket != b'{' || self.done) {
            return Err(Fault::NotAnObject);
        }
        self.depth += 1;
        let wanted = matches!((self.key, self.depth), (Key::Items, 3) | (Key::Metadata, 2));
        if wanted && bracket == b'{' && self.value.is_none() {
            self.value = Some((self.at, self.depth));
        }
        Ok(())
    }

    fn close<E: From<Fault>>(
        &mut self,
        buffer: &[u8],
        on_item: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some((start, depth)) = self.value
            && depth == self.depth
        {
            self.value = None;
            let text = &buffer[start..=self.at];
            if self.key == Key::Items {
                on_item(text)?;
            } else if let Ok(meta) = serde_json::from_slice::<ListMeta<'_>>(text) {
                self.resource_version = meta.resource_version.into_owned();
            }
        }
        self.depth = self.depth.checked_sub(1).ok_or(Fault::Unbalanced)?;
        self.done |= self.depth == 0;
        Ok(())
    }

    fn forget_finished(&mut self) {
        let value = self.value.map(|(start, _)| start);
        let keep_from = value.or(self.string).unwrap_or(self.at).min(self.buffer.len());
        self.buffer.drain(..keep_from);
        self.at -= keep_from;
        // Inside a value the string's place does not matter, only that there is one.
        self.string = self.string.map(|start| start.saturating_sub(keep_from));
        self.value = self.value.map(|(start, depth)| (start - keep_from, depth));
    }
}

impl Key {
    fn of(text: &[u8]) -> Self {
        match text {
            b"items" => Self::Items,
            b"metadata" => Self::Metadata,
            _ => Self::Other,
        }
    }
}

/// The first `"` or `\`. Eight bytes at a time: keys and values are short, so that what a call to
/// memchr costs would count here.
fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    /// The high bit of the first zero byte (and perhaps of bytes after it).
    fn zero(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word & (ONES << 7)
    }
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|at| words.len() * 8 + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Items and resource version of a body that arrives in pieces of `step` bytes.
    fn scan(body: &[u8], step: usize) -> Result<(Vec<String>, String), Fault> {
        let mut items = Vec::new();
        let mut scanner = Scanner::default();
        for piece in body.chunks(step) {
            scanner.push(piece, &mut |item| {
                items.push(String::from_utf8_lossy(item).into_owned());
                Ok::<(), Fault>(())
            })?;
        }
        scanner.finish().map(|version| (items, version))
    }

    #[test]
    fn lists() {
        let list = |body: &str, items: &[&str], version: &str| {
            for step in [1, 2, 3, 7, body.len().max(1)] {
                let expected = items.iter().map(ToString::to_string).collect::<Vec<_>>();
                assert_eq!(
                    scan(body.as_bytes(), step),
                    Ok((expected, version.to_owned())),
                    "{body} by {step}"
                );
            }
        };
        list(
            r#"{"metadata":{"resourceVersion":"42"},"items":[{"a":1},{"b":[{}]}]}"#,
            &[r#"{"a":1}"#, r#"{"b":[{}]}"#],
            "42",
        );
        list(r#"{"metadata":{},"items":null}"#, &[], "");
        list(r#"{"items":[]}"#, &[], "");
        list(
            "\n{ \"items\" : [ {\"s\":\"}]\\\"{\\\\\"} ] , \"metadata\":{\"resourceVersion\":\"7\"} }\n",
            &[r#"{"s":"}]\"{\\"}"#],
            "7",
        );
        list(
            r#"{"other":{"items":[{"no":1}]},"kind":"items","items":[{"yes":1},null]}"#,
            &[r#"{"yes":1}"#],
            "",
        );
        list(
            r#"{"metadata":{"items":[{"no":1}]},"items":[{"items":[[{"x":{}}]]}]}"#,
            &[r#"{"items":[[{"x":{}}]]}"#],
            "",
        );
    }

    #[test]
    fn no_lists() {
        let fault = |body: &str| scan(body.as_bytes(), 3).expect_err(body);
        assert_eq!(fault(r#"{"metadata":{},"items":[{"a":1},{"b""#), Fault::Cut);
        assert_eq!(fault(r#"{"metadata":{},"items":[{"a":1}]"#), Fault::Cut);
        assert_eq!(fault(""), Fault::Cut);
        assert_eq!(fault("404 page not found"), Fault::NotAnObject);
        assert_eq!(fault("[]"), Fault::NotAnObject);
        assert_eq!(fault("{}"), Fault::NotAList);
        assert_eq!(fault(r#"{"error":"x","code":2}"#), Fault::NotAList);
        assert_eq!(fault(r#"{"items":[]}}"#), Fault::Unbalanced);
        assert_eq!(fault(r#"{"items":[]}{"items":[]}"#), Fault::NotAnObject);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(Into::into),
            r#"[\PC"\\{}\[\]]{0,12}"#.prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::hash_map(r#"items|metadata|["\\{\[a]{0,4}"#, inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// As a whole parse would give them, wherever the pieces are cut.
        #[test]
        fn as_serde_sees_it(items in prop::collection::vec(any_json(), 0..6), step in 1usize..40) {
            let objects: Vec<_> = items.iter().filter(|item| item.is_object()).map(ToString::to_string).collect();
            let body = serde_json::json!({"metadata": {"resourceVersion": "9"}, "items": items}).to_string();
            prop_assert_eq!(scan(body.as_bytes(), step), Ok((objects, "9".to_owned())));
        }

        #[test]
        fn eight_at_a_time(text in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), 0x21u8..0x24, 0x5bu8..0x5e, any::<u8>()], 0..40)) {
            let slow = text.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            prop_assert_eq!(quote_or_backslash(&text), slow);
        }

        #[test]
        fn any_bytes(body: Vec<u8>, step in 1usize..9) {
            let _ = scan(&body, step);
        }
    }
}
