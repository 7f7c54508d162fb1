//! How many tests a tool says it ran, read from its closing lines.

use std::ops::AddAssign;

/// Tests or checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The closing lines of `cargo test` and of vitest in `output`; they are worth repeating in a summary.
pub(crate) fn closing_lines(output: &str) -> Vec<&str> {
    output.lines().map(str::trim).filter(|line| parse(line).is_some()).collect()
}

/// What the closing lines add up to; `None` when the output has none.
pub(crate) fn sum(lines: &[&str]) -> Option<Counts> {
    let counts = lines.iter().filter_map(|line| parse(line));
    counts.fold(None, |sum, counts| {
        let mut sum = sum.unwrap_or_default();
        sum += counts;
        Some(sum)
    })
}

/// `test result: ok. 12 passed; 0 failed; …` or `Tests  1 failed | 11 passed (12)`.
fn parse(line: &str) -> Option<Counts> {
    let line = line.strip_prefix("test result:").or_else(|| line.strip_prefix("Tests  "))?;
    let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
    let before = |what| words.windows(2).find(|pair| pair[1] == what).and_then(|pair| pair[0].parse().ok());
    match (before("passed"), before("failed")) {
        (None, None) => None,
        (passed, failed) => Some(Counts { passed: passed.unwrap_or(0), failed: failed.unwrap_or(0) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_tools() {
        let output = "\
running 2 tests
test a ... ok
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
 Test Files  2 passed (2)
      Tests  1 failed | 11 passed (12)
      Tests  5 passed (5)
   Duration  1.2s
";
        let lines = closing_lines(output);
        assert_eq!(lines.len(), 4, "{lines:?}");
        assert_eq!(sum(&lines), Some(Counts { passed: 12 + 3 + 11 + 5, failed: 2 + 1 }));
    }

    #[test]
    fn a_tool_without_tests_has_no_counts() {
        assert_eq!(sum(&closing_lines("Finished `dev` profile\ntest result: unknown\n")), None);
    }
}
