//! `settings.toml`: servers and preferences.

mod duration;
mod edit;
mod file;
mod preferences;
mod raw;
mod report;
mod resolve;
mod section;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use dinghy_model::{Lang, Problem, SecretSource, ServerConfig, ServerName, SettingFault};
use toml_edit::Document;

pub use duration::parse as duration;
pub use file::SettingsFile;
pub use preferences::{LogLevel, Preferences, QuietHours, Show, parse_time, write_time};
use report::Report;

/// The settings as the program means them: defaults filled in, strings parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// None: the system's.
    pub language: Option<Lang>,
    /// In the order of the file; unique names. Servers that are broken are not among them.
    pub servers: Vec<ServerConfig>,
    /// Names of the servers that the file has and that cannot be used as they stand there: whoever has an
    /// earlier version of one in force may keep it.
    pub broken: Vec<ServerName>,
    /// What happens when an application is seen for the first time.
    pub first_contact: FirstContact,
    /// A message that could not be delivered for so long goes into a digest.
    pub stale_after: Duration,
    /// Whether what the cluster's own controller has sent is not sent again to a service of that name.
    pub skip_sent_by_argocd: bool,
    /// The alerts that are built in.
    pub alerts: Alerts,
    /// What the person likes.
    pub preferences: Preferences,
    /// Where named secrets come from; the keychain for all others.
    pub secrets: BTreeMap<String, SecretSource>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            servers: Vec::new(),
            broken: Vec::new(),
            first_contact: FirstContact::default(),
            stale_after: resolve::STALE_AFTER,
            skip_sent_by_argocd: false,
            alerts: Alerts::default(),
            preferences: Preferences::default(),
            secrets: BTreeMap::new(),
        }
    }
}

/// `events.first_contact`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstContact {
    /// What is already true is remembered and not sent.
    #[default]
    Baseline,
    /// It is sent, as Argo CD does.
    Send,
}

/// `[alerts]`: what Dinghy watches without rules in the manifest. None: switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// An application is not Synced for so long.
    pub not_synced_for: Option<Duration>,
    /// No application of a server is visible for so long.
    pub no_apps_for: Option<Duration>,
    /// Who is told: `SERVICE` or `SERVICE:RECIPIENT`, as in a subscription.
    pub send_to: Vec<String>,
}

/// What came of reading a `settings.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// None if the text is no TOML at all: the last good settings stay in force.
    pub settings: Option<Settings>,
    /// All that is wrong, each a [`Problem::Setting`], in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads the text of a `settings.toml`; `file` is its path, which problems name and relative paths start from.
pub fn parse_settings(text: &str, file: &str) -> Parsed {
    let mut report = Report::new(text, file);
    let settings = match Document::parse(text) {
        Ok(document) => {
            let folder = Path::new(file).parent().unwrap_or(Path::new(""));
            Some(resolve::resolve(raw::read(&document, &mut report), folder, &mut report))
        }
        Err(error) => {
            let detail = error.message().lines().collect::<Vec<_>>().join("; ");
            report.add(report::start(error.span()), SettingFault::Syntax { detail });
            None
        }
    };
    Parsed { settings, problems: report.problems() }
}

#[cfg(test)]
mod tests;
