//! What a server shows of itself when a TLS connection begins, as far as a person needs it to decide about trust.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The SHA-256 digest of a certificate. `Display` is `AB:CD:…` as openssl and browsers write it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint(pub [u8; 32]);

/// The text is not 32 bytes in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 fingerprint")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    /// In either case; colons and spaces between the bytes do not count, nor does what openssl writes before it
    /// (`sha256 Fingerprint=`).
    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let text = text.rsplit_once('=').map_or(text, |(_, digits)| digits);
        let digits: Vec<u8> = text
            .chars()
            .filter(|character| !matches!(character, ':' | ' '))
            .map(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or(NotAFingerprint)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        if digits.len() != 64 {
            return Err(NotAFingerprint);
        }
        bytes.try_into().map(Self).map_err(|_| NotAFingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = NotAFingerprint;

    fn try_from(text: String) -> Result<Self, NotAFingerprint> {
        text.parse()
    }
}

/// A certificate that a server presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Certificate {
    /// Of the whole certificate.
    #[ts(type = "string")]
    pub sha256: Fingerprint,
    /// Whom it is for: `O=Argo CD, CN=argocd-server`; empty if it does not say.
    pub subject: String,
    /// Who signed it, in the same form.
    pub issuer: String,
    /// Subject and issuer are the same: nobody else vouches for it.
    pub self_signed: bool,
    /// Host names and IP addresses.
    pub names: Vec<String>,
    /// From when it holds.
    #[ts(type = "number")]
    pub not_before_ms: i64,
    /// Until when.
    #[ts(type = "number")]
    pub not_after_ms: i64,
    /// The host that was connected to is among its names.
    pub covers_host: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:FE:FF";

    #[test]
    fn fingerprints_as_people_paste_them() {
        let bare = TEXT.replace(':', "");
        let check = |text: &str, good: bool| {
            let read = text.parse::<Fingerprint>();
            assert_eq!(read.is_ok(), good, "{text}");
            if let Ok(read) = read {
                assert_eq!(read.to_string(), TEXT, "{text}");
            }
        };
        check(TEXT, true);
        check(&bare, true);
        check(&bare.to_lowercase(), true);
        check(&TEXT.replace(':', " "), true);
        check(&format!("sha256 Fingerprint={TEXT}"), true);
        check(&format!(" {TEXT} "), true);
        check("", false);
        check(&TEXT[3..], false);
        check(&format!("{TEXT}:00"), false);
        check(&bare[1..], false);
        check(&TEXT.replace("FE", "GE"), false);
        check(&TEXT.replace("FE", "ＦＥ"), false);
        // The SHA-1 one that stands beside it in browsers.
        check("DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09", false);
    }

    #[test]
    fn json_is_the_text() {
        let read: Fingerprint = serde_json::from_str(&format!("\"{TEXT}\"")).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), format!("\"{TEXT}\""));
        assert!(serde_json::from_str::<Fingerprint>("\"AB\"").is_err());
    }
}
