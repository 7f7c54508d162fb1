//! Lists. Every function makes a new list; none changes the one it is given.

use std::borrow::Cow;

use dinghy_govalue::{Elem, IntKind, List, Value};

use super::cast::to_int;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed, variadic};
use crate::slot::kind_name;

use Ty::{Any, Int};

pub(super) static TABLE: &[Func] = &[
    fixed("append", &[Any, Any], append),
    fixed("chunk", &[Int, Any], chunk),
    variadic("concat", &[], Any, concat),
    fixed("first", &[Any], first),
    fixed("has", &[Any, Any], has),
    fixed("initial", &[Any], initial),
    fixed("last", &[Any], last),
    variadic("list", &[], Any, list),
    fixed("mustAppend", &[Any, Any], append),
    fixed("mustChunk", &[Int, Any], chunk),
    fixed("mustFirst", &[Any], first),
    fixed("mustHas", &[Any, Any], has),
    fixed("mustInitial", &[Any], initial),
    fixed("mustLast", &[Any], last),
    fixed("mustPrepend", &[Any, Any], prepend),
    fixed("mustPush", &[Any, Any], append),
    fixed("mustRest", &[Any], rest),
    fixed("mustReverse", &[Any], reverse),
    variadic("mustSlice", &[Any], Any, slice),
    fixed("mustUniq", &[Any], uniq),
    variadic("mustWithout", &[Any], Any, without),
    fixed("prepend", &[Any, Any], prepend),
    fixed("push", &[Any, Any], append),
    fixed("rest", &[Any], rest),
    fixed("reverse", &[Any], reverse),
    variadic("slice", &[Any], Any, slice),
    variadic("tuple", &[], Any, list),
    fixed("uniq", &[Any], uniq),
    variadic("without", &[Any], Any, without),
];

/// What sprig's use of `reflect.TypeOf` on nil comes to.
const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// The elements of a slice; `None` for anything else.
pub(super) fn elements(value: &Value) -> Option<Cow<'_, [Value]>> {
    match value {
        Value::List(list) => Some(Cow::Borrowed(list)),
        Value::Bytes(bytes) => {
            let items = bytes.iter().map(|byte| Value::int_of(IntKind::Uint8, i64::from(*byte)));
            Some(Cow::Owned(items.collect()))
        }
        _ => None,
    }
}

/// The kind of a value for a message; nil has none and takes Go's function down.
pub(super) fn kind_of(value: &Value) -> Result<&'static str, String> {
    if value.is_nil() { Err(NIL_POINTER.to_owned()) } else { Ok(kind_name(value)) }
}

fn items<'a>(value: &'a Value, complaint: &str) -> Result<Cow<'a, [Value]>, String> {
    match elements(value) {
        Some(items) => Ok(items),
        None => Err(format!("{complaint} {}", kind_of(value)?)),
    }
}

fn list(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    env.nest(args.from(0))?;
    Ok(Value::list(args.from(0).cloned().collect()))
}

fn append(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let mut items = items(args.any(0), "Cannot push on type")?.into_owned();
    env.nest([args.any(1)])?;
    items.push(args.any(1).clone());
    Ok(Value::list(items))
}

fn prepend(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let items = items(args.any(0), "Cannot prepend on type")?;
    env.nest([args.any(1)])?;
    Ok(Value::list(std::iter::once(args.any(1)).chain(items.iter()).cloned().collect()))
}

fn chunk(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let items = items(args.any(1), "Cannot chunk type")?;
    env.nest([args.any(1)])?;
    let size = args.int(0).unsigned_abs() as usize;
    let chunks: Vec<&[Value]> = match items.len() {
        _ if args.int(0) > 0 => items.chunks(size).collect(),
        // What sprig's arithmetic makes of sizes that make no sense.
        1 if size > 1 => vec![&items],
        2.. if items.len() - 1 <= size => Vec::new(),
        _ => return Err("runtime error: makeslice: len out of range".to_owned()),
    };
    let chunks = chunks.into_iter().map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::List(List::with_elem(Elem::AnyList, chunks)))
}

fn first(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(items(args.any(0), "Cannot find first on type")?.first().cloned().unwrap_or_default())
}

fn last(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(items(args.any(0), "Cannot find last on type")?.last().cloned().unwrap_or_default())
}

/// Of an empty list there is no rest: Go's nil slice.
fn part(items: Option<&[Value]>) -> Value {
    match items {
        Some(items) => Value::list(items.to_vec()),
        None => Value::List(List::nil(Elem::Any)),
    }
}

fn rest(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(part(items(args.any(0), "Cannot find rest on type")?.split_first().map(|(_, rest)| rest)))
}

fn initial(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(part(items(args.any(0), "Cannot find initial on type")?.split_last().map(|(_, rest)| rest)))
}

fn reverse(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let items = items(args.any(0), "Cannot find reverse on type")?;
    Ok(Value::list(items.iter().rev().cloned().collect()))
}

fn uniq(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let items = items(args.any(0), "Cannot find uniq on type")?;
    env.check_depth(args.any(0))?;
    let mut kept: Vec<Value> = Vec::new();
    for item in items.iter() {
        if !contains(env, &kept, item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn without(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let items = items(args.any(0), "Cannot find without on type")?;
    for value in args.from(0) {
        env.check_depth(value)?;
    }
    let omitted: Vec<Value> = args.from(1).cloned().collect();
    let mut kept = Vec::new();
    for item in items.iter() {
        if !contains(env, &omitted, item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

/// Counts each comparison as work, for comparing everything with everything takes long on long lists.
fn contains(env: &mut Env, list: &[Value], wanted: &Value) -> Result<bool, String> {
    for (i, item) in list.iter().enumerate() {
        if i % 64 == 63 {
            env.step()?;
        }
        if wanted.deep_equal(item) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    if args.any(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let items = items(args.any(1), "Cannot find has on type")?;
    env.check_depth(args.any(0))?;
    env.check_depth(args.any(1))?;
    contains(env, &items, args.any(0)).map(Value::Bool)
}

/// `slice $list 1 3`; unlike the builtin it replaces, for lists only.
fn slice(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let list = args.any(0);
    let Some(items) = elements(list) else {
        return Err(format!("list should be type of slice or array but {}", kind_of(list)?));
    };
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let start = if args.len() > 1 { to_int(args.any(1)) } else { 0 };
    let end = if args.len() > 2 { to_int(args.any(2)) } else { items.len() as i64 };
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| items.get(start..end));
    let part = part.ok_or("reflect.Value.Slice: slice index out of bounds")?;
    Ok(match list {
        Value::Bytes(bytes) => {
            let (start, end) = range.unwrap_or_default();
            Value::Bytes(bytes.get(start..end).unwrap_or_default().into())
        }
        Value::List(list) => Value::List(List::with_elem(list.elem(), part.to_vec())),
        _ => Value::list(part.to_vec()),
    })
}

fn concat(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let mut joined = Vec::new();
    for list in args.from(0) {
        let Some(items) = elements(list) else {
            return Err(format!("Cannot concat type {} as list", kind_of(list)?));
        };
        env.check_items(joined.len() + items.len())?;
        joined.extend_from_slice(&items);
    }
    Ok(if joined.is_empty() { Value::List(List::nil(Elem::Any)) } else { Value::list(joined) })
}
