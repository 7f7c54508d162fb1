//! Defaults, emptiness, choice, failure.

use dinghy_govalue::Value;

use super::lists::{elements, kind_of};
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed, variadic};
use crate::slot::truth;

use Ty::Any;

pub(super) static TABLE: &[Func] = &[
    variadic("all", &[], Any, |_, args| Ok(Value::Bool(args.from(0).all(|value| !empty(value))))),
    variadic("any", &[], Any, |_, args| Ok(Value::Bool(args.from(0).any(|value| !empty(value))))),
    variadic("coalesce", &[], Any, |_, args| {
        Ok(args.from(0).find(|value| !empty(value)).cloned().unwrap_or_default())
    }),
    fixed("compact", &[Any], compact),
    variadic("default", &[Any], Any, |_, args| {
        let given = args.any(1);
        Ok(if empty(given) { args.any(0) } else { given }.clone())
    }),
    fixed("empty", &[Any], |_, args| Ok(Value::Bool(empty(args.any(0))))),
    fixed("fail", &[Ty::Str], |_, args| Err(args.text(0).into_owned())),
    fixed("mustCompact", &[Any], compact),
    fixed("ternary", &[Any, Any, Ty::Bool], |_, args| Ok(args.any(usize::from(!args.truth(2))).clone())),
];

/// Is it the zero value of its type? Structs never are.
pub(super) fn empty(value: &Value) -> bool {
    !truth(value)
}

fn compact(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let list = args.any(0);
    let Some(items) = elements(list) else {
        return Err(format!("Cannot compact on type {}", kind_of(list)?));
    };
    Ok(Value::list(items.iter().filter(|item| !empty(item)).cloned().collect()))
}
