//! What Go's package strings does, on bytes.

use crate::eval::MAX_TEXT;

/// The most parts that a text is split into.
pub(crate) const MAX_PARTS: usize = 1_000_000;

/// `strings.Index`
pub(crate) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        [byte] => text.iter().position(|b| b == byte),
        [first, ..] => {
            let last = text.len().checked_sub(part.len())?;
            let mut at = 0;
            while at <= last {
                at += text[at..=last].iter().position(|b| b == first)?;
                if text[at..].starts_with(part) {
                    return Some(at);
                }
                at += 1;
            }
            None
        }
    }
}

/// `strings.LastIndex`
pub(crate) fn rfind(text: &[u8], part: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(part.len())?;
    (0..=last).rev().find(|at| text[*at..].starts_with(part))
}

/// `strings.SplitN`, or `strings.SplitAfterN` when `keep` keeps the separators. A negative limit is none.
/// More than [`MAX_PARTS`] are not made: the caller refuses those.
pub(crate) fn split<'a>(text: &'a [u8], separator: &[u8], limit: i64, keep: bool) -> Option<Vec<&'a [u8]>> {
    if limit == 0 {
        return None;
    }
    let limit = usize::try_from(limit).map_or(MAX_PARTS + 1, |limit| limit.min(MAX_PARTS + 1));
    let mut parts = Vec::new();
    let mut rest = text;
    if separator.is_empty() {
        while !rest.is_empty() && parts.len() + 1 < limit {
            let (head, tail) = rest.split_at(char_len(rest));
            parts.push(head);
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(rest);
        }
        return Some(parts);
    }
    while parts.len() + 1 < limit {
        let Some(at) = find(rest, separator) else { break };
        parts.push(&rest[..if keep { at + separator.len() } else { at }]);
        rest = &rest[at + separator.len()..];
    }
    parts.push(rest);
    Some(parts)
}

/// `strings.Replace`; a negative limit replaces all. `None` when it makes too long a text.
pub(crate) fn replace(text: &[u8], old: &[u8], new: &[u8], limit: i64) -> Option<Vec<u8>> {
    let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    if old.is_empty() {
        // Before every character, and at the end.
        while left > 0 {
            out.extend_from_slice(new);
            left -= 1;
            if out.len() > MAX_TEXT {
                return None;
            }
            if rest.is_empty() {
                return Some(out);
            }
            let (head, tail) = rest.split_at(char_len(rest));
            out.extend_from_slice(head);
            rest = tail;
        }
    }
    while left > 0
        && !old.is_empty()
        && let Some(at) = find(rest, old)
    {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(new);
        rest = &rest[at + old.len()..];
        left -= 1;
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// `strings.Trim`: without the characters of a set at both ends.
pub(crate) fn trim<'a>(text: &'a [u8], set: &[u8]) -> &'a [u8] {
    match (std::str::from_utf8(text), std::str::from_utf8(set)) {
        (Ok(text), Ok(set)) => text.trim_matches(|c| set.contains(c)).as_bytes(),
        _ => {
            let start = text.iter().position(|b| !set.contains(b)).unwrap_or(text.len());
            let end = text.iter().rposition(|b| !set.contains(b)).map_or(start, |at| at + 1);
            &text[start..end]
        }
    }
}

/// `strings.TrimSpace`
pub(crate) fn trim_space(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => text.trim_ascii(),
    }
}

/// `strings.ToUpper` and `strings.ToLower`: character by character, unlike Rust's, which may write several for one.
pub(crate) fn map_case(text: &[u8], upper: bool) -> Vec<u8> {
    if text.is_ascii() {
        return if upper { text.to_ascii_uppercase() } else { text.to_ascii_lowercase() };
    }
    let mut out = String::with_capacity(text.len());
    for c in String::from_utf8_lossy(text).chars() {
        out.push(if upper { single(c, c.to_uppercase()) } else { single(c, c.to_lowercase()) });
    }
    out.into_bytes()
}

/// The mapped character, or the original where the mapping has several.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        // Of the mappings to several characters, this one has a simple form too.
        _ if c == 'İ' => 'i',
        _ => c,
    }
}

/// How many bytes the first character takes; one for what is not UTF-8.
fn char_len(text: &[u8]) -> usize {
    let head = &text[..text.len().min(4)];
    let first = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.map_or(1, char::len_utf8)
}

/// How many characters there are; what is not UTF-8 counts byte by byte.
pub(crate) fn char_count(text: &[u8]) -> usize {
    text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}
