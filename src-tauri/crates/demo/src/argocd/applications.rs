//! List, get, sync and commit metadata: `/api/v1/applications/…`.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::access::Caller;
use super::apps::{Entry, Filter};
use super::fields::Selection;
use super::route::Server;
use super::selector::Selector;
use super::status::Status;
use super::{commits, route};
use crate::clock::rfc3339;
use crate::wire::{self, Body, Call};

/// The list last sent. Benchmarks ask for thousands of applications again and again, and are to
/// measure the client.
#[derive(Debug, Default)]
pub(super) struct LastList {
    version: u64,
    asked: String,
    packed: bool,
    body: Bytes,
}

/// What a list's or a stream's parameters select.
pub(super) fn filter(call: &Call) -> Result<Filter, Status> {
    let selector = Selector::parse(call.param("selector")).map_err(Status::invalid_argument)?;
    Ok(Filter {
        name: call.param("name").to_owned(),
        namespace: call.param("appNamespace").to_owned(),
        projects: call.params(&["projects", "project"]),
        selector,
        repo: call.param("repo").to_owned(),
    })
}

/// `GET /applications`.
pub(super) fn list(server: &Server, call: &Call, caller: &Caller) -> Result<Response<Body>, Status> {
    let filter = filter(call)?;
    let packed = server.packs(call);
    let asked = format!("{:?} {}", caller.projects, call.raw_query);
    let (version, entries) = server.apps.all();
    let mut last = server.last_list.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if last.version != version || last.asked != asked || last.packed != packed {
        let seen = entries.iter().filter(|entry| caller.sees(&entry.project) && filter.matches(entry));
        let text =
            list_text(version, seen, Selection::parse(call.param("fields")).as_ref(), server.is_recent());
        let body = if packed { wire::gzip(text.as_bytes()).map_err(route::internal)? } else { text.into() };
        *last = LastList { version, asked, packed, body };
    }
    let response = wire::bytes(StatusCode::OK, "application/json", last.body.clone());
    Ok(if packed { wire::packed(response) } else { response })
}

fn list_text<'a>(
    version: u64,
    entries: impl Iterator<Item = &'a Arc<Entry>>,
    fields: Option<&Selection>,
    recent: bool,
) -> String {
    let mut items = String::new();
    for entry in entries {
        items.push(if items.is_empty() { '[' } else { ',' });
        match fields {
            None => items.push_str(&entry.list_text),
            Some(fields) => {
                let app = serde_json::from_str(&entry.list_text).unwrap_or_default();
                items.push_str(&fields.item(&app, recent).to_string());
            }
        }
    }
    // An empty slice comes out of gRPC as Go's nil.
    items.push_str(if items.is_empty() { "null" } else { "]" });
    format!(r#"{{"metadata":{{"resourceVersion":"{version}"}},"items":{items}}}"#)
}

/// Finds an application for a caller. What is not there and what may not be seen look the same,
/// unless the caller named a project.
fn find(
    server: &Server,
    caller: &Caller,
    name: &str,
    namespace: &str,
    project: &str,
) -> Result<Arc<Entry>, Status> {
    let denied = || Status::permission_denied("permission denied");
    let namespace = if namespace.is_empty() { "argocd" } else { namespace };
    let missing = || Status::not_found(format!("applications.argoproj.io \"{name}\" not found"));
    if !project.is_empty() && !caller.sees(project) {
        return Err(denied());
    }
    let not_there = || if project.is_empty() { denied() } else { missing() };
    let entry = server.apps.get(namespace, name).ok_or_else(not_there)?;
    if !project.is_empty() && entry.project != project {
        return Err(missing());
    }
    if caller.sees(&entry.project) { Ok(entry) } else { Err(denied()) }
}

/// `GET /applications/{name}`: the whole object; `fields` is not known here.
pub(super) fn get(
    server: &Server,
    call: &Call,
    caller: &Caller,
    name: &str,
) -> Result<Response<Body>, Status> {
    let entry = find(server, caller, name, call.param("appNamespace"), call.param("project"))?;
    match call.param("refresh") {
        "" => {
            Ok(wire::bytes(StatusCode::OK, "application/json", Bytes::copy_from_slice(entry.text.as_bytes())))
        }
        // The controller compares, notes when, and clears the annotation; the call waits for that.
        "normal" | "hard" => {
            let now = rfc3339(server.options.clock.now_ms());
            server.apps.edit(&entry.namespace, name, |app| app["status"]["reconciledAt"] = json!(now));
            let entry = server.apps.get(&entry.namespace, name).unwrap_or(entry);
            Ok(wire::bytes(StatusCode::OK, "application/json", Bytes::copy_from_slice(entry.text.as_bytes())))
        }
        other => Err(Status::invalid_argument(format!("invalid refresh type: {other}"))),
    }
}

/// `GET /applications/{name}/revisions/{revision}/metadata`.
pub(super) fn metadata(
    server: &Server,
    call: &Call,
    caller: &Caller,
    name: &str,
    revision: &str,
) -> Result<Response<Body>, Status> {
    find(server, caller, name, call.param("appNamespace"), call.param("project"))?;
    let is_commit = revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_commit {
        return Err(Status::new(2, format!("revision {revision} must be resolved")));
    }
    Ok(wire::json(StatusCode::OK, &commits::metadata(revision, server.options.clock.now_ms())))
}

/// `POST /applications/{name}/sync`: sets `operation`, which the controller picks up.
pub(super) fn sync(
    server: &Server,
    call: &Call,
    caller: &Caller,
    name: &str,
) -> Result<Response<Body>, Status> {
    let body: Value = match call.body.is_empty() {
        true => json!({}),
        false => {
            serde_json::from_slice(&call.body).map_err(|error| Status::invalid_argument(error.to_string()))?
        }
    };
    let word = |key: &str| body[key].as_str().unwrap_or_default();
    let entry = find(server, caller, name, word("appNamespace"), word("project"))?;
    if !caller.may_sync {
        let Caller { subject, issued_at, .. } = caller;
        let object = format!("{}/{name}", entry.project);
        return Err(Status::permission_denied(format!(
            "permission denied: applications, sync, {object}, sub: {subject}, iat: {issued_at}"
        )));
    }
    let app = entry.value();
    if app["metadata"].get("deletionTimestamp").is_some() {
        return Err(Status::failed_precondition("application is deleting"));
    }
    let running =
        matches!(app["status"]["operationState"]["phase"].as_str(), Some("Running" | "Terminating"));
    if running || app.get("operation").is_some() {
        return Err(Status::failed_precondition("another operation is already in progress"));
    }
    let revision = word("revision");
    let automated = app["spec"]["syncPolicy"].get("automated").is_some();
    let target = app["spec"]["source"]["targetRevision"].as_str().unwrap_or_default();
    if automated && !revision.is_empty() && revision != target && body["dryRun"] != true {
        let message = format!("Cannot sync to {revision}: auto-sync currently set to {target}");
        return Err(Status::failed_precondition(message));
    }
    let operation = operation(&body, &caller.username);
    server.apps.edit(&entry.namespace, name, |app| app["operation"] = operation);
    let entry = server.apps.get(&entry.namespace, name).unwrap_or(entry);
    Ok(wire::bytes(StatusCode::OK, "application/json", Bytes::copy_from_slice(entry.text.as_bytes())))
}

/// The operation that a sync request asks for, in the words of the Application.
fn operation(body: &Value, username: &str) -> Value {
    let mut sync = json!({});
    for (asked, written) in [
        ("revision", "revision"),
        ("revisions", "revisions"),
        ("prune", "prune"),
        ("dryRun", "dryRun"),
        ("strategy", "syncStrategy"),
        ("resources", "resources"),
    ] {
        if let Some(value) =
            body.get(asked).filter(|value| !matches!(value, Value::Null | Value::Bool(false)))
        {
            sync[written] = value.clone();
        }
    }
    if let Some(options) = body["syncOptions"].get("items") {
        sync["syncOptions"] = options.clone();
    }
    let mut operation =
        json!({"sync": sync, "retry": body.get("retryStrategy").cloned().unwrap_or(json!({}))});
    operation["initiatedBy"] = if username.is_empty() { json!({}) } else { json!({"username": username}) };
    if let Some(infos) = body.get("infos") {
        operation["info"] = infos.clone();
    }
    operation
}
