//! Constants in templates: numbers under every type that can hold them, and quoted text, as Go's `strconv` reads them.

use crate::ast::Number;
use crate::lex::Kind;

/// Reads a number token.
///
/// # Errors
/// Go's message.
pub(crate) fn parse(text: &str, kind: Kind) -> Result<Number, String> {
    let mut number = Number { text: text.to_owned(), ..Number::default() };
    match kind {
        Kind::CharConstant => {
            let rune = char_constant(text)?;
            number.int = Some(i64::from(rune));
            number.uint = Some(u64::from(rune));
            number.float = Some(f64::from(rune));
            return Ok(number);
        }
        Kind::Complex => {
            number.complex = Some(complex(text)?);
            simplify(&mut number);
            return Ok(number);
        }
        _ => {}
    }
    if let Some(imaginary) = text.strip_suffix('i').and_then(parse_float) {
        number.complex = Some((0.0, imaginary));
        simplify(&mut number);
        return Ok(number);
    }
    number.uint = parse_uint(text);
    number.int = parse_int(text);
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Some(float) = parse_float(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", crate::text::quote(text.as_bytes())));
        }
        number.float = Some(float);
        integers_of(&mut number, float);
    }
    if number.float.is_none() {
        return Err(format!("illegal number syntax: {}", crate::text::quote(text.as_bytes())));
    }
    Ok(number)
}

/// The integers a float can be exchanged for.
fn integers_of(number: &mut Number, float: f64) {
    if float.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float) {
        number.int = Some(float as i64);
    }
    if float.fract() == 0.0 && (0.0..18_446_744_073_709_551_616.0).contains(&float) {
        number.uint = Some(float as u64);
    }
}

fn simplify(number: &mut Number) {
    if let Some((real, 0.0)) = number.complex {
        number.float = Some(real);
        integers_of(number, real);
    }
}

/// What `fmt.Sscan` reads of a number such as `1+2i`, which is not all that looks like one.
fn complex(text: &str) -> Result<(f64, f64), String> {
    const SYNTAX: &str = "syntax error scanning complex number";
    let real = float_token(text);
    let after = &text[real.len()..];
    if !after.starts_with(['+', '-']) {
        return Err(SYNTAX.to_owned());
    }
    let imaginary = &after[..1 + float_token(&after[1..]).len()];
    if !after[imaginary.len()..].starts_with('i') {
        return Err(SYNTAX.to_owned());
    }
    Ok((scan_float(real)?, scan_float(imaginary)?))
}

/// The part at the start that can belong to a float: sign, digits, point, exponent.
fn float_token(text: &str) -> &str {
    fn skip<'a>(text: &'a str, set: &[char], most: usize) -> &'a str {
        let count = text.chars().take(most).take_while(|c| set.contains(c)).count();
        &text[count..]
    }
    const HEX: &[char] = &[
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '_', 'a', 'b', 'c', 'd', 'e', 'f', 'A', 'B', 'C',
        'D', 'E', 'F',
    ];
    const DECIMAL: &[char] = HEX.split_at(11).0;
    // An `i` might have begun `Inf`, and is gone.
    let mut rest = skip(skip(text, &['+', '-'], 1), &['i'], 1);
    let hex = rest.starts_with("0x") || rest.starts_with("0X");
    let (digits, exponent): (_, &[char]) =
        if hex { (HEX, &['p', 'P']) } else { (DECIMAL, &['e', 'E', 'p', 'P']) };
    rest = skip(if hex { &rest[2..] } else { rest }, digits, usize::MAX);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = skip(fraction, digits, usize::MAX);
    }
    if let Some(behind) = rest.strip_prefix(exponent) {
        rest = skip(skip(behind, &['+', '-'], 1), DECIMAL, usize::MAX);
    }
    &text[..text.len() - rest.len()]
}

fn scan_float(text: &str) -> Result<f64, String> {
    let fault =
        |what: &str| format!("strconv.ParseFloat: parsing {}: {what}", crate::text::quote(text.as_bytes()));
    parse_float(text).ok_or_else(|| match text.replace('_', "").parse::<f64>() {
        Ok(_) => fault("value out of range"),
        Err(_) => fault("invalid syntax"),
    })
}

/// Go's `strconv.ParseUint(text, 0, 64)`.
fn parse_uint(text: &str) -> Option<u64> {
    let (base, digits, prefixed) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..], true),
        [b'0', b'b' | b'B', ..] => (2, &text[2..], true),
        [b'0', b'o' | b'O', ..] => (8, &text[2..], true),
        [b'0', _, ..] => (8, &text[1..], true),
        _ => (10, text, false),
    };
    if digits.starts_with(['+', '-']) || !underscores_ok(digits, prefixed) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), base).ok()
}

/// Go's `strconv.ParseInt(text, 0, 64)`.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = parse_uint(digits)?;
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// Underscores only between digits or behind a base prefix.
fn underscores_ok(digits: &str, prefixed: bool) -> bool {
    let mut before = if prefixed { '0' } else { '_' };
    for c in digits.chars() {
        if c == '_' && before == '_' {
            return false;
        }
        before = c;
    }
    before != '_'
}

/// Go's `strconv.ParseFloat(text, 64)` where the text is a number as the lexer sees it.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        let value = hex_float(&unsigned[2..])?;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = if text.contains('_') {
        // Underscores stand between digits; what separates the runs of digits is dot, exponent and sign.
        if !unsigned.split(['.', 'e', 'E', '+', '-']).all(|run| run.is_empty() || underscores_ok(run, false))
        {
            return None;
        }
        text.replace('_', "").parse::<f64>()
    } else {
        text.parse::<f64>()
    };
    value.ok().filter(|value| value.is_finite())
}

/// `HEX[.HEX]p[+-]DEC`; the exponent is obligatory.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = whole.chars().chain(fraction.chars()).filter(|c| *c != '_').collect();
    if digits.is_empty() || !underscores_ok(whole, true) || fraction.contains('_') {
        return None;
    }
    let mut bits: u64 = 0;
    let mut dropped = 0i64;
    for digit in digits.chars() {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 58 == 0 {
            bits = bits << 4 | digit;
        } else {
            // What does not fit can only decide a tie when rounding.
            bits |= u64::from(digit != 0);
            dropped += 4;
        }
    }
    let exponent: i64 = exponent.parse().ok()?;
    let shift = exponent.checked_add(dropped)?.checked_sub(4 * fraction.len() as i64)?;
    let value = scale(bits as f64, shift);
    value.is_finite().then_some(value)
}

/// `value * 2^shift` without overflow of the factor.
fn scale(mut value: f64, shift: i64) -> f64 {
    let mut left = shift.clamp(-4000, 4000) as i32;
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(step);
        left -= step;
    }
    value
}

/// The rune of `'x'`.
fn char_constant(text: &str) -> Result<u32, String> {
    const INVALID: &str = "invalid syntax";
    let inner = text.strip_prefix('\'').ok_or(INVALID)?;
    let mut rest = inner.as_bytes();
    let rune = match unescape(&mut rest, b'\'').ok_or(INVALID)? {
        Unescaped::Byte(byte) => u32::from(byte),
        Unescaped::Char(c) => c as u32,
    };
    if rest == b"'" { Ok(rune) } else { Err(format!("malformed character constant: {text}")) }
}

/// Go's `strconv.Unquote` of a text in double quotes or backquotes.
///
/// # Errors
/// Go's `invalid syntax`.
pub(crate) fn unquote(text: &str) -> Result<Vec<u8>, String> {
    if let Some(raw) = text.strip_prefix('`').and_then(|t| t.strip_suffix('`')) {
        return Ok(raw.bytes().filter(|b| *b != b'\r').collect());
    }
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).ok_or("invalid syntax")?;
    let mut rest = inner.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        match unescape(&mut rest, b'"').ok_or("invalid syntax")? {
            Unescaped::Byte(byte) => out.push(byte),
            Unescaped::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Ok(out)
}

enum Unescaped {
    Byte(u8),
    Char(char),
}

/// Takes one character or escape off the front.
fn unescape(rest: &mut &[u8], quote: u8) -> Option<Unescaped> {
    let (&first, tail) = rest.split_first()?;
    if first == quote || first == b'\n' {
        return None;
    }
    if first != b'\\' {
        // The source is UTF-8, so a character begins here.
        let c = std::str::from_utf8(&rest[..rest.len().min(utf8_len(first))]).ok()?.chars().next()?;
        *rest = &rest[c.len_utf8()..];
        return Some(Unescaped::Char(c));
    }
    let (&escape, tail) = tail.split_first()?;
    *rest = tail;
    let mut digits = |n: usize, radix: u32| {
        let head = rest.get(..n)?;
        let mut value = 0u32;
        for byte in head {
            value = value * radix + (*byte as char).to_digit(radix)?;
        }
        *rest = &rest[n..];
        Some(value)
    };
    Some(match escape {
        b'a' => Unescaped::Byte(7),
        b'b' => Unescaped::Byte(8),
        b'f' => Unescaped::Byte(12),
        b'n' => Unescaped::Byte(b'\n'),
        b'r' => Unescaped::Byte(b'\r'),
        b't' => Unescaped::Byte(b'\t'),
        b'v' => Unescaped::Byte(11),
        b'\\' => Unescaped::Byte(b'\\'),
        b'x' => Unescaped::Byte(digits(2, 16)? as u8),
        b'u' => Unescaped::Char(char::from_u32(digits(4, 16)?)?),
        b'U' => Unescaped::Char(char::from_u32(digits(8, 16)?)?),
        b'0'..=b'7' => {
            let low = digits(2, 8)?;
            Unescaped::Byte(u8::try_from(u32::from(escape - b'0') * 64 + low).ok()?)
        }
        b'\'' | b'"' if escape == quote => Unescaped::Byte(escape),
        _ => return None,
    })
}

fn utf8_len(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_go_reads_them() {
        let of = |text| {
            let n = parse(text, Kind::Number)?;
            Ok((n.int, n.float))
        };
        let overflow = Err("integer overflow: \"99999999999999999999\"".to_owned());
        assert_eq!(of("017"), Ok((Some(15), Some(15.0))));
        assert_eq!(of("1_000"), Ok((Some(1000), Some(1000.0))));
        assert_eq!(of("0x1p4"), Ok((Some(16), Some(16.0))));
        assert_eq!(of("1e3"), Ok((Some(1000), Some(1000.0))));
        assert_eq!(of("-.5"), Ok((None, Some(-0.5))));
        assert_eq!(of("99999999999999999999"), overflow);
        assert_eq!(of("089"), Err("integer overflow: \"089\"".to_owned()));
        assert_eq!(of("1_"), Err("illegal number syntax: \"1_\"".to_owned()));
        assert_eq!(parse("1+2i", Kind::Complex).map(|n| n.complex), Ok(Some((1.0, 2.0))));
        assert_eq!(parse("'\\n'", Kind::CharConstant).map(|n| n.int), Ok(Some(10)));
    }

    #[test]
    fn quoted_text() {
        assert_eq!(unquote(r#""a\tb\x41\u00e9\101""#).as_deref(), Ok("a\tbAéA".as_bytes()));
        assert_eq!(unquote(r#""\xff""#).as_deref(), Ok(&[0xff][..]));
        assert_eq!(unquote(r#""\q""#), Err("invalid syntax".to_owned()));
        assert_eq!(unquote("`a\\n\r\n`").as_deref(), Ok(&b"a\\n\n"[..]));
    }
}
