//! A request, read whole.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

/// A request, read whole: bodies here are small.
pub(crate) struct Call {
    /// The method.
    pub(crate) method: Method,
    /// As on the wire, still percent-encoded.
    pub(crate) path: String,
    /// As on the wire, without the question mark.
    pub(crate) raw_query: String,
    /// Decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    /// As sent.
    pub(crate) headers: HeaderMap,
    /// As sent.
    pub(crate) body: Bytes,
    /// Who asks.
    pub(crate) peer: IpAddr,
}

impl Call {
    /// A header as text, empty if absent or not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The first value of a query parameter, empty if absent: as Go's `Query().Get` has it.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All non-empty values of a query parameter under any of `names`.
    pub(crate) fn params(&self, names: &[&str]) -> Vec<String> {
        let wanted = |key: &str, value: &str| names.contains(&key) && !value.is_empty();
        self.query.iter().filter(|(key, value)| wanted(key, value)).map(|(_, value)| value.clone()).collect()
    }

    /// Path and query as on the wire.
    pub(crate) fn target(&self) -> String {
        match self.raw_query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

/// One path segment, decoded.
pub(crate) fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
