//! One attempt at a plain webhook, as Argo CD makes it (notifications-engine `pkg/services/webhook.go`).

use std::fmt;

use dinghy_model::{Header, Problem, Secret, Verdict};
use dinghy_transport::{host_of, is_loopback};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use crate::answer::webhook_verdict;
use crate::transport::Sender;

/// One request to a plain webhook. `Debug` shows neither URL nor header values.
#[derive(Clone)]
pub struct WebhookRequest {
    /// With secrets already put in.
    pub url: Secret,
    /// `POST`, …; empty: `GET`, as Argo CD does.
    pub method: String,
    /// Appended to the URL, with one `/` between; empty: nothing. As in Argo CD it also lands after a
    /// query string, should the URL have one.
    pub path: String,
    /// With secrets already put in. There is no `Content-Type` but what stands here.
    pub headers: Vec<Header>,
    /// User and password.
    pub basic_auth: Option<(String, Secret)>,
    /// As rendered.
    pub body: String,
    /// Certificates are not checked.
    pub insecure_skip_verify: bool,
}

impl fmt::Debug for WebhookRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|header| header.name.as_str()).collect();
        f.debug_struct("WebhookRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

impl WebhookRequest {
    fn target(&self) -> Result<Url, Problem> {
        // Where the secret is in a broken URL nobody knows, so nothing of it is shown.
        let bad = |detail: String| Problem::BadUrl { url: String::new(), detail };
        let base = self.url.expose().trim();
        let joined = if self.path.is_empty() {
            base.to_owned()
        } else {
            format!("{}/{}", base.trim_end_matches('/'), self.path.trim_start_matches('/'))
        };
        let url = Url::parse(&joined).map_err(|error| bad(error.to_string()))?;
        match url.scheme() {
            "http" | "https" => Ok(url),
            _ => Err(bad("neither http nor https".to_owned())),
        }
    }

    fn build(&self, client: &reqwest::Client, target: Url) -> Result<reqwest::RequestBuilder, Problem> {
        let other = |detail: String| Problem::Other { detail };
        let method = if self.method.is_empty() { "GET".to_owned() } else { self.method.to_ascii_uppercase() };
        let method =
            Method::from_bytes(method.as_bytes()).map_err(|_| other(format!("method {method:?}")))?;
        let mut request = client.request(method, target).body(self.body.clone());
        for header in &self.headers {
            let broken = |_| other(format!("header {:?} holds what no header may hold", header.name));
            let name = HeaderName::try_from(&header.name)
                .map_err(|_| other(format!("header name {:?}", header.name)))?;
            let mut value = HeaderValue::try_from(&header.value).map_err(broken)?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        if let Some((user, password)) = &self.basic_auth {
            request = request.basic_auth(user, Some(password.expose()));
        }
        Ok(request)
    }

    /// The text without what went out as a secret, should the server echo it.
    fn scrub(&self, text: &str) -> String {
        let password = self.basic_auth.iter().map(|(_, password)| password.expose());
        let secrets = self.headers.iter().map(|header| header.value.as_str()).chain(password);
        // Short values (`1`, `json`) are no secrets, and hiding them would hide half the text.
        let secrets = secrets.chain([self.url.expose()]).filter(|secret| secret.len() >= 8);
        secrets.fold(text.to_owned(), |clean, secret| clean.replace(secret, "***"))
    }
}

impl Sender {
    /// Sends to a plain webhook. Any 2xx is `Delivered`, whatever its body says; 429, 5xx but 501, and
    /// trouble on the way are `Retry`; the rest is `Refused`.
    pub async fn webhook(&self, request: &WebhookRequest) -> Verdict {
        let built = request.target().and_then(|target| {
            let client = self.client(request.insecure_skip_verify, is_loopback(&target));
            let host = host_of(&target);
            Ok((request.build(client, target)?, host))
        });
        let (built, host) = match built {
            Ok(built) => built,
            Err(problem) => return Verdict::Refused { problem },
        };
        match self.exchange(built, &host).await {
            Ok(answer) => {
                let shown = request.scrub(&String::from_utf8_lossy(&answer.body));
                webhook_verdict(answer.status, &shown, answer.retry_after)
            }
            Err(verdict) => verdict,
        }
    }
}
