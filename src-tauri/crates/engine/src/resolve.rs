//! `$name` references → secrets, at the last moment.
//!
//! Argo CD replaces `[$][\w-]+` inside the strings of `service.*` (notifications-engine
//! `pkg/api/config.go`); so does this, but the result lives only in the request being built.

use std::collections::BTreeMap;

use dinghy_model::{Problem, Secret};
use dinghy_vault::Vault;

/// Where secrets come from: what a form brought along first, then the vault.
pub(crate) struct Secrets<'a> {
    /// The stored ones.
    pub(crate) vault: &'a Vault,
    /// Not stored yet (a form's test message).
    pub(crate) overlay: &'a BTreeMap<String, Secret>,
}

impl Secrets<'_> {
    /// The text with every `$name` put in. Fails as the vault fails; a text without `$` never fails.
    pub(crate) async fn fill(&self, text: &str) -> Result<Secret, Problem> {
        let mut filled = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Name(name) => match self.overlay.get(name) {
                    Some(secret) => filled.push_str(secret.expose()),
                    None => filled.push_str(self.vault.get(name).await?.expose()),
                },
            }
        }
        Ok(Secret::new(filled))
    }
}

#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Splits at `$name`, where a name is one or more of letters, digits, `_` and `-`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find('$').map(|at| at + from) {
        let name_end = rest[at + 1..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
            .map_or(rest.len(), |end| at + 1 + end);
        if name_end == at + 1 {
            from = at + 1;
            continue;
        }
        if at > 0 {
            found.push(Piece::Text(&rest[..at]));
        }
        found.push(Piece::Name(&rest[at + 1..name_end]));
        rest = &rest[name_end..];
        from = 0;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, pieces};

    #[test]
    fn references_as_the_controller_finds_them() {
        let rows = [
            ("$dingtalk-url", vec![Name("dingtalk-url")]),
            (
                "https://h/$a_b?x=$c.d",
                vec![Text("https://h/"), Name("a_b"), Text("?x="), Name("c"), Text(".d")],
            ),
            ("costs $ 5", vec![Text("costs $ 5")]),
            ("$$a", vec![Text("$"), Name("a")]),
            ("", vec![]),
            ("钉钉$x钉", vec![Text("钉钉"), Name("x"), Text("钉")]),
        ];
        for (text, expected) in rows {
            assert_eq!(pieces(text), expected, "{text:?}");
        }
    }
}
