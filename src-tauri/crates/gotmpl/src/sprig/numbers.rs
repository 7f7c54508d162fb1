//! Numbers: conversion, arithmetic on integers, sequences, rounding.

use dinghy_govalue::{Elem, List, Value};

use super::cast::{atoi, to_float, to_int};
use super::decimal::{Op, decimal};
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed, variadic};

use Ty::{Any, Float, Int};

pub(super) static TABLE: &[Func] = &[
    variadic("add", &[], Any, |_, args| {
        Ok(Value::int64(args.from(0).fold(0i64, |sum, value| sum.wrapping_add(to_int(value)))))
    }),
    fixed("add1", &[Any], |_, args| Ok(Value::int64(to_int(args.any(0)).wrapping_add(1)))),
    fixed("add1f", &[Any], |_, args| decimal(Op::Add, args.any(0), [&Value::int(1)])),
    variadic("addf", &[], Any, |_, args| decimal(Op::Add, &Value::Float(0.0), args.from(0))),
    fixed("atoi", &[Ty::Str], |_, args| Ok(Value::int(atoi(args.bytes(0))))),
    variadic("biggest", &[Any], Any, max),
    fixed("ceil", &[Any], |_, args| Ok(Value::Float(to_float(args.any(0)).ceil()))),
    fixed("div", &[Any, Any], |_, args| divided(args, i64::wrapping_div)),
    variadic("divf", &[Any], Any, |_, args| decimal(Op::Div, args.any(0), args.from(1))),
    fixed("float64", &[Any], |_, args| Ok(Value::Float(to_float(args.any(0))))),
    fixed("floor", &[Any], |_, args| Ok(Value::Float(to_float(args.any(0)).floor()))),
    fixed("int", &[Any], |_, args| Ok(Value::int(to_int(args.any(0))))),
    fixed("int64", &[Any], |_, args| Ok(Value::int64(to_int(args.any(0))))),
    variadic("max", &[Any], Any, max),
    variadic("maxf", &[Any], Any, |_, args| Ok(fold_floats(args, |a, b| b > a))),
    variadic("min", &[Any], Any, |_, args| {
        Ok(Value::int64(args.from(0).map(to_int).min().unwrap_or_default()))
    }),
    variadic("minf", &[Any], Any, |_, args| Ok(fold_floats(args, |a, b| b < a))),
    fixed("mod", &[Any, Any], |_, args| divided(args, i64::wrapping_rem)),
    variadic("mul", &[Any], Any, |_, args| {
        Ok(Value::int64(args.from(0).fold(1i64, |product, value| product.wrapping_mul(to_int(value)))))
    }),
    variadic("mulf", &[Any], Any, |_, args| decimal(Op::Mul, args.any(0), args.from(1))),
    variadic("round", &[Any, Int], Float, round),
    variadic("seq", &[], Int, seq),
    fixed("sub", &[Any, Any], |_, args| {
        Ok(Value::int64(to_int(args.any(0)).wrapping_sub(to_int(args.any(1)))))
    }),
    variadic("subf", &[Any], Any, |_, args| decimal(Op::Sub, args.any(0), args.from(1))),
    fixed("toDecimal", &[Any], to_decimal),
    fixed("until", &[Int], |env, args| {
        let count = args.int(0);
        Ok(ints(steps(env, 0, count, if count < 0 { -1 } else { 1 })?))
    }),
    fixed("untilStep", &[Int, Int, Int], |env, args| {
        Ok(ints(steps(env, args.int(0), args.int(1), args.int(2))?))
    }),
];

fn max(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(Value::int64(args.from(0).map(to_int).max().unwrap_or_default()))
}

/// `math.Max` and `math.Min` over all arguments: the best infinity wins, then what is no number.
fn fold_floats(args: Args<'_>, better: fn(f64, f64) -> bool) -> Value {
    let mut numbers = args.from(0).map(to_float);
    let first = numbers.next().unwrap_or_default();
    Value::Float(numbers.fold(first, |a, b| {
        let zeros = a == 0.0 && b == 0.0;
        match () {
            _ if a.is_infinite() && better(0.0, a) => a,
            _ if b.is_infinite() && better(0.0, b) => b,
            _ if a.is_nan() || b.is_nan() => f64::NAN,
            // The sign of zero counts: max(-0, 0) is 0, min(0, -0) is -0.
            _ if zeros => {
                if better(a.signum(), b.signum()) {
                    b
                } else {
                    a
                }
            }
            _ if better(a, b) => b,
            _ => a,
        }
    }))
}

fn divided(args: Args<'_>, op: fn(i64, i64) -> i64) -> Result<Value, String> {
    match to_int(args.any(1)) {
        0 => Err("runtime error: integer divide by zero".to_owned()),
        divisor => Ok(Value::int64(op(to_int(args.any(0)), divisor))),
    }
}

/// Rounds to a number of places; up from `.5`, or from the third argument. Negative numbers go down, as in sprig.
fn round(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let round_on = if args.len() > 2 { args.float(2) } else { 0.5 };
    let pow = 10f64.powf(args.int(1) as f64);
    let digit = pow * to_float(args.any(0));
    let rounded = if digit.fract() >= round_on { digit.ceil() } else { digit.floor() };
    Ok(Value::Float(rounded / pow))
}

/// Reads octal digits, as of a file's mode.
fn to_decimal(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    env.check_depth(args.any(0))?;
    let shown = crate::text::print(args.any(0));
    let text = dinghy_govalue::to_str_lossy(&shown);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let octal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Ok(Value::int64(if octal { i64::from_str_radix(&text, 8).unwrap_or(0) } else { 0 }))
}

/// The numbers from `start` up or down to before `stop`.
fn steps(env: &Env, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, String> {
    let falling = stop < start;
    if step == 0 || falling != (step < 0) {
        return Ok(Vec::new());
    }
    let distance = (i128::from(stop) - i128::from(start)).unsigned_abs();
    let count = distance.div_ceil(u128::from(step.unsigned_abs()));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    env.check_items(count)?;
    Ok((0..count as i64).map(|i| start.wrapping_add(i.wrapping_mul(step))).collect())
}

fn ints(numbers: Vec<i64>) -> Value {
    Value::List(List::with_elem(Elem::Int, numbers.into_iter().map(Value::int).collect()))
}

fn seq(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (start, step, end) = match args.len() {
        1 => (1, if args.int(0) < 1 { -1 } else { 1 }, args.int(0)),
        2 => (args.int(0), if args.int(1) < args.int(0) { -1 } else { 1 }, args.int(1)),
        3 => (args.int(0), args.int(1), args.int(2)),
        _ => return Ok(Value::str("")),
    };
    if args.len() == 3 && end < start && step > 0 {
        return Ok(Value::str(""));
    }
    let beyond = end.wrapping_add(if end < start { -1 } else { 1 });
    let numbers = steps(env, start, beyond, step)?;
    let shown: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(Value::str(shown.join(" ")))
}
