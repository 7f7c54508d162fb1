//! One attempt at one message: put the secrets in, find out what the destination is, send, judge.
//!
//! Preview, test and real send all come through here. Knows nothing of queues, limits and retries.

use std::collections::BTreeMap;
use std::sync::Arc;

use dinghy_dingtalk::{
    RobotUrl, Sender, WebhookRequest, check_robot_url, is_robot_url, robot_key, text_message,
};
use dinghy_model::{
    DingTalkOptions, Header, Message, Payload, Problem, Secret, Service, ServiceKind, Verdict, WebhookOptions,
};
use dinghy_vault::Vault;

use crate::budget::Budget;
use crate::desktop::Desktop;
use crate::now_ms;
use crate::resolve::Secrets;

/// Delivers single messages.
#[derive(Clone)]
pub struct Deliverer {
    sender: Sender,
    vault: Arc<Vault>,
    desktop: Desktop,
    budget: Arc<Budget>,
}

/// A destination with its secrets in place; lives only as long as one attempt.
pub(crate) enum Destination {
    /// A DingTalk group robot.
    Robot { url: RobotUrl, key: String, sign_secret: Option<Secret> },
    /// Any other webhook.
    Webhook {
        url: Secret,
        options: WebhookOptions,
        headers: Vec<Header>,
        basic_auth: Option<(String, Secret)>,
    },
    /// This desktop.
    Desktop,
}

/// How a test message went.
#[derive(Debug)]
pub struct TestOutcome {
    /// What the destination answered.
    pub verdict: Verdict,
    /// Milliseconds for the whole attempt.
    pub millis: u32,
}

impl Deliverer {
    pub(crate) fn new(sender: Sender, vault: Arc<Vault>, desktop: Desktop, budget: Arc<Budget>) -> Self {
        Self { sender, vault, desktop, budget }
    }

    /// Puts the secrets in. `overlay` holds secrets that are not stored yet, by name.
    pub(crate) async fn resolve(
        &self,
        service: &Service,
        overlay: &BTreeMap<String, Secret>,
    ) -> Result<Destination, Problem> {
        let ServiceKind::Webhook(options) = &service.kind else { return Ok(Destination::Desktop) };
        let secrets = Secrets { vault: &self.vault, overlay };
        let url = secrets.fill(&options.url).await?;
        if is_robot_url(url.expose()) {
            let url = check_robot_url(&url).map_err(|problem| match problem {
                Problem::NoAccessToken { .. } => Problem::NoAccessToken { service: service.name.clone() },
                other => other,
            })?;
            let key = robot_key(&url);
            let sign_secret =
                match options.dingtalk.as_ref().map(|d: &DingTalkOptions| d.sign_secret.as_str()) {
                    None | Some("") => None,
                    Some(reference) => Some(secrets.fill(reference).await?),
                };
            return Ok(Destination::Robot { url, key, sign_secret });
        }
        let mut headers = Vec::with_capacity(options.headers.len());
        for header in &options.headers {
            let value = secrets.fill(&header.value).await?.expose().to_owned();
            headers.push(Header { name: header.name.clone(), value });
        }
        let basic_auth = match &options.basic_auth {
            Some((user, password)) => {
                let user = secrets.fill(user).await?.expose().to_owned();
                Some((user, secrets.fill(password).await?))
            }
            None => None,
        };
        Ok(Destination::Webhook { url, options: options.clone(), headers, basic_auth })
    }

    /// One attempt.
    pub(crate) async fn send(&self, destination: &Destination, message: &Message) -> Verdict {
        match (destination, &message.payload) {
            (Destination::Desktop, Payload::Desktop { title, body, url }) => {
                self.desktop.show(title, body, url).await
            }
            (Destination::Robot { url, sign_secret, .. }, payload) => {
                let built;
                let body = match payload {
                    Payload::Http { body, .. } => body,
                    Payload::Plain { text } | Payload::Desktop { body: text, .. } => {
                        built = text_message(text);
                        &built
                    }
                };
                self.sender.robot(url, sign_secret.as_ref(), body, &message.uuid, now_ms()).await
            }
            (Destination::Webhook { url, options, headers, basic_auth }, payload) => {
                let (method, path, body) = match payload {
                    Payload::Http { method, path, body } => (method.as_str(), path.as_str(), body.as_str()),
                    Payload::Plain { text } | Payload::Desktop { body: text, .. } => {
                        ("GET", "", text.as_str())
                    }
                };
                let request = WebhookRequest {
                    url: url.clone(),
                    method: method.to_owned(),
                    path: path.to_owned(),
                    headers: headers.clone(),
                    basic_auth: basic_auth.clone(),
                    body: body.to_owned(),
                    insecure_skip_verify: options.insecure_skip_verify,
                };
                self.sender.webhook(&request).await
            }
            (Destination::Desktop, Payload::Http { body, .. } | Payload::Plain { text: body }) => {
                self.desktop.show("Dinghy", body, "").await
            }
        }
    }

    /// Whether a service is a DingTalk robot; fails as the vault fails.
    pub async fn is_robot(&self, service: &Service) -> Result<(bool, String), Problem> {
        let ServiceKind::Webhook(options) = &service.kind else { return Ok((false, String::new())) };
        let overlay = BTreeMap::new();
        let url = Secrets { vault: &self.vault, overlay: &overlay }.fill(&options.url).await?;
        Ok((is_robot_url(url.expose()), host_of(url.expose())))
    }

    /// Sends one message at once, past the queue but through the same code. `overlay` holds secrets
    /// that are not stored yet (a form's), by name.
    pub async fn test(
        &self,
        service: &Service,
        message: &Message,
        overlay: &BTreeMap<String, Secret>,
    ) -> TestOutcome {
        let started = std::time::Instant::now();
        let verdict = match self.resolve(service, overlay).await {
            Ok(destination) => {
                if let Destination::Robot { key, .. } = &destination {
                    // A person waits for the answer, so it is sent even if the budget is used up; what is
                    // queued gives way.
                    let _ = tokio::task::block_in_place(|| self.budget.take(key));
                }
                self.send(&destination, message).await
            }
            Err(problem) => Verdict::Refused { problem },
        };
        TestOutcome { verdict, millis: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX) }
    }
}

/// The host of a URL: what may be shown of one that holds a token. Empty if it is no URL: then the token
/// may be anywhere.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}
