//! Dates. `now` is the time of the rendering; what is no date stands for it, as in sprig. "Local" is the machine's zone.

use dinghy_govalue::{
    HOUR, IntKind, MINUTE, SECOND, Time, Value, Zone, format_duration, parse_duration, round_duration,
};

use super::cast::atoi;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::{Any, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("ago", &[Any], |env, args| {
        let nanos = env.now.sub(&time_of(env, args.any(0)));
        Ok(Value::str(format_duration(round_duration(nanos, SECOND))))
    }),
    fixed("date", &[Text, Any], |env, args| Ok(shown(env, args.bytes(0), args.any(1), b"Local"))),
    fixed("dateInZone", &[Text, Any, Text], date_in_zone),
    fixed("dateModify", &[Text, Ty::Time], date_modify),
    fixed("date_in_zone", &[Text, Any, Text], date_in_zone),
    fixed("date_modify", &[Text, Ty::Time], date_modify),
    fixed("duration", &[Any], duration),
    fixed("durationRound", &[Any], duration_round),
    fixed("htmlDate", &[Any], |env, args| Ok(shown(env, HTML, args.any(0), b"Local"))),
    fixed("htmlDateInZone", &[Any, Text], |env, args| Ok(shown(env, HTML, args.any(0), args.bytes(1)))),
    fixed("mustDateModify", &[Text, Ty::Time], must_date_modify),
    fixed("mustToDate", &[Text, Text], |_, args| {
        Time::parse(args.bytes(0), args.bytes(1), Some(&Zone::Local)).map(Value::Time)
    }),
    fixed("must_date_modify", &[Text, Ty::Time], must_date_modify),
    fixed("now", &[], |env, _| Ok(Value::Time(env.now.clone()))),
    fixed("toDate", &[Text, Text], |_, args| {
        let parsed = Time::parse(args.bytes(0), args.bytes(1), Some(&Zone::Local));
        Ok(Value::Time(parsed.unwrap_or_else(|_| Time::zero())))
    }),
    fixed("unixEpoch", &[Ty::Time], |_, args| Ok(Value::str(time_arg(args, 0).unix().to_string()))),
];

const HTML: &[u8] = b"2006-01-02";

fn time_arg(args: Args<'_>, at: usize) -> Time {
    match args.any(at) {
        Value::Time(time) => time.clone(),
        _ => Time::zero(),
    }
}

/// A time, seconds since 1970, or else now.
fn time_of(env: &Env, value: &Value) -> Time {
    match value {
        Value::Time(time) => time.clone(),
        Value::Int(int) if matches!(int.kind(), IntKind::Int | IntKind::Int64) => {
            Time::from_unix(int.as_i64(), 0, Zone::Local)
        }
        _ => env.now.clone(),
    }
}

fn shown(env: &Env, layout: &[u8], value: &Value, zone: &[u8]) -> Value {
    let time = match value {
        // `date` takes an int32 as well; `ago` does not.
        Value::Int(int) if int.kind() == IntKind::Int32 => Time::from_unix(int.as_i64(), 0, Zone::Local),
        other => time_of(env, other),
    };
    let zone = std::str::from_utf8(zone).ok().and_then(Zone::load).unwrap_or(Zone::Utc);
    Value::str(time.within(zone).format(layout))
}

fn date_in_zone(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(shown(env, args.bytes(0), args.any(1), args.bytes(2)))
}

fn must_date_modify(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(Value::Time(time_arg(args, 1).add(parse_duration(args.bytes(0))?)))
}

fn date_modify(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(must_date_modify(env, args).unwrap_or_else(|_| args.any(1).clone()))
}

/// Seconds as `1m30s`.
fn duration(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let seconds = match args.any(0) {
        Value::Str(text) => atoi(text),
        Value::Int(int) if int.kind() == IntKind::Int64 => int.as_i64(),
        _ => 0,
    };
    Ok(Value::str(format_duration(seconds.wrapping_mul(SECOND))))
}

/// The largest unit alone: `2h`, `3d`, `1y`.
fn duration_round(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let nanos = match args.any(0) {
        Value::Str(text) => parse_duration(text).unwrap_or(0),
        Value::Int(int) if int.kind() == IntKind::Int64 => int.as_i64(),
        Value::Time(time) => env.now.sub(time),
        _ => 0,
    };
    const DAY: i64 = 24 * HOUR;
    let units = [(365 * DAY, "y"), (30 * DAY, "mo"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    let size = nanos.unsigned_abs();
    let shown = units.iter().find(|(unit, _)| size > unit.unsigned_abs());
    Ok(Value::str(
        shown.map_or("0s".to_owned(), |(unit, name)| format!("{}{name}", size / unit.unsigned_abs())),
    ))
}
