//! `time.Parse`: times read by a layout.

use std::sync::Arc;

use crate::fmt::{MONTHS, WEEKDAYS};
use crate::layout::{Offset, Part, next_part};
use crate::time::Civil;
use crate::{Time, Zone};

/// What has been read so far.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    pm: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone_name: Option<String>,
}

/// Why one element could not be read.
enum Fault {
    Bad,
    Range(&'static str),
}

type Step<'a, T> = Result<(T, &'a [u8]), Fault>;

impl Time {
    /// `time.Parse`, or `time.ParseInLocation` when a zone is given: a text without a zone is read in it.
    ///
    /// # Errors
    /// Go's text: `parsing time "x" as "2006": cannot parse "x" as "2006"`.
    pub fn parse(layout: &[u8], text: &[u8], zone: Option<&Zone>) -> Result<Time, String> {
        let mut read = Read::default();
        let (mut pattern, mut rest) = (layout, text);
        loop {
            let next = next_part(pattern);
            let literal = next.map_or(pattern, |(start, _, _)| &pattern[..start]);
            rest = skip(rest, literal).map_err(|at| failure(layout, text, literal, at))?;
            let Some((start, part, end)) = next else {
                break;
            };
            let element = &pattern[start..end];
            pattern = &pattern[end..];
            rest = read.part(part, rest, pattern).map_err(|(fault, at)| match fault {
                Fault::Bad => failure(layout, text, element, at),
                Fault::Range(what) => remark(text, &format!(": {what} out of range")),
            })?;
        }
        if !rest.is_empty() {
            return Err(remark(text, &format!(": extra text: {}", quoted(rest))));
        }
        read.finish(zone).map_err(|what| remark(text, &format!(": {what}")))
    }

    /// An RFC 3339 time, as `time.Parse(time.RFC3339, text)` reads it.
    ///
    /// # Errors
    /// As [`Time::parse`].
    pub fn parse_rfc3339(text: &[u8]) -> Result<Time, String> {
        Time::parse(crate::layout::RFC3339.as_bytes(), text, None)
    }
}

impl Read {
    /// Reads one element; on failure, also the text at which Go says it stood.
    fn part<'a>(&mut self, part: Part, text: &'a [u8], after: &[u8]) -> Result<&'a [u8], (Fault, &'a [u8])> {
        self.element(part, text, after).map_err(|fault| (fault, text))
    }

    fn element<'a>(&mut self, part: Part, text: &'a [u8], after: &[u8]) -> Result<&'a [u8], Fault> {
        let mut rest;
        match part {
            Part::Year => {
                let number = digits(text, 2)?;
                rest = &text[2..];
                self.year = number + if number >= 69 { 1900 } else { 2000 };
            }
            Part::LongYear => {
                self.year = digits(text, 4)?;
                rest = &text[4..];
            }
            Part::LongMonth | Part::Month => {
                let (at, left) = name(text, &MONTHS, part == Part::Month)?;
                (self.month, rest) = (Some(at + 1), left);
            }
            Part::NumMonth | Part::ZeroMonth => {
                let (month, left) = ranged(text, part == Part::ZeroMonth, 1, 12, "month")?;
                (self.month, rest) = (Some(month), left);
            }
            Part::LongWeekday | Part::Weekday => (_, rest) = name(text, &WEEKDAYS, part == Part::Weekday)?,
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                let text =
                    if part == Part::UnderDay { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                let (day, left) = number(text, part == Part::ZeroDay)?;
                (self.day, rest) = (Some(day), left);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                let mut text = text;
                for _ in 0..2 {
                    if part == Part::UnderYearDay {
                        text = text.strip_prefix(b" ").unwrap_or(text);
                    }
                }
                let length = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if length == 0 || (part == Part::ZeroYearDay && length != 3) {
                    return Err(Fault::Bad);
                }
                self.year_day = Some(digits(text, length)?);
                rest = &text[length..];
            }
            Part::Hour => (self.hour, rest) = ranged(text, false, 0, 23, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => {
                (self.hour, rest) = ranged(text, part == Part::ZeroHour12, 0, 12, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                (self.minute, rest) = ranged(text, part == Part::ZeroMinute, 0, 59, "minute")?;
            }
            Part::Second | Part::ZeroSecond => {
                (self.second, rest) = ranged(text, part == Part::ZeroSecond, 0, 59, "second")?;
                // A fraction is read even where the layout has none.
                let planned = matches!(next_part(after), Some((_, Part::Fraction { .. }, _)));
                if has_fraction(rest) && !planned {
                    (self.nanos, rest) = fraction(rest, fraction_len(rest))?;
                }
            }
            Part::Pm | Part::LowerPm => {
                let (pm, am) = if part == Part::Pm { (b"PM", b"AM") } else { (b"pm", b"am") };
                self.pm = match text.get(..2) {
                    Some(mark) if mark == pm => Some(true),
                    Some(mark) if mark == am => Some(false),
                    _ => return Err(Fault::Bad),
                };
                rest = &text[2..];
            }
            Part::Offset(shape) => {
                if shape.z && text.first() == Some(&b'Z') {
                    self.utc = true;
                    return Ok(&text[1..]);
                }
                let (offset, left) = offset(text, shape)?;
                (self.offset, rest) = (Some(offset), left);
            }
            Part::ZoneName => {
                if let Some(left) = text.strip_prefix(b"UTC") {
                    self.utc = true;
                    return Ok(left);
                }
                let length = zone_name_len(text).ok_or(Fault::Bad)?;
                self.zone_name = Some(crate::to_str_lossy(&text[..length]).into_owned());
                rest = &text[length..];
            }
            Part::Fraction { digits, trim: false } => (self.nanos, rest) = fraction(text, digits)?,
            Part::Fraction { trim: true, .. } => {
                if !has_fraction(text) {
                    return Ok(text);
                }
                (self.nanos, rest) = fraction(text, fraction_len(text))?;
            }
        }
        Ok(rest)
    }

    fn finish(mut self, zone: Option<&Zone>) -> Result<Time, &'static str> {
        match self.pm {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(year_day) = self.year_day {
            if year_day < 1 || year_day > 365 + i64::from(days_in(2, self.year) == 29) {
                return Err("day-of-year out of range");
            }
            let start = Civil { year: self.year, month: 1, day: year_day, hour: 0, minute: 0, second: 0 };
            let date = Civil::from_secs(start.to_secs());
            if self.month.is_some_and(|month| month != date.month) {
                return Err("day-of-year does not match month");
            }
            if self.day.is_some_and(|day| day != date.day) {
                return Err("day-of-year does not match day");
            }
            (self.month, self.day) = (Some(date.month), Some(date.day));
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(month, self.year) {
            return Err("day out of range");
        }
        let (hour, minute, second) = (self.hour, self.minute, self.second);
        let civil = Civil { year: self.year, month, day, hour, minute, second };
        Ok(self.place(civil, zone))
    }

    /// The instant, in the zone that the text names, or else in the given one.
    fn place(&self, civil: Civil, zone: Option<&Zone>) -> Time {
        let local = zone.unwrap_or(&Zone::Local);
        let as_utc = Time::from_civil(civil, self.nanos, Zone::Utc);
        if self.utc {
            return as_utc;
        }
        let name = self.zone_name.as_deref().unwrap_or("");
        if let Some(offset) = self.offset {
            let shifted = Time::from_unix(as_utc.unix() - offset, self.nanos, local.clone());
            let (here, here_name) = shifted.offset();
            if here == offset && (name.is_empty() || *here_name == *name) {
                return shifted;
            }
            return shifted.within(Zone::Fixed(offset as i32, Arc::from(name)));
        }
        if self.zone_name.is_some() {
            // The local zone knows its own abbreviations; any other is taken as UTC under that name. `GMT+3` is shown
            // three hours on, and still read as if it were UTC.
            let there = Time::from_civil(civil, self.nanos, local.clone());
            if *there.offset().1 == *name {
                return there;
            }
            let hours = name.strip_prefix("GMT").and_then(|hours| hours.parse::<i64>().ok()).unwrap_or(0);
            let fixed = Zone::Fixed((hours * 3600) as i32, Arc::from(name));
            return as_utc.within(fixed);
        }
        Time::from_civil(civil, self.nanos, zone.unwrap_or(&Zone::Utc).clone())
    }
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Skips the literal text of a layout; blanks match any run of blanks.
fn skip<'a>(mut text: &'a [u8], mut literal: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    while let Some(first) = literal.first() {
        if *first == b' ' {
            if text.first().is_some_and(|byte| *byte != b' ') {
                return Err(text);
            }
            literal = literal.trim_ascii_start_of(b' ');
            text = text.trim_ascii_start_of(b' ');
        } else if text.first() == Some(first) {
            (literal, text) = (&literal[1..], &text[1..]);
        } else {
            return Err(text);
        }
    }
    Ok(text)
}

/// Trimming of one byte only, where the standard library trims all white space.
trait TrimByte {
    fn trim_ascii_start_of(&self, byte: u8) -> &[u8];
}

impl TrimByte for [u8] {
    fn trim_ascii_start_of(&self, byte: u8) -> &[u8] {
        let blanks = self.iter().take_while(|b| **b == byte).count();
        &self[blanks..]
    }
}

/// Exactly so many digits.
fn digits(text: &[u8], count: usize) -> Result<i64, Fault> {
    let text = text.get(..count).filter(|text| text.iter().all(u8::is_ascii_digit)).ok_or(Fault::Bad)?;
    Ok(text.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// One or two digits; two when `fixed`.
fn number(text: &[u8], fixed: bool) -> Step<'_, i64> {
    match text {
        [a, b, rest @ ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Ok((i64::from(a - b'0') * 10 + i64::from(b - b'0'), rest))
        }
        [a, rest @ ..] if a.is_ascii_digit() && !fixed => Ok((i64::from(a - b'0'), rest)),
        _ => Err(Fault::Bad),
    }
}

fn ranged<'a>(text: &'a [u8], fixed: bool, low: i64, high: i64, what: &'static str) -> Step<'a, i64> {
    let (number, rest) = number(text, fixed)?;
    if (low..=high).contains(&number) { Ok((number, rest)) } else { Err(Fault::Range(what)) }
}

/// A name of a table in any case, or its first three letters.
fn name<'a>(text: &'a [u8], table: &[&str], short: bool) -> Step<'a, i64> {
    for (at, name) in table.iter().enumerate() {
        let name = if short { &name[..3] } else { name };
        if text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes())) {
            return Ok((at as i64, &text[name.len()..]));
        }
    }
    Err(Fault::Bad)
}

fn has_fraction(text: &[u8]) -> bool {
    matches!(text, [b'.' | b',', digit, ..] if digit.is_ascii_digit())
}

fn fraction_len(text: &[u8]) -> usize {
    text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A separator and so many digits, in nanoseconds; digits beyond the ninth do not count.
fn fraction(text: &[u8], count: usize) -> Step<'_, i64> {
    if !matches!(text.first(), Some(b'.' | b',')) || text.len() < count + 1 {
        return Err(Fault::Bad);
    }
    let used = count.min(9);
    let number = digits(&text[1..], used)?;
    Ok((number * 10_i64.pow(9 - used as u32), &text[count + 1..]))
}

fn offset(text: &[u8], shape: Offset) -> Step<'_, i64> {
    let gap = usize::from(shape.colon);
    let length = 3 + if shape.minutes { 2 + gap } else { 0 } + if shape.seconds { 2 + gap } else { 0 };
    if text.len() < length {
        return Err(Fault::Bad);
    }
    let colon_at = |at: usize| !shape.colon || text[at] == b':';
    if (shape.minutes && !colon_at(3)) || (shape.seconds && !colon_at(6)) {
        return Err(Fault::Bad);
    }
    let field = |at: usize| number(&text[at..], true).map(|(number, _)| number);
    let hours = field(1)?;
    let minutes = if shape.minutes { field(3 + gap)? } else { 0 };
    let seconds = if shape.seconds { field(5 + 2 * gap)? } else { 0 };
    // Of several that are out of range Go names the last.
    for (number, limit, what) in [
        (seconds, 60, "time zone offset second"),
        (minutes, 60, "time zone offset minute"),
        (hours, 24, "time zone offset hour"),
    ] {
        if number > limit {
            return Err(Fault::Range(what));
        }
    }
    let total = (hours * 60 + minutes) * 60 + seconds;
    match text[0] {
        b'+' => Ok((total, &text[length..])),
        b'-' => Ok((-total, &text[length..])),
        _ => Err(Fault::Bad),
    }
}

/// How long the abbreviation of a zone at the start of the text is.
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_len(rest));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_len(text)).filter(|length| *length > 0);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// How long a signed number of hours up to 23 is; 0 when there is none.
fn signed_len(text: &[u8]) -> usize {
    let [b'+' | b'-', rest @ ..] = text else { return 0 };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match digits(rest, length.min(18)) {
        Ok(hours) if length > 0 && hours <= 23 => length + 1,
        _ => 0,
    }
}

fn failure(layout: &[u8], text: &[u8], element: &[u8], at: &[u8]) -> String {
    format!(
        "parsing time {} as {}: cannot parse {} as {}",
        quoted(text),
        quoted(layout),
        quoted(at),
        quoted(element)
    )
}

fn remark(text: &[u8], message: &str) -> String {
    format!("parsing time {}{message}", quoted(text))
}

/// Package time's own quoting: everything that is not printable ASCII byte by byte.
pub(crate) fn quoted(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            0x7f => out.push('\x7f'),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
