//! One change of one application, as Argo CD's controller would write it.

use serde_json::{Value, json};

use super::app::{image, set_revision};
use crate::clock::rfc3339;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Git has a new revision.
    Commit(String),
    /// A sync begins: by itself, or because someone asked.
    SyncStarted(Option<String>),
    /// All resources are applied; the pods still come up.
    SyncSucceeded,
    /// A resource was refused.
    SyncFailed(&'static str),
    /// The pods are up.
    Healthy,
    /// The workload does not come up or falls over.
    Degraded(&'static str),
    /// It is trying again.
    Progressing,
    /// Manifests cannot be made: the state is not known.
    Unknown(&'static str),
    /// Compared again: as Git says.
    Compared,
    /// Someone changed the cluster by hand.
    Drifted,
    /// Paused on purpose.
    Suspended,
}

impl Step {
    /// Makes the change.
    pub(crate) fn apply(&self, app: &mut Value, at_ms: i64) {
        let now = rfc3339(at_ms);
        let status = "status";
        match self {
            Self::Commit(revision) => {
                set_revision(app, "/status/sync", revision);
                app[status]["sync"]["status"] = json!("OutOfSync");
                each_resource(app, |kind, resource| {
                    if matches!(kind, "Deployment" | "ConfigMap") {
                        resource["status"] = json!("OutOfSync");
                    }
                });
            }
            Self::SyncStarted(by) => start(app, by.as_deref(), &now),
            Self::SyncSucceeded => {
                finish(app, "Succeeded", "successfully synced (all tasks run)", &now);
                each_result(app, |_, result| result["status"] = json!("Synced"));
                succeed(app, &now);
                health(app, "Progressing", &now, None);
            }
            Self::SyncFailed(reason) => {
                let message =
                    format!("one or more objects failed to apply, reason: {reason} (retried 3 times).");
                finish(app, "Failed", &message, &now);
                each_result(app, |kind, result| {
                    if kind == "Deployment" {
                        result["status"] = json!("SyncFailed");
                        result["message"] = json!(reason);
                        result["hookPhase"] = json!("Failed");
                    }
                });
                let revision = revision(app);
                let message = format!("Failed last sync attempt to [{revision}]: {message}");
                condition(app, "SyncError", &message, &now);
            }
            Self::Healthy => health(app, "Healthy", &now, None),
            Self::Degraded(reason) => health(app, "Degraded", &now, Some(reason)),
            Self::Progressing => health(app, "Progressing", &now, None),
            Self::Suspended => health(app, "Suspended", &now, None),
            Self::Unknown(reason) => {
                app[status]["sync"]["status"] = json!("Unknown");
                condition(app, "ComparisonError", reason, &now);
            }
            Self::Compared => synced(app),
            Self::Drifted => {
                app[status]["sync"]["status"] = json!("OutOfSync");
                each_resource(app, |kind, resource| {
                    if kind == "Deployment" {
                        resource["status"] = json!("OutOfSync");
                    }
                });
            }
        }
        // The controller notes every comparison; a client trusts a finished sync only after it.
        app[status]["reconciledAt"] = json!(now);
    }
}

/// The revision that was last compared.
fn revision(app: &Value) -> String {
    let sync = &app["status"]["sync"];
    let last =
        sync["revisions"].as_array().and_then(|revisions| revisions.last()).unwrap_or(&sync["revision"]);
    last.as_str().unwrap_or_default().to_owned()
}

fn start(app: &mut Value, by: Option<&str>, now: &str) {
    let revision = revision(app);
    let asked = app.as_object_mut().and_then(|app| app.remove("operation"));
    let mut operation = asked.unwrap_or_else(|| json!({"sync": {"prune": true}, "retry": {"limit": 3}}));
    operation["initiatedBy"] = match by {
        Some(user) => json!({"username": user}),
        None => json!({"automated": true}),
    };
    let mut result = app["status"]["operationState"]["syncResult"].clone();
    if !result.is_object() {
        result = json!({});
    }
    app["status"]["operationState"] = json!({
        "operation": operation,
        "phase": "Running",
        "message": "one or more tasks are running",
        "startedAt": now,
        "syncResult": result,
    });
    set_revision(app, "/status/operationState/operation/sync", &revision);
    set_revision(app, "/status/operationState/syncResult", &revision);
}

fn finish(app: &mut Value, phase: &str, message: &str, now: &str) {
    let state = &mut app["status"]["operationState"];
    state["phase"] = json!(phase);
    state["message"] = json!(message);
    state["finishedAt"] = json!(now);
}

/// What a sync that went well leaves behind.
fn succeed(app: &mut Value, now: &str) {
    synced(app);
    let revision = revision(app);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (project, name) = (word(&app["spec"]["project"]), word(&app["metadata"]["name"]));
    app["status"]["summary"]["images"][0] = json!(image(&project, &name, &revision));
    let state = &app["status"]["operationState"];
    let (started, by) = (state["startedAt"].clone(), state["operation"]["initiatedBy"].clone());
    if let Some(history) = app["status"]["history"].as_array_mut() {
        let mut entry = history.last().cloned().unwrap_or_else(|| json!({"id": -1}));
        entry["id"] = json!(entry["id"].as_i64().unwrap_or(-1) + 1);
        entry["deployStartedAt"] = started;
        entry["deployedAt"] = json!(now);
        entry["initiatedBy"] = by;
        history.push(entry);
        // spec.revisionHistoryLimit
        history.drain(..history.len().saturating_sub(10));
        let last = history.len() - 1;
        set_revision(app, &format!("/status/history/{last}"), &revision);
    }
}

/// As Git says, and nothing to complain about.
fn synced(app: &mut Value) {
    app["status"]["sync"]["status"] = json!("Synced");
    if let Some(status) = app["status"].as_object_mut() {
        status.remove("conditions");
    }
    each_resource(app, |_, resource| resource["status"] = json!("Synced"));
}

/// Sets the application's health and that of its workloads, which explain it.
fn health(app: &mut Value, word: &str, now: &str, reason: Option<&str>) {
    if app["status"]["health"]["status"] != word {
        app["status"]["health"] = json!({"status": word, "lastTransitionTime": now});
    }
    let name = app["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    each_resource(app, |kind, resource| {
        if kind == "Deployment" {
            let mut health = json!({"status": word});
            if word == "Progressing" {
                health["message"] = json!(format!(
                    "Waiting for rollout to finish: 1 out of 3 new replicas have been updated ({name})"
                ));
            }
            if let Some(reason) = reason {
                health["message"] = json!(reason);
            }
            resource["health"] = health;
        }
    });
}

fn condition(app: &mut Value, kind: &str, message: &str, now: &str) {
    app["status"]["conditions"] = json!([{"type": kind, "message": message, "lastTransitionTime": now}]);
}

fn each_resource(app: &mut Value, change: impl FnMut(&str, &mut Value)) {
    each(app.pointer_mut("/status/resources"), change);
}

fn each_result(app: &mut Value, change: impl FnMut(&str, &mut Value)) {
    each(app.pointer_mut("/status/operationState/syncResult/resources"), change);
}

fn each(list: Option<&mut Value>, mut change: impl FnMut(&str, &mut Value)) {
    for item in list.and_then(Value::as_array_mut).into_iter().flatten().filter(|item| item.is_object()) {
        let kind = item["kind"].as_str().unwrap_or_default().to_owned();
        change(&kind, item);
    }
}
