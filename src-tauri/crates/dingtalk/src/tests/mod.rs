//! The sender against small servers on loopback: real HTTP and real TLS, scripted answers.

mod robots;
mod webhooks;

use std::sync::{Arc, Mutex};

use dinghy_model::Verdict;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that gives its answers in turn, the last one again and again, and remembers what came.
struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: &[String]) -> Self {
        Self::start_with(None, answers).await
    }

    async fn start_with(tls: Option<rustls::ServerConfig>, answers: &[String]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Self { port: listener.local_addr().expect("an address").port(), seen: Arc::default() };
        let (seen, answers, tls) = (Arc::clone(&server.seen), answers.to_vec(), tls.map(Arc::new));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                match &tls {
                    None => converse(socket, &seen, &answers).await,
                    Some(tls) => {
                        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(tls));
                        if let Ok(socket) = acceptor.accept(socket).await {
                            converse(socket, &seen, &answers).await;
                        }
                    }
                }
            }
        });
        server
    }

    /// Whole requests as text.
    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("not poisoned").clone()
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: S,
    seen: &Mutex<Vec<String>>,
    answers: &[String],
) {
    let Some(request) = read_request(&mut socket).await else { return };
    let turn = {
        let mut seen = seen.lock().expect("not poisoned");
        seen.push(request);
        seen.len() - 1
    };
    let answer = answers.get(turn).or(answers.last()).cloned().unwrap_or_default();
    let _ = socket.write_all(answer.as_bytes()).await;
    let _ = socket.shutdown().await;
}

async fn read_request<S: AsyncRead + Unpin>(socket: &mut S) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&piece[..count]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap_or(0)) {
                return Some(so_far);
            }
        }
    }
}

fn answer(status: u16, headers: &[&str], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    format!("{text}\r\n{body}")
}

/// A robot's answer: 200 whatever the code.
fn errcode(code: i64, errmsg: &str) -> String {
    answer(
        200,
        &["Content-Type: application/json"],
        &serde_json::json!({"errcode": code, "errmsg": errmsg}).to_string(),
    )
}

/// The verdict in short, with all that it holds.
fn shown(verdict: &Verdict) -> String {
    format!("{verdict:?}")
}
