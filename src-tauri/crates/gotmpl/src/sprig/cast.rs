//! Conversions between types, as github.com/spf13/cast v1.7.1 makes them for sprig: what cannot be converted is zero.

use dinghy_govalue::{Str, Value};

use crate::number;

/// `cast.ToInt64`; `ToInt` is the same on 64 bits.
pub(super) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Int(int) => int.as_i64(),
        Value::Month(n) | Value::Weekday(n) => *n,
        Value::Float(float) => float_to_int(*float),
        Value::Str(text) => {
            text.as_str().and_then(|text| number::parse_int(without_zeros(text))).unwrap_or(0)
        }
        Value::Bool(truth) => i64::from(*truth),
        _ => 0,
    }
}

/// Go's `int64(f)` on amd64: out of range is the smallest integer.
pub(super) fn float_to_int(float: f64) -> i64 {
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float) {
        float as i64
    } else {
        i64::MIN
    }
}

/// `3.00` is read as `3`; anything but zeros behind the dot stays.
fn without_zeros(text: &str) -> &str {
    let short = text.trim_end_matches('0');
    match short.strip_suffix('.') {
        Some(whole) if short.len() < text.len() => whole,
        _ => text,
    }
}

/// `cast.ToFloat64`
pub(super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(int) => int.as_f64(),
        Value::Month(n) | Value::Weekday(n) => *n as f64,
        Value::Float(float) => *float,
        Value::Str(text) => text.as_str().and_then(parse_float).unwrap_or(0.0),
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        _ => 0.0,
    }
}

/// `strconv.ParseFloat` of any text: also knows infinity and what is no number.
fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let word = unsigned.to_ascii_lowercase();
    match word.as_str() {
        "inf" | "infinity" => Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        "nan" if unsigned.len() == text.len() => Some(f64::NAN),
        _ => number::parse_float(text),
    }
}

/// `strconv.ParseInt(text, 10, 64)` without its error: out of range gives the limit, anything else 0.
pub(super) fn atoi(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let magnitude = digits
        .iter()
        .fold(0u128, |sum, digit| (sum * 10 + u128::from(digit - b'0')).min(u128::from(u64::MAX)));
    if negative {
        i64::try_from(-(magnitude as i128)).unwrap_or(i64::MIN)
    } else {
        i64::try_from(magnitude).unwrap_or(i64::MAX)
    }
}

/// sprig's `strval`: the string, or what `%v` prints.
pub(super) fn to_text(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        Value::Bytes(bytes) => Str::from(bytes.clone()),
        other => Str::from(crate::text::print(other)),
    }
}

/// sprig's `strslice`: the elements of a list as strings without the nil ones; any other value alone.
pub(super) fn to_texts(value: &Value) -> Vec<Str> {
    match value {
        Value::List(list) => list.iter().filter(|item| !item.is_nil()).map(to_text).collect(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| Str::from(byte.to_string())).collect(),
        Value::Nil => Vec::new(),
        other => vec![to_text(other)],
    }
}
