//! Go's methods on times, durations, months and weekdays, by name.

use crate::duration::{HOUR, MINUTE, SECOND};
use std::sync::Arc;

use crate::{Func, IntKind, Time, Value, Zone, format_duration};

/// Calls the method `name` of a value as reflection would; `None` when the type has no such method.
///
/// An argument `nil` stands for the zero value of its parameter, which is what the expression language makes of it;
/// the template language refuses it before it calls. Of several results the first is given.
pub fn call_method(value: &Value, name: &str, args: &[Value]) -> Option<Result<Value, String>> {
    if let Value::Object(object) = value {
        return object.call(name, args);
    }
    let (method, _) = find(value, name)?;
    let args = Args { args };
    Some(match value {
        Value::Time(time) => on_time(time, method, &args),
        Value::Duration(nanos) => on_duration(*nanos, method, &args),
        _ => args.none().map(|()| Value::str(value.to_string())),
    })
}

/// The signature of a value's method without its receiver, such as `func(time.Duration) time.Time`; `None` when the
/// type has no such method. Methods of an [`Object`](crate::Object) are its own affair and not found here.
pub fn method_signature(value: &Value, name: &str) -> Option<&'static str> {
    find(value, name).map(|(_, signature)| signature)
}

/// The method of a value as a function, as reflection gives it.
pub fn bind_method(value: &Value, name: &str) -> Option<Func> {
    let (method, signature) = find(value, name)?;
    let value = value.clone();
    Some(Func::new(signature, move |args| {
        call_method(&value, method, args).unwrap_or_else(|| Err(format!("no method {method}")))
    }))
}

type Method = (&'static str, &'static str);

fn find(value: &Value, name: &str) -> Option<Method> {
    let methods: &[Method] = match value {
        Value::Time(_) => &TIME_METHODS,
        Value::Duration(_) => &DURATION_METHODS,
        Value::Month(_) | Value::Weekday(_) | Value::Location(_) => &[("String", "func() string")],
        _ => return None,
    };
    methods.iter().copied().find(|(known, _)| *known == name)
}

const TIME_METHODS: [Method; 43] = [
    ("Add", "func(time.Duration) time.Time"),
    ("AddDate", "func(int, int, int) time.Time"),
    ("After", "func(time.Time) bool"),
    ("AppendBinary", "func([]uint8) ([]uint8, error)"),
    ("AppendFormat", "func([]uint8, string) []uint8"),
    ("AppendText", "func([]uint8) ([]uint8, error)"),
    ("Before", "func(time.Time) bool"),
    ("Clock", "func() (int, int, int)"),
    ("Compare", "func(time.Time) int"),
    ("Date", "func() (int, time.Month, int)"),
    ("Day", "func() int"),
    ("Equal", "func(time.Time) bool"),
    ("Format", "func(string) string"),
    ("GobEncode", "func() ([]uint8, error)"),
    ("GoString", "func() string"),
    ("Hour", "func() int"),
    ("ISOWeek", "func() (int, int)"),
    ("In", "func(*time.Location) time.Time"),
    ("IsDST", "func() bool"),
    ("IsZero", "func() bool"),
    ("Local", "func() time.Time"),
    ("Location", "func() *time.Location"),
    ("MarshalBinary", "func() ([]uint8, error)"),
    ("MarshalJSON", "func() ([]uint8, error)"),
    ("MarshalText", "func() ([]uint8, error)"),
    ("Minute", "func() int"),
    ("Month", "func() time.Month"),
    ("Nanosecond", "func() int"),
    ("Round", "func(time.Duration) time.Time"),
    ("Second", "func() int"),
    ("String", "func() string"),
    ("Sub", "func(time.Time) time.Duration"),
    ("Truncate", "func(time.Duration) time.Time"),
    ("UTC", "func() time.Time"),
    ("Unix", "func() int64"),
    ("UnixMicro", "func() int64"),
    ("UnixMilli", "func() int64"),
    ("UnixNano", "func() int64"),
    ("Weekday", "func() time.Weekday"),
    ("Year", "func() int"),
    ("YearDay", "func() int"),
    ("Zone", "func() (string, int)"),
    ("ZoneBounds", "func() (time.Time, time.Time)"),
];

const DURATION_METHODS: [Method; 10] = [
    ("Abs", "func() time.Duration"),
    ("Hours", "func() float64"),
    ("Microseconds", "func() int64"),
    ("Milliseconds", "func() int64"),
    ("Minutes", "func() float64"),
    ("Nanoseconds", "func() int64"),
    ("Round", "func(time.Duration) time.Duration"),
    ("Seconds", "func() float64"),
    ("String", "func() string"),
    ("Truncate", "func(time.Duration) time.Duration"),
];

/// The arguments of a call, taken out by type.
struct Args<'a> {
    args: &'a [Value],
}

impl Args<'_> {
    fn count(&self, wanted: usize) -> Result<(), String> {
        match self.args.len() {
            have if have == wanted => Ok(()),
            have => Err(format!("invalid number of arguments: expected {wanted}, got {have}")),
        }
    }

    fn none(&self) -> Result<(), String> {
        self.count(0)
    }

    fn wrong(&self, at: usize, wanted: &str) -> String {
        format!("reflect: Call using {} as type {wanted}", self.args[at].type_name())
    }

    fn time(&self) -> Result<Time, String> {
        self.count(1)?;
        match &self.args[0] {
            Value::Time(time) => Ok(time.clone()),
            Value::Nil => Ok(Time::zero()),
            _ => Err(self.wrong(0, "time.Time")),
        }
    }

    fn duration(&self) -> Result<i64, String> {
        self.count(1)?;
        match &self.args[0] {
            Value::Duration(nanos) => Ok(*nanos),
            Value::Nil => Ok(0),
            _ => Err(self.wrong(0, "time.Duration")),
        }
    }

    fn string(&self, at: usize) -> Result<&[u8], String> {
        match &self.args[at] {
            Value::Str(text) => Ok(text),
            Value::Nil => Ok(b""),
            _ => Err(self.wrong(at, "string")),
        }
    }

    fn bytes(&self, at: usize) -> Result<&[u8], String> {
        match &self.args[at] {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Nil => Ok(b""),
            _ => Err(self.wrong(at, "[]uint8")),
        }
    }

    fn int(&self, at: usize) -> Result<i64, String> {
        match &self.args[at] {
            Value::Int(int) if int.kind() == IntKind::Int => Ok(int.as_i64()),
            Value::Nil => Ok(0),
            _ => Err(self.wrong(at, "int")),
        }
    }

    fn zone(&self) -> Result<Zone, String> {
        self.count(1)?;
        match &self.args[0] {
            Value::Location(zone) => Ok((**zone).clone()),
            Value::Nil => Err("time: missing Location in call to Time.In".to_owned()),
            _ => Err(self.wrong(0, "*time.Location")),
        }
    }
}

fn on_time(time: &Time, method: &str, args: &Args<'_>) -> Result<Value, String> {
    let civil = || time.civil();
    let int = |number: i64| Ok(Value::int(number));
    Ok(match method {
        "Add" => Value::Time(time.add(args.duration()?)),
        "Sub" => Value::Duration(time.sub(&args.time()?)),
        "After" => Value::Bool(time.compare(&args.time()?).is_gt()),
        "Before" => Value::Bool(time.compare(&args.time()?).is_lt()),
        "Equal" => Value::Bool(time.compare(&args.time()?).is_eq()),
        "Compare" => Value::int(time.compare(&args.time()?) as i64),
        "Format" => {
            args.count(1)?;
            Value::str(time.format(args.string(0)?))
        }
        "In" => Value::Time(time.within(args.zone()?)),
        "AppendFormat" => {
            args.count(2)?;
            Value::Bytes([args.bytes(0)?, &time.format(args.string(1)?)].concat().into())
        }
        "AppendText" | "AppendBinary" => {
            args.count(1)?;
            let text = if method == "AppendText" { time.strict(method)? } else { time.binary(method)? };
            Value::Bytes([args.bytes(0)?, text.as_slice()].concat().into())
        }
        "Round" => Value::Time(rounded(time, args.duration()?, true)),
        "Truncate" => Value::Time(rounded(time, args.duration()?, false)),
        "AddDate" => {
            args.count(3)?;
            let mut date = civil();
            date.year = date.year.wrapping_add(args.int(0)?);
            date.month = date.month.wrapping_add(args.int(1)?);
            date.day = date.day.wrapping_add(args.int(2)?);
            Value::Time(Time::from_civil(date, i64::from(time.nanosecond()), time.zone().clone()))
        }
        _ => {
            args.none()?;
            return match method {
                "Year" => int(civil().year),
                "Month" => Ok(Value::Month(civil().month)),
                "Day" => int(civil().day),
                "Hour" => int(civil().hour),
                "Minute" => int(civil().minute),
                "Second" => int(civil().second),
                "Nanosecond" => int(i64::from(time.nanosecond())),
                "Weekday" => Ok(Value::Weekday(civil().weekday())),
                "YearDay" => int(civil().year_day()),
                "Unix" => Ok(Value::int64(time.unix())),
                "UnixMilli" => Ok(Value::int64(time.unix_nanos().div_euclid(1_000_000) as i64)),
                "UnixMicro" => Ok(Value::int64(time.unix_nanos().div_euclid(1_000) as i64)),
                "UnixNano" => Ok(Value::int64(time.unix_nanos() as i64)),
                "IsZero" => Ok(Value::Bool(time.is_zero())),
                "IsDST" => Ok(Value::Bool(time.is_dst())),
                "UTC" => Ok(Value::Time(time.within(Zone::Utc))),
                "Local" => Ok(Value::Time(time.within(Zone::Local))),
                "Location" => Ok(Value::Location(Arc::new(time.zone().clone()))),
                "String" => Ok(Value::str(time.to_string())),
                "GoString" => Ok(Value::str(time.go_string())),
                // Of several results the first is what both languages see.
                "Clock" => int(civil().hour),
                "Date" => int(civil().year),
                "ISOWeek" => int(civil().iso_week().0),
                "Zone" => Ok(Value::str(&*time.offset().1)),
                "ZoneBounds" => Ok(Value::Time(time.zone_start())),
                "MarshalText" => Ok(Value::Bytes(time.strict(method)?.into())),
                "MarshalJSON" => Ok(Value::Bytes([b"\"", &time.strict(method)?[..], b"\""].concat().into())),
                "MarshalBinary" | "GobEncode" => Ok(Value::Bytes(time.binary("MarshalBinary")?.into())),
                _ => Err(format!("unknown method {method}")),
            };
        }
    })
}

/// Down to a multiple of `unit` counted from Go's zero time; with `nearest`, to the nearest one, half way up.
fn rounded(time: &Time, unit: i64, nearest: bool) -> Time {
    if unit <= 0 {
        return time.clone();
    }
    let since_zero = time.unix_nanos() - Time::zero().unix_nanos();
    let rest = since_zero.rem_euclid(i128::from(unit));
    let up = nearest && rest * 2 >= i128::from(unit);
    let shift = if up { i128::from(unit) - rest } else { -rest };
    Time::from_unix_nanos(time.unix_nanos() + shift, time.zone().clone())
}

fn on_duration(nanos: i64, method: &str, args: &Args<'_>) -> Result<Value, String> {
    let in_unit = |unit: i64| Value::Float((nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64);
    Ok(match method {
        "Round" => Value::Duration(round_duration(nanos, args.duration()?)),
        "Truncate" => Value::Duration(match args.duration()? {
            unit if unit > 0 => nanos - nanos % unit,
            _ => nanos,
        }),
        _ => {
            args.none()?;
            match method {
                "Abs" => Value::Duration(nanos.saturating_abs()),
                "Hours" => in_unit(HOUR),
                "Minutes" => in_unit(MINUTE),
                "Seconds" => in_unit(SECOND),
                "Milliseconds" => Value::int64(nanos / 1_000_000),
                "Microseconds" => Value::int64(nanos / 1_000),
                "Nanoseconds" => Value::int64(nanos),
                _ => Value::str(format_duration(nanos)),
            }
        }
    })
}

/// `Duration.Round`: to the nearest multiple, half way away from zero, held at the limits.
pub fn round_duration(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanos;
    }
    let rest = i128::from(nanos % unit).abs();
    let toward_zero = i128::from(nanos) - i128::from(nanos % unit);
    let rounded = match rest * 2 < i128::from(unit) {
        true => toward_zero,
        false if nanos < 0 => toward_zero - i128::from(unit),
        false => toward_zero + i128::from(unit),
    };
    i64::try_from(rounded).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}
