//! `template.NAME`: what to say (notifications-engine `pkg/services/services.go`, `webhook.go`).

use std::collections::BTreeMap;

use super::build::{Builder, Reference};
use super::dingtalk::{self, DingTalkTemplate};
use crate::diagnostic::Fault;
use crate::yaml::{Node, Text};

/// Blocks of a template that Argo CD knows; those for services that Dinghy has not are left unread.
const TEMPLATE: &[&str] = &[
    "message",
    "webhook",
    "dingtalk",
    "alertmanager",
    "awssqs",
    "email",
    "gcppubsub",
    "github",
    "googlechat",
    "mattermost",
    "newrelic",
    "opsgenie",
    "pagerduty",
    "pagerdutyv2",
    "rocketchat",
    "slack",
    "teams",
    "teams-workflows",
];
const WEBHOOK: &[&str] = &["method", "path", "body"];

/// One template.
#[derive(Debug)]
pub struct Template {
    /// What `send` calls it.
    pub name: String,
    pub(crate) message: Option<Piece>,
    /// By service name.
    pub(crate) webhook: BTreeMap<String, WebhookTemplate>,
    pub(crate) dingtalk: Option<DingTalkTemplate>,
}

/// `webhook: {SERVICE: {…}}`.
#[derive(Debug)]
pub(crate) struct WebhookTemplate {
    /// Not a template; empty: the default.
    pub(crate) method: String,
    pub(crate) path: Option<Piece>,
    pub(crate) body: Option<Piece>,
}

/// One string of a template, parsed, and where it stands in the file.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) template: dinghy_gotmpl::Template,
    pub(crate) text: Text,
}

/// Parses one string as a Go template.
pub(super) fn piece(name: &str, text: Text) -> Result<Piece, Fault> {
    match dinghy_gotmpl::parse(name, &text.value) {
        Ok(template) => Ok(Piece { template, text }),
        Err(error) => Err(Fault::new(text.place_of_byte(error.line, error.column), error.message)),
    }
}

/// Reads one template.
pub(super) fn template(builder: &mut Builder, name: &str, node: &Node) -> Result<Template, Fault> {
    let fields = builder.reader.fields(node, "a template", TEMPLATE)?;
    let mut webhook = BTreeMap::new();
    if let Some(node) = fields.get("webhook") {
        for (service, node) in builder.reader.named(node, "`webhook`")? {
            builder.refer(Reference::Service, &service);
            let fields = builder.reader.fields(node, "a webhook template", WEBHOOK)?;
            let label = format!("{name}.webhook.{}", service.value);
            let entry = WebhookTemplate {
                method: fields.string("method")?.map(|text| text.value).unwrap_or_default(),
                path: fields.string("path")?.map(|text| piece(&label, text)).transpose()?,
                body: fields.string("body")?.map(|text| piece(&label, text)).transpose()?,
            };
            webhook.insert(service.value, entry);
        }
    }
    Ok(Template {
        name: name.to_owned(),
        message: fields.string("message")?.map(|text| piece(name, text)).transpose()?,
        webhook,
        dingtalk: fields.get("dingtalk").map(|node| dingtalk::template(builder, name, node)).transpose()?,
    })
}
