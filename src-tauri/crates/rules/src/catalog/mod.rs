//! The rules of one `argocd-notifications-cm` ConfigMap, compiled.
//!
//! The controller refuses the whole ConfigMap if anything in it is broken; here a broken key disables itself alone and
//! says so with its place in the file.

mod build;
mod dingtalk;
mod old_form;
mod service;
mod subscriptions;
mod template;
mod trigger;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dinghy_model::Service;

use crate::diagnostic::{Diagnostic, Level, Source};
use crate::env::Constants;

pub(crate) use dingtalk::{DingTalkKind, DingTalkTemplate};
pub(crate) use old_form::OLD_FORM;
pub(crate) use service::is_argo_cds as is_argo_cds_service;
pub use subscriptions::{Destination, Subscription};
pub(crate) use template::Piece;
pub use template::Template;
pub(crate) use trigger::Expression;
pub use trigger::{Condition, Trigger};

/// The name of the one ConfigMap that holds rules.
pub(crate) const CONFIG_MAP: &str = "argocd-notifications-cm";

/// Compiled rules. Immutable; share it behind an `Arc`.
#[derive(Default)]
pub struct Catalog {
    services: BTreeMap<String, Service>,
    templates: BTreeMap<String, Template>,
    triggers: BTreeMap<String, Trigger>,
    subscriptions: Vec<Subscription>,
    context: BTreeMap<String, String>,
    default_triggers: Vec<String>,
    service_default_triggers: BTreeMap<String, Vec<String>>,
    /// The text of each key as it stands in the file.
    sources: BTreeMap<String, String>,
    /// Keys whose text comes from the old form `config.yaml`.
    old_form: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
    unreadable: bool,
    /// The names of `secrets` that any template reads.
    secrets: BTreeSet<String>,
    pub(crate) file: Source,
    pub(crate) env: Constants,
}

/// Only names: a token may stand in a service.
impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("file", &self.file)
            .field("services", &self.services.keys())
            .field("templates", &self.templates.keys())
            .field("triggers", &self.triggers.keys())
            .finish_non_exhaustive()
    }
}

impl Catalog {
    /// Reads the text of a rules file; `file` is its name for diagnostics. Never fails as a whole: what cannot be read
    /// is missing in the result and named in [`Catalog::diagnostics`].
    pub fn parse(text: &str, file: &str) -> Self {
        build::catalog(text, file)
    }

    /// What there is to say about the file, in its order.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// True if the file is no YAML at all, so that nothing of it could be read: keep the last good one.
    pub fn is_unreadable(&self) -> bool {
        self.unreadable
    }

    /// True if a key, or all, is not in force.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// Destinations Dinghy can deliver to, by name.
    pub fn services(&self) -> &BTreeMap<String, Service> {
        &self.services
    }

    /// Templates by name.
    pub fn templates(&self) -> &BTreeMap<String, Template> {
        &self.templates
    }

    /// Triggers by name.
    pub fn triggers(&self) -> &BTreeMap<String, Trigger> {
        &self.triggers
    }

    /// Entries of `subscriptions`.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// `context`.
    pub fn context(&self) -> &BTreeMap<String, String> {
        &self.context
    }

    /// The names of `secrets` that templates read, as far as they stand in them.
    pub fn secrets(&self) -> &BTreeSet<String> {
        &self.secrets
    }

    /// The triggers meant where none is named: those of the service if it has its own, else `defaultTriggers`.
    pub fn default_triggers(&self, service: Option<&str>) -> &[String] {
        service.and_then(|name| self.service_default_triggers.get(name)).unwrap_or(&self.default_triggers)
    }

    /// The text of a key as it stands in the file (`trigger.on-deployed`), without the indentation of its block.
    pub fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    /// Keys that stand, or whose present text stands, in the old form `config.yaml` and not for themselves: none can be
    /// edited before the file was imported.
    pub fn old_form(&self) -> &BTreeSet<String> {
        &self.old_form
    }

    /// Every key with its text as it stands in the file, those not in force included; by key.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.iter().map(|(key, source)| (key.as_str(), source.as_str()))
    }

    /// Takes over triggers and templates of names that are not there yet, and a subscription.
    pub(crate) fn add(&mut self, built_in: Self, subscription: Option<Subscription>) {
        for (name, trigger) in built_in.triggers {
            let key = format!("trigger.{name}");
            if let (false, Some(source)) = (self.sources.contains_key(&key), built_in.sources.get(&key)) {
                self.sources.insert(key, source.clone());
                self.triggers.insert(name, trigger);
            }
        }
        for (name, template) in built_in.templates {
            self.templates.entry(name).or_insert(template);
        }
        self.subscriptions.extend(subscription);
    }

    /// Puts all other triggers out of force; false if there is none of this name.
    pub(crate) fn keep_trigger(&mut self, name: &str) -> bool {
        self.triggers.retain(|known, _| known == name);
        !self.triggers.is_empty()
    }

    /// Adds a destination and who is told through it.
    pub(crate) fn imagine(&mut self, service: Service, subscription: Subscription) {
        self.services.insert(service.name.clone(), service);
        self.subscriptions.push(subscription);
    }

    /// Whether any trigger depends on the time and has to be judged again each minute.
    pub fn reads_clock(&self) -> bool {
        self.triggers.values().any(|trigger| trigger.reads_clock)
    }
}

#[cfg(test)]
mod tests;
