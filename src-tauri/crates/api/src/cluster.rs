//! The rules for the cluster's own controller.

use std::path::Path;

use dinghy_engine::read_or_empty;
use dinghy_model::{Lang, Problem};
use dinghy_rules::{Catalog, export};
use dinghy_store::{Dirs, write_atomic};

use crate::export::free_name;
use crate::wire::{ApiError, ExportView, Exported};
use crate::{Api, words};

impl Api {
    /// The rules fit for the cluster, to be looked at.
    pub fn rules_export(&self) -> Result<ExportView, ApiError> {
        export_argo(&self.dirs, self.lang()).map_err(|problem| self.error(&problem))
    }

    /// Writes them into a new file in `folder`.
    pub fn rules_export_save(&self, folder: &Path) -> Result<Exported, ApiError> {
        let view = self.rules_export()?;
        let path = free_name(folder, "argocd-notifications", "yaml");
        // Only its owner may read it: who is told what is nobody else's business.
        write_atomic(&path, view.text.as_bytes()).map_err(|problem| self.error(&problem))?;
        Ok(Exported { path: path.display().to_string(), rows: view.text.lines().count() })
    }
}

/// Makes notifications.yaml fit for the cluster. Nothing is written.
///
/// # Errors
/// When the file cannot be read or is no YAML.
pub fn export_argo(dirs: &Dirs, lang: Lang) -> Result<ExportView, Problem> {
    let file = dirs.rules();
    let text = read_or_empty(&file)?;
    let name = file.to_string_lossy();
    let made = export(&text).map_err(|error| {
        let said = Catalog::parse(&text, &name).diagnostics().first().map(|found| found.problem.clone());
        said.unwrap_or_else(|| Problem::File {
            file: name.to_string(),
            line: 0,
            column: 0,
            detail: error.to_string(),
        })
    })?;
    let mut out = made.manifest;
    if !made.secrets.is_empty() {
        out = format!("{}\n---\n{}", out.trim_end(), secret(&made.secrets, lang));
    }
    Ok(ExportView { text: out, notes: words::export_words(&made.notes, lang) })
}

fn secret<'a>(names: impl IntoIterator<Item = &'a String>, lang: Lang) -> String {
    let words = lang.pick(
        "# What the rules name. Fill in the values first, or leave this out if the cluster has them already.",
        "# 规则用到的名称。请先填入值；如果集群里已经有了，就不要应用这一段。",
    );
    let mut out = format!(
        "{words}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: argocd-notifications-secret\ntype: Opaque\nstringData:\n"
    );
    for name in names {
        out += &format!("  {name}: \"\"\n");
    }
    out
}
