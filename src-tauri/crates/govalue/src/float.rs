//! Floating-point numbers as text.

/// The shortest digits that read back as the same number, as `%v` writes them (strconv's `'g'` with precision -1):
/// with an exponent below 1e-4 and from 1e6 on.
pub fn format_shortest(value: f64) -> String {
    shortest(value, -4, 6)
}

/// Shortest digits; exponent form when the decimal exponent is below `low` or at least `high`.
pub(crate) fn shortest(value: f64, low: i32, high: i32) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && (exponent < low || exponent >= high) {
        with_exponent(digits, exponent)
    } else {
        format!("{value}")
    }
}

/// Go writes the sign of an exponent always, and at least two digits.
pub(crate) fn with_exponent(digits: &str, exponent: i32) -> String {
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}
