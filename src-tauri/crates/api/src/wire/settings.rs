//! What the settings page shows, and servers that can be taken over from elsewhere.

use serde::Serialize;
use ts_rs::TS;

/// How Dinghy is set up on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SettingsView {
    /// It starts when the user logs in. None: not to be had here.
    pub autostart: Option<bool>,
    /// The folder of settings.toml and notifications.yaml.
    pub config: String,
    /// The folder of the database and the log.
    pub data: String,
}

/// A context of the `argocd` command line.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FoundServer {
    /// What the server would be called.
    pub name: String,
    /// Its base URL.
    pub url: String,
    /// It has a token; without one the server would need to be signed in to.
    pub token: bool,
    /// When that token runs out.
    #[ts(type = "number | null")]
    pub expires_ms: Option<i64>,
    /// Its certificate is not checked there.
    pub insecure: bool,
    /// A server of this name or address is there already.
    pub known: bool,
}
