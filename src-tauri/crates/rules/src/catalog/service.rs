//! `service.TYPE[.NAME]`: where to send (notifications-engine `pkg/api/config.go`, `pkg/services/webhook.go`).

use dinghy_model::{Header, Service, ServiceKind, WebhookOptions};

use super::build::Builder;
use super::dingtalk;
use crate::diagnostic::{Fault, Level};
use crate::fields::Fields;
use crate::robot::literal_token;
use crate::similar;
use crate::yaml::{Kind, Node};

/// Services of Argo CD that Dinghy does not deliver to.
const ELSEWHERE: &[&str] = &[
    "alertmanager",
    "awssqs",
    "email",
    "gcppubsub",
    "github",
    "googlechat",
    "grafana",
    "mattermost",
    "newrelic",
    "opsgenie",
    "pagerduty",
    "pagerdutyv2",
    "pushover",
    "rocketchat",
    "slack",
    "teams",
    "teams-workflows",
    "telegram",
    "webex",
];
const HERE: &[&str] = &["webhook", "desktop"];

/// All of Argo CD's webhook options, and `dingtalk`. Those about retries and connections are understood and not
/// needed: Dinghy's outbox decides about them.
const WEBHOOK: &[&str] = &[
    "url",
    "headers",
    "basicAuth",
    "insecureSkipVerify",
    "dingtalk",
    "retryWaitMin",
    "retryWaitMax",
    "retryMax",
    "maxIdleConns",
    "maxIdleConnsPerHost",
    "maxConnsPerHost",
    "idleConnTimeout",
];
const HEADER: &[&str] = &["name", "value"];
const BASIC_AUTH: &[&str] = &["username", "password"];

/// Whether the controller knows the type of a service. `rest` is the key behind `service.`.
pub(crate) fn is_argo_cds(rest: &str) -> bool {
    let kind = rest.split('.').next().unwrap_or_default();
    kind == "webhook" || ELSEWHERE.contains(&kind)
}

/// Reads one service; None if Dinghy does not deliver to its type. `rest` is the key behind `service.`.
pub(super) fn service(
    builder: &mut Builder,
    rest: &str,
    at: u32,
    node: &Node,
) -> Result<Option<Service>, Fault> {
    let (kind, name) = match rest.split('.').collect::<Vec<_>>()[..] {
        [kind] => (kind, kind),
        [kind, name] => (kind, name),
        _ => return Err(Fault::new(at, "a service key is `service.TYPE` or `service.TYPE.NAME`")),
    };
    let kind = match kind {
        "webhook" => ServiceKind::Webhook(webhook(builder, node)?),
        "desktop" => {
            builder.reader.fields(node, "`service.desktop`", &[])?;
            ServiceKind::Desktop
        }
        known if ELSEWHERE.contains(&known) => {
            let detail =
                format!("Dinghy does not deliver to {known}; subscriptions to `{name}` are left alone");
            builder.reader.report(Level::Note, at, detail);
            builder.elsewhere(name);
            return Ok(None);
        }
        unknown => {
            let hint = similar::hint(unknown, HERE.iter().chain(ELSEWHERE).copied());
            builder.reader.report(Level::Warning, at, format!("unknown type of service `{unknown}`{hint}"));
            builder.elsewhere(name);
            return Ok(None);
        }
    };
    Ok(Some(Service { name: name.to_owned(), kind }))
}

fn webhook(builder: &mut Builder, node: &Node) -> Result<WebhookOptions, Fault> {
    let fields = builder.reader.fields(node, "`service.webhook`", WEBHOOK)?;
    let url = fields.string("url")?.filter(|url| !url.value.is_empty());
    let url = url.ok_or_else(|| Fault::new(node.start, "a webhook needs a `url`"))?;
    if literal_token(&url.value) {
        let detail =
            "the robot's token stands here in the clear; importing the file moves it to the keychain";
        builder.reader.report(Level::Note, url.place(0), detail);
    }
    Ok(WebhookOptions {
        url: url.value,
        headers: headers(builder, &fields)?,
        basic_auth: basic_auth(builder, &fields)?,
        insecure_skip_verify: fields.boolean("insecureSkipVerify")?,
        dingtalk: fields.get("dingtalk").map(|node| dingtalk::options(builder, node)).transpose()?,
    })
}

fn headers(builder: &mut Builder, fields: &Fields<'_>) -> Result<Vec<Header>, Fault> {
    let Some(node) = fields.get("headers") else { return Ok(Vec::new()) };
    let Kind::Sequence(items) = &node.kind else {
        return Err(Fault::new(node.start, "`headers` must be a list of `{name, value}`"));
    };
    let mut headers = Vec::with_capacity(items.len());
    for item in items {
        let fields = builder.reader.fields(item, "a header", HEADER)?;
        let name = fields.string("name")?.filter(|name| !name.value.is_empty());
        headers.push(Header {
            name: name.ok_or_else(|| Fault::new(item.start, "a header needs a `name`"))?.value,
            value: fields.string("value")?.map(|text| text.value).unwrap_or_default(),
        });
    }
    Ok(headers)
}

fn basic_auth(builder: &mut Builder, fields: &Fields<'_>) -> Result<Option<(String, String)>, Fault> {
    let Some(node) = fields.get("basicAuth") else { return Ok(None) };
    let fields = builder.reader.fields(node, "`basicAuth`", BASIC_AUTH)?;
    let part = |name: &str| Ok(fields.string(name)?.map(|text| text.value).unwrap_or_default());
    Ok(Some((part("username")?, part("password")?)))
}
