//! Slices and the types of their elements.

use std::ops::Deref;
use std::sync::Arc;

use crate::Value;

/// The static element type of a slice or a map. It shows in type names, in `%#v`, and in what a missing map entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elem {
    /// `interface {}`
    Any,
    /// `string`
    Str,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `int32`, Go's `rune`
    Int32,
    /// `float64`
    Float,
    /// `bool`
    Bool,
    /// `[]byte`
    Bytes,
    /// `[]string`
    StrList,
    /// `[]interface {}`
    AnyList,
    /// `map[string]interface {}`
    AnyMap,
}

impl Elem {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Elem::Any => "interface {}",
            Elem::Str => "string",
            Elem::Int => "int",
            Elem::Int64 => "int64",
            Elem::Int32 => "int32",
            Elem::Float => "float64",
            Elem::Bool => "bool",
            Elem::Bytes => "[]uint8",
            Elem::StrList => "[]string",
            Elem::AnyList => "[]interface {}",
            Elem::AnyMap => "map[string]interface {}",
        }
    }

    /// The zero value of the type: what a map gives for a key it has not.
    pub fn zero(self) -> Value {
        match self {
            Elem::Any => Value::Nil,
            Elem::Str => Value::str(""),
            Elem::Int => Value::int(0),
            Elem::Int64 => Value::int64(0),
            Elem::Int32 => Value::int_of(crate::IntKind::Int32, 0),
            Elem::Float => Value::Float(0.0),
            Elem::Bool => Value::Bool(false),
            Elem::Bytes => Value::Bytes(Arc::from(&[][..])),
            Elem::StrList => Value::List(List::nil(Elem::Str)),
            Elem::AnyList => Value::List(List::nil(Elem::Any)),
            Elem::AnyMap => Value::Map(crate::Map::with_elem(Elem::Any, std::iter::empty::<(&str, Value)>())),
        }
    }
}

/// An immutable slice. Dereferences to `[Value]`.
#[derive(Clone)]
pub struct List {
    items: Option<Arc<[Value]>>,
    elem: Elem,
}

impl List {
    /// A `[]interface {}`.
    pub fn new(items: Vec<Value>) -> List {
        List::with_elem(Elem::Any, items)
    }

    /// A slice of a given element type; the caller sees to it that the items are of that type.
    pub fn with_elem(elem: Elem, items: Vec<Value>) -> List {
        List { items: Some(Arc::from(items)), elem }
    }

    /// The nil slice: empty, and `null` in JSON.
    pub fn nil(elem: Elem) -> List {
        List { items: None, elem }
    }

    /// The element type.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// Whether this is the nil slice rather than an empty one.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// Whether both are the same slice in memory.
    pub fn same(&self, other: &List) -> bool {
        match (&self.items, &other.items) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.items.as_deref().unwrap_or(&[])
    }
}
