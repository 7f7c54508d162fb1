//! Fields of values: keys of maps, methods of times and durations, fields and methods of the host's objects.

use std::borrow::Cow;

use dinghy_govalue::{Elem, Str, Value, call_method};

use super::{At, Exec, Result};
use crate::ast::Operand;
use crate::func::Ty;
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
                    None => None,
                }
            }
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
        let text = name.as_str()?;
        let signature = signature(&receiver.value, text)?;
        Some(self.call_method(dot, receiver, operand, text, signature, args, last.clone()))
    }

    #[allow(clippy::too_many_arguments)] // The parts of one call.
    fn call_method(
        &mut self,
        dot: &Slot,
        receiver: &Slot,
        operand: &'t Operand,
        name: &str,
        signature: Signature,
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        let (params, rest): (&'static [Ty], Option<Ty>) = match signature {
            Signature::Params(params) => (params, None),
            Signature::Unknown => (&[], Some(Ty::Any)),
            Signature::Results(message) => {
                // The number of arguments is looked at first; none of these takes any.
                let given = args.len().saturating_sub(1) + usize::from(last.is_some());
                if given > 0 {
                    let message = format!("wrong number of args for {name}: want 0 got {given}");
                    return Err(self.fail(message));
                }
                return Err(self.fail(message));
            }
        };
        let argv = self.arguments(dot, name, params, rest, args, last)?;
        let values: Vec<Value> = argv.into_iter().map(|slot| slot.value).collect();
        match call_method(&receiver.value, name, &values) {
            Some(Ok(value)) => Ok(Slot::concrete(value)),
            Some(Err(message)) => {
                self.at = Some(At::Operand(operand));
                Err(self.fail(format!("error calling {name}: {message}")))
            }
            None => {
                let message = format!("can't evaluate field {name} in type {}", receiver.type_name());
                Err(self.fail(message))
            }
        }
    }
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

enum Signature {
    Params(&'static [Ty]),
    /// A method of the host's: the host checks its arguments.
    Unknown,
    /// Go refuses the method for what it returns.
    Results(&'static str),
}

/// The parameters of a method, `None` if there is no such method.
fn signature(value: &Value, name: &str) -> Option<Signature> {
    use Signature::{Params, Results};
    match value {
        Value::Time(_) => Some(match name {
            "Day" | "Hour" | "IsDST" | "IsZero" | "Local" | "Location" | "Minute" | "Month"
            | "Nanosecond" | "Second" | "String" | "GoString" | "UTC" | "Unix" | "UnixMicro"
            | "UnixMilli" | "UnixNano" | "Weekday" | "Year" | "YearDay" => Params(&[]),
            "After" | "Before" | "Compare" | "Equal" | "Sub" => Params(&[Ty::Time]),
            "Add" | "Round" | "Truncate" => Params(&[Ty::Duration]),
            "AddDate" => Params(&[Ty::Int, Ty::Int, Ty::Int]),
            "Format" => Params(&[Ty::Str]),
            "In" => Params(&[Ty::Location]),
            "Date" => Results("function Date has 3 return values; should be 1 or 2"),
            "Clock" => Results("function Clock has 3 return values; should be 1 or 2"),
            "ISOWeek" => {
                Results("invalid function signature for ISOWeek: second return value should be error; is int")
            }
            "Zone" => {
                Results("invalid function signature for Zone: second return value should be error; is int")
            }
            "ZoneBounds" => Results(
                "invalid function signature for ZoneBounds: second return value should be error; is time.Time",
            ),
            _ => return None,
        }),
        Value::Duration(_) => Some(match name {
            "Abs" | "Hours" | "Microseconds" | "Milliseconds" | "Minutes" | "Nanoseconds" | "Seconds"
            | "String" => Params(&[]),
            "Round" | "Truncate" => Params(&[Ty::Duration]),
            _ => return None,
        }),
        Value::Month(_) | Value::Weekday(_) | Value::Location(_) => (name == "String").then_some(Params(&[])),
        // What is no field may be a method; the object says so when it is called.
        Value::Object(object) => object.field(name).is_none().then_some(Signature::Unknown),
        _ => None,
    }
}
