//! The builtins about numbers.

use dinghy_govalue::{Int, Value};

use crate::builtin::Builtin;
use crate::ops::{compare, float_to_int};

/// How deeply lists of numbers may be nested.
const MAX_DEPTH: usize = 1_000;
const TOO_DEEP: &str = "recursion depth exceeded";

pub(crate) fn call(builtin: Builtin, args: &[&Value]) -> Result<Value, String> {
    let arg = args.first().copied().unwrap_or(&Value::Nil);
    let name = builtin.name();
    match builtin {
        Builtin::Abs => match arg {
            // As Go compares: the sign of -0 stays.
            Value::Float(number) => Ok(Value::Float(if *number < 0.0 { -number } else { *number })),
            Value::Int(int) if !int.kind().is_unsigned() && int.as_i64() < 0 => {
                Ok(Value::Int(Int::new(int.kind(), int.as_i64().wrapping_neg())))
            }
            Value::Int(int) => Ok(Value::Int(*int)),
            _ => Err(invalid(name, arg)),
        },
        Builtin::Ceil | Builtin::Floor | Builtin::Round => match arg {
            Value::Int(int) => Ok(Value::Float(int.as_f64())),
            Value::Float(number) => Ok(Value::Float(match builtin {
                Builtin::Ceil => number.ceil(),
                Builtin::Floor => number.floor(),
                _ => number.round(),
            })),
            _ => Err(invalid(name, arg)),
        },
        Builtin::Int => to_int(arg),
        Builtin::Float => to_float(arg),
        Builtin::Max | Builtin::Min => extreme(builtin, args, 0),
        Builtin::Mean => {
            let mut numbers = Vec::new();
            collect(name, args.iter().copied(), &mut numbers, 0)?;
            let count = numbers.len();
            let sum: f64 = numbers.into_iter().fold(0.0, |sum, number| sum + number);
            Ok(Value::Float(if count == 0 { 0.0 } else { sum / count as f64 }))
        }
        Builtin::Median => {
            let mut numbers = Vec::new();
            collect(name, args.iter().copied(), &mut numbers, 0)?;
            numbers.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())));
            let half = numbers.len() / 2;
            Ok(Value::Float(match numbers.len() {
                0 => 0.0,
                odd if odd % 2 == 1 => numbers[half],
                _ => (numbers[half - 1] + numbers[half]) / 2.0,
            }))
        }
        Builtin::BitNot => Ok(Value::int(!bits(arg, name)?)),
        _ => bitwise(builtin, bits(arg, name)?, bits(args.get(1).copied().unwrap_or(&Value::Nil), name)?),
    }
}

fn invalid(name: &str, value: &Value) -> String {
    format!("invalid argument for {name} (type {})", value.type_name())
}

fn to_int(value: &Value) -> Result<Value, String> {
    match value {
        Value::Int(int) => Ok(Value::int(int.as_i64())),
        Value::Float(number) => Ok(Value::int(float_to_int(*number))),
        Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => Ok(Value::int(*number)),
        Value::Str(text) => text
            .as_str()
            .and_then(|text| text.parse().ok())
            .map(Value::int)
            .ok_or_else(|| format!("invalid operation: int({text})")),
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
        _ => Err(format!("invalid operation: int({})", value.type_name())),
    }
}

fn to_float(value: &Value) -> Result<Value, String> {
    match value {
        Value::Int(int) => Ok(Value::Float(int.as_f64())),
        Value::Float(_) => Ok(value.clone()),
        Value::Str(text) => text
            .as_str()
            .and_then(|text| crate::strconv::parse_float(text).ok())
            .map(Value::Float)
            .ok_or_else(|| format!("invalid operation: float({text})")),
        _ => Err(format!("invalid operation: float({})", value.type_name())),
    }
}

/// The greatest or least of numbers and of lists of numbers.
fn extreme(builtin: Builtin, args: &[&Value], depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(TOO_DEEP.to_owned());
    }
    let mut best: Option<Value> = None;
    let mut offer = |value: &Value| -> Result<(), String> {
        let better = match &best {
            None => true,
            Some(best) if builtin == Builtin::Max => {
                compare(best, "<", value)?.is_some_and(|order| order.is_lt())
            }
            Some(best) => compare(best, ">", value)?.is_some_and(|order| order.is_gt()),
        };
        if better {
            best = Some(value.clone());
        }
        Ok(())
    };
    for arg in args {
        match arg {
            Value::Int(_) | Value::Float(_) => offer(arg)?,
            Value::List(list) => {
                for item in list.iter() {
                    match item {
                        Value::Int(_) | Value::Float(_) => offer(item)?,
                        Value::List(_) | Value::Bytes(_) => match extreme(builtin, &[item], depth + 1)? {
                            Value::Nil => {}
                            nested => offer(&nested)?,
                        },
                        other => return Err(invalid(builtin.name(), other)),
                    }
                }
            }
            Value::Bytes(bytes) => {
                for byte in bytes.iter() {
                    offer(&Value::int_of(dinghy_govalue::IntKind::Uint8, i64::from(*byte)))?;
                }
            }
            Value::Duration(_) | Value::Month(_) | Value::Weekday(_) => offer(arg)?,
            other if args.len() == 1 => return Ok((*other).clone()),
            other => return Err(invalid(builtin.name(), other)),
        }
    }
    Ok(best.unwrap_or_default())
}

/// All numbers in values and lists, as floats.
fn collect<'v>(
    name: &str,
    values: impl Iterator<Item = &'v Value>,
    numbers: &mut Vec<f64>,
    depth: usize,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(TOO_DEEP.to_owned());
    }
    for value in values {
        match value {
            Value::Int(int) => numbers.push(int.as_f64()),
            Value::Float(number) => numbers.push(*number),
            Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => {
                numbers.push(*number as f64)
            }
            Value::Bytes(bytes) => numbers.extend(bytes.iter().map(|byte| f64::from(*byte))),
            Value::List(list) => {
                let items: Box<dyn Iterator<Item = &Value>> = Box::new(list.iter());
                collect(name, items, numbers, depth + 1)?;
            }
            other => return Err(invalid(name, other)),
        }
    }
    Ok(())
}

fn bits(value: &Value, name: &str) -> Result<i64, String> {
    match value {
        Value::Int(int) => Ok(int.as_i64()),
        other => Err(format!("cannot use {} as argument (type int) to call {name}", other.type_name())),
    }
}

fn bitwise(builtin: Builtin, x: i64, y: i64) -> Result<Value, String> {
    let shift = || match u32::try_from(y) {
        Err(_) if y < 0 => Err(format!("invalid operation: negative shift count {y} (type int)")),
        shift => Ok(shift.unwrap_or(u32::MAX)),
    };
    Ok(Value::int(match builtin {
        Builtin::BitAnd => x & y,
        Builtin::BitOr => x | y,
        Builtin::BitXor => x ^ y,
        Builtin::BitNand => x & !y,
        Builtin::BitShl => x.checked_shl(shift()?).unwrap_or(0),
        Builtin::BitShr => x >> shift()?.min(63),
        _ => (x as u64).checked_shr(shift()?).unwrap_or(0) as i64,
    }))
}
