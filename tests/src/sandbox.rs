//! A fresh folder for each test, and secrets that can be searched for afterwards.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tempfile::{Builder, TempDir};

/// Where `cargo xtask test` wants the folders, to search them for secrets when all is done.
const FOLDER: &str = "DINGHY_TEST_FOLDER";

/// The word that begins every secret of the run, from `cargo xtask test`.
const CANARY: &str = "DINGHY_TEST_CANARY";

/// A made-up secret. All that the tests use must come from here: `cargo xtask test` then finds the ones that leaked.
///
/// It holds letters and digits only, and reads the same in a URL, in JSON and in a header.
pub fn secret(name: &str) -> String {
    let word = env::var(CANARY).unwrap_or_else(|_| "canary".to_owned());
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{word}{name}")
}

/// A folder with Dinghy's two in it. It goes away with the value, except in a run that searches it for secrets: a test
/// must keep files that hold a secret on purpose elsewhere, see [`Sandbox::outside`].
#[derive(Debug)]
pub struct Sandbox {
    path: PathBuf,
    /// Deletes the folder when dropped; empty when the folder stays.
    _temporary: Option<TempDir>,
    outside: TempDir,
}

impl Sandbox {
    /// A fresh folder.
    pub fn new() -> Result<Sandbox> {
        let (path, temporary) = match env::var_os(FOLDER) {
            Some(folder) => {
                fs::create_dir_all(&folder).context("cannot create the folder for the tests")?;
                (Builder::new().prefix("test-").tempdir_in(folder)?.keep(), None)
            }
            None => {
                let folder = Builder::new().prefix("dinghy-test-").tempdir()?;
                (folder.path().to_path_buf(), Some(folder))
            }
        };
        let outside = Builder::new().prefix("dinghy-outside-").tempdir()?;
        let sandbox = Sandbox { path, _temporary: temporary, outside };
        fs::create_dir_all(sandbox.config())?;
        fs::create_dir_all(sandbox.data())?;
        Ok(sandbox)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For `--config-dir`.
    pub fn config(&self) -> PathBuf {
        self.path.join("config")
    }

    /// For `--data-dir`.
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// A folder that is not searched for secrets and always goes away: for a CA's key, a keychain, a file that a
    /// `command` source prints.
    pub fn outside(&self) -> &Path {
        self.outside.path()
    }

    /// Every file in both folders that holds these words, as they are or in base64.
    pub fn files_with(&self, words: &str) -> Result<Vec<PathBuf>> {
        // At a place that is no multiple of three its base64 reads otherwise; `cargo xtask test` looks for those.
        let forms = [words.to_owned(), STANDARD_NO_PAD.encode(words)];
        let mut found = Vec::new();
        let mut to_visit = vec![self.path.clone(), self.outside.path().to_path_buf()];
        while let Some(path) = to_visit.pop() {
            let kind = fs::symlink_metadata(&path)?.file_type();
            if kind.is_dir() {
                for entry in fs::read_dir(&path)? {
                    to_visit.push(entry?.path());
                }
            } else if kind.is_file() {
                let content = fs::read(&path)?;
                if forms.iter().any(|form| content.windows(form.len()).any(|part| part == form.as_bytes())) {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }

    /// Writes `settings.toml`.
    pub fn settings(&self, toml: &str) -> Result<&Sandbox> {
        self.write("config/settings.toml", toml)
    }

    /// Writes `notifications.yaml`.
    pub fn rules(&self, yaml: &str) -> Result<&Sandbox> {
        self.write("config/notifications.yaml", yaml)
    }

    /// Writes a file, its path counted from the folder.
    pub fn write(&self, path: &str, content: &str) -> Result<&Sandbox> {
        let path = self.path.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sandbox_is_its_own_and_has_dinghy_s_folders() {
        let (one, other) = (Sandbox::new().unwrap(), Sandbox::new().unwrap());
        assert_ne!(one.path(), other.path());
        one.settings("language = \"en\"").unwrap();
        assert!(one.config().join("settings.toml").exists());
        assert!(!other.config().join("settings.toml").exists());
        assert!(one.data().is_dir());
        assert!(!one.outside().starts_with(one.path()));
    }

    #[test]
    fn words_are_found_in_files() {
        let sandbox = Sandbox::new().unwrap();
        sandbox.write("data/deep/log", "…token=abc…").unwrap();
        sandbox.write("data/encoded", "YWJj").unwrap();
        fs::write(sandbox.outside().join("other"), "abc").unwrap();
        assert_eq!(sandbox.files_with("abc").unwrap().len(), 3);
        assert_eq!(sandbox.files_with("abd").unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_secret_needs_no_quoting_anywhere() {
        let secret = secret("server.prod");
        assert!(secret.ends_with("serverprod"));
        assert!(secret.chars().all(|c| c.is_ascii_alphanumeric()), "{secret}");
    }
}
