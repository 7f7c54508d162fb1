//! Functions of the template language: their names, the types of their parameters, how they are called.

use std::collections::HashMap;
use std::sync::LazyLock;

use dinghy_govalue::{Elem, Map, Str, Value};

use crate::env::Env;
use crate::slot::Slot;
use crate::{builtin, sprig};

/// The type of a parameter, as far as it decides which arguments Go takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ty {
    /// `interface {}`
    Any,
    /// `reflect.Value`: also takes what is not there.
    Reflect,
    Str,
    Int,
    Uint32,
    Float,
    Bool,
    /// `map[string]interface {}`
    Map,
    Time,
    Duration,
    Location,
    /// `[]byte`
    Bytes,
    /// `*semver.Version`
    Version,
}

impl Ty {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Ty::Any => "interface {}",
            Ty::Reflect => "reflect.Value",
            Ty::Str => "string",
            Ty::Int => "int",
            Ty::Uint32 => "uint32",
            Ty::Float => "float64",
            Ty::Bool => "bool",
            Ty::Map => "map[string]interface {}",
            Ty::Time => "time.Time",
            Ty::Duration => "time.Duration",
            Ty::Location => "*time.Location",
            Ty::Bytes => "[]uint8",
            Ty::Version => sprig::VERSION,
        }
    }

    /// The type of a name; what is not told apart counts as [`Ty::Any`].
    pub(crate) fn named(name: &str) -> Ty {
        let known = [
            Ty::Str,
            Ty::Int,
            Ty::Uint32,
            Ty::Float,
            Ty::Bool,
            Ty::Map,
            Ty::Time,
            Ty::Duration,
            Ty::Location,
            Ty::Bytes,
            Ty::Version,
        ];
        known.into_iter().find(|ty| ty.name() == name).unwrap_or(Ty::Any)
    }

    /// Does Go accept an untyped nil for the type?
    pub(crate) fn takes_nil(self) -> bool {
        matches!(self, Ty::Any | Ty::Reflect | Ty::Map | Ty::Location | Ty::Bytes | Ty::Version)
    }

    /// May a value of Go type `interface{}` holding `value` be passed?
    pub(crate) fn takes(self, value: &Value) -> bool {
        use dinghy_govalue::IntKind;
        match (self, value) {
            (Ty::Any | Ty::Reflect, _) => true,
            (Ty::Str, Value::Str(_))
            | (Ty::Float, Value::Float(_))
            | (Ty::Bool, Value::Bool(_))
            | (Ty::Time, Value::Time(_))
            | (Ty::Duration, Value::Duration(_))
            | (Ty::Location, Value::Location(_))
            | (Ty::Bytes, Value::Bytes(_)) => true,
            (Ty::Version, Value::Object(object)) => object.type_name() == sprig::VERSION,
            (Ty::Int, Value::Int(int)) => int.kind() == IntKind::Int,
            (Ty::Uint32, Value::Int(int)) => int.kind() == IntKind::Uint32,
            (Ty::Map, Value::Map(map)) => map.elem() == Elem::Any,
            _ => false,
        }
    }
}

/// How a call is carried out.
pub(crate) enum Run {
    /// Arguments are evaluated first; an `Err` is the text Go puts behind `error calling NAME: `.
    Plain(fn(&mut Env, Args<'_>) -> Result<Value, String>),
    /// Stops at the first false argument.
    And,
    /// Stops at the first true argument.
    Or,
    /// Calls a function held in a value.
    Call,
}

/// A function that templates can name.
pub(crate) struct Func {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Ty],
    /// The type of further parameters, if any number of them may follow.
    pub(crate) rest: Option<Ty>,
    /// Changes a map that it is given.
    pub(crate) mutates: bool,
    pub(crate) run: Run,
}

impl std::fmt::Debug for Func {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A function with a fixed number of parameters.
pub(crate) const fn fixed(
    name: &'static str,
    params: &'static [Ty],
    run: fn(&mut Env, Args<'_>) -> Result<Value, String>,
) -> Func {
    Func { name, params, rest: None, mutates: false, run: Run::Plain(run) }
}

/// A function that takes any number of `rest` after its parameters.
pub(crate) const fn variadic(
    name: &'static str,
    params: &'static [Ty],
    rest: Ty,
    run: fn(&mut Env, Args<'_>) -> Result<Value, String>,
) -> Func {
    Func { name, params, rest: Some(rest), mutates: false, run: Run::Plain(run) }
}

/// The same function, marked as one that changes its argument.
pub(crate) const fn mutating(func: Func) -> Func {
    Func { name: func.name, params: func.params, rest: func.rest, mutates: true, run: func.run }
}

/// All functions by name. Sprig's replace builtins of the same name (`slice`).
static FUNCTIONS: LazyLock<HashMap<&'static str, &'static Func>> = LazyLock::new(|| {
    let tables = [builtin::TABLE].into_iter().chain(sprig::TABLES.iter().copied());
    tables.flatten().map(|func| (func.name, func)).collect()
});

/// The function of a name.
pub(crate) fn lookup(name: &str) -> Option<&'static Func> {
    FUNCTIONS.get(name).copied()
}

/// The arguments of a call, already of the declared types.
#[derive(Clone, Copy)]
pub(crate) struct Args<'a>(pub(crate) &'a [Slot]);

impl<'a> Args<'a> {
    pub(crate) fn len(self) -> usize {
        self.0.len()
    }

    pub(crate) fn slot(self, at: usize) -> &'a Slot {
        const NONE: &Slot = &Slot::INVALID;
        self.0.get(at).unwrap_or(NONE)
    }

    pub(crate) fn any(self, at: usize) -> &'a Value {
        &self.slot(at).value
    }

    /// All arguments from `at` on.
    pub(crate) fn from(self, at: usize) -> impl DoubleEndedIterator<Item = &'a Value> + Clone {
        self.0.iter().skip(at).map(|slot| &slot.value)
    }

    pub(crate) fn bytes(self, at: usize) -> &'a [u8] {
        match self.any(at) {
            Value::Str(text) => text.as_bytes(),
            _ => &[],
        }
    }

    /// The text of a string with U+FFFD in place of what is not UTF-8.
    pub(crate) fn text(self, at: usize) -> std::borrow::Cow<'a, str> {
        dinghy_govalue::to_str_lossy(self.bytes(at))
    }

    pub(crate) fn str(self, at: usize) -> Str {
        match self.any(at) {
            Value::Str(text) => text.clone(),
            _ => Str::default(),
        }
    }

    pub(crate) fn int(self, at: usize) -> i64 {
        match self.any(at) {
            Value::Int(int) => int.as_i64(),
            _ => 0,
        }
    }

    pub(crate) fn float(self, at: usize) -> f64 {
        match self.any(at) {
            Value::Float(float) => *float,
            _ => 0.0,
        }
    }

    pub(crate) fn truth(self, at: usize) -> bool {
        matches!(self.any(at), Value::Bool(true))
    }

    /// A map; `None` is Go's nil map.
    pub(crate) fn map(self, at: usize) -> Option<&'a Map> {
        match self.any(at) {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }
}
