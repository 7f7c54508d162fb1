//! `secrets` in templates: which names they read, and what they get for them.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_model::{Problem, Secret};

/// Names that begin so are Dinghy's own: servers' tokens and the key of the outbox. No template may read them.
const OWN: [&str; 2] = ["server.", "outbox."];
/// What a preview has in place of each value.
const MASK: &str = "***";

/// What templates get for `secrets`.
#[derive(Clone, Debug, Default)]
pub enum Secrets {
    /// `***` in place of each value: for previews and trials, which read none.
    #[default]
    Masked,
    /// The values by name, or why one cannot be had. A name that is missing here is asked for
    /// ([`Subject::wanted_secrets`](crate::Subject::wanted_secrets)).
    Known(BTreeMap<String, Result<Secret, Problem>>),
}

/// Which secrets a text reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// By their names, as in `.secrets.token`.
    pub(crate) names: BTreeSet<String>,
    /// Without naming them, as in `range .secrets`: those that any template of the rules names.
    pub(crate) whole: bool,
}

impl Reads {
    /// What a template reads. A name that only comes about while it runs is not seen, and so not there.
    pub(crate) fn of(template: &dinghy_gotmpl::Template) -> Self {
        let mut reads = Self::default();
        for path in template.paths() {
            let Some(rest) = path.strip_prefix("secrets") else { continue };
            match rest.strip_prefix('.') {
                Some(name) => {
                    let name = name.split_once('[').map_or(name, |(name, _)| name);
                    reads.names.insert(name.to_owned());
                }
                None => reads.whole |= rest.is_empty() || rest.starts_with('['),
            }
        }
        reads
    }

    pub(crate) fn any(&self) -> bool {
        self.whole || !self.names.is_empty()
    }

    /// A name that no template may read, if it names one.
    pub(crate) fn forbidden(&self) -> Option<&str> {
        self.names.iter().map(String::as_str).find(|name| OWN.iter().any(|own| name.starts_with(own)))
    }
}

/// A map of `***`.
pub(crate) fn masked<'a>(names: impl IntoIterator<Item = &'a String>) -> BTreeMap<String, Secret> {
    names.into_iter().map(|name| (name.clone(), Secret::new(MASK))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_where_they_stand() {
        let cases: [(&str, &[&str], bool); 11] = [
            ("{{.app.secrets.x}} {{.secretsX}}", &[], false),
            ("{{.secrets.token | toString}}", &["token"], false),
            (r#"{{printf "%s" .secrets.a}}{{if .secrets.b}}x{{end}}"#, &["a", "b"], false),
            (r#"{{index .secrets "a.b" | b64enc}}"#, &["a.b"], false),
            (r#"{{index . "secrets" "x"}}"#, &["x"], false),
            ("{{with .secrets}}{{.x}}{{end}}", &["x"], true),
            ("{{range $k, $v := .secrets}}{{$k}}{{end}}", &[], true),
            ("{{$s := .}}{{$s.secrets.x}}", &["x"], false),
            (r#"{{define "d"}}{{.secrets.x}}{{end}}{{template "d" .}}"#, &["x"], false),
            ("{{index .secrets .context.name}}", &[], true),
            // All of the data is not what is meant by it, and has none then.
            ("{{toJson .}}", &[], false),
        ];
        for (text, names, whole) in cases {
            let reads = Reads::of(&dinghy_gotmpl::parse("t", text).expect(text));
            let found: Vec<&str> = reads.names.iter().map(String::as_str).collect();
            assert_eq!((found.as_slice(), reads.whole), (names, whole), "{text}");
        }
    }

    #[test]
    fn dinghys_own_secrets_are_no_ones_business() {
        for (name, forbidden) in
            [("server.prod", true), ("outbox.key", true), ("server", false), ("a.b", false)]
        {
            let reads = Reads { names: [name.to_owned()].into(), whole: false };
            assert_eq!(reads.forbidden().is_some(), forbidden, "{name}");
        }
    }
}
