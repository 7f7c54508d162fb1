//! What an event says, as text that can say no more than itself in DingTalk: no markup, no link, no mention.
//!
//! The words of a template are its author's and stand as they are; only what `{{…}}` prints comes here.

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// Plain text, shown as it is.
    Plain,
    /// DingTalk's markdown.
    Markdown,
}

/// A value's text behind what was written before it.
pub(super) fn escape(language: Language, before: &[u8], value: &[u8]) -> Vec<u8> {
    let value = String::from_utf8_lossy(value);
    let before = String::from_utf8_lossy(&before[before.len().saturating_sub(2_000)..]);
    match language {
        Language::Plain => no_mention(&value, before.chars().next_back()).into_bytes(),
        Language::Markdown => match open_address(&before) {
            Some(begun) => address(&value, begun.is_empty()).into_bytes(),
            None => markdown_after(&value, before.chars().next_back()).into_bytes(),
        },
    }
}

/// Text as DingTalk's markdown that shows just that text: marks are escaped, a line break stays one, and
/// neither a mention nor one of DingTalk's own links can come of it.
pub fn markdown(text: &str) -> String {
    markdown_after(text, None)
}

fn markdown_after(text: &str, before: Option<char>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (number, line) in no_mention(text, before).lines().enumerate() {
        if number > 0 {
            // Two spaces before it make a line break one; a lone one is swallowed.
            out.push_str("  \n");
        }
        for c in line.chars() {
            if matches!(c, '\\' | '_' | '*' | '`' | '[' | ']' | '<' | '>' | '#') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// A mention begins with `@` at the start of a word, and DingTalk's own links (`dtmd://` sends a message in the
/// reader's name) with their scheme: both get a sign that looks alike and does nothing.
fn no_mention(text: &str, before: Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = before;
    for (at, c) in text.char_indices() {
        let is_scheme = c == ':' && {
            let word = text[..at].rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            word.eq_ignore_ascii_case("dtmd") || word.eq_ignore_ascii_case("dingtalk")
        };
        match c {
            '@' if !last.is_some_and(|last| last.is_ascii_alphanumeric()) => out.push('＠'),
            ':' if is_scheme => out.push('：'),
            c => out.push(c),
        }
        last = Some(c);
    }
    out
}

/// What stands already of a link's address, if the text ends within one: `[words](https://h/…`.
fn open_address(before: &str) -> Option<&str> {
    let begun = &before[before.rfind("](")? + 2..];
    (!begun.contains([')', ' ', '\n'])).then_some(begun)
}

/// A value inside of an address: it can neither end it nor choose another scheme than the web's.
fn address(value: &str, is_start: bool) -> String {
    let is_page = ["https://", "http://"].iter().any(|scheme| value.starts_with(scheme));
    let mut out = String::with_capacity(value.len());
    for c in value.trim().chars() {
        match c {
            ':' if is_start && !is_page => out.push_str("%3A"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '[' => out.push_str("%5B"),
            ']' => out.push_str("%5D"),
            '"' => out.push_str("%22"),
            '\\' => out.push_str("%5C"),
            c if c.is_whitespace() || c.is_control() => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, value: &str, expected: &str) {
        let escaped = escape(Language::Markdown, before.as_bytes(), value.as_bytes());
        assert_eq!(String::from_utf8_lossy(&escaped), expected, "{before:?} {value:?}");
    }

    #[test]
    fn an_event_says_its_words_and_nothing_else() {
        check("> ", "my_app *x* `y` # z", r"my\_app \*x\* \`y\` \# z");
        check("", "[a](https://evil) <b>", r"\[a\](https://evil) \<b\>");
        check("", "one\ntwo\n", "one  \ntwo");
        check("", "@all and @13800000000, mail a@b.c", "＠all and ＠13800000000, mail a@b.c");
        check("x", "@all", "@all");
        check("", "dtmd://x DingTalk://y https://z", "dtmd：//x DingTalk：//y https://z");
    }

    #[test]
    fn an_address_stays_one() {
        check("[open](https://h/", "a_b c)d", "a_b%20c%29d");
        check("[open](", "https://h/a_b", "https://h/a_b");
        check("[open](", "dtmd://send", "dtmd%3A//send");
        check("[open](", "javascript:x", "javascript%3Ax");
        check("[open](https://h) ", "a_b", r"a\_b");
    }

    #[test]
    fn plain_text_keeps_its_signs() {
        let escaped = escape(Language::Plain, b"", b"my_app @all <x>");
        assert_eq!(String::from_utf8_lossy(&escaped), "my_app ＠all <x>");
    }
}
