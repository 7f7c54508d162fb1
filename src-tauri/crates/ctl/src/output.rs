//! The one way to stdout, and the one to stderr. Knows widths and formats, not what is printed.

use std::io::{self, ErrorKind, Write as _};

use anyhow::Result;
use serde_json::Value;

use crate::args::Format;

/// stdout. Every write is flushed: a reader at the other end of a pipe sees each line when it is there.
pub(crate) struct Out {
    format: Format,
}

impl Out {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Whether data is for programs.
    pub(crate) fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// A line of text. Control characters would reach the terminal; what has them gets spaces in their place.
    pub(crate) fn line(&self, line: &str) -> Result<()> {
        self.bytes(format!("{}\n", plain(line)).as_bytes())
    }

    /// Text of several lines, as it is; a newline at the end is added where there is none.
    pub(crate) fn text(&self, text: &str) -> Result<()> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.bytes(format!("{text}{end}").as_bytes())
    }

    /// One JSON value, in one line.
    pub(crate) fn value(&self, value: &Value) -> Result<()> {
        self.bytes(format!("{value}\n").as_bytes())
    }

    /// Rows under their heads, in columns.
    pub(crate) fn table(&self, heads: &[&str], rows: &[Vec<String>]) -> Result<()> {
        self.bytes(table(heads, rows).as_bytes())
    }
}

/// A message for people, on stderr.
pub(crate) fn say(message: &str) {
    // With stderr closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "dinghyctl: {message}");
}

/// Whether the failure is that nobody reads stdout any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Text without control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Columns of equal width, two spaces apart; the last one has no padding.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heads)
        .chain(rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()))
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cells = |column: usize| rows.iter().filter_map(move |row: &Vec<String>| row.get(column));
    let widths: Vec<usize> =
        (0..columns).map(|column| cells(column).map(|cell| width(cell)).max().unwrap_or_default()).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, wanted) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', wanted + 2 - width(cell)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Places on a terminal: two for what East Asian fonts draw wide (Unicode's East_Asian_Width W and F, in blocks).
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c),
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F
            | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::table;

    #[test]
    fn columns_stand_under_each_other() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [
            row(["prod", "实时", "v3.6.0"]),
            row(["staging-eu", "Live", ""]),
            row(["a", "\u{1b}[31mred\n", "x"]),
        ];
        expect![[r#"
            NAME        STATE      VERSION
            prod        实时       v3.6.0
            staging-eu  Live
            a            [31mred   x
        "#]]
        .assert_eq(&table(&["NAME", "STATE", "VERSION"], &rows));
        expect!["NAME\n"].assert_eq(&table(&["NAME"], &[]));
    }
}
