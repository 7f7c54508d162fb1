//! What is known of a value's type before anything runs. Behaviour: checker/nature of expr 1.17.8.

use std::sync::Arc;

use dinghy_govalue::{IntKind, Time, Value, Zone, method_signature};

/// A type as the checker sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Ty {
    /// Nothing is known: every variable.
    #[default]
    Unknown,
    /// Known to be an interface, which says as little.
    Any,
    Nil,
    Bool,
    Int(IntKind),
    Float,
    Str,
    Bytes,
    /// `[]string`
    StrList,
    /// `[]int`, which no expression makes before it runs
    IntList,
    /// `[]float64`, likewise
    FloatList,
    /// `[]interface {}` with what is known of its items.
    List(Option<Arc<Ty>>),
    /// `map[string]interface {}`
    Map,
    /// `map[interface {}]interface {}`
    AnyMap,
    /// `map[interface {}][]interface {}`
    GroupMap,
    Time,
    Duration,
    Month,
    Weekday,
    Location,
    Func(Arc<FuncTy>),
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FuncTy {
    /// Go's name; of a method, with its receiver.
    pub(crate) name: String,
    pub(crate) params: Vec<Ty>,
    pub(crate) out: Ty,
    /// Set when this is a builtin's name used as a value.
    pub(crate) builtin: Option<crate::builtin::Builtin>,
}

impl FuncTy {
    /// How many results the function has.
    pub(crate) fn results(&self) -> usize {
        match self.name.rsplit_once(") (") {
            Some((_, results)) => results.split(", ").count(),
            None => 1,
        }
    }
}

/// Go's kinds, as far as they are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Invalid,
    Interface,
    Bool,
    Int(IntKind),
    Float,
    String,
    Slice,
    Map,
    Struct,
    Pointer,
    Func,
}

/// The type of a plain integer.
pub(crate) const INT: Ty = Ty::Int(IntKind::Int);

impl Ty {
    pub(crate) fn list_of(item: Ty) -> Ty {
        // Types are dropped recursively. Of lists in so many lists nothing more is known.
        let (mut inner, mut depth) = (&item, 0);
        while let Ty::List(Some(next)) = inner {
            (inner, depth) = (next, depth + 1);
        }
        if depth < 64 { Ty::List(Some(Arc::new(item))) } else { Ty::List(None) }
    }

    /// The type of a constant.
    pub(crate) fn of(value: &Value) -> Ty {
        match value {
            Value::Bytes(_) => Ty::Bytes,
            _ => Ty::List(None),
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        match self {
            Ty::Unknown | Ty::Nil => Shape::Invalid,
            Ty::Any => Shape::Interface,
            Ty::Bool => Shape::Bool,
            Ty::Int(kind) => Shape::Int(*kind),
            Ty::Float => Shape::Float,
            Ty::Str => Shape::String,
            Ty::Bytes | Ty::StrList | Ty::IntList | Ty::FloatList | Ty::List(_) => Shape::Slice,
            Ty::Map | Ty::AnyMap | Ty::GroupMap => Shape::Map,
            Ty::Time => Shape::Struct,
            Ty::Duration => Shape::Int(IntKind::Int64),
            Ty::Month | Ty::Weekday => Shape::Int(IntKind::Int),
            Ty::Location => Shape::Pointer,
            Ty::Func(_) => Shape::Func,
        }
    }

    /// Go's name of the type.
    pub(crate) fn name(&self) -> String {
        match self {
            Ty::Unknown | Ty::Nil => "unknown",
            Ty::Any => "interface {}",
            Ty::Bool => "bool",
            Ty::Int(kind) => kind.name(),
            Ty::Float => "float64",
            Ty::Str => "string",
            Ty::Bytes => "[]uint8",
            Ty::StrList => "[]string",
            Ty::IntList => "[]int",
            Ty::FloatList => "[]float64",
            Ty::List(_) => "[]interface {}",
            Ty::Map => "map[string]interface {}",
            Ty::AnyMap => "map[interface {}]interface {}",
            Ty::GroupMap => "map[interface {}][]interface {}",
            Ty::Time => "time.Time",
            Ty::Duration => "time.Duration",
            Ty::Month => "time.Month",
            Ty::Weekday => "time.Weekday",
            Ty::Location => "*time.Location",
            Ty::Func(func) => &func.name,
        }
        .to_owned()
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Ty::Unknown | Ty::Any)
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(self, Ty::Int(_))
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Ty::Int(_) | Ty::Float)
    }

    pub(crate) fn is_array(&self) -> bool {
        self.shape() == Shape::Slice
    }

    pub(crate) fn is_map(&self) -> bool {
        self.shape() == Shape::Map
    }

    /// What indexing a list or a map gives.
    pub(crate) fn elem(&self) -> Ty {
        match self {
            Ty::List(Some(item)) => (**item).clone(),
            Ty::List(None) | Ty::Map | Ty::AnyMap => Ty::Any,
            Ty::GroupMap => Ty::List(None),
            Ty::StrList => Ty::Str,
            Ty::IntList => INT,
            Ty::FloatList => Ty::Float,
            Ty::Bytes => Ty::Int(IntKind::Uint8),
            _ => Ty::Unknown,
        }
    }

    /// What a map is indexed by.
    pub(crate) fn key(&self) -> Ty {
        if *self == Ty::Map { Ty::Str } else { Ty::Any }
    }

    pub(crate) fn assignable_to(&self, to: &Ty) -> bool {
        if *self == Ty::Nil {
            return matches!(
                to.shape(),
                Shape::Pointer | Shape::Interface | Shape::Func | Shape::Map | Shape::Slice
            );
        }
        match (self, to) {
            (Ty::Unknown, _) | (_, Ty::Unknown | Ty::Nil) => false,
            (_, Ty::Any) => true,
            (Ty::List(_), Ty::List(_)) => true,
            (Ty::Func(a), Ty::Func(b)) => a.name == b.name,
            _ => self == to,
        }
    }

    pub(crate) fn comparable_to(&self, other: &Ty) -> bool {
        self.is_unknown()
            || other.is_unknown()
            || *self == Ty::Nil
            || *other == Ty::Nil
            || self.is_number() && other.is_number()
            || self.is_array() && other.is_array()
            || self.assignable_to(other)
    }

    /// Whether one side is unknown and the other might do.
    pub(crate) fn maybe(&self, other: &Ty, fits: impl Fn(&Ty) -> bool) -> bool {
        match (self.is_unknown(), other.is_unknown()) {
            (true, true) => true,
            (true, false) => fits(other),
            (false, true) => fits(self),
            (false, false) => false,
        }
    }

    /// The type of a sum, difference or product of two numbers.
    pub(crate) fn promoted(&self, other: &Ty) -> Ty {
        if *self == Ty::Float || *other == Ty::Float { Ty::Float } else { INT }
    }

    /// Without the pointer, if it is one: the only pointers are to locations.
    pub(crate) fn deref_name(&self) -> String {
        self.name().trim_start_matches('*').to_owned()
    }

    /// A method of the type.
    pub(crate) fn method(&self, name: &str) -> Option<Ty> {
        let sample = match self {
            Ty::Time => Value::Time(Time::zero()),
            Ty::Duration => Value::Duration(0),
            Ty::Month => Value::Month(1),
            Ty::Weekday => Value::Weekday(0),
            Ty::Location => Value::Location(Arc::new(Zone::Utc)),
            _ => return None,
        };
        let signature = method_signature(&sample, name)?;
        let (params, out) = signature.strip_prefix("func(")?.split_once(')')?;
        let out = out.trim_start_matches([' ', '(']).split([',', ')']).next().unwrap_or("");
        let types: Vec<Ty> = params.split(", ").filter(|name| !name.is_empty()).map(Ty::named).collect();
        let receiver = self.name();
        let separator = if params.is_empty() { "" } else { ", " };
        let name = signature.replacen("func(", &format!("func({receiver}{separator}"), 1);
        Some(Ty::Func(Arc::new(FuncTy { name, params: types, out: Ty::named(out), builtin: None })))
    }

    /// The type of a name in a signature.
    pub(crate) fn named(name: &str) -> Ty {
        match name {
            "interface {}" => Ty::Any,
            "[]interface {}" => Ty::List(None),
            "[]string" => Ty::StrList,
            "[]int" => Ty::IntList,
            "[]float64" => Ty::FloatList,
            "bool" => Ty::Bool,
            "int" => INT,
            "int64" => Ty::Int(IntKind::Int64),
            "float64" => Ty::Float,
            "string" => Ty::Str,
            "[]uint8" => Ty::Bytes,
            "time.Time" => Ty::Time,
            "time.Duration" => Ty::Duration,
            "time.Month" => Ty::Month,
            "time.Weekday" => Ty::Weekday,
            "*time.Location" => Ty::Location,
            _ => Ty::Unknown,
        }
    }
}
