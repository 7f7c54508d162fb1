//! `fmt.Sprintf`: the format string.

use crate::Value;
use crate::verb::{Flags, Printer};

/// `fmt.Sprintf`. It never fails: what does not fit is written into the text as Go writes it (`%!d(string=x)`).
/// The result is bytes, since strings and `%c` can be any.
pub fn sprintf(format: &[u8], args: &[Value]) -> Vec<u8> {
    let mut scan = Scan { format, at: 0, args, arg: 0, reordered: false, good_index: true };
    let mut out = Vec::with_capacity(format.len() + 16);
    while scan.at < format.len() {
        let rest = &format[scan.at..];
        let text = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        out.extend_from_slice(&rest[..text]);
        scan.at += text + 1;
        if text < rest.len() {
            scan.directive(&mut out);
        }
    }
    if !scan.reordered && scan.arg < args.len() {
        out.extend_from_slice(b"%!(EXTRA ");
        for (at, arg) in args[scan.arg..].iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            if arg.is_nil() {
                out.extend_from_slice(b"<nil>");
            } else {
                out.extend_from_slice(arg.type_name().as_bytes());
                out.push(b'=');
                Printer::new(&mut out, Flags::default()).arg(arg, 'v');
            }
        }
        out.push(b')');
    }
    out
}

/// The place in the format string and in the arguments.
struct Scan<'a> {
    format: &'a [u8],
    at: usize,
    args: &'a [Value],
    arg: usize,
    reordered: bool,
    good_index: bool,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// What follows a percent sign.
    fn directive(&mut self, out: &mut Vec<u8>) {
        self.good_index = true;
        let mut flags = self.flags();
        let mut after_index = self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.star() {
                Some(width) => {
                    flags.minus |= width < 0;
                    flags.width = Some(width.unsigned_abs() as usize);
                }
                None => out.extend_from_slice(b"%!(BADWIDTH)"),
            }
            after_index = false;
        } else {
            flags.width = self.number();
            if after_index && flags.width.is_some() {
                self.good_index = false;
            }
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if after_index {
                self.good_index = false;
            }
            after_index = self.index();
            if self.peek() == Some(b'*') {
                self.at += 1;
                match self.star() {
                    Some(precision) if precision >= 0 => flags.precision = Some(precision as usize),
                    _ => out.extend_from_slice(b"%!(BADPREC)"),
                }
                after_index = false;
            } else {
                flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !after_index {
            self.index();
        }
        self.verb(out, flags);
    }

    fn verb(&mut self, out: &mut Vec<u8>, flags: Flags) {
        let rest = &self.format[self.at.min(self.format.len())..];
        let Some(verb) = first_char(rest) else {
            out.extend_from_slice(b"%!(NOVERB)");
            return;
        };
        self.at += verb.len_utf8().min(rest.len());
        match verb {
            '%' => out.push(b'%'),
            _ if !self.good_index => out.extend_from_slice(format!("%!{verb}(BADINDEX)").as_bytes()),
            _ => match self.args.get(self.arg) {
                None => out.extend_from_slice(format!("%!{verb}(MISSING)").as_bytes()),
                Some(arg) => {
                    self.arg += 1;
                    Printer::new(out, flags).arg(arg, verb);
                }
            },
        }
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some(b'#') => flags.sharp = true,
                Some(b'0') => flags.zero = true,
                Some(b'+') => flags.plus = true,
                Some(b'-') => flags.minus = true,
                Some(b' ') => flags.space = true,
                _ => return flags,
            }
            self.at += 1;
        }
    }

    /// Digits of a width or precision; Go gives up beyond a million.
    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut number = 0usize;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if number > 1_000_000 {
                self.at = self.format.len();
                return None;
            }
            number = number * 10 + usize::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    /// An argument number in brackets; whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(close) = rest.iter().position(|byte| *byte == b']') else {
            self.good_index = false;
            self.at += 1;
            return false;
        };
        let index = std::str::from_utf8(&rest[1..close])
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<usize>().ok());
        self.at += close + 1;
        match index {
            Some(index) if (1..=self.args.len()).contains(&index) => {
                self.arg = index - 1;
                true
            }
            _ => {
                self.good_index = false;
                index.is_some()
            }
        }
    }

    /// The argument that a `*` takes.
    fn star(&mut self) -> Option<i64> {
        let arg = self.args.get(self.arg)?;
        self.arg += 1;
        let number = match arg {
            Value::Int(int) => int.as_i128(),
            Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => i128::from(*number),
            _ => return None,
        };
        i64::try_from(number).ok().filter(|number| number.unsigned_abs() <= 1_000_000)
    }
}

/// The first character; what is not UTF-8 reads as U+FFFD, one byte at a time.
fn first_char(bytes: &[u8]) -> Option<char> {
    let head = &bytes[..bytes.len().min(4)];
    match head.utf8_chunks().next()?.valid().chars().next() {
        Some(c) => Some(c),
        None => Some(char::REPLACEMENT_CHARACTER),
    }
}
