//! Markdown as a robot takes it, made readable where markdown is not shown.

use serde_json::Value;

/// The words of a robot's JSON body, as plain text; None if it holds none of the known kinds.
pub(super) fn of_body(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    let at = |path: &str| body.pointer(path).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let words = at("/markdown/text")
        .or_else(|| at("/text/content"))
        .or_else(|| at("/actionCard/text"))
        .or_else(|| at("/link/text"))
        .or_else(|| at("/feedCard/links/0/title"))
        .or_else(|| at("/markdown/title"))?;
    Some(text(words))
}

/// Markdown without its marks: headings, quotes, emphasis, links (their words stay), images and `<font>` go.
pub(super) fn text(markdown: &str) -> String {
    let mut lines = Vec::new();
    for line in markdown.lines() {
        let line = line.trim_start_matches(|c: char| c == '#' || c == '>' || c.is_whitespace());
        let (bullet, line) = match line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            Some(rest) => ("• ", rest),
            None => ("", line),
        };
        let line = inline(line);
        if !line.trim().is_empty() {
            lines.push(format!("{bullet}{}", line.trim()));
        }
    }
    lines.join("\n")
}

fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(sign) =
            rest.strip_prefix('\\').and_then(|rest| rest.chars().next()).filter(char::is_ascii_punctuation)
        {
            out.push(sign);
            rest = &rest[1 + sign.len_utf8()..];
        } else if rest.starts_with("**") {
            rest = &rest[2..];
        } else if let Some((words, after)) =
            rest.strip_prefix('!').and_then(link).map(|(_, after)| ("", after))
        {
            out.push_str(words);
            rest = after;
        } else if let Some((words, after)) = link(rest) {
            out.push_str(words);
            rest = after;
        } else if let Some(after) = font(rest) {
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.replace("&nbsp;", " ")
}

/// `[WORDS](URL)` at the start: the words, and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let (words, after) = text.strip_prefix('[')?.split_once("](")?;
    let (_, after) = after.split_once(')')?;
    (!words.contains(['[', ']'])).then_some((words, after))
}

/// What follows a `<font …>` or `</font>` at the start.
fn font(text: &str) -> Option<&str> {
    let tag = text.strip_prefix("<font").or_else(|| text.strip_prefix("</font"))?;
    tag.split_once('>').map(|(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_loses_its_marks_and_no_words() {
        let cases = [
            ("### 标题\n> - 名称: a_b\n\n> - [点击](http://x/y?a=1) \n", "标题\n• 名称: a_b\n• 点击"),
            ("**bold** and <font color=\"danger\">red</font>", "bold and red"),
            ("![](http://x/i.png) see [a] (b)", "see [a] (b)"),
            ("[open", "[open"),
            ("<fontx", "<fontx"),
            ("", ""),
        ];
        for (markdown, plain) in cases {
            assert_eq!(text(markdown), plain, "{markdown}");
        }
    }

    #[test]
    fn bodies_of_every_kind() {
        let cases = [
            (r##"{"msgtype":"markdown","markdown":{"title":"T","text":"# x"}}"##, Some("x")),
            (r#"{"msgtype":"text","text":{"content":"hello"}}"#, Some("hello")),
            (r#"{"actionCard":{"text":"card"}}"#, Some("card")),
            (r#"{"other":1}"#, None),
            ("not json", None),
        ];
        for (body, words) in cases {
            assert_eq!(of_body(body).as_deref(), words, "{body}");
        }
    }
}
