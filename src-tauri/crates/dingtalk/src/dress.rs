//! The last touches to a message that Dinghy built: what the robot and its group ask of every message.
//!
//! Pure. A body that a template wrote byte by byte never comes here.

use std::sync::LazyLock;

use dinghy_model::Problem;
use serde_json::Value;

/// DingTalk refuses bodies of more than 20,000 bytes (460101); the id and the unforeseen need room.
pub const MOST_BYTES: usize = 19_500;
/// The title is what the list of conversations shows; more is not shown there.
const TITLE_CHARS: usize = 64;
/// A button's words; more does not fit on a phone.
const BUTTON_CHARS: usize = 20;

/// What is asked of a message.
#[derive(Clone, Debug)]
pub struct Dress<'a> {
    /// One of them must be in the message, if there are any.
    pub keywords: &'a [String],
    /// Links open in DingTalk's side panel instead of the browser.
    pub pc_slide: bool,
    /// A line to stand below the text, such as when it happened; empty: none.
    pub note: &'a str,
    /// The whole body, UTF-8, is at most so long.
    pub most_bytes: usize,
    /// Words for what is cut off, with the number of lines.
    pub cut: fn(usize) -> String,
}

/// Dresses a message: `body` is the JSON of one that Dinghy built.
///
/// Mentions that stand in `at` are added to the text, because DingTalk notifies nobody otherwise; they, the
/// note and the keyword are never cut off. What is too long loses whole lines from its end and says how many.
/// Fails with `BodyNotJson` if it is none.
pub fn dress(body: &str, dress: &Dress<'_>) -> Result<String, Problem> {
    let mut message: Value =
        serde_json::from_str(body).map_err(|error| crate::body::not_json(body, &error))?;
    let kind = message["msgtype"].as_str().unwrap_or_default().to_owned();
    shorten_titles(&mut message, &kind);
    if !dress.pc_slide {
        open_browser(&mut message, &kind);
    }
    let Some(text) = message.pointer(text_of(&kind)).and_then(Value::as_str).map(str::to_owned) else {
        return Ok(cards(message, dress));
    };
    let tail = tail(&message, &kind, &text, dress);
    let text =
        if kind == "markdown" || kind == "actionCard" { with_browser_links(&text, dress) } else { text };
    let fit = |lines: &str| {
        let mut message = message.clone();
        put(&mut message, &kind, format!("{lines}{tail}"));
        json(&message)
    };
    let whole = fit(&text);
    Ok(if whole.len() <= dress.most_bytes { whole } else { cut(&text, dress, fit) })
}

/// What is left of a message that DingTalk finds unsuitable (430101 to 430104): its title as plain words.
pub fn title_only(body: &str, keywords: &[String]) -> String {
    let message: Value = serde_json::from_str(body).unwrap_or_default();
    let kind = message["msgtype"].as_str().unwrap_or_default();
    let title = match kind {
        "text" => message["text"]["content"].as_str().and_then(|text| text.lines().next()),
        "feedCard" => message["feedCard"]["links"][0]["title"].as_str(),
        kind => message[kind]["title"].as_str(),
    };
    let mut words: String = title.unwrap_or("Dinghy").chars().take(TITLE_CHARS).collect();
    if let Some(keyword) = missing(keywords, &words) {
        words = format!("{words} {keyword}");
    }
    crate::text_message(&words)
}

/// Where the text of a kind stands; nowhere for a feedCard.
fn text_of(kind: &str) -> &'static str {
    match kind {
        "text" => "/text/content",
        "markdown" => "/markdown/text",
        "actionCard" => "/actionCard/text",
        "link" => "/link/text",
        _ => "/no/text",
    }
}

fn put(message: &mut Value, kind: &str, text: String) {
    if let Some(place) = message.pointer_mut(text_of(kind)) {
        *place = Value::String(text);
    }
}

fn json(message: &Value) -> String {
    message.to_string()
}

/// What stands below the text whatever is cut: the note, the mentions, the keyword.
fn tail(message: &Value, kind: &str, text: &str, dress: &Dress<'_>) -> String {
    let mut tail = String::new();
    // A lone line break is none in markdown.
    let gap = if kind == "text" || kind == "link" { "\n" } else { "\n\n" };
    let mut add = |line: &str| {
        if !line.is_empty() {
            tail.push_str(gap);
            tail.push_str(line);
        }
    };
    add(dress.note);
    if kind != "link" {
        add(&mentions(message));
    }
    let title = message[kind]["title"].as_str().unwrap_or_default();
    if let Some(keyword) = missing(dress.keywords, &format!("{title}\n{text}\n{}", dress.note)) {
        add(keyword);
    }
    tail
}

/// The keyword to add, if a robot wants one and the words have none.
fn missing<'a>(keywords: &'a [String], words: &str) -> Option<&'a str> {
    let first = keywords.first()?;
    (!keywords.iter().any(|keyword| words.contains(keyword.as_str()))).then_some(first)
}

/// `@13800000000 @user`, apart from each other by spaces: else only the first one counts.
fn mentions(message: &Value) -> String {
    let at = &message["at"];
    let ids = ["atMobiles", "atUserIds"].iter().flat_map(|list| at[list].as_array().into_iter().flatten());
    let ids: Vec<String> = ids.filter_map(Value::as_str).map(|id| format!("@{id}")).collect();
    ids.join(" ")
}

/// Takes lines from the end until the rest fits, and says how many. A last line that is nothing but a link stays.
fn cut(text: &str, dress: &Dress<'_>, fit: impl Fn(&str) -> String) -> String {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    let is_link = |line: &&str| {
        line.starts_with('[')
            && line.ends_with(')')
            && line.matches("](").count() == 1
            && line.len() < dress.most_bytes / 4
    };
    let link = lines.pop_if(|line| is_link(&&**line));
    let whole = lines.len();
    let with = |kept: &str, gone: usize| {
        let said = format!("\n\n{}", (dress.cut)(gone));
        fit(&[kept, &said, &link.map(|link| format!("\n\n{link}")).unwrap_or_default()].concat())
    };
    // Halving finds the number of lines in a dozen steps; a message can have thousands.
    let (mut low, mut high) = (0, whole);
    while low < high {
        let middle = (low + high).div_ceil(2);
        let fits = with(&lines[..middle].join("\n"), whole - middle).len() <= dress.most_bytes;
        (low, high) = if fits { (middle, high) } else { (low, middle - 1) };
    }
    if low > 0 || whole == 0 {
        return with(&lines[..low].join("\n"), whole - low);
    }
    // The first line alone is too long.
    let first: Vec<(usize, char)> = lines[0].char_indices().collect();
    let (mut low, mut high) = (0, first.len());
    let piece =
        |chars: usize| format!("{}…", &lines[0][..first.get(chars).map_or(lines[0].len(), |(at, _)| *at)]);
    while low < high {
        let middle = (low + high).div_ceil(2);
        let fits = with(&piece(middle), whole).len() <= dress.most_bytes;
        (low, high) = if fits { (middle, high) } else { (low, middle - 1) };
    }
    with(&piece(low), whole)
}

/// A feedCard has no text: its first title gets the keyword, and it loses links from its end.
fn cards(mut message: Value, dress: &Dress<'_>) -> String {
    let Some(links) = message.pointer_mut("/feedCard/links").and_then(Value::as_array_mut) else {
        return json(&message);
    };
    let titles: Vec<&str> = links.iter().filter_map(|link| link["title"].as_str()).collect();
    if let Some(keyword) = missing(dress.keywords, &titles.join("\n"))
        && let Some(Value::String(title)) = links.first_mut().and_then(|link| link.get_mut("title"))
    {
        title.push(' ');
        title.push_str(keyword);
    }
    while json(&message).len() > dress.most_bytes {
        let links = message.pointer_mut("/feedCard/links").and_then(Value::as_array_mut);
        let Some(links) = links.filter(|links| links.len() > 1) else { break };
        links.pop();
    }
    json(&message)
}

/// Titles are plain words in one line.
fn shorten_titles(message: &mut Value, kind: &str) {
    let part = &mut message[kind];
    for (name, most) in [("title", TITLE_CHARS), ("singleTitle", BUTTON_CHARS)] {
        if let Some(Value::String(title)) = part.get_mut(name) {
            *title = one_line(title, most);
        }
    }
    if let Some(buttons) = part.get_mut("btns").and_then(Value::as_array_mut) {
        for button in buttons {
            if let Some(Value::String(title)) = button.get_mut("title") {
                *title = one_line(title, BUTTON_CHARS);
            }
        }
    }
}

fn one_line(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some(_) => line.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Every link of a kind's own fields. The text's are done by [`with_browser_links`].
fn open_browser(message: &mut Value, kind: &str) {
    let open = |place: Option<&mut Value>| {
        if let Some(Value::String(url)) = place
            && let Some(wrapped) = browser_url(url)
        {
            *url = wrapped;
        }
    };
    match kind {
        "link" => open(message.pointer_mut("/link/messageUrl")),
        "actionCard" => {
            open(message.pointer_mut("/actionCard/singleURL"));
            let buttons = message.pointer_mut("/actionCard/btns").and_then(Value::as_array_mut);
            for button in buttons.into_iter().flatten() {
                open(button.get_mut("actionURL"));
            }
        }
        "feedCard" => {
            let links = message.pointer_mut("/feedCard/links").and_then(Value::as_array_mut);
            for link in links.into_iter().flatten() {
                open(link.get_mut("messageURL"));
            }
        }
        _ => {}
    }
}

/// The address that opens a page in the real browser on a PC, where single sign-on and VPN are (DingTalk,
/// message-link-description). On a phone it opens in DingTalk, as every link does. None: not a web page.
pub fn browser_url(url: &str) -> Option<String> {
    let is_page = url.starts_with("https://") || url.starts_with("http://");
    is_page.then(|| {
        let encoded: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        // The serializer writes forms, where a space is a plus.
        let encoded = encoded.replace('+', "%20");
        format!("dingtalk://dingtalkclient/page/link?url={encoded}&pc_slide=false")
    })
}

/// `[words](https://…)` with its address wrapped; pictures stay.
fn with_browser_links(text: &str, dress: &Dress<'_>) -> String {
    static LINK: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"(!?)(\[[^\[\]\n]*\])\((https?://[^\s()]+)\)").ok());
    let Some(link) = LINK.as_ref().filter(|_| !dress.pc_slide) else { return text.to_owned() };
    let wrap = |found: &regex::Captures<'_>| match browser_url(&found[3]).filter(|_| found[1].is_empty()) {
        Some(url) => format!("{}({url})", &found[2]),
        None => found[0].to_owned(),
    };
    link.replace_all(text, wrap).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use serde_json::json;

    fn plain(keywords: &[String]) -> Dress<'_> {
        Dress {
            keywords,
            pc_slide: false,
            note: "",
            most_bytes: MOST_BYTES,
            cut: |lines| format!("… {lines} more lines"),
        }
    }

    fn check(body: Value, keywords: &[&str], expected: Expect) {
        let keywords: Vec<String> = keywords.iter().map(|&word| word.to_owned()).collect();
        expected.assert_eq(&dress(&body.to_string(), &plain(&keywords)).expect("a message"));
    }

    #[test]
    fn a_keyword_is_added_where_none_is() {
        check(
            json!({"msgtype": "text", "text": {"content": "a"}}),
            &["发布", "ArgoCD"],
            expect![[r#"{"msgtype":"text","text":{"content":"a\n发布"}}"#]],
        );
        check(
            json!({"msgtype": "text", "text": {"content": "ArgoCD a"}}),
            &["发布", "ArgoCD"],
            expect![[r#"{"msgtype":"text","text":{"content":"ArgoCD a"}}"#]],
        );
        check(
            json!({"msgtype": "markdown", "markdown": {"title": "t", "text": "a"}}),
            &["发布"],
            expect![[r#"{"markdown":{"text":"a\n\n发布","title":"t"},"msgtype":"markdown"}"#]],
        );
        check(
            json!({"msgtype": "feedCard", "feedCard": {"links": [{"title": "t", "messageURL": "https://h/", "picURL": "https://h/p"}]}}),
            &["发布"],
            expect![[
                r#"{"feedCard":{"links":[{"messageURL":"dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fh%2F&pc_slide=false","picURL":"https://h/p","title":"t 发布"}]},"msgtype":"feedCard"}"#
            ]],
        );
    }

    #[test]
    fn mentions_stand_in_the_text_too_and_apart() {
        let at = json!({"atMobiles": ["13800000000", "+852-12345678"], "atUserIds": ["manager1"], "isAtAll": false});
        check(
            json!({"msgtype": "markdown", "markdown": {"title": "t", "text": "a"}, "at": at}),
            &[],
            expect![[
                r#"{"at":{"atMobiles":["13800000000","+852-12345678"],"atUserIds":["manager1"],"isAtAll":false},"markdown":{"text":"a\n\n@13800000000 @+852-12345678 @manager1","title":"t"},"msgtype":"markdown"}"#
            ]],
        );
    }

    #[test]
    fn links_open_the_browser_and_pictures_stay() {
        check(
            json!({"msgtype": "markdown", "markdown": {"title": "t", "text": "[打开](https://h/a?b=c d) [x](https://h/a?b=c&d=ü) ![p](https://h/p.png) [y](dtmd://x)"}}),
            &[],
            expect![[
                r#"{"markdown":{"text":"[打开](https://h/a?b=c d) [x](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fh%2Fa%3Fb%3Dc%26d%3D%C3%BC&pc_slide=false) ![p](https://h/p.png) [y](dtmd://x)","title":"t"},"msgtype":"markdown"}"#
            ]],
        );
        check(
            json!({"msgtype": "actionCard", "actionCard": {"title": "t", "text": "a", "singleTitle": "see", "singleURL": "https://h"}}),
            &[],
            expect![[
                r#"{"actionCard":{"singleTitle":"see","singleURL":"dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fh&pc_slide=false","text":"a","title":"t"},"msgtype":"actionCard"}"#
            ]],
        );
        let body = json!({"msgtype": "link", "link": {"title": "t", "text": "a", "messageUrl": "https://h"}})
            .to_string();
        let panel = dress(&body, &Dress { pc_slide: true, ..plain(&[]) }).expect("a message");
        assert!(panel.contains(r#""messageUrl":"https://h""#), "{panel}");
    }

    #[test]
    fn titles_are_one_short_line() {
        let long = "长".repeat(70);
        let body = json!({"msgtype": "actionCard", "actionCard": {"title": format!("a\n{long}"), "text": "x", "btns": [{"title": long, "actionURL": "u"}]}});
        let dressed: Value =
            serde_json::from_str(&dress(&body.to_string(), &plain(&[])).expect("a message")).expect("JSON");
        let chars =
            |pointer: &str| dressed.pointer(pointer).and_then(Value::as_str).map(|text| text.chars().count());
        assert_eq!((chars("/actionCard/title"), chars("/actionCard/btns/0/title")), (Some(64), Some(20)));
    }

    #[test]
    fn what_is_too_long_loses_whole_lines_and_says_so() {
        let lines: Vec<String> = (0..2_000).map(|line| format!("- 第 {line} 行 \"…\"")).collect();
        let text = format!("{}\n\n[打开 Argo CD](https://h/a)", lines.join("\n"));
        let body = json!({"msgtype": "markdown", "markdown": {"title": "t", "text": text}, "at": {"atMobiles": ["13800000000"]}});
        let keywords = ["发布".to_owned()];
        let dressed =
            dress(&body.to_string(), &Dress { note: "时间 10:02", ..plain(&keywords) }).expect("a message");
        assert!((MOST_BYTES - 200..=MOST_BYTES).contains(&dressed.len()), "{}", dressed.len());
        let dressed: Value = serde_json::from_str(&dressed).expect("JSON");
        let text = dressed["markdown"]["text"].as_str().expect("a text");
        let kept = text.lines().filter(|line| lines.iter().any(|whole| whole == line)).count();
        let rest = text.split(&lines[kept - 1]).last().expect("a rest");
        assert_eq!(
            rest,
            format!(
                "\n\n… {} more lines\n\n[打开 Argo CD](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fh%2Fa&pc_slide=false)\n\n时间 10:02\n\n@13800000000\n\n发布",
                // The empty line before the link was a line as well.
                lines.len() + 1 - kept
            )
        );
    }

    #[test]
    fn unsuitable_words_leave_the_title() {
        let body = json!({"msgtype": "markdown", "markdown": {"title": "web: Degraded", "text": "[x](https://bad)"}}).to_string();
        assert_eq!(
            title_only(&body, &["发布".to_owned()]),
            r#"{"msgtype":"text","text":{"content":"web: Degraded 发布"}}"#
        );
    }

    proptest! {
        #[test]
        fn never_longer_than_allowed_and_always_json(
            text in "([a-z钉\"\\\\\n\u{1F600}]|https://h/x|\\[a\\]\\(https://h\\)){0,400}",
            most in 400usize..2_000, kind in "text|markdown", note in "[a-z]{0,9}",
        ) {
            let name = if kind == "text" { "content" } else { "text" };
            let body = json!({"msgtype": kind, kind.clone(): {name: text, "title": "t"}, "at": {"atUserIds": ["u1"]}});
            let keywords = ["发布".to_owned()];
            let asked = Dress { note: &note, most_bytes: most, ..plain(&keywords) };
            let dressed = dress(&body.to_string(), &asked).expect("a message");
            prop_assert!(dressed.len() <= most, "{} of {most}", dressed.len());
            let dressed: Value = serde_json::from_str(&dressed).expect("JSON");
            let text = dressed[&kind][name].as_str().expect("a text");
            prop_assert!(text.contains("@u1") && text.contains("发布") && text.contains(&note));
        }
    }
}
