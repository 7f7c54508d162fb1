//! What several tests need: the manifests and the catalog under `tests/data`, and an application.

use serde_json::{Value, json};

/// A published manifest.
pub(crate) const ZH_CN: &str = include_str!("../../../../tests/data/configmaps/markdown-zh-cn.yaml");
/// Another one.
pub(crate) const ZH_TW: &str = include_str!("../../../../tests/data/configmaps/markdown-zh-tw-colours.yaml");

/// Argo CD's catalog: `triggers/NAME.yaml` and `templates/NAME.yaml` with their texts, sorted.
pub(crate) fn catalog_files() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/data/catalog");
    let mut files = Vec::new();
    for folder in ["templates", "triggers"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().expect("name").to_string_lossy().into_owned();
            files.push((format!("{folder}/{name}"), std::fs::read_to_string(&path).expect("text")));
        }
    }
    files.sort();
    files
}

/// An application whose sync failed and which is degraded, with `changes` merged in (null removes a field).
pub(crate) fn app(changes: Value) -> String {
    let mut app = json!({
        "metadata": {
            "name": "guestbook",
            "namespace": "argocd",
            "labels": {"team": "payments", "env": "prod"},
            "annotations": {},
        },
        "spec": {
            "project": "default",
            "source": {"repoURL": "https://github.com/example/guestbook.git", "path": "helm", "targetRevision": "HEAD"},
        },
        "status": {
            "reconciledAt": "2024-03-05T14:10:12Z",
            "health": {"status": "Degraded", "lastTransitionTime": "2024-03-05T14:08:30Z"},
            "sync": {"status": "OutOfSync", "revision": "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d"},
            "operationState": {
                "phase": "Failed",
                "message": "one or more objects failed to apply, reason: Deployment.apps \"guestbook-ui\" is invalid",
                "startedAt": "2024-03-05T14:06:00Z",
                "finishedAt": "2024-03-05T14:07:09Z",
                "syncResult": {"revision": "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d"},
            },
            "conditions": [{"type": "SyncError", "message": "Failed sync attempt"}],
        },
    });
    merge(&mut app, changes);
    app.to_string()
}

/// A JSON merge patch.
fn merge(value: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else {
        *value = changes;
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    for (name, change) in changes {
        match change {
            Value::Null => drop(value.as_object_mut().and_then(|object| object.remove(&name))),
            change => merge(&mut value[name], change),
        }
    }
}
