//! What the settings page shows and changes, and servers that can be taken over from elsewhere.

use serde::{Deserialize, Serialize};
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
    /// Which notifications this desktop shows: `failures`, `recoveries` or `all`.
    pub show: String,
    /// When it shows none.
    pub quiet: Option<QuietForm>,
    /// `system`, `none` or a proxy's URL.
    pub proxy: String,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub log: String,
    /// The environment says how much is logged (`DINGHY_LOG`), whatever the settings say.
    pub log_fixed: bool,
    /// How many days the event log goes back.
    pub keep_days: u32,
    /// How many events it has.
    pub events: usize,
}

/// Hours in which this desktop shows no notifications, in local time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuietForm {
    /// `22:00`.
    pub from: String,
    /// `08:00`; before `from`: on the next day.
    pub to: String,
    /// What needs attention is shown nevertheless.
    pub failures_through: bool,
}

/// One setting and what it is to be.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "key", content = "value", rename_all = "snake_case")]
pub enum Preference {
    /// As [`SettingsView::show`].
    Show(String),
    /// As [`SettingsView::quiet`].
    Quiet(Option<QuietForm>),
    /// As [`SettingsView::proxy`].
    Proxy(String),
    /// As [`SettingsView::log`].
    Log(String),
    /// As [`SettingsView::keep_days`].
    KeepDays(u32),
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
