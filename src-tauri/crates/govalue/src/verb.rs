//! `fmt`'s verbs: one value, one verb, its flags.

use std::sync::Arc;

use crate::duration::format_duration;
use crate::fmt::{month_name, weekday_name};
use crate::quote::{can_backquote, quote_with};
use crate::{Int, IntKind, Object, Time, Value, Zone, format_float};

/// Beyond this depth of nesting a value is cut off; only a map that contains itself gets there.
pub(crate) const MAX_NESTING: usize = 500;

/// What stands between the percent sign and the verb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) sharp: bool,
    pub(crate) zero: bool,
    pub(crate) plus: bool,
    pub(crate) minus: bool,
    pub(crate) space: bool,
    pub(crate) width: Option<usize>,
    pub(crate) precision: Option<usize>,
    /// `%#v`
    sharp_v: bool,
    /// `%+v`
    plus_v: bool,
}

/// Writes values under one set of flags.
pub(crate) struct Printer<'a> {
    out: &'a mut Vec<u8>,
    flags: Flags,
    /// While reporting a wrong verb, methods are not called.
    reporting: bool,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>, flags: Flags) -> Printer<'a> {
        Printer { out, flags, reporting: false }
    }

    /// One operand of a format.
    pub(crate) fn arg(&mut self, value: &Value, verb: char) {
        // `%w` is one for errors; of anything else it says so, with the flags that `%v` has.
        if matches!(verb, 'v' | 'w') {
            self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
            self.flags.plus_v = std::mem::take(&mut self.flags.plus);
        }
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (_, 'T') => self.string(value.type_name().as_bytes(), 's', value),
            _ => self.value(value, verb, 0),
        }
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if depth > MAX_NESTING {
            return self.out.extend_from_slice(b"...");
        }
        if self.by_method(value, verb) {
            return;
        }
        // `%w` is for errors alone, and only basic types come to say so themselves.
        let basic = matches!(value, Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_))
            || matches!(value, Value::Str(_) | Value::Bytes(_));
        if verb == 'w' && !self.reporting && !basic {
            return self.bad_verb(value, verb);
        }
        match value {
            Value::Nil if depth == 0 => self.bad_verb(value, verb),
            Value::Nil if self.flags.sharp_v => self.out.extend_from_slice(b"interface {}(nil)"),
            Value::Nil => self.out.extend_from_slice(b"<nil>"),
            Value::Bool(truth) => match verb {
                't' | 'v' => self.pad(if *truth { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Value::Int(int) => self.integer(*int, verb, value),
            Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => {
                self.integer(Int::new(IntKind::Int64, *number), verb, value);
            }
            Value::Float(number) => self.float(*number, verb, value),
            Value::Str(text) => self.string(text, verb, value),
            Value::Bytes(bytes) => self.bytes(bytes, verb, value, depth),
            Value::List(list) => {
                self.open(
                    value,
                    list.is_nil(),
                    b"[",
                    |printer| {
                        for (at, item) in list.iter().enumerate() {
                            printer.comma(at);
                            printer.value(item, verb, depth + 1);
                        }
                    },
                    b"]",
                );
            }
            Value::Map(map) => {
                self.open(
                    value,
                    false,
                    b"map[",
                    |printer| {
                        for (at, (key, item)) in map.entries().iter().enumerate() {
                            printer.comma(at);
                            printer.string(key, verb, &Value::Str(key.clone()));
                            printer.out.push(b':');
                            printer.value(item, verb, depth + 1);
                        }
                    },
                    b"]",
                );
            }
            Value::AnyMap(map) => {
                self.open(
                    value,
                    false,
                    b"map[",
                    |printer| {
                        for (at, (key, item)) in map.entries().iter().enumerate() {
                            printer.comma(at);
                            printer.value(key, verb, depth + 1);
                            printer.out.push(b':');
                            printer.value(item, verb, depth + 1);
                        }
                    },
                    b"]",
                );
            }
            Value::Time(time) => self.time(time, verb, value, depth),
            Value::Location(zone) => self.string(zone.name().as_bytes(), 's', value),
            Value::Func(_) => self.out.extend_from_slice(b"0x0"),
            Value::Object(object) => match object.complex() {
                Some(parts) => self.complex(parts, verb, value),
                None => self.object(object, verb, depth),
            },
        }
    }

    /// The struct behind a time: nanoseconds, seconds since the year 1, and the zone's pointer, which is nil for UTC.
    /// What stands behind the pointer of another zone is nothing to print.
    fn time(&mut self, time: &Time, verb: char, value: &Value, depth: usize) {
        const YEAR_1: i64 = -62_135_596_800;
        if *time.zone() != Zone::Utc {
            return self.string(time.to_string().as_bytes(), 's', value);
        }
        self.out.push(b'{');
        self.value(&Value::int_of(IntKind::Uint64, i64::from(time.nanosecond())), verb, depth + 1);
        self.out.push(b' ');
        self.value(&Value::int64(time.unix().wrapping_sub(YEAR_1)), verb, depth + 1);
        self.out.push(b' ');
        match verb {
            'v' => self.pad(b"<nil>"),
            'b' | 'o' | 'd' | 'x' | 'X' => {
                self.value(&Value::int_of(IntKind::Uint64, 0), verb, depth + 1);
            }
            _ => {
                self.out.extend_from_slice(format!("%!{verb}(*time.Location=").as_bytes());
                self.pad(b"<nil>");
                self.out.push(b')');
            }
        }
        self.out.push(b'}');
    }

    fn complex(&mut self, (real, imaginary): (f64, f64), verb: char, value: &Value) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        self.out.push(b'(');
        self.float(real, verb, value);
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(imaginary, verb, value);
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
    }

    /// Types with a `String` method are printed by it under the verbs for text.
    fn by_method(&mut self, value: &Value, verb: char) -> bool {
        if self.reporting {
            return false;
        }
        if self.flags.sharp_v {
            let Value::Time(time) = value else { return false };
            let text = time.go_string();
            self.pad(self.truncated(text.as_bytes()));
            return true;
        }
        if !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return false;
        }
        let text = match value {
            Value::Time(time) => time.to_string(),
            Value::Location(zone) => zone.name().to_owned(),
            Value::Duration(nanos) => format_duration(*nanos),
            Value::Month(month) => month_name(*month),
            Value::Weekday(day) => weekday_name(*day),
            Value::Object(object) => match object.text() {
                Some(text) => text,
                None => return false,
            },
            _ => return false,
        };
        self.string(text.as_bytes(), verb, value);
        true
    }

    fn open(
        &mut self,
        value: &Value,
        is_nil: bool,
        open: &[u8],
        items: impl FnOnce(&mut Self),
        close: &[u8],
    ) {
        if !self.flags.sharp_v {
            self.out.extend_from_slice(open);
            items(self);
            return self.out.extend_from_slice(close);
        }
        self.out.extend_from_slice(value.type_name().as_bytes());
        if is_nil {
            return self.out.extend_from_slice(b"(nil)");
        }
        self.out.push(b'{');
        items(self);
        self.out.push(b'}');
    }

    fn comma(&mut self, at: usize) {
        match (at, self.flags.sharp_v) {
            (0, _) => {}
            (_, true) => self.out.extend_from_slice(b", "),
            (_, false) => self.out.push(b' '),
        }
    }

    fn object(&mut self, object: &Arc<dyn Object>, verb: char, depth: usize) {
        let name = object.type_name();
        if name.starts_with('*') {
            // Go prints the address of a pointer inside of something, which is nobody's business.
            if depth > 0 && !matches!(verb, 'v' | 'b' | 'o' | 'd' | 'x' | 'X' | 'p') {
                return self.bad_verb(&Value::Object(object.clone()), verb);
            }
            self.out.push(b'&');
        }
        if self.flags.sharp_v {
            self.out.extend_from_slice(name.trim_start_matches('*').as_bytes());
        }
        self.out.push(b'{');
        for (at, (field, value)) in object.all_fields().into_iter().enumerate() {
            self.comma(at);
            if self.flags.sharp_v || self.flags.plus_v {
                self.out.extend_from_slice(field.as_bytes());
                self.out.push(b':');
            }
            self.value(&value, verb, depth + 1);
        }
        self.out.push(b'}');
    }

    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.out.extend_from_slice(format!("%!{verb}(").as_bytes());
        if value.is_nil() {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.type_name().as_bytes());
            self.out.push(b'=');
            let was = std::mem::replace(&mut self.reporting, true);
            self.value(value, 'v', 0);
            self.reporting = was;
        }
        self.out.push(b')');
    }

    fn integer(&mut self, int: Int, verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v && int.kind().is_unsigned() => {
                let was = std::mem::replace(&mut self.flags.sharp, true);
                self.digits(int, 16, verb);
                self.flags.sharp = was;
            }
            'v' | 'd' => self.digits(int, 10, verb),
            'b' => self.digits(int, 2, verb),
            'o' | 'O' => self.digits(int, 8, verb),
            'x' | 'X' => self.digits(int, 16, verb),
            'c' => {
                let c = rune(int);
                self.pad(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            'q' => {
                let c = rune(int);
                let text = quote_with(c.encode_utf8(&mut [0; 4]).as_bytes(), '\'', self.flags.plus);
                self.pad(text.as_bytes());
            }
            'U' => {
                let code = int.as_u64();
                let digits = self.flags.precision.unwrap_or(4).max(4);
                let mut text = format!("U+{}", at_least(format!("{code:X}"), digits));
                if let (true, Some(c)) = (self.flags.sharp, u32::try_from(code).ok().and_then(char::from_u32))
                    && crate::quote::is_print(c)
                {
                    text.push_str(&format!(" '{c}'"));
                }
                self.without_zero(text.as_bytes());
            }
            _ => self.bad_verb(value, verb),
        }
    }

    fn digits(&mut self, int: Int, base: u32, verb: char) {
        let number = int.as_i128();
        let sign = match number {
            ..0 => "-",
            _ if self.flags.plus => "+",
            _ if self.flags.space => " ",
            _ => "",
        };
        let magnitude = number.unsigned_abs();
        let least = match (self.flags.precision, self.flags.width) {
            (Some(0), _) if number == 0 => {
                let width = self.flags.width.unwrap_or(0);
                return self.out.extend(std::iter::repeat_n(b' ', width));
            }
            (Some(precision), _) => precision,
            (None, Some(width)) if self.flags.zero && !self.flags.minus => width.saturating_sub(sign.len()),
            _ => 0,
        };
        let digits = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 if verb == 'X' => format!("{magnitude:X}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let digits = at_least(digits, least);
        let prefix = match base {
            8 if verb == 'O' && self.flags.sharp && !digits.starts_with('0') => "0o0",
            8 if verb == 'O' => "0o",
            2 if self.flags.sharp => "0b",
            8 if self.flags.sharp && !digits.starts_with('0') => "0",
            16 if self.flags.sharp && verb == 'X' => "0X",
            16 if self.flags.sharp => "0x",
            _ => "",
        };
        self.without_zero(format!("{sign}{prefix}{digits}").as_bytes());
    }

    fn float(&mut self, number: f64, verb: char, value: &Value) {
        let text = match verb {
            'v' => format_float(number, 'g', self.flags.precision),
            'b' | 'g' | 'G' | 'x' | 'X' => format_float(number, verb, self.flags.precision),
            'f' | 'e' | 'E' => format_float(number, verb, Some(self.flags.precision.unwrap_or(6))),
            'F' => format_float(number, 'f', Some(self.flags.precision.unwrap_or(6))),
            _ => return self.bad_verb(value, verb),
        };
        let (mut sign, magnitude) = match text.strip_prefix(['-', '+']) {
            Some(magnitude) if text.starts_with('-') => ("-", magnitude.to_owned()),
            Some(magnitude) => ("+", magnitude.to_owned()),
            None => ("+", text),
        };
        if self.flags.space && sign == "+" && !self.flags.plus {
            sign = " ";
        }
        let show_sign = self.flags.plus || sign != "+";
        if !number.is_finite() {
            let show_sign =
                if number.is_nan() { self.flags.plus || self.flags.space } else { show_sign || number > 0.0 };
            let sign = if show_sign { sign } else { "" };
            return self.without_zero(format!("{sign}{magnitude}").as_bytes());
        }
        let magnitude = if self.flags.sharp && verb != 'b' {
            sharp_float(&magnitude, verb, self.flags.precision)
        } else {
            magnitude
        };
        if !show_sign {
            return self.pad(magnitude.as_bytes());
        }
        let length = magnitude.len() + 1;
        match self.flags.width {
            Some(width) if self.flags.zero && !self.flags.minus && width > length => {
                self.out.extend_from_slice(sign.as_bytes());
                self.out.extend(std::iter::repeat_n(b'0', width - length));
                self.out.extend_from_slice(magnitude.as_bytes());
            }
            _ => self.pad(format!("{sign}{magnitude}").as_bytes()),
        }
    }

    fn string(&mut self, text: &[u8], verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(self.truncated(text)),
            'v' | 's' => self.pad(self.truncated(text)),
            'x' | 'X' => self.hex(text, verb),
            'q' => self.quoted(self.truncated(text)),
            _ => self.bad_verb(value, verb),
        }
    }

    fn bytes(&mut self, bytes: &Arc<[u8]>, verb: char, value: &Value, depth: usize) {
        match verb {
            'v' | 'd' if self.flags.sharp_v => {
                self.out.extend_from_slice(if depth == 0 { b"[]byte" } else { b"[]uint8" });
                if value.is_nil_like() {
                    return self.out.extend_from_slice(b"(nil)");
                }
                self.out.push(b'{');
                for (at, byte) in bytes.iter().enumerate() {
                    self.comma(at);
                    self.out.extend_from_slice(format!("{byte:#x}").as_bytes());
                }
                self.out.push(b'}');
            }
            's' | 'q' | 'x' | 'X' => self.string(bytes, verb, value),
            _ => {
                self.out.push(b'[');
                for (at, byte) in bytes.iter().enumerate() {
                    self.comma(at);
                    let item = Value::int_of(IntKind::Uint8, i64::from(*byte));
                    self.value(&item, verb, depth + 1);
                }
                self.out.push(b']');
            }
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        if self.flags.sharp && can_backquote(text) {
            let text = [b"`", text, b"`"].concat();
            self.pad(&text);
        } else {
            self.pad(quote_with(text, '"', self.flags.plus).as_bytes());
        }
    }

    fn hex(&mut self, text: &[u8], verb: char) {
        let text = &text[..text.len().min(self.flags.precision.unwrap_or(usize::MAX))];
        let prefix = match (self.flags.sharp, verb) {
            (true, 'X') => "0X",
            (true, _) => "0x",
            _ => "",
        };
        let mut out = String::with_capacity(text.len() * 2 + 2);
        for (at, byte) in text.iter().enumerate() {
            if at > 0 && self.flags.space {
                out.push(' ');
            }
            if at == 0 || self.flags.space {
                out.push_str(prefix);
            }
            out.push_str(&if verb == 'X' { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(out.as_bytes());
    }

    /// The text cut to the precision, counted in characters.
    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let mut at = 0;
        for _ in 0..precision {
            match text.get(at..) {
                Some([first, ..]) => at += char_len(*first, &text[at..]),
                _ => return text,
            }
        }
        &text[..at]
    }

    /// Numbers whose zeros are already there are filled with blanks.
    fn without_zero(&mut self, text: &[u8]) {
        let was = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = was;
    }

    /// The text in its width, counted in characters.
    fn pad(&mut self, text: &[u8]) {
        let length =
            text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
        let missing = self.flags.width.unwrap_or(0).saturating_sub(length);
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.out.extend(std::iter::repeat_n(b' ', missing));
        } else {
            let fill = if self.flags.zero { b'0' } else { b' ' };
            self.out.extend(std::iter::repeat_n(fill, missing));
            self.out.extend_from_slice(text);
        }
    }
}

/// How many bytes the first character takes; one for what is not UTF-8.
fn char_len(first: u8, text: &[u8]) -> usize {
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 1,
    };
    if text.get(..length).is_some_and(|head| std::str::from_utf8(head).is_ok()) { length } else { 1 }
}

/// Zeros before the digits up to a number of them. `format!` takes no width above 65,535.
fn at_least(mut digits: String, least: usize) -> String {
    let missing = least.saturating_sub(digits.len());
    if missing > 0 {
        digits.insert_str(0, &"0".repeat(missing));
    }
    digits
}

fn rune(int: Int) -> char {
    u32::try_from(int.as_i128()).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The `#` flag keeps the decimal point, and under `%g` and `%x` the trailing zeros up to the precision.
fn sharp_float(text: &str, verb: char, precision: Option<usize>) -> String {
    let exponent = if matches!(verb, 'x' | 'X') { ['p', 'P'] } else { ['e', 'E'] };
    let (mantissa, tail) = text.split_at(text.find(exponent).unwrap_or(text.len()));
    let mut out = mantissa.to_owned();
    // As Go counts, the `x` of `0x` is a digit.
    let mut digits = mantissa.trim_start_matches(['0', '.']).bytes().filter(|byte| *byte != b'.').count();
    if !mantissa.contains('.') {
        digits += usize::from(mantissa == "0");
        out.push('.');
    }
    if matches!(verb, 'v' | 'g' | 'G' | 'x') {
        out.extend(std::iter::repeat_n('0', precision.unwrap_or(6).saturating_sub(digits)));
    }
    out.push_str(tail);
    out
}
