//! How long one server is waited for, and its HTTP client. Knows nothing of Argo CD's answers.

use std::time::Duration;

use dinghy_model::{Problem, ServerConfig};
use dinghy_transport::{Route, Trust, builder, finish, is_loopback, trust};
use url::Url;

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

/// The HTTP client for `config`, whose parsed URL is `url`.
pub(crate) fn http(
    config: &ServerConfig,
    url: &Url,
    patience: &Patience,
) -> Result<reqwest::Client, Problem> {
    let tls = trust(&Trust {
        ca_file: config.ca_file.as_deref(),
        pin: config.certificate_sha256,
        insecure: config.insecure_skip_verify,
    })?;
    let route = match configured_route(config) {
        Route::System if is_loopback(url) => Route::Direct,
        route => route,
    };
    finish(builder(tls, route)?.connect_timeout(patience.connect).tcp_keepalive(Duration::from_secs(30)))
}

/// The proxy of the settings, or the system's.
pub(crate) fn configured_route(config: &ServerConfig) -> Route<'_> {
    Route::configured(config.proxy.as_deref())
}
