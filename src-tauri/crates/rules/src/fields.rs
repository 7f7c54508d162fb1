//! Reading nodes into Go's types, as encoding/json behind sigs.k8s.io/yaml does: field names match whatever their case,
//! null leaves a field alone, scalars become strings where strings are due. Unlike there, a field that nobody reads is
//! reported, because it is most often a typo.

use crate::diagnostic::{Diagnostic, Fault, Level, Source};
use crate::similar;
use crate::yaml::{Kind, Node, Text};

/// The commonest mistake: YAML takes an unquoted `{{` for the start of a mapping.
pub(crate) const QUOTE_HINT: &str = "; a value that begins with `{{` needs quotes";

/// Reads one file; collects what there is to say.
pub(crate) struct Reader {
    /// The file.
    pub(crate) source: Source,
    /// The ConfigMap key being read, for diagnostics.
    pub(crate) key: String,
    /// In the order found.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        Self { source: Source::new(file, text), key: String::new(), diagnostics: Vec::new() }
    }

    /// Adds a remark about the present key.
    pub(crate) fn report(&mut self, level: Level, at: u32, detail: impl Into<String>) {
        let problem = self.source.problem(at, detail.into());
        self.diagnostics.push(Diagnostic { problem, level, key: self.key.clone() });
    }

    /// Adds a fault as an error of the present key.
    pub(crate) fn fault(&mut self, fault: Fault) {
        self.report(Level::Error, fault.at, fault.detail);
    }

    /// Reads a mapping with known field names; reports unknown ones and repetitions (the last one counts).
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&'static str],
    ) -> Result<Fields<'n>, Fault> {
        if node.is_null() {
            return Ok(Fields { entries: Vec::new() });
        }
        let pairs = node.pairs().ok_or_else(|| {
            Fault::new(node.start, format!("{what} must be a mapping, not {}", node.describe()))
        })?;
        let mut entries: Vec<(&'static str, &Node)> = Vec::new();
        for (key, value) in pairs {
            let Some(name) = key.string() else {
                self.report(Level::Warning, key.start, format!("a field name of {what} must be a string"));
                continue;
            };
            let field = known
                .iter()
                .find(|field| **field == name.value)
                .or_else(|| known.iter().find(|field| field.eq_ignore_ascii_case(&name.value)));
            let Some(field) = field else {
                let hint = similar::hint(&name.value, known.iter().copied());
                let detail = format!("unknown field `{}` in {what} is ignored{hint}", name.value);
                self.report(Level::Warning, key.start, detail);
                continue;
            };
            if entries.iter().any(|(seen, _)| seen == field) {
                self.report(
                    Level::Warning,
                    key.start,
                    format!("`{field}` stands twice; the last one counts"),
                );
                entries.retain(|(seen, _)| seen != field);
            }
            if !value.is_null() {
                entries.push((field, value));
            }
        }
        Ok(Fields { entries })
    }

    /// Reads a mapping of names to anything; the last of two equal names counts, and that is reported.
    pub(crate) fn named<'n>(&mut self, node: &'n Node, what: &str) -> Result<Vec<(Text, &'n Node)>, Fault> {
        if node.is_null() {
            return Ok(Vec::new());
        }
        let pairs = node.pairs().ok_or_else(|| {
            Fault::new(node.start, format!("{what} must be a mapping, not {}", node.describe()))
        })?;
        let mut entries: Vec<(Text, &Node)> = Vec::new();
        for (key, value) in pairs {
            let Some(name) = key.string() else {
                self.report(Level::Warning, key.start, format!("a name in {what} must be a string"));
                continue;
            };
            if let Some(seen) = entries.iter().position(|(seen, _)| seen.value == name.value) {
                let detail = format!("`{}` stands twice; the last one counts", name.value);
                self.report(Level::Warning, key.start, detail);
                entries.remove(seen);
            }
            entries.push((name, value));
        }
        Ok(entries)
    }
}

/// The fields of one mapping that are set, under their proper names.
pub(crate) struct Fields<'n> {
    entries: Vec<(&'static str, &'n Node)>,
}

impl<'n> Fields<'n> {
    /// A field, unless absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(field, _)| *field == name).map(|(_, node)| *node)
    }

    /// A string field; None if absent or null.
    pub(crate) fn string(&self, name: &str) -> Result<Option<Text>, Fault> {
        self.get(name).map(|node| string(node, name)).transpose()
    }

    /// A list of strings; empty if absent or null.
    pub(crate) fn strings(&self, name: &str) -> Result<Vec<Text>, Fault> {
        self.get(name).map_or_else(|| Ok(Vec::new()), |node| strings(node, name))
    }

    /// A boolean; false if absent or null.
    pub(crate) fn boolean(&self, name: &str) -> Result<bool, Fault> {
        self.get(name).map_or(Ok(false), |node| {
            node.boolean().ok_or_else(|| Fault::new(node.start, format!("`{name}` must be true or false")))
        })
    }
}

/// A scalar as a string.
pub(crate) fn string(node: &Node, name: &str) -> Result<Text, Fault> {
    node.string().ok_or_else(|| {
        // `{{.app}}` without quotes is a mapping whose key is a mapping.
        let doubled =
            node.pairs().and_then(|pairs| pairs.first()).is_some_and(|(key, _)| key.pairs().is_some());
        let hint = if doubled { QUOTE_HINT } else { "" };
        Fault::new(node.start, format!("`{name}` must be a string, not {}{hint}", node.describe()))
    })
}

/// A list of strings.
pub(crate) fn strings(node: &Node, name: &str) -> Result<Vec<Text>, Fault> {
    match &node.kind {
        Kind::Sequence(items) => items.iter().map(|item| string(item, name)).collect(),
        _ if node.is_null() => Ok(Vec::new()),
        _ => Err(Fault::new(node.start, format!("`{name}` must be a list, not {}", node.describe()))),
    }
}
