//! Signing in, renewing, losing a session; and that no secret shows.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dinghy_model::{Auth, Problem, Secret};

use super::{Server, config, json, refusal, reply, reply_with, token};
use crate::client::{Account, Client};
use crate::session::Credential;

const EMPTY: &str = r#"{"metadata":{"resourceVersion":"1"},"items":null}"#;

fn password() -> Credential {
    Credential::Password(Secret::new("hunter2"))
}

fn jwt(exp: i64) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#)))
}

#[tokio::test]
async fn password_then_again_when_the_session_ends() {
    let signed_in = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.line.as_str() {
        "POST /api/v1/session" => {
            let n = signed_in.fetch_add(1, Ordering::SeqCst) + 1;
            json(&format!(r#"{{"token":"session-{n}"}}"#))
        }
        "GET /api/v1/session/userinfo" => json(r#"{"loggedIn":true,"username":"admin","iss":"argocd"}"#),
        _ if request.bearer() == Some("session-2") => json(EMPTY),
        _ => refusal(401, "invalid session: token is expired"),
    })
    .await;
    let client = server.client(password());
    assert_eq!(client.account().await, Ok(Account { logged_in: true, username: "admin".to_owned() }));
    assert!(client.list(drop).await.is_ok(), "the second session is taken");
    let posts: Vec<_> = server.seen().into_iter().filter(|seen| seen.line.starts_with("POST")).collect();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].body, r#"{"username":"admin","password":"hunter2"}"#);
    assert!(posts[0].has("content-type: application/json"), "exactly, or Argo CD answers 415: {posts:?}");
    assert_eq!(posts[1].bearer(), None);
}

#[tokio::test]
async fn signs_in_once_more_and_not_for_ever() {
    let server = Server::start(|request| match request.line.as_str() {
        "POST /api/v1/session" => json(r#"{"token":"useless"}"#),
        "GET /api/v1/session/userinfo" => json(r#"{"loggedIn":true,"username":"admin"}"#),
        _ => refusal(401, "invalid session: account disabled"),
    })
    .await;
    let outcome = server.client(password()).list(drop).await;
    let detail = "invalid session: account disabled".to_owned();
    assert_eq!(outcome, Err(Problem::TokenRevoked { detail }));
    assert_eq!(server.seen().iter().filter(|seen| seen.line.starts_with("POST")).count(), 2);
}

#[tokio::test]
async fn many_requests_sign_in_once() {
    let server = Server::start(|request| match request.line.as_str() {
        "POST /api/v1/session" => json(r#"{"token":"session"}"#),
        _ => json(r#"{"loggedIn":true,"username":"admin"}"#),
    })
    .await;
    let client = server.client(password());
    let (a, b, c) = tokio::join!(client.account(), client.account(), client.account());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(server.seen().iter().filter(|seen| seen.line.starts_with("POST")).count(), 1);
}

#[tokio::test]
async fn wrong_password() {
    let server = Server::start(|_| refusal(401, "Invalid username or password")).await;
    let outcome = server.client(password()).account().await;
    assert_eq!(outcome, Err(Problem::BadPassword { username: "admin".to_owned() }));
    assert_eq!(server.seen().len(), 1, "not tried twice: five failures lock the account for minutes");
}

#[tokio::test]
async fn a_password_that_is_a_word_of_the_refusal() {
    let server = Server::start(|_| refusal(401, "Invalid username or password")).await;
    let client = server.client(Credential::Password(Secret::new("password")));
    let outcome = client.list(drop).await;
    assert_eq!(outcome, Err(Problem::BadPassword { username: "admin".to_owned() }));
    assert_eq!(server.seen().len(), 1, "no second failure is counted");
}

#[tokio::test]
async fn renewed_by_cookie() {
    let renewed = jwt(2_000_000_000);
    let (first, second) = renewed.split_at(10);
    let cookies = [
        format!("Set-Cookie: argocd.token=2:{first}; path=/; SameSite=lax; httpOnly"),
        format!("Set-Cookie: argocd.token-1={second}; path=/; SameSite=lax; httpOnly"),
    ];
    let server = Server::start(move |_| {
        reply_with(
            200,
            &["Content-Type: application/json", &cookies[0], &cookies[1]],
            br#"{"loggedIn":true,"username":"x"}"#,
        )
    })
    .await;
    let client = server.client(token(&format!("{}\n", jwt(1_000_000_000))));
    assert_eq!(client.token_expiry(), Some(1_000_000_000_000));
    client.account().await.expect("signed in");
    client.account().await.expect("signed in");
    assert_eq!(client.token_expiry(), Some(2_000_000_000_000));
    assert_eq!(server.seen()[0].bearer(), Some(jwt(1_000_000_000).as_str()));
    assert_eq!(server.seen()[1].bearer(), Some(renewed.as_str()));
}

#[tokio::test]
async fn anonymous_access_hides_a_lost_token() {
    let server = Server::start(|request| match request.line.as_str() {
        "GET /api/v1/session/userinfo" => json("{}"),
        _ => json(EMPTY),
    })
    .await;
    let expired = server.client(token(&jwt(1_000_000_000)));
    let at_ms = Some(1_000_000_000_000);
    assert_eq!(expired.list(drop).await, Err(Problem::TokenExpired { at_ms }));
    let revoked = server.client(token(&jwt(4_000_000_000)));
    assert!(matches!(revoked.list(drop).await, Err(Problem::TokenRevoked { .. })));
    let anonymous = server.client(Credential::None);
    assert_eq!(anonymous.account().await, Ok(Account { logged_in: false, username: String::new() }));
    assert!(anonymous.list(drop).await.is_ok());
}

#[tokio::test]
async fn a_server_without_userinfo_still_lists() {
    let server = Server::start(|request| match request.line.as_str() {
        "GET /api/v1/applications" => json(EMPTY),
        _ => reply(404, "text/plain", "404 page not found"),
    })
    .await;
    assert!(server.client(token("a.b.c")).list(drop).await.is_ok());
}

#[tokio::test]
async fn no_secret_shows() {
    let server = Server::start(|request| {
        let echo = format!("{:?} {}", request.headers, request.body);
        match request.line.as_str() {
            "POST /api/v1/session" => refusal(401, &echo),
            "GET /api/version" => reply(200, "text/plain", &echo),
            _ => refusal(403, &echo),
        }
    })
    .await;
    let mut shown = String::new();
    for credential in [token("eyJ.se-cret.sig"), password()] {
        let client = server.client(credential.clone());
        shown.push_str(&format!("{client:?} {credential:?}"));
        shown.push_str(&format!("{:?}", client.version().await));
        shown.push_str(&format!("{:?}", client.account().await));
        shown.push_str(&format!("{:?}", client.list(drop).await));
        shown.push_str(&format!("{:?}", client.watch(None).await));
    }
    assert!(shown.contains("Forbidden") && shown.contains("***"), "{shown}");
    assert!(!shown.contains("se-cret") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn not_a_token_and_not_yet() {
    let server = Server::start(|_| json("{}")).await;
    let broken = server.client(token("line\nbreak"));
    assert_eq!(broken.account().await, Err(Problem::TokenRevoked { detail: "not a token".to_owned() }));
    let empty = server.client(token(" \n"));
    assert_eq!(empty.account().await, Err(Problem::NoToken));
    let mut sso = config(&server.url);
    sso.auth = Auth::Sso;
    assert_eq!(Client::new(&sso, Credential::None).err(), Some(Problem::SsoUnsupported));
}
