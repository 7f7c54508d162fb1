//! HTTP clients for robots and webhooks, and one exchange with them. Knows nothing of their answers.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dinghy_model::{Problem, Verdict};
use dinghy_transport::{Peer, Route, Trust, builder, finish, problem, trust};
use reqwest::header::{DATE, HeaderName, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};

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
        let route = Route::configured(options.proxy.as_deref());
        Ok(Self {
            checked: Routes::new(
                &trust(&Trust { ca_file: options.extra_ca.as_deref(), ..Trust::default() })?,
                route,
            )?,
            // For a plain webhook with `insecureSkipVerify`, never for a robot.
            unchecked: Routes::new(&trust(&Trust { insecure: true, ..Trust::default() })?, route)?,
            proxied: route.is_proxied(),
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
        let peer = Peer { host: host.to_owned(), proxied: self.proxied };
        let failed = |error: reqwest::Error| match problem(error, &peer) {
            problem @ Problem::BadUrl { .. } => Verdict::Refused { problem },
            problem => Verdict::Retry { problem, after: None },
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
    fn new(tls: &rustls::ClientConfig, out: Route<'_>) -> Result<Self, Problem> {
        let client = |route| {
            let builder = builder(tls.clone(), route)?
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(Duration::from_secs(10))
                .timeout(Duration::from_secs(30));
            finish(builder)
        };
        Ok(Self { out: client(out)?, loopback: client(Route::Direct)? })
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
