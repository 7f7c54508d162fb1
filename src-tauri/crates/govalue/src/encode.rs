//! JSON as Go's encoding/json writes it.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use crate::verb::MAX_NESTING;
use crate::{Value, format_float};

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonStyle {
    /// Whether `<`, `>` and `&` are written as escapes, as `json.Marshal` does.
    pub escape_html: bool,
    /// What one level is indented by; nothing: all on one line.
    pub indent: &'static str,
}

impl JsonStyle {
    /// `json.Marshal`
    pub const COMPACT: JsonStyle = JsonStyle { escape_html: true, indent: "" };
    /// `json.MarshalIndent(v, "", "  ")`
    pub const PRETTY: JsonStyle = JsonStyle { escape_html: true, indent: "  " };
    /// One line, with `<`, `>` and `&` as they are.
    pub const RAW: JsonStyle = JsonStyle { escape_html: false, indent: "" };
}

impl Value {
    /// Writes JSON.
    ///
    /// # Errors
    /// Go's text for what JSON cannot say: `json: unsupported type: func()`, `json: unsupported value: NaN`.
    pub fn to_json(&self, style: JsonStyle) -> Result<String, String> {
        self.to_json_within(style, usize::MAX).unwrap_or_else(|| Err("no memory".to_owned()))
    }

    /// As [`Value::to_json`], but `None` as soon as the text is longer than so many bytes: indentation makes a long text
    /// of a small value that nests deeply.
    ///
    /// # Errors
    /// As [`Value::to_json`].
    pub fn to_json_within(&self, style: JsonStyle, most: usize) -> Option<Result<String, String>> {
        let mut writer = Writer { out: String::new(), style, depth: 0, most };
        let written = writer.value(self);
        (writer.out.len() <= most).then(|| written.map(|()| writer.out))
    }
}

struct Writer {
    out: String,
    style: JsonStyle,
    depth: usize,
    most: usize,
}

impl Writer {
    fn value(&mut self, value: &Value) -> Result<(), String> {
        if self.out.len() > self.most {
            return Err(String::new());
        }
        match value {
            Value::Nil => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Int(int) => self.out.push_str(&int.as_i128().to_string()),
            Value::Duration(number) | Value::Month(number) | Value::Weekday(number) => {
                self.out.push_str(&number.to_string());
            }
            Value::Float(number) => self.out.push_str(&json_float(*number)?),
            Value::Str(text) => self.string(text),
            Value::Bytes(_) if value.is_nil_like() => self.out.push_str("null"),
            Value::Bytes(bytes) => {
                self.out.push('"');
                STANDARD.encode_string(bytes, &mut self.out);
                self.out.push('"');
            }
            Value::List(list) if list.is_nil() => self.out.push_str("null"),
            Value::List(list) => {
                self.block(['[', ']'], list.iter(), |writer, item| writer.value(item))?;
            }
            Value::Map(map) => {
                self.block(['{', '}'], map.entries().iter(), |writer, (key, item)| writer.field(key, item))?;
            }
            // A location has no exported fields.
            Value::Location(_) => self.out.push_str("{}"),
            Value::AnyMap(_) | Value::Func(_) => {
                return Err(format!("json: unsupported type: {}", value.type_name()));
            }
            Value::Time(time) => {
                let text = time
                    .strict("MarshalJSON")
                    .map_err(|what| format!("json: error calling MarshalJSON for type time.Time: {what}"))?;
                self.out.push('"');
                self.out.push_str(&crate::to_str_lossy(&text));
                self.out.push('"');
            }
            Value::Object(object) if object.complex().is_some() => {
                return Err(format!("json: unsupported type: {}", object.type_name()));
            }
            Value::Object(object) => {
                if let Some(instead) = object.json() {
                    return self.value(&instead);
                }
                let fields = object.fields();
                self.block(['{', '}'], fields.iter(), |writer, (name, item)| {
                    writer.field(name.as_bytes(), item)
                })?;
            }
        }
        Ok(())
    }

    fn field(&mut self, key: &[u8], value: &Value) -> Result<(), String> {
        self.string(key);
        self.out.push(':');
        if !self.style.indent.is_empty() {
            self.out.push(' ');
        }
        self.value(value)
    }

    fn block<I: ExactSizeIterator>(
        &mut self,
        brackets: [char; 2],
        items: I,
        mut write: impl FnMut(&mut Self, I::Item) -> Result<(), String>,
    ) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err("json: unsupported value: encountered a cycle".to_owned());
        }
        let some = items.len() > 0;
        self.out.push(brackets[0]);
        for (at, item) in items.enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.line();
            write(self, item)?;
        }
        self.depth -= 1;
        if some {
            self.line();
        }
        self.out.push(brackets[1]);
        Ok(())
    }

    fn line(&mut self) {
        if !self.style.indent.is_empty() {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str(self.style.indent);
            }
        }
    }

    fn string(&mut self, text: &[u8]) {
        self.out.push('"');
        for chunk in text.utf8_chunks() {
            let mut rest = chunk.valid();
            // Nearly all text stays as it is.
            let special =
                |c: char| matches!(c, '\0'..'\x20' | '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
            while let Some(at) = rest.find(special) {
                self.out.push_str(&rest[..at]);
                rest = &rest[at..];
                let c = rest.chars().next().unwrap_or_default();
                self.char(c);
                rest = &rest[c.len_utf8()..];
            }
            self.out.push_str(rest);
            for _ in chunk.invalid() {
                self.out.push_str("\\ufffd");
            }
        }
        self.out.push('"');
    }

    fn char(&mut self, c: char) {
        match c {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\x08' => self.out.push_str("\\b"),
            '\x0c' => self.out.push_str("\\f"),
            '<' | '>' | '&' if !self.style.escape_html => self.out.push(c),
            '\0'..'\x20' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                self.out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => self.out.push(c),
        }
    }
}

/// JSON has its own rule for exponents: below 1e-6 and from 1e21 on, as in ECMAScript.
fn json_float(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err(format!("json: unsupported value: {}", format_float(number, 'g', None)));
    }
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return Ok(format_float(number, 'f', None));
    }
    let text = format_float(number, 'e', None);
    // Go writes e-09 as e-9 here.
    Ok(match text.split_once("e-0") {
        Some((digits, exponent)) => format!("{digits}e-{exponent}"),
        None => text,
    })
}
