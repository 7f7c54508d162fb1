//! What can go wrong, in Go's words.

use std::fmt;

/// When a template failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The text is no template.
    Parse,
    /// The template could not be rendered with the given data.
    Exec,
}

/// A failure with Go's full text as its `Display`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// When it happened.
    pub stage: Stage,
    /// The name the source was parsed under.
    pub name: String,
    /// Counted from 1; 0 when Go names no line.
    pub line: u32,
    /// Byte offset in the line, counted from 0 as Go counts it; 0 as well when Go gives none, as in parse errors.
    pub column: u32,
    /// What went wrong, without the position (`executing "t" at <.x>: …`, `unexpected EOF`).
    pub message: String,
}

impl fmt::Display for Error {
    /// `template: NAME:LINE: …` for parse errors, `template: NAME:LINE:COL: …` for run errors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { name, line, column, message, .. } = self;
        match self.stage {
            Stage::Parse => write!(f, "template: {name}:{line}: {message}"),
            Stage::Exec if *line == 0 => write!(f, "template: {name}: {message}"),
            Stage::Exec => write!(f, "template: {name}:{line}:{column}: {message}"),
        }
    }
}
