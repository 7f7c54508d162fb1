//! 加签: the signature of a request (`customize-robot-security-settings`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dinghy_model::Secret;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// `base64(HMAC-SHA256(key = secret, "{timestamp_ms}\n{secret}"))`, not percent-encoded: whoever puts
/// it into a URL encodes it, exactly once. The secret counts with its `SEC` in front.
pub fn sign(secret: &Secret, timestamp_ms: i64) -> String {
    let secret = secret.expose();
    // HMAC takes a key of any length.
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mac) => mac,
        Err(_) => return String::new(),
    };
    mac.update(format!("{timestamp_ms}\n{secret}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hmac`, the first also with OpenSSL.
    #[test]
    fn vectors() {
        let long = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for (timestamp_ms, secret, expected) in [
            (1_700_000_000_000, long, "bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU="),
            (1_700_000_000_004, long, "ZeaJlNY30xUaF/p+hFzRR5gZ4qFj+i4uxCJUEwchUXQ="),
            (1_700_000_000_000, "this is secret", "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0="),
        ] {
            assert_eq!(sign(&Secret::new(secret), timestamp_ms), expected);
        }
    }
}
