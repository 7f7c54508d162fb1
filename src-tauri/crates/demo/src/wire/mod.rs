//! The HTTP server under both fakes: a thread, a port, TLS, and what can go wrong on the wire.
//!
//! Knows nothing of Argo CD or DingTalk: a [`Site`] answers, this carries.

mod call;
mod host;
mod port;
mod reply;
mod tls;

use std::pin::Pin;

use http::Response;

pub(crate) use call::{Call, decode};
pub(crate) use host::Host;
pub(crate) use port::Port;
pub(crate) use reply::{Body, bytes, channel, gzip, html, json, packed, redirect, takes_gzip, text};
pub use tls::Tls;
pub(crate) use tls::{Authority, Identity};

/// What a site does about a request.
pub(crate) enum Answer {
    /// The usual.
    Reply(Response<Body>),
    /// The connection is reset without a word.
    Reset,
    /// The request is taken and never answered.
    Hang,
}

/// Who answers requests.
pub(crate) trait Site: Send + Sync + 'static {
    /// Answers one request. Dropped when the client goes away first.
    fn answer(&self, call: Call) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>>;
}
