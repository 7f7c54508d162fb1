//! Maps with string keys. `set`, `unset` and the merging functions change the map they are given, as in Go.
//!
//! Where Go's order of keys is left to chance, it is alphabetical here.

use std::borrow::Cow;
use std::sync::Arc;

use dinghy_govalue::{Elem, List, Map, Str, Value};

use super::cast::to_text;
use super::merge::merge_into;
use super::semver::Version;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed, mutating, variadic};

use Ty::{Any, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("deepCopy", &[Any], deep_copy),
    variadic("dict", &[], Any, dict),
    variadic("dig", &[], Any, dig),
    fixed("get", &[Ty::Map, Text], |_, args| Ok(entry(args.map(0), &args.str(1)).unwrap_or(Value::str("")))),
    fixed("hasKey", &[Ty::Map, Text], |_, args| Ok(Value::Bool(entry(args.map(0), &args.str(1)).is_some()))),
    variadic("keys", &[], Ty::Map, keys),
    mutating(variadic("merge", &[Ty::Map], Ty::Map, |env, args| merge(env, args, false))),
    mutating(variadic("mergeOverwrite", &[Ty::Map], Ty::Map, |env, args| merge(env, args, true))),
    fixed("mustDeepCopy", &[Any], deep_copy),
    mutating(variadic("mustMerge", &[Ty::Map], Ty::Map, |env, args| merge(env, args, false))),
    mutating(variadic("mustMergeOverwrite", &[Ty::Map], Ty::Map, |env, args| merge(env, args, true))),
    variadic("omit", &[Ty::Map], Text, omit),
    variadic("pick", &[Ty::Map], Text, pick),
    variadic("pluck", &[Text], Ty::Map, pluck),
    mutating(fixed("set", &[Ty::Map, Text, Any], set)),
    mutating(fixed("unset", &[Ty::Map, Text], |_, args| {
        let Some(map) = args.map(0) else { return Ok(Value::Map(Map::new::<Str>([]))) };
        map.remove(&args.str(1));
        Ok(Value::Map(map.clone()))
    })),
    fixed("values", &[Ty::Map], |_, args| {
        let values = args.map(0).map(|map| map.entries().iter().map(|(_, value)| value.clone()).collect());
        Ok(Value::list(values.unwrap_or_default()))
    }),
];

fn entry(map: Option<&Map>, key: &[u8]) -> Option<Value> {
    map.and_then(|map| map.get(key)).map(Cow::into_owned)
}

fn dict(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    env.nest(args.from(0))?;
    let mut entries = Vec::with_capacity(args.len() / 2);
    for at in (0..args.len()).step_by(2) {
        env.check_depth(args.any(at))?;
        let value = if at + 1 < args.len() { args.any(at + 1).clone() } else { Value::str("") };
        entries.push((to_text(args.any(at)), value));
    }
    Ok(Value::map(entries))
}

fn set(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let map = args.map(0).ok_or("assignment to entry in nil map")?;
    map.insert(args.str(1), args.any(2).clone());
    env.tie(map, args.any(2));
    Ok(args.any(0).clone())
}

fn keys(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let mut keys = Vec::new();
    for at in 0..args.len() {
        if let Some(map) = args.map(at) {
            keys.extend(map.entries().iter().map(|(key, _)| Value::Str(key.clone())));
            env.check_items(keys.len())?;
        }
    }
    Ok(Value::List(List::with_elem(Elem::Str, keys)))
}

fn pluck(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let key = args.str(0);
    Ok(Value::list((1..args.len()).filter_map(|at| entry(args.map(at), &key)).collect()))
}

fn pick(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let wanted = (1..args.len()).map(|at| args.str(at));
    Ok(Value::map(wanted.filter_map(|key| Some((key.clone(), entry(args.map(0), &key)?)))))
}

fn omit(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let omitted: std::collections::HashSet<Str> = (1..args.len()).map(|at| args.str(at)).collect();
    let entries = args.map(0).map(|map| map.entries().into_owned()).unwrap_or_default();
    Ok(Value::map(entries.into_iter().filter(|(key, _)| !omitted.contains(key))))
}

fn merge(env: &mut Env, args: Args<'_>, overwrite: bool) -> Result<Value, String> {
    let target = args.map(0).cloned().unwrap_or_else(|| Map::new(std::iter::empty::<(Str, Value)>()));
    for at in 1..args.len() {
        if let Some(source) = args.map(at) {
            env.check_depth(args.any(at))?;
            env.check_depth(args.any(0))?;
            merge_into(env, &target, source, overwrite)?;
        }
    }
    Ok(Value::Map(target))
}

fn deep_copy(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    if args.any(0).is_nil() {
        return Err("reflect: call of reflect.Value.Type on zero Value".to_owned());
    }
    env.check_depth(args.any(0))?;
    Ok(copy(args.any(0)))
}

/// The library behind sprig copies exported fields only, which leaves nothing of a version.
fn copy(value: &Value) -> Value {
    match value {
        Value::List(list) => Value::List(List::with_elem(list.elem(), list.iter().map(copy).collect())),
        Value::Map(map) => {
            let entries = map.entries();
            let copied = entries.iter().map(|(key, value)| (key.clone(), copy(value)));
            Value::Map(Map::with_elem(map.elem(), copied))
        }
        Value::Object(object) if object.complex().is_none() => Value::Object(Arc::new(Version::default())),
        other => other.clone(),
    }
}

/// `dig "a" "b" DEFAULT $dict`
fn dig(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let count = args.len();
    if count < 3 {
        return Err("dig needs at least three arguments".to_owned());
    }
    let mut current = args.any(count - 1).clone();
    let mut path = Vec::with_capacity(count - 2);
    expect_map(&current)?;
    for at in 0..count - 2 {
        match args.any(at) {
            Value::Str(key) => path.push(key),
            other => return Err(conversion(other, "string")),
        }
    }
    for key in path {
        let Some(next) = entry(Some(expect_map(&current)?), key) else {
            return Ok(args.any(count - 2).clone());
        };
        current = next;
    }
    Ok(current)
}

fn expect_map(value: &Value) -> Result<&Map, String> {
    match value {
        Value::Map(map) if map.elem() == Elem::Any => Ok(map),
        other => Err(conversion(other, "map[string]interface {}")),
    }
}

/// Go's message for a failed type assertion.
fn conversion(value: &Value, wanted: &str) -> String {
    let name = value.type_name();
    let got = if value.is_nil() { "nil" } else { &*name };
    format!("interface conversion: interface {{}} is {got}, not {wanted}")
}
