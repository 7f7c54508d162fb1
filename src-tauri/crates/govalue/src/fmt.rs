//! `%v`: how Go prints a value when nothing else is asked for.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

use crate::verb::{Flags, Printer};
use crate::{Time, Value, format_shortest};

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Str(text) => Display::fmt(text, f),
            Value::Float(number) => f.write_str(&format_shortest(*number)),
            Value::Int(int) => write!(f, "{}", int.as_i128()),
            _ => {
                let mut out = Vec::new();
                Printer::new(&mut out, Flags::default()).arg(self, 'v');
                f.write_str(&crate::to_str_lossy(&out))
            }
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.type_name())
    }
}

/// `Month.String`
pub(crate) fn month_name(month: i64) -> String {
    match usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)) {
        Some(name) => (*name).to_owned(),
        None => format!("%!Month({})", month as u64),
    }
}

/// `Weekday.String`
pub(crate) fn weekday_name(day: i64) -> String {
    match usize::try_from(day).ok().and_then(|at| WEEKDAYS.get(at)) {
        Some(name) => (*name).to_owned(),
        None => format!("%!Weekday({})", day as u64),
    }
}

/// `Time.String` without the reading of the monotonic clock.
impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        let (sign, year) = if c.year < 0 { ("-", -c.year) } else { ("", c.year) };
        write!(
            f,
            "{sign}{year:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            c.month, c.day, c.hour, c.minute, c.second
        )?;
        if self.nanosecond() > 0 {
            let fraction = format!("{:09}", self.nanosecond());
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        let (offset, name) = self.offset();
        let minutes = offset / 60;
        let numeric = format!(
            "{}{:02}{:02}",
            if offset < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        );
        write!(f, " {numeric} {}", if name.is_empty() { &numeric } else { &*name })
    }
}

/// The order in which Go prints the keys of a map (package internal/fmtsort). Keys of different types have an order
/// that Go leaves open; here it is by kind.
pub(crate) fn key_order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => (a.kind(), a.as_i128()).cmp(&(b.kind(), b.as_i128())),
        (Value::Float(a), Value::Float(b)) => {
            // NaN comes before every number.
            a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
        }
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.compare(b),
        (Value::Duration(a), Value::Duration(b))
        | (Value::Month(a), Value::Month(b))
        | (Value::Weekday(a), Value::Weekday(b)) => a.cmp(b),
        _ => kind_rank(a).cmp(&kind_rank(b)),
    }
}

fn kind_rank(value: &Value) -> u8 {
    match value {
        Value::Nil => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Float(_) => 3,
        Value::Str(_) => 4,
        Value::Bytes(_) => 5,
        Value::List(_) => 6,
        Value::Map(_) => 7,
        Value::AnyMap(_) => 8,
        Value::Time(_) => 9,
        Value::Duration(_) => 10,
        Value::Month(_) => 11,
        Value::Weekday(_) => 12,
        Value::Func(_) => 13,
        Value::Object(_) => 14,
        Value::Location(_) => 15,
    }
}
