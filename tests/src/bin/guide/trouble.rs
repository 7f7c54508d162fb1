//! Three applications that take no part in the demo's play, and break here for good: whatever else happens meanwhile,
//! there is something to look at.

use anyhow::{Result, ensure};
use dinghy_demo::Demo;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The one that falls over, on the server `prod-cn`.
pub(crate) const DEGRADED: &str = "activity-h5";

/// The one that cannot be synced, on the server `staging`.
pub(crate) const FAILED: &str = "cart-service";

/// Falls over too; whoever runs it has asked for silence before.
pub(crate) const MUTED: &str = "report-daily";

const BACK_OFF: &str = "Back-off restarting failed container: liveness probe failed with statuscode: 502";
const NO_IMAGE: &str = "one or more objects failed to apply, reason: Deployment.apps \"cart-service\" is invalid: \
    spec.template.spec.containers[0].image: Required value (retried 3 times).";

/// They break now, and once more if they are broken already.
pub(crate) fn breaks_out(demo: &Demo) -> Result<()> {
    let falls = |app: &mut Value| {
        app["status"]["health"] = json!({"status": "Degraded", "lastTransitionTime": now()});
        for resource in deployments(app) {
            resource["health"] = json!({"status": "Degraded", "message": BACK_OFF});
        }
        app["status"]["reconciledAt"] = json!(now());
    };
    let degraded = demo.prod().edit("argocd", DEGRADED, falls) && demo.prod().edit("team-data", MUTED, falls);
    let failed = demo.staging().edit("argocd", FAILED, |app| {
        let state = &mut app["status"]["operationState"];
        state["phase"] = json!("Failed");
        state["message"] = json!(NO_IMAGE);
        state["startedAt"] = json!(now());
        state["finishedAt"] = json!(now());
        app["status"]["reconciledAt"] = json!(now());
    });
    ensure!(degraded && failed, "the demo has no application {DEGRADED}, {MUTED} or {FAILED}");
    Ok(())
}

/// The one that fell over is well again: only what is well can fall over.
pub(crate) fn mends(demo: &Demo) -> Result<()> {
    let well = |app: &mut Value| {
        app["status"]["health"] = json!({"status": "Healthy", "lastTransitionTime": now()});
        app["status"]["reconciledAt"] = json!(now());
    };
    ensure!(demo.prod().edit("argocd", DEGRADED, well), "the demo has no application {DEGRADED}");
    Ok(())
}

fn deployments(app: &mut Value) -> impl Iterator<Item = &mut Value> {
    let resources = app["status"]["resources"].as_array_mut();
    resources.into_iter().flatten().filter(|resource| resource["kind"] == "Deployment")
}

/// As Argo CD writes it, in whole seconds.
fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
