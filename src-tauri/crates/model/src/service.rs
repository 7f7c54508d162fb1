//! Destinations as `service.*` keys describe them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One destination. Strings may hold `$name` references to secrets; they are put in by the
/// courier when a request is built, and never stored in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// What subscriptions call it (`service.webhook.dingtalk` → `dingtalk`).
    pub name: String,
    /// What it is.
    pub kind: ServiceKind,
}

/// What a destination is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceKind {
    /// `service.webhook.NAME`: a DingTalk group if the resolved URL is a robot's, else plain.
    Webhook(WebhookOptions),
    /// `service.desktop`: this desktop's notifications.
    Desktop,
}

/// Options of `service.webhook.*` (notifications-engine `pkg/services/webhook.go`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookOptions {
    /// May be or hold a `$name`.
    pub url: String,
    /// Sent as they stand.
    pub headers: Vec<Header>,
    /// User and password, each may hold a `$name`.
    pub basic_auth: Option<(String, String)>,
    /// Certificates are not checked (never honoured for robots).
    pub insecure_skip_verify: bool,
    /// Dinghy's own block, ignored by Argo CD.
    pub dingtalk: Option<DingTalkOptions>,
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// May hold a `$name`.
    pub value: String,
}

/// `dingtalk:` in a webhook service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DingTalkOptions {
    /// 加签 secret, usually a `$name`; empty: the robot does not sign.
    pub sign_secret: String,
    /// Custom keywords; at most 10.
    pub keywords: Vec<String>,
    /// Argo CD users and commit authors → mobiles or user ids.
    pub mention: BTreeMap<String, String>,
    /// Links open in DingTalk's own side panel on a PC, not in the browser.
    #[serde(default)]
    pub pc_slide: bool,
}
