//! The client against small servers on loopback: real HTTP and real TLS, scripted answers.

mod failures;
mod lists;
mod probes;
mod sessions;
mod streams;
mod tls;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dinghy_model::{Auth, Secret, ServerConfig, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::Client;
use crate::session::Credential;
use crate::transport::Patience;

/// For tests in which nothing comes, so that they do not wait long. All others are as patient as the
/// application: on a busy machine nothing fails for being slow.
const HASTY: Patience = Patience {
    headers: Duration::from_millis(500),
    stream_headers: Duration::from_millis(500),
    idle: Duration::from_millis(500),
    silence: Duration::from_millis(500),
    ..Patience::USUAL
};

/// One request as it came over the wire.
#[derive(Clone, Debug)]
struct Seen {
    /// `GET /path?query`
    line: String,
    /// Header lines, names in lower case.
    headers: Vec<String>,
    body: String,
}

impl Seen {
    fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|line| line == header)
    }

    fn bearer(&self) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix("authorization: Bearer "))
    }
}

/// What the server does next on a connection.
#[derive(Clone, Debug)]
enum Do {
    Send(Vec<u8>),
    Wait(Duration),
    /// Says nothing more but keeps the connection.
    Hang,
}

/// A whole answer with its length.
fn reply(status: u16, content_type: &str, body: &str) -> Vec<Do> {
    reply_with(status, &[&format!("Content-Type: {content_type}")], body.as_bytes())
}

fn json(body: &str) -> Vec<Do> {
    reply(200, "application/json", body)
}

fn refusal(status: u16, message: &str) -> Vec<Do> {
    let body = serde_json::json!({"error": message, "code": 0, "message": message});
    reply(status, "application/json", &body.to_string())
}

fn reply_with(status: u16, headers: &[&str], body: &[u8]) -> Vec<Do> {
    let mut head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    vec![Do::Send([head.as_bytes(), body].concat())]
}

/// The head of an event stream: no length, the body ends with the connection.
fn stream(pieces: &[&str]) -> Vec<Do> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    std::iter::once(head).chain(pieces.iter().copied()).map(|piece| Do::Send(piece.into())).collect()
}

/// A server that answers each request as `script` says and remembers it.
#[derive(Clone)]
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    async fn start(script: impl Fn(&Seen) -> Vec<Do> + Send + Sync + 'static) -> Self {
        Self::start_with(None, script).await
    }

    async fn start_with(
        tls: Option<Arc<rustls::ServerConfig>>,
        script: impl Fn(&Seen) -> Vec<Do> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Self { url: format!("{scheme}://127.0.0.1:{port}"), seen: Arc::default() };
        let (seen, script) = (Arc::clone(&server.seen), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (seen, script, tls) = (Arc::clone(&seen), Arc::clone(&script), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(socket, &seen, &*script).await,
                        Some(tls) => {
                            if let Ok(socket) = tokio_rustls::TlsAcceptor::from(tls).accept(socket).await {
                                converse(socket, &seen, &*script).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    fn config(&self) -> ServerConfig {
        config(&self.url)
    }

    fn client(&self, credential: Credential) -> Client {
        Client::new(&self.config(), credential).expect("a client")
    }

    fn hasty_client(&self) -> Client {
        Client::with_patience(&self.config(), Credential::None, HASTY).expect("a client")
    }
}

/// Reads one request, plays one script, closes.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: S,
    seen: &Mutex<Vec<Seen>>,
    script: &(dyn Fn(&Seen) -> Vec<Do> + Send + Sync),
) {
    let Some(request) = read_request(&mut socket).await else {
        // As Go's server answers TLS on a plain port.
        let _ = socket.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n").await;
        return;
    };
    let steps = script(&request);
    seen.lock().expect("not poisoned").push(request);
    for step in steps {
        match step {
            Do::Send(bytes) => {
                let sent = socket.write_all(&bytes).await;
                if sent.is_err() || socket.flush().await.is_err() {
                    return;
                }
                // So that pieces arrive as pieces.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            Do::Wait(time) => tokio::time::sleep(time).await,
            Do::Hang => std::future::pending().await,
        }
    }
    let _ = socket.shutdown().await;
}

async fn read_request<S: AsyncRead + Unpin>(socket: &mut S) -> Option<Seen> {
    let mut text = Vec::new();
    let head_end = loop {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&piece[..count]);
        if !text[0].is_ascii_uppercase() {
            return None;
        }
        if let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(text[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<String> = lines.map(str::to_owned).collect();
    let length = headers
        .iter()
        .find_map(|header| header.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap_or(0));
    let mut body = text.split_off(head_end + 4);
    while body.len() < length {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        body.extend_from_slice(&piece[..count]);
    }
    Some(Seen { line, headers, body: String::from_utf8(body).ok()? })
}

fn config(url: &str) -> ServerConfig {
    ServerConfig {
        name: ServerName::from("prod"),
        url: url.to_owned(),
        auth: Auth::Token,
        username: "admin".to_owned(),
        watch: true,
        poll_interval: Duration::from_secs(30),
        projects: Vec::new(),
        selector: String::new(),
        ca_file: None,
        certificate_sha256: None,
        insecure_skip_verify: false,
        proxy: None,
    }
}

fn token(text: &str) -> Credential {
    Credential::Token(Secret::new(text))
}

/// An application's JSON with just enough in it.
fn app(name: &str, health: &str) -> String {
    format!(
        r#"{{"metadata":{{"name":"{name}","namespace":"argocd"}},"spec":{{"project":"default"}},"status":{{"health":{{"status":"{health}"}},"sync":{{"status":"Synced"}}}}}}"#
    )
}

/// The engine's tasks move between threads.
#[test]
fn futures_are_send() {
    fn send<T: Send>(_: T) {}
    let client = Client::new(&config("http://localhost"), Credential::None).expect("a client");
    send(client.list(drop));
    send(client.watch(None));
    send(client.account());
    send(crate::probe(&config("http://localhost"), Credential::None, drop));
    send(async { client.watch(None).await?.next().await });
}
