//! From the value of a key to its parts.

use super::{
    ConditionParts, DingTalkParts, PartsError, ServiceExtra, SubscriptionParts, TemplateParts, WebhookParts,
};
use crate::diagnostic::{Fault, Source};
use crate::edit::entry_range;
use crate::fields::{string, strings};
use crate::yaml::{self, Kind, Node, Text};

impl TemplateParts {
    /// Takes the value of `template.NAME` apart.
    ///
    /// # Errors
    /// When it is no YAML, or a field has another form than the rules know.
    pub fn read(value: &str) -> Result<Self, PartsError> {
        parse(value, |node| template(value, node))
    }
}

impl ConditionParts {
    /// Takes the value of `trigger.NAME` apart.
    ///
    /// # Errors
    /// As [`TemplateParts::read`].
    pub fn read(value: &str) -> Result<Vec<Self>, PartsError> {
        parse(value, |node| items(node)?.iter().map(|item| condition(value, item)).collect())
    }
}

impl SubscriptionParts {
    /// Takes the value of `subscriptions` apart.
    ///
    /// # Errors
    /// As [`TemplateParts::read`].
    pub fn read(value: &str) -> Result<Vec<Self>, PartsError> {
        parse(value, |node| items(node)?.iter().map(|item| subscription(value, item)).collect())
    }
}

impl ServiceExtra {
    /// What a form leaves alone in the value of `service.webhook.NAME`.
    ///
    /// # Errors
    /// As [`TemplateParts::read`].
    pub fn read(value: &str) -> Result<Self, PartsError> {
        const SERVICE: &[&str] = &["url", "headers", "basicAuth", "insecureSkipVerify", "dingtalk"];
        const DINGTALK: &[&str] = &["signSecret", "keywords", "mention", "pcSlide"];
        parse(value, |node| {
            let service = Entries::read(value, node, SERVICE)?;
            let dingtalk =
                service.get("dingtalk").map(|node| Entries::read(value, node, DINGTALK)).transpose()?;
            Ok(Self {
                dingtalk: dingtalk.map(|entries| entries.extra).unwrap_or_default(),
                service: service.extra,
            })
        })
    }
}

fn parse<T: Default>(value: &str, read: impl Fn(&Node) -> Result<T, Fault>) -> Result<T, PartsError> {
    let place = |at: u32, detail: String| {
        let (line, column) = Source::new("", value).position(at);
        PartsError { line, column, detail }
    };
    let documents = yaml::parse(&Text::file(value)).map_err(|error| place(error.at, error.detail))?;
    match documents.first() {
        Some(node) if !node.is_null() => read(node).map_err(|fault| place(fault.at, fault.detail)),
        _ => Ok(T::default()),
    }
}

fn items(node: &Node) -> Result<&[Node], Fault> {
    match &node.kind {
        Kind::Sequence(items) => Ok(items),
        _ => Err(Fault::new(node.start, format!("a list is due here, not {}", node.describe()))),
    }
}

/// The entries of a mapping: those that a form knows, and the source of the others.
struct Entries<'n> {
    known: Vec<(&'static str, &'n Node)>,
    extra: Vec<String>,
}

impl<'n> Entries<'n> {
    fn read(text: &str, node: &'n Node, names: &[&'static str]) -> Result<Self, Fault> {
        let mut entries = Self { known: Vec::new(), extra: Vec::new() };
        if node.is_null() {
            return Ok(entries);
        }
        let pairs = node.pairs().ok_or_else(|| {
            Fault::new(node.start, format!("a mapping is due here, not {}", node.describe()))
        })?;
        for (key, value) in pairs {
            let name = key.string().map(|text| text.value).unwrap_or_default();
            let exact = names.iter().find(|known| **known == name);
            match exact.or_else(|| names.iter().find(|known| known.eq_ignore_ascii_case(&name))) {
                // Of two equal names the last one is in force.
                Some(known) => {
                    entries.known.retain(|(seen, _)| seen != known);
                    entries.known.push((known, value));
                }
                None => entries.extra.push(source(text, key, value)),
            }
        }
        Ok(entries)
    }

    fn get(&self, name: &str) -> Option<&'n Node> {
        self.known.iter().find(|(known, node)| *known == name && !node.is_null()).map(|(_, node)| *node)
    }

    fn string(&self, name: &str) -> Result<String, Fault> {
        self.get(name).map_or_else(|| Ok(String::new()), |node| Ok(string(node, name)?.value))
    }

    fn strings(&self, name: &str) -> Result<Vec<String>, Fault> {
        let texts = self.get(name).map_or_else(|| Ok(Vec::new()), |node| strings(node, name))?;
        Ok(texts.into_iter().map(|text| text.value).collect())
    }
}

/// The source of an entry, moved to the left margin.
fn source(text: &str, key: &Node, value: &Node) -> String {
    let range = entry_range(text, key, value);
    let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let margin = text[line..range.start].chars().count();
    let cut = |line: &str| {
        let blank = line.len() - line.trim_start_matches(' ').len();
        line[blank.min(margin)..].to_owned()
    };
    let mut lines = text[range].trim_end().split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    let own = std::iter::once(first).chain(lines.map(cut)).collect::<Vec<_>>().join("\n");
    // An alias means nothing without its anchor, which may stand in a part that is written anew.
    if yaml::parse(&Text::file(&own)).is_ok() { own } else { format!("{}: {}", flow(key), flow(value)) }
}

/// A node on one line, its aliases replaced by what they stand for.
fn flow(node: &Node) -> String {
    let quoted = |text: &Text| serde_json::Value::from(text.value.as_str()).to_string();
    match &node.kind {
        Kind::Scalar { text, plain: true }
            if !text.value.contains(['\n', ',', '[', ']', '{', '}', '#', ':']) =>
        {
            text.value.clone()
        }
        Kind::Scalar { text, .. } => quoted(text),
        Kind::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Kind::Mapping(pairs) => {
            let pair = |(key, value): &(Node, Node)| format!("{}: {}", flow(key), flow(value));
            format!("{{{}}}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

fn template(text: &str, node: &Node) -> Result<TemplateParts, Fault> {
    let entries = Entries::read(text, node, &["message", "dingtalk", "webhook"])?;
    let mut webhooks = Vec::new();
    if let Some(node) = entries.get("webhook") {
        let pairs = node.pairs().ok_or_else(|| Fault::new(node.start, "`webhook` must be a mapping"))?;
        for (service, node) in pairs {
            let service = string(service, "a service")?.value;
            let entries = Entries::read(text, node, &["method", "path", "body"])?;
            webhooks.retain(|known: &WebhookParts| known.service != service);
            webhooks.push(WebhookParts {
                service,
                method: entries.string("method")?,
                path: entries.string("path")?,
                body: entries.string("body")?,
                extra: entries.extra,
            });
        }
    }
    Ok(TemplateParts {
        message: entries.string("message")?,
        dingtalk: entries.get("dingtalk").map(|node| dingtalk(text, node)).transpose()?,
        webhooks,
        extra: entries.extra,
    })
}

fn dingtalk(text: &str, node: &Node) -> Result<DingTalkParts, Fault> {
    const KNOWN: &[&str] = &[
        "msgtype",
        "title",
        "text",
        "messageUrl",
        "picUrl",
        "singleTitle",
        "singleURL",
        "btnOrientation",
        "btns",
        "mention",
        "atAll",
    ];
    let entries = Entries::read(text, node, KNOWN)?;
    let mut buttons = Vec::new();
    if let Some(node) = entries.get("btns") {
        for item in items(node)? {
            let entries = Entries::read(text, item, &["title", "actionURL"])?;
            buttons.push((entries.string("title")?, entries.string("actionURL")?));
        }
    }
    let msgtype = entries.string("msgtype")?;
    Ok(DingTalkParts {
        msgtype: if msgtype.is_empty() { "markdown".to_owned() } else { msgtype },
        title: entries.string("title")?,
        text: entries.string("text")?,
        message_url: entries.string("messageUrl")?,
        pic_url: entries.string("picUrl")?,
        single_title: entries.string("singleTitle")?,
        single_url: entries.string("singleURL")?,
        orientation: entries.string("btnOrientation")?,
        buttons,
        mention: entries.strings("mention")?,
        at_all: entries.get("atAll").map_or(Ok(false), boolean)?,
        extra: entries.extra,
    })
}

fn boolean(node: &Node) -> Result<bool, Fault> {
    node.boolean().ok_or_else(|| Fault::new(node.start, "`atAll` must be true or false"))
}

fn condition(text: &str, node: &Node) -> Result<ConditionParts, Fault> {
    const KNOWN: &[&str] = &["when", "description", "oncePer", "for", "send", "resolved"];
    let entries = Entries::read(text, node, KNOWN)?;
    Ok(ConditionParts {
        when: entries.string("when")?,
        description: entries.string("description")?,
        once_per: entries.string("oncePer")?,
        hold_for: entries.string("for")?,
        send: entries.strings("send")?,
        resolved: entries.strings("resolved")?,
        extra: entries.extra,
    })
}

fn subscription(text: &str, node: &Node) -> Result<SubscriptionParts, Fault> {
    let entries = Entries::read(text, node, &["recipients", "triggers", "servers", "projects", "selector"])?;
    Ok(SubscriptionParts {
        recipients: entries.strings("recipients")?,
        triggers: entries.strings("triggers")?,
        servers: entries.strings("servers")?,
        projects: entries.strings("projects")?,
        selector: entries.string("selector")?,
        extra: entries.extra,
    })
}
