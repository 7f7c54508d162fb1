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
        let labels = Labels(subject);
        if !subscription.selector.matches(|name| labels.get(name)) {
            continue;
        }
        for destination in &subscription.recipients {
            found.add(&subscription.triggers, None, destination, Origin::Manifest);
        }
    }
    found.annotations(&subject.annotations(), Origin::Application);
    let project = subject.project_annotations();
    found.annotations(&project, Origin::Project);
    found.legacy(&project);
    found.by_trigger
}
