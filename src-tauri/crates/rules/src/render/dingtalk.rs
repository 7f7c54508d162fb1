//! Robot messages built from fields (DingTalk, robot-message-type). Nothing is spliced: what an event says is escaped.

use dinghy_model::Problem;
use serde::Serialize;

use super::{Job, plain};
use crate::catalog::{DingTalkKind, DingTalkTemplate, Piece, Template};

#[derive(Serialize)]
#[serde(tag = "msgtype")]
enum Message {
    #[serde(rename = "text")]
    Text { text: Text },
    #[serde(rename = "markdown")]
    Markdown { markdown: Markdown },
    #[serde(rename = "link")]
    Link { link: Link },
    #[serde(rename = "actionCard")]
    ActionCard {
        #[serde(rename = "actionCard")]
        card: ActionCard,
    },
}

#[derive(Serialize)]
struct Text {
    content: String,
}

#[derive(Serialize)]
struct Markdown {
    title: String,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    title: String,
    text: String,
    message_url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pic_url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionCard {
    title: String,
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    single_title: String,
    #[serde(rename = "singleURL", skip_serializing_if = "String::is_empty")]
    single_url: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    btns: Vec<Button>,
    #[serde(skip_serializing_if = "String::is_empty")]
    btn_orientation: String,
}

#[derive(Serialize)]
struct Button {
    title: String,
    #[serde(rename = "actionURL")]
    action_url: String,
}

/// A text message.
pub(super) fn text(content: &str) -> String {
    json(&Message::Text { text: Text { content: content.to_owned() } })
}

/// Writing strings to memory cannot fail; if it did, the robot would name the empty body.
fn json(message: &Message) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

impl Job<'_> {
    /// The body a `dingtalk` block makes. Without `text` the message is the text, without `title` the first line of
    /// the text, because a robot refuses a markdown message without one.
    pub(super) fn dingtalk(&self, template: &Template, block: &DingTalkTemplate) -> Result<String, Problem> {
        let field = |piece: &Option<Piece>| self.optional(template, piece.as_ref());
        let text = match &block.text {
            Some(piece) => self.piece(template, piece)?,
            None => self.message()?,
        };
        if text.trim().is_empty() {
            let detail = "`dingtalk.text` (or `message`) is empty, which a robot refuses".to_owned();
            return Err(Problem::Render { template: template.name.clone(), detail });
        }
        let mut title = field(&block.title)?.trim().to_owned();
        if title.is_empty() {
            title = plain::text(&text).lines().next().unwrap_or_default().to_owned();
        }
        if title.is_empty() {
            title = self.subject.string(&["metadata", "name"]);
        }
        Ok(json(&match block.kind {
            DingTalkKind::Text => Message::Text { text: Text { content: text } },
            DingTalkKind::Markdown => Message::Markdown { markdown: Markdown { title, text } },
            DingTalkKind::Link => Message::Link {
                link: Link {
                    title,
                    text,
                    message_url: field(&block.message_url)?,
                    pic_url: field(&block.pic_url)?,
                },
            },
            DingTalkKind::ActionCard => {
                let button = |(title, url): &(Piece, Piece)| {
                    Ok(Button { title: self.piece(template, title)?, action_url: self.piece(template, url)? })
                };
                Message::ActionCard {
                    card: ActionCard {
                        title,
                        text,
                        single_title: field(&block.single_title)?,
                        single_url: field(&block.single_url)?,
                        btns: block.buttons.iter().map(button).collect::<Result<_, Problem>>()?,
                        btn_orientation: block.orientation.clone(),
                    },
                }
            }
        }))
    }
}
