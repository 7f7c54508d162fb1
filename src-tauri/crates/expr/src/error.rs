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

/// A failure before its place is turned into line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Counted in characters from the start of the source.
    pub(crate) at: u32,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(at: u32, message: impl Into<String>) -> Fault {
        Fault { at, message: message.into() }
    }

    /// Finds line and column in the source and cuts out the line.
    pub(crate) fn bind(self, stage: Stage, source: &str) -> Error {
        let (mut line, mut column, mut line_start) = (1, 0, 0);
        for (passed, (at, c)) in source.char_indices().enumerate() {
            if passed == self.at as usize {
                break;
            }
            if c == '\n' {
                (line, column, line_start) = (line + 1, 0, at + 1);
            } else {
                column += 1;
            }
        }
        let text = source[line_start..].split('\n').next().unwrap_or("");
        if text.is_empty() {
            return Error { stage, message: self.message, line: 0, column: 0, snippet: String::new() };
        }
        let dots = ".".repeat(column as usize);
        let snippet = format!("\n | {}\n | {dots}^", text.replace('\t', " "));
        Error { stage, message: self.message, line, column: column + 1, snippet }
    }
}
