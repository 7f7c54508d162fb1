//! DingTalk's markdown as HTML that can do no harm: everything is escaped first, and only the
//! subset that DingTalk promises becomes tags (headings, quotes, lists, bold, italic, links,
//! pictures as links, `<font color>`). A lone newline does not break a line, as there.

use crate::page::escape;

/// Markdown as HTML.
pub(super) fn html(markdown: &str) -> String {
    let mut out = String::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        if let Some((level, title)) = heading(text) {
            flush(&mut out, &mut paragraph);
            out.push_str(&format!("<h{level}>{}</h{level}>", inline(title)));
        } else if text.starts_with('>') {
            flush(&mut out, &mut paragraph);
            let mut quoted = vec![unquoted(text)];
            while let Some(next) = lines.next_if(|next| next.trim_start().starts_with('>')) {
                quoted.push(unquoted(next.trim_start()));
            }
            out.push_str(&format!("<blockquote>{}</blockquote>", html(&quoted.join("\n"))));
        } else if let Some((tag, item)) = list_item(text) {
            flush(&mut out, &mut paragraph);
            let mut items = format!("<li>{}</li>", inline(item));
            while let Some(next) =
                lines.next_if(|next| list_item(next.trim_start()).is_some_and(|(kind, _)| kind == tag))
            {
                let item = list_item(next.trim_start()).map(|(_, item)| item).unwrap_or_default();
                items.push_str(&format!("<li>{}</li>", inline(item)));
            }
            out.push_str(&format!("<{tag}>{items}</{tag}>"));
        } else if text.is_empty() {
            flush(&mut out, &mut paragraph);
        } else {
            paragraph.push(line);
        }
    }
    flush(&mut out, &mut paragraph);
    out
}

/// A paragraph: lines run on, unless one ends in two spaces.
fn flush(out: &mut String, paragraph: &mut Vec<&str>) {
    if paragraph.is_empty() {
        return;
    }
    out.push_str("<p>");
    let last = paragraph.len() - 1;
    for (number, line) in paragraph.drain(..).enumerate() {
        out.push_str(&inline(line.trim()));
        if number < last {
            out.push_str(if line.ends_with("  ") { "<br>" } else { " " });
        }
    }
    out.push_str("</p>");
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|&byte| byte == b'#').count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then_some((level, title.trim()))
}

fn unquoted(line: &str) -> &str {
    let line = line.strip_prefix('>').unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line)
}

fn list_item(line: &str) -> Option<(&'static str, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("ul", item.trim()));
    }
    let (number, item) = line.split_once(". ")?;
    let is_number =
        !number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(("ol", item.trim()))
}

/// Text within a line.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match piece(rest) {
            Some((html, length)) => {
                out.push_str(&html);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push_str(&escape(&rest[..c.len_utf8()]));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The marked-up piece that a text begins with: its HTML and its length in bytes.
fn piece(text: &str) -> Option<(String, usize)> {
    if let Some(rest) = text.strip_prefix('\\') {
        let c = rest.chars().next().filter(char::is_ascii_punctuation)?;
        return Some((escape(&rest[..c.len_utf8()]), 2));
    }
    if let Some(rest) = text.strip_prefix("**") {
        let inner = &rest[..rest.find("**").filter(|&end| end > 0)?];
        return Some((format!("<strong>{}</strong>", inline(inner)), inner.len() + 4));
    }
    if let Some(rest) = text.strip_prefix('*') {
        let inner = &rest[..rest.find('*').filter(|&end| end > 0)?];
        return Some((format!("<em>{}</em>", inline(inner)), inner.len() + 2));
    }
    if text.starts_with("&nbsp;") {
        return Some(("&nbsp;".to_owned(), 6));
    }
    if let Some(rest) = text.strip_prefix("<font color=") {
        let (color, rest) = rest.split_once('>')?;
        let inner = &rest[..rest.find("</font>")?];
        let length = "<font color=".len() + color.len() + 1 + inner.len() + "</font>".len();
        let color = color.trim_matches(|c| c == '"' || c == '\'');
        let known =
            color.len() <= 20 && color.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
        let inner = inline(inner);
        return Some((if known { format!("<font color=\"{color}\">{inner}</font>") } else { inner }, length));
    }
    let (picture, rest) = match text.strip_prefix('!') {
        Some(rest) => (1, rest),
        None => (0, text),
    };
    let (label, rest) = rest.strip_prefix('[')?.split_once("](")?;
    let target = &rest[..rest.find(')')?];
    let length = picture + 1 + label.len() + 2 + target.len() + 1;
    let label = if label.is_empty() { escape(target) } else { inline(label) };
    Some((link(&label, target.trim()), length))
}

/// A link, if it leads somewhere a browser may go; else its label. DingTalk's own scheme for the
/// external browser is unwrapped.
fn link(label: &str, target: &str) -> String {
    let wrapped = url::Url::parse(target).ok().filter(|url| url.scheme() == "dingtalk");
    let inner = wrapped
        .as_ref()
        .and_then(|url| url.query_pairs().find(|(key, _)| key == "url").map(|(_, value)| value.into_owned()));
    let target = inner.as_deref().unwrap_or(target);
    let safe = ["http://", "https://"].iter().any(|scheme| target.starts_with(scheme));
    match safe {
        true => format!("<a href=\"{}\" rel=\"noreferrer\" target=\"_blank\">{label}</a>", escape(target)),
        false => format!("<span class=\"dead\" title=\"{}\">{label}</span>", escape(target)),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(markdown: &str, expected: &Expect) {
        expected.assert_eq(&html(markdown));
    }

    #[test]
    fn the_promised_subset_is_drawn() {
        check(
            "### 标题\n正文 **粗** *斜*",
            &expect!["<h3>标题</h3><p>正文 <strong>粗</strong> <em>斜</em></p>"],
        );
        check(
            "> - a\n> - b\n\nend",
            &expect!["<blockquote><ul><li>a</li><li>b</li></ul></blockquote><p>end</p>"],
        );
        check("1. a\n2. b", &expect!["<ol><li>a</li><li>b</li></ol>"]);
        check("a\nb  \nc\n\nd", &expect!["<p>a b<br>c</p><p>d</p>"]);
        check(
            "<font color=#FF0000>red</font> <font color=\"warning\">w</font>",
            &expect![[r##"<p><font color="#FF0000">red</font> <font color="warning">w</font></p>"##]],
        );
        check(
            "[打开](http://a.b/c?d=1&e=2)",
            &expect![[
                r#"<p><a href="http://a.b/c?d=1&amp;e=2" rel="noreferrer" target="_blank">打开</a></p>"#
            ]],
        );
        check(
            "[x](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fa.b%2Fc&pc_slide=false)",
            &expect![[r#"<p><a href="https://a.b/c" rel="noreferrer" target="_blank">x</a></p>"#]],
        );
        check(r"my\_app \*x\*", &expect!["<p>my_app *x*</p>"]);
    }

    #[test]
    fn nothing_else_gets_through() {
        check("<script>alert(1)</script>", &expect!["<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"]);
        check(
            "[x](javascript:alert(1))",
            &expect![[r#"<p><span class="dead" title="javascript:alert(1">x</span>)</p>"#]],
        );
        check(
            r#"[x](https://a"onclick="b)"#,
            &expect![[
                r#"<p><a href="https://a&quot;onclick=&quot;b" rel="noreferrer" target="_blank">x</a></p>"#
            ]],
        );
        check("<font color=\"red\" onload=x>a</font>", &expect!["<p>a</p>"]);
        check("**unclosed [a](b", &expect!["<p>**unclosed [a](b</p>"]);
        check(
            "![](http://a/b.png)",
            &expect![[
                r#"<p><a href="http://a/b.png" rel="noreferrer" target="_blank">http://a/b.png</a></p>"#
            ]],
        );
    }
}
