//! A string that must not be seen, and where such strings come from.

use zeroize::Zeroizing;

/// A token, password or signing secret.
///
/// Invariant: no `Debug`, `Display` or `Serialize` shows the content, and memory is wiped on drop.
/// Only `dinghy-vault` makes one from stored data; the clients call [`Secret::expose`] at the
/// moment a request is built and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the clear text.
    pub fn new(clear: impl Into<String>) -> Self {
        Self(Zeroizing::new(clear.into()))
    }

    /// The clear text. Do not store, log or format what this returns.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True for the empty string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where a named secret comes from (`[secrets]` in `settings.toml`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SecretSource {
    /// The OS keychain: what holds for a name that the file does not mention.
    #[default]
    Keychain,
    /// This environment variable.
    Env(String),
    /// What this program prints: the program and its arguments, no shell. Never empty.
    Command(Vec<String>),
}
