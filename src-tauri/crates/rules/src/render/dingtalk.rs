//! Robot messages built from fields (DingTalk, robot-message-type). Nothing is spliced: what an event says is escaped.

use dinghy_model::Problem;
use serde::Serialize;

use super::escape::Language;
use super::people::At;
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
    #[serde(rename = "feedCard")]
    FeedCard {
        #[serde(rename = "feedCard")]
        feed: FeedCard,
    },
}

/// A message and whom it mentions.
#[derive(Serialize)]
struct Addressed<'a> {
    #[serde(flatten)]
    message: &'a Message,
    #[serde(skip_serializing_if = "At::is_empty")]
    at: At,
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

#[derive(Serialize)]
struct FeedCard {
    links: Vec<FeedLink>,
}

#[derive(Serialize)]
struct FeedLink {
    title: String,
    #[serde(rename = "messageURL")]
    message_url: String,
    #[serde(rename = "picURL")]
    pic_url: String,
}

/// A text message.
pub(super) fn text(content: &str) -> String {
    json(&Message::Text { text: Text { content: content.to_owned() } }, At::default())
}

/// Writing strings to memory cannot fail; if it did, the robot would name the empty body.
fn json(message: &Message, at: At) -> String {
    serde_json::to_string(&Addressed { message, at }).unwrap_or_default()
}

impl Job<'_> {
    /// The body a `dingtalk` block makes. Without `text` the message is the text, without `title` the first line of
    /// the text, because a robot refuses a markdown message without one.
    pub(super) fn dingtalk(&self, template: &Template, block: &DingTalkTemplate) -> Result<String, Problem> {
        let field = |piece: &Option<Piece>| self.optional(template, piece.as_ref());
        let language = match block.kind {
            DingTalkKind::Markdown | DingTalkKind::ActionCard => Language::Markdown,
            _ => Language::Plain,
        };
        let text = match &block.text {
            Some(piece) => self.safe_piece(template, piece, language)?,
            None => self.safe_message(language)?,
        };
        let at = self.at(template, block)?;
        if text.trim().is_empty() && block.kind != DingTalkKind::FeedCard {
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
        let message = match block.kind {
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
            DingTalkKind::FeedCard => return self.feed(template, block),
        };
        Ok(json(&message, at))
    }

    /// A list of links with pictures; nobody can be mentioned in it.
    fn feed(&self, template: &Template, block: &DingTalkTemplate) -> Result<String, Problem> {
        let link = |[title, url, picture]: &[Piece; 3]| {
            Ok(FeedLink {
                title: self.piece(template, title)?,
                message_url: self.piece(template, url)?,
                pic_url: self.piece(template, picture)?,
            })
        };
        let links = block.links.iter().map(link).collect::<Result<_, Problem>>()?;
        Ok(json(&Message::FeedCard { feed: FeedCard { links } }, At::default()))
    }
}
