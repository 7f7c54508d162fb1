//! `derivePassword`: the Master Password algorithm, which makes a password from a master password and a site's name.

use dinghy_govalue::Value;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::Str as Text;

pub(super) static TABLE: &[Func] =
    &[fixed("derivePassword", &[Ty::Uint32, Text, Text, Text, Text], derive_password)];

/// One derivation takes 64 MB of memory traffic and a tenth of a second, so it counts as this many steps.
const COST: usize = 100_000;
const SCOPE: &[u8] = b"com.lyndir.masterpassword";

fn derive_password(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (kind, password, user, site) = (args.text(1), args.bytes(2), args.bytes(3), args.bytes(4));
    let Some(shapes) = shapes(&kind) else {
        return Ok(Value::str(format!("cannot find password template {kind}")));
    };
    env.work(COST)?;
    let salt = [SCOPE, &(user.len() as u32).to_be_bytes(), user].concat();
    let mut key = [0; 64];
    let fault = |what: &dyn std::fmt::Display| format!("failed to derive password: {what}");
    let params = scrypt::Params::new(15, 8, 2, key.len()).map_err(|error| fault(&error))?;
    scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| fault(&error))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| fault(&error))?;
    let counter = args.int(0) as u32;
    for part in [SCOPE, &(site.len() as u32).to_be_bytes(), site, &counter.to_be_bytes()] {
        mac.update(part);
    }
    let seed = mac.finalize().into_bytes();
    let shape = shapes[usize::from(seed[0]) % shapes.len()];
    let password: String = shape
        .bytes()
        .zip(&seed[1..])
        .map(|(class, byte)| {
            let set = characters(class);
            char::from(set[usize::from(*byte) % set.len()])
        })
        .collect();
    Ok(Value::str(password))
}

/// The patterns of a kind of password, a letter for each class of characters.
fn shapes(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        _ => return None,
    })
}

fn characters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}
