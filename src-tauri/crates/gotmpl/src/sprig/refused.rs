//! Functions that a text has no use for and that would do harm or take seconds: keys, certificates, name resolution.
//! They are known, take the arguments sprig's take, and say why they do not answer.

use dinghy_govalue::Value;

use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::{Any, Int, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("buildCustomCert", &[Text, Text], certificate),
    fixed("genCA", &[Text, Int], certificate),
    fixed("genCAWithKey", &[Text, Int, Text], certificate),
    fixed("genPrivateKey", &[Text], private_key),
    fixed("genSelfSignedCert", &[Text, Any, Any, Int], certificate),
    fixed("genSelfSignedCertWithKey", &[Text, Any, Any, Int, Text], certificate),
    fixed("genSignedCert", &[Text, Any, Any, Int, Any], certificate),
    fixed("genSignedCertWithKey", &[Text, Any, Any, Int, Any, Text], certificate),
    fixed("getHostByName", &[Text], host),
];

fn certificate(_: &mut Env, _: Args<'_>) -> Result<Value, String> {
    Err("not available: templates make no keys or certificates".to_owned())
}

/// What it says of a kind of key that does not exist needs no key.
fn private_key(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    match args.bytes(0) {
        b"" | b"rsa" | b"dsa" | b"ecdsa" | b"ed25519" => certificate(env, args),
        kind => Ok(Value::str([b"Unknown type ", kind].concat())),
    }
}

/// sprig takes the first address it gets, and fails in this way when it gets none.
fn host(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    if args.bytes(0).is_empty() {
        return Err("invalid argument to Intn".to_owned());
    }
    Err("not available: templates resolve no host names".to_owned())
}
