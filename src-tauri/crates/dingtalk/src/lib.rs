//! Client for DingTalk's custom group robots (钉钉自定义机器人) and for plain webhooks.
//!
//! Knows how one request is made and what its answer means. Knows nothing of queues, rules or
//! templates: the engine's courier decides when to send and what to do with a [`Verdict`].
//!
//! Invariants: a 200 alone is never success for a robot; signature and timestamp are made fresh for
//! every attempt; neither `access_token`, `sign` nor a header's value is part of an error or of `Debug`.

use std::path::PathBuf;
use std::time::Duration;

use dinghy_model::{Header, Problem, Secret, Verdict};

/// A checked robot URL. `Display` and `Debug` show the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct RobotUrl(Secret);

/// How the sender reaches the outside.
#[derive(Clone, Debug, Default)]
pub struct SenderOptions {
    /// Proxy URL; None: the system's.
    pub proxy: Option<String>,
    /// Extra CA, PEM.
    pub extra_ca: Option<PathBuf>,
}

/// Sends to robots and webhooks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {}

/// One request to a plain webhook.
#[derive(Clone, Debug)]
pub struct WebhookRequest {
    /// With secrets already put in.
    pub url: Secret,
    /// `POST`, …; empty: `GET`, as Argo CD does.
    pub method: String,
    /// Appended to the URL; empty: nothing.
    pub path: String,
    /// With secrets already put in.
    pub headers: Vec<Header>,
    /// User and password.
    pub basic_auth: Option<(String, Secret)>,
    /// As rendered.
    pub body: String,
    /// Certificates are not checked.
    pub insecure_skip_verify: bool,
}

/// At most 18 messages to one robot in any 60 s.
#[derive(Clone, Debug, Default)]
pub struct Limiter {}

#[allow(missing_docs, unused_variables)]
impl Sender {
    pub fn new(options: SenderOptions) -> Result<Self, Problem> {
        unimplemented!()
    }
    pub async fn robot(
        &self,
        url: &RobotUrl,
        sign_secret: Option<&Secret>,
        body: &str,
        uuid: &str,
        now_ms: i64,
    ) -> Verdict {
        unimplemented!()
    }
    pub async fn webhook(&self, request: &WebhookRequest) -> Verdict {
        unimplemented!()
    }
}

#[allow(missing_docs, unused_variables)]
impl Limiter {
    pub fn new() -> Self {
        unimplemented!()
    }
    /// Takes a place if there is one: `Ok`, else how long to wait.
    pub fn take(&mut self, robot: &str, now_ms: i64) -> Result<(), Duration> {
        unimplemented!()
    }
    /// Send times of the last minute, Unix ms.
    pub fn saved(&self, robot: &str) -> Vec<i64> {
        unimplemented!()
    }
    pub fn load(&mut self, robot: &str, times_ms: &[i64]) {
        unimplemented!()
    }
}

/// `…/robot/send` on any host.
#[allow(unused_variables)]
pub fn is_robot_url(url: &str) -> bool {
    unimplemented!()
}
/// Checks a robot's URL.
#[allow(unused_variables)]
pub fn check_robot_url(url: &Secret) -> Result<RobotUrl, Problem> {
    unimplemented!()
}
/// A stable id of the robot that is no secret.
#[allow(unused_variables)]
pub fn robot_key(url: &RobotUrl) -> String {
    unimplemented!()
}
/// The `sign` parameter, not percent-encoded.
#[allow(unused_variables)]
pub fn sign(secret: &Secret, timestamp_ms: i64) -> String {
    unimplemented!()
}
/// What an answer of a robot means.
#[allow(unused_variables)]
pub fn verdict(status: u16, body: &[u8], retry_after: Option<Duration>) -> Verdict {
    unimplemented!()
}
/// `{"msgtype":"text",…}`.
#[allow(unused_variables)]
pub fn text_message(content: &str) -> String {
    unimplemented!()
}
/// `{"msgtype":"markdown",…}`.
#[allow(unused_variables)]
pub fn markdown_message(title: &str, text: &str) -> String {
    unimplemented!()
}
