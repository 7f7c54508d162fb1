//! YAML as sigs.k8s.io/yaml reads it (YAML 1.1 scalars, merge keys), with the place of everything in the file.
//!
//! Knows nothing of Argo CD. Never panics; depth and the weight of aliases are bounded.

mod parse;
mod resolve;
mod text;

pub(crate) use parse::parse;
pub(crate) use resolve::{Resolved, resolve};
pub(crate) use text::Text;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Byte offset in the file of its first character.
    pub(crate) start: u32,
    /// Byte offset in the file behind its last character.
    pub(crate) end: u32,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A scalar; `plain` means unquoted and untagged, so that `yes` is a boolean.
    Scalar { text: Text, plain: bool },
    /// A list.
    Sequence(Vec<Node>),
    /// Key, value; in the order of the file, duplicates kept, merged pairs last.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// True for `null`, `~` and nothing at all.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if resolve(&text.value) == Resolved::Null)
    }

    /// "a list", "a mapping" or "a scalar", for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Scalar { .. } => "a single value",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }

    /// A scalar as a Go string field receives it: booleans and numbers in Go's spelling, null as "".
    /// None for lists and mappings.
    pub(crate) fn string(&self) -> Option<Text> {
        let Kind::Scalar { text, plain } = &self.kind else { return None };
        if !plain {
            return Some(text.clone());
        }
        Some(match resolve(&text.value) {
            Resolved::Str => text.clone(),
            Resolved::Null => Text::at(String::new(), self.start),
            Resolved::Bool(value) => Text::at(value.to_string(), self.start),
            Resolved::Number(value) if value == text.value => text.clone(),
            Resolved::Number(value) => Text::at(value, self.start),
        })
    }

    /// A boolean; None for anything else.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match &self.kind {
            Kind::Scalar { text, plain: true } => match resolve(&text.value) {
                Resolved::Bool(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The pairs of a mapping.
    pub(crate) fn pairs(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            Kind::Mapping(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value of a key, exact spelling; the last one if it stands twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let found = |(name, _): &&(Self, Self)| name.string().is_some_and(|text| text.value == key);
        self.pairs()?.iter().rev().find(found).map(|(_, value)| value)
    }
}

/// A YAML text as JSON: how sigs.k8s.io/yaml hands it to Go. The first document; None if it is no YAML.
/// Keys that stand twice keep the last.
pub fn json_of(text: &str) -> Option<serde_json::Value> {
    let documents = parse(&Text::at(text.to_owned(), 0)).ok()?;
    documents.first().map(json)
}

fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.kind {
        Kind::Sequence(items) => items.iter().map(json).collect(),
        Kind::Mapping(pairs) => {
            let named = pairs.iter().filter_map(|(key, value)| Some((key.string()?.value, json(value))));
            Value::Object(named.collect())
        }
        Kind::Scalar { .. } if node.is_null() => Value::Null,
        Kind::Scalar { .. } => match node.boolean() {
            Some(flag) => Value::Bool(flag),
            None => Value::String(node.string().map(|text| text.value).unwrap_or_default()),
        },
    }
}

#[cfg(test)]
mod tests;
