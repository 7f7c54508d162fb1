//! `time.Duration`: nanoseconds in 64 bits, printed and parsed as Go does.

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Nanoseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;

/// `Duration.String`: `1m30s`, `1.5ms`, `0s`.
pub fn format_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let n = nanos.unsigned_abs();
    if n == 0 {
        return "0s".to_owned();
    }
    if n < SECOND as u64 {
        return match n {
            0..1_000 => format!("{sign}{n}ns"),
            1_000..1_000_000 => format!("{sign}{}µs", decimal(n, 1_000)),
            _ => format!("{sign}{}ms", decimal(n, 1_000_000)),
        };
    }
    let (hours, minutes) = (n / HOUR as u64, n / MINUTE as u64 % 60);
    let seconds = decimal(n % MINUTE as u64, SECOND as u64);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, _) => format!("{sign}{minutes}m{seconds}s"),
        _ => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// `n / unit` without trailing zeros.
fn decimal(n: u64, unit: u64) -> String {
    let fraction = format!("{:0width$}", n % unit, width = unit.ilog10() as usize);
    match fraction.trim_end_matches('0') {
        "" => (n / unit).to_string(),
        fraction => format!("{}.{fraction}", n / unit),
    }
}

/// `time.ParseDuration`: `1h30m`, `-1.5s`, `100ms`.
///
/// # Errors
/// Go's text: `time: invalid duration "x"`, and its kin for a missing or unknown unit.
pub fn parse_duration(text: &[u8]) -> Result<i64, String> {
    let shown = || crate::timeparse::quoted(text);
    let invalid = || format!("time: invalid duration {}", shown());
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let whole_len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = number(&rest[..whole_len]).ok_or_else(invalid)?;
        rest = &rest[whole_len..];
        let mut fraction: &[u8] = &[];
        if let [b'.', after @ ..] = rest {
            let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (fraction, rest) = after.split_at(length);
        }
        if whole_len == 0 && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_len = rest.iter().take_while(|byte| **byte != b'.' && !byte.is_ascii_digit()).count();
        let (name, after) = rest.split_at(unit_len);
        rest = after;
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", shown()));
        }
        let unit = unit(name).ok_or_else(|| {
            format!("time: unknown unit {} in duration {}", crate::timeparse::quoted(name), shown())
        })?;
        let mut nanos = whole.checked_mul(unit).filter(|nanos| *nanos <= 1 << 63).ok_or_else(invalid)?;
        nanos += part_of(fraction, unit);
        total = total.checked_add(nanos).filter(|total| *total <= 1 << 63).ok_or_else(invalid)?;
    }
    if negative {
        return Ok((total as i64).wrapping_neg());
    }
    i64::try_from(total).map_err(|_| invalid())
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        b"us" => 1_000,
        _ if name == "µs".as_bytes() || name == "μs".as_bytes() => 1_000,
        b"ms" => 1_000_000,
        b"s" => SECOND as u64,
        b"m" => MINUTE as u64,
        b"h" => HOUR as u64,
        _ => return None,
    })
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |number, digit| {
        number.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|number| *number <= 1 << 63)
    })
}

/// The digits after the point, as a part of the unit; digits that no longer fit do not count.
fn part_of(fraction: &[u8], unit: u64) -> u64 {
    let (mut number, mut scale) = (0u64, 1f64);
    for digit in fraction {
        let Some(next) = number.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit - b'0'))) else {
            break;
        };
        if next > i64::MAX as u64 {
            break;
        }
        (number, scale) = (next, scale * 10.0);
    }
    (number as f64 * (unit as f64 / scale)) as u64
}
