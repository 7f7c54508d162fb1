//! Operators on values. Behaviour: vm/runtime of expr 1.17.8. Every error is the text of Go's panic.

use std::cmp::Ordering;
use std::sync::Arc;

use dinghy_govalue::{AnyMap, Elem, Int, List, Str, Value};

pub(crate) type Outcome = Result<Value, String>;

/// Go's text of a failed type assertion.
pub(crate) fn not_a(value: &Value, wanted: &str) -> String {
    let have = if value.is_nil() { "nil".into() } else { value.type_name() };
    format!("interface conversion: interface {{}} is {have}, not {wanted}")
}

/// `value.(bool)`
pub(crate) fn truth(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        _ => Err(not_a(value, "bool")),
    }
}

/// `value.(string)`
pub(crate) fn text(value: &Value) -> Result<&[u8], String> {
    match value {
        Value::Str(text) => Ok(text),
        _ => Err(not_a(value, "string")),
    }
}

/// Go's conversion of a float to an int; what does not fit becomes the least int, as on amd64.
pub(crate) fn float_to_int(number: f64) -> i64 {
    const LIMIT: f64 = (1u64 << 63) as f64;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// The int that an index, a bound or a count stands for.
pub(crate) fn to_int(value: &Value) -> Result<i64, String> {
    match value {
        Value::Int(int) => Ok(int.as_i64()),
        Value::Float(number) => Ok(float_to_int(*number)),
        _ => Err(format!("invalid operation: int({})", value.type_name())),
    }
}

fn to_float(value: &Value) -> Result<f64, String> {
    match value {
        Value::Int(int) => Ok(int.as_f64()),
        Value::Float(number) => Ok(*number),
        _ => Err(format!("invalid operation: float({})", value.type_name())),
    }
}

/// Two numbers: both ints, or both taken as floats.
enum Numbers {
    Ints(i64, i64),
    Floats(f64, f64),
}

fn numbers(a: &Value, b: &Value) -> Option<Numbers> {
    Some(match (a, b) {
        (Value::Int(a), Value::Int(b)) => Numbers::Ints(a.as_i64(), b.as_i64()),
        (Value::Int(a), Value::Float(b)) => Numbers::Floats(a.as_f64(), *b),
        (Value::Float(a), Value::Int(b)) => Numbers::Floats(*a, b.as_f64()),
        (Value::Float(a), Value::Float(b)) => Numbers::Floats(*a, *b),
        _ => return None,
    })
}

fn mismatch(a: &Value, op: &str, b: &Value) -> String {
    format!("invalid operation: {} {op} {}", a.type_name(), b.type_name())
}

/// `==`
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Nil, other) | (other, Value::Nil) => other.is_nil_like(),
        (Value::Time(a), Value::Time(b)) => a.compare(b).is_eq(),
        (Value::List(x), Value::List(y)) if is_of_pairs(x) || is_of_pairs(y) => a.deep_equal(b),
        (Value::List(x), Value::List(y)) => {
            let comparable = x.elem() == y.elem() || x.elem() == Elem::Any || y.elem() == Elem::Any;
            let alike = comparable && x.len() == y.len() && x.iter().zip(y.iter()).all(|(a, b)| equal(a, b));
            alike || (a.is_nil_like() && b.is_nil_like())
        }
        (Value::List(list), Value::Bytes(bytes)) | (Value::Bytes(bytes), Value::List(list)) => {
            let items = bytes.iter().map(|byte| Value::int(i64::from(*byte)));
            list.elem() == Elem::Any
                && list.len() == bytes.len()
                && list.iter().zip(items).all(|(a, b)| equal(a, &b))
        }
        _ => match numbers(a, b) {
            Some(Numbers::Ints(a, b)) => a == b,
            Some(Numbers::Floats(a, b)) => a == b,
            None => (a.is_nil_like() && b.is_nil_like()) || a.deep_equal(b),
        },
    }
}

/// Arrays and lists of arrays are compared with their types.
fn is_of_pairs(list: &List) -> bool {
    matches!(list.elem(), Elem::InPair | Elem::AnyPair)
}

/// The order of two values under an operator, for its error; nothing for NaN.
pub(crate) fn compare(a: &Value, op: &str, b: &Value) -> Result<Option<Ordering>, String> {
    Ok(match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.compare(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        _ => match numbers(a, b).ok_or_else(|| mismatch(a, op, b))? {
            Numbers::Ints(a, b) => Some(a.cmp(&b)),
            Numbers::Floats(a, b) => a.partial_cmp(&b),
        },
    })
}

/// Two strings in one, with one allocation.
fn joined(a: &[u8], b: &[u8]) -> Str {
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, a.len() + b.len()).collect();
    if let Some(room) = Arc::get_mut(&mut bytes) {
        let (left, right) = room.split_at_mut(a.len());
        left.copy_from_slice(a);
        right.copy_from_slice(b);
    }
    Str::from(bytes)
}

pub(crate) fn add(a: &Value, b: &Value) -> Outcome {
    Ok(match (a, b) {
        (Value::Str(a), Value::Str(b)) => Value::Str(joined(a, b)),
        (Value::Time(time), Value::Duration(nanos)) | (Value::Duration(nanos), Value::Time(time)) => {
            Value::Time(time.add(*nanos))
        }
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(a.wrapping_add(*b)),
        _ => match numbers(a, b).ok_or_else(|| mismatch(a, "+", b))? {
            Numbers::Ints(a, b) => Value::int(a.wrapping_add(b)),
            Numbers::Floats(a, b) => Value::Float(a + b),
        },
    })
}

pub(crate) fn subtract(a: &Value, b: &Value) -> Outcome {
    Ok(match (a, b) {
        (Value::Time(a), Value::Time(b)) => Value::Duration(a.sub(b)),
        (Value::Time(time), Value::Duration(nanos)) => Value::Time(time.add(nanos.wrapping_neg())),
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(a.wrapping_sub(*b)),
        _ => match numbers(a, b).ok_or_else(|| mismatch(a, "-", b))? {
            Numbers::Ints(a, b) => Value::int(a.wrapping_sub(b)),
            Numbers::Floats(a, b) => Value::Float(a - b),
        },
    })
}

pub(crate) fn multiply(a: &Value, b: &Value) -> Outcome {
    Ok(match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(a.wrapping_mul(*b)),
        (Value::Duration(a), Value::Int(b)) | (Value::Int(b), Value::Duration(a)) => {
            Value::Duration(a.wrapping_mul(b.as_i64()))
        }
        (Value::Duration(a), Value::Float(b)) | (Value::Float(b), Value::Duration(a)) => {
            Value::Float(*a as f64 * b)
        }
        _ => match numbers(a, b).ok_or_else(|| mismatch(a, "*", b))? {
            Numbers::Ints(a, b) => Value::int(a.wrapping_mul(b)),
            Numbers::Floats(a, b) => Value::Float(a * b),
        },
    })
}

pub(crate) fn divide(a: &Value, b: &Value) -> Outcome {
    match numbers(a, b).ok_or_else(|| mismatch(a, "/", b))? {
        Numbers::Ints(..) => Ok(Value::Float(to_float(a)? / to_float(b)?)),
        Numbers::Floats(a, b) => Ok(Value::Float(a / b)),
    }
}

pub(crate) fn modulo(a: &Value, b: &Value) -> Outcome {
    match (a, b) {
        (Value::Int(_), Value::Int(b)) if b.as_i64() == 0 => {
            Err("runtime error: integer divide by zero".to_owned())
        }
        (Value::Int(a), Value::Int(b)) => Ok(Value::int(a.as_i64().wrapping_rem(b.as_i64()))),
        _ => Err(mismatch(a, "%", b)),
    }
}

pub(crate) fn exponent(a: &Value, b: &Value) -> Outcome {
    Ok(Value::Float(crate::pow::pow(to_float(a)?, to_float(b)?)))
}

pub(crate) fn negate(value: &Value) -> Outcome {
    match value {
        Value::Int(int) => Ok(Value::Int(Int::new(int.kind(), int.as_i64().wrapping_neg()))),
        Value::Float(number) => Ok(Value::Float(-number)),
        _ => Err(format!("invalid operation: - {}", value.type_name())),
    }
}

/// How many items or bytes a slice bound counts from.
pub(crate) fn length(value: &Value) -> Result<usize, String> {
    match value {
        Value::Str(text) => Ok(text.len()),
        Value::Bytes(bytes) => Ok(bytes.len()),
        Value::List(list) => Ok(list.len()),
        Value::Map(map) => Ok(map.len()),
        Value::AnyMap(map) => Ok(map.len()),
        _ => Err(format!("invalid argument for len (type {})", value.type_name())),
    }
}

/// `value[from:to]`; bounds are clamped.
pub(crate) fn slice(value: &Value, from: &Value, to: &Value) -> Outcome {
    let length = match value {
        Value::Str(_) | Value::Bytes(_) | Value::List(_) => length(value)?,
        _ => return Err(format!("cannot slice {from}")),
    };
    let clamp = |bound: i64| {
        let bound = if bound < 0 { (length as i64).saturating_add(bound).max(0) } else { bound };
        usize::try_from(bound).unwrap_or(usize::MAX).min(length)
    };
    let (from, to) = (to_int(from)?, to_int(to)?);
    let to = clamp(to);
    let from = clamp(from).min(to);
    Ok(match value {
        Value::List(list) if list.elem() == Elem::InPair => Value::list(list[from..to].to_vec()),
        Value::Str(text) => Value::str(&text[from..to]),
        Value::Bytes(bytes) => Value::Bytes(bytes[from..to].into()),
        Value::List(list) if from == 0 && to == length => Value::List(list.clone()),
        Value::List(list) => Value::List(List::with_elem(list.elem(), list[from..to].to_vec())),
        _ => Value::Nil,
    })
}

/// `needle in container`
pub(crate) fn contains(needle: &Value, container: &Value) -> Result<bool, String> {
    match container {
        Value::Nil => Ok(false),
        Value::List(list) => Ok(list.iter().any(|item| equal(item, needle))),
        Value::Bytes(bytes) => Ok(bytes.iter().any(|byte| equal(&Value::int(i64::from(*byte)), needle))),
        Value::Map(map) => match needle {
            Value::Str(key) => Ok(map.get(key).is_some()),
            Value::Nil => Ok(map.get(b"").is_some()),
            _ => Err(not_assignable(needle, "string")),
        },
        Value::AnyMap(map) => Ok(entry(map, needle)?.is_some()),
        Value::Object(object) => match needle {
            Value::Str(name) => Ok(name.as_str().is_some_and(|name| object.field(name).is_some())),
            _ => Err(format!("cannot use {} as field name of {}", needle.type_name(), container.type_name())),
        },
        Value::Time(_) | Value::Location(_) => match needle {
            Value::Str(_) => Ok(false),
            _ => Err(format!("cannot use {} as field name of {}", needle.type_name(), container.type_name())),
        },
        _ => Err(format!("operator \"in\" not defined on {}", container.type_name())),
    }
}

pub(crate) fn not_assignable(value: &Value, to: &str) -> String {
    format!("reflect.Value.MapIndex: value of type {} is not assignable to type {to}", value.type_name())
}

/// What Go says when a value cannot be the key of a map. It looks into an empty map in another way.
pub(crate) fn hashable(key: &Value, in_empty: bool) -> Result<(), String> {
    match key {
        // The hash of an array is made of those of its items.
        Value::List(pair) if pair.elem() == Elem::InPair => {
            pair.iter().try_for_each(|item| hashable(item, false))
        }
        Value::List(_) | Value::Bytes(_) | Value::Map(_) | Value::AnyMap(_) | Value::Func(_) => {
            let name = key.type_name();
            Err(if in_empty {
                format!("hash of unhashable type: {name}")
            } else {
                format!("runtime error: hash of unhashable type {name}")
            })
        }
        _ => Ok(()),
    }
}

/// The entry of a map whose keys are of any type.
pub(crate) fn entry<'a>(map: &'a AnyMap, key: &Value) -> Result<Option<&'a Value>, String> {
    hashable(key, map.is_empty())?;
    Ok(map.get(key))
}

/// `needle in` a set that the optimizer made of literals.
pub(crate) fn in_set(needle: &Value, set: &Value) -> Result<bool, String> {
    let Value::List(ints) = set else { return contains(needle, set) };
    match needle {
        Value::Int(int) if int.kind() == dinghy_govalue::IntKind::Int => {
            Ok(ints.iter().any(|item| equal(item, needle)))
        }
        Value::Nil => Ok(ints.iter().any(|item| equal(item, &Value::int(0)))),
        _ => Err(not_assignable(needle, "int")),
    }
}
