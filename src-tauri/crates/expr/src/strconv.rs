//! Numbers in text, as Go's strconv reads them.

use std::borrow::Cow;
use std::num::{IntErrorKind, ParseIntError};

use dinghy_govalue::quote;

/// `strconv.Atoi`'s and `strconv.ParseInt`'s words for what is wrong with a number.
pub(crate) fn int_fault(function: &str, text: &str, why: &ParseIntError) -> String {
    let what = match why.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "value out of range",
        _ => "invalid syntax",
    };
    format!("strconv.{function}: parsing {}: {what}", quote(text.as_bytes()))
}

/// `strconv.ParseFloat`: decimal or hexadecimal, `inf` and `nan` in any case; underscores may separate digits.
///
/// # Errors
/// Go's text.
pub(crate) fn parse_float(text: &str) -> Result<f64, String> {
    let fault = |what: &str| Err(format!("strconv.ParseFloat: parsing {}: {what}", quote(text.as_bytes())));
    let Some(plain) = without_underscores(text) else { return fault("invalid syntax") };
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let lower = unsigned.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return match parse_hex(digits) {
            Some(number) => Ok(if text.starts_with('-') { -number } else { number }),
            None => fault("invalid syntax"),
        };
    }
    let named = matches!(lower.as_str(), "inf" | "infinity" | "nan");
    match plain.parse::<f64>() {
        Ok(number) if number.is_infinite() && !named => fault("value out of range"),
        Ok(number) => Ok(number),
        Err(_) => fault("invalid syntax"),
    }
}

/// A number without the underscores between its digits, or after its prefix `0x`; `None` when one stands elsewhere.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(Cow::Borrowed(text));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hex = unsigned.starts_with("0x") || unsigned.starts_with("0X");
    let digits = unsigned.get(if hex { 2 } else { 0 }..)?;
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_digit(if hex { 16 } else { 10 }));
    let mut before = hex.then_some('0');
    let mut rest = digits.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '_' && !(is_digit(before) && is_digit(rest.peek().copied())) {
            return None;
        }
        before = Some(c);
    }
    Some(Cow::Owned(text.replace('_', "")))
}

/// The digits of `0x1.8p3` after the prefix; the exponent is required.
fn parse_hex(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.len() + fraction.len();
    let plain = digits > 0 && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_hexdigit());
    if !plain {
        return None;
    }
    let number = whole
        .chars()
        .chain(fraction.chars())
        .filter_map(|c| c.to_digit(16))
        .fold(0.0, |number, digit| number * 16.0 + f64::from(digit));
    let exponent: i32 = exponent.parse().ok()?;
    Some(number * 2f64.powi(exponent.saturating_sub(4 * fraction.len() as i32)))
}
