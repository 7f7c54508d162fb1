//! Go's names of types, and equality as `reflect.DeepEqual` sees it.

use std::borrow::Cow;

use crate::{Elem, Value};

impl Value {
    /// Go's `%T`; `<nil>` for the nil interface.
    pub fn type_name(&self) -> Cow<'_, str> {
        match self {
            Value::Nil => "<nil>".into(),
            Value::Bool(_) => "bool".into(),
            Value::Int(int) => int.kind().name().into(),
            Value::Float(_) => "float64".into(),
            Value::Str(_) => "string".into(),
            Value::Bytes(_) => "[]uint8".into(),
            Value::List(list) if list.elem() == Elem::InPair => "[2]interface {}".into(),
            Value::List(list) => format!("[]{}", list.elem().name()).into(),
            Value::Map(map) => format!("map[string]{}", map.elem().name()).into(),
            Value::AnyMap(map) => format!("map[interface {{}}]{}", map.elem().name()).into(),
            Value::Time(_) => "time.Time".into(),
            Value::Location(_) => "*time.Location".into(),
            Value::Duration(_) => "time.Duration".into(),
            Value::Month(_) => "time.Month".into(),
            Value::Weekday(_) => "time.Weekday".into(),
            Value::Func(func) => func.signature().into(),
            Value::Object(object) => object.type_name().into(),
        }
    }

    /// Same type and same content, as `reflect.DeepEqual` compares two interfaces.
    pub fn deep_equal(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                a.elem() == b.elem()
                    && a.is_nil() == b.is_nil()
                    && a.len() == b.len()
                    && (a.same(b) || a.iter().zip(b.iter()).all(|(a, b)| a.deep_equal(b)))
            }
            (Value::Map(a), Value::Map(b)) => {
                a.elem() == b.elem()
                    && (a.same(b) || {
                        let (a, b) = (a.entries(), b.entries());
                        a.len() == b.len()
                            && a.iter().zip(b.iter()).all(|(a, b)| a.0 == b.0 && a.1.deep_equal(&b.1))
                    })
            }
            (Value::AnyMap(a), Value::AnyMap(b)) => {
                a.elem() == b.elem()
                    && a.len() == b.len()
                    && a.entries().iter().all(|(key, value)| b.get(key).is_some_and(|v| v.deep_equal(value)))
            }
            (Value::Time(a), Value::Time(b)) => a == b,
            (Value::Location(a), Value::Location(b)) => a == b,
            (Value::Duration(a), Value::Duration(b)) => a == b,
            (Value::Month(a), Value::Month(b)) => a == b,
            (Value::Weekday(a), Value::Weekday(b)) => a == b,
            (Value::Func(_), Value::Func(_)) => false,
            (Value::Object(a), Value::Object(b)) => {
                std::sync::Arc::ptr_eq(a, b) || {
                    let (fa, fb) = (a.fields(), b.fields());
                    a.type_name() == b.type_name()
                        && a.text() == b.text()
                        && a.complex() == b.complex()
                        && fa.len() == fb.len()
                        && fa.iter().zip(&fb).all(|(a, b)| a.0 == b.0 && a.1.deep_equal(&b.1))
                }
            }
            _ => false,
        }
    }
}
