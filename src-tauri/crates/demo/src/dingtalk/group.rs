//! The page that draws a group's messages: `/groups`, `/groups/NAME`, `/groups/NAME/messages`.

use dinghy_model::Lang;
use http::header::HeaderValue;
use http::{Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::markdown;
use super::robot::Robot;
use super::send::{Gateway, Received};
use crate::page::escape;
use crate::wire::{self, Body};

/// Messages that the page shows.
const SHOWN: usize = 200;

/// Where a group's page is.
pub(super) fn path(group: &str) -> String {
    format!("/groups/{}", utf8_percent_encode(group, NON_ALPHANUMERIC))
}

/// Answers a browser.
pub(super) fn route(gateway: &Gateway, path: &[&str]) -> Response<Body> {
    let groups = gateway.groups();
    match path {
        [""] => wire::redirect("/groups"),
        ["groups"] => index(gateway),
        ["groups", name] if groups.contains_key(*name) => {
            page(gateway.lang, name, groups.get(*name).map_or(&[], Vec::as_slice))
        }
        ["groups", name, "messages"] if groups.contains_key(*name) => {
            wire::json(StatusCode::OK, &messages(gateway, name))
        }
        ["page.css"] => {
            wire::bytes(StatusCode::OK, "text/css; charset=utf-8", include_str!("../assets/group.css"))
        }
        ["page.js"] => {
            wire::bytes(StatusCode::OK, "text/javascript; charset=utf-8", include_str!("../assets/group.js"))
        }
        _ => wire::text(StatusCode::NOT_FOUND, "404"),
    }
}

fn index(gateway: &Gateway) -> Response<Body> {
    let received = gateway.received();
    let rows = gateway.groups().into_keys().map(|name| {
        let shown: Vec<&Received> = received.iter().filter(|one| one.group == name && one.shown).collect();
        let last = shown.last().and_then(|one| one.json.as_ref()).map(preview).unwrap_or_default();
        format!(
            "<li><a href=\"{}\"><b>{}</b><i>{}</i><small>{}</small></a>",
            escape(&path(&name)),
            escape(&name),
            shown.len(),
            escape(&last),
        )
    });
    let rows: String = rows.collect();
    let page = include_str!("../assets/groups.html").replace("{{title}}", title(gateway.lang));
    guarded(in_language(&page, gateway.lang).replace("{{rows}}", &rows))
}

fn page(lang: Lang, name: &str, robots: &[Robot]) -> Response<Body> {
    let mut guards = Vec::new();
    for robot in robots {
        let keyword = lang.pick("keyword", "关键词");
        guards.extend(robot.keywords.iter().map(|word| format!("{keyword} {word}")));
        guards.extend(robot.sign_secret.is_some().then(|| lang.pick("signed", "加签").to_owned()));
        guards.extend((!robot.ip_list.is_empty()).then(|| lang.pick("IP range", "IP 地址段").to_owned()));
    }
    let page = include_str!("../assets/group.html")
        .replace("{{back}}", title(lang))
        .replace("{{empty}}", lang.pick("No messages yet", "还没有消息"));
    let page = in_language(&page, lang)
        .replace("{{name}}", &escape(name))
        .replace("{{guards}}", &escape(&guards.join(" · ")))
        .replace("{{messages}}", &escape(&format!("{}/messages", path(name))));
    guarded(page)
}

/// Of the list of groups.
fn title(lang: Lang) -> &'static str {
    lang.pick("Groups", "群聊")
}

/// Says in the page which language it is in: its script goes by that too.
fn in_language(page: &str, lang: Lang) -> String {
    page.replace("{{lang}}", lang.pick("en", "zh-CN"))
}

/// A page that may load nothing but its own style and script, whatever a message says.
fn guarded(page: String) -> Response<Body> {
    let mut response = wire::html(StatusCode::OK, page);
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
    response.headers_mut().insert("content-security-policy", HeaderValue::from_static(policy));
    response
}

/// What the page's script draws: what is shown, and what was refused and why.
fn messages(gateway: &Gateway, group: &str) -> Value {
    let received = gateway.received();
    let of_group: Vec<&Received> = received.iter().filter(|one| one.group == group).collect();
    let refused = of_group.iter().filter(|one| !one.accepted).count();
    let latest = of_group.iter().filter(|one| one.shown).rev().take(SHOWN);
    let mut shown: Vec<Value> = latest
        .filter_map(|one| {
            let message = one.json.as_ref()?;
            Some(json!({"at_ms": one.at_ms, "title": preview(message), "html": bubble(message)}))
        })
        .collect();
    shown.reverse();
    json!({"group": group, "refused": refused, "messages": shown})
}

/// What a list of conversations shows of a message.
fn preview(message: &Value) -> String {
    let kind = message["msgtype"].as_str().unwrap_or_default();
    let title = match kind {
        "text" => &message["text"]["content"],
        "feedCard" => &message["feedCard"]["links"][0]["title"],
        other => &message[other]["title"],
    };
    title.as_str().unwrap_or_default().chars().take(64).collect()
}

/// A message's bubble.
fn bubble(message: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let link = |label: &Value, target: &Value| {
        // A label is no markdown; its brackets would be.
        let label: String = word(label).chars().map(|c| if c == ']' || c == '[' { ' ' } else { c }).collect();
        markdown::html(&format!("[{label}]({})", word(target)))
    };
    match message["msgtype"].as_str() {
        Some("text") => {
            let lines = word(&message["text"]["content"]);
            format!("<p>{}</p>", escape(&lines).replace('\n', "<br>"))
        }
        Some("markdown") => markdown::html(&word(&message["markdown"]["text"])),
        Some("link") => {
            let body = &message["link"];
            format!("{}<p>{}</p>", link(&body["title"], &body["messageUrl"]), escape(&word(&body["text"])))
        }
        Some("actionCard") => {
            let card = &message["actionCard"];
            let mut html = markdown::html(&word(&card["text"]));
            html.push_str("<div class=\"buttons\">");
            match card["btns"].as_array() {
                Some(buttons) => {
                    buttons
                        .iter()
                        .for_each(|button| html.push_str(&link(&button["title"], &button["actionURL"])));
                }
                None => html.push_str(&link(&card["singleTitle"], &card["singleURL"])),
            }
            html + "</div>"
        }
        Some("feedCard") => {
            let links = message["feedCard"]["links"].as_array().into_iter().flatten();
            links.map(|entry| link(&entry["title"], &entry["messageURL"])).collect()
        }
        _ => String::new(),
    }
}
