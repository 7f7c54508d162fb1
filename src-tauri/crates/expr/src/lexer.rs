//! The lexer: characters in, tokens out. Behaviour: parser/lexer of expr 1.17.8.

use dinghy_govalue::{Str, is_print, quote};

use crate::error::Fault;
use crate::token::{Kind, Token, is_alphanumeric};
use crate::unescape::{unescape, unescape_bytes};

/// All tokens up to the end of the source, or up to the first fault. The parser meets a fault only when it gets there.
pub(crate) fn lex(source: &str) -> (Vec<Token<'_>>, Option<Fault>) {
    let mut lexer =
        Lexer { source, tokens: Vec::new(), start: 0, end: 0, start_char: 0, end_char: 0, eof: false };
    let fault = loop {
        match lexer.token() {
            Ok(true) => {}
            Ok(false) => break None,
            Err(fault) => break Some(fault),
        }
    };
    (lexer.tokens, fault)
}

struct Lexer<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
    /// Bytes of the token being read.
    start: usize,
    end: usize,
    /// The same in characters.
    start_char: u32,
    end_char: u32,
    /// Whether the last character asked for was beyond the end.
    eof: bool,
}

impl<'a> Lexer<'a> {
    fn peek(&self) -> Option<char> {
        self.source[self.end..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        match c {
            Some(c) => {
                self.end += c.len_utf8();
                self.end_char += 1;
            }
            None => self.eof = true,
        }
        c
    }

    fn word(&self) -> &'a str {
        &self.source[self.start..self.end]
    }

    fn skip(&mut self) {
        (self.start, self.start_char) = (self.end, self.end_char);
    }

    fn emit(&mut self, kind: Kind) {
        self.push(kind, None);
    }

    fn emit_value(&mut self, kind: Kind, value: Str) {
        self.push(kind, Some(value));
    }

    fn push(&mut self, kind: Kind, literal: Option<Str>) {
        let (text, at, end) = (self.word(), self.start_char, self.end_char);
        self.tokens.push(Token { kind, text, literal, at, end });
        self.skip();
    }

    fn accept(&mut self, valid: &str) -> bool {
        let found = self.peek().is_some_and(|c| valid.contains(c));
        if found {
            self.next();
        }
        found
    }

    fn accept_while(&mut self, valid: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&valid) {
            self.next();
        }
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        let end = self.end_char + u32::from(self.eof);
        Fault::new(end.saturating_sub(1), message)
    }

    /// Reads one token or skips what is none; whether there may be more.
    fn token(&mut self) -> Result<bool, Fault> {
        let Some(c) = self.next() else {
            let at = self.end_char.saturating_sub(1);
            let (text, end) = ("", self.end_char);
            self.tokens.push(Token { kind: Kind::Eof, text, literal: None, at, end });
            return Ok(false);
        };
        match c {
            _ if c.is_whitespace() => self.skip(),
            '\'' | '"' => {
                self.string(c)?;
                let value = unescape(self.word()).map_err(|message| self.fault(message))?;
                self.emit_value(Kind::Str, value);
            }
            '`' => self.raw_string()?,
            'b' | 'B' if matches!(self.peek(), Some('\'' | '"')) => {
                let quote = self.next().unwrap_or('"');
                self.string(quote)?;
                let value = unescape_bytes(&self.word()[1..]).map_err(|message| self.fault(message))?;
                self.emit_value(Kind::Bytes, value);
            }
            '0'..='9' => self.number(c)?,
            '?' => {
                self.accept(".?");
                self.emit(Kind::Operator);
            }
            '/' if self.accept("/") => {
                self.accept_while(|c| c != '\n');
                self.next();
                self.skip();
            }
            '/' if self.accept("*") => {
                loop {
                    match self.next() {
                        None => return Err(self.fault("unclosed comment")),
                        Some('*') if self.accept("/") => break,
                        Some(_) => {}
                    }
                }
                self.skip();
            }
            '#' => {
                self.accept("#");
                self.emit(Kind::Operator);
                self.accept_while(is_alphanumeric);
                if !self.word().is_empty() {
                    self.emit(Kind::Identifier);
                }
            }
            '|' => {
                self.accept("|");
                self.emit(Kind::Operator);
            }
            ':' => {
                self.accept(":");
                self.emit(Kind::Operator);
            }
            '(' | '[' | '{' | ')' | ']' | '}' => self.emit(Kind::Bracket),
            ',' | ';' | '%' | '+' | '-' | '^' | '/' => self.emit(Kind::Operator),
            '&' | '!' | '=' | '*' | '<' | '>' => {
                self.accept("&=*");
                self.emit(Kind::Operator);
            }
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => self.number(c)?,
            '.' => {
                self.accept(".");
                self.emit(Kind::Operator);
            }
            _ if is_alphanumeric(c) => self.identifier(),
            _ => {
                let code = u32::from(c);
                let shown = if is_print(c) { format!(" '{c}'") } else { String::new() };
                return Err(self.fault(format!("unrecognized character: U+{code:04X}{shown}")));
            }
        }
        Ok(true)
    }

    fn identifier(&mut self) {
        self.accept_while(is_alphanumeric);
        match self.word() {
            "not" => {
                self.emit(Kind::Operator);
                self.accept_while(|c| c == ' ');
                self.skip();
                // `not in` and its kin are two operators; any other word is read anew.
                let rest = &self.source[self.end..];
                let length = rest.find(|c| !is_alphanumeric(c)).unwrap_or(rest.len());
                if matches!(&rest[..length], "in" | "matches" | "contains" | "startsWith" | "endsWith") {
                    self.accept_while(is_alphanumeric);
                    self.emit(Kind::Operator);
                }
            }
            "in" | "or" | "and" | "matches" | "contains" | "startsWith" | "endsWith" | "let" | "if"
            | "else" => {
                self.emit(Kind::Operator);
            }
            _ => self.emit(Kind::Identifier),
        }
    }

    /// A number whose first character has been read.
    fn number(&mut self, first: char) -> Result<(), Fault> {
        let mut digits: fn(char) -> bool = |c| c.is_ascii_digit() || c == '_';
        if first == '0' || (first == '.' && self.accept("0")) {
            if self.accept("xX") {
                digits = |c| c.is_ascii_hexdigit() || c == '_';
            } else if self.accept("oO") {
                digits = |c| matches!(c, '0'..='7' | '_');
            } else if self.accept("bB") {
                digits = |c| matches!(c, '0' | '1' | '_');
            }
        }
        self.accept_while(digits);
        let (end, end_char) = (self.end, self.end_char);
        if self.accept(".") {
            // Two dots are the range operator.
            if self.peek() == Some('.') {
                (self.end, self.end_char) = (end, end_char);
                self.emit(Kind::Number);
                return Ok(());
            }
            self.accept_while(digits);
        }
        if self.accept("eE") {
            self.accept("+-");
            self.accept_while(digits);
        }
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            let word = quote(self.word().as_bytes());
            return Err(self.fault(format!("bad number syntax: {word}")));
        }
        self.emit(Kind::Number);
        Ok(())
    }

    /// A quoted string whose opening quote has been read.
    fn string(&mut self, quote: char) -> Result<(), Fault> {
        let mut c = self.next();
        loop {
            match c {
                Some(c) if c == quote => return Ok(()),
                None | Some('\n') => return Err(self.fault("literal not terminated")),
                Some('\\') => c = self.escape(quote)?,
                Some(_) => c = self.next(),
            }
        }
    }

    /// What follows a backslash; gives the character after it.
    fn escape(&mut self, quote: char) -> Result<Option<char>, Fault> {
        match self.next() {
            Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\') => Ok(self.next()),
            Some(c) if c == quote => Ok(self.next()),
            Some(c @ '0'..='7') => self.escape_digits(Some(c), 8, 3),
            Some('x') => {
                let c = self.next();
                self.escape_digits(c, 16, 2)
            }
            Some('u') if self.peek() == Some('{') => {
                self.next();
                let mut digits = 0;
                while self.peek() != Some('}') {
                    if digits >= 6 || !self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
                        return Err(self.fault("invalid char escape"));
                    }
                    self.next();
                    digits += 1;
                }
                if digits == 0 {
                    return Err(self.fault("invalid char escape"));
                }
                self.next();
                Ok(self.next())
            }
            Some('u') => {
                let c = self.next();
                self.escape_digits(c, 16, 4)
            }
            Some('U') => {
                let c = self.next();
                self.escape_digits(c, 16, 8)
            }
            _ => Err(self.fault("invalid char escape")),
        }
    }

    fn escape_digits(&mut self, first: Option<char>, base: u32, count: usize) -> Result<Option<char>, Fault> {
        let mut c = first;
        for _ in 0..count {
            if !c.is_some_and(|c| c.is_digit(base)) {
                return Err(self.fault("invalid char escape"));
            }
            c = self.next();
        }
        Ok(c)
    }

    /// A string between backquotes; two backquotes inside stand for one.
    fn raw_string(&mut self) -> Result<(), Fault> {
        loop {
            match self.next() {
                None => return Err(self.fault("literal not terminated")),
                Some('`') if !self.accept("`") => break,
                Some(_) => {}
            }
        }
        let word = self.word();
        let value = word[1..word.len() - 1].replace("``", "`");
        self.emit_value(Kind::Str, Str::from(value));
        Ok(())
    }
}
