//! Servers: how to reach one, and how it goes.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, ServerName};

/// How to sign in (`auth` in `settings.toml`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// An API token, secret `server.NAME`.
    Token,
    /// User and password; the secret `server.NAME` is the password and the session is renewed.
    Password,
    /// Single sign-on (a later version); told apart so that a file with it is understood.
    Sso,
    /// Anonymous access.
    None,
}

/// A server as the program means it: defaults filled in, strings parsed. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Unique name.
    pub name: ServerName,
    /// Base URL without a trailing slash; a path prefix is kept.
    pub url: String,
    /// How to sign in.
    pub auth: Auth,
    /// With [`Auth::Password`].
    pub username: String,
    /// False: poll only.
    pub watch: bool,
    /// Time between two lists when polling.
    pub poll_interval: Duration,
    /// Projects to ask for; empty: all that the account may see.
    pub projects: Vec<String>,
    /// Kubernetes label selector, empty: none.
    pub selector: String,
    /// Extra CA, PEM.
    pub ca_file: Option<PathBuf>,
    /// The one certificate that is accepted, whoever signed it.
    pub certificate_sha256: Option<Fingerprint>,
    /// Certificates are not checked.
    pub insecure_skip_verify: bool,
    /// Proxy URL; None: the system's.
    pub proxy: Option<String>,
}

impl ServerConfig {
    /// Whether any certificate is accepted: to be warned of wherever the server is shown.
    pub fn is_unchecked(&self) -> bool {
        self.insecure_skip_verify && self.certificate_sha256.is_none()
    }

    /// The name under which the server's token or password is kept.
    pub fn secret_name(&self) -> String {
        secret_name(&self.name)
    }
}

/// The name under which a server's token or password is kept: `server.NAME`.
pub fn secret_name(server: &ServerName) -> String {
    format!("server.{server}")
}

/// The named states of a connection. Only `Live` and `Polling` mean that data is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ServerState {
    /// No answer yet since the start.
    Connecting,
    /// The event stream is open.
    Live,
    /// Lists at the set interval.
    Polling,
    /// 401: no token, or it expired or was revoked.
    Unauthorized,
    /// 403: the account may not list applications.
    Forbidden,
    /// No connection, timeouts, 5xx.
    Unreachable,
    /// The certificate is not to be trusted.
    TlsProblem,
    /// Something answered that is not an Argo CD.
    NotArgoCd,
}

impl ServerState {
    /// Whether what is known of this server is fresh.
    pub fn is_fresh(self) -> bool {
        matches!(self, Self::Live | Self::Polling)
    }
}
