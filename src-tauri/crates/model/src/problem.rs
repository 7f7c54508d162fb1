//! What can go wrong, as data. The words for people, in both languages, are in `dinghy-api`.

use serde::{Deserialize, Serialize};

use crate::{Certificate, Fingerprint, SettingFault};

/// Something wrong that a person may have to act on.
///
/// `code` in its JSON is stable: the window and scripts branch on it. No field ever holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "code", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum Problem {
    // --- reaching a server
    /// The URL cannot be used at all.
    BadUrl { url: String, detail: String },
    /// http:// to a host that is not this machine.
    PlainHttp { host: String },
    /// The host name does not resolve.
    Dns { host: String },
    /// Nothing listens, or the connection was reset.
    Refused { host: String, detail: String },
    /// No answer in time.
    Timeout { host: String },
    /// The proxy refused or cannot be reached.
    Proxy { detail: String },
    /// HTTP 5xx, or another status that says nothing more.
    ServerError { status: u16, detail: String },
    /// HTTP 429.
    TooManyRequests {
        #[ts(type = "number | null")]
        retry_after_s: Option<u64>,
    },
    /// The body ended early or is broken JSON.
    BodyCut { detail: String },
    /// The event stream fell silent or ended.
    StreamStopped { detail: String },
    // --- TLS
    /// Signed by nobody we trust, itself included.
    TlsUntrusted {
        host: String,
        #[serde(default)]
        certificate: Option<Box<Certificate>>,
    },
    /// Out of date.
    TlsExpired {
        host: String,
        #[serde(default)]
        certificate: Option<Box<Certificate>>,
    },
    /// Not valid yet: usually this machine's clock.
    TlsNotYetValid {
        host: String,
        #[serde(default)]
        certificate: Option<Box<Certificate>>,
    },
    /// For other names.
    TlsWrongName {
        host: String,
        names: Vec<String>,
        #[serde(default)]
        certificate: Option<Box<Certificate>>,
    },
    /// Another one than the user trusts.
    TlsChanged {
        host: String,
        #[ts(type = "string")]
        trusted: Fingerprint,
        certificate: Box<Certificate>,
    },
    /// The extra CA file cannot be used.
    CaFile { path: String, detail: String },
    /// Any other failure of the handshake.
    TlsOther { host: String, detail: String },
    // --- what answered
    /// HTML where JSON was due: a login proxy or a wrong URL.
    LoginPage { host: String },
    /// Something else that is not Argo CD.
    NotArgoCd { host: String, detail: String },
    // --- signing in
    /// No token at all (`no session information`).
    NoToken,
    /// The token is past its `exp`.
    TokenExpired {
        #[ts(type = "number | null")]
        at_ms: Option<i64>,
    },
    /// The server no longer takes the token.
    TokenRevoked { detail: String },
    /// `Invalid username or password`.
    BadPassword { username: String },
    /// 403.
    Forbidden { detail: String },
    /// A way of signing in that this version does not have.
    SsoUnsupported,
    // --- secrets
    /// No keychain service runs.
    NoKeychain { detail: String },
    /// It is locked and could not be unlocked.
    KeychainLocked,
    /// The user closed the prompt.
    KeychainDismissed,
    /// The keychain answered with something else.
    KeychainOther { detail: String },
    /// No such secret stored.
    SecretMissing { name: String },
    /// `env = "NAME"` and NAME is not set.
    SecretEnvUnset { name: String, variable: String },
    /// `command = […]` failed; never holds its output.
    SecretCommand { name: String, command: String, detail: String },
    /// It cannot be stored or deleted: `settings.toml` takes it from `from` (`env NAME` or `command NAME`).
    SecretElsewhere { name: String, from: String },
    // --- files
    /// A broken place in `settings.toml`. Line and column count from 1; 0: the whole file.
    Setting { file: String, line: u32, column: u32, fault: SettingFault },
    /// A broken place in the rules. Line and column count from 1; 0: the whole file.
    File { file: String, line: u32, column: u32, detail: String },
    /// A file could not be read or written.
    Io { path: String, detail: String },
    /// No space left.
    DiskFull { path: String },
    /// Written by a newer Dinghy.
    DatabaseNewer {
        #[ts(type = "number")]
        found: i64,
        #[ts(type = "number")]
        known: i64,
    },
    /// Not a database, or damaged.
    DatabaseDamaged { path: String, detail: String },
    /// Another engine runs on this data folder.
    AlreadyRunning { path: String },
    // --- rules at work
    /// A template failed for one application.
    Render { template: String, detail: String },
    /// A rendered body is not JSON. Position in the rendered text, from 1.
    BodyNotJson { template: String, line: u32, column: u32, detail: String },
    /// A subscription names a service that does not exist.
    NoSuchService { service: String },
    /// A robot's URL without `access_token`.
    NoAccessToken { service: String },
    // --- delivery
    /// A message that holds secrets was sealed with a key that is no longer there.
    OutboxKeyLost,
    /// A robot refused; see the kind.
    Robot {
        refusal: Refusal,
        #[ts(type = "number")]
        errcode: i64,
        errmsg: String,
    },
    /// A plain webhook answered with a status that is not 2xx.
    WebhookStatus { status: u16, detail: String },
    /// The desktop's notification service.
    Desktop { detail: String },
    /// Nothing on the desktop opens web pages.
    NoBrowser { url: String },
    /// Nothing on the desktop shows folders.
    NoFileManager { path: String },
    /// Anything not foreseen.
    Other { detail: String },
}

impl Problem {
    /// The certificate that a server presented and that was not accepted.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::TlsUntrusted { certificate, .. }
            | Self::TlsExpired { certificate, .. }
            | Self::TlsNotYetValid { certificate, .. }
            | Self::TlsWrongName { certificate, .. } => certificate.as_deref(),
            Self::TlsChanged { certificate, .. } => Some(certificate),
            _ => None,
        }
    }
}

/// Why a DingTalk robot refused (DingTalk's error codes, `custom-robots-send-group-messages`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// 310000: none of the keywords in the message.
    Keyword,
    /// 310000: sign not match.
    Sign,
    /// 310000: timestamp off by more than an hour.
    Timestamp,
    /// 310000: ip not in whitelist.
    IpList,
    /// 300001, 300005, 400101: no such token.
    Token,
    /// 400102: the robot was switched off.
    Disabled,
    /// 400106: the robot was removed from the group.
    Removed,
    /// 400013: the group was dissolved.
    Dissolved,
    /// 410100, 130101, 45009, 9000x: too many messages.
    Throttled,
    /// 460101, 101002, 34016: too long.
    TooLong,
    /// 43010x, 430101–430104: text, link or image not allowed.
    Content,
    /// 400105, 400402, 400403, 40035, 43002, 43004: the request was wrong.
    Request,
    /// -1 or a gateway block: try later.
    Busy,
    /// No errcode where one was due (HTML, empty, other JSON).
    NotARobot,
    /// A code this version does not know.
    Unknown,
}
