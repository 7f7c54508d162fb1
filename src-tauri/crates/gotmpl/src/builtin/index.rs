//! `index` and `len`.

use std::borrow::Cow;

use dinghy_govalue::{IntKind, Value};

use crate::env::Env;
use crate::func::Args;

/// `index x 1 "a"` is Go's `x[1]["a"]`.
pub(super) fn index(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    if args.any(0).is_nil() {
        return Err("index of untyped nil".to_owned());
    }
    let mut item = Cow::Borrowed(args.any(0));
    for key in args.from(1) {
        item = Cow::Owned(element(&item, key)?);
    }
    Ok(item.into_owned())
}

fn element(item: &Value, key: &Value) -> Result<Value, String> {
    match item {
        Value::Nil => Err("index of nil pointer".to_owned()),
        Value::Str(text) => {
            let at = position(key, text.len())?;
            byte(text.as_bytes(), at)
        }
        Value::Bytes(bytes) => {
            let at = position(key, bytes.len())?;
            byte(bytes, at)
        }
        Value::List(list) => {
            let at = position(key, list.len())?;
            list.get(at).cloned().ok_or_else(|| "reflect: slice index out of range".to_owned())
        }
        Value::Map(map) => match key {
            Value::Str(key) => Ok(map.get(key).map_or_else(|| map.elem().zero(), Cow::into_owned)),
            Value::Nil => Err("value is nil; should be of type string".to_owned()),
            other => Err(format!("value has type {}; should be string", other.type_name())),
        },
        Value::AnyMap(map) => Ok(map.get(key).cloned().unwrap_or_else(|| map.elem().zero())),
        other => Err(format!("can't index item of type {}", pointed_at(&other.type_name()))),
    }
}

/// Go lets an index equal to the length pass here and panics behind.
fn position(key: &Value, len: usize) -> Result<usize, String> {
    let at = match key {
        Value::Int(int) => int.as_i64(),
        Value::Duration(n) | Value::Month(n) | Value::Weekday(n) => *n,
        Value::Nil => return Err("cannot index slice/array with nil".to_owned()),
        other => return Err(format!("cannot index slice/array with type {}", other.type_name())),
    };
    usize::try_from(at).ok().filter(|at| *at <= len).ok_or_else(|| format!("index out of range: {at}"))
}

fn byte(bytes: &[u8], at: usize) -> Result<Value, String> {
    let byte = bytes.get(at).ok_or("reflect: string index out of range")?;
    Ok(Value::int_of(IntKind::Uint8, i64::from(*byte)))
}

pub(super) fn len(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let slot = args.slot(0);
    let len = match &slot.value {
        Value::Nil if slot.is_invalid() => {
            return Err("reflect: call of reflect.Value.Type on zero Value".to_owned());
        }
        Value::Nil => return Err("len of nil pointer".to_owned()),
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::AnyMap(map) => map.len(),
        other => return Err(format!("len of type {}", pointed_at(&other.type_name()))),
    };
    Ok(Value::int(len as i64))
}

/// Go follows pointers before it looks at the type.
fn pointed_at(name: &str) -> &str {
    name.trim_start_matches('*')
}
