//! Changing one key of a manifest and no other byte of it.
//!
//! Invariant: whatever [`set_key`] returns reads back as the old manifest with that one key changed; otherwise it
//! returns an error and the caller keeps what it had.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::{Catalog, OLD_FORM};
use crate::diagnostic::{Diagnostic, Level};
use crate::yaml::{self, Kind, Node, Text};

/// A manifest with nothing in it.
const EMPTY: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm\ndata:\n";

/// A key cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is no YAML; mend it first.
    #[error("the rules are no valid YAML at offset {at}: {detail}")]
    Unreadable {
        /// Byte offset.
        at: u32,
        /// What is wrong.
        detail: String,
    },
    /// The manifest has a form in which this key cannot be replaced alone.
    #[error("`{key}` cannot be changed without touching other parts of the file")]
    Entangled {
        /// The key.
        key: String,
    },
}

/// Sets a key of the ConfigMap's `data` to a text, or removes it (None). The key is added at the end of `data` if it is
/// not there; an empty text becomes a manifest. Comments and all other bytes stay as they are.
///
/// # Errors
/// When the text cannot be read, or the key cannot be changed alone.
pub fn set_key(text: &str, key: &str, value: Option<&str>) -> Result<String, EditError> {
    let base = if text.trim().is_empty() { EMPTY } else { text };
    let before = keys(base)?;
    let mut wanted = before.clone();
    match value {
        Some(value) => wanted.insert(key.to_owned(), value.to_owned()),
        None if before.contains_key(key) => wanted.remove(key),
        None => return Ok(text.to_owned()),
    };
    if wanted == before {
        return Ok(text.to_owned());
    }
    let place = Place::find(base, key)?;
    let entangled = || EditError::Entangled { key: key.to_owned() };
    let candidates = match value {
        None => vec![place.without(base)],
        Some(value) => place.with(base, key, value),
    };
    candidates.into_iter().find(|edited| keys(edited).as_ref() == Ok(&wanted)).ok_or_else(entangled)
}

/// Gives a key of `data` another name, where it stands.
///
/// # Errors
/// As [`set_key`]'s; also when the key is not there exactly once, or the new one is there already.
pub(crate) fn rename_key(text: &str, from: &str, to: &str) -> Result<String, EditError> {
    let entangled = |key: &str| EditError::Entangled { key: key.to_owned() };
    let mut wanted = keys(text)?;
    let value = wanted.remove(from).ok_or_else(|| entangled(from))?;
    if wanted.insert(to.to_owned(), value).is_some() {
        return Err(entangled(to));
    }
    let documents = read(text)?;
    let data = config_map(&documents).and_then(|map| map.get("data")).and_then(Node::pairs);
    let is_it = |key: &&Node| key.string().is_some_and(|name| name.value == from);
    let found: Vec<&Node> = data.unwrap_or_default().iter().map(|(key, _)| key).filter(is_it).collect();
    let [key] = found.as_slice() else { return Err(entangled(from)) };
    let renamed = format!("{}{to}{}", &text[..key.start as usize], &text[key.end as usize..]);
    if keys(&renamed).as_ref() == Ok(&wanted) { Ok(renamed) } else { Err(entangled(from)) }
}

/// The manifest with the old form `config.yaml` as keys of their own, which say the same; any other as it is.
///
/// # Errors
/// As [`set_key`]'s; a `config.yaml` that cannot be read stays as it is.
pub(crate) fn todays_keys(text: &str) -> Result<String, EditError> {
    if !text.contains(OLD_FORM) || !keys(text)?.contains_key(OLD_FORM) {
        return Ok(text.to_owned());
    }
    let catalog = Catalog::parse(text, "");
    let is_unread = |found: &Diagnostic| found.key == OLD_FORM && found.level == Level::Error;
    if catalog.old_form().is_empty() && catalog.diagnostics().iter().any(is_unread) {
        return Ok(text.to_owned());
    }
    let mut made = set_key(text, OLD_FORM, None)?;
    for key in catalog.old_form() {
        made = set_key(&made, key, catalog.source(key))?;
    }
    Ok(made)
}

/// The keys and values of the (last) ConfigMap's data. A value that is no string counts as its own source.
pub(crate) fn keys(text: &str) -> Result<BTreeMap<String, String>, EditError> {
    let documents = read(text)?;
    let Some(data) = config_map(&documents).and_then(|map| map.get("data")) else {
        return Ok(BTreeMap::new());
    };
    let entry = |(key, value): &(Node, Node)| {
        let source = || text.get(value.start as usize..value.end as usize).unwrap_or_default().to_owned();
        Some((key.string()?.value, value.string().map_or_else(source, |text| text.value)))
    };
    Ok(data.pairs().unwrap_or_default().iter().filter_map(entry).collect())
}

fn read(text: &str) -> Result<Vec<Node>, EditError> {
    yaml::parse(&Text::file(text))
        .map_err(|error| EditError::Unreadable { at: error.at, detail: error.detail })
}

fn config_map(documents: &[Node]) -> Option<&Node> {
    let is_one =
        |node: &&Node| node.get("kind").and_then(Node::string).is_none_or(|kind| kind.value == "ConfigMap");
    documents.iter().filter(|node| node.pairs().is_some()).find(is_one)
}

/// Where an entry is, or is to be.
struct Place {
    /// Of the whole entry from the key on; empty where it is to be added.
    entry: Range<usize>,
    /// Of the value with the blank before it: from behind the colon. None if the key is to be added.
    value: Option<Range<usize>>,
    /// Columns in front of the key.
    indent: usize,
    /// Columns in front of the lines of a block.
    block_indent: usize,
    /// What goes in front of a new entry.
    lead: String,
}

impl Place {
    fn find(text: &str, key: &str) -> Result<Self, EditError> {
        let documents = read(text)?;
        let entangled = || EditError::Entangled { key: key.to_owned() };
        let manifest = config_map(&documents).ok_or_else(entangled)?;
        let pairs = manifest.pairs().unwrap_or_default();
        let data = pairs.iter().find(|(name, _)| name.string().is_some_and(|name| name.value == "data"));
        let Some((data_key, data)) = data else {
            let end =
                pairs.iter().map(|(key, value)| entry_range(text, key, value).end).max().unwrap_or_default();
            return Ok(Self::add(text, end, 2, "data:\n"));
        };
        let entries = data.pairs().unwrap_or_default();
        // Of two equal keys the last one is in force.
        let found =
            entries.iter().rev().find(|(name, _)| name.string().is_some_and(|name| name.value == key));
        if let Some((key, value)) = found {
            let entry = entry_range(text, key, value);
            let indent = column(text, key.start as usize);
            let value = after_colon(text, key.end as usize)..entry.end;
            let block_indent = block_indent(&text[value.clone()]).unwrap_or(indent + 2);
            return Ok(Self { entry, value: Some(value), indent, block_indent, lead: String::new() });
        }
        match entries
            .iter()
            .map(|(key, value)| (key, entry_range(text, key, value).end))
            .max_by_key(|&(_, end)| end)
        {
            Some((last, end)) => Ok(Self::add(text, end, column(text, last.start as usize), "")),
            None => Ok(Self::add(
                text,
                entry_range(text, data_key, data).end,
                column(text, data_key.start as usize) + 2,
                "",
            )),
        }
    }

    fn add(text: &str, end: usize, indent: usize, lead: &str) -> Self {
        let at = line_end(text, end);
        let newline = if text[..at].ends_with('\n') || at == 0 { "" } else { "\n" };
        let lead = format!("{newline}{lead}");
        Self { entry: at..at, value: None, indent, block_indent: indent + 2, lead }
    }

    fn without(&self, text: &str) -> String {
        let start = text[..self.entry.start].rfind('\n').map_or(0, |at| at + 1);
        format!("{}{}", &text[..start], &text[line_end(text, self.entry.end)..])
    }

    /// The edited text in several spellings, the nicest first.
    fn with(&self, text: &str, key: &str, value: &str) -> Vec<String> {
        let inline = [single_quoted(value), serde_json::to_string(value).ok()];
        let pad = " ".repeat(self.indent);
        let Some(old) = &self.value else {
            let block = block(value, self.block_indent).map(|(mark, body)| format!("{mark}\n{body}"));
            let insert = |value: String| {
                let (head, tail) = text.split_at(self.entry.start);
                format!("{head}{}{pad}{key}: {value}\n{tail}", self.lead)
            };
            return [block].into_iter().chain(inline).flatten().map(insert).collect();
        };
        let (head, tail) = (&text[..old.start], &text[old.end..]);
        let source = &text[old.clone()];
        let is_block = block_indent(source).is_some();
        // A comment stays where it can: on the line of the block's mark.
        let (comment, tail) = if is_block {
            let first = source.lines().next().unwrap_or_default();
            (first.find(" #").map_or("", |at| &first[first[..at].trim_end().len()..]), tail)
        } else {
            tail.split_at(tail.find('\n').unwrap_or(tail.len()))
        };
        let block = block(value, self.block_indent)
            .map(|(mark, body)| format!("{head} {mark}{comment}\n{body}{tail}"));
        let inline = inline.into_iter().flatten().map(|value| format!("{head} {value}{comment}{tail}"));
        let was_short = !is_block && !source.contains('\n') && !value.contains('\n');
        if was_short { inline.chain(block).collect() } else { block.into_iter().chain(inline).collect() }
    }
}

/// From the key to the end of the value, without the line break behind it.
pub(crate) fn entry_range(text: &str, key: &Node, value: &Node) -> Range<usize> {
    let (start, after) = (key.start as usize, after_colon(text, key.end as usize));
    let source = &text[after..];
    let simple = match &value.kind {
        Kind::Scalar { .. } => block_indent(source).is_none(),
        _ => source.trim_start().starts_with(['{', '[']),
    };
    if simple {
        // An alias ends where its own name does, not where its anchor's value does.
        let alias = source.trim_start().starts_with('*');
        let own = if alias { after + source.find('\n').unwrap_or(source.len()) } else { value.end as usize };
        return start..own.max(after);
    }
    // A block: all lines that are further in than the key. Blank lines behind it are not its own.
    let indent = column(text, start);
    let mut end = after + source.find('\n').unwrap_or(source.len());
    let mut at = line_end(text, end);
    while at < text.len() {
        let next = line_end(text, at);
        let line = text[at..next].trim_end_matches(['\n', '\r']);
        let further_in = line.len() - line.trim_start_matches(' ').len() > indent;
        if further_in {
            end = at + line.len();
        } else if !line.trim().is_empty() {
            break;
        }
        at = next;
    }
    start..end
}

/// The offset behind the colon that follows a key.
fn after_colon(text: &str, key_end: usize) -> usize {
    text[key_end..].find(':').map_or(text.len(), |at| key_end + at + 1)
}

/// The columns in front of a block scalar's lines; None if the value is none. `source` begins behind the colon.
fn block_indent(source: &str) -> Option<usize> {
    let mut lines = source.lines();
    let mark = lines.next()?.trim_start();
    let mark = if mark.starts_with(['&', '!']) { mark.split_once(' ')?.1.trim_start() } else { mark };
    if !mark.starts_with(['|', '>']) {
        return None;
    }
    let first = lines.find(|line| !line.trim().is_empty()).unwrap_or("    ");
    let spaces = first.len() - first.trim_start_matches(' ').len();
    // With an explicit indentation the first line says nothing; two is what everyone writes.
    if mark[1..].trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(spaces)
}

/// The offset behind the line break at or after `at`.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |len| at + len + 1)
}

/// Characters between the start of the line and an offset.
fn column(text: &str, at: usize) -> usize {
    text[..at].rsplit('\n').next().map_or(0, |line| line.chars().count())
}

/// A literal block: its mark and its lines without the last line break. None for texts that need quotes.
pub(crate) fn block(value: &str, indent: usize) -> Option<(&'static str, String)> {
    let body = value.strip_suffix('\n').unwrap_or(value);
    let odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    if body.is_empty() || body.ends_with('\n') || body.starts_with(char::is_whitespace) || body.contains(odd)
    {
        return None;
    }
    let pad = " ".repeat(indent);
    let lines =
        body.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") });
    let mark = if value.ends_with('\n') { "|" } else { "|-" };
    Some((mark, lines.collect::<Vec<_>>().join("\n")))
}

pub(crate) fn single_quoted(value: &str) -> Option<String> {
    (!value.contains(char::is_control)).then(|| format!("'{}'", value.replace('\'', "''")))
}

#[cfg(test)]
mod tests;
