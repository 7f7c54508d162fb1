//! Base64 as Go's `base64.StdEncoding` reads it: line ends are skipped, unused bits may be set.

/// Decodes padded standard base64.
///
/// # Errors
/// Go's text: `illegal base64 data at input byte 4`.
pub fn decode_base64(text: &[u8]) -> Result<Vec<u8>, String> {
    let illegal = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut bytes = text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    loop {
        let (mut bits, mut have) = (0u32, 0);
        while have < 4 {
            match bytes.next() {
                None if have == 0 => return Ok(out),
                // Go counts the missing characters from the end.
                None => return illegal(text.len() - have),
                Some((at, b'=')) if have < 2 => return illegal(at),
                Some((_, b'=')) => {
                    if have == 2 {
                        match bytes.next() {
                            None => return illegal(text.len()),
                            Some((_, b'=')) => {}
                            Some((next, _)) => return illegal(next - 1),
                        }
                    }
                    if let Some((rest, _)) = bytes.next() {
                        return illegal(rest);
                    }
                    out.extend_from_slice(&(bits << (6 * (4 - have))).to_be_bytes()[1..have]);
                    return Ok(out);
                }
                Some((at, byte)) => match digit(byte) {
                    Some(value) => {
                        bits = bits << 6 | value;
                        have += 1;
                    }
                    None => return illegal(at),
                },
            }
        }
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
}

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn reads_as_go_does() {
        let check = |text: &str, want: Result<&str, &str>| {
            let have =
                decode_base64(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap_or_default());
            assert_eq!(have.as_deref().map_err(String::as_str), want, "{text:?}");
        };
        check("", Ok(""));
        check("aGk=", Ok("hi"));
        check("aGl=", Ok("hi"));
        check("aG\nk=\n", Ok("hi"));
        check("aGVsbG8gd29ybGQ=", Ok("hello world"));
        check("YQ==", Ok("a"));
        check("aGk", Err("illegal base64 data at input byte 0"));
        check("aGk=x", Err("illegal base64 data at input byte 4"));
        check("{", Err("illegal base64 data at input byte 0"));
        check("YQ=", Err("illegal base64 data at input byte 3"));
    }
}
