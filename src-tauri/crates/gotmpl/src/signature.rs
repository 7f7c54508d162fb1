//! Reads Go's printed form of a function type, such as `func(string, ...int) (bool, error)`.

use crate::func::Ty;

/// The types in a signature, by Go's names.
#[derive(Debug, PartialEq)]
pub(crate) struct Signature<'a> {
    pub(crate) params: Vec<&'a str>,
    /// The type of further parameters, if any number of them may follow.
    pub(crate) rest: Option<&'a str>,
    pub(crate) results: Vec<&'a str>,
}

impl<'a> Signature<'a> {
    /// What is no signature is taken for a function of anything.
    pub(crate) fn read(text: &'a str) -> Signature<'a> {
        let unknown = Signature { params: Vec::new(), rest: Some(Ty::Any.name()), results: Vec::new() };
        let Some((params, results)) = text.strip_prefix("func(").and_then(closed) else { return unknown };
        let mut params = list(params);
        let rest = params.last().and_then(|last| last.strip_prefix("..."));
        if rest.is_some() {
            params.pop();
        }
        let results = results.trim();
        let results = match results.strip_prefix('(').and_then(closed) {
            Some((results, _)) => list(results),
            None => list(results),
        };
        Signature { params, rest, results }
    }

    /// Go calls functions with one result, or with two of which the second is an error. Otherwise, what it says.
    pub(crate) fn fault(&self, name: &str) -> Option<String> {
        match &self.results[..] {
            [_, "error"] | [] | [_] => None,
            [_, second] => Some(format!(
                "invalid function signature for {name}: second return value should be error; is {second}"
            )),
            more => Some(format!("function {name} has {} return values; should be 1 or 2", more.len())),
        }
    }
}

/// Cuts at the parenthesis that closes one opened before.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            ')' | '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Cuts at the commas that stand in no brackets.
fn list(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = text.split(|c| {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, params: &[&str], rest: Option<&str>, results: &[&str]) {
        let expected = Signature { params: params.to_vec(), rest, results: results.to_vec() };
        assert_eq!(Signature::read(text), expected, "{text}");
    }

    #[test]
    fn reads_types() {
        check("func() time.Time", &[], None, &["time.Time"]);
        check("func(string, ...int) (bool, error)", &["string"], Some("int"), &["bool", "error"]);
        check(
            "func(func(int, int) bool, map[string]interface {})",
            &["func(int, int) bool", "map[string]interface {}"],
            None,
            &[],
        );
        check("nonsense", &[], Some("interface {}"), &[]);
    }
}
