//! Members and items of values. Behaviour: vm/runtime/runtime.go `Fetch` of expr 1.17.8.

use std::borrow::Cow;

use dinghy_govalue::{Func, IntKind, Value, bind_method};

use crate::ops::{entry, not_a, not_assignable, to_int};

type Lent<'a> = Result<Cow<'a, Value>, String>;

/// `from.key` or `from[key]`; what `from` lends is lent on.
pub(crate) fn fetch<'a>(from: Cow<'a, Value>, key: &Value) -> Lent<'a> {
    match from {
        Cow::Borrowed(from) => fetch_ref(from, key),
        Cow::Owned(from) => fetch_ref(&from, key).map(|value| Cow::Owned(value.into_owned())),
    }
}

fn fetch_ref<'a>(from: &'a Value, key: &Value) -> Lent<'a> {
    match (from, key) {
        (Value::Map(map), Value::Str(name)) => {
            Ok(map.get(name).unwrap_or_else(|| Cow::Owned(map.elem().zero())))
        }
        (Value::Map(map), Value::Nil) => Ok(map.get(b"").unwrap_or_else(|| Cow::Owned(map.elem().zero()))),
        (Value::Map(_), _) => Err(not_assignable(key, "string")),
        (Value::AnyMap(map), _) => {
            Ok(entry(map, key)?.map_or_else(|| Cow::Owned(map.elem().zero()), Cow::Borrowed))
        }
        (Value::List(list), _) => index(to_int(key)?, list.len()).map(|at| Cow::Borrowed(&list[at])),
        (Value::Str(text), _) => index(to_int(key)?, text.len()).map(|at| byte(text[at])),
        (Value::Bytes(bytes), _) => index(to_int(key)?, bytes.len()).map(|at| byte(bytes[at])),
        (Value::Nil, _) => Err(format!("cannot fetch {key} from <nil>")),
        _ => member(from, key),
    }
}

/// Fields and methods of what is neither list nor map.
fn member<'a>(from: &Value, key: &Value) -> Lent<'a> {
    let unknown = || format!("cannot fetch {key} from {}", from.type_name());
    let Value::Str(name) = key else {
        return Err(match from {
            Value::Time(_) | Value::Location(_) | Value::Object(_) => not_a(key, "string"),
            _ => unknown(),
        });
    };
    let name = name.as_str().unwrap_or("");
    if unexported(from).contains(&name) {
        let why = "reflect.Value.Interface: cannot return value obtained from unexported field or method";
        return Err(why.to_owned());
    }
    if let Value::Object(object) = from {
        if let Some(value) = object.field(name) {
            return Ok(Cow::Owned(value));
        }
        let (object, name) = (object.clone(), name.to_owned());
        if object.has_method(&name) {
            return Ok(Cow::Owned(Value::Func(Func::new(
                "func(...interface {}) interface {}",
                move |args| object.call(&name, args).unwrap_or_else(|| Err(format!("no method {name}"))),
            ))));
        }
        return Err(unknown());
    }
    bind_method(from, name).map(|func| Cow::Owned(Value::Func(func))).ok_or_else(unknown)
}

/// The fields of Go's structs that reflection finds and does not give away.
fn unexported(value: &Value) -> &'static [&'static str] {
    match value {
        Value::Time(_) => &["wall", "ext", "loc"],
        Value::Location(_) => &["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"],
        _ => &[],
    }
}

fn index(at: i64, length: usize) -> Result<usize, String> {
    let place = if at < 0 { (length as i64).saturating_add(at) } else { at };
    match usize::try_from(place) {
        Ok(place) if place < length => Ok(place),
        _ => Err(format!("index out of range: {place} (array length is {length})")),
    }
}

fn byte<'a>(byte: u8) -> Cow<'a, Value> {
    Cow::Owned(Value::int_of(IntKind::Uint8, i64::from(byte)))
}

/// `get(from, key)`: as above, but nil where there is nothing.
pub(crate) fn get(from: &Value, key: &Value) -> Result<Value, String> {
    match from {
        Value::Nil => Ok(Value::Nil),
        Value::Map(map) => match key {
            Value::Str(name) => Ok(map.get(name).map_or(Value::Nil, Cow::into_owned)),
            Value::Nil => Ok(map.get(b"").map_or(Value::Nil, Cow::into_owned)),
            _ => Err(not_assignable(key, "string")),
        },
        Value::AnyMap(map) => Ok(entry(map, key)?.cloned().unwrap_or_default()),
        Value::List(_) | Value::Str(_) | Value::Bytes(_) => {
            to_int(key)?;
            Ok(fetch_ref(from, key).map_or(Value::Nil, Cow::into_owned))
        }
        Value::Time(_) | Value::Location(_) | Value::Object(_) if !matches!(key, Value::Str(_)) => {
            Err(not_a(key, "string"))
        }
        _ => Ok(member(from, key).map_or(Value::Nil, Cow::into_owned)),
    }
}
