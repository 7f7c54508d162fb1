//! Secrets: where they are kept and how they are read.
//!
//! A [`Vault`] answers for named secrets (`server.prod`, `dingtalk-url`). Each name has a [`Source`]: the OS
//! keychain unless `settings.toml` says `env` or `command`. The crate knows nothing of servers, robots or
//! files; names are only names to it.
//!
//! Invariants: a secret leaves this crate only as a [`Secret`](dinghy_model::Secret); no error, log line or
//! `Debug` output holds one, nor what a `command` printed. Nothing here ends for good: whatever failed may
//! succeed when it is asked again, without a restart.

#[cfg(any(target_os = "macos", windows, test))]
mod chunks;
mod command;
mod keychain;
#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
mod vault;

pub use dinghy_model::SecretSource as Source;
pub use keychain::{Keychain, MemoryKeychain, Prompting, os_keychain};
pub use vault::Vault;

/// The service under which the keychain files all of Dinghy's secrets; the user is the secret's name.
const SERVICE: &str = "dinghy";
