//! Kubernetes label selectors: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.

use std::collections::BTreeMap;

/// A parsed selector; all its requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    Exists(String),
    Absent(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl Selector {
    /// Parses; the error says what cannot be read. An empty text selects everything.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for part in split_outside_parentheses(text) {
            let part = part.trim();
            if !part.is_empty() {
                requirements
                    .push(requirement(part).ok_or_else(|| format!("unable to parse requirement: {part}"))?);
            }
        }
        Ok(Self(requirements))
    }

    /// Whether labels fit.
    pub(super) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| match requirement {
            Requirement::Exists(key) => labels.contains_key(key),
            Requirement::Absent(key) => !labels.contains_key(key),
            Requirement::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            // As in Kubernetes, a label that is not there is in no list.
            Requirement::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
        })
    }
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.split(move |c| {
        match c {
            '(' => inside = true,
            ')' => inside = false,
            _ => {}
        }
        c == ',' && !inside
    })
    .collect()
}

fn requirement(text: &str) -> Option<Requirement> {
    let key = |key: &str| {
        let key = key.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        (!key.is_empty() && key.chars().all(plain)).then(|| key.to_owned())
    };
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some((name, value)) = text.split_once("!=") {
        return Some(Requirement::NotIn(key(name)?, one(value)));
    }
    if let Some((name, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Some(Requirement::In(key(name)?, one(value)));
    }
    if let Some((head, list)) = text.split_once('(') {
        let values = list.strip_suffix(')')?.split(',').map(|value| value.trim().to_owned()).collect();
        let mut words = head.split_whitespace();
        let name = key(words.next()?)?;
        return match (words.next(), words.next()) {
            (Some("in"), None) => Some(Requirement::In(name, values)),
            (Some("notin"), None) => Some(Requirement::NotIn(name, values)),
            _ => None,
        };
    }
    match text.strip_prefix('!') {
        Some(name) => key(name).map(Requirement::Absent),
        None => key(text).map(Requirement::Exists),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(selector: &str, expected: Option<bool>) {
        let labels = [("env", "prod"), ("team", "payments"), ("example.com/tier", "")];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let answer = Selector::parse(selector).ok().map(|selector| selector.matches(&labels));
        assert_eq!(answer, expected, "{selector}");
    }

    #[test]
    fn selectors_are_read_as_kubernetes_reads_them() {
        check("", Some(true));
        check("env=prod", Some(true));
        check("env == prod , team = payments", Some(true));
        check("env!=prod", Some(false));
        check("missing!=x", Some(true));
        check("env in (staging, prod)", Some(true));
        check("env notin (staging,prod),team", Some(false));
        check("missing notin (a)", Some(true));
        check("example.com/tier", Some(true));
        check("!missing,!env", Some(false));
        check("env in staging", None);
        check("env in (staging", None);
        check("a b", None);
    }
}
