//! The event stream over HTTP.

use std::time::Duration;

use dinghy_model::{Health, Problem};

use super::{Do, Server, app, refusal, reply, stream, token};
use crate::session::Credential;
use crate::watch::{Watch, WatchEvent};

fn event(kind: &str, name: &str, health: &str) -> String {
    format!(r#"{{"result":{{"type":"{kind}","application":{}}}}}"#, app(name, health))
}

/// All that is heard, as words, up to the end or a problem.
async fn heard(watch: &mut Watch) -> (Vec<String>, Option<Problem>) {
    let mut words = Vec::new();
    loop {
        match watch.next().await {
            Ok(Some(WatchEvent::Changed(app))) => {
                words.push(format!("{} {}", app.summary.id.name, app.summary.health.word()));
            }
            Ok(Some(WatchEvent::Gone(id))) => words.push(format!("{} gone", id.name)),
            Ok(Some(WatchEvent::KeepAlive)) => words.push("alive".to_owned()),
            Ok(None) => return (words, None),
            Err(problem) => return (words, Some(problem)),
        }
    }
}

#[tokio::test]
async fn events_as_argo_cd_writes_them() {
    let first = format!("data: {} \n\n\n", event("ADDED", "a", "Healthy"));
    let second = format!(
        "data: {} \n\n\n:\ndata: {} \n\n\n",
        event("MODIFIED", "a", "Degraded"),
        event("DELETED", "a", "")
    );
    let server = Server::start(move |_| {
        let (start, end) = first.split_at(40);
        stream(&[start, end, ":\n", &second, "data: {\"result\":{\"type\":\"BOOKMARK\"}} \n\n\n"])
    })
    .await;
    let mut config = server.config();
    config.projects = vec!["p".to_owned()];
    let client = crate::Client::new(&config, token("a.b.c")).expect("a client");
    let mut watch = client.watch(Some("77")).await.expect("a stream");
    let (words, problem) = heard(&mut watch).await;
    assert_eq!(words, ["a Healthy", "alive", "a Degraded", "alive", "a gone"]);
    assert_eq!(problem, None, "the server closed in good order");
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "GET /api/v1/stream/applications?projects=p&resourceVersion=77");
    assert!(seen.has("accept: text/event-stream") && seen.has("accept-encoding: identity"), "{seen:?}");
    assert_eq!(seen.bearer(), Some("a.b.c"));
}

#[tokio::test]
async fn json_lines() {
    let lines = format!("{}\n{}\n", event("ADDED", "a", "Healthy"), event("MODIFIED", "a", "Missing"));
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    let server = Server::start(move |_| vec![Do::Send(head.into()), Do::Send(lines.clone().into())]).await;
    let mut watch = server.client(Credential::None).watch(None).await.expect("a stream");
    assert_eq!(heard(&mut watch).await, (vec!["a Healthy".to_owned(), "a Missing".to_owned()], None));
}

#[tokio::test]
async fn ends_that_are_no_end() {
    let error = |code: u16, message: &str| {
        format!(
            r#"data: {{"error":{{"grpc_code":1,"http_code":{code},"message":"{message}","http_status":""}}}} "#
        ) + "\n\n\n"
    };
    let check = async |last: Vec<String>, hang: bool, expected: &str| {
        let server = Server::start(move |_| {
            let mut steps = stream(&[":\n"]);
            steps.extend(last.iter().map(|piece| Do::Send(piece.clone().into())));
            steps.extend(hang.then_some(Do::Hang));
            steps
        })
        .await;
        let client = if hang { server.hasty_client() } else { server.client(Credential::None) };
        let mut watch = client.watch(None).await.expect("a stream");
        let (words, problem) = heard(&mut watch).await;
        assert_eq!(words, ["alive"]);
        let problem = format!("{problem:?}");
        assert!(problem.contains(expected), "{problem}");
    };
    check(vec![], true, "StreamStopped { detail: \"no sign of life for 0 s\" }").await;
    check(vec![error(500, "boom")], false, "StreamStopped { detail: \"boom\" }").await;
    check(vec![error(403, "permission denied")], false, "Forbidden { detail: \"permission denied\" }").await;
    check(vec![error(401, "invalid session: token is expired")], false, "TokenExpired").await;
    check(
        vec!["data: {\"result\" \n\n".to_owned()],
        false,
        "StreamStopped { detail: \"a line makes no sense",
    )
    .await;
}

#[tokio::test]
async fn connection_lost_in_the_middle() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n:\n\r\n";
    let server = Server::start(move |_| vec![Do::Send(head.into())]).await;
    let mut watch = server.client(Credential::None).watch(None).await.expect("a stream");
    let (words, problem) = heard(&mut watch).await;
    assert_eq!(words, ["alive"]);
    assert!(matches!(problem, Some(Problem::StreamStopped { .. })), "{problem:?}");
}

#[tokio::test]
async fn silence_is_noticed_by_a_caller_who_looks_away() {
    let server = Server::start(|_| [stream(&[":\n"]), vec![Do::Hang]].concat()).await;
    let mut watch = server.hasty_client().watch(None).await.expect("a stream");
    assert_eq!(watch.next().await, Ok(Some(WatchEvent::KeepAlive)));
    for _ in 0..500 {
        // Cancelled every 20 ms, as a `select!` with a ticking clock would do.
        if let Ok(outcome) = tokio::time::timeout(Duration::from_millis(20), watch.next()).await {
            assert!(matches!(outcome, Err(Problem::StreamStopped { .. })), "{outcome:?}");
            return;
        }
    }
    panic!("10 s of silence were not noticed");
}

#[tokio::test]
async fn refused_or_held_back() {
    let server = Server::start(|_| refusal(403, "permission denied")).await;
    let outcome = server.client(Credential::None).watch(None).await.err();
    assert_eq!(outcome, Some(Problem::Forbidden { detail: "permission denied".to_owned() }));
    let server = Server::start(|_| reply(504, "text/html", "<title>504 Gateway Time-out</title>")).await;
    let outcome = server.client(Credential::None).watch(None).await.err();
    let detail = "504 Gateway Time-out".to_owned();
    assert_eq!(outcome, Some(Problem::ServerError { status: 504, detail }));
    let server = Server::start(|_| vec![Do::Hang]).await;
    let outcome = server.hasty_client().watch(None).await.err();
    assert_eq!(outcome, Some(Problem::StreamStopped { detail: "it did not begin".to_owned() }));
}

#[tokio::test]
async fn the_first_words_may_come_late() {
    let late = [
        vec![Do::Wait(Duration::from_millis(200))],
        stream(&[&format!("data: {} \n\n\n", event("ADDED", "a", "Healthy"))]),
    ];
    let late = late.concat();
    let server = Server::start(move |_| late.clone()).await;
    let mut watch = server.client(Credential::None).watch(None).await.expect("a stream");
    assert!(
        matches!(watch.next().await, Ok(Some(WatchEvent::Changed(app))) if app.summary.health == Health::Healthy)
    );
}
