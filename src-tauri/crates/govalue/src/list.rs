//! Slices and the types of their elements.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

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
    /// `[2]interface {}`, what a map's entry becomes as a pair
    AnyPair,
    /// `map[string]interface {}`
    AnyMap,
    /// `interface {}` in an array of two: the list is no slice but a `[2]interface {}`.
    InPair,
}

/// The nil `[]byte`: empty, but not every empty one.
pub(crate) static NIL_BYTES: LazyLock<Arc<[u8]>> = LazyLock::new(|| Arc::from(&[][..]));

/// What a container tells of its values without a walk.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    pub(crate) depth: u16,
    pub(crate) weight: u32,
}

impl Measure {
    /// Of a container that holds nothing.
    pub(crate) const EMPTY: Measure = Measure { depth: 1, weight: Value::WEIGHT };

    /// Of a container of these values.
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Measure {
        values.fold(Measure::EMPTY, Measure::and)
    }

    /// With one value more.
    #[inline]
    pub(crate) fn and(self, value: &Value) -> Measure {
        let (depth, weight) = match value {
            Value::Str(_) | Value::Bytes(_) => (0, value.weight()),
            Value::List(list) => (list.depth, list.weight),
            Value::Map(_) | Value::AnyMap(_) => (value.depth(), value.weight()),
            _ => (0, Value::WEIGHT),
        };
        self.heavier(weight).deeper(depth)
    }

    #[inline]
    pub(crate) fn heavier(self, weight: u32) -> Measure {
        Measure { weight: self.weight.saturating_add(weight), ..self }
    }

    fn deeper(self, depth: u16) -> Measure {
        Measure { depth: self.depth.max(depth.saturating_add(1)), ..self }
    }
}

impl Elem {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Elem::Any | Elem::InPair => "interface {}",
            Elem::Str => "string",
            Elem::Int => "int",
            Elem::Int64 => "int64",
            Elem::Int32 => "int32",
            Elem::Float => "float64",
            Elem::Bool => "bool",
            Elem::Bytes => "[]uint8",
            Elem::StrList => "[]string",
            Elem::AnyList => "[]interface {}",
            Elem::AnyPair => "[2]interface {}",
            Elem::AnyMap => "map[string]interface {}",
        }
    }

    /// The zero value of the type: what a map gives for a key it has not.
    pub fn zero(self) -> Value {
        match self {
            Elem::Any | Elem::InPair => Value::Nil,
            Elem::Str => Value::str(""),
            Elem::Int => Value::int(0),
            Elem::Int64 => Value::int64(0),
            Elem::Int32 => Value::int_of(crate::IntKind::Int32, 0),
            Elem::Float => Value::Float(0.0),
            Elem::Bool => Value::Bool(false),
            Elem::Bytes => Value::Bytes(NIL_BYTES.clone()),
            Elem::StrList => Value::List(List::nil(Elem::Str)),
            Elem::AnyList => Value::List(List::nil(Elem::Any)),
            Elem::AnyPair => Value::List(List::with_elem(Elem::InPair, vec![Value::Nil, Value::Nil])),
            Elem::AnyMap => Value::Map(crate::Map::with_elem(Elem::Any, std::iter::empty::<(&str, Value)>())),
        }
    }
}

/// An immutable slice. Dereferences to `[Value]`.
#[derive(Clone)]
pub struct List {
    items: Option<Arc<[Value]>>,
    elem: Elem,
    // Not as a measure, which would make every value larger.
    depth: u16,
    weight: u32,
}

impl List {
    /// A `[]interface {}`.
    pub fn new(items: Vec<Value>) -> List {
        List::with_elem(Elem::Any, items)
    }

    /// A slice of a given element type; the caller sees to it that the items are of that type.
    pub fn with_elem(elem: Elem, items: Vec<Value>) -> List {
        List::shared(elem, Arc::from(items))
    }

    /// As [`List::with_elem`], of items that are where they stay.
    pub(crate) fn shared(elem: Elem, items: Arc<[Value]>) -> List {
        let Measure { depth, weight } = Measure::of(items.iter());
        List { items: Some(items), elem, depth, weight }
    }

    /// The nil slice: empty, and `null` in JSON.
    pub fn nil(elem: Elem) -> List {
        let Measure { depth, weight } = Measure::EMPTY;
        List { items: None, elem, depth, weight }
    }

    /// The element type.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// Whether this is the nil slice rather than an empty one.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    pub(crate) fn measure(&self) -> Measure {
        Measure { depth: self.depth, weight: self.weight }
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
