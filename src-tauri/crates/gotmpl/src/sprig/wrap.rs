//! Wrapping text at a width, as github.com/Masterminds/goutils does.

use memchr::{memchr, memrchr};

use crate::env::Env;

/// Breaks at spaces only; a word longer than the width stays whole.
pub(super) fn wrap(env: &Env, text: &[u8], width: i64) -> Result<Vec<u8>, String> {
    wrapped(env, text, width, b"\n", false)
}

/// Breaks at spaces, and inside words longer than the width; an empty `newline` is `\n`.
pub(super) fn wrap_with(env: &Env, text: &[u8], width: i64, newline: &[u8]) -> Result<Vec<u8>, String> {
    wrapped(env, text, width, if newline.is_empty() { b"\n" } else { newline }, true)
}

fn wrapped(env: &Env, text: &[u8], width: i64, newline: &[u8], break_words: bool) -> Result<Vec<u8>, String> {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if let Some(trimmed) = rest.strip_prefix(b" ") {
            rest = trimmed;
            continue;
        }
        // Where this line ends, and where the next one begins.
        let (end, next) = match memrchr(b' ', &rest[..=width]) {
            Some(space) => (space, space + 1),
            None if break_words => (width, width),
            None => match memchr(b' ', &rest[width..]) {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        out.extend_from_slice(&rest[..end]);
        out.extend_from_slice(newline);
        env.check_bytes(out.len())?;
        rest = &rest[next..];
    }
    out.extend_from_slice(rest);
    Ok(out)
}
