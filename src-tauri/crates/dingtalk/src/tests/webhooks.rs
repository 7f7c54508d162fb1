//! Plain webhooks: what goes over the wire is what Argo CD would send.

use std::time::Duration;

use dinghy_model::{Header, Problem, Secret, Verdict};

use super::{Server, answer, shown};
use crate::{Sender, SenderOptions, WebhookRequest};

fn request(url: &str) -> WebhookRequest {
    WebhookRequest {
        url: Secret::new(url),
        method: String::new(),
        path: String::new(),
        headers: Vec::new(),
        basic_auth: None,
        body: "{\"a\":1}".to_owned(),
        insecure_skip_verify: false,
    }
}

async fn send(request: &WebhookRequest) -> Verdict {
    Sender::new(SenderOptions::default()).expect("a sender").webhook(request).await
}

#[tokio::test]
async fn on_the_wire() {
    let server = Server::start(&[answer(204, &[], "")]).await;
    let base = format!("http://127.0.0.1:{}", server.port);
    let plain = request(&format!("{base}/hook?key=x"));
    assert_eq!(send(&plain).await, Verdict::Delivered);
    let full = WebhookRequest {
        method: "post".to_owned(),
        path: "//a/b?c=d".to_owned(),
        headers: vec![
            Header { name: "Content-Type".to_owned(), value: "application/json".to_owned() },
            Header { name: "X-Two".to_owned(), value: "1".to_owned() },
            Header { name: "X-Two".to_owned(), value: "2".to_owned() },
        ],
        basic_auth: Some(("me".to_owned(), Secret::new("hunter2"))),
        ..request(&format!("{base}/hook//"))
    };
    assert_eq!(send(&full).await, Verdict::Delivered);
    let seen = server.seen();
    assert!(seen[0].starts_with("GET /hook?key=x HTTP/1.1\r\n"), "{}", seen[0]);
    assert!(!seen[0].contains("content-type"), "none is made up: {}", seen[0]);
    assert!(seen[0].ends_with("\r\n\r\n{\"a\":1}"), "{}", seen[0]);
    assert!(seen[1].starts_with("POST /hook/a/b?c=d HTTP/1.1\r\n"), "{}", seen[1]);
    for header in
        ["content-type: application/json", "x-two: 1", "x-two: 2", "authorization: Basic bWU6aHVudGVyMg=="]
    {
        assert!(seen[1].contains(&format!("\r\n{header}\r\n")), "{header} in {}", seen[1]);
    }
}

#[tokio::test]
async fn answers() {
    let busy = Server::start(&[answer(503, &["Retry-After: 7"], "later")]).await;
    let verdict = send(&request(&format!("http://127.0.0.1:{}", busy.port))).await;
    let problem = Problem::WebhookStatus { status: 503, detail: "later".to_owned() };
    assert_eq!(verdict, Verdict::Retry { problem, after: Some(Duration::from_secs(7)) });

    let away = Server::start(&[answer(307, &["Location: http://127.0.0.1:1/"], "")]).await;
    let verdict = send(&request(&format!("http://127.0.0.1:{}", away.port))).await;
    assert!(matches!(verdict, Verdict::Refused { problem: Problem::WebhookStatus { status: 307, .. } }));
    assert_eq!(away.seen().len(), 1, "a redirect is not followed: headers may hold secrets");
}

#[tokio::test]
async fn no_secret_shows() {
    let echo = Server::start(&[answer(400, &[], "bad: Bearer se-cret-1 and se-cret-2!")]).await;
    let with_secrets = WebhookRequest {
        headers: vec![Header { name: "Authorization".to_owned(), value: "Bearer se-cret-1".to_owned() }],
        basic_auth: Some(("me".to_owned(), Secret::new("se-cret-2"))),
        ..request(&format!("http://127.0.0.1:{}/se-cret-3", echo.port))
    };
    let absent = request("http://127.0.0.1:1/se-cret-3");
    let broken_header = WebhookRequest {
        headers: vec![Header { name: "X".to_owned(), value: "se-cret-1\n".to_owned() }],
        ..with_secrets.clone()
    };
    let mut text = format!("{with_secrets:?}");
    for request in [with_secrets, absent, broken_header, request("se-cret-3"), request("ftp://h/se-cret-3")] {
        let verdict = send(&request).await;
        assert_ne!(verdict, Verdict::Delivered);
        text.push_str(&shown(&verdict));
    }
    assert!(text.contains("bad: *** and ***!") && text.contains("BadUrl"), "{text}");
    assert!(!text.contains("se-cret"), "{text}");
}
