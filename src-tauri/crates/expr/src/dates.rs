//! The builtins about time. The clock is the caller's.

use std::sync::Arc;

use dinghy_govalue::{RFC3339, Time, Value, Zone};

use crate::ops::text;

/// `now()`, or `now(timezone)`.
pub(crate) fn now(now: &Time, args: &[&Value]) -> Result<Value, String> {
    match args {
        [] => Ok(Value::Time(now.clone())),
        [Value::Location(zone)] => Ok(Value::Time(now.within((**zone).clone()))),
        _ => Err(format!("invalid number of arguments (expected 0, got {})", args.len())),
    }
}

fn load(name: &[u8]) -> Result<Zone, String> {
    let name = String::from_utf8_lossy(name);
    Zone::load(&name).ok_or_else(|| match &*name {
        name if name.contains("..") || name.starts_with(['/', '\\']) => {
            "time: invalid location name".to_owned()
        }
        name => format!("unknown time zone {name}"),
    })
}

/// `timezone(name)`
pub(crate) fn timezone(name: &Value) -> Result<Value, String> {
    Ok(Value::Location(Arc::new(load(text(name)?)?)))
}

/// `date(text)`, `date(text, layout)`, `date(text, layout, timezone)`, each with a timezone in front or without.
pub(crate) fn date(args: &[&Value]) -> Result<Value, String> {
    let (zone, args) = match args {
        [Value::Location(zone), rest @ ..] => (Some(&**zone), rest),
        _ => (None, args),
    };
    let first = args.first().ok_or("runtime error: index out of range [0] with length 0")?;
    let date = text(first)?;
    match args {
        [_, layout] => Time::parse(text(layout)?, date, zone).map(Value::Time),
        [_, layout, name] => {
            let layout = text(layout)?;
            let zone = load(text(name)?)?;
            Time::parse(layout, date, Some(&zone)).map(Value::Time)
        }
        _ => {
            let layouts = [
                "2006-01-02",
                "15:04:05",
                "2006-01-02 15:04:05",
                RFC3339,
                "02 Jan 06 15:04 MST",
                "Monday, 02-Jan-06 15:04:05 MST",
                "Mon, 02 Jan 2006 15:04:05 MST",
            ];
            layouts
                .iter()
                .find_map(|layout| Time::parse(layout.as_bytes(), date, zone).ok())
                .map(Value::Time)
                .ok_or_else(|| format!("invalid date {}", String::from_utf8_lossy(date)))
        }
    }
}
