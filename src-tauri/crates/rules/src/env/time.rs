//! `time`: Argo CD's `util/notification/expression/time/time.go`.

use dinghy_govalue::{Func, HOUR, MINUTE, SECOND, Str, Time, Value, Zone};

use super::string_function;

const RFC3339: &str = "2006-01-02T15:04:05Z07:00";

const DURATIONS: &[(&str, i64)] = &[
    ("Nanosecond", 1),
    ("Microsecond", 1_000),
    ("Millisecond", 1_000_000),
    ("Second", SECOND),
    ("Minute", MINUTE),
    ("Hour", HOUR),
];

const LAYOUTS: &[(&str, &str)] = &[
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
    ("RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"),
    ("Kitchen", "3:04PM"),
    ("Stamp", "Jan _2 15:04:05"),
    ("StampMilli", "Jan _2 15:04:05.000"),
    ("StampMicro", "Jan _2 15:04:05.000000"),
    ("StampNano", "Jan _2 15:04:05.000000000"),
];

/// The package in the order of its names, with nothing for `Now` yet.
pub(super) fn constants() -> Vec<(Str, Value)> {
    let durations = DURATIONS.iter().map(|&(name, nanos)| (Str::from(name), Value::Duration(nanos)));
    let layouts = LAYOUTS.iter().map(|&(name, layout)| (Str::from(name), Value::str(layout)));
    let parse = string_function("time.Time", |[text]| rfc3339(text).map(Value::Time));
    let functions = [(Str::from("Parse"), parse), (Str::from("Now"), Value::Nil)];
    let mut entries: Vec<_> = durations.chain(layouts).chain(functions).collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries
}

/// The whole package at a moment.
pub(super) fn value(constants: &[(Str, Value)], now: &Time) -> Value {
    let now = now.within(Zone::Local);
    let function = Func::new("func() time.Time", move |args| match args {
        [] => Ok(Value::Time(now.clone())),
        _ => Err("reflect: Call with too many input arguments".to_owned()),
    });
    let now = Value::Func(function);
    Value::map(constants.iter().map(|(name, value)| {
        let value = if name.as_bytes() == b"Now" { &now } else { value };
        (name.clone(), value.clone())
    }))
}

/// Go's `time.Parse(time.RFC3339, text)`.
///
/// # Errors
/// Go's text of the failure.
pub(crate) fn rfc3339(text: &str) -> Result<Time, String> {
    Time::parse_rfc3339(text.as_bytes())
}
