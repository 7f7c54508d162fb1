//! The builtin functions by name, and what their signatures say before anything runs.

macro_rules! builtins {
    ($($variant:ident $name:literal,)*) => {
        /// A builtin function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Builtin { $($variant,)* }

        impl Builtin {
            /// The builtin of a name.
            pub(crate) fn find(name: &str) -> Option<Builtin> {
                match name { $($name => Some(Builtin::$variant),)* _ => None }
            }

            pub(crate) fn name(self) -> &'static str {
                match self { $(Builtin::$variant => $name,)* }
            }
        }
    };
}

builtins! {
    All "all", None "none", Any "any", One "one", Filter "filter", Map "map", Find "find", FindIndex "findIndex",
    FindLast "findLast", FindLastIndex "findLastIndex", Count "count", Sum "sum", GroupBy "groupBy",
    SortBy "sortBy", Reduce "reduce",
    Len "len", Type "type", Abs "abs", Ceil "ceil", Floor "floor", Round "round", Int "int", Float "float",
    String "string", Trim "trim", TrimPrefix "trimPrefix", TrimSuffix "trimSuffix", Upper "upper", Lower "lower",
    Split "split", SplitAfter "splitAfter", Replace "replace", Repeat "repeat", Join "join", IndexOf "indexOf",
    LastIndexOf "lastIndexOf", HasPrefix "hasPrefix", HasSuffix "hasSuffix", Max "max", Min "min", Mean "mean",
    Median "median", ToJson "toJSON", FromJson "fromJSON", ToBase64 "toBase64", FromBase64 "fromBase64", Now "now",
    Duration "duration", Date "date", Timezone "timezone", First "first", Last "last", Get "get", Take "take",
    Keys "keys", Values "values", ToPairs "toPairs", FromPairs "fromPairs", Reverse "reverse", Uniq "uniq",
    Concat "concat", Flatten "flatten", Sort "sort", BitAnd "bitand", BitOr "bitor", BitXor "bitxor",
    BitNand "bitnand", BitShl "bitshl", BitShr "bitshr", BitUshr "bitushr", BitNot "bitnot",
}

/// One argument of a builtin that takes a predicate.
#[derive(Clone, Copy)]
pub(crate) struct Argument {
    pub(crate) predicate: bool,
    pub(crate) optional: bool,
}

const PLAIN: Argument = Argument { predicate: false, optional: false };
const PREDICATE: Argument = Argument { predicate: true, optional: false };

impl Builtin {
    pub(crate) fn takes_predicate(self) -> bool {
        self as usize <= Builtin::Reduce as usize
    }

    /// The arguments of a builtin that takes a predicate.
    pub(crate) fn predicate_shape(self) -> &'static [Argument] {
        match self {
            Builtin::Count | Builtin::Sum => &[PLAIN, Argument { predicate: true, optional: true }],
            Builtin::SortBy | Builtin::Reduce => {
                &[PLAIN, PREDICATE, Argument { predicate: false, optional: true }]
            }
            _ => &[PLAIN, PREDICATE],
        }
    }

    /// The signatures that a call may have, in the order in which they are tried: Go's names of the parameters' types
    /// and of the result's. None for builtins whose arguments are judged by a rule of their own.
    pub(crate) fn signatures(self) -> &'static [Signature] {
        match self {
            Builtin::Type | Builtin::String | Builtin::ToJson => &[(&["interface {}"], "string")],
            Builtin::Trim => &[(&["string"], "string"), (&["string", "string"], "string")],
            Builtin::TrimPrefix | Builtin::TrimSuffix => {
                &[(&["string", "string"], "string"), (&["string"], "string")]
            }
            Builtin::Upper | Builtin::Lower | Builtin::ToBase64 | Builtin::FromBase64 => {
                &[(&["string"], "string")]
            }
            Builtin::Split | Builtin::SplitAfter => {
                &[(&["string", "string"], "[]string"), (&["string", "string", "int"], "[]string")]
            }
            Builtin::Replace => &[
                (&["string", "string", "string", "int"], "string"),
                (&["string", "string", "string"], "string"),
            ],
            Builtin::Repeat => &[(&["string", "int"], "string")],
            Builtin::Join => &[
                (&["[]string", "string"], "string"),
                (&["[]interface {}", "string"], "string"),
                (&["[]interface {}"], "string"),
                (&["[]string", "string"], "string"),
                (&["[]string"], "string"),
            ],
            Builtin::IndexOf | Builtin::LastIndexOf => &[(&["string", "string"], "int")],
            Builtin::HasPrefix | Builtin::HasSuffix => &[(&["string", "string"], "bool")],
            Builtin::FromJson => &[(&["string"], "interface {}")],
            Builtin::Duration => &[(&["string"], "time.Duration")],
            Builtin::Timezone => &[(&["string"], "*time.Location")],
            Builtin::Sort => &[
                (&["[]interface {}", "string"], "[]interface {}"),
                (&["[]int", "string"], "[]interface {}"),
                (&["[]float64", "string"], "[]interface {}"),
                (&["[]string", "string"], "[]interface {}"),
                (&["[]interface {}"], "[]interface {}"),
                (&["[]float64"], "[]interface {}"),
                (&["[]string"], "[]interface {}"),
                (&["[]int"], "[]interface {}"),
            ],
            Builtin::BitAnd
            | Builtin::BitOr
            | Builtin::BitXor
            | Builtin::BitNand
            | Builtin::BitShl
            | Builtin::BitShr
            | Builtin::BitUshr => &[(&["int", "int"], "int")],
            Builtin::BitNot => &[(&["int"], "int")],
            _ => &[],
        }
    }

    /// Go's name of the function's own type: what an identifier of this name is taken for when it is not called.
    pub(crate) fn type_name(self) -> String {
        match self {
            Builtin::All | Builtin::None | Builtin::Any | Builtin::One => {
                "func([]interface {}, func(interface {}) bool) bool".to_owned()
            }
            Builtin::Filter => "func([]interface {}, func(interface {}) bool) []interface {}".to_owned(),
            Builtin::Map => "func([]interface {}, func(interface {}) interface {}) []interface {}".to_owned(),
            Builtin::Find | Builtin::FindLast => {
                "func([]interface {}, func(interface {}) bool) interface {}".to_owned()
            }
            Builtin::FindIndex | Builtin::FindLastIndex | Builtin::Count | Builtin::Sum => {
                "func([]interface {}, func(interface {}) bool) int".to_owned()
            }
            Builtin::GroupBy => {
                "func([]interface {}, func(interface {}) interface {}) map[interface {}][]interface {}".to_owned()
            }
            Builtin::SortBy => "func([]interface {}, func(interface {}) bool, string) []interface {}".to_owned(),
            Builtin::Reduce => {
                "func([]interface {}, func(interface {}, interface {}) interface {}, interface {}) interface {}"
                    .to_owned()
            }
            Builtin::Duration => "func(string) (time.Duration, error)".to_owned(),
            Builtin::Timezone => "func(string) (*time.Location, error)".to_owned(),
            _ => match self.signatures().first() {
                Some((params, out)) => format!("func({}) {out}", params.join(", ")),
                None => "func(...interface {}) (interface {}, error)".to_owned(),
            },
        }
    }
}

/// Go's names of the types of a function's parameters and of its result.
type Signature = (&'static [&'static str], &'static str);
