//! The text of a key whose fields were changed: YAML in blocks, with quotes wherever they might be needed.

use crate::edit::block;
use crate::yaml::{Kind, Node, Resolved, resolve};

/// A value to write.
pub(crate) enum Out {
    /// A scalar as it stood there, unquoted.
    Plain(String),
    /// A text.
    Text(String),
    List(Vec<Out>),
    Map(Vec<(String, Out)>),
}

impl Out {
    /// A value as it was read, without its comments.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Scalar { text, plain } if *plain && is_other(&text.value) => {
                Self::Plain(text.value.clone())
            }
            Kind::Scalar { text, .. } => Self::Text(text.value.clone()),
            Kind::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Kind::Mapping(pairs) => {
                let mut entries: Vec<(String, Self)> = Vec::new();
                for (key, value) in pairs {
                    let Some(key) = key.string() else { continue };
                    entries.retain(|(known, _)| *known != key.value);
                    entries.push((key.value, Self::of(value)));
                }
                Self::Map(entries)
            }
        }
    }

    /// Its text, as the value of a key.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out.trim_start_matches('\n').to_owned()
    }

    fn write(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Self::Plain(text) => *out += &format!(" {text}\n"),
            Self::Text(text) => match block(text, indent).filter(|_| text.contains('\n')) {
                Some((mark, lines)) => *out += &format!(" {mark}\n{lines}\n"),
                None => *out += &format!(" {}\n", quoted(text)),
            },
            Self::List(items) if items.is_empty() => *out += " []\n",
            Self::Map(entries) if entries.is_empty() => *out += " {}\n",
            Self::List(items) => {
                *out += "\n";
                for item in items {
                    *out += &format!("{pad}-");
                    item.write(indent + 2, out);
                }
            }
            Self::Map(entries) => {
                *out += "\n";
                for (key, value) in entries {
                    *out += &format!("{pad}{}:", quoted_name(key));
                    value.write(indent + 2, out);
                }
            }
        }
    }
}

/// Whether an unquoted scalar is something else than a text: a number, a boolean, nothing.
fn is_other(text: &str) -> bool {
    resolve(text) != Resolved::Str
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn quoted_name(name: &str) -> String {
    let simple = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_simple = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(simple);
    if is_simple && !is_other(name) { name.to_owned() } else { quoted(name) }
}
