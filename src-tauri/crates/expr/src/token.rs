//! Tokens: what the lexer hands to the parser.

use dinghy_govalue::{Str, quote};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Identifier,
    Number,
    Str,
    Bytes,
    Operator,
    Bracket,
    Eof,
}

/// A token and where it starts and ends, counted in characters.
#[derive(Clone, Debug)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    /// As it is written.
    pub(crate) text: &'s str,
    /// What a literal between quotes stands for; nothing for other tokens.
    pub(crate) literal: Option<Str>,
    pub(crate) at: u32,
    pub(crate) end: u32,
}

impl Token<'_> {
    /// Whether this is the given operator or bracket.
    pub(crate) fn is(&self, kind: Kind, value: &str) -> bool {
        self.kind == kind && self.text == value
    }

    pub(crate) fn is_operator(&self, value: &str) -> bool {
        self.is(Kind::Operator, value)
    }

    pub(crate) fn is_bracket(&self, value: &str) -> bool {
        self.is(Kind::Bracket, value)
    }

    /// What it stands for.
    pub(crate) fn value(&self) -> Str {
        self.literal.clone().unwrap_or_else(|| Str::from(self.text))
    }

    /// How error messages name the token.
    pub(crate) fn describe(&self) -> String {
        let kind = match self.kind {
            Kind::Identifier => "Identifier",
            Kind::Number => "Number",
            Kind::Str => "String",
            Kind::Bytes => "Bytes",
            Kind::Operator => "Operator",
            Kind::Bracket => "Bracket",
            Kind::Eof => "EOF",
        };
        let value = self.literal.as_deref().unwrap_or(self.text.as_bytes());
        if value.is_empty() { kind.to_owned() } else { format!("{kind}({})", quote(value)) }
    }
}

/// Letters, `_` and `$`.
pub(crate) fn is_alphabetic(c: char) -> bool {
    c == '_' || c == '$' || if c.is_ascii() { c.is_ascii_alphabetic() } else { is_letter(c) }
}

/// What names are made of.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    is_alphabetic(c) || c.is_ascii_digit() || (!c.is_ascii() && is_digit(c))
}

/// Whether a text is a name; operators such as `not` and `matches` are too.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(is_alphabetic) && text.chars().all(is_alphanumeric)
}

fn matches_class(class: &'static std::sync::LazyLock<Option<regex::Regex>>, c: char) -> bool {
    class.as_ref().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))
}

/// Unicode's letters. Rust's own test takes more: marks and letter-like numbers.
fn is_letter(c: char) -> bool {
    static LETTER: std::sync::LazyLock<Option<regex::Regex>> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"^\p{L}$").ok());
    matches_class(&LETTER, c)
}

/// Unicode's decimal digits.
fn is_digit(c: char) -> bool {
    static DIGIT: std::sync::LazyLock<Option<regex::Regex>> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"^\p{Nd}$").ok());
    matches_class(&DIGIT, c)
}
