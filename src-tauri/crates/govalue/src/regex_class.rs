//! Character classes of Go's regular expressions.

use std::fmt;

use crate::regex::{Fault, escaped_char, fault, push_literal};

/// A class, written in the syntax of the regex crate.
pub(crate) struct Class {
    negated: bool,
    /// What stands between the brackets.
    items: String,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}{}]", if self.negated { "^" } else { "" }, self.items)
    }
}

impl Class {
    /// Reads a class in brackets; also gives its length.
    pub(crate) fn read(text: &str) -> Result<(usize, Class), Fault> {
        let mut rest = &text[1..];
        let negated = rest.starts_with('^');
        if negated {
            rest = &rest[1..];
        }
        let mut items = String::new();
        let mut first = true;
        loop {
            if rest.starts_with(']') && !first {
                return Ok((text.len() - rest.len() + 1, Class { negated, items }));
            }
            first = false;
            if rest.is_empty() {
                return Err(fault("missing closing ]", text));
            }
            if let Some(posix) = posix(rest)? {
                items.push_str(posix);
                rest = &rest[posix.len()..];
                continue;
            }
            if let Some((length, class)) = Class::read_escape(rest)? {
                items.push_str(&class.to_string());
                rest = &rest[length..];
                continue;
            }
            rest = range(text, rest, &mut items)?;
        }
    }

    /// Reads `\d` and its kin, or `\p…`; `None` when the text starts otherwise.
    pub(crate) fn read_escape(text: &str) -> Result<Option<(usize, Class)>, Fault> {
        let perl = |items: &str, negated| Ok(Some((2, Class { negated, items: items.to_owned() })));
        let bytes = text.as_bytes();
        if bytes.first() != Some(&b'\\') {
            return Ok(None);
        }
        match bytes.get(1) {
            Some(b'd') => perl("0-9", false),
            Some(b'D') => perl("0-9", true),
            Some(b's') => perl("\\t\\n\\x0c\\r\\x20", false),
            Some(b'S') => perl("\\t\\n\\x0c\\r\\x20", true),
            Some(b'w') => perl("0-9A-Za-z_", false),
            Some(b'W') => perl("0-9A-Za-z_", true),
            Some(b'p' | b'P') => unicode(text).map(Some),
            _ => Ok(None),
        }
    }
}

/// One character or a range of them; gives back what follows.
fn range<'a>(whole: &str, text: &'a str, items: &mut String) -> Result<&'a str, Fault> {
    let (low, rest) = class_char(whole, text)?;
    push_literal(items, low);
    // A hyphen before the closing bracket is a character.
    let Some(after) = rest.strip_prefix('-').filter(|after| !after.is_empty() && !after.starts_with(']'))
    else {
        return Ok(rest);
    };
    let (high, rest) = class_char(whole, after)?;
    if high < low {
        return Err(fault("invalid character class range", &text[..text.len() - rest.len()]));
    }
    items.push('-');
    push_literal(items, high);
    Ok(rest)
}

fn class_char<'a>(whole: &str, text: &'a str) -> Result<(char, &'a str), Fault> {
    match text.chars().next() {
        None => Err(fault("missing closing ]", whole)),
        Some('\\') => escaped_char(text).map(|(c, length)| (c, &text[length..])),
        Some(c) => Ok((c, &text[c.len_utf8()..])),
    }
}

/// The classes of POSIX; both languages know the same.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// `[:alpha:]`, `[:^alpha:]` and their kin inside a class.
fn posix(text: &str) -> Result<Option<&str>, Fault> {
    let Some(inner) = text.strip_prefix("[:") else { return Ok(None) };
    let Some(end) = inner.find(":]") else { return Ok(None) };
    let name = inner[..end].strip_prefix('^').unwrap_or(&inner[..end]);
    let whole = &text[..end + 4];
    if POSIX.contains(&name) { Ok(Some(whole)) } else { Err(fault("invalid character class range", whole)) }
}

/// `\pL`, `\p{Greek}`, `\p{^Greek}`, `\PL`.
fn unicode(text: &str) -> Result<(usize, Class), Fault> {
    let mut negated = text.as_bytes()[1] == b'P';
    let after = &text[2..];
    let unknown = |length: usize| fault("invalid character class range", text.get(..length).unwrap_or(text));
    let Some(first) = after.chars().next() else { return Err(unknown(text.len())) };
    let (name, length) = match first {
        '{' => {
            let end = after.find('}').ok_or_else(|| unknown(text.len()))?;
            (&after[1..end], end + 3)
        }
        _ => (&after[..first.len_utf8()], 2 + first.len_utf8()),
    };
    let plain = name.strip_prefix('^').unwrap_or(name);
    negated ^= plain.len() != name.len();
    let items = format!("\\p{{{plain}}}");
    let known = plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && ::regex::Regex::new(&format!("[{items}]")).is_ok();
    if known { Ok((length, Class { negated, items })) } else { Err(unknown(length)) }
}
