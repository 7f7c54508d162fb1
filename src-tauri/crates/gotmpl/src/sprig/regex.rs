//! Regular expressions in Go's syntax. Functions with `must` report a bad pattern as an error of the call; the others
//! panic in Go, which reads the same in a template, except `regexMatch`: there it is no match.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use dinghy_govalue::{Elem, List, Str, Value, go_group_name};
use regex::bytes::{Captures, Regex};

use super::strings::texts;
use crate::env::Env;
use crate::func::{Args, Func, Ty, fixed};

use Ty::{Int, Str as Text};

pub(super) static TABLE: &[Func] = &[
    fixed("mustRegexFind", &[Text, Text], |env, args| find(env, args).map_err(plain)),
    fixed("mustRegexFindAll", &[Text, Text, Int], |env, args| find_all(env, args).map_err(plain)),
    fixed("mustRegexMatch", &[Text, Text], |env, args| is_match(env, args).map_err(plain)),
    fixed("mustRegexReplaceAll", &[Text, Text, Text], |env, args| replace(env, args, true).map_err(plain)),
    fixed("mustRegexReplaceAllLiteral", &[Text, Text, Text], |env, args| {
        replace(env, args, false).map_err(plain)
    }),
    fixed("mustRegexSplit", &[Text, Text, Int], |env, args| split(env, args).map_err(plain)),
    fixed("regexFind", &[Text, Text], |env, args| find(env, args).map_err(panicked)),
    fixed("regexFindAll", &[Text, Text, Int], |env, args| find_all(env, args).map_err(panicked)),
    fixed("regexMatch", &[Text, Text], |env, args| match is_match(env, args) {
        Err(Failure::Pattern { .. }) => Ok(Value::Bool(false)),
        other => other.map_err(plain),
    }),
    fixed("regexQuoteMeta", &[Text], |_, args| Ok(Value::str(quote_meta(args.bytes(0))))),
    fixed("regexReplaceAll", &[Text, Text, Text], |env, args| replace(env, args, true).map_err(panicked)),
    fixed("regexReplaceAllLiteral", &[Text, Text, Text], |env, args| {
        replace(env, args, false).map_err(panicked)
    }),
    fixed("regexSplit", &[Text, Text, Int], |env, args| split(env, args).map_err(panicked)),
];

enum Failure {
    Pattern { pattern: Str, message: String },
    Limit(String),
}

fn plain(failure: Failure) -> String {
    match failure {
        Failure::Pattern { message, .. } | Failure::Limit(message) => message,
    }
}

/// The text of `regexp.MustCompile`'s panic.
fn panicked(failure: Failure) -> String {
    match failure {
        Failure::Pattern { pattern, message } => {
            let backquoted = pattern.as_str().filter(|text| {
                text.chars().all(|c| c == '\t' || !c.is_control() && c != '`' && c != '\u{feff}')
            });
            let shown = match backquoted {
                Some(text) => format!("`{text}`"),
                None => crate::text::quote(&pattern),
            };
            format!("regexp: Compile({shown}): {message}")
        }
        Failure::Limit(message) => message,
    }
}

fn compiled(env: &mut Env, args: Args<'_>) -> Result<Arc<Regex>, Failure> {
    let pattern = args.str(0);
    let compiled = env.pattern(&pattern).map_err(Failure::Limit)?;
    compiled.map_err(|message| Failure::Pattern { pattern, message })
}

/// A text to search. For each byte that is not UTF-8 Go sees a U+FFFD, so the pattern must see one too.
struct Subject<'t> {
    original: &'t [u8],
    text: Cow<'t, [u8]>,
    /// For every byte of `text` and its end, the place in `original`; nothing where both are the same.
    origins: Option<Vec<usize>>,
}

impl<'t> Subject<'t> {
    fn new(original: &'t [u8]) -> Subject<'t> {
        if std::str::from_utf8(original).is_ok() {
            return Subject { original, text: Cow::Borrowed(original), origins: None };
        }
        let (mut text, mut origins) = (Vec::new(), Vec::new());
        let mut at = 0;
        for chunk in original.utf8_chunks() {
            text.extend_from_slice(chunk.valid().as_bytes());
            origins.extend(at..at + chunk.valid().len());
            at += chunk.valid().len();
            for _ in chunk.invalid() {
                text.extend_from_slice("\u{fffd}".as_bytes());
                origins.extend([at; 3]);
                at += 1;
            }
        }
        origins.push(at);
        Subject { original, text: Cow::Owned(text), origins: Some(origins) }
    }

    fn range(&self, found: Range<usize>) -> Range<usize> {
        match &self.origins {
            Some(origins) => origins[found.start]..origins[found.end],
            None => found,
        }
    }

    fn part(&self, found: Range<usize>) -> &'t [u8] {
        &self.original[self.range(found)]
    }
}

/// Go never matches the empty string inside a character.
fn between_characters(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}

/// At most `n` matches, all of them when `n` is negative.
fn matches(regex: &Regex, subject: &Subject<'_>, n: i64) -> impl Iterator<Item = Range<usize>> {
    regex
        .find_iter(&subject.text)
        .map(|found| found.range())
        .filter(|range| !range.is_empty() || between_characters(&subject.text, range.start))
        .map(|range| subject.range(range))
        .take(usize::try_from(n).unwrap_or(usize::MAX))
}

fn is_match(env: &mut Env, args: Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(compiled(env, args)?.is_match(&Subject::new(args.bytes(1)).text)))
}

fn find(env: &mut Env, args: Args<'_>) -> Result<Value, Failure> {
    let regex = compiled(env, args)?;
    let subject = Subject::new(args.bytes(1));
    Ok(Value::str(regex.find(&subject.text).map_or(&b""[..], |found| subject.part(found.range()))))
}

fn find_all(env: &mut Env, args: Args<'_>) -> Result<Value, Failure> {
    let regex = compiled(env, args)?;
    let text = args.bytes(1);
    let mut found = Vec::new();
    for range in matches(&regex, &Subject::new(text), args.int(2)) {
        found.push(Str::from(&text[range]));
        env.check_items(found.len()).map_err(Failure::Limit)?;
    }
    Ok(if found.is_empty() { Value::List(List::nil(Elem::Str)) } else { texts(found) })
}

fn split(env: &mut Env, args: Args<'_>) -> Result<Value, Failure> {
    let regex = compiled(env, args)?;
    let (text, n) = (args.bytes(1), args.int(2));
    if n == 0 {
        return Ok(Value::List(List::nil(Elem::Str)));
    }
    if text.is_empty() && !args.bytes(0).is_empty() {
        return Ok(texts(vec![Str::from("")]));
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, 0);
    for range in matches(&regex, &Subject::new(text), n) {
        if n > 0 && parts.len() as i64 == n - 1 {
            break;
        }
        end = range.start;
        if range.end != 0 {
            parts.push(Str::from(&text[start..end]));
            env.check_items(parts.len()).map_err(Failure::Limit)?;
        }
        start = range.end;
    }
    if end != text.len() {
        parts.push(Str::from(&text[start..]));
    }
    Ok(if parts.is_empty() { Value::List(List::nil(Elem::Str)) } else { texts(parts) })
}

fn replace(env: &mut Env, args: Args<'_>, expands: bool) -> Result<Value, Failure> {
    let regex = compiled(env, args)?;
    let (text, with) = (args.bytes(1), args.bytes(2));
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    let subject = Subject::new(text);
    // Groups are looked for where one is named only.
    if !expands || !with.contains(&b'$') {
        for found in matches(&regex, &subject, -1) {
            out.extend_from_slice(&text[done..found.start]);
            out.extend_from_slice(with);
            env.check_bytes(out.len()).map_err(Failure::Limit)?;
            done = found.end;
        }
        out.extend_from_slice(&text[done..]);
        return Ok(Value::str(out));
    }
    for captures in regex.captures_iter(&subject.text) {
        let Some(whole) = captures.get(0) else { continue };
        if whole.is_empty() && !between_characters(&subject.text, whole.start()) {
            continue;
        }
        let whole = subject.range(whole.range());
        out.extend_from_slice(&text[done..whole.start]);
        expand(&regex, &subject, &captures, with, &mut out);
        env.check_bytes(out.len()).map_err(Failure::Limit)?;
        done = whole.end;
    }
    out.extend_from_slice(&text[done..]);
    Ok(Value::str(out))
}

/// `$1`, `${1}`, `$name`, `${name}`, `$$`; a group that is not there is nothing, any other `$` is itself.
fn expand(regex: &Regex, subject: &Subject<'_>, captures: &Captures<'_>, with: &[u8], out: &mut Vec<u8>) {
    let mut rest = with;
    while let Some(at) = memchr::memchr(b'$', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(b"$") {
            out.push(b'$');
            rest = after;
            continue;
        }
        let Some((name, after)) = group_name(rest) else {
            out.push(b'$');
            continue;
        };
        rest = after;
        let group = if name.bytes().all(|byte| byte.is_ascii_digit()) {
            name.parse().ok().and_then(|number: usize| captures.get(number))
        } else {
            regex
                .capture_names()
                .enumerate()
                .filter(|(_, known)| known.is_some_and(|known| go_group_name(known) == name))
                .find_map(|(number, _)| captures.get(number))
        };
        out.extend_from_slice(group.map_or(&[][..], |group| subject.part(group.range())));
    }
    out.extend_from_slice(rest);
}

/// The name behind a `$`, and what follows it.
fn group_name(rest: &[u8]) -> Option<(&str, &[u8])> {
    let braced = rest.strip_prefix(b"{");
    let body = braced.unwrap_or(rest);
    // A name is letters, digits and underscores; a cut character cannot end one.
    let valid = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default(),
    };
    let is_name = |c: char| c == '_' || crate::text::is_letter(c) || crate::text::is_digit(c);
    let len = valid.find(|c| !is_name(c)).unwrap_or(valid.len());
    let (name, after) = (&valid[..len], &body[len..]);
    match (name.is_empty(), braced.is_some()) {
        (true, _) => None,
        (false, true) => Some((name, after.strip_prefix(b"}")?)),
        (false, false) => Some((name, after)),
    }
}

fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if b"\\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}
