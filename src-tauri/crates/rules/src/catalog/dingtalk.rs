//! The `dingtalk:` blocks that Dinghy adds to services and templates; Argo CD ignores them.
//!
//! In a template each field is a Go template of its own, and the JSON is built from the rendered fields: nothing that
//! an event says can break it.

use dinghy_model::DingTalkOptions;

use super::build::Builder;
use super::template::{Piece, piece};
use crate::diagnostic::{Fault, Level};
use crate::fields::{Fields, string};
use crate::similar;
use crate::yaml::{Kind, Node};

const OPTIONS: &[&str] = &["signSecret", "keywords", "mention", "pcSlide"];
const TEMPLATE: &[&str] = &[
    "msgtype",
    "title",
    "text",
    "messageUrl",
    "picUrl",
    "singleTitle",
    "singleURL",
    "btnOrientation",
    "btns",
    "links",
    "mention",
    "atAll",
];
const FEED_LINK: &[&str] = &["title", "messageURL", "picURL"];
const BUTTON: &[&str] = &["title", "actionURL"];
const KINDS: &[(&str, DingTalkKind)] = &[
    ("text", DingTalkKind::Text),
    ("markdown", DingTalkKind::Markdown),
    ("link", DingTalkKind::Link),
    ("actionCard", DingTalkKind::ActionCard),
    ("feedCard", DingTalkKind::FeedCard),
];

/// Most keywords a robot can have (DingTalk, customize-robot-security-settings).
const MAX_KEYWORDS: usize = 10;

/// Kinds of messages a template can build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DingTalkKind {
    Text,
    Markdown,
    Link,
    ActionCard,
    FeedCard,
}

/// `dingtalk:` in a template.
#[derive(Debug)]
pub(crate) struct DingTalkTemplate {
    pub(crate) kind: DingTalkKind,
    pub(crate) title: Option<Piece>,
    pub(crate) text: Option<Piece>,
    pub(crate) message_url: Option<Piece>,
    pub(crate) pic_url: Option<Piece>,
    pub(crate) single_title: Option<Piece>,
    pub(crate) single_url: Option<Piece>,
    /// Title and URL of each button.
    pub(crate) buttons: Vec<(Piece, Piece)>,
    /// "0": below each other, "1": beside each other.
    pub(crate) orientation: String,
    /// Title, URL and picture of each link of a feedCard.
    pub(crate) links: Vec<[Piece; 3]>,
    /// Names to be looked up in the group's `mention`.
    pub(crate) mention: Vec<Piece>,
    /// `@all`: everyone in the group.
    pub(crate) at_all: bool,
}

impl DingTalkTemplate {
    /// All of its fields.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        let fields =
            [&self.title, &self.text, &self.message_url, &self.pic_url, &self.single_title, &self.single_url];
        let buttons = self.buttons.iter().flat_map(|(title, url)| [title, url]);
        fields.into_iter().flatten().chain(buttons).chain(self.links.iter().flatten()).chain(&self.mention)
    }
}

/// Reads `dingtalk:` of a service.
pub(super) fn options(builder: &mut Builder, node: &Node) -> Result<DingTalkOptions, Fault> {
    let fields = builder.reader.fields(node, "`dingtalk`", OPTIONS)?;
    let keywords = fields.strings("keywords")?;
    if let Some(extra) = keywords.get(MAX_KEYWORDS) {
        return Err(Fault::new(extra.place(0), "a robot has at most 10 keywords"));
    }
    let mut mention = std::collections::BTreeMap::new();
    if let Some(node) = fields.get("mention") {
        for (user, node) in builder.reader.named(node, "`mention`")? {
            mention.insert(user.value, string(node, "mention")?.value);
        }
    }
    Ok(DingTalkOptions {
        sign_secret: fields.string("signSecret")?.map(|text| text.value).unwrap_or_default(),
        keywords: keywords.into_iter().map(|text| text.value).collect(),
        mention,
        pc_slide: fields.boolean("pcSlide")?,
    })
}

/// Reads `dingtalk:` of a template.
pub(super) fn template(builder: &mut Builder, name: &str, node: &Node) -> Result<DingTalkTemplate, Fault> {
    let fields = builder.reader.fields(node, "`dingtalk`", TEMPLATE)?;
    let label = format!("{name}.dingtalk");
    let field = |field: &str| fields.string(field)?.map(|text| piece(&label, text)).transpose();
    let made = DingTalkTemplate {
        kind: kind(&fields)?,
        title: field("title")?,
        text: field("text")?,
        message_url: field("messageUrl")?,
        pic_url: field("picUrl")?,
        single_title: field("singleTitle")?,
        single_url: field("singleURL")?,
        buttons: buttons(builder, &label, &fields)?,
        orientation: fields.string("btnOrientation")?.map(|text| text.value).unwrap_or_default(),
        links: links(builder, &label, &fields)?,
        mention: fields
            .strings("mention")?
            .into_iter()
            .map(|name| piece(&label, name))
            .collect::<Result<_, _>>()?,
        at_all: fields.boolean("atAll")?,
    };
    let calls = !made.mention.is_empty() || made.at_all;
    if calls && matches!(made.kind, DingTalkKind::Link | DingTalkKind::FeedCard) {
        builder.reader.report(Level::Warning, node.start, "nobody can be mentioned in a link or a feedCard");
    }
    let missing = match made.kind {
        DingTalkKind::Link if made.message_url.is_none() => "a link needs `messageUrl`",
        DingTalkKind::ActionCard if made.buttons.is_empty() && made.single_url.is_none() => {
            "an actionCard needs `singleTitle` and `singleURL`, or `btns`"
        }
        DingTalkKind::ActionCard if made.single_url.is_some() != made.single_title.is_some() => {
            "`singleTitle` and `singleURL` belong together"
        }
        DingTalkKind::FeedCard if made.links.is_empty() => "a feedCard needs `links`",
        _ => return Ok(made),
    };
    Err(Fault::new(node.start, missing))
}

fn kind(fields: &Fields<'_>) -> Result<DingTalkKind, Fault> {
    let Some(text) = fields.string("msgtype")? else { return Ok(DingTalkKind::Markdown) };
    KINDS.iter().find(|(name, _)| *name == text.value).map(|(_, kind)| *kind).ok_or_else(|| {
        let hint = similar::hint(&text.value, KINDS.iter().map(|(name, _)| *name));
        let known = KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        Fault::new(text.place(0), format!("msgtype `{}` is none of {known}{hint}", text.value))
    })
}

fn buttons(builder: &mut Builder, label: &str, fields: &Fields<'_>) -> Result<Vec<(Piece, Piece)>, Fault> {
    let Some(node) = fields.get("btns") else { return Ok(Vec::new()) };
    let Kind::Sequence(items) = &node.kind else {
        return Err(Fault::new(node.start, "`btns` must be a list"));
    };
    let mut buttons = Vec::with_capacity(items.len());
    for item in items {
        let fields = builder.reader.fields(item, "a button", BUTTON)?;
        let (Some(title), Some(url)) = (fields.string("title")?, fields.string("actionURL")?) else {
            return Err(Fault::new(item.start, "a button needs `title` and `actionURL`"));
        };
        buttons.push((piece(label, title)?, piece(label, url)?));
    }
    Ok(buttons)
}

fn links(builder: &mut Builder, label: &str, fields: &Fields<'_>) -> Result<Vec<[Piece; 3]>, Fault> {
    let Some(node) = fields.get("links") else { return Ok(Vec::new()) };
    let Kind::Sequence(items) = &node.kind else {
        return Err(Fault::new(node.start, "`links` must be a list"));
    };
    let mut links = Vec::with_capacity(items.len());
    for item in items {
        let fields = builder.reader.fields(item, "a link", FEED_LINK)?;
        let part = |name: &str| {
            let missing = || Fault::new(item.start, format!("a link needs `{name}`"));
            piece(label, fields.string(name)?.ok_or_else(missing)?)
        };
        links.push([part("title")?, part("messageURL")?, part("picURL")?]);
    }
    Ok(links)
}
