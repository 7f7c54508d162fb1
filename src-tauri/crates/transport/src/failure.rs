//! What it means when an exchange fails before there is a whole answer. Knows nothing of answers.

use std::error::Error;
use std::io;

use dinghy_model::Problem;

use crate::names::NoSuchName;
use crate::tls;

/// Where requests go, in the words of error messages.
#[derive(Clone, Debug)]
pub struct Peer {
    /// `host` or `host:port`.
    pub host: String,
    /// See [`Route::is_proxied`](crate::Route::is_proxied).
    pub proxied: bool,
}

/// What a failed exchange with `peer` means: a request that cannot be built (`BadUrl`), a problem of TLS, of
/// the proxy, of the name, of time, a body that was cut, or (whatever else) a connection refused.
pub fn problem(error: reqwest::Error, peer: &Peer) -> Problem {
    let error = error.without_url();
    let host = peer.host.clone();
    if let Some(tls_error) = causes(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls::problem(tls_error, host);
    }
    if error.is_builder() {
        return Problem::BadUrl { url: host, detail: innermost(&error) };
    }
    let tunnel = causes(&error).any(|cause| cause.to_string().starts_with("tunnel error"));
    if tunnel || (peer.proxied && error.is_connect()) {
        return Problem::Proxy { detail: innermost(&error) };
    }
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
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
