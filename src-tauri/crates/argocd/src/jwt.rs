//! Reads how long a token holds. The signature is the server's business and is not checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    /// Seconds since the epoch; RFC 7519 allows fractions.
    exp: Option<f64>,
    /// The same, of when it was made.
    iat: Option<f64>,
}

/// The claim `exp` in Unix ms; `None` if the token is no JWT or never expires.
pub fn expiry_ms(token: &str) -> Option<i64> {
    claims(token)?.exp.map(ms)
}

/// The claim `iat` in Unix ms; `None` if the token is no JWT or does not say.
pub(crate) fn issued_ms(token: &str) -> Option<i64> {
    claims(token)?.iat.map(ms)
}

fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&json).ok()
}

fn ms(seconds: f64) -> i64 {
    // `as` saturates: an absurd expiry is simply far away.
    (seconds * 1000.0) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry() {
        let token = |claims: &str| format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(expiry_ms(&token(r#"{"iss":"argocd","exp":1700000000}"#)), Some(1_700_000_000_000));
        assert_eq!(expiry_ms(&token(r#"{"exp":1700000000.5}"#)), Some(1_700_000_000_500));
        assert_eq!(expiry_ms(&token(r#"{"exp":1e300}"#)), Some(i64::MAX));
        assert_eq!(expiry_ms(&token(r#"{"sub":"ci:apiKey"}"#)), None);
        assert_eq!(expiry_ms(&token("not json")), None);
        assert_eq!(issued_ms(&token(r#"{"iat":1600000000,"exp":1700000000}"#)), Some(1_600_000_000_000));
        assert_eq!(issued_ms(&token(r#"{"exp":1700000000}"#)), None);
        for broken in ["", "a.b", "a.%%%.c", "..", "opaque"] {
            assert_eq!(expiry_ms(broken), None, "{broken}");
        }
    }
}
