//! Both files → what they mean. Start and reload take this one path.

use std::path::Path;
use std::sync::Arc;

use dinghy_model::{Lang, Memory, Problem};
use dinghy_rules::{Catalog, FirstContact, Options, Scope};
use dinghy_store::{Dirs, Preferences, Settings, parse_settings};

use crate::judge::rules_key;

/// What of the files is in force, for shells.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// The rules that are judged by.
    pub catalog: Arc<Catalog>,
    /// The language that settings.toml names.
    pub language: Option<Lang>,
    /// What happens to what is true at first contact.
    pub first_contact: FirstContact,
    /// What the person likes.
    pub preferences: Preferences,
    /// See [`dinghy_rules::Options::skip_sent_by_argocd`].
    pub skip_sent_by_argocd: bool,
}

impl InForce {
    /// How an application with this memory is judged when it changes.
    pub fn options(&self, memory: &Memory) -> Options {
        Options {
            first_contact: self.first_contact,
            rules_are_new: !memory.keys.contains_key(&rules_key(&self.catalog)),
            skip_sent_by_argocd: self.skip_sent_by_argocd,
            scope: Scope::All,
        }
    }
}

/// What stands on disk, read and checked.
pub struct Loaded {
    /// None: no TOML at all. Broken servers are left out and named.
    pub settings: Option<Settings>,
    /// Rules; broken keys left out.
    pub catalog: Catalog,
    /// The text they were made of.
    pub rules_text: String,
    /// What is wrong in settings.toml.
    pub settings_problems: Vec<Problem>,
    /// What is wrong in notifications.yaml.
    pub rules_problems: Vec<Problem>,
    /// The rules have errors: they must not replace good ones that are in force.
    pub rules_broken: bool,
}

/// Reads both files. A file that does not exist is an empty one.
pub fn load(dirs: &Dirs) -> Loaded {
    let (settings, settings_problems) = match read_or_empty(&dirs.settings()) {
        Ok(text) => {
            let parsed = parse_settings(&text, &dirs.settings().to_string_lossy());
            (parsed.settings, parsed.problems)
        }
        Err(problem) => (None, vec![problem]),
    };
    let (text, unreadable) = match read_or_empty(&dirs.rules()) {
        Ok(text) => (text, None),
        Err(problem) => (String::new(), Some(problem)),
    };
    let catalog = Catalog::parse(&text, &dirs.rules().to_string_lossy());
    let rules_broken = unreadable.is_some() || catalog.has_errors();
    let rules_problems = unreadable
        .into_iter()
        .chain(catalog.diagnostics().iter().map(|found| found.problem.clone()))
        .collect();
    Loaded { settings, catalog, rules_text: text, settings_problems, rules_problems, rules_broken }
}

/// The text of a file; empty if there is none. A file that is there and cannot be read is a problem.
pub fn read_or_empty(path: &Path) -> Result<String, Problem> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Problem::Io { path: path.display().to_string(), detail: error.to_string() }),
    }
}
