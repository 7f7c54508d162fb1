//! The rules file: what is in force, and importing manifests.

use dinghy_engine::read_or_empty;
use dinghy_model::{Problem, Secret};
use dinghy_rules::{Catalog, ConditionParts, File, Import, ImportNote, TemplateParts, import};

use crate::rule_forms::{diff, kind, rows, senders, told, version};
use crate::wire::{ApiError, ImportView, ProblemView, RulesView, SubscriptionRow, TemplateRow, TriggerRow};
use crate::{Api, words};

impl Api {
    /// The rules as the file has them.
    pub fn rules(&self) -> Result<RulesView, ApiError> {
        let file = self.dirs.rules();
        let text = self.rules_text()?;
        let catalog = Catalog::parse(&text, &file.to_string_lossy());
        let subscriptions = rows(&catalog);
        Ok(RulesView {
            file: file.display().to_string(),
            triggers: self.trigger_rows(&catalog, &subscriptions),
            templates: self.template_rows(&catalog),
            services: catalog.services().keys().cloned().collect(),
            subscriptions,
            subscriptions_version: version(catalog.source("subscriptions").unwrap_or_default()),
            problems: self.problems_of(&catalog),
            version: version(&text),
            undo: self.can_undo(&text),
            text,
        })
    }

    fn trigger_rows(&self, catalog: &Catalog, subscriptions: &[SubscriptionRow]) -> Vec<TriggerRow> {
        let row = |(key, source): (&str, &str)| {
            let name = key.strip_prefix("trigger.")?;
            let conditions = ConditionParts::read(source).unwrap_or_default();
            let described = conditions.iter().map(|one| &one.description).find(|text| !text.is_empty());
            let description = described.or(conditions.first().map(|one| &one.when));
            let mut sends = Vec::new();
            for template in conditions.iter().flat_map(|one| &one.send) {
                if !sends.contains(template) {
                    sends.push(template.clone());
                }
            }
            Some(TriggerRow {
                name: name.to_owned(),
                description: description.cloned().unwrap_or_default(),
                sends,
                services: told(subscriptions, name),
                problem: self.broken(catalog, key),
            })
        };
        catalog.sources().filter_map(row).collect()
    }

    fn template_rows(&self, catalog: &Catalog) -> Vec<TemplateRow> {
        let row = |(key, source): (&str, &str)| {
            let name = key.strip_prefix("template.")?;
            Some(TemplateRow {
                name: name.to_owned(),
                kind: kind(&TemplateParts::read(source).unwrap_or_default()),
                triggers: senders(catalog, name),
                problem: self.broken(catalog, key),
            })
        };
        catalog.sources().filter_map(row).collect()
    }

    /// What importing this text would do. Nothing is stored.
    pub fn import_preview(&self, text: &str) -> Result<ImportView, ApiError> {
        let existing = self.rules_text()?;
        Ok(self.import_view(&import(&[File { name: "pasted.yaml", text }], &existing), &existing))
    }

    /// Imports a text: secrets to the keychain first, then the file, whole or not at all.
    pub async fn import(&self, text: &str) -> Result<ImportView, ApiError> {
        self.import_files(&[File { name: "pasted.yaml", text }]).await
    }

    /// Imports several files in one step.
    pub async fn import_files(&self, files: &[File<'_>]) -> Result<ImportView, ApiError> {
        let existing = self.rules_text()?;
        let import = import(files, &existing);
        let view = self.import_view(&import, &existing);
        for (name, secret) in import.secrets {
            self.keep_named(&name, secret).await?;
        }
        self.save_rules("notifications.yaml", &import.manifest).await?;
        // A secret that is new may mend what the file says already.
        self.reload().await;
        Ok(view)
    }

    /// What the import of several files would do.
    pub fn import_preview_files(&self, files: &[File<'_>]) -> Result<ImportView, ApiError> {
        let existing = self.rules_text()?;
        Ok(self.import_view(&import(files, &existing), &existing))
    }

    pub(crate) async fn keep_named(&self, name: &str, secret: Secret) -> Result<(), ApiError> {
        self.vault.set(name, secret).await.map_err(|problem| self.error(&problem))
    }

    /// The text of notifications.yaml; empty if there is none.
    pub fn rules_text(&self) -> Result<String, ApiError> {
        read_or_empty(&self.dirs.rules()).map_err(|problem| self.error(&problem))
    }

    /// The rules compiled, for shells that try single rules.
    pub fn catalog(&self) -> Result<Catalog, ApiError> {
        Ok(Catalog::parse(&self.rules_text()?, &self.dirs.rules().to_string_lossy()))
    }

    fn problems_of(&self, catalog: &Catalog) -> Vec<ProblemView> {
        catalog.diagnostics().iter().map(|found| words::view(&found.problem, self.lang())).collect()
    }

    /// A problem of the text that would be written is one of the rules file.
    fn placed(&self, problem: &Problem) -> Problem {
        match problem {
            Problem::File { file, line, column, detail } if file.is_empty() => Problem::File {
                file: self.dirs.rules().display().to_string(),
                line: *line,
                column: *column,
                detail: detail.clone(),
            },
            other => other.clone(),
        }
    }

    fn import_view(&self, import: &Import, existing: &str) -> ImportView {
        let lang = self.lang();
        let mut view = ImportView {
            added: Vec::new(),
            replaced: Vec::new(),
            secrets: import.secrets.iter().map(|(name, _)| name.clone()).collect(),
            problems: Vec::new(),
            text: import.manifest.clone(),
            diff: diff(existing, &import.manifest),
        };
        for note in &import.notes {
            match note {
                ImportNote::Added { key } => view.added.push(key.clone()),
                ImportNote::Replaced { key } => view.replaced.push(key.clone()),
                // As it is now in the cluster, so it replaces what was exported.
                ImportNote::ChangedThere { key } if !view.replaced.contains(key) => {
                    view.replaced.push(key.clone())
                }
                ImportNote::Problem(problem) => view.problems.push(words::view(&self.placed(problem), lang)),
                _ => {}
            }
        }
        // What the text would mean, with the places in it.
        let catalog = Catalog::parse(&import.manifest, &self.dirs.rules().to_string_lossy());
        view.problems.extend(self.problems_of(&catalog));
        view
    }
}

/// For shells that look at files without a running engine.
pub fn check_rules(text: &str, file: &str) -> Vec<(bool, Problem)> {
    let catalog = Catalog::parse(text, file);
    catalog
        .diagnostics()
        .iter()
        .map(|found| (found.level == dinghy_rules::Level::Error, found.problem.clone()))
        .collect()
}
