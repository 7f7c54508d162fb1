//! The rules file as one text.

use dinghy_rules::Catalog;

use super::{diff, version};
use crate::wire::{ApiError, ManifestCheck};
use crate::{Api, words};

impl Api {
    /// What a text would mean and change, not stored.
    pub fn manifest_check(&self, text: &str) -> Result<ManifestCheck, ApiError> {
        let catalog = Catalog::parse(text, &self.dirs.rules().to_string_lossy());
        let lang = self.lang();
        Ok(ManifestCheck {
            problems: catalog.diagnostics().iter().map(|found| words::view(&found.problem, lang)).collect(),
            unreadable: catalog.is_unreadable(),
            diff: diff(&self.rules_text()?, text),
        })
    }

    /// Saves the whole file. `base`: the version of the text when it was opened.
    pub async fn manifest_save(&self, text: &str, base: &str) -> Result<(), ApiError> {
        if version(&self.rules_text()?) != base {
            return Err(self.changed_meanwhile());
        }
        self.save_rules("notifications.yaml", text).await
    }
}
