//! Calls of functions in variables and of methods.

use dinghy_govalue::{Func, Time, Value, call_method, method_signature};

use crate::ast::{Id, Kind};
use crate::eval::{Machine, Outcome};
use crate::fetch::fetch;
use crate::ops::not_a;
use crate::ty::Ty;

impl<'a> Machine<'a> {
    /// Arguments come first, then the callee, as in the original.
    pub(crate) fn call(&mut self, id: Id, callee: Id, args: &[Id]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.eval(*arg)?.into_owned());
        }
        let known = matches!(self.tree.node(callee).ty, Ty::Func(_));
        if let Kind::Member { node, property, optional, .. } = self.tree.kind(callee)
            && let Kind::Const(Value::Str(name)) = self.tree.kind(*property)
        {
            let base = self.eval(*node)?;
            if *optional && base.is_nil_like() {
                return Err(crate::eval::Stop::Short);
            }
            let name = name.as_str().unwrap_or("");
            if let Some(signature) = method_signature(&base, name) {
                self.at(id, fits(signature, &mut values, known))?;
                let result = call_method(&base, name, &values).unwrap_or(Ok(Value::Nil));
                let value = self.at(id, result)?;
                return self.made(id, value);
            }
            if let Value::Object(object) = &*base
                && object.field(name).is_none()
                && let Some(result) = object.call(name, &values)
            {
                let value = self.at(id, result)?;
                return self.made(id, value);
            }
            let key = self.eval(*property)?;
            let function = match fetch(base, &key) {
                Ok(function) => function,
                Err(message) => return self.fail(callee, message),
            };
            return self.invoke(id, &function, values);
        }
        let function = self.eval(callee)?;
        self.invoke(id, &function, values)
    }

    fn invoke(&mut self, id: Id, function: &Value, mut values: Vec<Value>) -> Outcome<'a> {
        match function {
            Value::Func(func) => {
                self.at(id, prepare(func, &mut values))?;
                let result = func.call(&values);
                let value = self.at(id, result)?;
                self.made(id, value)
            }
            Value::Nil => self.fail(id, "invalid operation: cannot call nil"),
            other => {
                let name = other.type_name();
                self.fail(id, format!("invalid operation: cannot call non-function of type {name}"))
            }
        }
    }
}

/// Counts the arguments and puts zero values in place of nil.
fn prepare(func: &Func, values: &mut [Value]) -> Result<(), String> {
    let params = func.params();
    let variadic = params.last().and_then(|last| last.strip_prefix("..."));
    counted(params.len(), variadic.is_some(), values.len())?;
    for (at, value) in values.iter_mut().enumerate() {
        let param = match variadic {
            Some(rest) if at + 1 >= params.len() => rest,
            _ => params.get(at).map_or("interface {}", String::as_str),
        };
        convert(value, param)?;
    }
    Ok(())
}

fn counted(params: usize, variadic: bool, given: usize) -> Result<(), String> {
    if variadic && given + 1 < params {
        let least = params - 1;
        return Err(format!("invalid number of arguments: expected at least {least}, got {given}"));
    }
    if !variadic && given != params {
        return Err(format!("invalid number of arguments: expected {params}, got {given}"));
    }
    Ok(())
}

/// The same for a method. One whose receiver's type was known before running is called without reflection, and takes
/// no nil for another type.
fn fits(signature: &str, values: &mut [Value], known: bool) -> Result<(), String> {
    let inner = signature.strip_prefix("func(").and_then(|rest| rest.split_once(')'));
    let params: Vec<&str> =
        inner.map_or("", |(params, _)| params).split(", ").filter(|p| !p.is_empty()).collect();
    counted(params.len(), false, values.len())?;
    let direct = known
        && params.len() == 1
        && matches!(params[0], "string" | "time.Duration" | "time.Time")
        && !signature.ends_with(" int");
    for (value, param) in values.iter_mut().zip(params) {
        if direct && value.type_name() != param {
            return Err(not_a(value, param));
        }
        convert(value, param)?;
    }
    Ok(())
}

/// What reflection makes of an argument.
fn convert(value: &mut Value, param: &str) -> Result<(), String> {
    if value.is_nil() {
        *value = zero(param);
    } else if param != "interface {}" && value.type_name() != param {
        return Err(format!("reflect: Call using {} as type {param}", value.type_name()));
    }
    Ok(())
}

/// The zero value of a type by its name.
fn zero(param: &str) -> Value {
    match param {
        "string" => Value::str(""),
        "bool" => Value::Bool(false),
        "int" => Value::int(0),
        "int64" => Value::int64(0),
        "float64" => Value::Float(0.0),
        "time.Duration" => Value::Duration(0),
        "time.Time" => Value::Time(Time::zero()),
        _ => Value::Nil,
    }
}
