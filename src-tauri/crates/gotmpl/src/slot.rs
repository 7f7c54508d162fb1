//! A value as the template engine holds it: Go's `reflect.Value` around a [`Value`].
//!
//! Three things that a [`Value`] cannot tell apart decide what Go prints: nothing at all (`<no value>`), an interface
//! holding nil (an error when a field of it is asked for), and an interface holding a value (`interface {}` in errors).

use std::borrow::Cow;

use dinghy_govalue::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Go's zero `reflect.Value`: a missing key, an untyped nil.
    Invalid,
    /// An element of a `map[string]interface{}` or `[]interface{}`; the value may be nil.
    Interface,
    /// A value of its own type, never nil.
    Concrete,
}

#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// [`Value::Nil`] unless there is one.
    pub(crate) value: Value,
    pub(crate) form: Form,
}

impl Slot {
    pub(crate) const INVALID: Slot = Slot { value: Value::Nil, form: Form::Invalid };

    /// What a function returned or a constant stands for.
    pub(crate) fn concrete(value: Value) -> Slot {
        let form = if value.is_nil() { Form::Interface } else { Form::Concrete };
        Slot { value, form }
    }

    /// An element of a container with static element type `elem`.
    pub(crate) fn element(value: Value, elem: dinghy_govalue::Elem) -> Slot {
        let form = if elem == dinghy_govalue::Elem::Any { Form::Interface } else { Form::Concrete };
        Slot { value, form }
    }

    /// What the interface holds, or nothing: Go forgets that there was an interface.
    pub(crate) fn unwrapped(mut self) -> Slot {
        self.form = if self.value.is_nil() { Form::Invalid } else { Form::Concrete };
        self
    }

    pub(crate) fn is_invalid(&self) -> bool {
        self.form == Form::Invalid
    }

    /// An interface that holds nil.
    pub(crate) fn is_nil_interface(&self) -> bool {
        self.form == Form::Interface && self.value.is_nil()
    }

    /// Go's `reflect.Value.Type()`.
    pub(crate) fn type_name(&self) -> Cow<'_, str> {
        match self.form {
            Form::Interface => "interface {}".into(),
            _ => self.value.type_name(),
        }
    }
}

/// The truth of a value in `if`, `with`, `and`, `or`, `not`: whether it is not the zero of its type.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Nil => false,
        Value::Bool(truth) => *truth,
        Value::Int(int) => int.as_i64() != 0,
        Value::Float(float) => *float != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::AnyMap(map) => !map.is_empty(),
        Value::Duration(n) | Value::Month(n) | Value::Weekday(n) => *n != 0,
        Value::Object(object) => object.complex() != Some((0.0, 0.0)),
        Value::Time(_) | Value::Location(_) | Value::Func(_) => true,
    }
}

/// Go's `reflect.Kind` of what an interface holds.
pub(crate) fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(int) => int.kind().name(),
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) | Value::AnyMap(_) => "map",
        Value::Time(_) => "struct",
        Value::Location(_) => "ptr",
        Value::Duration(_) => "int64",
        Value::Month(_) | Value::Weekday(_) => "int",
        Value::Func(_) => "func",
        Value::Object(object) if object.complex().is_some() => "complex128",
        Value::Object(object) if object.type_name().starts_with('*') => "ptr",
        Value::Object(_) => "struct",
    }
}
