//! Text as Go shows it, and the classes of characters that Go's standard library tells apart.

use dinghy_govalue::Value;
pub(crate) use dinghy_govalue::{is_print, quote};
use unicode_general_category::{GeneralCategory as Category, get_general_category};

/// The bytes of Go's `%v`.
pub(crate) fn print(value: &Value) -> Vec<u8> {
    dinghy_govalue::sprintf(b"%v", std::slice::from_ref(value))
}

/// Go's `unicode.IsLetter`.
pub(crate) fn is_letter(c: char) -> bool {
    use Category::*;
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    matches!(
        get_general_category(c),
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter
    )
}

/// Go's `unicode.IsDigit`.
pub(crate) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && get_general_category(c) == Category::DecimalNumber
}

/// Go's `unicode.IsNumber`.
pub(crate) fn is_number(c: char) -> bool {
    use Category::*;
    c.is_ascii_digit()
        || !c.is_ascii() && matches!(get_general_category(c), DecimalNumber | LetterNumber | OtherNumber)
}

/// Go's `unicode.IsPunct`.
pub(crate) fn is_punct(c: char) -> bool {
    use Category::*;
    matches!(
        get_general_category(c),
        ConnectorPunctuation
            | DashPunctuation
            | OpenPunctuation
            | ClosePunctuation
            | InitialPunctuation
            | FinalPunctuation
            | OtherPunctuation
    )
}

/// Go's `unicode.IsTitle`.
pub(crate) fn is_title(c: char) -> bool {
    get_general_category(c) == Category::TitlecaseLetter
}

/// Go's `unicode.IsUpper`: unlike Rust's, without the numerals and circled letters.
pub(crate) fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { get_general_category(c) == Category::UppercaseLetter }
}

/// Go's `unicode.IsLower`.
pub(crate) fn is_lower(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { get_general_category(c) == Category::LowercaseLetter }
}

/// Go's `unicode.ToUpper`, which maps one character to one: what would become several stays.
pub(crate) fn to_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Go's `unicode.ToLower`. Only U+0130 has a lower case of two characters; Go gives the first.
pub(crate) fn to_lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Go's `unicode.ToTitle`: differs from upper case for a few digraphs and for Georgian.
pub(crate) fn to_title(c: char) -> char {
    match c {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => c,
        _ => to_upper(c),
    }
}

/// Go's `unicode.IsSpace` is Rust's white space.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// The characters of a string as Go's `range` yields them: U+FFFD for each byte that is not UTF-8.
pub(crate) fn runes(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes.utf8_chunks().flat_map(|chunk| {
        chunk.valid().chars().chain(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER))
    })
}

/// Trims white space at both ends.
pub(crate) fn trim_space(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => bytes.trim_ascii(),
    }
}
