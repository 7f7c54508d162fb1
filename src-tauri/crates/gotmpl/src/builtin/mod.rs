//! The functions that `text/template` itself defines.

mod call;
mod compare;
mod escape;
mod index;

use dinghy_govalue::{Value, sprintf};

pub(crate) use call::call_value;

use crate::env::Env;
use crate::func::{Args, Func, Run, Ty, fixed, variadic};
use crate::slot::truth;

/// Sorted by name. `slice` is missing: sprig's takes its place.
pub(crate) static TABLE: &[Func] = &[
    Func { name: "and", params: &[Ty::Reflect], rest: Some(Ty::Reflect), mutates: false, run: Run::And },
    Func { name: "call", params: &[Ty::Reflect], rest: Some(Ty::Reflect), mutates: false, run: Run::Call },
    variadic("eq", &[Ty::Reflect], Ty::Reflect, compare::eq),
    fixed("ge", &[Ty::Reflect, Ty::Reflect], compare::ge),
    fixed("gt", &[Ty::Reflect, Ty::Reflect], compare::gt),
    variadic("html", &[], Ty::Any, escape::html),
    variadic("index", &[Ty::Reflect], Ty::Reflect, index::index),
    variadic("js", &[], Ty::Any, escape::js),
    fixed("le", &[Ty::Reflect, Ty::Reflect], compare::le),
    fixed("len", &[Ty::Reflect], index::len),
    fixed("lt", &[Ty::Reflect, Ty::Reflect], compare::lt),
    fixed("ne", &[Ty::Reflect, Ty::Reflect], compare::ne),
    fixed("not", &[Ty::Reflect], |_, args| Ok(Value::Bool(!truth(args.any(0))))),
    Func { name: "or", params: &[Ty::Reflect], rest: Some(Ty::Reflect), mutates: false, run: Run::Or },
    variadic("print", &[], Ty::Any, |env, args| Ok(Value::str(sprint(env, args)?))),
    variadic("printf", &[Ty::Str], Ty::Any, printf),
    variadic("println", &[], Ty::Any, println),
    variadic("urlquery", &[], Ty::Any, escape::urlquery),
];

/// `fmt.Sprint`: space between two operands when neither is a string.
fn sprint(env: &Env, args: Args<'_>) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut after_text = true;
    for (i, value) in args.from(0).enumerate() {
        let text = matches!(value, Value::Str(_));
        if i > 0 && !text && !after_text {
            out.push(b' ');
        }
        append(env, &mut out, value)?;
        after_text = text;
    }
    Ok(out)
}

fn println(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let mut out = Vec::new();
    for (i, value) in args.from(0).enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        append(env, &mut out, value)?;
    }
    out.push(b'\n');
    Ok(Value::str(out))
}

fn append(env: &Env, out: &mut Vec<u8>, value: &Value) -> Result<(), String> {
    match value {
        Value::Str(text) => out.extend_from_slice(text),
        other => {
            env.check_depth(other)?;
            out.extend_from_slice(&crate::text::print(other));
        }
    }
    env.check_bytes(out.len())
}

fn printf(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let format = args.bytes(0);
    let values: Vec<Value> = args.from(1).cloned().collect();
    check_format(env, format, &values)?;
    Ok(Value::str(sprintf(format, &values)))
}

/// Refuses what would print too much: large values named over and over (`%[1]s`), or huge widths.
fn check_format(env: &Env, format: &[u8], values: &[Value]) -> Result<(), String> {
    let (mut sum, mut largest) = (0, 0);
    for value in values {
        let size = crate::env::measure(value)?;
        (sum, largest) = (sum + size, largest.max(size));
    }
    let verbs = format.iter().filter(|byte| **byte == b'%').count();
    let printed = if format.contains(&b'[') { verbs.saturating_mul(largest) } else { sum };
    // Go ignores widths beyond a million.
    const WIDEST: usize = 1_000_000;
    let number =
        |digits: &[u8]| digits.iter().fold(0, |n, digit| (n * 10 + usize::from(digit - b'0')).min(WIDEST));
    let written: usize = format.split(|byte| !byte.is_ascii_digit()).map(number).sum();
    let given = values.iter().filter_map(|value| match value {
        Value::Int(int) => usize::try_from(int.as_i64().unsigned_abs()).ok().filter(|n| *n <= WIDEST),
        _ => None,
    });
    let stars = format.iter().filter(|byte| **byte == b'*').count();
    let widths = written.saturating_add(stars.saturating_mul(given.max().unwrap_or(0)));
    env.check_bytes(format.len().saturating_add(printed).saturating_add(widths))
}
