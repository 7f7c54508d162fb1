//! The keychains that are part of the system: macOS Keychain and Windows Credential Manager.
//!
//! Through `keyring`; its store is set up once and cannot fail here, as there is no service to wait for.

use dinghy_model::{Problem, Secret};
use keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::chunks::{self, Entries};
use crate::{Keychain, Prompting, SERVICE};

/// The keychain of macOS or Windows. A long value is cut (see [`chunks`]) on both: one form on disk is enough.
pub(crate) struct NativeKeychain;

impl Keychain for NativeKeychain {
    // Neither system can be asked to stay silent; both ask at most once while the program runs.
    fn get(&self, name: &str, _: Prompting) -> Result<Option<Secret>, Problem> {
        match chunks::read(&Native, name)? {
            None => Ok(None),
            Some(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(_) => Err(other("the stored value is not UTF-8")),
            },
        }
    }

    fn set(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        chunks::write(&Native, name, secret.expose().as_bytes())?;
        match self.get(name, Prompting::Allowed)? {
            Some(stored) if stored == *secret => Ok(()),
            _ => Err(other("the keychain did not give back what was stored")),
        }
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        chunks::erase(&Native, name)
    }
}

/// The entries as the system has them.
struct Native;

impl Entries for Native {
    type Error = Problem;

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        // As bytes: a password would be stored as UTF-16 on Windows, twice as long.
        absent_is_none(entry(name)?.get_secret()).map(|bytes| bytes.map(Zeroizing::new))
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), Problem> {
        entry(name)?.set_secret(value).map_err(problem)
    }

    fn erase(&self, name: &str) -> Result<(), Problem> {
        absent_is_none(entry(name)?.delete_credential()).map(drop)
    }
}

fn entry(name: &str) -> Result<Entry, Problem> {
    Entry::new(SERVICE, name).map_err(problem)
}

fn absent_is_none<T>(result: keyring::Result<T>) -> Result<Option<T>, Problem> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(problem(error)),
    }
}

/// macOS: the codes of `SecBase.h`.
#[cfg(target_os = "macos")]
fn problem(error: Error) -> Problem {
    let (Error::PlatformFailure(inner) | Error::NoStorageAccess(inner)) = &error else {
        return other(&error.to_string());
    };
    match inner.downcast_ref::<security_framework::base::Error>().map(|error| error.code()) {
        // errSecNotAvailable, errSecNoSuchKeychain
        Some(-25291 | -25294) => Problem::NoKeychain { detail: inner.to_string() },
        // errSecAuthFailed, errSecInteractionNotAllowed
        Some(-25293 | -25308) => Problem::KeychainLocked,
        // errSecUserCanceled
        Some(-128) => Problem::KeychainDismissed,
        _ => other(&inner.to_string()),
    }
}

/// Windows: no access means that there is no logon session, as in a service.
#[cfg(windows)]
fn problem(error: Error) -> Problem {
    match error {
        Error::NoStorageAccess(inner) => Problem::NoKeychain { detail: inner.to_string() },
        Error::PlatformFailure(inner) => other(&inner.to_string()),
        // Never the error's `Debug` form, which can hold the stored bytes.
        error => other(&error.to_string()),
    }
}

fn other(detail: &str) -> Problem {
    Problem::KeychainOther { detail: detail.to_owned() }
}
