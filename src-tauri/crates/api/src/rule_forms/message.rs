//! From what would be sent to what a preview draws.

use dinghy_engine::check;
use dinghy_model::{Lang, Payload, ServiceKind, WebhookOptions};
use dinghy_rules::Catalog;
use serde_json::Value;

use crate::wire::{ButtonForm, MessageView};

/// A body of more bytes is refused with errcode 460101 (timonwong/prometheus-webhook-dingtalk#222).
const MAX_BYTES: usize = 20_000;
/// `,"msgUuid":"` with 32 digits and a quote, which sending adds.
const UUID_BYTES: usize = 45;

/// Draws a payload as `service`, a destination of the rules, would get it.
pub(crate) fn message(catalog: &Catalog, service: &str, payload: &Payload, lang: Lang) -> MessageView {
    let webhook = webhook(catalog, service);
    let robot = webhook.is_some_and(check::may_be_robot);
    let mut view = MessageView {
        service: service.to_owned(),
        robot,
        msgtype: "other".to_owned(),
        title: String::new(),
        text: String::new(),
        url: String::new(),
        picture: String::new(),
        buttons: Vec::new(),
        horizontal: false,
        request: String::new(),
        body: String::new(),
        bytes: 0,
        max_bytes: MAX_BYTES,
    };
    match payload {
        Payload::Desktop { title, body, url } => {
            view.msgtype = "desktop".to_owned();
            (view.title, view.text, view.url) = (title.clone(), body.clone(), url.clone());
        }
        Payload::Plain { text } => view.body.clone_from(text),
        // Nothing to draw; a preview is made with secrets that are masked.
        Payload::Sealed { .. } => {}
        Payload::Robot { body } => {
            let body = webhook.map_or_else(|| body.clone(), |options| check::as_shown(body, options, lang));
            robot_message(&mut view, &body);
            view.body = body;
        }
        Payload::Http { method, path, body } => {
            view.request = format!("{method} {path}").trim_end().to_owned();
            view.body.clone_from(body);
            if robot {
                robot_message(&mut view, body);
            }
        }
    }
    view.bytes = view.body.len();
    if robot && !view.body.contains("\"msgUuid\"") {
        view.bytes += UUID_BYTES;
    }
    view
}

/// Reads a robot's JSON (DingTalk, robot-message-type).
fn robot_message(view: &mut MessageView, body: &str) {
    let Ok(json) = serde_json::from_str::<Value>(body) else { return };
    let msgtype = json["msgtype"].as_str().unwrap_or_default();
    let part = &json[msgtype];
    let string = |name: &str| part[name].as_str().unwrap_or_default().to_owned();
    match msgtype {
        "text" => view.text = string("content"),
        "markdown" => (view.title, view.text) = (string("title"), string("text")),
        "link" => {
            (view.title, view.text) = (string("title"), string("text"));
            (view.url, view.picture) = (string("messageUrl"), string("picUrl"));
        }
        "actionCard" => {
            (view.title, view.text) = (string("title"), string("text"));
            view.horizontal = string("btnOrientation") == "1";
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let button =
                |one: &Value| ButtonForm { title: text(&one["title"]), url: text(&one["actionURL"]) };
            let single = ButtonForm { title: string("singleTitle"), url: string("singleURL") };
            view.buttons = match part["btns"].as_array() {
                // DingTalk shows the single button if there are both.
                Some(buttons) if single.title.is_empty() => buttons.iter().map(button).collect(),
                _ => vec![single],
            };
        }
        _ => return,
    }
    msgtype.clone_into(&mut view.msgtype);
}

/// Whether a service is a robot, as far as the rules tell.
pub(crate) fn is_robot(catalog: &Catalog, service: &str) -> bool {
    webhook(catalog, service).is_some_and(check::may_be_robot)
}

/// The options of a service that is a webhook.
pub(super) fn webhook<'a>(catalog: &'a Catalog, service: &str) -> Option<&'a WebhookOptions> {
    match &catalog.services().get(service)?.kind {
        ServiceKind::Webhook(options) => Some(options),
        ServiceKind::Desktop => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "apiVersion: v1
kind: ConfigMap
data:
  service.webhook.ops: |
    url: $ops-url
    dingtalk:
      keywords: [release]
";

    fn message_of(payload: &Payload) -> MessageView {
        message(&Catalog::parse(RULES, "rules.yaml"), "ops", payload, Lang::En)
    }

    fn drawn(body: &str) -> MessageView {
        let (method, path, body) = ("POST".to_owned(), String::new(), body.to_owned());
        message_of(&Payload::Http { method, path, body })
    }

    #[test]
    fn what_is_added_on_the_way_is_there_unless_the_template_wrote_the_body() {
        let body =
            r#"{"msgtype":"text","text":{"content":"web"},"at":{"atMobiles":["13800000000"]}}"#.to_owned();
        let view = message_of(&Payload::Robot { body: body.clone() });
        assert_eq!(view.text, "web\n@13800000000\nrelease");
        assert_eq!(view.bytes, view.body.len() + UUID_BYTES);
        assert_eq!(drawn(&body).text, "web");
        assert_eq!(message_of(&Payload::Robot { body: "no JSON".to_owned() }).body, "no JSON");
    }

    #[test]
    fn kinds() {
        let view = drawn(r##"{"msgtype":"markdown","markdown":{"title":"t","text":"# x"}}"##);
        assert_eq!(
            (view.msgtype.as_str(), view.title.as_str(), view.text.as_str()),
            ("markdown", "t", "# x")
        );
        assert_eq!(view.bytes, view.body.len() + 45);
        let view = drawn(
            r#"{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","btnOrientation":"1","btns":[{"title":"a","actionURL":"u"}]}}"#,
        );
        assert_eq!((view.horizontal, view.buttons.len()), (true, 1));
        let view = drawn(r#"{"msgtype":"feedCard","feedCard":{"links":[]}}"#);
        assert_eq!(view.msgtype, "other");
        assert_eq!(drawn("no JSON").msgtype, "other");
    }
}
