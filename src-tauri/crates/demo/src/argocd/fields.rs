//! The `fields` parameter: a fixed list for lists, any path for streams.
//!
//! Lists: `pkg/apiclient/application/forwarder_overwrite.go` of Argo CD. Streams:
//! `grpc/http/forwarders.go` of argoproj/pkg. Both with their quirks.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a request asks for: these fields, or all but these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    names: BTreeSet<String>,
    exclude: bool,
}

impl Selection {
    /// None for an empty parameter: everything. A leading `-` excludes, and counts for all names.
    pub(super) fn parse(parameter: &str) -> Option<Self> {
        if parameter.is_empty() {
            return None;
        }
        let (names, exclude) = match parameter.strip_prefix('-') {
            Some(names) => (names, true),
            None => (parameter, false),
        };
        Some(Self { names: names.split(',').map(str::to_owned).collect(), exclude })
    }

    /// One item of a list. Only known fields come out, whether included or not excluded; `recent`
    /// adds those that 3.5 brought.
    pub(super) fn item(&self, app: &Value, recent: bool) -> Value {
        let mut item = Value::Object(Map::new());
        let newer = if recent { RECENT_FIELDS } else { &[] };
        for field in FIELDS.iter().chain(newer) {
            if self.names.contains(&format!("items.{}", field.name)) == self.exclude {
                continue;
            }
            let value = match (lookup(app, field.from), field.absent) {
                (Some(value), _) => value.clone(),
                (None, Absent::Left) => continue,
                (None, Absent::Null) => Value::Null,
                (None, Absent::NullUnder(parent)) if lookup(app, parent).is_some() => Value::Null,
                (None, Absent::NullUnder(_)) => continue,
            };
            insert(&mut item, field.name, value);
        }
        item
    }

    /// Cuts a frame of a stream down. A name keeps what it is a text prefix of (asking for
    /// `metadata.namespace` keeps `metadata.name`); arrays do not count in paths.
    pub(super) fn cut(&self, frame: &mut Value) {
        self.cut_at("", frame);
    }

    fn cut_at(&self, path: &str, value: &mut Value) {
        match value {
            Value::Object(map) => map.retain(|key, value| {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                if self.names.contains(&path) {
                    return !self.exclude;
                }
                let keep = self.exclude || self.names.iter().any(|name| name.starts_with(&path));
                if keep {
                    self.cut_at(&path, value);
                }
                keep
            }),
            Value::Array(items) => items.iter_mut().for_each(|item| self.cut_at(path, item)),
            _ => {}
        }
    }
}

/// A field that a list can give.
struct Field {
    name: &'static str,
    /// Where its value stands.
    from: &'static str,
    absent: Absent,
}

/// What a field is when the application has no such value: Go's typed nil becomes `null`.
#[derive(Clone, Copy)]
enum Absent {
    Left,
    Null,
    NullUnder(&'static str),
}

const fn field(name: &'static str, absent: Absent) -> Field {
    Field { name, from: name, absent }
}

const FIELDS: &[Field] = &[
    field("metadata.name", Absent::Left),
    field("metadata.namespace", Absent::Left),
    field("metadata.annotations", Absent::Null),
    field("metadata.labels", Absent::Null),
    field("metadata.creationTimestamp", Absent::Null),
    field("metadata.deletionTimestamp", Absent::Null),
    field("spec", Absent::Left),
    field("status.sourceHydrator", Absent::Left),
    field("status.sync.status", Absent::Left),
    field("status.health", Absent::Left),
    field("status.summary", Absent::Left),
    field("status.resources", Absent::Left),
    field("status.operationState.startedAt", Absent::Left),
    field("status.operationState.finishedAt", Absent::NullUnder("status.operationState")),
    field("status.operationState.phase", Absent::Left),
    // The server's own mix-up: the name says operation.sync, the value is syncResult.
    Field {
        name: "status.operationState.operation.sync",
        from: "status.operationState.syncResult",
        absent: Absent::NullUnder("status.operationState"),
    },
    field("operation.sync", Absent::NullUnder("operation")),
];

const RECENT_FIELDS: &[Field] = &[
    field("spec.destination", Absent::Left),
    field("spec.project", Absent::Left),
    field("spec.source", Absent::Left),
    field("spec.sources", Absent::Left),
    field("spec.sourceHydrator", Absent::Left),
    field("spec.syncPolicy", Absent::Left),
    field("status.sync.revision", Absent::Left),
];

fn lookup<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

fn insert(item: &mut Value, path: &str, value: Value) {
    let mut place = item;
    for key in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn app() -> Value {
        json!({
            "metadata": {"name": "web", "namespace": "argocd", "uid": "1", "annotations": {"a": "b"}},
            "spec": {"project": "shop", "source": {"repoURL": "r"}, "destination": {"server": "s"}},
            "status": {
                "sync": {"status": "Synced", "revision": "abc"},
                "health": {"status": "Healthy"},
                "reconciledAt": "2024-01-01T00:00:00Z",
                "operationState": {"phase": "Running", "message": "m", "operation": {"sync": {"prune": true}}, "syncResult": {"revision": "abc"}},
                "resources": [{"kind": "Service", "name": "web"}, {"kind": "Pod", "name": "web-1"}],
            },
        })
    }

    fn list(fields: &str, recent: bool, expected: &Expect) {
        let item = Selection::parse(fields).map(|selection| selection.item(&app(), recent));
        expected.assert_eq(&item.unwrap_or_default().to_string());
    }

    #[test]
    fn lists_know_a_fixed_set_of_fields() {
        list("items.metadata.name", true, &expect![[r#"{"metadata":{"name":"web"}}"#]]);
        // Not on the list: nothing.
        list("items.metadata.uid,items.status.reconciledAt", true, &expect!["{}"]);
        list("items.metadata.labels", true, &expect![[r#"{"metadata":{"labels":null}}"#]]);
        list(
            "items.status.operationState.operation.sync",
            true,
            &expect![[r#"{"status":{"operationState":{"operation":{"sync":{"revision":"abc"}}}}}"#]],
        );
        list(
            "items.spec.project,items.status.sync.revision",
            true,
            &expect![[r#"{"spec":{"project":"shop"},"status":{"sync":{"revision":"abc"}}}"#]],
        );
        list("items.spec.project,items.status.sync.revision", false, &expect!["{}"]);
        // Excluding gives the rest of the list, not the rest of the object.
        list(
            "-items.spec,items.status.resources,items.metadata.annotations",
            false,
            &expect![[
                r#"{"metadata":{"creationTimestamp":null,"deletionTimestamp":null,"labels":null,"name":"web","namespace":"argocd"},"status":{"health":{"status":"Healthy"},"operationState":{"finishedAt":null,"operation":{"sync":{"revision":"abc"}},"phase":"Running"},"sync":{"status":"Synced"}}}"#
            ]],
        );
    }

    fn stream(fields: &str, expected: &Expect) {
        let mut frame = json!({"result": {"type": "MODIFIED", "application": app()}});
        Selection::parse(fields).iter().for_each(|selection| selection.cut(&mut frame));
        expected.assert_eq(&frame.to_string());
    }

    #[test]
    fn streams_take_any_path() {
        stream(
            "result.type,result.application.status.sync",
            &expect![[
                r#"{"result":{"application":{"status":{"sync":{"revision":"abc","status":"Synced"}}},"type":"MODIFIED"}}"#
            ]],
        );
        // A text prefix: `name` is one of `namespace`.
        stream(
            "result.application.metadata.namespace",
            &expect![[r#"{"result":{"application":{"metadata":{"name":"web","namespace":"argocd"}}}}"#]],
        );
        stream(
            "result.application.spec.sources",
            &expect![[r#"{"result":{"application":{"spec":{"source":{}}}}}"#]],
        );
        stream(
            "result.application.status.resources.name",
            &expect![[
                r#"{"result":{"application":{"status":{"resources":[{"name":"web"},{"name":"web-1"}]}}}}"#
            ]],
        );
        stream(
            "-result.application.status,result.application.spec,result.application.metadata.annotations",
            &expect![[
                r#"{"result":{"application":{"metadata":{"name":"web","namespace":"argocd","uid":"1"}},"type":"MODIFIED"}}"#
            ]],
        );
    }
}
