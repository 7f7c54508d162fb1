//! HTTP clients for robots and webhooks, and what their failures mean.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dinghy_model::{Problem, Verdict};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{DATE, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};

use crate::tls;

/// Of an answer, no more than this is read.
const ANSWER_BYTES: usize = 64 << 10;

/// How the sender reaches the outside.
#[derive(Clone, Default)]
pub struct SenderOptions {
    /// Proxy URL; `None` or empty: the system's. Never used for this machine itself.
    pub proxy: Option<String>,
    /// Extra CA certificates, PEM.
    pub extra_ca: Option<PathBuf>,
}

impl fmt::Debug for SenderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        let proxy = self.proxy.as_ref().map(|_| "***");
        f.debug_struct("SenderOptions").field("proxy", &proxy).field("extra_ca", &self.extra_ca).finish()
    }
}

/// Sends to robots and webhooks. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Sender {
    checked: Routes,
    unchecked: Routes,
    proxied: bool,
    /// DingTalk's clock minus this machine's, ms, learnt from a refused timestamp.
    clock_offset_ms: Arc<AtomicI64>,
}

/// Clients with one idea of trust.
#[derive(Clone)]
struct Routes {
    /// Through the proxy, if there is one.
    out: reqwest::Client,
    /// To this machine.
    loopback: reqwest::Client,
}

/// An answer that arrived.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<Duration>,
    /// The server's clock, Unix ms.
    pub(crate) date_ms: Option<i64>,
}

impl Sender {
    /// Clients for these options; connects to nothing yet. Fails with `CaFile` or `Proxy`.
    pub fn new(options: SenderOptions) -> Result<Self, Problem> {
        let proxy = options.proxy.as_deref().filter(|proxy| !proxy.is_empty());
        Ok(Self {
            checked: Routes::new(&tls::checked(options.extra_ca.as_deref())?, proxy)?,
            unchecked: Routes::new(&tls::unchecked()?, proxy)?,
            proxied: proxy.is_some(),
            clock_offset_ms: Arc::default(),
        })
    }

    pub(crate) fn client(&self, insecure: bool, loopback: bool) -> &reqwest::Client {
        let routes = if insecure { &self.unchecked } else { &self.checked };
        if loopback { &routes.loopback } else { &routes.out }
    }

    /// DingTalk's time when this machine's clock says `now_ms`.
    pub(crate) fn dingtalk_time(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add(self.clock_offset_ms.load(Ordering::Relaxed))
    }

    pub(crate) fn learn_clock(&self, server_ms: i64, now_ms: i64) {
        self.clock_offset_ms.store(server_ms.saturating_sub(now_ms), Ordering::Relaxed);
    }

    /// Sends one request to `host` and reads its answer.
    ///
    /// Whatever goes wrong on the way may heal: networks come back, and a login page in front of one
    /// (with its own certificate) goes away. Only a request that cannot be built is `Refused`.
    pub(crate) async fn exchange(&self, request: RequestBuilder, host: &str) -> Result<Answer, Verdict> {
        let failed = |error: reqwest::Error| {
            if error.is_builder() {
                let detail = innermost(&error.without_url());
                return Verdict::Refused { problem: Problem::BadUrl { url: host.to_owned(), detail } };
            }
            Verdict::Retry { problem: problem(error, host, self.proxied), after: None }
        };
        let mut response = request.send().await.map_err(failed)?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            body: Vec::new(),
            retry_after: header(&response, RETRY_AFTER)
                .and_then(|text| text.parse().ok())
                .map(Duration::from_secs),
            date_ms: header(&response, DATE).and_then(date_ms),
        };
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let room = ANSWER_BYTES - answer.body.len();
            answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if answer.body.len() == ANSWER_BYTES {
                break;
            }
        }
        Ok(answer)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("proxied", &self.proxied).finish_non_exhaustive()
    }
}

impl Routes {
    fn new(tls: &rustls::ClientConfig, proxy: Option<&str>) -> Result<Self, Problem> {
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .http1_only()
                .redirect(Policy::none())
                .referer(false)
                .user_agent(concat!("dinghy/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(Duration::from_secs(10))
                .timeout(Duration::from_secs(30))
                .dns_resolver(Arc::new(SystemNames))
        };
        let broken = |error: reqwest::Error| innermost(&error.without_url());
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| Problem::Other { detail: broken(error) })
        };
        let out = match proxy {
            Some(proxy) => {
                let proxy =
                    reqwest::Proxy::all(proxy).map_err(|error| Problem::Proxy { detail: broken(error) })?;
                builder().no_proxy().proxy(proxy)
            }
            None => builder(),
        };
        Ok(Self { out: build(out)?, loopback: build(builder().no_proxy())? })
    }
}

fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

fn date_ms(text: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(text).ok()?;
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

/// What a failed exchange means.
fn problem(error: reqwest::Error, host: &str, proxied: bool) -> Problem {
    let error = error.without_url();
    if let Some(tls_error) = causes(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls::problem(tls_error, host);
    }
    let tunnel = causes(&error).any(|cause| cause.to_string().starts_with("tunnel error"));
    if tunnel || (proxied && error.is_connect()) {
        return Problem::Proxy { detail: innermost(&error) };
    }
    let host = host.to_owned();
    if error.is_timeout() {
        Problem::Timeout { host }
    } else if causes(&error).any(|cause| cause.is::<NoSuchName>()) {
        Problem::Dns { host }
    } else if error.is_body() || error.is_decode() {
        Problem::BodyCut { detail: innermost(&error) }
    } else {
        Problem::Refused { host, detail: innermost(&error) }
    }
}

/// The error and everything below it. An `io::Error` is opened by hand: its `source` skips what it wraps.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| match cause.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => cause.source(),
    })
}

/// The last cause says most (`Connection refused (os error 111)`).
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The system's resolver, with a failure that can be told from others.
struct SystemNames;

/// The name was not found, or no resolver answered.
#[derive(Debug)]
struct NoSuchName(io::Error);

impl fmt::Display for NoSuchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for NoSuchName {}

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NoSuchName)?;
            let found: Vec<_> = found.collect();
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}
