//! The Secret Service of Linux desktops (GNOME Keyring, KWallet, KeePassXC) over D-Bus.
//!
//! Built on the store that `keyring` uses, opened by us: `keyring` keeps its first failure for the life of the
//! process, and here the service may start, stop or be unlocked at any time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dinghy_model::{Problem, Secret};
use keyring::{Entry, Error};
use keyring_core::api::CredentialStoreApi;
use secret_service::blocking::SecretService as Bus;
use secret_service::{EncryptionType, Error as BusError};
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use crate::{Keychain, Prompting, SERVICE};

/// A dialog that ends sooner was never seen by a person: nothing could show it.
const SEEN: Duration = Duration::from_millis(700);

/// The Secret Service. Connects at the first call, and anew after a connection that failed.
#[derive(Default)]
pub(crate) struct SecretService {
    store: Mutex<Option<Arc<Store>>>,
}

impl Keychain for SecretService {
    fn get(&self, name: &str, prompting: Prompting) -> Result<Option<Secret>, Problem> {
        if prompting == Prompting::Forbidden && is_locked(name)? {
            return Err(Problem::KeychainLocked);
        }
        match self.entry_call(name, |entry| entry.get_secret())? {
            None => Ok(None),
            Some(bytes) => secret(bytes).map(Some),
        }
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        let bytes = secret.expose().as_bytes();
        self.entry_call(name, |entry| match entry.set_secret(bytes) {
            Err(Error::NoStorageAccess(error)) if is(&error, |error| matches!(error, BusError::NoResult)) => {
                create_default_collection()?;
                entry.set_secret(bytes)
            }
            result => result,
        })?;
        match self.get(name, Prompting::Allowed)? {
            Some(stored) if stored == *secret => Ok(()),
            _ => Err(other("the keychain did not give back what was stored")),
        }
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        self.entry_call(name, |entry| entry.delete_credential()).map(drop)
    }

    fn abandon(&self) {
        self.keep(None);
    }
}

impl SecretService {
    /// One call on the entry of that name; None if there is no such entry.
    fn entry_call<T>(
        &self,
        name: &str,
        call: impl Fn(&Entry) -> keyring::Result<T>,
    ) -> Result<Option<T>, Problem> {
        let held = self.store.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(store) = held {
            let started = Instant::now();
            match call(&entry(&store, name)?) {
                // The service was restarted and knows our session no longer; or it has gone.
                Err(Error::PlatformFailure(error)) => tracing::debug!(%error, "keychain: connecting anew"),
                result => return answer(result, started),
            }
        }
        self.keep(None);
        let store = Store::new().map_err(|error| Problem::NoKeychain { detail: words(&error) })?;
        let started = Instant::now();
        let result = call(&entry(&store, name)?);
        if !matches!(result, Err(Error::PlatformFailure(_))) {
            self.keep(Some(store));
        }
        answer(result, started)
    }

    fn keep(&self, store: Option<Arc<Store>>) {
        let mut held = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let_go(std::mem::replace(&mut *held, store));
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        self.keep(None);
    }
}

/// Closes a connection on a thread of its own: zbus waits for that, and panics when a thread of an async runtime
/// waits.
fn let_go(store: Option<Arc<Store>>) {
    let Some(store) = store else { return };
    if let Err(error) = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || drop(store)) {
        tracing::debug!(%error, "keychain: no thread to close the connection on");
    }
}

fn entry(store: &Store, name: &str) -> Result<Entry, Problem> {
    let label = format!("Dinghy: {name}");
    let inner = store.build(SERVICE, name, Some(&HashMap::from([("label", label.as_str())])));
    Ok(Entry { inner: inner.map_err(|error| other(&words(&error)))? })
}

fn secret(bytes: Vec<u8>) -> Result<Secret, Problem> {
    let bytes = Zeroizing::new(bytes);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Secret::new(text)),
        Err(_) => Err(other("the stored value is not UTF-8")),
    }
}

/// Whether the entry lies in a locked collection. Shows no dialog.
fn is_locked(name: &str) -> Result<bool, Problem> {
    let bus = Bus::connect(EncryptionType::Plain)
        .map_err(|error| Problem::NoKeychain { detail: error.to_string() })?;
    let found = bus
        .search_items(HashMap::from([("service", SERVICE), ("username", name)]))
        .map_err(|error| other(&error.to_string()))?;
    Ok(found.unlocked.is_empty() && !found.locked.is_empty())
}

/// A service that was never used has no collection that new items go to; the user chooses its password.
fn create_default_collection() -> keyring::Result<()> {
    let wrap = zbus_secret_service_keyring_store::errors::decode_error;
    let bus = Bus::connect(EncryptionType::Dh).map_err(wrap)?;
    bus.create_collection("Default keyring", "default").map(drop).map_err(wrap)
}

fn answer<T>(result: keyring::Result<T>, started: Instant) -> Result<Option<T>, Problem> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(Error::NoStorageAccess(error)) if is(&error, |error| matches!(error, BusError::Prompt)) => {
            Err(if was_seen(started) { Problem::KeychainDismissed } else { Problem::KeychainLocked })
        }
        Err(Error::NoStorageAccess(error)) if is(&error, |error| matches!(error, BusError::Locked)) => {
            Err(Problem::KeychainLocked)
        }
        Err(Error::Ambiguous(entries)) => {
            Err(other(&format!("{} entries of this name, delete all but one", entries.len())))
        }
        Err(error) => Err(other(&words(&error))),
    }
}

/// Whether a person can have seen the dialog that just ended: there is a screen, and it took a moment.
fn was_seen(started: Instant) -> bool {
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    screen && started.elapsed() >= SEEN
}

fn is(error: &keyring_core::error::PlatformError, test: impl Fn(&BusError) -> bool) -> bool {
    error.downcast_ref::<BusError>().is_some_and(test)
}

/// An error in words. Never its `Debug` form, which can hold the stored bytes.
fn words(error: &Error) -> String {
    match error {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => inner.to_string(),
        error => error.to_string(),
    }
}

fn other(detail: &str) -> Problem {
    Problem::KeychainOther { detail: detail.to_owned() }
}
