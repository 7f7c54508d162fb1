//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`: comparison by kind, with an error where kinds differ.

use dinghy_govalue::Value;

use crate::env::Env;
use crate::func::Args;

const BAD_TYPE: &str = "invalid type for comparison";

/// Go's basic kinds; `Other` has no order.
#[derive(Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(&'a [u8]),
    Complex(f64, f64),
    Other,
}

fn basic(value: &Value) -> Basic<'_> {
    match value {
        Value::Bool(truth) => Basic::Bool(*truth),
        Value::Int(int) if int.kind().is_unsigned() => Basic::Uint(int.as_u64()),
        Value::Int(int) => Basic::Int(int.as_i64()),
        Value::Duration(n) | Value::Month(n) | Value::Weekday(n) => Basic::Int(*n),
        Value::Float(float) => Basic::Float(*float),
        Value::Str(text) => Basic::Text(text),
        Value::Object(object) => object.complex().map_or(Basic::Other, |(re, im)| Basic::Complex(re, im)),
        _ => Basic::Other,
    }
}

fn incompatible(a: &Value, b: &Value) -> String {
    format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name())
}

pub(super) fn eq(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    if args.len() < 2 {
        return Err("missing argument for comparison".to_owned());
    }
    for other in args.from(1) {
        if equal(env, args.any(0), other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn equal(env: &Env, a: &Value, b: &Value) -> Result<bool, String> {
    match (basic(a), basic(b)) {
        (Basic::Bool(a), Basic::Bool(b)) => Ok(a == b),
        (Basic::Int(a), Basic::Int(b)) => Ok(a == b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a == b),
        (Basic::Int(a), Basic::Uint(b)) | (Basic::Uint(b), Basic::Int(a)) => Ok(u64::try_from(a) == Ok(b)),
        (Basic::Float(a), Basic::Float(b)) => Ok(a == b),
        (Basic::Text(a), Basic::Text(b)) => Ok(a == b),
        (Basic::Complex(re, im), Basic::Complex(re2, im2)) => Ok(re == re2 && im == im2),
        (Basic::Other, Basic::Other) => equal_others(env, a, b),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// What is neither text, number nor truth: nil, lists, maps, functions, structs.
fn equal_others(env: &Env, a: &Value, b: &Value) -> Result<bool, String> {
    let kinds = (crate::slot::kind_name(a), crate::slot::kind_name(b));
    if kinds.0 != kinds.1 && !a.is_nil() && !b.is_nil() {
        env.check_depth(a)?;
        return Err(format!(
            "non-comparable types {}: {}, {}: {}",
            reflect_text(a),
            a.type_name(),
            b.type_name(),
            shown(env, b)?
        ));
    }
    let (nil_a, nil_b) = (a.is_nil_like(), b.is_nil_like());
    if nil_a || nil_b {
        return Ok(nil_a == nil_b);
    }
    match b {
        Value::Time(_) | Value::Location(_) | Value::Object(_) => Ok(a.deep_equal(b)),
        _ => {
            env.check_depth(b)?;
            Err(format!("non-comparable type {}: {}", reflect_text(b), b.type_name()))
        }
    }
}

fn shown(env: &Env, value: &Value) -> Result<String, String> {
    env.check_depth(value)?;
    Ok(dinghy_govalue::to_str_lossy(&crate::text::print(value)).into_owned())
}

/// A `reflect.Value` printed with `%s` prints what it holds.
fn reflect_text(value: &Value) -> String {
    dinghy_govalue::to_str_lossy(&dinghy_govalue::sprintf(b"%s", std::slice::from_ref(value))).into_owned()
}

fn less(a: &Value, b: &Value) -> Result<bool, String> {
    let (left, right) = (basic(a), basic(b));
    if left == Basic::Other || right == Basic::Other {
        return Err(BAD_TYPE.to_owned());
    }
    match (left, right) {
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Int(a), Basic::Uint(b)) => Ok(i128::from(a) < i128::from(b)),
        (Basic::Uint(a), Basic::Int(b)) => Ok(i128::from(a) < i128::from(b)),
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::Text(a), Basic::Text(b)) => Ok(a < b),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            Err(BAD_TYPE.to_owned())
        }
        _ => Err(incompatible(a, b)),
    }
}

pub(super) fn ne(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    equal(env, args.any(0), args.any(1)).map(|equal| Value::Bool(!equal))
}

pub(super) fn lt(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    less(args.any(0), args.any(1)).map(Value::Bool)
}

fn less_or_equal(env: &Env, args: Args<'_>) -> Result<bool, String> {
    let (a, b) = (args.any(0), args.any(1));
    Ok(less(a, b)? || equal(env, a, b)?)
}

pub(super) fn le(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    less_or_equal(env, args).map(Value::Bool)
}

pub(super) fn gt(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    less_or_equal(env, args).map(|le| Value::Bool(!le))
}

pub(super) fn ge(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    less(args.any(0), args.any(1)).map(|less| Value::Bool(!less))
}
