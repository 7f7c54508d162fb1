//! The trigger form.

use dinghy_model::{Lang, Problem};
use dinghy_rules::{
    Catalog, ConditionParts, Subject, check_condition, expression_parts, rename_trigger, run_trigger,
};

use super::subscription::{self, subscribed};
use super::{Edited, field_problem, rows, told, unreadable, version};
use crate::wire::{
    ApiError, ConditionCheck, ConditionForm, FieldProblem, MatchView, PartView, TriggerCheck, TriggerDraft,
    TriggerForm, TriggerSaved, TryOn,
};
use crate::{Api, now_ms, words};

impl Api {
    /// A trigger to be edited.
    pub fn trigger_draft(&self, name: &str) -> Result<TriggerDraft, ApiError> {
        let catalog = self.catalog()?;
        let (en, zh) = ("There is no such trigger.", "没有这个触发器。");
        let source = catalog.source(&key(name)).ok_or_else(|| self.form_error("trigger", en, zh))?;
        let (parts, problem) = match ConditionParts::read(source) {
            Ok(parts) => (parts, None),
            Err(error) => (Vec::new(), Some(unreadable(error))),
        };
        let conditions = parts.into_iter().enumerate().map(|(at, parts)| form(at, parts)).collect();
        Ok(TriggerDraft {
            form: TriggerForm { name: name.to_owned(), conditions },
            version: version(source),
            problem,
        })
    }

    /// What a trigger comes to as it is typed, if `services` are subscribed to it with that; with an application also
    /// the values on it.
    pub async fn trigger_check(
        &self,
        form: &TriggerForm,
        services: &[String],
        on: &TryOn,
    ) -> Result<TriggerCheck, ApiError> {
        let name = named(form);
        let parts = self.conditions(name, form)?;
        let problems = mistakes(&parts, self.lang());
        let Edited { catalog, .. } = self.edited(&key(name), Some(&ConditionParts::write(&parts)))?;
        let notes = self.notes(&catalog, &key(name), problems.is_empty());
        let (mut lacks, notes): (Vec<_>, Vec<_>) = notes.into_iter().partition(|note| words::is_lack(note));
        if services.is_empty() {
            lacks.extend(self.nobody(&told(&rows(&catalog), form.name.trim())));
        }
        let mut conditions = Vec::new();
        if let Some(id) = &on.app {
            let json = self.app_json(id).await?;
            let subject = Subject::parse(&json, None).map_err(|problem| self.error(&problem))?;
            let values = |subject: &Subject| self.values(&catalog, name, subject);
            conditions = self.informed(Some(id), &subject, values).await;
        }
        Ok(TriggerCheck { problems, notes, lacks, conditions })
    }

    /// The applications on which any condition of the trigger holds now.
    pub async fn trigger_matches(&self, form: &TriggerForm) -> Result<MatchView, ApiError> {
        let name = named(form).to_owned();
        let parts = self.conditions(&name, form)?;
        let Edited { catalog, .. } = self.edited(&key(&name), Some(&ConditionParts::write(&parts)))?;
        let (now, lang) = (now_ms(), self.lang());
        Ok(self
            .matching(move |subject| {
                let results = run_trigger(&catalog, &name, subject, now).unwrap_or_default();
                if results.iter().any(dinghy_rules::ConditionResult::triggered) {
                    return Ok(true);
                }
                let failure = results.into_iter().find_map(|result| result.result.err());
                failure.map_or(Ok(false), |problem| Err(detail(&problem, lang)))
            })
            .await)
    }

    /// The rules as saving this trigger makes them, `services` subscribed to it: its name, the text and what it means.
    pub(crate) fn drafted(
        &self,
        form: &TriggerForm,
        services: &[String],
    ) -> Result<(String, String, Catalog), ApiError> {
        let name = named(form).to_owned();
        let key = key(&name);
        let catalog = self.catalog()?;
        // Untouched it keeps the very text of the file.
        let same = self.trigger_draft(&name).is_ok_and(|disk| disk.form.conditions == form.conditions);
        let value = match same {
            true => None,
            false => Some(ConditionParts::write(&self.conditions(&name, form)?)),
        };
        // Another program may have subscribed some of them meanwhile.
        let already = told(&rows(&catalog), &name);
        let others: Vec<String> = services.iter().filter(|name| !already.contains(name)).cloned().collect();
        let subscriptions = match others.as_slice() {
            [] => None,
            _ => Some(subscribed(&catalog, &[&name], &others)?),
        };
        let changes = [(key.as_str(), value.as_deref()), (subscription::KEY, subscriptions.as_deref())];
        let changes: Vec<_> = changes.into_iter().filter(|(_, value)| value.is_some()).collect();
        let Edited { text, catalog } = self.edited_together(&changes)?;
        Ok((name, text, catalog))
    }

    /// Saves a trigger, and with it a subscription of `services` to it, in one change; those that a subscription tells
    /// of it already are left out. `base`: the version it had when the form was opened, empty for a new one. One with a
    /// mistake is refused: the whole file would not be taken.
    pub async fn trigger_save(
        &self,
        form: &TriggerForm,
        base: &str,
        services: &[String],
    ) -> Result<TriggerSaved, ApiError> {
        let name = match base {
            "" => self.new_name("trigger", &form.name)?,
            _ => self.rule_name(&form.name)?,
        };
        let key = key(&name);
        let parts = self.conditions(&name, form)?;
        self.without_mistakes(&mistakes(&parts, self.lang()))?;
        let catalog = self.catalog()?;
        self.unchanged(&catalog, &key, base)?;
        if let Some(service) = services.iter().find(|name| !catalog.services().contains_key(*name)) {
            return Err(self.error(&Problem::NoSuchService { service: service.clone() }));
        }
        let (_, text, catalog) = self.drafted(form, services)?;
        self.save_rules(&key, &text).await?;
        let told = told(&rows(&catalog), &name);
        let mut lacks = self.notes(&catalog, &key, true);
        lacks.extend(self.nobody(&told));
        Ok(TriggerSaved { told, lacks })
    }

    /// Gives a trigger another name, in its key and in all that names it, in one change. `base`: the version that the
    /// trigger had when the form was opened.
    pub async fn trigger_rename(&self, name: &str, to: &str, base: &str) -> Result<(), ApiError> {
        let to = self.new_name("trigger", to)?;
        let catalog = self.catalog()?;
        self.unchanged(&catalog, &key(name), base)?;
        // What stands in the old form cannot be renamed along with it.
        if !catalog.old_form().is_empty() {
            return Err(self.in_old_form());
        }
        let text =
            rename_trigger(&self.rules_text()?, name, &to).map_err(|error| self.not_editable(&error))?;
        self.save_rules(&key(&to), &text).await
    }

    /// What there is to say of a trigger that the rules tell nobody of.
    fn nobody(&self, told: &[String]) -> Option<String> {
        let (en, zh) = ("No group is chosen: nobody would be told.", "没有选择群：不会通知任何人。");
        told.is_empty().then(|| self.lang().pick(en, zh).to_owned())
    }

    /// A form over what is on disk, so that what the form does not know stays.
    fn conditions(&self, name: &str, form: &TriggerForm) -> Result<Vec<ConditionParts>, ApiError> {
        let catalog = self.catalog()?;
        let old = catalog.source(&key(name)).and_then(|source| ConditionParts::read(source).ok());
        let old = old.unwrap_or_default();
        let parts = |form: &ConditionForm| ConditionParts {
            when: form.when.trim().to_owned(),
            description: form.description.trim().to_owned(),
            once_per: form.once_per.trim().to_owned(),
            hold_for: form.hold_for.trim().to_owned(),
            send: form.send.clone(),
            resolved: form.resolved.clone(),
            extra: form.origin.and_then(|at| old.get(at)).map(|old| old.extra.clone()).unwrap_or_default(),
        };
        Ok(form.conditions.iter().map(parts).collect())
    }

    fn values(&self, catalog: &Catalog, name: &str, subject: &Subject) -> Vec<ConditionCheck> {
        let (now, lang) = (now_ms(), self.lang());
        let results = run_trigger(catalog, name, subject, now).unwrap_or_default();
        let check = |result: dinghy_rules::ConditionResult| {
            let parts = expression_parts(&result.when, catalog, subject, now);
            ConditionCheck {
                triggered: result.triggered(),
                value: result.result.as_ref().map(ToString::to_string).unwrap_or_default(),
                error: result.result.as_ref().err().map(|problem| detail(problem, lang)).unwrap_or_default(),
                once_per: result.once_per,
                parts: parts.into_iter().map(|(text, value)| PartView { text, value }).collect(),
            }
        };
        results.into_iter().map(check).collect()
    }
}

/// What is wrong with the conditions by themselves.
fn mistakes(parts: &[ConditionParts], lang: Lang) -> Vec<FieldProblem> {
    let of = |(at, condition)| {
        let prefix = format!("conditions.{at}.");
        check_condition(condition).into_iter().map(move |fault| field_problem(&prefix, fault, lang))
    };
    parts.iter().enumerate().flat_map(of).collect()
}

/// Without the place in the file, which the form does not show.
fn detail(problem: &Problem, lang: Lang) -> String {
    match problem {
        Problem::File { detail, .. } => words::diagnosed(detail, lang).into_owned(),
        other => words::sentence(other, lang).what,
    }
}

fn key(name: &str) -> String {
    format!("trigger.{name}")
}

/// A form without a name can be tried too.
fn named(form: &TriggerForm) -> &str {
    if form.name.trim().is_empty() { "new" } else { form.name.trim() }
}

fn form(at: usize, parts: ConditionParts) -> ConditionForm {
    ConditionForm {
        when: parts.when.trim_end().to_owned(),
        description: parts.description,
        once_per: parts.once_per,
        hold_for: parts.hold_for,
        send: parts.send,
        resolved: parts.resolved,
        origin: Some(at),
    }
}
