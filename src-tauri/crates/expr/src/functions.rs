//! The builtins that take no predicate. Behaviour: builtin/ of expr 1.17.8.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dinghy_govalue::{Elem, JsonStyle, List, Value, decode_base64, parse_duration, sprintf};

use crate::ast::Id;
use crate::builtin::Builtin;
use crate::eval::{MAX_TEXT, Machine, OVER_BUDGET, Outcome};
use crate::ops::{length, text, to_int};
use crate::pointer::followed;
use crate::ty::Ty;
use crate::{collections, dates, fetch, numbers, strings};

/// A result and what it counts against the budget of memory.
pub(crate) type Counted = Result<(Value, usize), String>;

impl<'a> Machine<'a> {
    pub(crate) fn function(&mut self, id: Id, builtin: Builtin, args: &[Id]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.eval(*arg)?;
            // The two that take a zone take what is known to be one before anything runs.
            let takes_zone =
                matches!(builtin, Builtin::Date | Builtin::Now) && self.tree.node(*arg).ty == Ty::Location;
            values.push(if takes_zone { value } else { followed(value) });
        }
        let values: Vec<&Value> = values.iter().map(|value| &**value).collect();
        self.at(id, counted(builtin, &values))?;
        for value in &values {
            self.walk(id, effort(builtin, value))?;
        }
        if let (Builtin::Uniq | Builtin::FromPairs, Some(Value::List(list))) = (builtin, values.first()) {
            // Each item is compared with those before it.
            self.work(id, list.len() as u64 * u64::from(values[0].weight()) / 4_096)?;
        }
        let result = match builtin {
            Builtin::Now => dates::now(self.now, &values).map(|value| (value, 0)),
            _ => call(builtin, &values),
        };
        let (value, memory) = self.at(id, result)?;
        if memory > 0 {
            self.grow(id, memory)?;
        }
        self.made(id, value)
    }
}

/// How much of an argument a builtin looks at, in bytes.
fn effort(builtin: Builtin, value: &Value) -> u32 {
    let container = matches!(value, Value::List(_) | Value::Map(_) | Value::AnyMap(_));
    match builtin {
        Builtin::Get if matches!(value, Value::AnyMap(_)) => value.weight() / 16,
        Builtin::Type | Builtin::Get | Builtin::First | Builtin::Last => 0,
        Builtin::Len | Builtin::Take if container => 0,
        Builtin::Reverse
        | Builtin::Sort
        | Builtin::Concat
        | Builtin::Keys
        | Builtin::Values
        | Builtin::ToPairs
        | Builtin::FromPairs
            if container =>
        {
            let items = length(value).unwrap_or_default();
            u32::try_from(items * size_of::<Value>()).unwrap_or(u32::MAX)
        }
        _ => value.weight(),
    }
}

/// Counts the arguments. The checker has done so, but for calls among the arguments of a function that it does not know:
/// those it does not look at.
fn counted(builtin: Builtin, args: &[&Value]) -> Result<(), String> {
    let given = args.len();
    let invalid = |of: &str, expected: &str| {
        Err(format!("invalid number of arguments{of} (expected {expected}, got {given})"))
    };
    let named = |expected: &str| invalid(&format!(" for {}", builtin.name()), expected);
    match builtin {
        Builtin::Len
        | Builtin::Type
        | Builtin::Abs
        | Builtin::Ceil
        | Builtin::Floor
        | Builtin::Round
        | Builtin::Int
        | Builtin::Float
        | Builtin::String
        | Builtin::Upper
        | Builtin::Lower
            if given == 0 =>
        {
            Err("stack underflow".to_owned())
        }
        Builtin::HasPrefix
        | Builtin::HasSuffix
        | Builtin::IndexOf
        | Builtin::LastIndexOf
        | Builtin::Repeat
            if given < 2 =>
        {
            args.first().map_or(Ok(&[][..]), |first| text(first))?;
            Err(format!("runtime error: index out of range [{given}] with length {given}"))
        }
        Builtin::ToJson
        | Builtin::FromJson
        | Builtin::ToBase64
        | Builtin::FromBase64
        | Builtin::Duration
        | Builtin::Timezone
        | Builtin::Join
        | Builtin::TrimPrefix
        | Builtin::TrimSuffix
            if given == 0 =>
        {
            Err("runtime error: index out of range [0] with length 0".to_owned())
        }
        Builtin::Get if given < 2 => invalid("", "2"),
        Builtin::Take if given != 2 => invalid("", "2"),
        Builtin::Keys
        | Builtin::Values
        | Builtin::ToPairs
        | Builtin::FromPairs
        | Builtin::Reverse
        | Builtin::Uniq
        | Builtin::Flatten
            if given != 1 =>
        {
            invalid("", "1")
        }
        Builtin::Sort if !matches!(given, 1 | 2) => invalid("", "1 or 2"),
        Builtin::Concat if given == 0 => invalid("", "at least 1"),
        Builtin::Split | Builtin::SplitAfter if !matches!(given, 2 | 3) => named("2 or 3"),
        Builtin::Trim if !matches!(given, 1 | 2) => named("1 or 2"),
        Builtin::Replace if !matches!(given, 3 | 4) => named("3 or 4"),
        Builtin::BitNot if given != 1 => named("1"),
        Builtin::BitAnd
        | Builtin::BitOr
        | Builtin::BitXor
        | Builtin::BitNand
        | Builtin::BitShl
        | Builtin::BitShr
        | Builtin::BitUshr
            if given != 2 =>
        {
            named("2")
        }
        _ => Ok(()),
    }
}

/// Calls a builtin that needs nothing but its arguments.
fn call(builtin: Builtin, args: &[&Value]) -> Counted {
    let free = |result: Result<Value, String>| result.map(|value| (value, 0));
    match builtin {
        Builtin::Reverse
        | Builtin::Uniq
        | Builtin::Concat
        | Builtin::Flatten
        | Builtin::Sort
        | Builtin::Take
        | Builtin::First
        | Builtin::Last
        | Builtin::Keys
        | Builtin::Values
        | Builtin::ToPairs
        | Builtin::FromPairs => collections::call(builtin, args),
        Builtin::Repeat => repeat(args),
        Builtin::Abs
        | Builtin::Ceil
        | Builtin::Floor
        | Builtin::Round
        | Builtin::Int
        | Builtin::Float
        | Builtin::Max
        | Builtin::Min
        | Builtin::Mean
        | Builtin::Median
        | Builtin::BitAnd
        | Builtin::BitOr
        | Builtin::BitXor
        | Builtin::BitNand
        | Builtin::BitShl
        | Builtin::BitShr
        | Builtin::BitUshr
        | Builtin::BitNot => free(numbers::call(builtin, args)),
        Builtin::Duration => free(parse_duration(text(args[0])?).map(Value::Duration)),
        Builtin::Date => free(dates::date(args)),
        Builtin::Timezone => free(dates::timezone(args[0])),
        Builtin::Get => free(fetch::get(args[0], args[1])),
        _ => free(plain(builtin, args)),
    }
}

fn plain(builtin: Builtin, args: &[&Value]) -> Result<Value, String> {
    let arg = args[0];
    Ok(match builtin {
        Builtin::Len => match arg {
            Value::Str(text) => Value::int(strings::char_count(text) as i64),
            other => Value::int(length(other)? as i64),
        },
        Builtin::Type => Value::str(type_of(arg)),
        Builtin::String => match arg {
            Value::Str(_) => arg.clone(),
            // Bytes, since a string in a list need not be UTF-8.
            other => Value::str(sprintf(b"%v", std::slice::from_ref(other))),
        },
        Builtin::Trim => match args.get(1) {
            None => Value::str(strings::trim_space(text(arg)?)),
            Some(set) => Value::str(strings::trim(text(arg)?, text(set)?)),
        },
        Builtin::TrimPrefix | Builtin::TrimSuffix => {
            let part = args.get(1).map_or(Ok(&b" "[..]), |part| text(part))?;
            let whole = text(arg)?;
            let rest = match builtin {
                Builtin::TrimPrefix => whole.strip_prefix(part),
                _ => whole.strip_suffix(part),
            };
            Value::str(rest.unwrap_or(whole))
        }
        Builtin::Upper => Value::str(strings::map_case(text(arg)?, true)),
        Builtin::Lower => Value::str(strings::map_case(text(arg)?, false)),
        Builtin::Split | Builtin::SplitAfter => {
            let (whole, separator) = (text(arg)?, text(args[1])?);
            let limit = args.get(2).map_or(Ok(-1), |limit| to_int(limit))?;
            Value::List(match strings::split(whole, separator, limit, builtin == Builtin::SplitAfter) {
                Some(parts) if parts.len() > strings::MAX_PARTS => return Err(OVER_BUDGET.to_owned()),
                Some(parts) => List::with_elem(Elem::Str, parts.into_iter().map(Value::str).collect()),
                None => List::nil(Elem::Str),
            })
        }
        Builtin::Replace => {
            let (whole, old, new) = (text(arg)?, text(args[1])?, text(args[2])?);
            let limit = args.get(3).map_or(Ok(-1), |limit| to_int(limit))?;
            Value::str(strings::replace(whole, old, new, limit).ok_or(OVER_BUDGET)?)
        }
        Builtin::Join => join(args)?,
        Builtin::IndexOf => found(strings::find(text(arg)?, text(args[1])?)),
        Builtin::LastIndexOf => found(strings::rfind(text(arg)?, text(args[1])?)),
        Builtin::HasPrefix => Value::Bool(text(arg)?.starts_with(text(args[1])?)),
        Builtin::HasSuffix => Value::Bool(text(arg)?.ends_with(text(args[1])?)),
        Builtin::ToJson => Value::str(arg.to_json_within(JsonStyle::PRETTY, MAX_TEXT).ok_or(OVER_BUDGET)??),
        Builtin::FromJson => {
            let json = text(arg)?;
            // As many values can be in it at most.
            if json.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() >= 1_000_000 {
                return Err(OVER_BUDGET.to_owned());
            }
            Value::from_go_json(json)?
        }
        Builtin::ToBase64 => Value::str(STANDARD.encode(text(arg)?)),
        Builtin::FromBase64 => Value::str(decode_base64(text(arg)?)?),
        other => return Err(format!("unknown builtin {}", other.name())),
    })
}

fn found(at: Option<usize>) -> Value {
    Value::int(at.map_or(-1, |at| at as i64))
}

/// `type(x)`: the language's own names, or Go's for a named type.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Bool(_) => "bool",
        Value::Int(int) if int.kind().is_unsigned() => "uint",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "string",
        Value::Bytes(_) | Value::List(_) => "array",
        Value::Map(_) | Value::AnyMap(_) => "map",
        Value::Time(_) => "time.Time",
        Value::Object(object) if object.type_name() == "time.Location" => "time.Location",
        Value::Duration(_) => "time.Duration",
        Value::Month(_) => "time.Month",
        Value::Weekday(_) => "time.Weekday",
        Value::Func(_) => "func",
        Value::Object(_) | Value::Location(_) => "struct",
    }
}

fn repeat(args: &[&Value]) -> Counted {
    let (part, count) = (text(args[0])?, to_int(args[1])?);
    if count < 0 {
        return Err(format!("invalid argument for repeat (expected positive integer, got {count})"));
    }
    let size = part.len().saturating_mul(usize::try_from(count).unwrap_or(usize::MAX));
    // The original makes the text before it counts; a text that is over the budget is not made here.
    if count > 1_000_000 || size >= 1_000_000 {
        return Err(OVER_BUDGET.to_owned());
    }
    Ok((Value::str(part.repeat(count as usize)), size))
}

fn join(args: &[&Value]) -> Result<Value, String> {
    let glue = args.get(1).map_or(Ok(&b""[..]), |glue| text(glue))?;
    match args[0] {
        Value::List(list) if matches!(list.elem(), Elem::Any | Elem::Str) => {
            let parts: Vec<&[u8]> = list.iter().map(text).collect::<Result<_, _>>()?;
            let glues = glue.len().saturating_mul(parts.len());
            if parts.iter().fold(glues, |size, part| size.saturating_add(part.len())) > 2 * MAX_TEXT {
                return Err(OVER_BUDGET.to_owned());
            }
            Ok(Value::str(parts.join(glue)))
        }
        Value::Nil => Err("invalid argument for join (type %!s(<nil>))".to_owned()),
        other => Err(format!("invalid argument for join (type {})", other.type_name())),
    }
}
