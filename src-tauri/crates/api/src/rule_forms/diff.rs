//! What changes between two texts, line by line, with a few lines around each change.

use similar::{ChangeTag, TextDiff};

use crate::wire::DiffLine;

/// Lines shown around a change.
const AROUND: usize = 3;

/// The changed lines from `before` to `after`; nothing if they are equal.
pub(crate) fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine { sign: "…".to_owned(), text: String::new() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => "-",
                ChangeTag::Insert => "+",
                ChangeTag::Equal => " ",
            };
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            lines.push(DiffLine { sign: sign.to_owned(), text });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn changes_with_their_surroundings() {
        let before: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let after = before.replace("\n2\n", "\ntwo\n").replace("\n19\n", "\n");
        let shown: Vec<String> =
            diff(&before, &after).into_iter().map(|line| format!("{}{}", line.sign, line.text)).collect();
        assert_eq!(shown, [" 1", "-2", "+two", " 3", " 4", " 5", "…", " 16", " 17", " 18", "-19", " 20"]);
        assert_eq!(diff(&before, &before), []);
    }
}
