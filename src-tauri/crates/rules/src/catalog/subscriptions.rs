//! `subscriptions`, `defaultTriggers`, `defaultTriggers.SERVICE` and `context`.

use std::collections::BTreeMap;

use super::build::{Builder, Reference};
use crate::about::About;
use crate::diagnostic::{Fault, Level};
use crate::fields::{string, strings};
use crate::selector::Selector;
use crate::yaml::{Kind, Node, Text};

const SUBSCRIPTION: &[&str] = &["recipients", "triggers", "servers", "projects", "selector"];

/// One entry of `subscriptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Who is told.
    pub recipients: Vec<Destination>,
    /// Which triggers; empty: the default triggers.
    pub triggers: Vec<String>,
    /// Which applications.
    pub about: About,
}

/// Where a notification goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination {
    /// Service name.
    pub service: String,
    /// Recipient within the service; webhooks ignore it.
    pub recipient: String,
}

impl Destination {
    /// Splits `SERVICE[:RECIPIENT]` at colons and takes the first two parts, as the engine does.
    pub fn parse(text: &str) -> Self {
        let mut parts = text.split(':');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        Self { service: part(), recipient: part() }
    }
}

/// Reads `subscriptions`. A fault in one entry disables that entry alone.
pub(super) fn subscriptions(builder: &mut Builder, node: &Node) -> Result<Vec<Subscription>, Fault> {
    let items = match &node.kind {
        Kind::Sequence(items) => items.as_slice(),
        _ if node.is_null() => &[],
        _ => {
            let detail = format!("`subscriptions` must be a list, not {}", node.describe());
            return Err(Fault::new(node.start, detail));
        }
    };
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        match subscription(builder, item) {
            Ok(subscription) => read.push(subscription),
            Err(fault) => builder.reader.fault(fault),
        }
    }
    Ok(read)
}

fn subscription(builder: &mut Builder, node: &Node) -> Result<Subscription, Fault> {
    let fields = builder.reader.fields(node, "a subscription", SUBSCRIPTION)?;
    let recipients = fields.strings("recipients")?;
    if recipients.is_empty() {
        builder.reader.report(Level::Warning, node.start, "the subscription has no `recipients`");
    }
    let triggers = fields.strings("triggers")?;
    for trigger in &triggers {
        builder.refer(Reference::Trigger, trigger);
    }
    let selector = match fields.string("selector")? {
        Some(text) => Selector::parse(&text.value).map_err(|error| {
            Fault::new(text.place(error.at), format!("the selector is not understood: {}", error.detail))
        })?,
        None => Selector::default(),
    };
    let names = |field: &str| -> Result<Vec<String>, Fault> {
        let names = fields.strings(field)?;
        Ok(names.into_iter().map(|text| text.value).collect())
    };
    let about = About { servers: names("servers")?, projects: names("projects")?, selector };
    let mut destinations = Vec::with_capacity(recipients.len());
    for recipient in &recipients {
        builder.refer(Reference::Recipient, recipient);
        destinations.push(Destination::parse(&recipient.value));
    }
    let triggers = triggers.into_iter().map(|text| text.value).collect();
    Ok(Subscription { recipients: destinations, triggers, about })
}

/// Reads a list of triggers that subscriptions without triggers mean.
pub(super) fn default_triggers(builder: &mut Builder, node: &Node) -> Result<Vec<String>, Fault> {
    let names: Vec<Text> = strings(node, "defaultTriggers")?;
    for name in &names {
        builder.refer(Reference::Trigger, name);
    }
    Ok(names.into_iter().map(|text| text.value).collect())
}

/// Reads `context`, a map of strings.
pub(super) fn context(builder: &mut Builder, node: &Node) -> Result<BTreeMap<String, String>, Fault> {
    let entries = builder.reader.named(node, "`context`")?;
    entries
        .into_iter()
        .map(|(name, node)| Ok((name.value.clone(), string(node, &name.value)?.value)))
        .collect()
}
