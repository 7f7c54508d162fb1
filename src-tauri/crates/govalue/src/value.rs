//! The value itself: a closed set of Go's kinds, cheap to clone and safe to share between threads.

use std::sync::Arc;

use crate::list::NIL_BYTES;
use crate::{AnyMap, Func, List, Map, Object, Str, Time, Zone};

/// A Go value as an `interface{}` holds it.
///
/// Cloning copies at most two words and counts a reference. `Display` writes what Go's `%v` writes.
#[derive(Clone, Default)]
pub enum Value {
    /// The nil interface. A missing map entry is this one too.
    #[default]
    Nil,
    /// `bool`
    Bool(bool),
    /// Any of Go's integer types.
    Int(Int),
    /// `float64`
    Float(f64),
    /// `string`: bytes, usually but not necessarily UTF-8.
    Str(Str),
    /// `[]byte`
    Bytes(Arc<[u8]>),
    /// Any other slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// A map with keys of any type (`map[interface {}]…`).
    AnyMap(AnyMap),
    /// `time.Time`
    Time(Time),
    /// `*time.Location`
    Location(Arc<Zone>),
    /// `time.Duration` in nanoseconds.
    Duration(i64),
    /// `time.Month`; 1 is January.
    Month(i64),
    /// `time.Weekday`; 0 is Sunday.
    Weekday(i64),
    /// A function.
    Func(Func),
    /// A struct (or a pointer to one) with fields and methods.
    Object(Arc<dyn Object>),
}

/// Which of Go's integer types a number has. Arithmetic and type names depend on it, ordering by value does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names are Go's.
pub enum IntKind {
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
}

/// An integer and its type. Unsigned 64-bit values above `i64::MAX` are kept as their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int {
    bits: i64,
    kind: IntKind,
}

impl IntKind {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int8 => "int8",
            IntKind::Int16 => "int16",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
            IntKind::Uint => "uint",
            IntKind::Uint8 => "uint8",
            IntKind::Uint16 => "uint16",
            IntKind::Uint32 => "uint32",
            IntKind::Uint64 => "uint64",
        }
    }

    /// Whether values of the type are never negative.
    pub fn is_unsigned(self) -> bool {
        self >= IntKind::Uint
    }
}

impl Int {
    /// `value` converted to `kind` as Go converts between integer types: by keeping the low bits.
    pub fn new(kind: IntKind, value: i64) -> Int {
        let bits = match kind {
            IntKind::Int | IntKind::Int64 | IntKind::Uint | IntKind::Uint64 => value,
            IntKind::Int8 => i64::from(value as i8),
            IntKind::Int16 => i64::from(value as i16),
            IntKind::Int32 => i64::from(value as i32),
            IntKind::Uint8 => i64::from(value as u8),
            IntKind::Uint16 => i64::from(value as u16),
            IntKind::Uint32 => i64::from(value as u32),
        };
        Int { bits, kind }
    }

    /// The number as Go's conversion to `int64` gives it.
    pub fn as_i64(self) -> i64 {
        self.bits
    }

    /// The number as Go's conversion to `uint64` gives it.
    pub fn as_u64(self) -> u64 {
        self.bits as u64
    }

    /// The number as Go's conversion to `float64` gives it.
    pub fn as_f64(self) -> f64 {
        if self.kind.is_unsigned() { self.as_u64() as f64 } else { self.bits as f64 }
    }

    /// The number, whatever its type.
    pub fn as_i128(self) -> i128 {
        if self.kind.is_unsigned() { i128::from(self.as_u64()) } else { i128::from(self.bits) }
    }

    /// The type.
    pub fn kind(self) -> IntKind {
        self.kind
    }
}

impl Value {
    /// An `int`, the type of a literal.
    pub fn int(value: i64) -> Value {
        Value::Int(Int { bits: value, kind: IntKind::Int })
    }

    /// An `int64`, the type of an integer read from JSON.
    pub fn int64(value: i64) -> Value {
        Value::Int(Int { bits: value, kind: IntKind::Int64 })
    }

    /// An integer of the given type.
    pub fn int_of(kind: IntKind, value: i64) -> Value {
        Value::Int(Int::new(kind, value))
    }

    /// A `string`.
    pub fn str(text: impl Into<Str>) -> Value {
        Value::Str(text.into())
    }

    /// A `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(items))
    }

    /// A `map[string]interface {}`.
    pub fn map<K: Into<Str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Map(Map::new(entries))
    }

    /// The same value with nothing shared: changing a map inside the copy changes no other value.
    pub fn deep_clone(&self) -> Value {
        match self {
            Value::List(list) => {
                Value::List(List::with_elem(list.elem(), list.iter().map(Value::deep_clone).collect()))
            }
            Value::Map(map) => Value::Map(Map::with_elem(
                map.elem(),
                map.entries().iter().map(|(key, value)| (key.clone(), value.deep_clone())),
            )),
            other => other.clone(),
        }
    }

    /// How deeply lists and maps are nested: 0 for anything else. A language that can nest in a loop has to limit it,
    /// since values are compared and dropped recursively. Changes made inside a map after it was made do not show.
    pub fn depth(&self) -> u16 {
        match self {
            Value::List(list) => list.measure().depth,
            Value::Map(map) => map.measure().depth,
            Value::AnyMap(map) => map.measure().depth,
            _ => 0,
        }
    }

    /// What a value weighs that is neither text nor container: roughly the bytes it takes in memory or printed.
    pub(crate) const WEIGHT: u32 = 24;

    /// Roughly how many bytes the value takes unfolded: what stands in it twice counts twice, so this bounds how long it
    /// takes to compare, print or flatten it. At most `u32::MAX`, and known without a walk. A map that was changed still
    /// weighs what it weighed when it was made.
    #[inline]
    pub fn weight(&self) -> u32 {
        let of_text = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).saturating_add(Value::WEIGHT);
        match self {
            Value::Str(text) => of_text(text.len()),
            Value::Bytes(bytes) => of_text(bytes.len()),
            Value::List(list) => list.measure().weight,
            Value::Map(map) => map.measure().weight,
            Value::AnyMap(map) => map.measure().weight,
            _ => Value::WEIGHT,
        }
    }

    /// Whether this is the nil interface, or holds a nil slice.
    pub fn is_nil_like(&self) -> bool {
        match self {
            Value::Nil => true,
            Value::List(list) => list.is_nil(),
            Value::Bytes(bytes) => Arc::ptr_eq(bytes, &NIL_BYTES),
            _ => false,
        }
    }

    /// Whether this is the nil interface.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// The bytes of a string.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The truth of a `bool`; no other value has one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::str(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::str(value)
    }
}

impl From<Str> for Value {
    fn from(value: Str) -> Value {
        Value::Str(value)
    }
}
