//! A client that hides nothing: status, headers, bytes, and how a connection broke.

use std::time::Duration;

use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Whatever can go wrong in a test.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
/// What tests return.
pub(crate) type Outcome = Result<(), Error>;

/// A whole answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Status and body, for tables.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.status, self.text().trim_end())
    }
}

/// One request, before it is sent.
pub(crate) struct Ask {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(crate) fn get(url: impl Into<String>) -> Ask {
    Ask { method: "GET", url: url.into(), headers: Vec::new(), body: Vec::new() }
}

/// With the content type that both servers want.
pub(crate) fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Ask {
    let ask = Ask { method: "POST", url: url.into(), headers: Vec::new(), body: body.into() };
    ask.header("content-type", "application/json")
}

impl Ask {
    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sends it and reads the head of the answer.
    pub(crate) async fn open(self) -> Result<Response<Incoming>, Error> {
        let url = url::Url::parse(&self.url)?;
        let stream =
            TcpStream::connect((url.host_str().unwrap_or_default(), url.port().unwrap_or(80))).await?;
        self.over(stream).await
    }

    /// The same over a connection that is there.
    pub(crate) async fn over<S>(self, stream: S) -> Result<Response<Incoming>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let url = url::Url::parse(&self.url)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut request = Request::builder().method(self.method).uri(target);
        request = request.header("host", url.authority());
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        Ok(sender.send_request(request.body(Full::new(Bytes::from(self.body)))?).await?)
    }

    /// Sends it and reads the answer whole.
    pub(crate) async fn send(self) -> Result<Reply, Error> {
        whole(self.open().await?).await
    }

    /// How the answer ends, in a word.
    pub(crate) async fn fate(self) -> String {
        match tokio::time::timeout(Duration::from_millis(300), self.send()).await {
            Err(_) => "no answer".to_owned(),
            Ok(Ok(reply)) => reply.line(),
            Ok(Err(error)) => broken(error.as_ref()),
        }
    }
}

/// Reads an answer whole.
pub(crate) async fn whole(response: Response<Incoming>) -> Result<Reply, Error> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body })
}

/// The first kind of IO error in a chain of causes, else the first message.
fn broken(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = Some(error);
    while let Some(now) = cause {
        if let Some(io) = now.downcast_ref::<std::io::Error>() {
            return format!("{:?}", io.kind());
        }
        cause = now.source();
    }
    error.to_string()
}

/// The next piece of a streamed answer; None after `patience` or at the end.
pub(crate) async fn piece(response: &mut Response<Incoming>, patience: Duration) -> Option<String> {
    let frame = tokio::time::timeout(patience, response.body_mut().frame()).await.ok()??.ok()?;
    frame.into_data().ok().map(|data| String::from_utf8_lossy(&data).into_owned())
}

/// Time enough for anything on loopback.
pub(crate) const SOON: Duration = Duration::from_secs(5);
/// Time enough to believe that nothing comes.
pub(crate) const BRIEFLY: Duration = Duration::from_millis(150);
/// When tests with a manual clock begin.
pub(crate) const NOON_MS: i64 = 1_700_000_000_000;

/// Waits until something holds; panics when it never does.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
