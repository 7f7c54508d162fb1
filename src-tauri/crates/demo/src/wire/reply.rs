//! Making responses: bodies that are whole, slow, cut, or streamed.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION, VARY};
use http::{Response, StatusCode};
use http_body::{Frame, SizeHint};
use serde_json::Value;
use tokio::sync::mpsc;

use super::Call;

/// A response's body.
pub(crate) enum Body {
    /// All there; taken when sent.
    Whole(Bytes),
    /// Comes piece by piece. An error cuts the connection.
    Pieces(mpsc::Receiver<io::Result<Bytes>>),
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => {
                pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

impl Body {
    /// A whole body's bytes; empty for a stream.
    fn whole(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Pieces(_) => Bytes::new(),
        }
    }

    /// The first half, ended as if it were all.
    pub(crate) fn half(self) -> Self {
        let bytes = self.whole();
        Self::Whole(bytes.slice(..bytes.len() / 2))
    }

    /// The first half, then the connection breaks.
    pub(crate) fn cut(self) -> Self {
        let bytes = self.whole();
        let (send, body) = channel(2);
        let half = bytes.slice(..bytes.len() / 2);
        // Two places in the channel: neither can fail.
        let _ = send.try_send(Ok(half));
        let _ = send.try_send(Err(io::Error::from(io::ErrorKind::ConnectionReset)));
        body
    }

    /// The same bytes, `size` at a time, `every` so often. Real time.
    pub(crate) fn slowly(self, size: usize, every: Duration) -> Self {
        let mut bytes = self.whole();
        let (send, body) = channel(1);
        tokio::spawn(async move {
            while !bytes.is_empty() {
                let piece = bytes.split_to(size.clamp(1, bytes.len()));
                if send.send(Ok(piece)).await.is_err() {
                    return;
                }
                tokio::time::sleep(every).await;
            }
        });
        body
    }
}

/// A body that someone else fills.
pub(crate) fn channel(room: usize) -> (mpsc::Sender<io::Result<Bytes>>, Body) {
    let (send, receive) = mpsc::channel(room);
    (send, Body::Pieces(receive))
}

/// A response of any type.
pub(crate) fn bytes(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Body> {
    let mut response = Response::new(Body::Whole(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A JSON response.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    bytes(status, "application/json", value.to_string())
}

/// A page.
pub(crate) fn html(status: StatusCode, page: impl Into<Bytes>) -> Response<Body> {
    bytes(status, "text/html; charset=utf-8", page)
}

/// Plain text with a newline, as Go's `http.Error` writes it.
pub(crate) fn text(status: StatusCode, line: &str) -> Response<Body> {
    let mut response = bytes(status, "text/plain; charset=utf-8", format!("{line}\n"));
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// A redirect.
pub(crate) fn redirect(to: &str) -> Response<Body> {
    let mut response = bytes(StatusCode::FOUND, "text/html; charset=utf-8", "");
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Whether the client takes gzip.
pub(crate) fn takes_gzip(call: &Call) -> bool {
    call.header("accept-encoding")
        .split(',')
        .any(|coding| coding.split(';').next().map(str::trim) == Some("gzip"))
}

/// Bytes packed with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> io::Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes)?;
    packed.finish().map(Bytes::from)
}

/// Marks a response whose body is packed already.
pub(crate) fn packed(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}
