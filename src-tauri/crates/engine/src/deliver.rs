//! One attempt at one message: put the secrets in, find out what the destination is, send, judge.
//!
//! Preview, test and real send all come through here. Knows nothing of queues, limits and retries.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_dingtalk::{
    Dress, MOST_BYTES, RobotUrl, Sender, SenderOptions, WebhookRequest, check_robot_url, dress, is_robot_url,
    robot_key, text_message, title_only,
};
use dinghy_model::{
    DingTalkOptions, Header, Lang, Message, Payload, Problem, Refusal, Secret, Service, ServiceKind, Verdict,
    WebhookOptions,
};
use dinghy_vault::Vault;

use crate::budget::{Budget, Load};
use crate::desktop::Desktop;
use crate::digest::local_time;
use crate::habits::SharedHabits;
use crate::now_ms;
use crate::plan::MISSED_MS;
use crate::resolve::Secrets;
use crate::seal;

/// Delivers single messages.
#[derive(Clone)]
pub struct Deliverer {
    /// Another one when the way out changes.
    sender: Arc<Mutex<Sender>>,
    vault: Arc<Vault>,
    desktop: Desktop,
    budget: Arc<Budget>,
    habits: SharedHabits,
}

/// A destination with its secrets in place; lives only as long as one attempt.
pub(crate) enum Destination {
    /// A DingTalk group robot.
    Robot { url: RobotUrl, key: String, sign_secret: Option<Secret>, options: DingTalkOptions },
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
    pub(crate) fn new(
        sender: Sender,
        vault: Arc<Vault>,
        desktop: Desktop,
        budget: Arc<Budget>,
        habits: SharedHabits,
    ) -> Self {
        Self { sender: Arc::new(Mutex::new(sender)), vault, desktop, budget, habits }
    }

    /// From now on requests leave by this proxy (a URL, `none`, or empty: the system's).
    pub(crate) fn set_proxy(&self, proxy: &str) -> Result<(), Problem> {
        let options = SenderOptions { proxy: Some(proxy.to_owned()), ..SenderOptions::default() };
        *self.sender.lock().unwrap_or_else(PoisonError::into_inner) = Sender::new(options)?;
        Ok(())
    }

    fn sender(&self) -> Sender {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
            let options = options.dingtalk.clone().unwrap_or_default();
            let sign_secret = match options.sign_secret.as_str() {
                "" => None,
                reference => Some(secrets.fill(reference).await?),
            };
            return Ok(Destination::Robot { url, key, sign_secret, options });
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

    /// The message as it is sent: one that holds secrets is opened.
    ///
    /// Fails with [`Problem::OutboxKeyLost`] for good, and as the vault fails for now.
    pub(crate) async fn open<'m>(&self, message: &'m Message) -> Result<Cow<'m, Message>, Problem> {
        let Payload::Sealed { text } = &message.payload else { return Ok(Cow::Borrowed(message)) };
        let key = self.vault.get(seal::KEY).await.map_err(|problem| match problem {
            Problem::SecretMissing { .. } | Problem::SecretEnvUnset { .. } => Problem::OutboxKeyLost,
            other => other,
        })?;
        let payload = seal::open(message, text, &key).ok_or(Problem::OutboxKeyLost)?;
        Ok(Cow::Owned(Message { payload, ..message.clone() }))
    }

    /// One attempt. A message that holds secrets has been opened; nothing of it comes back in the verdict.
    pub(crate) async fn send(
        &self,
        destination: &Destination,
        message: &Message,
        confidential: bool,
    ) -> Verdict {
        let verdict = self.attempt(destination, message).await;
        if confidential { hushed(verdict) } else { verdict }
    }

    async fn attempt(&self, destination: &Destination, message: &Message) -> Verdict {
        match (destination, &message.payload) {
            // Nobody has opened it, so nobody can read it.
            (Destination::Desktop, Payload::Sealed { .. }) => {
                Verdict::Refused { problem: Problem::OutboxKeyLost }
            }
            (Destination::Desktop, Payload::Desktop { title, body, url }) => {
                self.desktop.show(title, body, url).await
            }
            (Destination::Robot { url, key, sign_secret, options }, payload) => {
                let robot = Robot { deliverer: self, url, key, sign_secret: sign_secret.as_ref(), options };
                match payload {
                    // A template wrote it byte by byte: it goes out as it is.
                    Payload::Http { body, .. } => robot.post(body, &message.uuid).await,
                    Payload::Robot { body } => robot.post_ours(body, message).await,
                    Payload::Sealed { .. } => Verdict::Refused { problem: Problem::OutboxKeyLost },
                    Payload::Plain { text } | Payload::Desktop { body: text, .. } => {
                        robot.post_ours(&text_message(text), message).await
                    }
                }
            }
            (Destination::Webhook { url, options, headers, basic_auth }, payload) => {
                let (method, path, body) = match payload {
                    Payload::Http { method, path, body } => (method.as_str(), path.as_str(), body.as_str()),
                    Payload::Robot { body } => ("POST", "", body.as_str()),
                    Payload::Sealed { .. } => return Verdict::Refused { problem: Problem::OutboxKeyLost },
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
                self.sender().webhook(&request).await
            }
            (
                Destination::Desktop,
                Payload::Http { body, .. } | Payload::Robot { body } | Payload::Plain { text: body },
            ) => self.desktop.show("Dinghy", body, "").await,
        }
    }

    /// Whether a service is a DingTalk robot; fails as the vault fails.
    pub async fn is_robot(&self, service: &Service) -> Result<(bool, String), Problem> {
        let ServiceKind::Webhook(options) = &service.kind else { return Ok((false, String::new())) };
        let overlay = BTreeMap::new();
        let url = Secrets { vault: &self.vault, overlay: &overlay }.fill(&options.url).await?;
        Ok((is_robot_url(url.expose()), host_of(url.expose())))
    }

    /// How much of a group's minute is used; None if it is no robot. Fails as the vault fails.
    pub async fn load(&self, service: &Service) -> Result<Option<Load>, Problem> {
        let ServiceKind::Webhook(options) = &service.kind else { return Ok(None) };
        let overlay = BTreeMap::new();
        let url = Secrets { vault: &self.vault, overlay: &overlay }.fill(&options.url).await?;
        if !is_robot_url(url.expose()) {
            return Ok(None);
        }
        let key = robot_key(&check_robot_url(&url)?);
        self.budget.load(&key).await.map(Some)
    }

    /// Sends one message at once, past the queue but through the same code. `overlay` holds secrets
    /// that are not stored yet (a form's), by name; `confidential`: the message itself holds some.
    pub async fn test(
        &self,
        service: &Service,
        message: &Message,
        confidential: bool,
        overlay: &BTreeMap<String, Secret>,
    ) -> TestOutcome {
        let started = std::time::Instant::now();
        let verdict = match self.resolve(service, overlay).await {
            Ok(destination) => {
                if let Destination::Robot { key, .. } = &destination {
                    // A person waits for the answer, so it is sent even if the budget is used up; what is
                    // queued gives way.
                    let _ = self.budget.take(key).await;
                }
                self.send(&destination, message, confidential).await
            }
            Err(problem) => Verdict::Refused { problem },
        };
        TestOutcome { verdict, millis: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX) }
    }
}

/// A robot and how it is spoken to, for one attempt.
struct Robot<'a> {
    deliverer: &'a Deliverer,
    url: &'a RobotUrl,
    key: &'a str,
    sign_secret: Option<&'a Secret>,
    options: &'a DingTalkOptions,
}

impl Robot<'_> {
    async fn post(&self, body: &str, uuid: &str) -> Verdict {
        self.deliverer.sender().robot(self.url, self.sign_secret, body, uuid, now_ms()).await
    }

    /// A message that Dinghy built. What DingTalk finds too long is sent once more at half the length, what it finds
    /// unsuitable as its title alone: better than nothing, and the application's name is among it.
    async fn post_ours(&self, body: &str, message: &Message) -> Verdict {
        let verdict = match self.dressed(body, message, MOST_BYTES) {
            Ok(dressed) => self.post(&dressed, &message.uuid).await,
            Err(problem) => return Verdict::Refused { problem },
        };
        let Verdict::Refused { problem: Problem::Robot { refusal, .. } } = &verdict else { return verdict };
        let smaller = match refusal {
            Refusal::TooLong => self.dressed(body, message, MOST_BYTES / 2).ok(),
            Refusal::Content => Some(title_only(body, &self.options.keywords)),
            _ => None,
        };
        match smaller {
            // Every request counts. Without a place for a second one the first answer stands.
            Some(smaller) if self.has_place().await => self.post(&smaller, &message.uuid).await,
            _ => verdict,
        }
    }

    fn dressed(&self, body: &str, message: &Message, most_bytes: usize) -> Result<String, Problem> {
        let lang = self.deliverer.habits.get().lang;
        dress(
            body,
            &Dress {
                keywords: &self.options.keywords,
                pc_slide: self.options.pc_slide,
                note: &note(message, lang),
                most_bytes,
                cut: cut_words(lang),
            },
        )
    }

    async fn has_place(&self) -> bool {
        matches!(self.deliverer.budget.take(self.key).await, Ok(Ok(())))
    }
}

/// Words for lines that a message had no room for.
pub(crate) fn cut_words(lang: Lang) -> fn(usize) -> String {
    match lang {
        Lang::En => |lines| format!("… {lines} more lines"),
        Lang::ZhCn => |lines| format!("… 另有 {lines} 行"),
    }
}

/// A verdict without the answer's own words, in which a message may come back.
fn hushed(mut verdict: Verdict) -> Verdict {
    use Refusal::{Content, NotARobot, Request, Unknown};
    if let Verdict::Retry { problem, .. }
    | Verdict::Throttled { problem, .. }
    | Verdict::Refused { problem } = &mut verdict
    {
        match problem {
            Problem::WebhookStatus { detail, .. }
            | Problem::ServerError { detail, .. }
            | Problem::BadUrl { detail, .. }
            | Problem::Robot { errmsg: detail, refusal: Content | NotARobot | Request | Unknown, .. } => {
                "***".clone_into(detail);
            }
            _ => {}
        }
    }
    verdict
}

/// When it happened, for a message that comes late.
fn note(message: &Message, lang: Lang) -> String {
    let now = now_ms();
    let Some(at_ms) = message.gist.as_ref().map(|gist| gist.at_ms).filter(|at| now - at > MISSED_MS) else {
        return String::new();
    };
    let time = local_time(at_ms, now, &jiff::tz::TimeZone::system());
    format!("{}{time}", lang.pick("⏱ Happened at ", "⏱ 发生时间 "))
}

/// The host of a URL: what may be shown of one that holds a token. Empty if it is no URL: then the token
/// may be anywhere.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}
