//! The HTTP client of one server, and what its failures mean. Knows nothing of Argo CD's answers.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{Problem, ServerConfig};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::tls;

/// How long each part of an exchange may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Name, TCP and TLS together.
    pub connect: Duration,
    /// From the request to the first byte of the answer.
    pub headers: Duration,
    /// The same for a refresh, which waits for Argo CD's controller.
    pub refresh: Duration,
    /// The same for a stream: Argo CD sends headers with its first keep-alive, after 15 s.
    pub stream_headers: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// Between two signs of life on a stream; keep-alives come every 15 s.
    pub silence: Duration,
    /// The same where the server sends no keep-alives (no event stream but JSON lines).
    pub silence_without_keepalive: Duration,
}

impl Patience {
    /// What the application uses; tests are less patient.
    pub(crate) const USUAL: Self = Self {
        connect: Duration::from_secs(5),
        headers: Duration::from_secs(30),
        refresh: Duration::from_secs(60),
        stream_headers: Duration::from_secs(30),
        idle: Duration::from_secs(30),
        silence: Duration::from_secs(45),
        silence_without_keepalive: Duration::from_secs(300),
    };
}

/// Where requests go, in the words of error messages.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// `host` or `host:port`.
    pub host: String,
    /// A proxy was configured: then a connection that fails is the proxy's.
    pub proxied: bool,
}

/// The HTTP client for `config`: rustls, no redirects, proxy from the settings or the system.
pub(crate) fn http(
    config: &ServerConfig,
    url: &Url,
    patience: &Patience,
) -> Result<reqwest::Client, Problem> {
    let tls = tls::config(config.ca_file.as_deref(), config.insecure_skip_verify)?;
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(Policy::none())
        .referer(false)
        .user_agent(concat!("dinghy/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.connect)
        .tcp_keepalive(Duration::from_secs(30))
        .dns_resolver(Arc::new(SystemNames));
    if let Some(proxy) = configured_proxy(config) {
        let proxy = reqwest::Proxy::all(proxy)
            .map_err(|error| Problem::Proxy { detail: innermost(&error.without_url()) })?;
        builder = builder.no_proxy().proxy(proxy);
    } else if is_loopback(url) {
        // As Go's ProxyFromEnvironment: the system's proxy is never asked for this machine itself.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| Problem::Other { detail: innermost(&error.without_url()) })
}

/// The proxy of the settings; an empty one counts as absent.
pub(crate) fn configured_proxy(config: &ServerConfig) -> Option<&str> {
    config.proxy.as_deref().filter(|proxy| !proxy.is_empty())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// What a failed exchange means.
pub(crate) fn problem(error: reqwest::Error, peer: &Peer) -> Problem {
    let error = error.without_url();
    let host = peer.host.clone();
    if let Some(tls_error) = causes(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls::problem(tls_error, &host);
    }
    let tunnel = causes(&error).any(|cause| cause.to_string().starts_with("tunnel error"));
    if tunnel || (peer.proxied && error.is_connect()) {
        return Problem::Proxy { detail: innermost(&error) };
    }
    if error.is_timeout() {
        return Problem::Timeout { host };
    }
    if causes(&error).any(|cause| cause.is::<NoSuchName>()) {
        return Problem::Dns { host };
    }
    if error.is_body() || error.is_decode() {
        return Problem::BodyCut { detail: innermost(&error) };
    }
    Problem::Refused { host, detail: innermost(&error) }
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
