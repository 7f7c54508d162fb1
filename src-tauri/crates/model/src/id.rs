//! Who is meant. An application is (server, namespace, name), never a name alone.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name a user gave to a server in `settings.toml`; unique there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct ServerName(pub String);

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ServerName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// One application of one server. `Display` is `server/namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
pub struct AppId {
    /// The server it was seen on.
    pub server: ServerName,
    /// `metadata.namespace`, usually `argocd`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.server, self.namespace, self.name)
    }
}
