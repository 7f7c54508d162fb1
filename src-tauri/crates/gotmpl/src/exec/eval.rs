//! Pipelines, commands, constants and arguments.

use std::sync::Arc;

use dinghy_govalue::{Object, Value};

use super::{At, Exec, Result};
use crate::ast::{Command, Number, Operand, Pipe, Term, Variable};
use crate::func::Ty;
use crate::slot::{Form, Slot};

impl<'t> Exec<'t> {
    pub(super) fn pipeline(&mut self, dot: &Slot, pipe: &'t Pipe) -> Result<Slot> {
        self.at = Some(At::Pipe(pipe));
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value)?.unwrapped());
        }
        let value = value.unwrap_or(Slot::INVALID);
        for variable in &pipe.variables {
            if pipe.assigns {
                self.assign(variable, value.clone())?;
            } else {
                self.vars.push((variable.id, value.clone()));
            }
        }
        Ok(value)
    }

    pub(super) fn assign(&mut self, variable: &Variable, value: Slot) -> Result<()> {
        match self.vars.iter_mut().rev().find(|(id, _)| *id == variable.id) {
            Some((_, old)) => {
                *old = value;
                Ok(())
            }
            None => Err(self.fail(format!("undefined variable: {}", variable.name))),
        }
    }

    fn variable(&self, variable: &Variable) -> Result<&Slot> {
        let found = self.vars.iter().rev().find(|(id, _)| *id == variable.id);
        found
            .map(|(_, value)| value)
            .ok_or_else(|| self.fail(format!("undefined variable: {}", variable.name)))
    }

    /// `last` is the value of the command before the `|`.
    fn command(&mut self, dot: &Slot, command: &'t Command, last: Option<Slot>) -> Result<Slot> {
        let Some(first) = command.operands.first() else { return Ok(Slot::INVALID) };
        let args = &command.operands[..];
        match &first.term {
            Term::Field(names) => {
                self.at = Some(At::Operand(first));
                return self.fields(dot, dot, first, names, args, last);
            }
            Term::Chain { of, fields } => return self.chain(dot, first, of, fields, args, last),
            Term::Function(func) => {
                self.at = Some(At::Operand(first));
                return self.call(dot, func, At::Command(command), args, last);
            }
            Term::Pipe(pipe) => {
                self.not_a_function(args, &last)?;
                return self.nested(dot, pipe);
            }
            Term::Variable { variable, fields } => {
                return self.variable_fields(dot, first, variable, fields, args, last);
            }
            _ => {}
        }
        self.at = Some(At::Operand(first));
        self.not_a_function(args, &last)?;
        match &first.term {
            Term::Dot => Ok(dot.clone()),
            Term::Nil => Err(self.fail("nil is not a command")),
            _ => self.constant(first),
        }
    }

    fn not_a_function(&self, args: &[Operand], last: &Option<Slot>) -> Result<()> {
        match args.first() {
            Some(first) if args.len() > 1 || last.is_some() => {
                Err(self.fail(format!("can't give argument to non-function {first}")))
            }
            _ => Ok(()),
        }
    }

    fn nested(&mut self, dot: &Slot, pipe: &'t Pipe) -> Result<Slot> {
        self.deeper(|exec| exec.pipeline(dot, pipe))
    }

    fn chain(
        &mut self,
        dot: &Slot,
        operand: &'t Operand,
        of: &'t Operand,
        fields: &'t [dinghy_govalue::Str],
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        self.at = Some(At::Operand(operand));
        let receiver = self.argument(dot, None, of)?;
        self.fields(dot, &receiver, operand, fields, args, last)
    }

    fn variable_fields(
        &mut self,
        dot: &Slot,
        operand: &'t Operand,
        variable: &'t Variable,
        fields: &'t [dinghy_govalue::Str],
        args: &'t [Operand],
        last: Option<Slot>,
    ) -> Result<Slot> {
        self.at = Some(At::Operand(operand));
        let value = self.variable(variable)?.clone();
        if fields.is_empty() {
            self.not_a_function(args, &last)?;
            return Ok(value);
        }
        self.fields(dot, &value, operand, fields, args, last)
    }

    /// The value of an operand where a parameter of the type `ty` is wanted; `None` wants any value as it is.
    pub(super) fn argument(&mut self, dot: &Slot, ty: Option<Ty>, operand: &'t Operand) -> Result<Slot> {
        self.at = Some(At::Operand(operand));
        let value = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Nil => {
                return match ty {
                    Some(ty) if !ty.takes_nil() => {
                        Err(self.fail(format!("cannot assign nil to {}", ty.name())))
                    }
                    _ => Ok(Slot::INVALID),
                };
            }
            Term::Field(names) => self.fields(dot, dot, operand, names, &[], None)?,
            Term::Variable { variable, fields } => {
                self.variable_fields(dot, operand, variable, fields, &[], None)?
            }
            Term::Pipe(pipe) => self.nested(dot, pipe)?,
            Term::Function(func) => self.call(dot, func, At::Operand(operand), &[], None)?,
            Term::Chain { of, fields } => self.chain(dot, operand, of, fields, &[], None)?,
            Term::Bool(_) | Term::Number(_) | Term::Text { .. } => return self.literal(ty, operand),
        };
        self.fit(value, ty)
    }

    /// Makes sure that a value can be passed as a `ty`.
    pub(super) fn fit(&self, value: Slot, ty: Option<Ty>) -> Result<Slot> {
        let Some(ty) = ty else { return Ok(value) };
        if value.is_invalid() {
            if ty.takes_nil() {
                return Ok(value);
            }
            return Err(self.fail(format!("invalid value; expected {}", ty.name())));
        }
        if value.is_nil_interface() && !matches!(ty, Ty::Any | Ty::Reflect) || !ty.takes(&value.value) {
            let got = if value.value.is_nil() { value.type_name() } else { value.value.type_name() };
            let message = format!("wrong type for value; expected {}; got {got}", ty.name());
            return Err(self.fail(message));
        }
        Ok(value)
    }

    /// A constant as an argument: the parameter's type decides what it is.
    fn literal(&mut self, ty: Option<Ty>, operand: &'t Operand) -> Result<Slot> {
        use dinghy_govalue::IntKind;
        let number = match &operand.term {
            Term::Number(number) => Some(number),
            _ => None,
        };
        let (value, wanted) = match ty {
            None | Some(Ty::Any | Ty::Reflect) => return self.constant(operand),
            Some(Ty::Bool) => match operand.term {
                Term::Bool(truth) => (Some(Value::Bool(truth)), "bool"),
                _ => (None, "bool"),
            },
            Some(Ty::Str) => match &operand.term {
                Term::Text { value, .. } => (Some(value.clone()), "string"),
                _ => (None, "string"),
            },
            Some(Ty::Int) => (number.and_then(|n| n.int).map(Value::int), "integer"),
            Some(Ty::Duration) => (number.and_then(|n| n.int).map(Value::Duration), "integer"),
            Some(Ty::Uint32) => {
                let value = number.and_then(|n| n.uint);
                (value.map(|n| Value::int_of(IntKind::Uint32, n as i64)), "unsigned integer")
            }
            Some(Ty::Float) => (number.and_then(|n| n.float).map(Value::Float), "float"),
            Some(ty @ (Ty::Map | Ty::Time | Ty::Location | Ty::Bytes | Ty::Version)) => {
                return Err(self.fail(format!("can't handle {operand} for arg of type {}", ty.name())));
            }
        };
        match value {
            Some(value) => Ok(Slot::concrete(value)),
            None => Err(self.fail(format!("expected {wanted}; found {operand}"))),
        }
    }

    /// A constant where nothing but its own form tells the type.
    fn constant(&mut self, operand: &'t Operand) -> Result<Slot> {
        let value = match &operand.term {
            Term::Bool(truth) => Value::Bool(*truth),
            Term::Text { value, .. } => value.clone(),
            Term::Number(number) => match number_value(number) {
                Ok(value) => value,
                Err(message) => return Err(self.fail(message)),
            },
            _ => Value::Nil,
        };
        let form = if value.is_nil() { Form::Invalid } else { Form::Concrete };
        Ok(Slot { value, form })
    }
}

/// An untyped constant's own type: the syntax tells.
fn number_value(number: &Number) -> std::result::Result<Value, String> {
    let text = &number.text;
    let hex =
        text.len() > 2 && (text.starts_with("0x") || text.starts_with("0X")) && !text.contains(['p', 'P']);
    if let Some((real, imaginary)) = number.complex {
        return Ok(Value::Object(Arc::new(Complex { real, imaginary })));
    }
    if let Some(float) = number.float
        && !hex
        && !text.starts_with('\'')
        && text.contains(['.', 'e', 'E', 'p', 'P'])
    {
        return Ok(Value::Float(float));
    }
    match number.int {
        Some(int) => Ok(Value::int(int)),
        None => Err(format!("{text} overflows int")),
    }
}

/// A complex constant, which no function takes but those that print.
struct Complex {
    real: f64,
    imaginary: f64,
}

impl Object for Complex {
    fn type_name(&self) -> &str {
        "complex128"
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        Vec::new()
    }

    fn complex(&self) -> Option<(f64, f64)> {
        Some((self.real, self.imaginary))
    }
}
