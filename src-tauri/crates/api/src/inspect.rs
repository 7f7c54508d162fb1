//! An application's JSON text → what is not well about it, and its history.
//!
//! Pure. Reads what Argo CD 2.8 to 3.6 writes (`pkg/apis/application/v1alpha1/types.go`); a field that is absent, null
//! or of another kind counts as empty.

use dinghy_model::{Health, SyncStatus};
use serde_json::Value;

use crate::time::millis;
use crate::wire::{AppCondition, AppDeployment, AppDetails, AppResource};

/// Resources that are told, at most.
const RESOURCES: usize = 50;
/// Deployments that are told, at most.
const DEPLOYMENTS: usize = 10;

/// Details from the text; None if it is no JSON.
pub(crate) fn details(json: &str) -> Option<AppDetails> {
    let app: Value = serde_json::from_str(json).ok()?;
    let status = &app["status"];
    let mut resources = wrong_resources(status);
    let resources_wrong = resources.len();
    resources.truncate(RESOURCES);
    let mut conditions: Vec<AppCondition> = list(&status["conditions"]).iter().map(condition).collect();
    conditions.sort_by_key(|condition| !condition.error);
    Some(AppDetails {
        conditions,
        resources,
        resources_wrong,
        resources_total: list(&status["resources"]).len(),
        history: list(&status["history"]).iter().rev().take(DEPLOYMENTS).map(deployment).collect(),
        images: list(&status["summary"]["images"])
            .iter()
            .filter_map(|image| image.as_str().map(str::to_owned))
            .collect(),
    })
}

/// Which resource is to blame, and what the server says about it. `failed`: the last operation failed.
pub(crate) fn cause(details: &AppDetails, failed: bool) -> Option<(String, String)> {
    let found = if failed {
        details.resources.iter().find(|resource| resource.failed)
    } else {
        details.resources.iter().find(|resource| {
            matches!(resource.health, Some(Health::Degraded | Health::Missing)) && !resource.failed
        })
    };
    found.map(|resource| (subject(resource), resource.message.clone()))
}

fn subject(resource: &AppResource) -> String {
    let AppResource { kind, name, hook, .. } = resource;
    if hook.is_empty() { format!("{kind}/{name}") } else { format!("{hook} {kind}/{name}") }
}

fn wrong_resources(status: &Value) -> Vec<AppResource> {
    let results = list(&status["operationState"]["syncResult"]["resources"]);
    let mut wrong: Vec<AppResource> =
        results.iter().filter(|result| has_failed(result)).map(failed).collect();
    for resource in list(&status["resources"]) {
        let health = optional(&resource["health"]["status"]).map(Health::parse);
        let sync = optional(&resource["status"]).map(SyncStatus::parse);
        let unwell = matches!(
            health,
            Some(Health::Degraded | Health::Missing | Health::Progressing | Health::Unknown)
        );
        if !unwell && !matches!(sync, Some(SyncStatus::OutOfSync)) {
            continue;
        }
        let told = |known: &AppResource| {
            known.kind == text(&resource["kind"])
                && known.name == text(&resource["name"])
                && known.namespace == text(&resource["namespace"])
        };
        match wrong.iter_mut().find(|known| told(known)) {
            Some(known) => (known.health, known.sync) = (health, sync),
            None => wrong.push(AppResource {
                kind: text(&resource["kind"]),
                name: text(&resource["name"]),
                namespace: text(&resource["namespace"]),
                health,
                sync,
                hook: String::new(),
                failed: false,
                message: text(&resource["health"]["message"]),
            }),
        }
    }
    wrong.sort_by_key(|resource| {
        (
            !resource.failed,
            // A hook that failed is why what comes after it failed.
            resource.hook.is_empty(),
            resource.health.unwrap_or(Health::Healthy),
            resource.sync.unwrap_or(SyncStatus::Synced),
        )
    });
    wrong
}

/// `SyncFailed` (`gitops-engine/pkg/sync/common/types.go`), or a hook that failed.
fn has_failed(result: &Value) -> bool {
    result["status"].as_str() == Some("SyncFailed")
        || matches!(result["hookPhase"].as_str(), Some("Failed" | "Error"))
}

fn failed(result: &Value) -> AppResource {
    AppResource {
        kind: text(&result["kind"]),
        name: text(&result["name"]),
        namespace: text(&result["namespace"]),
        health: None,
        sync: None,
        hook: text(&result["hookType"]),
        failed: true,
        message: text(&result["message"]),
    }
}

fn condition(condition: &Value) -> AppCondition {
    let kind = text(&condition["type"]);
    AppCondition {
        error: kind.ends_with("Error"),
        kind,
        message: text(&condition["message"]),
        since: text(&condition["lastTransitionTime"]),
    }
}

fn deployment(entry: &Value) -> AppDeployment {
    let revision = optional(&entry["revision"]).or_else(|| optional(&entry["revisions"][0]));
    let at = text(&entry["deployedAt"]);
    let took_ms = match (millis(&text(&entry["deployStartedAt"])), millis(&at)) {
        (Some(start), Some(end)) if end >= start => Some(end - start),
        _ => None,
    };
    AppDeployment {
        revision: revision.unwrap_or_default().to_owned(),
        at,
        took_ms,
        by: text(&entry["initiatedBy"]["username"]),
        automated: entry["initiatedBy"]["automated"].as_bool().unwrap_or(false),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn optional(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(json: &str, failed: bool, expected: &Expect) {
        let details = details(json).expect("JSON");
        let resources =
            details.resources.iter().map(|one| format!("{} {:?} {:?}", subject(one), one.health, one.sync));
        let lines = [
            format!("cause {:?}", cause(&details, failed)),
            format!(
                "{} of {}: {}",
                details.resources_wrong,
                details.resources_total,
                resources.collect::<Vec<_>>().join("; ")
            ),
            format!(
                "conditions {:?}",
                details.conditions.iter().map(|one| (&*one.kind, one.error)).collect::<Vec<_>>()
            ),
            format!(
                "history {:?}",
                details.history.iter().map(|one| (&*one.revision, one.took_ms, &*one.by)).collect::<Vec<_>>()
            ),
        ];
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn what_is_wrong_and_who_is_to_blame() {
        check(
            "{}",
            false,
            &expect![[r#"
            cause None
            0 of 0: 
            conditions []
            history []"#]],
        );
        check(
            r#"{"status": {"resources": [
                {"kind": "Service", "name": "web", "status": "Synced", "health": {"status": "Healthy"}},
                {"kind": "ConfigMap", "name": "web", "status": "OutOfSync"},
                {"kind": "Deployment", "name": "web", "namespace": "shop", "status": "Synced", "health": {"status": "Degraded", "message": "4 of 6 replicas"}}],
              "conditions": [{"type": "OrphanedResourceWarning", "message": "x"}, {"type": "ComparisonError", "message": null}],
              "history": [{"revision": "a", "deployStartedAt": "2026-02-28T23:59:50Z", "deployedAt": "2026-03-01T00:00:08Z", "initiatedBy": {"username": "liuyang"}},
                {"revisions": ["b", "c"], "deployedAt": "2026-03-01T01:00:00Z", "initiatedBy": {"automated": true}}]}}"#,
            false,
            &expect![[r#"
                cause Some(("Deployment/web", "4 of 6 replicas"))
                2 of 3: Deployment/web Some(Degraded) Some(Synced); ConfigMap/web None Some(OutOfSync)
                conditions [("ComparisonError", true), ("OrphanedResourceWarning", false)]
                history [("b", None, ""), ("a", Some(18000), "liuyang")]"#]],
        );
        check(
            r#"{"status": {"resources": [{"kind": "Deployment", "name": "web", "status": "OutOfSync", "health": {"status": "Healthy"}}],
              "operationState": {"syncResult": {"resources": [
                {"kind": "Deployment", "name": "web", "status": "SyncFailed", "message": "spec is invalid"},
                {"kind": "Job", "name": "migrate", "hookType": "PreSync", "hookPhase": "Failed", "message": "BackoffLimitExceeded"}]}}}}"#,
            true,
            &expect![[r#"
                cause Some(("PreSync Job/migrate", "BackoffLimitExceeded"))
                2 of 1: PreSync Job/migrate None None; Deployment/web Some(Healthy) Some(OutOfSync)
                conditions []
                history []"#]],
        );
    }

    #[test]
    fn odd_texts_are_no_reason_to_fall_over() {
        for odd in [
            r#"{"status": null}"#,
            r#"{"status": {"resources": {}, "history": [1, null], "conditions": "x"}}"#,
            "[]",
            "null",
        ] {
            assert!(details(odd).is_some(), "{odd}");
        }
        assert_eq!(details("{"), None);
    }
}
