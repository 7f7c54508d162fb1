//! What cannot be reached, and what answers but is no Argo CD.

use dinghy_model::Problem;
use tokio::net::TcpListener;

use super::{Do, Server, config, json, reply, reply_with};
use crate::client::Client;
use crate::session::Credential;

async fn version_of(url: &str, proxy: Option<&str>) -> Result<String, Problem> {
    let mut config = config(url);
    config.proxy = proxy.map(str::to_owned);
    Client::new(&config, Credential::None)?.version().await
}

/// A port on which nothing listens.
async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test]
async fn not_reached() {
    let port = closed_port().await;
    let refused = version_of(&format!("http://127.0.0.1:{port}"), None).await;
    match refused {
        Err(Problem::Refused { host, detail }) => {
            assert_eq!(host, format!("127.0.0.1:{port}"));
            assert!(detail.contains("refused"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
    let unknown = version_of("http://no-such-host.invalid", None).await;
    assert_eq!(unknown, Err(Problem::Dns { host: "no-such-host.invalid".to_owned() }));

    let silent = Server::start(|_| vec![Do::Hang]).await;
    assert!(matches!(silent.hasty_client().version().await, Err(Problem::Timeout { .. })));
    let curt = Server::start(|_| vec![]).await;
    assert!(matches!(version_of(&curt.url, None).await, Err(Problem::Refused { .. })));
}

#[tokio::test]
async fn through_a_proxy() {
    let proxy = Server::start(|request| match request.line.as_str() {
        "GET http://argocd.invalid/api/version" => json(r#"{"Version":"v3.0.0"}"#),
        line if line.starts_with("CONNECT ") => reply(407, "text/plain", "who are you"),
        _ => reply(500, "text/plain", "unexpected"),
    })
    .await;
    assert_eq!(version_of("http://argocd.invalid", Some(&proxy.url)).await.as_deref(), Ok("v3.0.0"));
    let refused = version_of("https://argocd.invalid", Some(&proxy.url)).await;
    assert_eq!(
        refused,
        Err(Problem::Proxy { detail: "tunnel error: proxy authorization required".to_owned() })
    );
    let absent = format!("http://user:hunter2@127.0.0.1:{}", closed_port().await);
    for target in ["http://argocd.invalid", "https://argocd.invalid"] {
        let outcome = version_of(target, Some(&absent)).await;
        let Err(Problem::Proxy { detail }) = &outcome else { panic!("{outcome:?}") };
        assert!(!detail.contains("hunter2"), "{detail}");
    }
    let nonsense = version_of("http://argocd.invalid", Some("http://user:hunter2@:x")).await;
    let Err(Problem::Proxy { detail }) = &nonsense else { panic!("{nonsense:?}") };
    assert!(!detail.contains("hunter2"), "{detail}");
}

#[tokio::test]
async fn something_else_answers() {
    let html = Server::start(|_| reply(200, "text/html", "<html><title>Sign in</title></html>")).await;
    assert!(matches!(version_of(&html.url, None).await, Err(Problem::LoginPage { .. })));
    let disguised = Server::start(|_| json("<!doctype html><title>Sign in</title>")).await;
    assert!(matches!(version_of(&disguised.url, None).await, Err(Problem::LoginPage { .. })));
    let away = Server::start(|_| reply_with(302, &["Location: https://sso.example/login?rd=x"], b"")).await;
    assert_eq!(version_of(&away.url, None).await, Err(Problem::LoginPage { host: "sso.example".to_owned() }));
    assert_eq!(away.seen().len(), 1, "no redirect is followed");
    let other = Server::start(|_| reply(404, "text/plain", "404 page not found\n")).await;
    assert!(matches!(version_of(&other.url, None).await, Err(Problem::NotArgoCd { .. })));
    let empty = Server::start(|_| json("{}")).await;
    assert!(matches!(version_of(&empty.url, None).await, Err(Problem::NotArgoCd { .. })));
    let nothing = Server::start(|_| reply(200, "text/plain", "")).await;
    assert!(matches!(version_of(&nothing.url, None).await, Err(Problem::NotArgoCd { .. })));
    let cut = Server::start(|_| json(r#"{"Version":"v3"#)).await;
    assert!(matches!(version_of(&cut.url, None).await, Err(Problem::BodyCut { .. })));
    let busy = Server::start(|_| reply_with(429, &["Retry-After: 7"], b"slow down")).await;
    assert_eq!(version_of(&busy.url, None).await, Err(Problem::TooManyRequests { retry_after_s: Some(7) }));
}
