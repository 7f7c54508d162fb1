//! Splits a template into tokens, as Go's `text/template/parse/lex.go` does.
//!
//! Knows nothing of grammar or values. The whole source is split at once; the first thing that is no token ends the
//! list with [`Kind::Error`], which matters only when the parser gets that far.

use crate::text;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    Str,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Kind {
    fn keyword(word: &str) -> Option<Self> {
        Some(match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "nil" => Self::Nil,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            "true" | "false" => Self::Bool,
            _ => return None,
        })
    }

    /// Keywords are shown in angle brackets by error messages; `true` and `false` are constants, not keywords.
    fn is_keyword(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With
        )
    }
}

/// One token; `text` is the source of it, and nothing for an error, whose message stands in [`Tokens`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    /// Byte offset of the first byte in the source.
    pub(crate) pos: u32,
    /// Counted from 1.
    pub(crate) line: u32,
    pub(crate) text: &'s str,
}

/// A source in tokens, ending with [`Kind::Eof`] or [`Kind::Error`].
#[derive(Debug)]
pub(crate) struct Tokens<'s> {
    pub(crate) list: Vec<Token<'s>>,
    /// What the error at the end says.
    pub(crate) error: String,
}

impl Token<'_> {
    /// The token as Go's `unexpected …` messages show it. Errors have messages of their own.
    pub(crate) fn describe(&self) -> String {
        match self.kind {
            Kind::Eof => "EOF".to_owned(),
            kind if kind.is_keyword() => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                // Go's %.10q cuts after ten characters, not bytes.
                let head: String = self.text.chars().take(10).collect();
                format!("{}...", text::quote(head.as_bytes()))
            }
            _ => text::quote(self.text.as_bytes()),
        }
    }
}

/// All tokens of a source.
pub(crate) fn tokens(source: &str) -> Tokens<'_> {
    // Templates have a token for every four bytes or less.
    let out = Vec::with_capacity(source.len() / 4 + 4);
    let mut lexer = Lexer { source, pos: 0, start: 0, line: 1, counted: 0, parens: 0, out };
    let error = lexer.run().err().unwrap_or_default();
    if !error.is_empty() {
        lexer.push(Kind::Error, "");
    }
    Tokens { list: lexer.out, error }
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";

struct Lexer<'s> {
    source: &'s str,
    pos: usize,
    /// Where the token under way begins.
    start: usize,
    /// Line of the byte at `counted`: lines are counted once, as tokens are pushed.
    line: u32,
    counted: usize,
    parens: usize,
    out: Vec<Token<'s>>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn push(&mut self, kind: Kind, text: &'s str) {
        let newlines =
            self.source.as_bytes()[self.counted..self.start].iter().filter(|b| **b == b'\n').count();
        self.line += newlines as u32;
        self.counted = self.start;
        self.out.push(Token { kind, pos: self.start as u32, line: self.line, text });
        self.start = self.pos;
    }

    fn emit(&mut self, kind: Kind) {
        self.push(kind, &self.source[self.start..self.pos]);
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(text_len) = find(self.rest(), LEFT) {
            let text = &self.rest()[..text_len];
            let after = &self.rest()[text_len + LEFT.len()..];
            let kept = if trims_left(after) { text.trim_end_matches(is_space).len() } else { text_len };
            let action = self.pos + text_len;
            self.pos += kept;
            if kept > 0 {
                self.emit(Kind::Text);
            }
            self.start = action;
            self.pos = action + LEFT.len();
            let marker = if trims_left(after) { 2 } else { 0 };
            if after[marker..].starts_with("/*") {
                self.pos += marker;
                self.start = self.pos;
                self.comment()?;
            } else {
                self.emit(Kind::LeftDelim);
                self.pos += marker;
                self.start = self.pos;
                self.parens = 0;
                self.action()?;
            }
        }
        self.pos = self.source.len();
        if self.pos > self.start {
            self.emit(Kind::Text);
        }
        self.start = self.pos;
        self.push(Kind::Eof, "EOF");
        Ok(())
    }

    fn comment(&mut self) -> Result<(), String> {
        self.pos += 2;
        let end = self.rest().find("*/").ok_or("unclosed comment")?;
        self.pos += end + 2;
        let Some(trim) = right_delim(self.rest()) else {
            return Err("comment ends before closing delimiter".to_owned());
        };
        self.close(trim, false);
        Ok(())
    }

    /// Steps over a right delimiter, with its trim marker and the space it trims.
    fn close(&mut self, trim: bool, emits: bool) {
        self.pos += if trim { 2 } else { 0 };
        self.start = self.pos;
        self.pos += RIGHT.len();
        if emits {
            self.emit(Kind::RightDelim);
        }
        if trim {
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start_matches(is_space).len();
        }
        self.start = self.pos;
    }

    fn action(&mut self) -> Result<(), String> {
        loop {
            if let Some(trim) = right_delim(self.rest()) {
                if self.parens > 0 {
                    return Err("unclosed left paren".to_owned());
                }
                self.close(trim, true);
                return Ok(());
            }
            let Some(c) = self.next() else {
                return Err("unclosed action".to_owned());
            };
            match c {
                c if is_space(c) => self.space(),
                '=' => self.emit(Kind::Assign),
                ':' => {
                    if self.next() != Some('=') {
                        return Err("expected :=".to_owned());
                    }
                    self.emit(Kind::Declare);
                }
                '|' => self.emit(Kind::Pipe),
                '"' => self.quoted('"', Kind::Str, "unterminated quoted string")?,
                '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant")?,
                '`' => {
                    let len = self.rest().find('`').ok_or_else(|| {
                        self.pos = self.source.len();
                        "unterminated raw quoted string"
                    })?;
                    self.pos += len + 1;
                    self.emit(Kind::RawString);
                }
                '$' if self.at_terminator() => self.emit(Kind::Variable),
                '$' => self.word(Kind::Variable)?,
                '.' if !self.peek().is_some_and(|c| c.is_ascii_digit()) && !self.rest().is_empty() => {
                    if self.at_terminator() {
                        self.emit(Kind::Dot);
                    } else {
                        self.word(Kind::Field)?;
                    }
                }
                '.' | '+' | '-' | '0'..='9' => {
                    self.pos = self.start;
                    self.number()?;
                }
                c if is_alphanumeric(c) => self.word(Kind::Identifier)?,
                '(' => {
                    self.parens += 1;
                    self.emit(Kind::LeftParen);
                }
                ')' => {
                    self.parens =
                        self.parens.checked_sub(1).ok_or_else(|| "unexpected right paren".to_owned())?;
                    self.emit(Kind::RightParen);
                }
                '!'..='~' => self.emit(Kind::Char),
                c => return Err(format!("unrecognized character in action: {}", code_point(c))),
            }
        }
    }

    /// A run of space, leaving the last one when it belongs to a ` -}}`.
    fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.pos += 1;
        }
        if right_delim(&self.source[self.pos - 1..]) == Some(true) {
            self.pos -= 1;
            if self.pos == self.start {
                return;
            }
        }
        self.emit(Kind::Space);
    }

    /// An identifier, field or variable; the first character is behind us.
    fn word(&mut self, kind: Kind) -> Result<(), String> {
        loop {
            let ascii = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            self.pos += self.source.as_bytes()[self.pos..].iter().take_while(ascii).count();
            match self.peek() {
                Some(c) if !c.is_ascii() && is_alphanumeric(c) => self.pos += c.len_utf8(),
                _ => break,
            }
        }
        if !self.at_terminator() {
            return Err(format!("bad character {}", self.peek().map_or_else(String::new, code_point)));
        }
        let word = &self.source[self.start..self.pos];
        let keyword = if kind == Kind::Identifier { Kind::keyword(word) } else { None };
        self.emit(keyword.unwrap_or(kind));
        Ok(())
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) => is_space(c) || self.rest().starts_with(RIGHT),
        }
    }

    fn quoted(&mut self, end: char, kind: Kind, unterminated: &str) -> Result<(), String> {
        loop {
            match self.next() {
                Some('\\') if !matches!(self.next(), None | Some('\n')) => {}
                Some(c) if c == end => break,
                None | Some('\n' | '\\') => return Err(unterminated.to_owned()),
                Some(_) => {}
            }
        }
        self.emit(kind);
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        let bad =
            |l: &Self| format!("bad number syntax: {}", text::quote(&l.source.as_bytes()[l.start..l.pos]));
        if !self.scan_number() {
            return Err(bad(self));
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            self.emit(Kind::Number);
            return Ok(());
        }
        // Complex: 1+2i. No spaces, ends in 'i'.
        if !self.scan_number() || !self.source[..self.pos].ends_with('i') {
            return Err(bad(self));
        }
        self.emit(Kind::Complex);
        Ok(())
    }

    fn accept(&mut self, set: &str) -> bool {
        let hit = self.peek().is_some_and(|c| set.contains(c));
        if hit {
            self.pos += 1;
        }
        hit
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    /// Lets through what only looks like a number ("0x0.2", "089"); the parser's conversion decides.
    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

/// Where a delimiter of two equal bytes begins.
fn find(text: &str, delimiter: &str) -> Option<usize> {
    let (bytes, brace) = (text.as_bytes(), delimiter.as_bytes()[0]);
    memchr::memchr_iter(brace, bytes).find(|at| bytes.get(at + 1) == Some(&brace))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || text::is_letter(c) || text::is_digit(c)
}

/// Does an action whose text is `after` begin with `- `?
fn trims_left(after: &str) -> bool {
    let mut chars = after.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_space)
}

/// Is this the right delimiter, and if so, with a trim marker?
fn right_delim(rest: &str) -> Option<bool> {
    if rest.starts_with(RIGHT) {
        return Some(false);
    }
    let marked = rest.strip_prefix(is_space).and_then(|r| r.strip_prefix('-'))?;
    marked.starts_with(RIGHT).then_some(true)
}

/// Go's `%#U`.
fn code_point(c: char) -> String {
    let code = format!("U+{:04X}", c as u32);
    if text::is_print(c) { format!("{code} '{c}'") } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        let shown: Vec<String> = Vec::from_iter(
            tokens(source).list.iter().map(|t| format!("{}:{:?} {:?}", t.line, t.kind, t.text)),
        );
        let error = tokens(source).error;
        let shown = if error.is_empty() { shown } else { [shown, vec![error]].concat() };
        assert_eq!(shown.join(", "), expected, "{source}");
    }

    #[test]
    fn trims_and_counts_lines() {
        check(
            "a \n{{- .x -}} \n b",
            r#"1:Text "a", 2:LeftDelim "{{", 2:Field ".x", 2:RightDelim "}}", 3:Text "b", 3:Eof "EOF""#,
        );
        check("{{/* c\n */ -}} x", r#"2:Text "x", 2:Eof "EOF""#);
        check("{{-1}}", r#"1:LeftDelim "{{", 1:Number "-1", 1:RightDelim "}}", 1:Eof "EOF""#);
        check("{{$x :=\n1}}", {
            r#"1:LeftDelim "{{", 1:Variable "$x", 1:Space " ", 1:Declare ":=", 1:Space "\n", 2:Number "1", 2:RightDelim "}}", 2:Eof "EOF""#
        });
    }

    #[test]
    fn errors_end_the_list() {
        check("{{.i}", r#"1:LeftDelim "{{", 1:Error "", bad character U+007D '}'"#);
        check("{{\n(", r#"1:LeftDelim "{{", 1:Space "\n", 2:LeftParen "(", 2:Error "", unclosed action"#);
        check("{{\u{1}}}", r#"1:LeftDelim "{{", 1:Error "", unrecognized character in action: U+0001"#);
        check("{{3k}}", r#"1:LeftDelim "{{", 1:Error "", bad number syntax: "3k""#);
    }
}
