//! `time`: Argo CD's `util/notification/expression/time/time.go`.

use dinghy_govalue::{Func, HOUR, LAYOUTS, MINUTE, SECOND, Str, Time, Value, Zone};

use super::string_function;

const DURATIONS: &[(&str, i64)] = &[
    ("Nanosecond", 1),
    ("Microsecond", 1_000),
    ("Millisecond", 1_000_000),
    ("Second", SECOND),
    ("Minute", MINUTE),
    ("Hour", HOUR),
];

/// The package in the order of its names, with nothing for `Now` yet.
pub(super) fn constants() -> Vec<(Str, Value)> {
    let durations = DURATIONS.iter().map(|&(name, nanos)| (Str::from(name), Value::Duration(nanos)));
    // Go got these three after Argo CD's list was made.
    let later = ["DateTime", "DateOnly", "TimeOnly"];
    let layouts = LAYOUTS.iter().filter(|(name, _)| !later.contains(name));
    let layouts = layouts.map(|(name, layout)| (Str::from(*name), Value::str(*layout)));
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
