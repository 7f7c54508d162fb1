//! Base64, base32 and checksums.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dinghy_govalue::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::func::{Func, Ty, fixed};

pub(super) static TABLE: &[Func] = &[
    fixed("adler32sum", &[Ty::Str], |_, args| Ok(Value::str(adler32(args.bytes(0)).to_string()))),
    fixed("b32dec", &[Ty::Str], |_, args| Ok(or_error(base32_decode(args.bytes(0)), "base32"))),
    fixed("b32enc", &[Ty::Str], |_, args| Ok(Value::str(base32_encode(args.bytes(0))))),
    fixed("b64dec", &[Ty::Str], |_, args| Ok(or_error(base64_decode(args.bytes(0)), "base64"))),
    fixed("b64enc", &[Ty::Str], |_, args| Ok(Value::str(STANDARD.encode(args.bytes(0))))),
    fixed("sha1sum", &[Ty::Str], |_, args| Ok(Value::str(hex(&Sha1::digest(args.bytes(0)))))),
    fixed("sha256sum", &[Ty::Str], |_, args| Ok(Value::str(hex(&Sha256::digest(args.bytes(0)))))),
    fixed("sha512sum", &[Ty::Str], |_, args| Ok(Value::str(hex(&Sha512::digest(args.bytes(0)))))),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % MODULUS;
        b = (b + a) % MODULUS;
    }
    b << 16 | a
}

/// sprig gives the error's text in place of the data. Go names the place of the first bad byte.
fn or_error(decoded: Result<Vec<u8>, usize>, name: &str) -> Value {
    Value::str(decoded.unwrap_or_else(|at| format!("illegal {name} data at input byte {at}").into_bytes()))
}

fn base64_digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// Skips line ends, and does not mind bits left over at the end.
pub(super) fn base64_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut input = text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    loop {
        let mut group = 0;
        for place in 0..4 {
            let Some((at, byte)) = input.next() else {
                return if place == 0 { Ok(out) } else { Err(text.len() - place) };
            };
            if let Some(digit) = base64_digit(byte) {
                group = group << 6 | digit;
                continue;
            }
            if byte != b'=' || place < 2 {
                return Err(at);
            }
            if place == 2 {
                match input.next() {
                    None => return Err(text.len()),
                    Some((second, byte)) if byte != b'=' => return Err(second - 1),
                    Some(_) => {}
                }
            }
            if let Some((trailing, _)) = input.next() {
                return Err(trailing);
            }
            let bits = group << (6 * (4 - place));
            out.extend_from_slice(&bits.to_be_bytes()[1..place]);
            return Ok(out);
        }
        out.extend_from_slice(&group.to_be_bytes()[1..]);
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(bits);
        let digits = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = (bits >> (35 - 5 * place)) as usize & 31;
            out.push(if place < digits { char::from(BASE32[digit]) } else { '=' });
        }
    }
    out
}

fn base32_decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    for (group, digits) in text.chunks(8).enumerate() {
        let start = group * 8;
        let last = start + digits.len() == text.len();
        let mut bits = 0u64;
        let mut count = 0;
        for (place, byte) in digits.iter().enumerate() {
            if *byte == b'=' && place >= 2 && last {
                if digits.len() < 8 {
                    return Err(text.len());
                }
                if let Some(bad) = digits[place..].iter().position(|byte| *byte != b'=') {
                    return Err(start + place + bad - 1);
                }
                if matches!(place, 3 | 6) {
                    return Err(start + place);
                }
                break;
            }
            let digit = BASE32.iter().position(|known| known == byte).ok_or(start + place)?;
            bits = bits << 5 | digit as u64;
            count += 1;
        }
        if digits.len() < 8 {
            // The end came before the padding.
            return Err(text.len() - digits.len());
        }
        let bytes = (bits << (5 * (8 - count))).to_be_bytes();
        out.extend_from_slice(&bytes[3..3 + count * 5 / 8]);
    }
    Ok(out)
}
