//! Password hashes, and encryption under a password: AES-256 in CBC mode, the key being the password's first 32 bytes.

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use dinghy_govalue::Value;
use rand::Rng;

use super::encoding::base64_decode;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::Str as Text;

pub(super) static TABLE: &[Func] = &[
    fixed("bcrypt", &[Text], |env, args| Ok(Value::str(hash(env, args.bytes(0))?))),
    fixed("decryptAES", &[Text, Text], decrypt),
    fixed("encryptAES", &[Text, Text], encrypt),
    fixed("htpasswd", &[Text, Text], htpasswd),
];

const BLOCK: usize = 16;
/// The cost that Go's library takes unless told.
const HASH_COST: u32 = 10;
/// A hash takes a twentieth of a second, so it counts as this many steps.
const HASH_STEPS: usize = 50_000;

fn htpasswd(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let user = args.bytes(0);
    if user.contains(&b':') {
        return Ok(Value::str([b"invalid username: ", user].concat()));
    }
    Ok(Value::str([user, b":", hash(env, args.bytes(1))?.as_bytes()].concat()))
}

fn hash(env: &mut Env, password: &[u8]) -> Result<String, String> {
    let failed = |what: &dyn std::fmt::Display| format!("failed to encrypt string with bcrypt: {what}");
    if password.len() > 72 {
        return Ok(failed(&"bcrypt: password length exceeds 72 bytes"));
    }
    env.work(HASH_STEPS)?;
    let salt: [u8; 16] = rand::rng().random();
    Ok(match bcrypt::hash_with_salt(password, HASH_COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(error) => failed(&error),
    })
}

fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let length = password.len().min(key.len());
    key[..length].copy_from_slice(&password[..length]);
    key
}

fn encrypt(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let plain = args.bytes(1);
    if plain.is_empty() {
        return Ok(Value::str(""));
    }
    let iv: [u8; BLOCK] = rand::rng().random();
    let secret = cbc::Encryptor::<Aes256>::new(&key(args.bytes(0)).into(), &iv.into())
        .encrypt_padded_vec::<Pkcs7>(plain);
    Ok(Value::str(STANDARD.encode([&iv[..], &secret].concat())))
}

/// Where sprig's arithmetic on a text that is no such secret ends in a panic, this has its words.
fn decrypt(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let text = args.bytes(1);
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    let secret = base64_decode(text).map_err(|at| format!("illegal base64 data at input byte {at}"))?;
    let Some((iv, blocks)) = secret.split_first_chunk::<BLOCK>() else {
        let room = text.len() / 4 * 3;
        let place = match room < BLOCK {
            true => format!("[:{BLOCK}] with capacity {room}"),
            false => format!("[{BLOCK}:{}]", secret.len()),
        };
        return Err(format!("runtime error: slice bounds out of range {place}"));
    };
    let mut plain = cbc::Decryptor::<Aes256>::new(&key(args.bytes(0)).into(), &(*iv).into())
        .decrypt_padded_vec::<NoPadding>(blocks)
        .map_err(|_| "crypto/cipher: input not full blocks")?;
    // The last byte says how many are padding, and sprig believes it.
    let padding = plain.last().copied().ok_or("runtime error: index out of range [-1]")?;
    let length = plain.len() as i64 - i64::from(padding);
    let kept = usize::try_from(length)
        .map_err(|_| format!("runtime error: slice bounds out of range [:{length}]"))?;
    plain.truncate(kept);
    Ok(Value::str(plain))
}
