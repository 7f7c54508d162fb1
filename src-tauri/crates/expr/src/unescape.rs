//! Quoted literals without their quotes and escapes. Behaviour: parser/lexer/utils.go of expr 1.17.8.

use dinghy_govalue::Str;

const FAILED: &str = "unable to unescape string";

/// A string literal, quotes included, as the string it stands for. `\x` and octal escapes name characters.
pub(crate) fn unescape(literal: &str) -> Result<Str, &'static str> {
    walk(literal, |kind, code, out| match kind {
        Escape::Unicode | Escape::Byte => {
            // What is no character (a surrogate) becomes the replacement character.
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            Ok(())
        }
    })
}

/// A bytes literal without its `b`. `\x` and octal escapes name bytes, and there are no `\u` escapes.
pub(crate) fn unescape_bytes(literal: &str) -> Result<Str, &'static str> {
    walk(literal, |kind, code, out| match (kind, u8::try_from(code)) {
        (Escape::Byte, Ok(byte)) => {
            out.push(byte);
            Ok(())
        }
        _ => Err(FAILED),
    })
}

/// How an escape wrote its code.
enum Escape {
    /// `\u`, `\U`
    Unicode,
    /// `\x` and octal
    Byte,
}

fn walk(
    literal: &str,
    numeric: impl Fn(Escape, u32, &mut Vec<u8>) -> Result<(), &'static str>,
) -> Result<Str, &'static str> {
    let normal;
    let literal = if literal.contains('\r') {
        normal = literal.replace("\r\n", "\n").replace('\r', "\n");
        &normal
    } else {
        literal
    };
    let mut rest = &literal[1..literal.len() - 1];
    if !rest.contains('\\') {
        return Ok(Str::from(rest));
    }
    let mut out = Vec::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let c = rest.chars().next().ok_or("unable to unescape string, found '\\' as last character")?;
        rest = &rest[c.len_utf8()..];
        let simple = match c {
            'a' => 0x07,
            'b' => 0x08,
            'f' => 0x0c,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0x0b,
            '\\' | '\'' | '"' | '`' | '?' => c as u8,
            'x' | 'X' => {
                numeric(Escape::Byte, hex(&mut rest, 2)?, &mut out)?;
                continue;
            }
            'u' if rest.starts_with('{') => {
                let (digits, after) = rest[1..].split_once('}').ok_or(FAILED)?;
                let code = u32::from_str_radix(digits, 16).map_err(|_| FAILED)?;
                if code > 0x10_ffff {
                    return Err(FAILED);
                }
                numeric(Escape::Unicode, code, &mut out)?;
                rest = after;
                continue;
            }
            'u' => {
                numeric(Escape::Unicode, hex(&mut rest, 4)?, &mut out)?;
                continue;
            }
            'U' => {
                numeric(Escape::Unicode, hex(&mut rest, 8)?, &mut out)?;
                continue;
            }
            '0'..='3' => {
                let digits =
                    rest.get(..2).filter(|digits| digits.bytes().all(|b| (b'0'..=b'7').contains(&b)));
                let digits = digits.ok_or("unable to unescape octal sequence in string")?;
                let low = u32::from_str_radix(digits, 8).map_err(|_| FAILED)?;
                numeric(Escape::Byte, (u32::from(c) - u32::from('0')) * 64 + low, &mut out)?;
                rest = &rest[2..];
                continue;
            }
            _ => return Err(FAILED),
        };
        out.push(simple);
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(Str::from(out))
}

fn hex(rest: &mut &str, count: usize) -> Result<u32, &'static str> {
    let digits =
        rest.get(..count).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(FAILED)?;
    let code = u32::from_str_radix(digits, 16).map_err(|_| FAILED)?;
    if code > 0x10_ffff {
        return Err(FAILED);
    }
    *rest = &rest[count..];
    Ok(code)
}
