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

/// All but `Now`.
pub(super) fn constants() -> Vec<(Str, Value)> {
    let durations = DURATIONS.iter().map(|&(name, nanos)| (Str::from(name), Value::Duration(nanos)));
    let layouts = LAYOUTS.iter().map(|&(name, layout)| (Str::from(name), Value::str(layout)));
    let parse = string_function("time.Time", |[text]| rfc3339(text).map(Value::Time));
    durations.chain(layouts).chain([(Str::from("Parse"), parse)]).collect()
}

/// The whole package at a moment.
pub(super) fn value(constants: &[(Str, Value)], now: &Time) -> Value {
    let now = now.within(Zone::Local);
    let function = Func::new("func() time.Time", move |args| match args {
        [] => Ok(Value::Time(now.clone())),
        _ => Err("reflect: Call with too many input arguments".to_owned()),
    });
    Value::map(constants.iter().cloned().chain([(Str::from("Now"), Value::Func(function))]))
}

/// Go's `time.Parse(time.RFC3339, text)`.
///
/// # Errors
/// Go's text of the failure.
pub(crate) fn rfc3339(text: &str) -> Result<Time, String> {
    Time::parse_rfc3339(text.as_bytes())
}
