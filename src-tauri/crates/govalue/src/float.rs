//! Floating-point numbers as text (strconv.FormatFloat).

/// The shortest digits that read back as the same number, as `%v` writes them (strconv's `'g'` with precision -1):
/// with an exponent below 1e-4 and from 1e6 on.
pub fn format_shortest(value: f64) -> String {
    format_float(value, 'g', None)
}

/// `strconv.FormatFloat(value, format, precision, 64)` for the formats `b e E f g G x X`; `None` asks for the fewest
/// digits that read back as the same number.
pub fn format_float(value: f64, format: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    match format {
        'e' => scientific(value, precision),
        'E' => scientific(value, precision).to_uppercase(),
        'g' => general(value, precision),
        'G' => general(value, precision).to_uppercase(),
        'b' => binary(value),
        'x' => hexadecimal(value, precision),
        'X' => hexadecimal(value, precision).to_uppercase(),
        _ => match precision {
            Some(digits) => with_decimals(value, digits),
            None => plain(value),
        },
    }
}

fn scientific(value: f64, precision: Option<usize>) -> String {
    let (mantissa, exponent) = split(value, precision);
    with_exponent(&mantissa, exponent)
}

fn general(value: f64, precision: Option<usize>) -> String {
    let (mantissa, exponent) = split(value, precision.map(|digits| digits.saturating_sub(1)));
    let trimmed =
        if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { &mantissa };
    let digits = trimmed.bytes().filter(u8::is_ascii_digit).count();
    let digits_i32 = i32::try_from(digits).unwrap_or(i32::MAX);
    let limit = match precision {
        None => 6,
        Some(asked) => {
            let asked = i32::try_from(asked.max(1)).unwrap_or(i32::MAX);
            if asked > digits_i32 && digits_i32 > exponent { digits_i32 } else { asked }
        }
    };
    if value != 0.0 && (exponent < -4 || exponent >= limit) {
        return with_exponent(trimmed, exponent);
    }
    match precision {
        None => plain(value),
        Some(_) => {
            let decimals = usize::try_from(digits_i32 - 1 - exponent).unwrap_or(0);
            with_decimals(value, decimals)
        }
    }
}

/// Digits with a point after the first, and the decimal exponent.
fn split(value: f64, decimals: Option<usize>) -> (String, i32) {
    let exact = decimals.map(|decimals| decimals.min(ALL_DECIMALS));
    let text = match exact {
        Some(exact) => format!("{value:.exact$e}"),
        None => shortest(value),
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let more = decimals.unwrap_or(0).saturating_sub(ALL_DECIMALS);
    (digits.to_owned() + &"0".repeat(more), exponent.parse().unwrap_or(0))
}

/// No float has more decimals than that which are not zero. `format!` takes no precision above 65,535.
const ALL_DECIMALS: usize = 1100;

fn with_decimals(value: f64, decimals: usize) -> String {
    let exact = decimals.min(ALL_DECIMALS);
    format!("{value:.exact$}") + &"0".repeat(decimals - exact)
}

/// The fewest digits that read back as the same number, with an exponent. Where two texts of that length lie equally
/// near, Go takes the even one and the standard library the larger; exact rounding to that length is as Go's.
fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    // Texts of fewer digits lie further apart than numbers do: no two of them are the same number.
    if digits < 16 {
        return text;
    }
    let even = format!("{value:.*e}", digits - 1);
    if even.parse() == Ok(value) { even } else { text }
}

/// The same without an exponent.
fn plain(value: f64) -> String {
    let text = format!("{value}");
    if text.len() < 16 {
        return text;
    }
    let (mantissa, exponent) = split(value, None);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    match usize::try_from(digits as i32 - 1 - exponent) {
        Ok(decimals) if decimals > 0 => format!("{value:.decimals$}"),
        _ => text,
    }
}

/// Go writes the sign of an exponent always, and at least two digits.
fn with_exponent(digits: &str, exponent: i32) -> String {
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// Mantissa and exponent of 2 such that `value == mantissa * 2^exponent`.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    }
}

fn sign(value: f64) -> &'static str {
    if value.is_sign_negative() { "-" } else { "" }
}

fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{}{mantissa}p{exponent:+}", sign(value))
}

fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // One hexadecimal digit, always 1, then 60 bits of fraction.
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent += 60 - shift;
    }
    if let Some(digits) = precision.filter(|digits| *digits < 15) {
        let drop = 60 - 4 * digits as u32;
        let (rest, half) = (mantissa & ((1 << drop) - 1), 1 << (drop - 1));
        mantissa >>= drop;
        if rest > half || (rest == half && mantissa & 1 == 1) {
            mantissa += 1;
        }
        mantissa <<= drop;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(digits) if digits <= fraction.len() => fraction[..digits].to_owned(),
        Some(digits) => format!("{fraction}{}", "0".repeat(digits - fraction.len())),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{}0x{}{point}{fraction}p{exponent_sign}{:02}",
        sign(value),
        mantissa >> 60,
        exponent.unsigned_abs()
    )
}
