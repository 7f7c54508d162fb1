//! Go's time layouts: the reference time taken apart, and times written by it.

use std::io::Write;

use crate::fmt::{MONTHS, WEEKDAYS};
use crate::time::Civil;
use crate::{Time, Zone};

/// `time.RFC3339`
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
/// `time.RFC3339Nano`
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// Go's named layouts, as the variables `time.…` offer them.
pub const LAYOUTS: [(&str, &str); 19] = [
    ("Layout", "01/02 03:04:05PM '06 -0700"),
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", RFC3339),
    ("RFC3339Nano", RFC3339_NANO),
    ("Kitchen", "3:04PM"),
    ("Stamp", "Jan _2 15:04:05"),
    ("StampMilli", "Jan _2 15:04:05.000"),
    ("StampMicro", "Jan _2 15:04:05.000000"),
    ("StampNano", "Jan _2 15:04:05.000000000"),
    ("DateTime", "2006-01-02 15:04:05"),
    ("DateOnly", "2006-01-02"),
    ("TimeOnly", "15:04:05"),
];

/// One element of the reference time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    Pm,
    LowerPm,
    /// `MST`
    ZoneName,
    Offset(Offset),
    /// Digits after the separator; `trim` drops trailing zeros (`.999`).
    Fraction {
        digits: usize,
        trim: bool,
    },
}

/// A numeric zone such as `-07:00` or `Z0700`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    /// `Z` stands for UTC.
    pub(crate) z: bool,
    pub(crate) colon: bool,
    pub(crate) minutes: bool,
    pub(crate) seconds: bool,
}

/// The first element of a layout: the text before it, the element, and where the layout goes on.
pub(crate) fn next_part(layout: &[u8]) -> Option<(usize, Part, usize)> {
    (0..layout.len()).find_map(|at| {
        let (part, skip, length) = part_at(&layout[at..])?;
        Some((at + skip, part, at + skip + length))
    })
}

/// The element that starts here: literal bytes before it, its length.
fn part_at(rest: &[u8]) -> Option<(Part, usize, usize)> {
    let is = |text: &str| rest.starts_with(text.as_bytes());
    let lower_after = |n: usize| rest.get(n).is_some_and(u8::is_ascii_lowercase);
    let found = |part: Part, length: usize| Some((part, 0, length));
    match *rest.first()? {
        b'J' if is("January") => found(Part::LongMonth, 7),
        b'J' if is("Jan") && !lower_after(3) => found(Part::Month, 3),
        b'M' if is("Monday") => found(Part::LongWeekday, 6),
        b'M' if is("Mon") && !lower_after(3) => found(Part::Weekday, 3),
        b'M' if is("MST") => found(Part::ZoneName, 3),
        b'0' => match rest.get(1)? {
            b'1' => found(Part::ZeroMonth, 2),
            b'2' => found(Part::ZeroDay, 2),
            b'3' => found(Part::ZeroHour12, 2),
            b'4' => found(Part::ZeroMinute, 2),
            b'5' => found(Part::ZeroSecond, 2),
            b'6' => found(Part::Year, 2),
            b'0' if is("002") => found(Part::ZeroYearDay, 3),
            _ => None,
        },
        b'1' if is("15") => found(Part::Hour, 2),
        b'1' => found(Part::NumMonth, 1),
        b'2' if is("2006") => found(Part::LongYear, 4),
        b'2' => found(Part::Day, 1),
        b'_' if is("_2006") => Some((Part::LongYear, 1, 4)),
        b'_' if is("_2") => found(Part::UnderDay, 2),
        b'_' if is("__2") => found(Part::UnderYearDay, 3),
        b'3' => found(Part::Hour12, 1),
        b'4' => found(Part::Minute, 1),
        b'5' => found(Part::Second, 1),
        b'P' if is("PM") => found(Part::Pm, 2),
        b'p' if is("pm") => found(Part::LowerPm, 2),
        first @ (b'-' | b'Z') => {
            let z = first == b'Z';
            let shapes = [
                ("070000", Offset { z, colon: false, minutes: true, seconds: true }),
                ("07:00:00", Offset { z, colon: true, minutes: true, seconds: true }),
                ("0700", Offset { z, colon: false, minutes: true, seconds: false }),
                ("07:00", Offset { z, colon: true, minutes: true, seconds: false }),
                ("07", Offset { z, colon: false, minutes: false, seconds: false }),
            ];
            let (text, offset) =
                shapes.into_iter().find(|(text, _)| rest[1..].starts_with(text.as_bytes()))?;
            found(Part::Offset(offset), text.len() + 1)
        }
        b'.' | b',' => {
            let digit = *rest.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
            let digits = rest[1..].iter().take_while(|byte| **byte == digit).count();
            // More digits after them: it is no fraction but a number of the text.
            if rest.get(1 + digits).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            found(Part::Fraction { digits, trim: digit == b'9' }, digits + 1)
        }
        _ => None,
    }
}

impl Time {
    /// `Time.Format`
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 10);
        let mut rest = layout;
        let civil = self.civil();
        while let Some((start, part, end)) = next_part(rest) {
            out.extend_from_slice(&rest[..start]);
            self.write_part(&mut out, civil, part, rest[start]);
            rest = &rest[end..];
        }
        out.extend_from_slice(rest);
        out
    }

    /// As RFC 3339 has it, for `method`. Some times cannot be said in it.
    pub(crate) fn strict(&self, method: &str) -> Result<Vec<u8>, String> {
        if !(0..=9999).contains(&self.civil().year) {
            return Err(format!("Time.{method}: year outside of range [0,9999]"));
        }
        if self.offset().0.abs() >= 24 * 3600 {
            return Err(format!("Time.{method}: timezone hour outside of range [0,23]"));
        }
        Ok(self.format(RFC3339_NANO.as_bytes()))
    }

    /// The form of `encoding/gob`, for `method`: a version, seconds since the year 1, nanoseconds, the offset in
    /// minutes (-1 for UTC) and, in version 2, its seconds.
    pub(crate) fn binary(&self, method: &str) -> Result<Vec<u8>, String> {
        let utc = *self.zone() == Zone::Utc;
        let offset = if utc { -60 } else { self.offset().0 };
        let minutes = i16::try_from(offset / 60).ok().filter(|minutes| *minutes != -1 || utc);
        let minutes = minutes.ok_or_else(|| format!("Time.{method}: unexpected zone offset"))?;
        let rest = (offset % 60) as i8;
        let mut out = vec![if rest == 0 { 1 } else { 2 }];
        out.extend(self.unix().wrapping_sub(Time::zero().unix()).to_be_bytes());
        out.extend(self.nanosecond().to_be_bytes());
        out.extend(minutes.to_be_bytes());
        if rest != 0 {
            out.extend(rest.to_be_bytes());
        }
        Ok(out)
    }

    fn write_part(&self, out: &mut Vec<u8>, c: Civil, part: Part, first: u8) {
        // Writing to memory does not fail.
        let _ = match part {
            Part::LongMonth => out.write_all(MONTHS[c.month as usize - 1].as_bytes()),
            Part::Month => out.write_all(&MONTHS[c.month as usize - 1].as_bytes()[..3]),
            Part::NumMonth => write!(out, "{}", c.month),
            Part::ZeroMonth => write!(out, "{:02}", c.month),
            Part::LongWeekday => out.write_all(WEEKDAYS[c.weekday() as usize].as_bytes()),
            Part::Weekday => out.write_all(&WEEKDAYS[c.weekday() as usize].as_bytes()[..3]),
            Part::Day => write!(out, "{}", c.day),
            Part::UnderDay => write!(out, "{:2}", c.day),
            Part::ZeroDay => write!(out, "{:02}", c.day),
            Part::UnderYearDay => write!(out, "{:3}", c.year_day()),
            Part::ZeroYearDay => write!(out, "{:03}", c.year_day()),
            Part::Hour => write!(out, "{:02}", c.hour),
            Part::Hour12 => write!(out, "{}", hour12(c.hour)),
            Part::ZeroHour12 => write!(out, "{:02}", hour12(c.hour)),
            Part::Minute => write!(out, "{}", c.minute),
            Part::ZeroMinute => write!(out, "{:02}", c.minute),
            Part::Second => write!(out, "{}", c.second),
            Part::ZeroSecond => write!(out, "{:02}", c.second),
            Part::LongYear if c.year < 0 => write!(out, "-{:04}", -c.year),
            Part::LongYear => write!(out, "{:04}", c.year),
            Part::Year => write!(out, "{:02}", c.year.max(0) % 100),
            Part::Pm => out.write_all(if c.hour >= 12 { b"PM" } else { b"AM" }),
            Part::LowerPm => out.write_all(if c.hour >= 12 { b"pm" } else { b"am" }),
            Part::ZoneName => {
                let (offset, name) = self.offset();
                if name.is_empty() {
                    let shape = Offset { z: false, colon: false, minutes: true, seconds: false };
                    out.write_all(numeric(offset, shape).as_bytes())
                } else {
                    out.write_all(name.as_bytes())
                }
            }
            Part::Offset(shape) => out.write_all(numeric(self.offset().0, shape).as_bytes()),
            Part::Fraction { digits, trim } => {
                let text = format!("{:09}", self.nanosecond());
                let mut text = &text[..digits.min(9)];
                if trim {
                    text = text.trim_end_matches('0');
                    if text.is_empty() {
                        return;
                    }
                }
                write!(out, "{}{text}", char::from(first))
            }
        };
    }

    /// What `%#v` prints.
    pub(crate) fn go_string(&self) -> String {
        let c = self.civil();
        let zone = match self.zone() {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local => "time.Local".to_owned(),
            other => format!("time.Location({})", crate::quote(other.name().as_bytes())),
        };
        format!(
            "time.Date({}, time.{}, {}, {}, {}, {}, {}, {zone})",
            c.year,
            MONTHS[c.month as usize - 1],
            c.day,
            c.hour,
            c.minute,
            c.second,
            self.nanosecond(),
        )
    }
}

fn hour12(hour: i64) -> i64 {
    if hour % 12 == 0 { 12 } else { hour % 12 }
}

fn numeric(offset: i64, shape: Offset) -> String {
    if shape.z && offset == 0 {
        return "Z".to_owned();
    }
    let minutes = offset / 60;
    let colon = if shape.colon { ":" } else { "" };
    let mut text = format!("{}{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60);
    if shape.minutes {
        text.push_str(&format!("{colon}{:02}", minutes.abs() % 60));
    }
    if shape.seconds {
        text.push_str(&format!("{colon}{:02}", (offset % 60).abs()));
    }
    text
}
