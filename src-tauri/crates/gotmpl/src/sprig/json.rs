//! JSON. Of the pairs, the function with `must` reports an error and the other one hides it.

use dinghy_govalue::{JsonStyle, Value};

use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::Any;

pub(super) static TABLE: &[Func] = &[
    fixed("fromJson", &[Ty::Str], |env, args| Ok(from_json(env, args).unwrap_or_default())),
    fixed("mustFromJson", &[Ty::Str], from_json),
    fixed("mustToJson", &[Any], |env, args| to_json(env, args, JsonStyle::COMPACT)),
    fixed("mustToPrettyJson", &[Any], |env, args| to_json(env, args, JsonStyle::PRETTY)),
    fixed("mustToRawJson", &[Any], |env, args| to_json(env, args, JsonStyle::RAW)),
    fixed("toJson", &[Any], |env, args| or_empty(env, args, JsonStyle::COMPACT)),
    fixed("toPrettyJson", &[Any], |env, args| or_empty(env, args, JsonStyle::PRETTY)),
    fixed("toRawJson", &[Any], |env, args| to_json(env, args, JsonStyle::RAW)),
];

/// Numbers become `float64`, as `encoding/json` reads them.
fn from_json(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Value::from_go_json(args.bytes(0))
}

fn to_json(env: &mut Env, args: Args<'_>, style: JsonStyle) -> Result<Value, String> {
    env.check_depth(args.any(0))?;
    args.any(0).to_json(style).map(Value::str)
}

/// What JSON cannot say gives nothing; what exceeds the limits is still an error.
fn or_empty(env: &mut Env, args: Args<'_>, style: JsonStyle) -> Result<Value, String> {
    env.check_depth(args.any(0))?;
    Ok(args.any(0).to_json(style).map_or(Value::str(""), Value::str))
}
