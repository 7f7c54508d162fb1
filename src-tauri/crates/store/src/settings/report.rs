//! Faults with their places.

use std::ops::Range;

use dinghy_model::{Problem, SettingFault};

/// Collects what is wrong with one text.
pub(super) struct Report<'t> {
    text: &'t str,
    file: &'t str,
    /// With the byte they belong to; faults are found in another order than they stand in.
    faults: Vec<(usize, SettingFault)>,
}

impl<'t> Report<'t> {
    pub(super) fn new(text: &'t str, file: &'t str) -> Self {
        Self { text, file, faults: Vec::new() }
    }

    /// Adds a fault at the byte `at`.
    pub(super) fn add(&mut self, at: usize, fault: SettingFault) {
        self.faults.push((at, fault));
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        place(self.text, at).0
    }

    /// All that was found, in the order of the text.
    pub(super) fn problems(mut self) -> Vec<Problem> {
        self.faults.sort_by_key(|(at, _)| *at);
        let problem = |(at, fault)| {
            let (line, column) = place(self.text, at);
            Problem::Setting { file: self.file.to_owned(), line, column, fault }
        };
        self.faults.into_iter().map(problem).collect()
    }
}

/// Where something starts. toml_edit always knows it in a text that was just parsed; 0 if it did not.
pub(super) fn start(span: Option<Range<usize>>) -> usize {
    span.map_or(0, |span| span.start)
}

/// Line and column of a byte, both from 1; columns count characters.
fn place(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (count(before.matches('\n').count() + 1), count(before[line_start..].chars().count() + 1))
}
