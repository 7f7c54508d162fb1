//! From the parts of a key to its value: block style, each string in the plainest spelling that reads back the same.

use super::{ConditionParts, DingTalkParts, PartsError, SubscriptionParts, TemplateParts};
use crate::edit::{block, single_quoted};
use crate::yaml::{self, Kind, Text};

impl TemplateParts {
    /// The value of `template.NAME`.
    pub fn write(&self) -> String {
        let mut out = Writer::default();
        out.string(0, "message", &self.message);
        if let Some(block) = &self.dingtalk {
            out.line(0, "dingtalk:");
            dingtalk(&mut out, block);
        }
        if !self.webhooks.is_empty() {
            out.line(0, "webhook:");
        }
        for webhook in &self.webhooks {
            let before = out.lines.len();
            out.string(4, "method", &webhook.method);
            out.string(4, "path", &webhook.path);
            out.string(4, "body", &webhook.body);
            out.extra(4, &webhook.extra);
            let name = scalar(&webhook.service, 4);
            let empty = if out.lines.len() == before { " {}" } else { "" };
            out.lines.insert(before, format!("  {name}:{empty}"));
        }
        out.extra(0, &self.extra);
        out.finish("{}")
    }
}

impl ConditionParts {
    /// The value of `trigger.NAME`.
    pub fn write(conditions: &[Self]) -> String {
        list(conditions, |out, condition| {
            out.string(2, "description", &condition.description);
            out.string(2, "when", &condition.when);
            out.string(2, "oncePer", &condition.once_per);
            out.string(2, "for", &condition.hold_for);
            out.names(2, "send", &condition.send);
            out.names(2, "resolved", &condition.resolved);
            out.extra(2, &condition.extra);
        })
    }
}

impl SubscriptionParts {
    /// The value of `subscriptions`.
    pub fn write(subscriptions: &[Self]) -> String {
        list(subscriptions, |out, subscription| {
            out.names(2, "recipients", &subscription.recipients);
            out.names(2, "triggers", &subscription.triggers);
            out.names(2, "servers", &subscription.servers);
            out.names(2, "projects", &subscription.projects);
            out.string(2, "selector", &subscription.selector);
            out.extra(2, &subscription.extra);
        })
    }

    /// The value with one more at its end. What stands there stays to the byte where it can: people write down who is
    /// told what, and why, in comments.
    ///
    /// # Errors
    /// As [`read`](Self::read)'s.
    pub fn append(source: &str, one: &Self) -> Result<String, PartsError> {
        let mut all = Self::read(source)?;
        all.push(one.clone());
        let items = source.lines().filter(|line| line.trim_start().starts_with("- "));
        let indent = items.map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
        let added = Self::write(std::slice::from_ref(one));
        let added = added.lines().map(|line| format!("{}{line}\n", " ".repeat(indent)));
        let text = format!("{}\n{}", source.trim_end(), added.collect::<String>());
        let fits = !source.trim().is_empty() && Self::read(&text).is_ok_and(|read| read == all);
        Ok(if fits { text } else { Self::write(&all) })
    }
}

fn dingtalk(out: &mut Writer, block: &DingTalkParts) {
    out.string(2, "msgtype", &block.msgtype);
    out.string(2, "title", &block.title);
    out.string(2, "text", &block.text);
    out.string(2, "messageUrl", &block.message_url);
    out.string(2, "picUrl", &block.pic_url);
    out.string(2, "singleTitle", &block.single_title);
    out.string(2, "singleURL", &block.single_url);
    out.string(2, "btnOrientation", &block.orientation);
    if !block.buttons.is_empty() {
        out.line(2, "btns:");
    }
    for (title, url) in &block.buttons {
        out.line(4, &format!("- title: {}", scalar(title, 8)));
        out.line(4, &format!("  actionURL: {}", scalar(url, 8)));
    }
    out.names(2, "mention", &block.mention);
    if block.at_all {
        out.line(2, "atAll: true");
    }
    out.extra(2, &block.extra);
}

/// A list of mappings, whose entries `item` writes two columns in.
fn list<T>(items: &[T], item: impl Fn(&mut Writer, &T)) -> String {
    let mut out = Writer::default();
    for one in items {
        let before = out.lines.len();
        item(&mut out, one);
        match out.lines.get_mut(before) {
            Some(first) => first.replace_range(..2, "- "),
            None => out.lines.push("- {}".to_owned()),
        }
    }
    out.finish("[]")
}

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
}

impl Writer {
    fn line(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{}{text}", " ".repeat(indent)));
    }

    /// An entry, unless it is empty.
    fn string(&mut self, indent: usize, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(indent, &format!("{name}: {}", scalar(value, indent + 2)));
        }
    }

    fn names(&mut self, indent: usize, name: &str, values: &[String]) {
        if !values.is_empty() {
            let words: Vec<String> = values.iter().map(|value| word(value)).collect();
            self.line(indent, &format!("{name}: [{}]", words.join(", ")));
        }
    }

    fn extra(&mut self, indent: usize, entries: &[String]) {
        for line in entries.iter().flat_map(|entry| entry.lines()) {
            self.line(if line.is_empty() { 0 } else { indent }, line);
        }
    }

    fn finish(self, empty: &str) -> String {
        if self.lines.is_empty() { format!("{empty}\n") } else { self.lines.join("\n") + "\n" }
    }
}

/// A string in the first spelling that is read back as it was.
fn scalar(value: &str, indent: usize) -> String {
    let plain = Some(value.to_owned()).filter(|text| !text.contains('\n'));
    let block =
        block(value, indent).filter(|_| value.contains('\n')).map(|(mark, body)| format!("{mark}\n{body}"));
    let candidates = [plain, block, single_quoted(value)].into_iter().flatten();
    let reads_back = |text: &String| {
        let source = format!("{}k: {text}\n", " ".repeat(indent.saturating_sub(2)));
        let nodes = yaml::parse(&Text::file(&source)).unwrap_or_default();
        let read = nodes.first().and_then(|node| node.get("k")?.string());
        read.is_some_and(|read| read.value == value)
    };
    candidates.into_iter().find(reads_back).unwrap_or_else(|| quoted(value))
}

/// A string inside `[…]`.
pub(crate) fn word(value: &str) -> String {
    let candidates = [Some(value.to_owned()), single_quoted(value)].into_iter().flatten();
    let reads_back = |text: &String| {
        let nodes = yaml::parse(&Text::file(&format!("[{text}]"))).unwrap_or_default();
        match nodes.first().map(|node| &node.kind) {
            Some(Kind::Sequence(items)) => {
                items.len() == 1 && items[0].string().is_some_and(|read| read.value == value)
            }
            _ => false,
        }
    };
    candidates.into_iter().find(reads_back).unwrap_or_else(|| quoted(value))
}

/// JSON is YAML.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
