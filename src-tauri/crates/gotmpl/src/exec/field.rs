//! Fields of values: keys of maps, methods of times and durations, fields and methods of the host's objects.

use std::borrow::Cow;

use dinghy_govalue::{Elem, Str, Value, call_method, method_signature};

use super::{At, Exec, Result};
use crate::ast::Operand;
use crate::error::Error;
use crate::func::Ty;
use crate::signature::Signature;
use crate::slot::{Form, Slot};

impl<'t> Exec<'t> {
    /// `.A.B.C`, with the arguments going to the last one if that is a method.
    pub(super) fn fields(
        &mut self,
        dot: &Slot,
        receiver: &Slot,
        operand: &'t Operand,
        names: &'t [Str],
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        let with_args = args.len() > 1 || last.is_some();
        let plain = if with_args { names.len().saturating_sub(1) } else { names.len() };
        let (mut current, mut done) = descend(receiver, &names[..plain]);
        let mut last = last;
        while let Some(name) = names.get(done) {
            done += 1;
            current = if done == names.len() {
                self.field(dot, current, operand, name, args, last.take())?
            } else {
                self.field(dot, current, operand, name, &[], None)?
            };
            if done < plain {
                let (next, more) = descend(&current, &names[done..plain]);
                (current, done) = (next, done + more);
            }
        }
        Ok(current)
    }

    fn field(
        &mut self,
        dot: &Slot,
        receiver: Slot,
        operand: &'t Operand,
        name: &'t Str,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        if receiver.is_invalid() {
            return Ok(Slot::INVALID);
        }
        if receiver.is_nil_interface() {
            return Err(self.fail(format!("nil pointer evaluating interface {{}}.{name}")));
        }
        if let Some(found) = self.method(dot, &receiver, operand, name, args, &last) {
            return found;
        }
        let with_args = args.len() > 1 || last.is_some();
        let entry = match &receiver.value {
            Value::Map(map) => Some((map.get(name).map(Cow::into_owned), map.elem())),
            Value::AnyMap(map) => Some((map.get(&Value::Str(name.clone())).cloned(), map.elem())),
            Value::Object(object) => {
                let field = name.as_str().and_then(|name| object.field(name));
                match field {
                    Some(_) if with_args => {
                        return Err(
                            self.fail(format!("{name} has arguments but cannot be invoked as function"))
                        );
                    }
                    Some(field) => return Ok(Slot { value: field, form: Form::Interface }),
                    None if object.all_fields().iter().any(|(hidden, _)| *name == *hidden) => {
                        return Err(self.unexported(&receiver, name));
                    }
                    None => None,
                }
            }
            // Some fields are hidden, and Go says so.
            value if hides(value, name) => return Err(self.unexported(&receiver, name)),
            _ => None,
        };
        match entry {
            Some(_) if with_args => Err(self.fail(format!("{name} is not a method but has arguments"))),
            Some((Some(value), elem)) => Ok(Slot::element(value, elem)),
            Some((None, _)) => Ok(Slot::INVALID),
            None => {
                let message = format!("can't evaluate field {name} in type {}", receiver.type_name());
                Err(self.fail(message))
            }
        }
    }

    fn unexported(&self, receiver: &Slot, name: &Str) -> Box<Error> {
        self.fail(format!("{name} is an unexported field of struct type {}", receiver.type_name()))
    }

    /// Calls a method; `None` when the value has none of that name.
    fn method(
        &mut self,
        dot: &Slot,
        receiver: &Slot,
        operand: &'t Operand,
        name: &'t Str,
        args: &'t [Operand],
        last: &Option<Slot>,
    ) -> Option<Result<Slot>> {
        let name = name.as_str()?;
        let signature = match &receiver.value {
            Value::Object(object) => object.method_signature(name),
            value => method_signature(value, name),
        };
        let signature = Signature::read(signature?);
        let params: Vec<Ty> = signature.params.iter().map(|name| Ty::named(name)).collect();
        let rest = signature.rest.map(Ty::named);
        Some(self.arguments(dot, name, &params, rest, args, last.clone()).and_then(|argv| {
            if let Some(fault) = signature.fault(name) {
                return Err(self.fail(fault));
            }
            let values: Vec<Value> = argv.into_iter().map(|slot| slot.value).collect();
            let result = call_method(&receiver.value, name, &values);
            match result.unwrap_or_else(|| Err("no such method".to_owned())) {
                Ok(value) => Ok(Slot::concrete(value)),
                Err(message) => {
                    self.at = Some(At::Operand(operand));
                    Err(self.fail(format!("error calling {name}: {message}")))
                }
            }
        }))
    }
}

/// Has the struct a field of this name that is not exported?
fn hides(value: &Value, name: &[u8]) -> bool {
    let hidden: &[&str] = match value {
        Value::Time(_) => &["wall", "ext", "loc"],
        Value::Location(_) => &["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"],
        _ => return false,
    };
    hidden.iter().any(|hidden| hidden.as_bytes() == name)
}

/// Follows names through maps as long as references can be lent; returns how many were followed.
fn descend(receiver: &Slot, names: &[Str]) -> (Slot, usize) {
    let mut value = &receiver.value;
    let mut form = receiver.form;
    for (i, name) in names.iter().enumerate() {
        let Value::Map(map) = value else { return (Slot { value: value.clone(), form }, i) };
        match map.get(name) {
            Some(Cow::Borrowed(next)) => {
                value = next;
                form = if map.elem() == Elem::Any { Form::Interface } else { Form::Concrete };
            }
            Some(Cow::Owned(next)) => return (Slot::element(next, map.elem()), i + 1),
            None => return (Slot::INVALID, i + 1),
        }
    }
    (Slot { value: value.clone(), form }, names.len())
}
