//! `POST /repositories/URL/appdetails`: what a repository holds of an application, made up from its source.

use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::access::Caller;
use super::route::Server;
use super::status::Status;
use crate::wire::{self, Body, Call};

/// Answers as `server/repository/repository.go` (GetAppDetails) does: to who may read the repository and the
/// application, and for a source that the application has.
pub(super) fn details(
    server: &Server,
    call: &Call,
    caller: &Caller,
    url: &str,
) -> Result<Response<Body>, Status> {
    let query: Value =
        serde_json::from_slice(&call.body).map_err(|error| Status::invalid_argument(error.to_string()))?;
    let word = |key: &str| query[key].as_str().unwrap_or_default();
    let (source, project) = (&query["source"], word("appProject"));
    let denied = |what: &str| {
        let Caller { subject, issued_at, .. } = caller;
        let text = format!("permission denied: {what}, sub: {subject}, iat: {issued_at}");
        Err(Status::permission_denied(text))
    };
    // A project's role has the rights that its policies name: applications, as a rule.
    if caller.subject.starts_with("proj:") {
        return denied(&format!("repositories, get, {url}"));
    }
    let (namespace, name) = word("appName").split_once('/').unwrap_or(("argocd", word("appName")));
    if !caller.sees(project) {
        return denied(&format!("applications, get, {project}/{name}"));
    }
    let app = server.apps.get(namespace, name).map(|entry| entry.value()).unwrap_or_default();
    let spec = &app["spec"];
    let own =
        spec["sources"].as_array().map_or_else(|| vec![&spec["source"]], |several| several.iter().collect());
    if spec["project"] != project || !own.contains(&source) || source["repoURL"] != url {
        return Err(Status::permission_denied("permission denied"));
    }
    Ok(wire::json(StatusCode::OK, &found(source)))
}

fn found(source: &Value) -> Value {
    if !source["kustomize"].is_null() {
        return json!({"type": "Kustomize", "kustomize": {"images": ["registry.yunhe.example/web:1.4.2"]}});
    }
    if source["helm"].is_null() && source["chart"].is_null() {
        return json!({"type": "Directory", "directory": {}});
    }
    json!({
        "type": "Helm",
        "helm": {
            "valueFiles": ["values.yaml", "values-prod.yaml"],
            "parameters": [
                {"name": "image.tag", "value": "1.4.2"},
                {"name": "replicaCount", "value": "3"},
            ],
            "values": "image:\n  tag: 1.4.2\nreplicaCount: 3\n",
        },
    })
}
