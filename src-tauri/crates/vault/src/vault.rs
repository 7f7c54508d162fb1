//! Named secrets, whatever their source. Knows no operating system.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use dinghy_model::{Problem, Secret};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::command::{from_command, from_env};
use crate::{Keychain, Prompting, Source};

/// How long a value is used before its source is asked again. Long enough that a burst of messages costs one
/// `pass show`, short enough that a secret changed elsewhere is taken up by itself.
const FRESH: Duration = Duration::from_secs(60);
/// How long an unlock dialog may stand open before the call is given up.
const KEYCHAIN_TIME: Duration = Duration::from_secs(120);

/// Named secrets. Failures are never remembered, values for a minute.
///
/// After the user dismissed an unlock dialog, reading does not bring it up again: it answers
/// [`Problem::KeychainDismissed`] until the keychain is unlocked by other means, [`Vault::ask_again`] is
/// called, or a secret is stored.
pub struct Vault {
    keychain: Arc<dyn Keychain>,
    sources: RwLock<BTreeMap<String, Source>>,
    /// One slot a name. Its lock is held while the value is fetched, so that ten tasks that need one secret
    /// run one command.
    slots: Mutex<HashMap<String, Slot>>,
    /// One dialog at a time.
    keychain_turn: tokio::sync::Mutex<()>,
    /// The user dismissed the dialog.
    hushed: AtomicBool,
}

type Slot = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// A value and when it was read.
struct Kept {
    secret: Secret,
    at: Instant,
}

impl Vault {
    /// A vault over this keychain; names that `sources` lacks are the keychain's.
    pub fn new(keychain: Box<dyn Keychain>, sources: BTreeMap<String, Source>) -> Self {
        Self {
            keychain: keychain.into(),
            sources: RwLock::new(sources),
            slots: Mutex::default(),
            keychain_turn: tokio::sync::Mutex::default(),
            hushed: AtomicBool::new(false),
        }
    }

    /// Puts other sources in force, as after a change of `settings.toml`. Everything is read anew.
    pub fn set_sources(&self, sources: BTreeMap<String, Source>) {
        *self.sources.write().unwrap_or_else(PoisonError::into_inner) = sources;
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The value of a secret, at most a minute old.
    ///
    /// Fails with `NoKeychain`, `KeychainLocked`, `KeychainDismissed`, `KeychainOther`, `SecretMissing`,
    /// `SecretEnvUnset` or `SecretCommand`. Lasts as long as an unlock dialog stands open (two minutes at
    /// most) or a command runs (ten seconds at most).
    pub async fn get(&self, name: &str) -> Result<Secret, Problem> {
        let slot = self.slot(name);
        let mut slot = slot.lock().await;
        if let Some(kept) = slot.as_ref().filter(|kept| kept.at.elapsed() < FRESH) {
            return Ok(kept.secret.clone());
        }
        *slot = None;
        let secret = self.fetch(name).await?;
        *slot = Some(Kept { secret: secret.clone(), at: Instant::now() });
        Ok(secret)
    }

    /// Forgets the value that was read: the next [`Vault::get`] asks the source. For a secret that was refused.
    pub fn forget(&self, name: &str) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// The user wants another try: the next read may bring up the unlock dialog again.
    pub fn ask_again(&self) {
        self.hushed.store(false, Ordering::Relaxed);
    }

    /// Stores a secret in the keychain, in place of the former one. May bring up the unlock dialog.
    ///
    /// Fails as [`Vault::get`] does, and with `SecretElsewhere` for a name that `settings.toml` takes from
    /// somewhere else: what is stored would never be read.
    pub async fn set(&self, name: &str, secret: Secret) -> Result<(), Problem> {
        self.change(name, move |keychain, name| keychain.set(name, &secret)).await
    }

    /// Deletes a secret from the keychain; that there is none is no failure. Fails as [`Vault::set`] does.
    pub async fn delete(&self, name: &str) -> Result<(), Problem> {
        self.change(name, |keychain, name| keychain.delete(name)).await
    }

    fn slot(&self, name: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(name.to_owned()).or_default().clone()
    }

    fn source(&self, name: &str) -> Source {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.get(name).cloned().unwrap_or_default()
    }

    async fn fetch(&self, name: &str) -> Result<Secret, Problem> {
        match self.source(name) {
            Source::Env(variable) => from_env(name, &variable),
            Source::Command(argv) => from_command(name, &argv).await,
            Source::Keychain => {
                let found =
                    self.with_keychain(name, |keychain, name, prompting| keychain.get(name, prompting));
                found.await?.ok_or_else(|| Problem::SecretMissing { name: name.to_owned() })
            }
        }
    }

    async fn change(
        &self,
        name: &str,
        change: impl FnOnce(&dyn Keychain, &str) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        let elsewhere = |from| Err(Problem::SecretElsewhere { name: name.to_owned(), from });
        match self.source(name) {
            Source::Keychain => {}
            Source::Env(variable) => return elsewhere(format!("env {variable}")),
            Source::Command(argv) => {
                return elsewhere(format!(
                    "command {}",
                    argv.first().map(String::as_str).unwrap_or_default()
                ));
            }
        }
        self.ask_again();
        let done = self.with_keychain(name, move |keychain, name, _| change(keychain, name)).await;
        // Also after a failure: nobody knows what is stored now.
        self.forget(name);
        done
    }

    /// Makes one call of the keychain on a thread of its own.
    ///
    /// Not on the runtime's blocking threads: a dialog that nobody answers would hold up the end of the program.
    async fn with_keychain<T: Send + 'static>(
        &self,
        name: &str,
        call: impl FnOnce(&dyn Keychain, &str, Prompting) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let _turn = self.keychain_turn.lock().await;
        let hushed = self.hushed.load(Ordering::Relaxed);
        let prompting = if hushed { Prompting::Forbidden } else { Prompting::Allowed };
        let (answer, answered) = oneshot::channel();
        let (keychain, name) = (self.keychain.clone(), name.to_owned());
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || answer.send(call(&*keychain, &name, prompting)))
            .map_err(|error| Problem::KeychainOther { detail: error.to_string() })?;
        let result = match tokio::time::timeout(KEYCHAIN_TIME, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                Err(Problem::KeychainOther { detail: "the call ended without an answer".to_owned() })
            }
            Err(_) => {
                self.keychain.abandon();
                Err(Problem::KeychainDismissed)
            }
        };
        match result {
            Err(Problem::KeychainDismissed) => {
                self.hushed.store(true, Ordering::Relaxed);
                Err(Problem::KeychainDismissed)
            }
            Err(Problem::KeychainLocked) if hushed => Err(Problem::KeychainDismissed),
            // It is unlocked: when it locks itself the next time, the user may be asked.
            Ok(value) => {
                self.ask_again();
                Ok(value)
            }
            result => result,
        }
    }
}

#[cfg(test)]
mod tests;
