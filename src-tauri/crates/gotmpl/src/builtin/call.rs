//! `call`: functions held in values. What they take is read from their Go signature.

use dinghy_govalue::{IntKind, Value};

use crate::func::Args;
use crate::signature::Signature;

/// Calls the function in the first argument with the others. `callee` is how the template names it.
pub(crate) fn call_value(callee: &str, args: Args<'_>) -> Result<Value, String> {
    let func = match args.any(0) {
        Value::Nil => return Err("call of nil".to_owned()),
        Value::Func(func) => func,
        other => return Err(format!("non-function {callee} of type {}", other.type_name())),
    };
    let signature = Signature::read(func.signature());
    if let Some(fault) = signature.fault(callee) {
        return Err(fault);
    }
    let Signature { params, rest, .. } = signature;
    let given = args.len().saturating_sub(1);
    if rest.is_some() && given < params.len() {
        let want = params.len();
        return Err(format!("wrong number of args for {callee}: got {given} want at least {want}"));
    }
    if rest.is_none() && given != params.len() {
        return Err(format!("wrong number of args for {callee}: got {given} want {}", params.len()));
    }
    let values = args
        .from(1)
        .enumerate()
        .map(|(i, value)| {
            let ty = params.get(i).or(rest.as_ref()).copied().unwrap_or("interface {}");
            prepare(value, ty).map_err(|message| format!("arg {i}: {message}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    func.call(&values)
}

/// A value as an argument of type `ty`: as it is, or converted between kinds of integers.
fn prepare(value: &Value, ty: &str) -> Result<Value, String> {
    let nilable = ty == "interface {}" || ty == "any" || ty.starts_with(['*', '[']) || ty.starts_with("map[");
    if value.is_nil() {
        return if nilable { Ok(Value::Nil) } else { Err(format!("value is nil; should be of type {ty}")) };
    }
    if ty == "interface {}" || ty == "any" || value.type_name() == ty {
        return Ok(value.clone());
    }
    let integer = match value {
        Value::Int(int) => Some(int.as_i64()),
        Value::Duration(n) | Value::Month(n) | Value::Weekday(n) => Some(*n),
        _ => None,
    };
    let converted = integer.and_then(|n| match ty {
        "time.Duration" => Some(Value::Duration(n)),
        "time.Month" => Some(Value::Month(n)),
        "time.Weekday" => Some(Value::Weekday(n)),
        _ => Some(Value::int_of(int_kind(ty)?, n)),
    });
    converted.ok_or_else(|| format!("value has type {}; should be {ty}", value.type_name()))
}

fn int_kind(name: &str) -> Option<IntKind> {
    use IntKind::*;
    [Int, Int8, Int16, Int32, Int64, Uint, Uint8, Uint16, Uint32, Uint64]
        .into_iter()
        .find(|kind| kind.name() == name)
}
