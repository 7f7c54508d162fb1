//! Rules as forms have them: the value of one key taken apart into its fields, and put together again.
//!
//! [`set_key`](crate::set_key) puts the text into the file. Knows no windows and no words for people.
//!
//! Invariant: what a form does not know (blocks for services that Dinghy has not, fields of later versions) stays as
//! it stands, and what is written reads back as the same parts.

mod check;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use check::{FieldFault, check_condition, check_template, expression_parts};
pub(crate) use write::word;

/// `template.NAME`. Empty strings are absent fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateParts {
    /// Argo CD's `message`.
    pub message: String,
    /// `dingtalk:`, Dinghy's own.
    pub dingtalk: Option<DingTalkParts>,
    /// `webhook:`, one for each service, in the order of the file.
    pub webhooks: Vec<WebhookParts>,
    /// Other entries, as YAML.
    pub extra: Vec<String>,
}

/// `dingtalk:` of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DingTalkParts {
    /// `text`, `markdown`, `link` or `actionCard`; as read, never empty.
    pub msgtype: String,
    /// A Go template, as all that follow.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Where a link leads.
    pub message_url: String,
    /// A link's picture.
    pub pic_url: String,
    /// The one button of a card.
    pub single_title: String,
    /// Where it leads.
    pub single_url: String,
    /// Several buttons: title and address.
    pub buttons: Vec<(String, String)>,
    /// `"0"` below each other, `"1"` beside each other. No template.
    pub orientation: String,
    /// Go templates of names that are looked up in the group's `mention`; `initiator`: whoever started it.
    pub mention: Vec<String>,
    /// `atAll`: everyone in the group is mentioned.
    pub at_all: bool,
    /// Other entries, as YAML.
    pub extra: Vec<String>,
}

/// One entry of `webhook:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookParts {
    /// The service it is for.
    pub service: String,
    /// No template; empty: the default.
    pub method: String,
    /// Appended to the service's address.
    pub path: String,
    /// The body.
    pub body: String,
    /// Other entries, as YAML.
    pub extra: Vec<String>,
}

/// One condition of `trigger.NAME`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConditionParts {
    /// The expression.
    pub when: String,
    /// Free text.
    pub description: String,
    /// An expression; empty: once each time the condition becomes true.
    pub once_per: String,
    /// A duration such as `5m`; empty: at once.
    pub hold_for: String,
    /// Names of templates.
    pub send: Vec<String>,
    /// Names of templates to send when it stops being true.
    pub resolved: Vec<String>,
    /// Other entries, as YAML.
    pub extra: Vec<String>,
}

/// One entry of `subscriptions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionParts {
    /// `SERVICE[:RECIPIENT]`.
    pub recipients: Vec<String>,
    /// Names of triggers; none: the default triggers.
    pub triggers: Vec<String>,
    /// Names of servers; none: all of them.
    pub servers: Vec<String>,
    /// Names of projects; none: all of them.
    pub projects: Vec<String>,
    /// A label selector; empty: every application.
    pub selector: String,
    /// Other entries, as YAML.
    pub extra: Vec<String>,
}

/// What stands in a `service.webhook.NAME` and its form does not know: options about retries and connections, and those
/// of later versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceExtra {
    /// Entries of the service, as YAML.
    pub service: Vec<String>,
    /// Entries of its `dingtalk:`, as YAML.
    pub dingtalk: Vec<String>,
}

/// The value of a key has a form that cannot be taken apart; it can still be edited as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {detail}")]
pub struct PartsError {
    /// From 1, in the value.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub detail: String,
}
