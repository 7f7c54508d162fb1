//! What a keychain is to the vault, and the one that lives in memory. Knows no operating system.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use dinghy_model::{Problem, Secret};

/// Whether the user may be asked to unlock the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompting {
    /// The keychain may show its dialog; the call lasts until it is answered.
    Allowed,
    /// No dialog: a locked keychain is [`Problem::KeychainLocked`].
    Forbidden,
}

/// A place that keeps secrets by name.
///
/// Calls block, with [`Prompting::Allowed`] as long as a dialog stands open; the [`Vault`](crate::Vault) makes
/// them on a thread of their own. Failures are `NoKeychain`, `KeychainLocked`, `KeychainDismissed` or
/// `KeychainOther`, and none of them is remembered: the next call tries again.
pub trait Keychain: Send + Sync {
    /// Reads a secret; None if there is none of that name.
    fn get(&self, name: &str, prompting: Prompting) -> Result<Option<Secret>, Problem>;

    /// Stores a secret in place of the former one, and has read it back when it returns.
    fn set(&self, name: &str, secret: &Secret) -> Result<(), Problem>;

    /// Deletes a secret. That there is none is no failure.
    fn delete(&self, name: &str) -> Result<(), Problem>;

    /// A call was given up on and may hang for ever: the next one must not wait for it.
    fn abandon(&self) {}
}

/// The keychain of this operating system: Secret Service, macOS Keychain or Windows Credential Manager.
///
/// Nothing is contacted before the first call.
pub fn os_keychain() -> Box<dyn Keychain> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return Box::new(crate::secret_service::SecretService::default());
    #[cfg(any(target_os = "macos", windows))]
    return Box::new(crate::native::NativeKeychain);
}

/// A keychain that is gone with the process: for the demo and for tests.
#[derive(Default)]
pub struct MemoryKeychain {
    secrets: Mutex<BTreeMap<String, Secret>>,
}

impl From<BTreeMap<String, Secret>> for MemoryKeychain {
    fn from(secrets: BTreeMap<String, Secret>) -> Self {
        Self { secrets: Mutex::new(secrets) }
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, name: &str, _: Prompting) -> Result<Option<Secret>, Problem> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}
