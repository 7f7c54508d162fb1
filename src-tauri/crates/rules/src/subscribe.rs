//! Who is told about an application: subscriptions of the manifest and of annotations
//! (notifications-engine `pkg/subscriptions`, Argo CD `util/notification/settings/legacy.go`).

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Destination};
use crate::subject::Subject;
use crate::yaml::{self, Kind, Node, Text};

const SUBSCRIBE: &str = "notifications.argoproj.io/subscribe.";
const SUBSCRIPTIONS: &str = "notifications.argoproj.io/subscriptions";
const LEGACY: &str = "recipients.argocd-notifications.argoproj.io";

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `subscriptions` in the rules.
    Manifest,
    /// An annotation of the application.
    Application,
    /// An annotation of its project.
    Project,
}

/// One destination of one trigger, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// Where to.
    pub destination: Destination,
    /// Who asked for it; the first of several.
    pub origin: Origin,
}

/// The destinations of each trigger for an application: manifest, then application, then project, each one once.
/// Triggers and services need not exist.
pub fn destinations(catalog: &Catalog, subject: &Subject) -> BTreeMap<String, Vec<Subscribed>> {
    let mut found = Found { catalog, by_trigger: BTreeMap::new() };
    for subscription in catalog.subscriptions() {
        if !subject.is_meant_by(&subscription.about) {
            continue;
        }
        let triggers = match subscription.triggers.as_slice() {
            [] => catalog.default_triggers(None),
            named => named,
        };
        for destination in &subscription.recipients {
            found.add(triggers, destination, Origin::Manifest);
        }
    }
    found.annotations(&subject.annotations(), Origin::Application);
    let project = subject.project_annotations();
    found.annotations(&project, Origin::Project);
    found.legacy(&project);
    found.by_trigger
}

struct Found<'c> {
    catalog: &'c Catalog,
    by_trigger: BTreeMap<String, Vec<Subscribed>>,
}

impl Found<'_> {
    fn add(&mut self, triggers: &[String], destination: &Destination, origin: Origin) {
        for trigger in triggers {
            let known = self.by_trigger.entry(trigger.clone()).or_default();
            if !known.iter().any(|subscribed| subscribed.destination == *destination) {
                known.push(Subscribed { destination: destination.clone(), origin });
            }
        }
    }

    /// The named triggers, or the default ones of the destination's service.
    fn add_or_default(&mut self, triggers: &[String], destination: &Destination, origin: Origin) {
        match triggers {
            [] => self.add(self.catalog.default_triggers(Some(&destination.service)), destination, origin),
            named => self.add(named, destination, origin),
        }
    }

    fn annotations(&mut self, annotations: &[(String, String)], origin: Origin) {
        for (key, value) in annotations {
            if let Some(rest) = key.strip_prefix(SUBSCRIBE) {
                let mut parts = rest.split('.');
                let (first, second) = (parts.next().unwrap_or_default(), parts.next());
                let (triggers, service) = match second {
                    Some(service) => (vec![first.to_owned()], service),
                    None => (Vec::new(), first),
                };
                for recipient in recipients(value) {
                    let destination = Destination { service: service.to_owned(), recipient };
                    self.add_or_default(&triggers, &destination, origin);
                }
            } else if key.starts_with(SUBSCRIPTIONS) {
                self.list(value, origin);
            }
        }
    }

    /// `- {trigger: [..], destinations: [{service, recipients: [..]}]}`. What is not understood is passed over: the
    /// annotation belongs to the cluster, and its own controller reports it.
    fn list(&mut self, value: &str, origin: Origin) {
        let documents = yaml::parse(&Text::file(value)).unwrap_or_default();
        let Some(Node { kind: Kind::Sequence(items), .. }) = documents.into_iter().next() else { return };
        for item in &items {
            let triggers = item.get("trigger").map(strings).unwrap_or_default();
            let Some(Node { kind: Kind::Sequence(targets), .. }) = item.get("destinations") else { continue };
            for target in targets {
                let Some(service) = target.get("service").and_then(Node::string) else { continue };
                for recipient in target.get("recipients").map(strings).unwrap_or_default() {
                    let destination = Destination { service: service.value.clone(), recipient };
                    self.add_or_default(&triggers, &destination, origin);
                }
            }
        }
    }

    /// `[TRIGGER.]recipients.argocd-notifications.argoproj.io: SERVICE:RECIPIENT,…`, on projects only.
    fn legacy(&mut self, annotations: &[(String, String)]) {
        for (key, value) in annotations {
            let Some(trigger) = key.strip_suffix(LEGACY) else { continue };
            let trigger = trigger.trim_end_matches('.');
            let triggers = if trigger.is_empty() { Vec::new() } else { vec![trigger.to_owned()] };
            for recipient in value.split(',').map(str::trim).filter(|recipient| !recipient.is_empty()) {
                self.add_or_default(&triggers, &Destination::parse(recipient), Origin::Project);
            }
        }
    }
}

/// Split at `;`, trimmed, empty ones dropped; an empty value is one empty recipient.
fn recipients(value: &str) -> Vec<String> {
    if value.is_empty() {
        return vec![String::new()];
    }
    value.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn strings(node: &Node) -> Vec<String> {
    match &node.kind {
        Kind::Sequence(items) => items.iter().filter_map(Node::string).map(|text| text.value).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const RULES: &str = "
kind: ConfigMap
data:
  service.webhook.dingtalk: 'url: $u'
  service.webhook.ops: 'url: $u'
  defaultTriggers: '[on-default]'
  defaultTriggers.ops: '[on-ops]'
";

    fn check(subscriptions: &str, app: &str, project: &str, expect: Expect) {
        let rules = format!("{RULES}  subscriptions: |\n    {}\n", subscriptions.replace('\n', "\n    "));
        let catalog = Catalog::parse(&rules, "rules.yaml");
        let subject = Subject::parse(
            &format!(r#"{{"metadata": {app}}}"#),
            Some(&format!(r#"{{"metadata": {project}}}"#)),
        );
        let mut out = String::new();
        for (trigger, list) in destinations(&catalog, &subject.expect("subject")) {
            for Subscribed { destination, origin } in list {
                out +=
                    &format!("{trigger} -> {}:{} ({origin:?})\n", destination.service, destination.recipient);
            }
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn the_manifests_subscriptions() {
        let entries = "- {recipients: [dingtalk, 'webhook:x:y'], triggers: [a, b]}\n- {recipients: [ops], selector: 'env in (prod)'}";
        check(
            entries,
            r#"{"labels": {"env": "prod"}}"#,
            "{}",
            expect![[r#"
            a -> dingtalk: (Manifest)
            a -> webhook:x (Manifest)
            b -> dingtalk: (Manifest)
            b -> webhook:x (Manifest)
            on-default -> ops: (Manifest)
        "#]],
        );
        check(
            entries,
            r#"{"labels": {"env": "dev"}}"#,
            "{}",
            expect![[r#"
            a -> dingtalk: (Manifest)
            a -> webhook:x (Manifest)
            b -> dingtalk: (Manifest)
            b -> webhook:x (Manifest)
        "#]],
        );
        check(
            entries,
            r#"{"labels": null}"#,
            "{}",
            expect![[r#"
            a -> dingtalk: (Manifest)
            a -> webhook:x (Manifest)
            b -> dingtalk: (Manifest)
            b -> webhook:x (Manifest)
        "#]],
        );
    }

    #[test]
    fn only_for_servers_and_projects() {
        let catalog = Catalog::parse(
            &format!(
                "{RULES}  subscriptions: |
    - {{recipients: [dingtalk], triggers: [a], servers: [prod]}}
    - {{recipients: [ops], triggers: [a], projects: [payments, search]}}
    - {{recipients: [both], triggers: [a], servers: [prod], projects: [payments], selector: env=prod}}
    - {{recipients: [all], triggers: [a], servers: [], projects: ~}}
"
            ),
            "n.yaml",
        );
        for (server, project, labels, told) in [
            (Some("prod"), "payments", r#"{"env": "prod"}"#, "dingtalk ops both all"),
            (Some("prod"), "payments", "{}", "dingtalk ops all"),
            (Some("prod"), "web", "{}", "dingtalk all"),
            (Some("staging"), "search", r#"{"env": "prod"}"#, "ops all"),
            (None, "payments", r#"{"env": "prod"}"#, "ops all"),
        ] {
            let app =
                format!(r#"{{"metadata": {{"labels": {labels}}}, "spec": {{"project": "{project}"}}}}"#);
            let subject = Subject::parse(&app, None).expect("subject");
            let subject = match server {
                Some(name) => subject.of_server(&name.into()),
                None => subject,
            };
            let list = destinations(&catalog, &subject).remove("a").unwrap_or_default();
            let found: Vec<String> = list.into_iter().map(|one| one.destination.service).collect();
            assert_eq!(found.join(" "), told, "{server:?} {app}");
        }
    }

    #[test]
    fn annotations_of_the_application() {
        let annotate = |key: &str, value: &str| serde_json::json!({"annotations": {key: value}}).to_string();
        let check = |key: &str, value: &str, expect| check("[]", &annotate(key, value), "{}", expect);
        check(
            "notifications.argoproj.io/subscribe.on-x.slack",
            "a; b;;",
            expect![[r#"
            on-x -> slack:a (Application)
            on-x -> slack:b (Application)
        "#]],
        );
        check(
            "notifications.argoproj.io/subscribe.on-x.dingtalk",
            "",
            expect![[r#"
            on-x -> dingtalk: (Application)
        "#]],
        );
        check("notifications.argoproj.io/subscribe.on-x.dingtalk", ";", expect![[""]]);
        check(
            "notifications.argoproj.io/subscribe.dingtalk",
            "",
            expect![[r#"
            on-default -> dingtalk: (Application)
        "#]],
        );
        check(
            "notifications.argoproj.io/subscribe.ops",
            "",
            expect![[r#"
            on-ops -> ops: (Application)
        "#]],
        );
        check(
            "notifications.argoproj.io/subscribe.on-x.ops.more",
            "r",
            expect![[r#"
            on-x -> ops:r (Application)
        "#]],
        );
        check(
            "notifications.argoproj.io/subscriptions",
            "- trigger: [on-a, on-b]\n  destinations:\n  - {service: ops, recipients: [x, y]}\n- destinations: [{service: ops, recipients: [z]}]",
            expect![[r#"
                on-a -> ops:x (Application)
                on-a -> ops:true (Application)
                on-b -> ops:x (Application)
                on-b -> ops:true (Application)
                on-ops -> ops:z (Application)
            "#]],
        );
        check("notifications.argoproj.io/subscriptions", "not: [a list", expect![[""]]);
        check("example.com/other", "x", expect![[""]]);
        // Only projects have the old form.
        check("on-x.recipients.argocd-notifications.argoproj.io", "ops:x", expect![[""]]);
    }

    #[test]
    fn annotations_of_the_project_come_last_and_twice_is_once() {
        check(
            "- {recipients: ['ops:x'], triggers: [on-x]}",
            r#"{"annotations": {"notifications.argoproj.io/subscribe.on-x.ops": "x;y"}}"#,
            r#"{"annotations": {
                "notifications.argoproj.io/subscribe.on-x.ops": "y;z",
                "on-x.recipients.argocd-notifications.argoproj.io": "ops:old, ops:z",
                "recipients.argocd-notifications.argoproj.io": "dingtalk"
            }}"#,
            expect![[r#"
                on-default -> dingtalk: (Project)
                on-x -> ops:x (Manifest)
                on-x -> ops:y (Application)
                on-x -> ops:z (Project)
                on-x -> ops:old (Project)
            "#]],
        );
    }
}
