//! What is to be said about a rules file, and the positions it is said with.

use dinghy_model::Problem;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The key (or the whole file) is not in force.
    Error,
    /// Something is ignored or cannot work; the rest of the key is in force.
    Warning,
    /// Worth knowing.
    Note,
}

/// One remark about a rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Always [`Problem::File`], with the line and column in the file as the user sees it, both from 1.
    pub problem: Problem,
    /// How much it matters.
    pub level: Level,
    /// The key of the ConfigMap it is about (`trigger.on-deployed`); empty: the file.
    pub key: String,
}

/// A file's name and text, to turn offsets into lines and columns.
#[derive(Clone, Default)]
pub(crate) struct Source {
    file: String,
    text: String,
}

/// Without the text: a token may stand in it.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), text: text.to_owned() }
    }

    /// The problem at a byte offset.
    pub(crate) fn problem(&self, at: u32, detail: String) -> Problem {
        let (line, column) = self.position(at);
        Problem::File { file: self.file.clone(), line, column, detail }
    }

    /// `FILE:LINE:COLUMN` of a byte offset.
    pub(crate) fn place(&self, at: u32) -> String {
        let (line, column) = self.position(at);
        format!("{}:{line}:{column}", self.file)
    }

    /// Line and column of a byte offset, from 1, columns in characters.
    pub(crate) fn position(&self, at: u32) -> (u32, u32) {
        let mut at = (at as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}

/// What is wrong with a value, before it is known how much that matters.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Byte offset in the file.
    pub(crate) at: u32,
    /// What is wrong.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(at: u32, detail: impl Into<String>) -> Self {
        Self { at, detail: detail.into() }
    }
}
