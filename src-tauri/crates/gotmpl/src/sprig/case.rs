//! Upper and lower case, and the conventions for names: as github.com/huandu/xstrings v1.5.0 and goutils v1.1.1 do.

use dinghy_govalue::Value;

use crate::func::{Func, Ty, fixed};
use crate::text::{
    is_letter, is_lower, is_number, is_punct, is_space, is_title, is_upper, runes, to_lower, to_title,
    to_upper,
};

pub(super) static TABLE: &[Func] = &[
    fixed("camelcase", &[Ty::Str], |_, args| Ok(Value::str(pascal_case(args.bytes(0))))),
    fixed("kebabcase", &[Ty::Str], |_, args| Ok(Value::str(joined_lower(args.bytes(0), '-')))),
    fixed("snakecase", &[Ty::Str], |_, args| Ok(Value::str(joined_lower(args.bytes(0), '_')))),
    fixed("swapcase", &[Ty::Str], |_, args| Ok(Value::str(swap_case(args.bytes(0))))),
    fixed("title", &[Ty::Str], |_, args| Ok(Value::str(title(args.bytes(0))))),
    fixed("untitle", &[Ty::Str], |_, args| Ok(Value::str(untitle(args.bytes(0))))),
];

/// `strings.Title`
fn title(text: &[u8]) -> String {
    let mut after_separator = true;
    runes(text)
        .map(|c| {
            let begins = std::mem::replace(&mut after_separator, is_separator(c));
            if begins { to_title(c) } else { c }
        })
        .collect()
}

fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '_';
    }
    !is_letter(c) && !crate::text::is_digit(c) && is_space(c)
}

fn untitle(text: &[u8]) -> String {
    let mut next = true;
    runes(text)
        .map(|c| {
            if is_space(c) {
                next = true;
                return c;
            }
            if std::mem::take(&mut next) { to_lower(c) } else { c }
        })
        .collect()
}

fn swap_case(text: &[u8]) -> String {
    let mut after_space = true;
    runes(text)
        .map(|c| {
            if is_upper(c) || is_title(c) {
                after_space = false;
                to_lower(c)
            } else if is_lower(c) {
                if std::mem::take(&mut after_space) { to_title(c) } else { to_upper(c) }
            } else {
                after_space = is_space(c);
                c
            }
        })
        .collect()
}

fn is_connector(c: char) -> bool {
    matches!(c, '-' | '_') || is_space(c)
}

/// `xstrings.ToPascalCase`: `some_words` becomes `SomeWords`.
fn pascal_case(text: &[u8]) -> String {
    let chars: Vec<char> = runes(text).collect();
    let leading = chars.iter().take_while(|c| is_connector(**c)).count();
    let mut out: String = chars[..leading].iter().collect();
    let Some((&first, rest)) = chars[leading..].split_first() else { return out };
    let mut after_upper = is_upper(first);
    let mut current = to_upper(first);
    if rest.is_empty() {
        out.push(current);
        return out;
    }
    for &c in rest {
        let previous = std::mem::replace(&mut current, c);
        if is_connector(c) && is_connector(previous) {
            out.push(previous);
        } else if is_connector(previous) {
            after_upper = is_upper(c);
            current = to_upper(c);
        } else {
            if after_upper {
                if is_upper(c) {
                    current = to_lower(c);
                } else {
                    after_upper = false;
                }
            }
            out.push(previous);
        }
    }
    out.push(current);
    out
}

#[derive(Clone, Copy, PartialEq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punct,
    Other,
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`: `HTTPServer` becomes `http_server`.
fn joined_lower(text: &[u8], connector: char) -> Vec<u8> {
    let units = units(text);
    let mut words = Words { rest: &units };
    let mut out = Vec::with_capacity(text.len() + 4);
    let join = |out: &mut Vec<u8>| push_char(out, connector);
    if units.is_empty() {
        return out;
    }
    let (mut kind, mut word) = words.next();
    while !words.rest.is_empty() {
        if kind != Word::Connector {
            push_lower(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word) = words.next();
        match before {
            Word::Number => {
                words.run(&mut kind, &mut word, &mut out, connector);
                if !matches!(kind, Word::Invalid | Word::Punct | Word::Connector) {
                    join(&mut out);
                }
            }
            Word::Connector => push_lower(&mut out, before, last, connector),
            Word::Punct => {}
            _ if kind != Word::Number => {
                if !matches!(kind, Word::Connector | Word::Punct) {
                    join(&mut out);
                }
            }
            _ if words.rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word) = words.next();
                // A number belongs to the word before it, unless lower case follows: `Bld4Floor` but `HTTP2xx`.
                if kind != Word::Alphabet {
                    push_lower(&mut out, Word::Number, number, connector);
                    if !matches!(kind, Word::Connector | Word::Punct) {
                        join(&mut out);
                    }
                } else {
                    join(&mut out);
                    push_lower(&mut out, Word::Number, number, connector);
                    words.run(&mut kind, &mut word, &mut out, connector);
                    if !matches!(kind, Word::Invalid | Word::Connector | Word::Punct) {
                        join(&mut out);
                    }
                }
            }
        }
    }
    push_lower(&mut out, kind, word, connector);
    out
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_lower(out: &mut Vec<u8>, kind: Word, word: &[Unit<'_>], connector: char) {
    let lowered = matches!(kind, Word::Upper | Word::Connector);
    for unit in word {
        if !lowered {
            out.extend_from_slice(unit.bytes);
            continue;
        }
        for c in runes(unit.bytes) {
            push_char(
                out,
                match c {
                    c if is_connector(c) => connector,
                    c if is_upper(c) => to_lower(c),
                    c => c,
                },
            );
        }
    }
}

/// A character with what stands before it that is none (not UTF-8, or U+FFFD itself). At the end of a text that may
/// be all there is: then it goes with the character before.
struct Unit<'a> {
    char: char,
    bytes: &'a [u8],
}

fn units(text: &[u8]) -> Vec<Unit<'_>> {
    let mut units = Vec::with_capacity(text.len());
    let (mut start, mut at) = (0, 0);
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            at += char.len_utf8();
            if char != char::REPLACEMENT_CHARACTER {
                units.push(Unit { char, bytes: &text[start..at] });
                start = at;
            }
        }
        at += chunk.invalid().len();
    }
    if start < text.len() {
        let char = units.last().map_or(char::REPLACEMENT_CHARACTER, |unit: &Unit<'_>| unit.char);
        units.push(Unit { char, bytes: &text[start..] });
    }
    units
}

/// Cuts a text into runs of one kind.
struct Words<'a> {
    rest: &'a [Unit<'a>],
}

impl<'a> Words<'a> {
    /// Writes words and numbers that follow each other without a gap.
    fn run(&mut self, kind: &mut Word, word: &mut &'a [Unit<'a>], out: &mut Vec<u8>, connector: char) {
        while matches!(kind, Word::Alphabet | Word::Number) {
            push_lower(out, *kind, word, connector);
            (*kind, *word) = self.next();
        }
    }

    fn next(&mut self) -> (Word, &'a [Unit<'a>]) {
        let Some(first) = self.rest.first() else { return (Word::Invalid, &[]) };
        let of =
            |more: fn(char) -> bool| 1 + self.rest[1..].iter().take_while(|unit| more(unit.char)).count();
        let lower: fn(char) -> bool = |c| is_alphabet(c) && !is_upper(c);
        let (kind, len) = match first.char {
            char::REPLACEMENT_CHARACTER => (Word::Invalid, 1),
            c if is_connector(c) => (Word::Connector, of(is_connector)),
            c if is_punct(c) => (Word::Punct, of(is_punct)),
            c if is_upper(c) => {
                let uppers = of(is_upper);
                let next = self.rest.get(uppers).map(|unit| unit.char);
                let len = match next {
                    // In `HTTPStatus` the `S` belongs to the second word.
                    Some(c) if uppers > 1 && is_alphabet(c) => uppers - 1,
                    Some(c) if uppers == 1 && is_alphabet(c) => of(lower),
                    _ => uppers,
                };
                (Word::Upper, len)
            }
            c if is_alphabet(c) => (Word::Alphabet, of(lower)),
            c if is_number(c) => (Word::Number, of(is_number)),
            _ => (Word::Other, of(|c| !is_connector(c) && !is_alphabet(c) && !is_number(c) && !is_punct(c))),
        };
        let (word, rest) = self.rest.split_at(len);
        self.rest = rest;
        (kind, word)
    }
}

/// A letter that is no common Chinese character.
fn is_alphabet(c: char) -> bool {
    let chinese = matches!(c, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}');
    is_letter(c) && !chinese
}
