//! `%v`: how Go prints a value when nothing else is asked for.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter, Write};

use crate::duration::format_duration;
use crate::{Object, Time, Value, format_shortest};

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
            Value::Nil => f.write_str("<nil>"),
            Value::Bool(truth) => write!(f, "{truth}"),
            Value::Int(int) => write!(f, "{}", int.as_i128()),
            Value::Float(number) => f.write_str(&format_shortest(*number)),
            Value::Str(text) => write!(f, "{text}"),
            Value::Bytes(bytes) => bracketed(f, "[", bytes.iter(), |f, byte| write!(f, "{byte}")),
            Value::List(list) => bracketed(f, "[", list.iter(), |f, item| write!(f, "{item}")),
            Value::Map(map) => {
                bracketed(f, "map[", map.entries().iter(), |f, (key, value)| write!(f, "{key}:{value}"))
            }
            Value::AnyMap(map) => {
                bracketed(f, "map[", map.entries().iter(), |f, (key, value)| write!(f, "{key}:{value}"))
            }
            Value::Time(time) => write!(f, "{time}"),
            Value::Location(zone) => f.write_str(zone.name()),
            Value::Duration(nanos) => f.write_str(&format_duration(*nanos)),
            Value::Month(month) => f.write_str(&month_name(*month)),
            Value::Weekday(day) => f.write_str(&weekday_name(*day)),
            // Go prints the address, which nobody can rely on.
            Value::Func(_) => f.write_str("0x0"),
            Value::Object(object) => write_object(f, object.as_ref()),
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

fn bracketed<I: Iterator>(
    f: &mut Formatter<'_>,
    open: &str,
    items: I,
    write_item: impl Fn(&mut Formatter<'_>, I::Item) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.enumerate() {
        if at > 0 {
            f.write_char(' ')?;
        }
        write_item(f, item)?;
    }
    f.write_char(']')
}

fn write_object(f: &mut Formatter<'_>, object: &dyn Object) -> fmt::Result {
    if let Some(text) = object.text() {
        return f.write_str(&text);
    }
    if object.type_name().starts_with('*') {
        f.write_char('&')?;
    }
    f.write_char('{')?;
    for (at, (_, value)) in object.fields().into_iter().enumerate() {
        if at > 0 {
            f.write_char(' ')?;
        }
        write!(f, "{value}")?;
    }
    f.write_char('}')
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
