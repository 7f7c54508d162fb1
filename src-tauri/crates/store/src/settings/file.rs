//! The file itself: read, changed in one place, written whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dinghy_model::{Lang, Problem, SecretSource, ServerConfig, ServerName, SettingFault};

use super::{LogLevel, Parsed, QuietHours, Show, edit, parse_settings, write_time};
use crate::atomic::{io_problem, write_atomic};

/// A `settings.toml` that may or may not exist: reads it, and changes it without touching what people wrote.
///
/// A change fails with [`Problem::Setting`] if the file has a syntax error, or would be wrong after it where it
/// was not before; then nothing is written. Also with `Io` and `DiskFull`.
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
        Ok(match self.read()? {
            Ok(text) => self.parse(&text),
            Err(problem) => Parsed { settings: None, problems: vec![problem] },
        })
    }

    /// Adds a server at the end. Its name must be new.
    pub fn add_server(&self, server: &ServerConfig) -> Result<(), Problem> {
        self.change(|text| edit::add_server(text, server))
    }

    /// Writes what differs into the server of that name, which may be renamed by it.
    ///
    /// A server that was broken is written anew, key by key.
    pub fn update_server(&self, name: &ServerName, server: &ServerConfig) -> Result<(), Problem> {
        self.change(|text| {
            let settings = self.parse(text).settings.unwrap_or_default();
            let current = settings.servers.into_iter().find(|current| current.name == *name);
            edit::update_server(text, name, current.as_ref(), server)
        })
    }

    /// Takes a server out, with the comments that stand directly above it.
    pub fn remove_server(&self, name: &ServerName) -> Result<(), Problem> {
        self.change(|text| edit::remove_server(text, name))
    }

    /// Sets the language; None: the system's.
    pub fn set_language(&self, language: Option<Lang>) -> Result<(), Problem> {
        self.change(|text| edit::set_language(text, language))
    }

    /// Which notifications this desktop shows.
    pub fn set_show(&self, show: Show) -> Result<(), Problem> {
        self.change(|text| edit::set_values(text, "desktop", [("show", Some(show.word().into()))]))
    }

    /// When this desktop shows no notifications; None: never.
    pub fn set_quiet(&self, quiet: Option<QuietHours>) -> Result<(), Problem> {
        let time = |minutes: u16| Some(write_time(minutes).into());
        let through = quiet.map(|quiet| quiet.failures_through);
        let values = [
            ("quiet_from", quiet.and_then(|quiet| time(quiet.from))),
            ("quiet_to", quiet.and_then(|quiet| time(quiet.to))),
            ("quiet_lets_failures_through", through.filter(|through| *through).map(Into::into)),
        ];
        self.change(|text| edit::set_values(text, "desktop", values))
    }

    /// The proxy of whoever names none of its own: a URL, `none`, or empty: the system's.
    pub fn set_proxy(&self, proxy: &str) -> Result<(), Problem> {
        let value = Some(proxy).filter(|proxy| !proxy.is_empty()).map(Into::into);
        self.change(|text| edit::set_values(text, "network", [("proxy", value)]))
    }

    /// How much is logged.
    pub fn set_log(&self, level: LogLevel) -> Result<(), Problem> {
        self.change(|text| edit::set_values(text, "log", [("level", Some(level.word().into()))]))
    }

    /// How many days the event log goes back.
    pub fn set_keep(&self, days: u32) -> Result<(), Problem> {
        self.change(|text| edit::set_values(text, "events", [("keep", Some(format!("{days}d").into()))]))
    }

    /// Sets where a secret comes from; [`SecretSource::Keychain`] takes the line out.
    pub fn set_secret_source(&self, name: &str, source: &SecretSource) -> Result<(), Problem> {
        self.change(|text| edit::set_secret_source(text, name, source))
    }

    fn parse(&self, text: &str) -> Parsed {
        parse_settings(text, &self.path.display().to_string())
    }

    /// The text; the inner error is that it is not UTF-8.
    fn read(&self) -> Result<Result<String, Problem>, Problem> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(io_problem(&self.path, &error)),
        };
        Ok(String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line =
                u32::try_from(good.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX);
            self.problem(line, 1, SettingFault::Syntax { detail: "not UTF-8".to_owned() })
        }))
    }

    fn change(&self, change: impl FnOnce(&str) -> Result<String, SettingFault>) -> Result<(), Problem> {
        let old = self.read()??;
        let before = self.parse(&old);
        if before.settings.is_none() {
            return before.problems.into_iter().next().map_or(Ok(()), Err);
        }
        let new = change(&old).map_err(|fault| self.problem(0, 0, fault))?;
        let mut known: Vec<_> = before.problems.iter().map(fault).collect();
        let is_new = |problem: &Problem| match known.iter().position(|known| *known == fault(problem)) {
            Some(index) => known.swap_remove(index).is_none(),
            None => true,
        };
        match self.parse(&new).problems.into_iter().find(is_new) {
            Some(problem) => Err(problem),
            None if new == old => Ok(()),
            None => write_atomic(&self.path, new.as_bytes()),
        }
    }

    fn problem(&self, line: u32, column: u32, fault: SettingFault) -> Problem {
        Problem::Setting { file: self.path.display().to_string(), line, column, fault }
    }
}

/// What is wrong, wherever it stands; the line in which the first of two servers stands moves with an edit.
fn fault(problem: &Problem) -> Option<SettingFault> {
    match problem {
        Problem::Setting { fault: SettingFault::DuplicateServer { name, .. }, .. } => {
            Some(SettingFault::DuplicateServer { name: name.clone(), line: 0 })
        }
        Problem::Setting { fault, .. } => Some(fault.clone()),
        _ => None,
    }
}
