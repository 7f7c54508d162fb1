//! The subscription form: who is told what about which applications.

use dinghy_rules::{About, Catalog, Destination, PartsError, Selector, SelectorError, SubscriptionParts};

use super::{Edited, unreadable, version};
use crate::Api;
use crate::wire::{ApiError, FieldProblem, MatchView, SubscriptionCheck, SubscriptionForm, SubscriptionRow};

pub(super) const KEY: &str = "subscriptions";

impl Api {
    /// What a subscription comes to as it is typed. `index`: its place in the file; None: a new one.
    pub async fn subscription_check(
        &self,
        form: &SubscriptionForm,
        index: Option<usize>,
    ) -> Result<SubscriptionCheck, ApiError> {
        let mut problems = Vec::new();
        let about = match about(form) {
            Ok(about) => Some(about),
            Err(error) => {
                let column = form.selector.get(..error.at).map_or(0, |text| text.chars().count());
                problems.push(FieldProblem {
                    field: "selector".to_owned(),
                    line: 1,
                    column: u32::try_from(column + 1).unwrap_or(u32::MAX),
                    message: error.detail,
                });
                None
            }
        };
        // On its own, so that only what is said about this one is said.
        let value = SubscriptionParts::write(&[parts(form, None)]);
        let Edited { catalog, .. } = self.edited(KEY, Some(&value))?;
        let mut notes = self.notes(&catalog, KEY, problems.is_empty());
        if form.triggers.is_empty() && catalog.default_triggers(None).is_empty() {
            notes.push(
                self.lang()
                    .pick(
                        "It names no trigger, and the rules have no defaultTriggers: nothing would be sent.",
                        "没有指定触发器，规则中也没有 defaultTriggers：不会发送任何消息。",
                    )
                    .to_owned(),
            );
        }
        if about.is_some() {
            notes.extend(self.overlap_notes(&self.catalog()?, form, index).await);
        }
        let matches = match about {
            Some(about) => self.matching(move |subject| Ok(subject.is_meant_by(&about))).await,
            None => MatchView::default(),
        };
        Ok(SubscriptionCheck { problems, notes, matches })
    }

    /// Changes the subscription at `index` (None: a new one at the end), or with `form` None removes it. `base` is the
    /// version of all subscriptions when the form was opened.
    pub async fn subscription_save(
        &self,
        index: Option<usize>,
        form: Option<&SubscriptionForm>,
        base: &str,
    ) -> Result<(), ApiError> {
        let catalog = self.catalog()?;
        let source = catalog.source(KEY).unwrap_or_default();
        if version(source) != base {
            return Err(self.changed_meanwhile());
        }
        let mut all = SubscriptionParts::read(source).map_err(not_a_list)?;
        match (index, form) {
            (Some(at), Some(form)) if at < all.len() => all[at] = parts(form, Some(&all[at])),
            (Some(at), None) if at < all.len() => drop(all.remove(at)),
            (None, Some(form)) => all.push(parts(form, None)),
            _ => return Err(self.changed_meanwhile()),
        }
        let value = (!all.is_empty()).then(|| SubscriptionParts::write(&all));
        self.save_key(KEY, value.as_deref(), base).await
    }
}

/// The value of `subscriptions` with one more: these destinations are told of these triggers, on every application.
pub(super) fn subscribed(
    catalog: &Catalog,
    triggers: &[&str],
    services: &[String],
) -> Result<String, ApiError> {
    let one = SubscriptionParts {
        recipients: services.to_vec(),
        triggers: triggers.iter().map(|name| (*name).to_owned()).collect(),
        ..SubscriptionParts::default()
    };
    SubscriptionParts::append(catalog.source(KEY).unwrap_or_default(), &one).map_err(not_a_list)
}

/// The destinations that any subscription tells of a trigger.
pub(crate) fn told(subscriptions: &[SubscriptionRow], trigger: &str) -> Vec<String> {
    let of_it = subscriptions.iter().filter(|row| row.triggers.iter().any(|name| name == trigger));
    let mut services: Vec<String> =
        of_it.flat_map(|row| &row.form.recipients).map(|to| Destination::parse(to).service).collect();
    services.sort();
    services.dedup();
    services
}

fn not_a_list(error: PartsError) -> ApiError {
    let message = unreadable(error).message;
    ApiError { code: "unreadable".to_owned(), message, todo: String::new(), field: None }
}

/// Which applications a form is about.
pub(super) fn about(form: &SubscriptionForm) -> Result<About, SelectorError> {
    let (servers, projects) = (form.servers.clone(), form.projects.clone());
    Ok(About { servers, projects, selector: Selector::parse(&form.selector)? })
}

fn parts(form: &SubscriptionForm, old: Option<&SubscriptionParts>) -> SubscriptionParts {
    SubscriptionParts {
        recipients: form.recipients.clone(),
        triggers: form.triggers.clone(),
        servers: form.servers.clone(),
        projects: form.projects.clone(),
        selector: form.selector.trim().to_owned(),
        extra: old.map(|old| old.extra.clone()).unwrap_or_default(),
    }
}

/// The subscriptions as they are written. Those that cannot be read are missing here and named among the problems.
pub(crate) fn rows(catalog: &Catalog) -> Vec<SubscriptionRow> {
    let all = SubscriptionParts::read(catalog.source(KEY).unwrap_or_default()).unwrap_or_default();
    all.into_iter()
        .map(|parts| SubscriptionRow {
            triggers: match parts.triggers.as_slice() {
                [] => catalog.default_triggers(None).to_vec(),
                named => named.to_vec(),
            },
            form: SubscriptionForm {
                recipients: parts.recipients,
                triggers: parts.triggers,
                servers: parts.servers,
                projects: parts.projects,
                selector: parts.selector,
            },
        })
        .collect()
}
