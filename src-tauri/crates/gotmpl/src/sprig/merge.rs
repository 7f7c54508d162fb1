//! Merging maps as dario.cat/mergo v1.0.2 does: in place, into nested maps as well.

use std::borrow::Cow;

use dinghy_govalue::{Map, Value};

use super::defaults::empty;
use crate::env::Env;
use crate::slot::kind_name;

/// Gives `target` the entries of `source` that it lacks or has empty; with `overwrite`, all of them. Both are known
/// not to nest deeply.
pub(super) fn merge_into(env: &mut Env, target: &Map, source: &Map, overwrite: bool) -> Result<(), String> {
    if target.same(source) {
        return Ok(());
    }
    for (key, new) in source.entries().iter() {
        env.step()?;
        let old = target.get(key).map(Cow::into_owned);
        if new.is_nil() {
            if overwrite {
                target.insert(key.clone(), Value::Nil);
            }
            continue;
        }
        if let (Value::Map(new), Some(Value::Map(old))) = (new, &old) {
            merge_into(env, old, new, overwrite)?;
        }
        let is_list = kind_name(new) == "slice";
        if let Some(old) = old.as_ref().filter(|old| !empty(old)) {
            if is_list {
                if overwrite {
                    put(env, target, key, new);
                }
                continue;
            }
            if kind_name(new) == "map" && kind_name(old) == "map" {
                continue;
            }
        }
        if overwrite || old.as_ref().is_none_or(empty) {
            put(env, target, key, new);
        }
    }
    Ok(())
}

fn put(env: &mut Env, target: &Map, key: &dinghy_govalue::Str, value: &Value) {
    target.insert(key.clone(), value.clone());
    env.tie(target, value);
}
