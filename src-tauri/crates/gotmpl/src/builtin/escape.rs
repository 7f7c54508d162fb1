//! `html`, `js`, `urlquery`: escaping the printed form of the arguments.

use dinghy_govalue::Value;

use super::sprint;
use crate::env::Env;
use crate::func::Args;

/// The arguments as `print` writes them; nil alone is `<no value>`, as an action prints it.
fn text_of(env: &Env, args: Args<'_>) -> Result<Vec<u8>, String> {
    // Each argument is first made printable as an action's value is, which turns nil into a string.
    let printable: Vec<_> = args
        .from(0)
        .map(|value| match value {
            Value::Nil => crate::slot::Slot::concrete(Value::str("<no value>")),
            other => crate::slot::Slot::concrete(other.clone()),
        })
        .collect();
    sprint(env, Args(&printable))
}

pub(super) fn html(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let text = text_of(env, args)?;
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            other => out.push(other),
        }
    }
    Ok(Value::str(out))
}

pub(super) fn js(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let text = text_of(env, args)?;
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.extend_from_slice(b"\\\\"),
                '\'' => out.extend_from_slice(b"\\'"),
                '"' => out.extend_from_slice(b"\\\""),
                '<' | '>' | '&' | '=' | '\0'..' ' => {
                    out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes());
                }
                c if c.is_ascii() || crate::text::is_print(c) => {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                c => out.extend_from_slice(format!("\\u{:04X}", c as u32).as_bytes()),
            }
        }
        // Go decodes a bad byte as U+FFFD, which is printable, and copies the byte.
        out.extend_from_slice(chunk.invalid());
    }
    Ok(Value::str(out))
}

pub(super) fn urlquery(env: &mut Env, args: Args<'_>) -> Result<Value, String> {
    let text = text_of(env, args)?;
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(Value::str(out))
}
