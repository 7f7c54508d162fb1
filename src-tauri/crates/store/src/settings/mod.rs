//! `settings.toml`: servers and preferences.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dinghy_model::{Lang, Problem, SecretSource, ServerConfig, ServerName};

/// The settings as the program means them: defaults filled in, strings parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Where named secrets come from; the keychain for all others.
    pub secrets: BTreeMap<String, SecretSource>,
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

/// What came of reading a `settings.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// None if the text is no TOML at all: the last good settings stay in force.
    pub settings: Option<Settings>,
    /// All that is wrong, each a [`Problem::File`], in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads the text of a `settings.toml`; `file` is the path that problems name.
pub fn parse_settings(text: &str, file: &str) -> Parsed {
    let _ = (text, file);
    todo!()
}

/// A `settings.toml` that may or may not exist: reads it, and changes it without touching what people wrote.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The file of this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it. A file that does not exist gives the defaults. Fails with `Io`.
    pub fn load(&self) -> Result<Parsed, Problem> {
        todo!()
    }

    /// Adds a server at the end. Fails if one of that name is there.
    pub fn add_server(&self, server: &ServerConfig) -> Result<(), Problem> {
        let _ = server;
        todo!()
    }

    /// Writes what differs into the server of that name, which may be renamed by it.
    pub fn update_server(&self, name: &ServerName, server: &ServerConfig) -> Result<(), Problem> {
        let _ = (name, server);
        todo!()
    }

    /// Takes a server out, with the comments that stand directly above it.
    pub fn remove_server(&self, name: &ServerName) -> Result<(), Problem> {
        let _ = name;
        todo!()
    }

    /// Sets the language; None: the system's.
    pub fn set_language(&self, language: Option<Lang>) -> Result<(), Problem> {
        let _ = language;
        todo!()
    }

    /// Sets where a secret comes from; [`SecretSource::Keychain`] takes the line out.
    pub fn set_secret_source(&self, name: &str, source: &SecretSource) -> Result<(), Problem> {
        let _ = (name, source);
        todo!()
    }
}
