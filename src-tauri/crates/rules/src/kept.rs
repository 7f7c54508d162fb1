//! What is kept of an application's past states, so that a rule can be tried on them: what rules usually read, and
//! nothing that can hold a secret by design (Helm values and parameters, the last applied manifest).

use dinghy_govalue::{JsonStyle, List, Map, Value};

use crate::catalog::Catalog;
use crate::subject::Subject;

/// What is kept of a value.
enum Keep {
    /// All of it.
    Whole,
    /// All entries but these.
    But(&'static [&'static str]),
    /// These entries.
    Of(&'static [(&'static str, Keep)]),
    /// Of each item these entries.
    Each(&'static [(&'static str, Keep)]),
}

use Keep::{But, Each, Of, Whole};

const SOURCE: &[(&str, Keep)] =
    &[("repoURL", Whole), ("path", Whole), ("targetRevision", Whole), ("chart", Whole)];

const REVISIONS: &[(&str, Keep)] = &[("revision", Whole), ("revisions", Whole)];

const OPERATION: &[(&str, Keep)] = &[
    ("phase", Whole),
    ("message", Whole),
    ("startedAt", Whole),
    ("finishedAt", Whole),
    ("retryCount", Whole),
    ("operation", Of(&[("initiatedBy", Whole), ("sync", Of(REVISIONS))])),
    ("syncResult", Of(REVISIONS)),
];

const APP: &[(&str, Keep)] = &[
    (
        "metadata",
        Of(&[
            ("name", Whole),
            ("namespace", Whole),
            ("labels", Whole),
            (
                "annotations",
                But(&[
                    "kubectl.kubernetes.io/last-applied-configuration",
                    "notified.notifications.argoproj.io",
                ]),
            ),
            ("creationTimestamp", Whole),
            ("deletionTimestamp", Whole),
        ]),
    ),
    (
        "spec",
        Of(&[("project", Whole), ("destination", Whole), ("source", Of(SOURCE)), ("sources", Each(SOURCE))]),
    ),
    (
        "status",
        Of(&[
            ("sync", Of(&[("status", Whole), ("revision", Whole), ("revisions", Whole)])),
            ("health", Whole),
            ("operationState", Of(OPERATION)),
            ("conditions", Whole),
            ("summary", Whole),
            ("reconciledAt", Whole),
            ("observedAt", Whole),
        ]),
    ),
];

impl Subject {
    /// What is kept of the application, as JSON. [`Subject::parse`] reads it.
    pub fn kept(&self) -> String {
        // Nothing else than what came as JSON is in it.
        keep(self.app(), &Of(APP)).to_json(JsonStyle::RAW).unwrap_or_default()
    }
}

/// The paths that a trigger's conditions read and that past states do not have; sorted. None: there is no such trigger.
pub fn not_kept(catalog: &Catalog, trigger: &str) -> Option<Vec<String>> {
    let conditions = &catalog.triggers().get(trigger)?.conditions;
    let expressions = conditions.iter().flat_map(|one| std::iter::once(&one.when).chain(&one.once_per));
    let mut missing: Vec<String> = expressions
        .flat_map(|expression| expression.program.paths())
        .filter(|path| !is_kept(path))
        .cloned()
        .collect();
    missing.sort();
    missing.dedup();
    Some(missing)
}

/// Whether past states have what stands at a path as `dinghy_expr` writes it.
fn is_kept(path: &str) -> bool {
    let mut parts = path.split('.');
    match parts.next() {
        Some("app") => {}
        // Of another time, or not of the application at all.
        Some("appProject" | "repo" | "$env") => return false,
        _ => return true,
    }
    let mut keep = &Of(APP);
    for part in parts {
        let (name, items) = part.split_once("[]").map_or((part, None), |(name, rest)| (name, Some(rest)));
        let (Of(fields) | Each(fields)) = keep else { return true };
        let Some((_, found)) = fields.iter().find(|(field, _)| *field == name) else { return false };
        keep = match (found, items) {
            (Each(_), Some(_)) | (Of(_), None) | (Whole | But(_), _) => found,
            (Each(_), None) | (Of(_), Some(_)) => return false,
        };
    }
    matches!(keep, Whole | But(_))
}

fn keep(value: &Value, what: &Keep) -> Value {
    match (value, what) {
        (Value::Map(map), Of(fields)) => {
            let field = |(name, keep_of): &(&'static str, Keep)| {
                let found = map.get(name.as_bytes())?;
                Some((*name, keep(&found, keep_of)))
            };
            Value::Map(Map::new(fields.iter().filter_map(field)))
        }
        (Value::Map(map), But(left_out)) => {
            let entries = map.entries();
            let stays = entries
                .iter()
                .filter(|(key, _)| !left_out.iter().any(|name| key.as_bytes() == name.as_bytes()));
            Value::Map(Map::new(stays.cloned()))
        }
        (Value::List(list), Each(fields)) => {
            let items = list.iter().map(|item| keep(item, &Of(fields)));
            Value::List(List::new(items.collect()))
        }
        (_, Whole) => value.clone(),
        // Of another kind than Argo CD writes.
        _ => Value::Nil,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_rules_read_stays_and_what_may_be_secret_goes() {
        let app = json!({
            "metadata": {
                "name": "web", "labels": {"team": "a"}, "managedFields": [{"x": 1}],
                "annotations": {"a": "b", "kubectl.kubernetes.io/last-applied-configuration": "{\"password\":1}"},
            },
            "spec": {
                "project": "p", "source": {"repoURL": "u", "helm": {"values": "password: x"}},
                "sources": [{"repoURL": "v", "helm": {"parameters": []}}, null],
            },
            "operation": {"sync": {}},
            "status": {
                "sync": {"status": "Synced", "revision": "r", "comparedTo": {"source": {"helm": {}}}},
                "health": {"status": "Healthy"},
                "operationState": {
                    "phase": "Succeeded", "operation": {"sync": {"revision": "r", "manifests": ["x"]}},
                    "syncResult": {"revision": "r", "resources": [{"kind": "Secret"}], "source": {"helm": {}}},
                },
                "resources": [{"kind": "Secret"}], "history": [{}], "reconciledAt": "t",
            },
        });
        let subject = Subject::parse(&app.to_string(), None).expect("an application");
        let kept: serde_json::Value = serde_json::from_str(&subject.kept()).expect("JSON");
        assert_eq!(
            kept,
            json!({
                "metadata": {"name": "web", "labels": {"team": "a"}, "annotations": {"a": "b"}},
                "spec": {"project": "p", "source": {"repoURL": "u"}, "sources": [{"repoURL": "v"}, null]},
                "status": {
                    "sync": {"status": "Synced", "revision": "r"}, "health": {"status": "Healthy"},
                    "operationState": {
                        "phase": "Succeeded", "operation": {"sync": {"revision": "r"}},
                        "syncResult": {"revision": "r"},
                    },
                    "reconciledAt": "t",
                },
            })
        );
        assert_eq!(
            Subject::parse(r#"{"status": 1, "spec": []}"#, None).expect("odd").kept(),
            r#"{"spec":null,"status":null}"#
        );
    }

    #[test]
    fn what_is_kept_is_known_by_its_path() {
        let cases = [
            ("app.status.health.status", true),
            ("app.status.health", true),
            ("app.metadata.labels.team", true),
            ("app.metadata.annotations", true),
            ("app.status.conditions[].type", true),
            ("app.status.conditions", true),
            ("app.status.operationState.syncResult.revision", true),
            ("app.spec.sources[].repoURL", true),
            ("app.spec.source.repoURL", true),
            ("time.Now", true),
            ("strings.ReplaceAll", true),
            ("context.argocdUrl", true),
            ("app", false),
            ("app.status", false),
            ("app.status.operationState", false),
            ("app.spec.sources", false),
            ("app.spec.source.helm.values", false),
            ("app.status.resources[].kind", false),
            ("app.status.operationState.syncResult.resources[]", false),
            ("app.status.sync.comparedTo.source", false),
            ("appProject.metadata.name", false),
            ("repo.GetCommitMetadata", false),
            ("$env", false),
        ];
        for (path, expected) in cases {
            assert_eq!(is_kept(path), expected, "{path}");
        }
    }
}
