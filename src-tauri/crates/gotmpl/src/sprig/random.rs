//! What is different every time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dinghy_govalue::Value;
use rand::Rng;
use rand::seq::SliceRandom;

use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::Int;

pub(super) static TABLE: &[Func] = &[
    fixed("randAlpha", &[Int], |env, args| pick(env, args, |c| c.is_ascii_alphabetic())),
    fixed("randAlphaNum", &[Int], |env, args| pick(env, args, |c| c.is_ascii_alphanumeric())),
    fixed("randAscii", &[Int], |env, args| pick(env, args, |_| true)),
    fixed("randBytes", &[Int], rand_bytes),
    fixed("randInt", &[Int, Int], rand_int),
    fixed("randNumeric", &[Int], |env, args| pick(env, args, |c| c.is_ascii_digit())),
    fixed("shuffle", &[Ty::Str], |_, args| {
        let mut chars: Vec<char> = crate::text::runes(args.bytes(0)).collect();
        chars.shuffle(&mut rand::rng());
        Ok(Value::str(chars.into_iter().collect::<String>()))
    }),
    fixed("uuidv4", &[], |_, _| Ok(Value::str(uuid()))),
];

/// So many of the printable ASCII characters that `wanted` lets through.
fn pick(env: &mut Env, args: Args<'_>, wanted: fn(char) -> bool) -> Result<Value, String> {
    let count = usize::try_from(args.int(0)).unwrap_or(0);
    env.check_bytes(count)?;
    let set: Vec<char> = (' '..='~').filter(|c| wanted(*c)).collect();
    let mut rng = rand::rng();
    Ok(Value::str((0..count).map(|_| set[rng.random_range(0..set.len())]).collect::<String>()))
}

fn rand_bytes(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let count = usize::try_from(args.int(0)).map_err(|_| "runtime error: makeslice: len out of range")?;
    env.check_bytes(count)?;
    let mut bytes = vec![0; count];
    rand::rng().fill(&mut bytes[..]);
    Ok(Value::str(STANDARD.encode(bytes)))
}

fn rand_int(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (min, max) = (args.int(0), args.int(1));
    match max.wrapping_sub(min) {
        width if width <= 0 => Err("invalid argument to Intn".to_owned()),
        width => Ok(Value::int(min.wrapping_add(rand::rng().random_range(0..width)))),
    }
}

fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::rng().random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
