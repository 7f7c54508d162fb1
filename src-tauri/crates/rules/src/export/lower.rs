//! A `dingtalk` block as the `webhook` body that the cluster's controller needs: JSON that is built through `toJson`.
//!
//! The literal text of a template is escaped here and now, what an action prints when it is rendered.

use crate::catalog::{DingTalkKind, DingTalkTemplate, Piece};

/// Words that begin an action which prints nothing by itself.
const CONTROL: &[&str] = &["if", "else", "end", "range", "with", "break", "continue"];
/// Words that begin an action whose output cannot be caught.
const UNCAUGHT: &[&str] = &["define", "block", "template"];

/// The body of a robot's message. `message` is the text where the block has none.
///
/// # Errors
/// What stands in the way, in words.
pub(super) fn body(block: &DingTalkTemplate, message: Option<&Piece>) -> Result<String, String> {
    let field = |piece: &Piece| json_text(&piece.text.value);
    let text = match block.text.as_ref().or(message) {
        Some(text) => field(text)?,
        None if block.kind == DingTalkKind::FeedCard => String::new(),
        None => return Err("it has neither `text` nor a `message`".to_owned()),
    };
    let title = block.title.as_ref().map_or_else(|| json_text("{{.app.metadata.name}}"), field)?;
    let optional = |name: &str, piece: &Option<Piece>| -> Result<String, String> {
        piece
            .as_ref()
            .map_or_else(|| Ok(String::new()), |piece| Ok(format!(r#","{name}":"{}""#, field(piece)?)))
    };
    Ok(match block.kind {
        DingTalkKind::FeedCard => feed(block)?,
        DingTalkKind::Text => text_body(&text),
        DingTalkKind::Markdown => {
            format!(r#"{{"msgtype":"markdown","markdown":{{"title":"{title}","text":"{text}"}}}}"#)
        }
        DingTalkKind::Link => {
            let (page, picture) =
                (optional("messageUrl", &block.message_url)?, optional("picUrl", &block.pic_url)?);
            format!(r#"{{"msgtype":"link","link":{{"title":"{title}","text":"{text}"{page}{picture}}}}}"#)
        }
        DingTalkKind::ActionCard => {
            let (single, url) =
                (optional("singleTitle", &block.single_title)?, optional("singleURL", &block.single_url)?);
            let mut buttons = Vec::new();
            for (title, url) in &block.buttons {
                buttons.push(format!(r#"{{"title":"{}","actionURL":"{}"}}"#, field(title)?, field(url)?));
            }
            let buttons = match buttons.as_slice() {
                [] => String::new(),
                some => format!(r#","btns":[{}]"#, some.join(",")),
            };
            let orientation = match block.orientation.as_str() {
                "" => String::new(),
                orientation => format!(r#","btnOrientation":"{}""#, escaped(orientation)),
            };
            format!(
                r#"{{"msgtype":"actionCard","actionCard":{{"title":"{title}","text":"{text}"{single}{url}{buttons}{orientation}}}}}"#
            )
        }
    })
}

/// A list of links with pictures.
fn feed(block: &DingTalkTemplate) -> Result<String, String> {
    let mut links = Vec::new();
    for [title, url, picture] in &block.links {
        let [title, url, picture] =
            [json_text(&title.text.value)?, json_text(&url.text.value)?, json_text(&picture.text.value)?];
        links.push(format!(r#"{{"title":"{title}","messageURL":"{url}","picURL":"{picture}"}}"#));
    }
    Ok(format!(r#"{{"msgtype":"feedCard","feedCard":{{"links":[{}]}}}}"#, links.join(",")))
}

/// A message as a robot's text.
///
/// # Errors
/// As [`body`].
pub(super) fn message(message: &Piece) -> Result<String, String> {
    Ok(text_body(&json_text(message.text.value.trim())?))
}

fn text_body(text: &str) -> String {
    format!(r#"{{"msgtype":"text","text":{{"content":"{text}"}}}}"#)
}

/// A template that prints what another one prints, escaped for the inside of a JSON string.
fn json_text(source: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = source;
    let mut trim_next = false;
    while let Some(start) = rest.find("{{") {
        let action = Action::read(&rest[start + 2..])?;
        out += &escaped(literal(&rest[..start], trim_next, action.trims_before));
        out += &action.lowered()?;
        trim_next = action.trims_after;
        rest = &rest[start + 2 + action.length..];
    }
    out += &escaped(literal(rest, trim_next, false));
    Ok(out)
}

fn literal(text: &str, trim_start: bool, trim_end: bool) -> &str {
    let space = [' ', '\t', '\r', '\n'];
    let text = if trim_start { text.trim_start_matches(space) } else { text };
    if trim_end { text.trim_end_matches(space) } else { text }
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What stands between `{{` and `}}`.
struct Action<'a> {
    text: &'a str,
    trims_before: bool,
    trims_after: bool,
    /// Bytes up to and with the `}}`.
    length: usize,
}

impl<'a> Action<'a> {
    fn read(rest: &'a str) -> Result<Self, String> {
        let end = end_of(rest).ok_or("an action is not closed")?;
        let (mut text, mut trims_before, mut trims_after) = (&rest[..end], false, false);
        if let Some(inner) = text.strip_prefix('-').filter(|inner| inner.starts_with(char::is_whitespace)) {
            (text, trims_before) = (inner, true);
        }
        if let Some(inner) = text.strip_suffix('-').filter(|inner| inner.ends_with(char::is_whitespace)) {
            (text, trims_after) = (inner, true);
        }
        Ok(Self { text: text.trim(), trims_before, trims_after, length: end + 2 })
    }

    fn lowered(&self) -> Result<String, String> {
        let text = self.text;
        let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        if text.starts_with("/*") || CONTROL.contains(&word) || is_assignment(text) {
            return Ok(format!("{{{{{text}}}}}"));
        }
        if UNCAUGHT.contains(&word) {
            return Err(format!("`{{{{{word}}}}}` cannot be put into JSON there"));
        }
        Ok(format!("{{{{regexReplaceAll `^\"|\"$` ({text} | print | toJson) ``}}}}"))
    }
}

/// `$x := …`, `$x = …`
fn is_assignment(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// Where the `}}` of an action is, whatever stands in its strings and comments.
fn end_of(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = text[at + 2..].find("*/")? + at + 4,
            b'`' => at = text[at + 1..].find('`')? + at + 2,
            quote @ (b'"' | b'\'') => {
                at += 1;
                while *bytes.get(at)? != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}
