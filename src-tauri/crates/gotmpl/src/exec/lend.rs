//! Values that can be shown or judged where they stand, without a copy: what most actions name is a path through maps.

use std::borrow::Cow;

use dinghy_govalue::{Str, Value};

use crate::ast::{Operand, Pipe, Term};
use crate::slot::Slot;

/// What a pipeline stands for, if it is a path through maps that are there and nothing else. Whatever else it is, or
/// whatever may fail, is for [`super::Exec::pipeline`].
pub(super) fn value<'v>(vars: &'v [(u32, Slot)], dot: &'v Slot, pipe: &Pipe) -> Option<&'v Value> {
    match (&pipe.variables[..], &pipe.commands[..]) {
        ([], [command]) => match &command.operands[..] {
            [only] => operand(vars, dot, only),
            _ => None,
        },
        _ => None,
    }
}

/// The same for an operand.
pub(super) fn operand<'v>(vars: &'v [(u32, Slot)], dot: &'v Slot, operand: &Operand) -> Option<&'v Value> {
    match &operand.term {
        Term::Field(names) => follow(&dot.value, names),
        Term::Variable { variable, fields } => {
            let (_, slot) = vars.iter().rev().find(|(id, _)| *id == variable.id)?;
            follow(&slot.value, fields)
        }
        _ => None,
    }
}

fn follow<'v>(value: &'v Value, names: &[Str]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| match value {
        Value::Map(map) => match map.get(name)? {
            Cow::Borrowed(next) => Some(next),
            Cow::Owned(_) => None,
        },
        _ => None,
    })
}
