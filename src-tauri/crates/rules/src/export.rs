//! The rules as the cluster's own controller takes them (`dinghyctl export --argo`), and back.
//!
//! The controller refuses a whole ConfigMap for one key that it cannot read (notifications-engine `pkg/api/config.go`),
//! so such keys go. `dingtalk` blocks and bare messages become `webhook` bodies. What was changed stands beside under
//! `dinghy.KEY`, which the controller does not look at: importing the export gives the same rules.

mod lower;
pub(crate) mod write;

use std::collections::{BTreeMap, BTreeSet};

use dinghy_model::{Problem, ServiceKind, WebhookOptions};

use crate::catalog::{Catalog, Template, is_argo_cds_service};
use crate::diagnostic::Level;
use crate::edit::{EditError, keys, set_key, todays_keys};
use crate::yaml::{self, Node, Text};
use write::Out;

/// What stands in front of the keys that keep what was changed.
const KEPT: &str = "dinghy.";

/// Rules for the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The ConfigMap.
    pub manifest: String,
    /// The names that the Secret beside it must have.
    pub secrets: BTreeSet<String>,
    /// What is other there than here, in the order of the keys.
    pub notes: Vec<ExportNote>,
}

/// What is other in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum ExportNote {
    /// A template got a `webhook` body for these services, made of its `dingtalk` block or its message.
    Lowered { key: String, services: Vec<String> },
    /// A key was left out: the controller would refuse all rules because of it.
    LeftOut { key: String },
    /// A key was left out because it is broken here already.
    Broken { key: String, problem: Problem },
    /// A robot's service got the header `Content-Type: application/json`, which the controller does not add.
    ContentType { key: String },
    /// A condition's `for` has no effect there: it counts at once.
    For { key: String, condition: usize },
    /// A condition's `resolved` has no effect there.
    Resolved { key: String, condition: usize },
    /// The robot signs, which the controller cannot.
    Sign { key: String },
    /// A subscription's `servers` and `projects` have no effect there: it is about the applications of all of them.
    Everywhere { key: String, subscription: usize },
    /// `mention` has no effect there.
    Mention { key: String },
    /// The words of `keywords` must stand in the messages.
    Keywords { key: String },
    /// A template could not be made into a body for a robot.
    Stays { key: String, detail: String },
}

/// Makes the rules of a text fit for the cluster.
///
/// # Errors
/// When the text is no YAML, or a key of it cannot be changed alone.
pub fn export(text: &str) -> Result<Export, EditError> {
    let text = &todays_keys(text)?;
    let catalog = Catalog::parse(text, "");
    let mut export = Export { manifest: whole(text)?, secrets: BTreeSet::new(), notes: Vec::new() };
    export.leave_out(&catalog)?;
    for (name, service) in catalog.services() {
        if let ServiceKind::Webhook(options) = &service.kind {
            export.service(&catalog, name, options)?;
        }
    }
    export.templates(&catalog)?;
    for (name, trigger) in catalog.triggers() {
        let key = format!("trigger.{name}");
        for condition in &trigger.conditions {
            if condition.hold_for.is_some() {
                export.notes.push(ExportNote::For { key: key.clone(), condition: condition.index });
            }
            if !condition.resolved.is_empty() {
                export.notes.push(ExportNote::Resolved { key: key.clone(), condition: condition.index });
            }
        }
    }
    let is_there = keys(&export.manifest)?.contains_key("subscriptions");
    for (subscription, entry) in catalog.subscriptions().iter().enumerate().filter(|_| is_there) {
        if !(entry.about.servers.is_empty() && entry.about.projects.is_empty()) {
            export.notes.push(ExportNote::Everywhere { key: "subscriptions".to_owned(), subscription });
        }
    }
    Ok(export)
}

/// Undoes [`export()`] in an imported text: gives it, and the keys that were changed in the cluster meanwhile and stay so.
pub(crate) fn restore(manifest: &str) -> Result<(String, Vec<String>), EditError> {
    let there = keys(manifest)?;
    let kept: BTreeMap<&str, &String> =
        there.iter().filter_map(|(key, value)| Some((key.strip_prefix(KEPT)?, value))).collect();
    if kept.is_empty() {
        return Ok((manifest.to_owned(), Vec::new()));
    }
    let mut restored = manifest.to_owned();
    for (key, original) in &kept {
        restored = set_key(&restored, &format!("{KEPT}{key}"), None)?;
        restored = set_key(&restored, key, Some(original))?;
    }
    // What it would be exported as tells whether someone has changed it.
    let again = keys(&export(&restored)?.manifest)?;
    let mut changed = Vec::new();
    for key in kept.into_keys() {
        if let Some(now) = there.get(key).filter(|now| again.get(key) != Some(now)) {
            restored = set_key(&restored, key, Some(now))?;
            changed.push(key.to_owned());
        }
    }
    Ok((restored, changed))
}

/// The text if it is one whole ConfigMap as kubectl takes it, else one with the same keys.
fn whole(text: &str) -> Result<String, EditError> {
    let documents = yaml::parse(&Text::file(text))
        .map_err(|error| EditError::Unreadable { at: error.at, detail: error.detail })?;
    let is = |node: &Node, field: &str, value: &str| {
        node.get(field).and_then(Node::string).is_some_and(|text| text.value == value)
    };
    if let [only] = documents.as_slice()
        && is(only, "apiVersion", "v1")
        && is(only, "kind", "ConfigMap")
        && only.get("metadata").is_some_and(|metadata| is(metadata, "name", crate::catalog::CONFIG_MAP))
    {
        return Ok(text.to_owned());
    }
    keys(text)?.iter().try_fold(String::new(), |made, (key, value)| set_key(&made, key, Some(value)))
}

impl Export {
    /// Puts a key away and another text, or none, in its place.
    fn replace(&mut self, key: &str, text: Option<&str>) -> Result<(), EditError> {
        let Some(original) = keys(&self.manifest)?.remove(key) else { return Ok(()) };
        let manifest = set_key(&self.manifest, key, text)?;
        self.manifest = set_key(&manifest, &format!("{KEPT}{key}"), Some(&original))?;
        Ok(())
    }

    fn leave_out(&mut self, catalog: &Catalog) -> Result<(), EditError> {
        let mut broken: BTreeMap<&str, &Problem> = BTreeMap::new();
        for diagnostic in catalog.diagnostics() {
            if diagnostic.level == Level::Error && !diagnostic.key.is_empty() {
                broken.entry(&diagnostic.key).or_insert(&diagnostic.problem);
            }
        }
        for key in keys(&self.manifest)?.into_keys() {
            if let Some(problem) = broken.get(key.as_str()) {
                self.replace(&key, None)?;
                self.notes.push(ExportNote::Broken { key, problem: (*problem).clone() });
            } else if key.strip_prefix("service.").is_some_and(|rest| !is_argo_cds_service(rest)) {
                self.replace(&key, None)?;
                self.notes.push(ExportNote::LeftOut { key });
            } else if key.starts_with("service.") && !key.starts_with("service.webhook") {
                self.secrets.extend(names(catalog.source(&key).unwrap_or_default()));
            }
        }
        Ok(())
    }

    fn service(&mut self, catalog: &Catalog, name: &str, options: &WebhookOptions) -> Result<(), EditError> {
        let named = format!("service.webhook.{name}");
        let key = if catalog.source(&named).is_some() { named } else { "service.webhook".to_owned() };
        let (user, password) = options.basic_auth.clone().unwrap_or_default();
        let values = options.headers.iter().map(|header| &header.value);
        for text in values.chain([&options.url, &user, &password]) {
            self.secrets.extend(names(text));
        }
        let has_type = options.headers.iter().any(|header| header.name.eq_ignore_ascii_case("Content-Type"));
        if may_be_robot(options)
            && !has_type
            && let Some(text) = with_content_type(catalog.source(&key).unwrap_or_default())
        {
            self.replace(&key, Some(&text))?;
            self.notes.push(ExportNote::ContentType { key: key.clone() });
        }
        let Some(dingtalk) = &options.dingtalk else { return Ok(()) };
        if !dingtalk.sign_secret.is_empty() {
            self.notes.push(ExportNote::Sign { key: key.clone() });
        }
        if !dingtalk.keywords.is_empty() {
            self.notes.push(ExportNote::Keywords { key: key.clone() });
        }
        if !dingtalk.mention.is_empty() {
            self.notes.push(ExportNote::Mention { key });
        }
        Ok(())
    }

    fn templates(&mut self, catalog: &Catalog) -> Result<(), EditError> {
        let robots: Vec<&str> = catalog
            .services()
            .iter()
            .filter(|(_, service)| matches!(&service.kind, ServiceKind::Webhook(options) if may_be_robot(options)))
            .map(|(name, _)| name.as_str())
            .collect();
        self.secrets.extend(catalog.secrets().iter().cloned());
        for (name, template) in catalog.templates() {
            let key = format!("template.{name}");
            match lowered(catalog, template, &robots) {
                Ok(bodies) if bodies.is_empty() => {}
                Ok(bodies) => {
                    let services = bodies.iter().map(|(service, _)| service.clone()).collect();
                    if let Some(text) = with_bodies(catalog.source(&key).unwrap_or_default(), &bodies) {
                        self.replace(&key, Some(&text))?;
                        self.notes.push(ExportNote::Lowered { key, services });
                    }
                }
                Err(detail) => self.notes.push(ExportNote::Stays { key, detail }),
            }
        }
        Ok(())
    }
}

/// The bodies that a template needs for robots, by service.
fn lowered(catalog: &Catalog, template: &Template, robots: &[&str]) -> Result<Vec<(String, String)>, String> {
    if let Some(block) = &template.dingtalk {
        let body = lower::body(block, template.message.as_ref())?;
        return Ok(robots.iter().map(|robot| ((*robot).to_owned(), body.clone())).collect());
    }
    let Some(message) = &template.message else { return Ok(Vec::new()) };
    let without = robots.iter().filter(|robot| !template.webhook.contains_key(**robot));
    let without: Vec<&str> = without.copied().collect();
    if without.is_empty() {
        return Ok(Vec::new());
    }
    // Of several templates in one `send` the last `webhook` wins there, and here any `dingtalk` block.
    let sends =
        catalog.triggers().values().flat_map(|trigger| &trigger.conditions).map(|condition| &condition.send);
    if sends.into_iter().any(|send| send.len() > 1 && send.contains(&template.name)) {
        return Err("it is merged with other templates, and its message alone is not what is sent".to_owned());
    }
    let body = lower::message(message)?;
    Ok(without.into_iter().map(|robot| (robot.to_owned(), body.clone())).collect())
}

/// The text of a template with other `webhook` entries and without its `dingtalk` block.
fn with_bodies(source: &str, bodies: &[(String, String)]) -> Option<String> {
    let node = yaml::parse(&Text::file(source)).ok()?.into_iter().next()?;
    let Out::Map(mut fields) = Out::of(&node) else { return None };
    fields.retain(|(name, _)| !name.eq_ignore_ascii_case("dingtalk"));
    let at = fields.iter().position(|(name, _)| name.eq_ignore_ascii_case("webhook"));
    let mut webhook = match at.map(|at| fields.remove(at).1) {
        Some(Out::Map(entries)) => entries,
        _ => Vec::new(),
    };
    for (service, body) in bodies {
        webhook.retain(|(name, _)| name != service);
        let entry = [("method", "POST".to_owned()), ("body", body.clone())];
        let entry = entry.into_iter().map(|(name, text)| (name.to_owned(), Out::Text(text)));
        webhook.push((service.clone(), Out::Map(entry.collect())));
    }
    fields.push(("webhook".to_owned(), Out::Map(webhook)));
    Some(Out::Map(fields).text())
}

/// The text of a webhook with the header that robots need.
fn with_content_type(source: &str) -> Option<String> {
    let node = yaml::parse(&Text::file(source)).ok()?.into_iter().next()?;
    let Out::Map(mut fields) = Out::of(&node) else { return None };
    let at = fields.iter().position(|(name, _)| name.eq_ignore_ascii_case("headers"));
    let mut headers = match at.map(|at| fields.remove(at).1) {
        Some(Out::List(items)) => items,
        _ => Vec::new(),
    };
    let header = [("name", "Content-Type"), ("value", "application/json")];
    let header = header.map(|(name, text)| (name.to_owned(), Out::Text(text.to_owned())));
    headers.push(Out::Map(header.into()));
    fields.push(("headers".to_owned(), Out::List(headers)));
    Some(Out::Map(fields).text())
}

/// Whether a webhook is a robot's, as far as the rules alone can tell.
fn may_be_robot(options: &WebhookOptions) -> bool {
    options.dingtalk.is_some() || options.url.contains('$') || options.url.contains("/robot/send")
}

/// The names behind each `$` of a text.
fn names(text: &str) -> impl Iterator<Item = String> {
    text.split('$').skip(1).filter_map(|rest| {
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        (end > 0).then(|| rest[..end].to_owned())
    })
}

#[cfg(test)]
mod tests;
