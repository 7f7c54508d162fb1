//! Go's regular expressions (package regexp, RE2 syntax) on the regex crate.
//!
//! The two match alike but are written differently: `\d`, `\w`, `\s` and `\b` are ASCII in Go, `[a&&b]` and `[[]` are
//! ordinary characters there, `\Q…\E` exists only there, and what one refuses the other may take. So the pattern is
//! read by Go's grammar, with Go's errors, and written anew so that it means the same to the crate.

use ::regex::bytes::{Regex, RegexBuilder};

use crate::regex_class::Class;

/// Go's limit of a repetition count.
const MAX_REPEAT: u32 = 1000;
/// Go's limit of nested groups.
const MAX_DEPTH: usize = 1000;
/// How large a compiled pattern may be.
const SIZE_LIMIT: usize = 64 << 20;

/// Compiles a pattern that is written for Go.
///
/// # Errors
/// Go's text: ``error parsing regexp: missing closing ): `(` ``.
pub fn compile_regex(pattern: &[u8]) -> Result<Regex, String> {
    let text =
        std::str::from_utf8(pattern).map_err(|_| fault("invalid UTF-8", &crate::to_str_lossy(pattern)).0)?;
    let translated = translate_regex(text)?;
    RegexBuilder::new(&translated)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|_| fault("expression too large", text).0)
}

/// Writes a pattern of Go's in the syntax of the regex crate.
///
/// # Errors
/// As [`compile_regex`].
pub fn translate_regex(pattern: &str) -> Result<String, String> {
    let out = String::with_capacity(pattern.len() * 2);
    let mut reader = Reader { whole: pattern, rest: pattern, out, flags_at: None };
    reader.pattern().map_err(|fault| fault.0)?;
    Ok(reader.out)
}

/// The name that a group had in Go's syntax. Several groups may have the same.
pub fn go_group_name(translated: &str) -> &str {
    translated.split_once('.').map_or(translated, |(_, name)| name)
}

/// The text of an error.
pub(crate) struct Fault(pub(crate) String);

pub(crate) fn fault(what: &str, part: &str) -> Fault {
    Fault(format!("error parsing regexp: {what}: `{part}`"))
}

/// A literal character in the crate's syntax, inside and outside of classes.
pub(crate) fn push_literal(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_control()) {
        out.push(c);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(c)));
    }
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
    out: String,
    /// Where the flags begin that were written last, if flags came last.
    flags_at: Option<usize>,
}

impl<'a> Reader<'a> {
    fn pattern(&mut self) -> Result<(), Fault> {
        let mut groups = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        // Whether something stands here that can be repeated, and the text of the repetition just read.
        let mut has_atom = false;
        // How often the part just read may be repeated in all, the repetitions inside of it counted, and the most of
        // what stands before it in its group.
        let (mut times, mut most): (u32, u32) = (1, 1);
        let mut last_repeat: Option<&'a str> = None;
        while let Some(c) = self.rest.chars().next() {
            let before = self.rest;
            let mut repeat = None;
            let flags_at = self.flags_at.take();
            match c {
                '(' => {
                    let start = flags_at.unwrap_or(self.out.len());
                    let opened = self.group(&mut names)?;
                    if opened {
                        groups.push(most.max(times));
                        (times, most) = (1, 1);
                        if groups.len() > MAX_DEPTH {
                            return Err(fault("expression nests too deeply", self.whole));
                        }
                        has_atom = false;
                    } else {
                        self.flags_at = Some(start);
                    }
                }
                ')' => {
                    self.copy(1);
                    let Some(outside) = groups.pop() else {
                        return Err(fault("unexpected )", self.whole));
                    };
                    (times, most) = (most.max(times), outside);
                    has_atom = true;
                    last_repeat = None;
                    continue;
                }
                '|' => {
                    self.copy(1);
                    has_atom = false;
                }
                '^' | '$' | '.' => {
                    self.copy(1);
                    has_atom = true;
                }
                '[' => {
                    let (text, class) = Class::read(before)?;
                    self.rest = &before[text..];
                    self.out.push_str(&class.to_string());
                    has_atom = true;
                }
                '*' | '+' | '?' => {
                    self.repeat(1, before, has_atom, last_repeat, flags_at)?;
                    repeat = Some(before);
                }
                '{' => match count(before) {
                    Some((length, low, high)) => {
                        if low > MAX_REPEAT || high.is_some_and(|high| high > MAX_REPEAT || low > high) {
                            return Err(fault("invalid repeat count", &before[..length]));
                        }
                        self.repeat(length, before, has_atom, last_repeat, flags_at)?;
                        times *= high.unwrap_or(low.max(1));
                        if times > MAX_REPEAT && (low >= 2 || high.is_some_and(|high| high >= 2)) {
                            let part = &before[..before.len() - self.rest.len()];
                            return Err(fault("invalid repeat count", part));
                        }
                        repeat = Some(before);
                    }
                    None => has_atom = self.literal(c),
                },
                '\\' => has_atom = self.escape(has_atom)?,
                _ => has_atom = self.literal(c),
            }
            if repeat.is_none() && self.flags_at.is_none() {
                (times, most) = (1, most.max(times));
            }
            last_repeat = repeat;
        }
        if groups.is_empty() { Ok(()) } else { Err(fault("missing closing )", self.whole)) }
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    fn literal(&mut self, c: char) -> bool {
        push_literal(&mut self.out, c);
        self.rest = &self.rest[c.len_utf8()..];
        true
    }

    fn repeat(
        &mut self,
        length: usize,
        before: &str,
        has_atom: bool,
        last: Option<&str>,
        flags_at: Option<usize>,
    ) -> Result<(), Fault> {
        // In `a(?i)*` it is `a` that Go repeats; the crate wants the flags behind that.
        let flags = flags_at.map_or(String::new(), |at| self.out.split_off(at));
        self.copy(length);
        if self.rest.starts_with('?') {
            self.copy(1);
        }
        self.out.push_str(&flags);
        if let Some(last) = last {
            return Err(fault("invalid nested repetition operator", &last[..last.len() - self.rest.len()]));
        }
        if !has_atom {
            let part = &before[..before.len() - self.rest.len()];
            return Err(fault("missing argument to repetition operator", part));
        }
        Ok(())
    }

    /// What follows an opening parenthesis; whether it opened a group rather than set flags.
    fn group(&mut self, names: &mut Vec<&'a str>) -> Result<bool, Fault> {
        let text = self.rest;
        let Some(inner) = text.strip_prefix("(?") else {
            self.copy(1);
            return Ok(true);
        };
        if let Some(named) = inner.strip_prefix("P<").or_else(|| inner.strip_prefix('<')) {
            let Some(end) = named.find('>') else {
                // Go looks for a name only when more follows.
                let what = if text == "(?<" {
                    "invalid or unsupported Perl syntax"
                } else {
                    "invalid named capture"
                };
                return Err(fault(what, text));
            };
            let (name, rest) = (&named[..end], &named[end + 1..]);
            let capture = &text[..text.len() - rest.len()];
            let valid =
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !valid {
                return Err(fault("invalid named capture", capture));
            }
            // Unlike Go, the crate takes no name twice, and none that begins with a digit.
            let plain = !name.starts_with(|c: char| c.is_ascii_digit()) && !names.contains(&name);
            let lead = if plain { String::new() } else { format!("_{}.", names.len()) };
            names.push(name);
            self.out.push_str(&format!("(?P<{lead}{name}>"));
            self.rest = rest;
            return Ok(true);
        }
        let (mut negative, mut saw_flag) = (false, false);
        for (at, c) in inner.char_indices() {
            match c {
                'i' | 'm' | 's' | 'U' => saw_flag = true,
                '-' if !negative => (negative, saw_flag) = (true, false),
                ':' | ')' if !negative || saw_flag => {
                    let flags = &inner[..at];
                    if c == ':' || !flags.is_empty() {
                        self.out.push_str(&text[..at + 3]);
                    }
                    self.rest = &inner[at + 1..];
                    return Ok(c == ':');
                }
                _ => return Err(fault("invalid or unsupported Perl syntax", &text[..at + 2 + c.len_utf8()])),
            }
        }
        Err(fault("invalid or unsupported Perl syntax", text))
    }

    /// What follows a backslash outside of a class; whether it can be repeated.
    fn escape(&mut self, has_atom: bool) -> Result<bool, Fault> {
        let text = self.rest;
        let assertion = match text.as_bytes().get(1) {
            Some(b'A') => "\\A",
            Some(b'b') => "(?-u:\\b)",
            Some(b'B') => "(?-u:\\B)",
            Some(b'z') => "\\z",
            Some(b'C') => return Err(fault("invalid escape sequence", &text[..2])),
            Some(b'Q') => {
                let quoted = &text[2..];
                let (literal, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
                for c in literal.chars() {
                    push_literal(&mut self.out, c);
                }
                self.rest = rest;
                return Ok(has_atom || !literal.is_empty());
            }
            _ => "",
        };
        if !assertion.is_empty() {
            self.out.push_str(assertion);
            self.rest = &text[2..];
            return Ok(true);
        }
        if let Some((length, class)) = Class::read_escape(text)? {
            self.out.push_str(&class.to_string());
            self.rest = &text[length..];
            return Ok(true);
        }
        let (c, length) = escaped_char(text)?;
        push_literal(&mut self.out, c);
        self.rest = &text[length..];
        Ok(true)
    }
}

/// `{n}`, `{n,}` or `{n,m}`: its length and bounds; anything else is no repetition.
fn count(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let inner = &text[1..text.find('}')?];
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // Go takes no leading zeros; a number too large for it counts as too large, not as text.
        (plain && (digits == "0" || !digits.starts_with('0'))).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (low, high) = match inner.split_once(',') {
        None => (number(inner)?, Some(number(inner)?)),
        Some((low, "")) => (number(low)?, None),
        Some((low, high)) => (number(low)?, Some(number(high)?)),
    };
    Some((inner.len() + 2, low, high))
}

/// An escape that stands for one character, and its length.
pub(crate) fn escaped_char(text: &str) -> Result<(char, usize), Fault> {
    let Some(c) = text[1..].chars().next() else {
        return Err(fault("trailing backslash at end of expression", ""));
    };
    let after = &text[1 + c.len_utf8()..];
    let invalid = |length: usize| Err(fault("invalid escape sequence", text.get(..length).unwrap_or(text)));
    match c {
        'a' => Ok(('\x07', 2)),
        'f' => Ok(('\x0c', 2)),
        'n' => Ok(('\n', 2)),
        'r' => Ok(('\r', 2)),
        't' => Ok(('\t', 2)),
        'v' => Ok(('\x0b', 2)),
        '0'..='7' => {
            // A single digit other than 0 would be a reference to a group, which there is none of.
            if c != '0' && !after.starts_with(|digit: char| ('0'..='7').contains(&digit)) {
                return invalid(2);
            }
            let digits = text[1..].bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let code = u32::from_str_radix(&text[1..1 + digits], 8).ok().and_then(char::from_u32);
            code.map_or_else(|| invalid(1 + digits), |code| Ok((code, 1 + digits)))
        }
        'x' => match after.strip_prefix('{') {
            Some(braced) => {
                let mut code = 0;
                for (at, c) in braced.char_indices() {
                    match c.to_digit(16) {
                        Some(digit) => code = code * 16 + digit,
                        None if c == '}' && at > 0 => {
                            return Ok((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), at + 4));
                        }
                        None => return invalid(char_end(text, 3 + at)),
                    }
                    if code > 0x10_ffff {
                        return invalid(4 + at);
                    }
                }
                invalid(text.len())
            }
            None => {
                let digits = after.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
                match u8::from_str_radix(&after[..digits], 16) {
                    Ok(code) if digits == 2 => Ok((char::from(code), 4)),
                    _ => invalid(char_end(text, 2 + digits)),
                }
            }
        },
        _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok((c, 2)),
        _ => invalid(1 + c.len_utf8()),
    }
}

/// The end of the character that starts at `at`, or the end of the text.
fn char_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(text.len(), |c| at + c.len_utf8())
}
