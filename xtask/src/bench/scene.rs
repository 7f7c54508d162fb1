//! What both sides of `cargo xtask bench engine` are given: an application's text with words to be replaced, the states
//! that it goes through, and two sets of rules: Argo CD's catalog, and a hundred made of it.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// Applications, in steps of which the time for a change should know nothing.
pub(super) const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Rules beside the catalog's eight, each for the applications of one project.
const MORE: usize = 92;
/// Resources of the application.
const RESOURCES: usize = 16;

pub(super) fn scene(workspace: &Workspace) -> Result<Value> {
    let triggers = catalog(workspace)?;
    Ok(json!({
        "app": application(workspace)?.to_string(),
        "states": states(),
        "rules": {"catalog": manifest(&triggers, 0), "hundred": manifest(&triggers, MORE)},
        "sizes": SIZES,
        // Each state once, after a first round.
        "rounds": 4,
        "changes": 8_000,
    }))
}

/// The application of tests/compat/data.json with 16 resources: 7 KB.
fn application(workspace: &Workspace) -> Result<Value> {
    let text = fs::read_to_string(workspace.root().join("tests/compat/data.json"))?;
    let data: Value = serde_json::from_str(&text)?;
    let mut app = data["app"]["app"].clone();
    app["metadata"]["name"] = json!("@NAME@");
    app["metadata"]["annotations"] = json!({"example.com/version": "1.4.2"});
    app["spec"]["project"] = json!("@PROJECT@");
    let status = &mut app["status"];
    status["health"] = json!({"status": "@HEALTH@", "lastTransitionTime": "@SINCE@"});
    status["sync"]["status"] = json!("@SYNC@");
    status["sync"]["revision"] = json!("@REVISION@");
    status["operationState"]["phase"] = json!("@PHASE@");
    status["operationState"]["syncResult"]["revision"] = json!("@REVISION@");
    let known = status["resources"].as_array().cloned().unwrap_or_default();
    let numbered = known.iter().cycle().take(RESOURCES).enumerate().map(|(number, resource)| {
        let mut resource = resource.clone();
        resource["name"] = json!(format!("{}-{number}", resource["name"].as_str().unwrap_or_default()));
        resource
    });
    status["resources"] = numbered.collect();
    Ok(app)
}

/// Synced and well, a new sync under way, failed, and well again; the next revision begins with the first.
fn states() -> Value {
    let state = |health: &str, sync: &str, phase: &str, since: &str| json!({"@HEALTH@": health, "@SYNC@": sync, "@PHASE@": phase, "@SINCE@": format!("2024-03-05T14:{since}:00Z")});
    json!([
        state("Healthy", "Synced", "Succeeded", "08"),
        state("Progressing", "OutOfSync", "Running", "06"),
        state("Degraded", "OutOfSync", "Failed", "07"),
        state("Healthy", "OutOfSync", "Succeeded", "08"),
    ])
}

/// Argo CD's triggers by name, each as its file has it.
fn catalog(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let folder = workspace.root().join("tests/data/catalog/triggers");
    let mut triggers = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        triggers.push((name, fs::read_to_string(&path)?));
    }
    triggers.sort();
    Ok(triggers)
}

/// A manifest of these triggers and `more` of their kind, all of which everybody is subscribed to.
fn manifest(catalog: &[(String, String)], more: usize) -> String {
    let mut text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm\ndata:\n".to_owned();
    let mut names = Vec::new();
    let mut trigger = |name: String, source: &str| {
        let _ = writeln!(text, "  trigger.{name}: |\n    {}", source.trim_end().replace('\n', "\n    "));
        names.push(name);
    };
    for (name, source) in catalog {
        trigger(name.clone(), source);
    }
    for (number, (_, source)) in catalog.iter().cycle().take(more).enumerate() {
        let project = format!("- when: app.spec.project == 'team-{number:02}' and (");
        let line = source.lines().next().unwrap_or_default();
        let narrowed = format!("{})", line.replacen("- when: ", &project, 1));
        trigger(format!("team-{number:02}"), &source.replacen(line, &narrowed, 1));
    }
    for (name, _) in catalog {
        let name = name.trim_start_matches("on-");
        let words = "**{{.app.metadata.name}}** {{.app.status.sync.status}}, {{.app.status.health.status}}: \
                     {{.app.status.operationState.phase}} {{.app.status.operationState.syncResult.revision}}";
        let markdown = json!({"title": "{{.app.metadata.name}}", "text": format!("{name}: {words}")});
        let body = json!({"msgtype": "markdown", "markdown": markdown}).to_string();
        let template = json!({"webhook": {"ops": {"method": "POST", "body": body}}});
        let _ = writeln!(text, "  template.app-{name}: '{template}'");
    }
    let _ = writeln!(text, "  subscriptions: '{}'", json!([{"recipients": ["ops"], "triggers": names}]));
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn rules_are_narrowed_to_a_project() {
        let catalog = [("on-x".to_owned(), "- when: true\n  send: [app-x]\n".to_owned())];
        let text = manifest(&catalog, 1);
        let triggers: Vec<&str> =
            text.lines().skip_while(|line| !line.contains("trigger.")).take(6).collect();
        expect![[r#"
            [
                "  trigger.on-x: |",
                "    - when: true",
                "      send: [app-x]",
                "  trigger.team-00: |",
                "    - when: app.spec.project == 'team-00' and (true)",
                "      send: [app-x]",
            ]
        "#]]
        .assert_debug_eq(&triggers);
        assert!(text.ends_with(
            "  subscriptions: '[{\"recipients\":[\"ops\"],\"triggers\":[\"on-x\",\"team-00\"]}]'\n"
        ));
    }
}
