//! A certificate that was not accepted, as the window shows it before somebody trusts it.

use serde::Serialize;
use ts_rs::TS;

/// What a server presented.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CertificateView {
    /// `AB:CD:…`.
    pub sha256: String,
    /// Whom it is for; may be empty.
    pub subject: String,
    /// Who signed it; may be empty.
    pub issuer: String,
    /// Nobody but itself vouches for it.
    pub self_signed: bool,
    /// Host names and IP addresses.
    pub names: Vec<String>,
    /// From when it holds.
    #[ts(type = "number")]
    pub not_before_ms: i64,
    /// Until when.
    #[ts(type = "number")]
    pub not_after_ms: i64,
    /// All that is wrong with it, a sentence each.
    pub wrong: Vec<String>,
    /// The fingerprint of the one that is trusted, where this is another one.
    pub trusted: Option<String>,
    /// Trusting it would help: it is in date.
    pub can_trust: bool,
}
