//! What goes wrong, where, and how the language says it.

use std::fmt;

/// When an expression failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Before it could be run: syntax, types of literals, limits of the source.
    Compile,
    /// While it ran on some variables.
    Run,
}

/// A failure with its place in the source. `Display` writes the text that expr itself writes, over several lines:
///
/// ```text
/// cannot fetch phase from <nil> (1:27)
///  | app.status.operationState.phase in ['Succeeded']
///  | ..........................^
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Whether compiling or running failed.
    pub stage: Stage,
    /// The first line without the position.
    pub message: String,
    /// Counted from 1; 0 when the failure has no place in the source.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// The source line and the caret below it, each led by `\n | `; empty when there is no place to show.
    pub snippet: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.line > 0 {
            write!(f, " ({}:{}){}", self.line, self.column, self.snippet)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
