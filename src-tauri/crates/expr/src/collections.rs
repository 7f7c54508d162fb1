//! The builtins about lists and maps.

use std::borrow::Cow;

use dinghy_govalue::{AnyMap, Elem, IntKind, List, Value, sprintf};

use crate::builtin::Builtin;
use crate::eval::OVER_BUDGET;
use crate::functions::Counted;
use crate::ops::{equal, hashable};
use crate::sort::sort_by;

pub(crate) fn call(builtin: Builtin, args: &[&Value]) -> Counted {
    let arg = args.first().copied().unwrap_or(&Value::Nil);
    let name = builtin.name();
    match builtin {
        Builtin::Reverse => {
            let mut items = items(arg).ok_or_else(|| format!("cannot reverse {}", kind(arg)))?.into_owned();
            items.reverse();
            counted(items)
        }
        Builtin::Uniq => {
            let items = items(arg).ok_or_else(|| format!("cannot uniq {}", kind(arg)))?;
            let mut unique: Vec<Value> = Vec::new();
            for item in items.iter() {
                if !unique.iter().any(|seen| equal(item, seen)) {
                    unique.push(item.clone());
                }
            }
            Ok((Value::list(unique), 0))
        }
        Builtin::Concat => {
            let mut all = Vec::new();
            for arg in args {
                let items = items(arg).ok_or_else(|| format!("cannot concat {}", kind(arg)))?;
                if all.len() + items.len() >= 1_000_000 {
                    return Err(OVER_BUDGET.to_owned());
                }
                all.extend(items.iter().cloned());
            }
            if all.is_empty() {
                return Ok((Value::List(List::nil(Elem::Any)), 0));
            }
            counted(all)
        }
        Builtin::Flatten => {
            let items = items(arg).ok_or_else(|| format!("cannot flatten {}", kind(arg)))?;
            let mut flat = Vec::new();
            flatten(&items, &mut flat);
            counted(flat)
        }
        Builtin::Sort => sort(args),
        Builtin::Take => take(arg, args.get(1).copied().unwrap_or(&Value::Nil)).map(|value| (value, 0)),
        Builtin::First => Ok((end(arg, false), 0)),
        Builtin::Last => Ok((end(arg, true), 0)),
        Builtin::Keys | Builtin::Values => {
            let pairs = pairs(arg).ok_or_else(|| format!("cannot get {name} from {}", kind(arg)))?;
            let keys = builtin == Builtin::Keys;
            let items = pairs.into_iter().map(|(key, value)| if keys { key } else { value }).collect();
            Ok((Value::list(items), 0))
        }
        Builtin::ToPairs => {
            let pairs = pairs(arg).ok_or_else(|| format!("cannot transform {} to pairs", kind(arg)))?;
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| Value::List(List::with_elem(Elem::InPair, vec![key, value])))
                .collect();
            Ok((Value::List(List::with_elem(Elem::AnyPair, pairs)), 0))
        }
        _ => from_pairs(arg).map(|value| (value, 0)),
    }
}

fn counted(items: Vec<Value>) -> Counted {
    let size = items.len();
    Ok((Value::list(items), size))
}

/// The items of anything that Go calls a slice.
fn items(value: &Value) -> Option<Cow<'_, [Value]>> {
    match value {
        Value::List(list) => Some(Cow::Borrowed(list)),
        Value::Bytes(bytes) => {
            let byte = |byte: &u8| Value::int_of(IntKind::Uint8, i64::from(*byte));
            Some(Cow::Owned(bytes.iter().map(byte).collect()))
        }
        _ => None,
    }
}

fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::Map(map) => {
            Some(map.entries().iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect())
        }
        Value::AnyMap(map) => Some(map.entries().to_vec()),
        _ => None,
    }
}

/// Go's kind of a value, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(int) => int.kind().name(),
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::List(list) if list.elem() == Elem::InPair => "array",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) | Value::AnyMap(_) => "map",
        Value::Duration(_) => "int64",
        Value::Month(_) | Value::Weekday(_) => "int",
        Value::Func(_) => "func",
        Value::Time(_) | Value::Location(_) | Value::Object(_) => "struct",
    }
}

/// Values nest at most a thousand deep, so this may recurse.
fn flatten(items: &[Value], flat: &mut Vec<Value>) {
    for item in items {
        match item {
            Value::List(list) => flatten(list, flat),
            Value::Bytes(_) => {
                flat.extend(crate::collections::items(item).unwrap_or_default().iter().cloned())
            }
            other => flat.push(other.clone()),
        }
    }
}

fn sort(args: &[&Value]) -> Counted {
    let list = match args.first() {
        Some(Value::List(list)) if matches!(list.elem(), Elem::Any | Elem::Int | Elem::Float | Elem::Str) => {
            Some(list)
        }
        _ => None,
    };
    let descending = match args.get(1) {
        None => false,
        Some(Value::Str(order)) if *order == "asc" => false,
        Some(Value::Str(order)) if *order == "desc" => true,
        Some(Value::Str(order)) => return Err(format!("invalid order {order}, expected asc or desc")),
        Some(other) => {
            return Err(format!("sort order argument must be a string (got {})", other.type_name()));
        }
    };
    // Anything else is taken for a nil list.
    let Some(list) = list else { return Ok((Value::List(List::nil(Elem::Any)), 0)) };
    let mut pairs: Vec<(Value, Value)> = list.iter().map(|item| (item.clone(), Value::Nil)).collect();
    sort_by(&mut pairs, descending)?;
    counted(pairs.into_iter().map(|(item, _)| item).collect())
}

fn take(value: &Value, count: &Value) -> Result<Value, String> {
    let length = match value {
        Value::List(list) => list.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => return Err(format!("cannot take from {}", kind(value))),
    };
    let count = match count {
        Value::Int(int) if !int.kind().is_unsigned() => int.as_i64(),
        Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => *number,
        _ => return Err(format!("cannot take {} elements", kind(count))),
    };
    let count = match usize::try_from(count) {
        Ok(count) => count.min(length),
        Err(_) => return Err("reflect.Value.Slice: slice index out of bounds".to_owned()),
    };
    Ok(match value {
        Value::List(list) if list.elem() == Elem::InPair => {
            return Err("reflect.Value.Slice: slice of unaddressable array".to_owned());
        }
        Value::Bytes(bytes) => Value::Bytes(bytes[..count].into()),
        Value::List(list) => Value::List(List::with_elem(list.elem(), list[..count].to_vec())),
        _ => Value::Nil,
    })
}

/// The first or last item; nil when there is none, or when it is no list.
fn end(value: &Value, last: bool) -> Value {
    let at = Value::int(if last { -1 } else { 0 });
    crate::fetch::fetch(Cow::Borrowed(value), &at).map_or(Value::Nil, Cow::into_owned)
}

fn from_pairs(value: &Value) -> Result<Value, String> {
    let list = items(value).ok_or_else(|| match value {
        Value::Nil => "cannot transform <invalid reflect.Value> from pairs".to_owned(),
        // The original prints it as if it were a string.
        _ => {
            let shown = sprintf(b"%s", std::slice::from_ref(value));
            format!("cannot transform {} from pairs", String::from_utf8_lossy(&shown))
        }
    })?;
    let mut pairs: Vec<(Value, Value)> = Vec::with_capacity(list.len());
    for item in list.iter() {
        let pair = items(item).ok_or_else(|| format!("invalid pair {item}"))?;
        let [key, value] = &pair[..] else { return Err(format!("invalid pair length {item}")) };
        hashable(key, false)?;
        // Of equal keys the last one stays.
        match pairs.iter_mut().find(|(known, _)| known.deep_equal(key)) {
            Some(known) => known.1 = value.clone(),
            None => pairs.push((key.clone(), value.clone())),
        }
    }
    Ok(Value::AnyMap(AnyMap::new(Elem::Any, pairs)))
}
