//! The address between the brackets of a URL's host: Go's `netip.ParseAddr`, as far as it says whether there is one.

use crate::text::quote;

/// Checks for an IPv6 address, with a zone or not.
///
/// # Errors
/// Go's text of what is wrong.
pub(super) fn check_literal(text: &[u8]) -> Result<(), String> {
    let fault = match text.iter().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => match version4(text) {
            Ok(()) => return Err("invalid IP-literal".to_owned()),
            Err(fault) => fault,
        },
        Some(b':') => match version6(text) {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        },
        Some(_) => ("missing IPv6 address", &b""[..]),
        None => ("unable to parse IP", &b""[..]),
    };
    let (what, at) = fault;
    let place = if at.is_empty() { String::new() } else { format!(" (at {})", quote(at)) };
    Err(format!("invalid host: ParseAddr({}): {what}{place}", quote(text)))
}

/// What is wrong, and the text from where it is wrong, or nothing.
type Fault<'t> = (&'static str, &'t [u8]);

fn version4(text: &[u8]) -> Result<(), Fault<'_>> {
    let (mut value, mut digits, mut dots) = (0u32, 0, 0);
    for (i, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err(("IPv4 field has octet with leading zero", b""));
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return Err(("IPv4 field has value >255", b""));
                }
            }
            b'.' => {
                if digits == 0 || i + 1 == text.len() {
                    return Err(("IPv4 field must have at least one digit", &text[i..]));
                }
                if dots == 3 {
                    return Err(("IPv4 address too long", b""));
                }
                (value, digits, dots) = (0, 0, dots + 1);
            }
            _ => return Err(("unexpected character", &text[i..])),
        }
    }
    if dots < 3 { Err(("IPv4 address too short", b"")) } else { Ok(()) }
}

fn version6(text: &[u8]) -> Result<(), Fault<'_>> {
    let mut rest = match text.iter().position(|byte| *byte == b'%') {
        Some(zone) if zone + 1 == text.len() => return Err(("zone must be a non-empty string", b"")),
        Some(zone) => &text[..zone],
        None => text,
    };
    let mut gap = false;
    if let Some(after) = rest.strip_prefix(b"::") {
        if after.is_empty() {
            return Ok(());
        }
        (gap, rest) = (true, after);
    }
    // How many of the sixteen bytes have been read.
    let mut bytes = 0;
    while bytes < 16 {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        match digits {
            0 => return Err(("each colon-separated field must have at least one digit", rest)),
            5.. => return Err(("each group must have 4 or less digits", rest)),
            _ => {}
        }
        if rest.get(digits) == Some(&b'.') {
            if !gap && bytes != 12 {
                let what = "embedded IPv4 address must replace the final 2 fields of the address";
                return Err((what, rest));
            }
            if bytes > 12 {
                let what = "too many hex fields to fit an embedded IPv4 at the end of the address";
                return Err((what, rest));
            }
            version4(rest)?;
            (rest, bytes) = (b"", bytes + 4);
            break;
        }
        bytes += 2;
        rest = match &rest[digits..] {
            [] => {
                rest = b"";
                break;
            }
            [b':'] => return Err(("colon must be followed by more characters", b":")),
            [b':', b':', ..] if gap => return Err(("multiple :: in address", &rest[digits + 1..])),
            [b':', b':', after @ ..] => {
                gap = true;
                after
            }
            [b':', after @ ..] => after,
            other => return Err(("unexpected character, want colon", other)),
        };
        if gap && rest.is_empty() {
            break;
        }
    }
    match (rest.is_empty(), bytes < 16) {
        (false, _) => Err(("trailing garbage after address", rest)),
        (true, true) if !gap => Err(("address string too short", b"")),
        (true, false) if gap => Err(("the :: must expand to at least one field of zeros", b"")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["::", "::1", "1:2:3:4:5:6:7:8", "fe80::1%en0", "::ffff:1.2.3.4", "1::", "1::2:3"] {
            assert_eq!(check_literal(good.as_bytes()), Ok(()), "{good}");
        }
        for bad in ["", "1.2.3.4", "g::1", "1:2", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "::1%"] {
            assert!(check_literal(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
