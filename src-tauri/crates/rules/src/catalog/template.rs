//! `template.NAME`: what to say (notifications-engine `pkg/services/services.go`, `webhook.go`).

use std::collections::BTreeMap;

use super::build::{Builder, Reference};
use super::dingtalk::{self, DingTalkTemplate};
use crate::diagnostic::{Fault, Level};
use crate::secrets::Reads;
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
    /// What it reads of `secrets`.
    pub(crate) reads: Reads,
}

/// Parses one string as a Go template.
pub(super) fn piece(name: &str, text: Text) -> Result<Piece, Fault> {
    match dinghy_gotmpl::parse(name, &text.value) {
        Ok(template) => {
            let reads = Reads::of(&template);
            if let Some(name) = reads.forbidden() {
                let detail = format!("`{name}` is a secret of Dinghy's own, which no message may hold");
                return Err(Fault::new(text.place(0), detail));
            }
            Ok(Piece { template, text, reads })
        }
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
    let template = Template {
        name: name.to_owned(),
        message: fields.string("message")?.map(|text| piece(name, text)).transpose()?,
        webhook,
        dingtalk: fields.get("dingtalk").map(|node| dingtalk::template(builder, name, node)).transpose()?,
    };
    if let Some(piece) = template.pieces().find(|piece| piece.reads.whole) {
        let detail = "`secrets` has only what templates name here: write `.secrets.NAME`";
        builder.reader.report(Level::Note, piece.text.place(0), detail);
    }
    Ok(template)
}

impl Template {
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        let webhooks = self.webhook.values().flat_map(|entry| entry.path.iter().chain(&entry.body));
        let fields = self.dingtalk.iter().flat_map(DingTalkTemplate::pieces);
        self.message.iter().chain(webhooks).chain(fields)
    }
}
