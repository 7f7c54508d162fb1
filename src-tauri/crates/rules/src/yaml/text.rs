//! A string that knows where each of its bytes stands in the file.
//!
//! A rules file holds YAML inside YAML, and expressions and templates inside that. An error found in the innermost
//! language must point into the file the user sees, so every scalar keeps a place for each of its bytes, and a nested
//! parse starts from such a scalar.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

/// A string and, for each byte and for its end, the byte offset in the file it came from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// The string as the language inside sees it.
    pub(crate) value: String,
    /// One offset for each byte of `value` and one for the end; never empty.
    places: Vec<u32>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}

impl Text {
    /// A whole file: each byte stands where it is.
    pub(crate) fn file(text: &str) -> Self {
        let places = (0..=text.len()).map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        Self { value: text.to_owned(), places }
    }

    /// A string that stands in the file in another spelling (`yes` for `true`): every byte points at `at`.
    pub(crate) fn at(value: String, at: u32) -> Self {
        let places = vec![at; value.len() + 1];
        Self { value, places }
    }

    /// The value of a scalar whose source is `span` of `outer`.
    pub(crate) fn scalar(value: String, style: ScalarStyle, outer: &Self, span: Range<usize>) -> Self {
        let whole = outer.value.get(span.clone()).unwrap_or_default();
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let source = &whole[properties_len(whole, block)..];
        let base = span.start + whole.len() - source.len();
        let inner = match style {
            ScalarStyle::Literal => align_lines(&value, source),
            ScalarStyle::DoubleQuoted => align(&value, source, 1, true),
            ScalarStyle::SingleQuoted => align(&value, source, 1, false),
            ScalarStyle::Plain | ScalarStyle::Folded => align(&value, source, 0, false),
        };
        let places = inner.into_iter().map(|offset| outer.place(base + offset)).collect();
        Self { value, places }
    }

    /// The offset in the file of byte `at` of the value; past the end, that of the end.
    pub(crate) fn place(&self, at: usize) -> u32 {
        self.places.get(at).or(self.places.last()).copied().unwrap_or_default()
    }

    /// The offset in the file of a line and column of the value, both from 1, columns in characters. Lines or columns
    /// of 0 or beyond the text stand for its first or last place.
    pub(crate) fn place_of(&self, line: u32, column: u32) -> u32 {
        let (start, rest) = self.line(line);
        let within = rest.char_indices().nth(column.max(1) as usize - 1).map_or(rest.len(), |(at, _)| at);
        self.place(start + within)
    }

    /// The same for a column that counts bytes from 0.
    pub(crate) fn place_of_byte(&self, line: u32, column: u32) -> u32 {
        let (start, rest) = self.line(line);
        self.place(start + rest.len().min(column as usize))
    }

    /// Where a line (from 1) begins, and its text; past the last line, the end.
    fn line(&self, line: u32) -> (usize, &str) {
        let start = match line {
            0 | 1 => Some(0),
            _ => self.value.match_indices('\n').nth(line as usize - 2).map(|(at, _)| at + 1),
        };
        let rest = &self.value[start.unwrap_or(self.value.len())..];
        (start.unwrap_or(self.value.len()), rest.split('\n').next().unwrap_or_default())
    }
}

/// The length of an anchor and a tag in front of a scalar, which the parser counts as part of it; of a block scalar
/// that has one, also the rest of its header line.
fn properties_len(source: &str, block: bool) -> usize {
    let mut at = 0;
    while source[at..].starts_with(['&', '!']) {
        at += source[at..].find(char::is_whitespace).unwrap_or(source.len() - at);
        at += source[at..].len() - source[at..].trim_start().len();
    }
    if block && at > 0 {
        at += source[at..].find('\n').map_or(source.len() - at, |line| line + 1);
    }
    at
}

/// Aligns a literal block scalar: its lines are the source's lines without the indentation.
fn align_lines(value: &str, source: &str) -> Vec<usize> {
    let mut places = Vec::with_capacity(value.len() + 1);
    let mut at = 0;
    // The source begins at the first line that is not blank, the value with the blank ones before it.
    let breaks = |text: &str| text.len() - text.trim_start_matches('\n').len();
    let blank = breaks(value).saturating_sub(breaks(source));
    places.extend(std::iter::repeat_n(0, blank));
    let mut lines = source.split_inclusive('\n');
    for line in value[blank..].split_inclusive('\n') {
        let raw = lines.next().unwrap_or_default();
        let raw_len = raw.trim_end_matches(['\n', '\r']).len();
        let line_len = line.trim_end_matches('\n').len();
        let indent = raw_len.saturating_sub(line_len);
        places.extend((0..line.len()).map(|within| (at + indent + within).min(at + raw.len())));
        at += raw.len();
    }
    places.push(at.min(source.len()));
    places
}

/// Aligns any other scalar by walking the value and its source together. Where both disagree (a folded line, an
/// escape), the source moves on until they agree again; whatever happens, each byte gets some place nearby.
fn align(value: &str, source: &str, quotes: usize, escapes: bool) -> Vec<usize> {
    let mut places = Vec::with_capacity(value.len() + 1);
    let mut at = quotes.min(source.len());
    for wanted in value.chars() {
        if !wanted.is_whitespace() {
            at += source[at..].len() - source[at..].trim_start().len();
            while escapes && source[at..].starts_with("\\\n") {
                at += 2;
                at += source[at..].len() - source[at..].trim_start().len();
            }
        }
        places.extend(std::iter::repeat_n(at, wanted.len_utf8()));
        let rest = &source[at..];
        at += if escapes && rest.starts_with('\\') {
            escape_len(rest)
        } else if quotes == 1 && !escapes && rest.starts_with("''") {
            2
        } else {
            rest.chars().next().filter(|&c| c == wanted || c.is_whitespace()).map_or(0, char::len_utf8)
        };
    }
    places.push(at);
    places
}

/// The length of the escape at the start of `rest` (YAML 1.2, 5.7), never past its end.
fn escape_len(rest: &str) -> usize {
    let len = match rest[1..].chars().next() {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    };
    if rest.is_char_boundary(len) { len.min(rest.len()) } else { 1 }
}
