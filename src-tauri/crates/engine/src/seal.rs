//! Messages that hold secrets, encrypted for the outbox.
//!
//! A sealed payload is XChaCha20-Poly1305 over its JSON, with 24 random bytes as the nonce, and bound to the message: in
//! another row, for another destination, it does not open. The key is the secret [`KEY`], made when it is first needed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload as Sealing};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use dinghy_model::{Message, Payload, Problem, Secret};
use dinghy_vault::Vault;
use sha2::{Digest, Sha256};

/// The name of the key among the secrets. No rule can read it: in `$name` there are no dots, and templates may not.
pub(crate) const KEY: &str = "outbox.key";
const NONCE: usize = 24;

/// The key; makes one if there is none yet. Fails as the vault fails.
pub(crate) async fn key(vault: &Vault) -> Result<Secret, Problem> {
    match vault.get(KEY).await {
        Err(Problem::SecretMissing { .. }) => {
            let made: [u8; 32] = rand::random();
            vault.set(KEY, Secret::new(STANDARD.encode(made))).await?;
            // What is there now: another Dinghy may have made one at the same time.
            vault.get(KEY).await
        }
        found => found,
    }
}

/// The payload of a message, sealed for it. None only if memory cannot be had.
pub(crate) fn seal(message: &Message, key: &Secret) -> Option<Payload> {
    let clear = serde_json::to_vec(&message.payload).ok()?;
    let nonce: [u8; NONCE] = rand::random();
    let about = about(message);
    let sealing = Sealing { msg: &clear, aad: &about };
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), sealing).ok()?;
    Some(Payload::Sealed { text: STANDARD.encode([&nonce[..], &sealed].concat()) })
}

/// What was sealed for a message. None: with another key or for another message, or it was damaged.
pub(crate) fn open(message: &Message, text: &str, key: &Secret) -> Option<Payload> {
    let sealed = STANDARD.decode(text).ok()?;
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let about = about(message);
    let sealing = Sealing { msg: sealed, aad: &about };
    serde_json::from_slice(&cipher(key).decrypt(&XNonce::from(*nonce), sealing).ok()?).ok()
}

/// Any text may be the key, as `[secrets]` gives it.
fn cipher(key: &Secret) -> XChaCha20Poly1305 {
    let key: [u8; 32] = Sha256::digest(key.expose()).into();
    XChaCha20Poly1305::new(&key.into())
}

fn about(message: &Message) -> Vec<u8> {
    let Message { uuid, service, recipient, .. } = message;
    [uuid, service, recipient].map(|text| [&text.len().to_le_bytes()[..], text.as_bytes()].concat()).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(uuid: &str, service: &str) -> Message {
        Message {
            app: None,
            trigger: "t".to_owned(),
            service: service.to_owned(),
            recipient: String::new(),
            uuid: uuid.to_owned(),
            payload: Payload::Robot { body: "{\"hush\": \"机密\"}".to_owned() },
            created_ms: 0,
            gist: None,
        }
    }

    #[test]
    fn opens_with_its_key_and_for_its_message_alone() {
        let (key, of) = (Secret::new("k"), message("1", "ops"));
        let sealed = |message: &Message, key: &Secret| match seal(message, key) {
            Some(Payload::Sealed { text }) => text,
            other => panic!("{other:?}"),
        };
        let text = sealed(&of, &key);
        assert_eq!(open(&of, &text, &key), Some(of.payload.clone()));
        assert_ne!(sealed(&of, &key), text, "never the same twice");
        assert!(!STANDARD.decode(&text).expect("base64").windows(4).any(|part| part == b"hush"));
        assert_eq!(open(&of, &text, &Secret::new("other")), None, "another key");
        for other in [message("2", "ops"), message("1", "spy")] {
            assert_eq!(open(&other, &text, &key), None, "another message");
        }
        let cut = STANDARD.encode([0; 23]);
        for broken in ["", "!", &text[4..], &cut, &text.replacen(char::is_alphanumeric, "/", 40)] {
            assert_eq!(open(&of, broken, &key), None, "{broken}");
        }
    }
}
