//! Strings: cutting, joining, searching, quoting, indenting. Positions and lengths count bytes, as in Go.

use std::sync::Arc;

use dinghy_govalue::{Elem, List, Map, Str, Value};
use memchr::memmem;

use super::cast::{to_text, to_texts};
use super::wrap::{wrap, wrap_with};
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed, variadic};
use crate::text;

use Ty::{Any, Int, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("abbrev", &[Int, Text], |_, args| Ok(abbreviated(args.bytes(1), 0, args.int(0)))),
    fixed("abbrevboth", &[Int, Int, Text], abbrevboth),
    variadic("cat", &[], Any, cat),
    fixed("contains", &[Text, Text], |_, args| {
        Ok(Value::Bool(memmem::find(args.bytes(1), args.bytes(0)).is_some()))
    }),
    fixed("hasPrefix", &[Text, Text], |_, args| Ok(Value::Bool(args.bytes(1).starts_with(args.bytes(0))))),
    fixed("hasSuffix", &[Text, Text], |_, args| Ok(Value::Bool(args.bytes(1).ends_with(args.bytes(0))))),
    fixed("hello", &[], |_, _| Ok(Value::str("Hello!"))),
    fixed("indent", &[Int, Text], |env, args| Ok(Value::str(&nindented(env, args)?[1..]))),
    fixed("initials", &[Text], initials),
    fixed("join", &[Text, Any], join),
    fixed("lower", &[Text], |_, args| {
        Ok(mapped(args.bytes(0), <[u8]>::make_ascii_lowercase, text::to_lower))
    }),
    fixed("nindent", &[Int, Text], |env, args| Ok(Value::str(nindented(env, args)?))),
    fixed("nospace", &[Text], nospace),
    fixed("plural", &[Text, Text, Int], |_, args| Ok(Value::Str(args.str(usize::from(args.int(2) != 1))))),
    variadic("quote", &[], Any, quote),
    fixed("repeat", &[Int, Text], |env, args| Ok(Value::str(repeat(env, args.bytes(1), args.int(0))?))),
    fixed("replace", &[Text, Text, Text], replace),
    fixed("sortAlpha", &[Any], sort_alpha),
    fixed("split", &[Text, Text], |env, args| Ok(numbered(split(env, args.bytes(1), args.bytes(0), -1)?))),
    fixed("splitList", &[Text, Text], |env, args| Ok(texts(split(env, args.bytes(1), args.bytes(0), -1)?))),
    fixed("splitn", &[Text, Int, Text], |env, args| {
        Ok(numbered(split(env, args.bytes(2), args.bytes(0), args.int(1))?))
    }),
    variadic("squote", &[], Any, squote),
    fixed("substr", &[Int, Int, Text], substr),
    fixed("toString", &[Any], |env, args| {
        env.check_depth(args.any(0))?;
        Ok(Value::Str(to_text(args.any(0))))
    }),
    fixed("toStrings", &[Any], |env, args| {
        env.check_depth(args.any(0))?;
        Ok(texts(to_texts(args.any(0))))
    }),
    fixed("trim", &[Text], |_, args| Ok(Value::str(text::trim_space(args.bytes(0))))),
    fixed("trimAll", &[Text, Text], trim_all),
    fixed("trimPrefix", &[Text, Text], |_, args| {
        let whole = args.bytes(1);
        Ok(Value::str(whole.strip_prefix(args.bytes(0)).unwrap_or(whole)))
    }),
    fixed("trimSuffix", &[Text, Text], |_, args| {
        let whole = args.bytes(1);
        Ok(Value::str(whole.strip_suffix(args.bytes(0)).unwrap_or(whole)))
    }),
    fixed("trimall", &[Text, Text], trim_all),
    fixed("trunc", &[Int, Text], trunc),
    fixed("upper", &[Text], |_, args| {
        Ok(mapped(args.bytes(0), <[u8]>::make_ascii_uppercase, text::to_upper))
    }),
    fixed("wrap", &[Int, Text], |env, args| Ok(Value::str(wrap(env, args.bytes(1), args.int(0))?))),
    fixed("wrapWith", &[Int, Text, Text], |env, args| {
        Ok(Value::str(wrap_with(env, args.bytes(2), args.int(0), args.bytes(1))?))
    }),
];

/// A `[]string`.
pub(super) fn texts(items: Vec<Str>) -> Value {
    Value::List(List::with_elem(Elem::Str, items.into_iter().map(Value::Str).collect()))
}

/// `map[string]string` with the keys `_0`, `_1`, …
fn numbered(items: Vec<Str>) -> Value {
    let entries = items.into_iter().enumerate().map(|(i, item)| (format!("_{i}"), Value::Str(item)));
    Value::Map(Map::with_elem(Elem::Str, entries))
}

fn mapped(whole: &[u8], ascii: fn(&mut [u8]), other: fn(char) -> char) -> Value {
    if !whole.is_ascii() {
        return Value::str(text::runes(whole).map(other).collect::<String>());
    }
    let mut changed: Arc<[u8]> = Arc::from(whole);
    if let Some(bytes) = Arc::get_mut(&mut changed) {
        ascii(bytes);
    }
    Value::str(changed)
}

/// Go's message for `s[from:to]`.
fn sliced(whole: &[u8], from: i64, to: i64) -> Result<&[u8], String> {
    let len = whole.len() as i64;
    if to < 0 || to > len {
        let with = if to < 0 { String::new() } else { format!(" with length {len}") };
        return Err(format!("runtime error: slice bounds out of range [:{to}]{with}"));
    }
    if from < 0 {
        return Err(format!("runtime error: slice bounds out of range [{from}:]"));
    }
    whole
        .get(from as usize..to as usize)
        .ok_or_else(|| format!("runtime error: slice bounds out of range [{from}:{to}]"))
}

fn substr(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (start, end, whole) = (args.int(0), args.int(1), args.bytes(2));
    let len = whole.len() as i64;
    let (start, end) = match () {
        _ if start < 0 => (0, end),
        _ if end < 0 || end > len => (start, len),
        _ => (start, end),
    };
    sliced(whole, start, end).map(Value::str)
}

fn trunc(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (count, whole) = (args.int(0), args.bytes(1));
    let len = whole.len() as i64;
    let kept = if count < 0 && len.saturating_add(count) > 0 {
        &whole[(len + count) as usize..]
    } else if (0..len).contains(&count) {
        &whole[..count as usize]
    } else {
        whole
    };
    Ok(Value::str(kept))
}

fn trim_all(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (set, whole) = (args.text(0), args.bytes(1));
    // Every byte that is not UTF-8 reads as U+FFFD, in the set as well as in the text.
    let mut ends = 0..whole.len();
    for c in text::runes(whole).take_while(|c| set.contains(*c)) {
        ends.start += if whole[ends.start..].starts_with(c.encode_utf8(&mut [0; 4]).as_bytes()) {
            c.len_utf8()
        } else {
            1
        };
    }
    let rest = &whole[ends.start..];
    let kept: Vec<char> = text::runes(rest).collect();
    for c in kept.iter().rev().take_while(|c| set.contains(**c)) {
        ends.end -=
            if whole[..ends.end].ends_with(c.encode_utf8(&mut [0; 4]).as_bytes()) { c.len_utf8() } else { 1 };
    }
    Ok(Value::str(&whole[ends]))
}

pub(super) fn repeat(env: &Env, unit: &[u8], count: i64) -> Result<Vec<u8>, String> {
    let count = usize::try_from(count).map_err(|_| "strings: negative Repeat count")?;
    env.check_bytes(unit.len().saturating_mul(count))?;
    // Nothing repeated any number of times is nothing, and must not take that many turns.
    Ok(if unit.is_empty() { Vec::new() } else { unit.repeat(count) })
}

fn replace(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    Ok(Value::str(replaced(env, args.bytes(2), args.bytes(0), args.bytes(1))?))
}

/// `strings.ReplaceAll`; an empty `old` stands before every character and at the end.
fn replaced(env: &Env, whole: &[u8], old: &[u8], new: &[u8]) -> Result<Vec<u8>, String> {
    if old.is_empty() {
        let count = text::runes(whole).count() + 1;
        env.check_bytes(whole.len().saturating_add(new.len().saturating_mul(count)))?;
        let mut out = Vec::new();
        for character in characters(whole) {
            out.extend_from_slice(new);
            out.extend_from_slice(character);
        }
        out.extend_from_slice(new);
        return Ok(out);
    }
    let mut out = Vec::with_capacity(whole.len());
    let mut done = 0;
    for at in memmem::find_iter(whole, old) {
        out.extend_from_slice(&whole[done..at]);
        out.extend_from_slice(new);
        env.check_bytes(out.len())?;
        done = at + old.len();
    }
    out.extend_from_slice(&whole[done..]);
    Ok(out)
}

/// The bytes of each character; a byte that is not UTF-8 stands alone.
fn characters(whole: &[u8]) -> impl Iterator<Item = &[u8]> {
    whole.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid();
        let chars = valid.char_indices().map(|(at, c)| &valid.as_bytes()[at..at + c.len_utf8()]);
        chars.chain(chunk.invalid().chunks(1))
    })
}

/// `strings.SplitN`
fn split(env: &Env, whole: &[u8], sep: &[u8], n: i64) -> Result<Vec<Str>, String> {
    let most = match usize::try_from(n) {
        Ok(0) => return Ok(Vec::new()),
        Ok(n) => n,
        Err(_) => usize::MAX,
    };
    let mut parts = Vec::new();
    let mut done = 0;
    if sep.is_empty() {
        for character in characters(whole) {
            if parts.len() + 1 == most {
                break;
            }
            done += character.len();
            parts.push(Str::from(character));
            env.check_items(parts.len())?;
        }
        if done < whole.len() {
            parts.push(Str::from(&whole[done..]));
        }
        return Ok(parts);
    }
    for at in memmem::find_iter(whole, sep) {
        if parts.len() + 1 == most {
            break;
        }
        parts.push(Str::from(&whole[done..at]));
        env.check_items(parts.len())?;
        done = at + sep.len();
    }
    parts.push(Str::from(&whole[done..]));
    Ok(parts)
}

fn join(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    env.check_depth(args.any(1))?;
    let (sep, parts) = (args.bytes(0), to_texts(args.any(1)));
    let mut out = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(sep);
        }
        out.extend_from_slice(part);
        env.check_bytes(out.len())?;
    }
    Ok(Value::str(out))
}

fn sort_alpha(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    env.check_depth(args.any(0))?;
    let mut parts = match args.any(0) {
        list @ (Value::List(_) | Value::Bytes(_)) => to_texts(list),
        other => vec![to_text(other)],
    };
    parts.sort();
    Ok(texts(parts))
}

fn quote(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    joined(env, args, |value| text::quote(&to_text(value)).into_bytes())
}

fn squote(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    joined(env, args, |value| [b"'", &text::print(value)[..], b"'"].concat())
}

fn cat(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    joined(env, args, text::print)
}

/// The shown arguments with a space between them; nil ones are left out.
fn joined(env: &Env, args: Args<'_>, show: impl Fn(&Value) -> Vec<u8>) -> Result<Value, String> {
    let mut out = Vec::new();
    for (i, value) in args.from(0).filter(|value| !value.is_nil()).enumerate() {
        env.check_depth(value)?;
        if i > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(&show(value));
        env.check_bytes(out.len())?;
    }
    Ok(Value::str(out))
}

fn nindented(env: &Env, args: Args<'_>) -> Result<Vec<u8>, String> {
    // A line break before the text makes its first line one like the others.
    let new = [b"\n", &repeat(env, b" ", args.int(0))?[..]].concat();
    Ok([&new[..], &replaced(env, args.bytes(1), b"\n", &new)?].concat())
}

/// Works on bytes taken as Latin-1, as goutils does.
fn initials(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let mut out = String::new();
    let mut after_gap = true;
    for c in args.bytes(0).iter().map(|byte| char::from(*byte)) {
        if text::is_space(c) {
            after_gap = true;
        } else if std::mem::take(&mut after_gap) {
            out.push(c);
        }
    }
    Ok(Value::str(out))
}

/// As [`initials`]: what is not ASCII is spoilt, unless there is no space at all.
fn nospace(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let space = |byte: &u8| text::is_space(char::from(*byte));
    if !args.bytes(0).iter().any(space) {
        return Ok(Value::Str(args.str(0)));
    }
    let kept = args.bytes(0).iter().filter(|byte| !space(byte)).map(|byte| char::from(*byte));
    Ok(Value::str(kept.collect::<String>()))
}

fn abbrevboth(_: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let (left, right) = (args.int(0), args.int(1));
    if right < 4 || left > 0 && right < 7 {
        return Ok(Value::Str(args.str(2)));
    }
    Ok(abbreviated(args.bytes(2), left, right))
}

/// At most `width` bytes with `...` in place of what was cut, on both sides when `offset` is beyond 4.
fn abbreviated(whole: &[u8], offset: i64, width: i64) -> Value {
    let len = whole.len() as i64;
    if width < 4 || len <= width {
        return Value::str(whole);
    }
    let cut = |from: i64, to: i64| &whole[from.clamp(0, len) as usize..to.clamp(0, len) as usize];
    let mut offset = offset.min(len);
    // As in Go, where the distance to an offset far below zero overflows.
    if len.wrapping_sub(offset) < width - 3 {
        offset = len - (width - 3);
    }
    if offset <= 4 {
        return Value::str([cut(0, width - 3), b"..."].concat());
    }
    if width < 7 {
        return Value::str("");
    }
    if offset + width - 3 < len {
        let rest = match abbreviated(cut(offset, len), 0, width - 3) {
            Value::Str(rest) => rest,
            _ => Str::default(),
        };
        return Value::str([b"...", rest.as_bytes()].concat());
    }
    Value::str([b"...", cut(len - (width - 3), len)].concat())
}
