//! The list and the single application over HTTP.

use std::io::Write as _;

use dinghy_model::{AppId, Health, Problem, ServerName};

use super::{Do, Server, app, json, refusal, reply, reply_with, token};
use crate::client::Client;
use crate::list::Listed;
use crate::session::Credential;

fn three() -> String {
    let items = [app("a", "Healthy"), app("b", "Degraded"), app("c", "Missing")].join(",");
    format!(r#"{{"metadata":{{"resourceVersion":"77"}},"items":[{items}]}}"#)
}

/// The same as Argo CD sends it to who takes gzip.
fn gzipped(body: &str) -> Vec<Do> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body.as_bytes()).expect("memory");
    let bytes = gzip.finish().expect("memory");
    reply_with(200, &["Content-Type: application/json", "Content-Encoding: gzip"], &bytes)
}

async fn listed(client: &Client) -> (Vec<(String, Health)>, Result<Listed, Problem>) {
    let mut apps = Vec::new();
    let outcome = client.list(|app| apps.push((app.summary.id.to_string(), app.summary.health))).await;
    (apps, outcome)
}

#[tokio::test]
async fn in_one_piece_in_many_and_compressed() {
    let whole = three();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut pieces = vec![Do::Send(head.into())];
    for piece in whole.as_bytes().chunks(100) {
        pieces.push(Do::Send([format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()));
    }
    pieces.push(Do::Send(b"0\r\n\r\n".to_vec()));
    for answer in [json(&whole), pieces, gzipped(&whole)] {
        let server = Server::start(move |_| answer.clone()).await;
        let (apps, outcome) = listed(&server.client(Credential::None)).await;
        let expected = [("a", Health::Healthy), ("b", Health::Degraded), ("c", Health::Missing)];
        assert_eq!(apps, expected.map(|(name, health)| (format!("prod/argocd/{name}"), health)));
        assert_eq!(outcome, Ok(Listed { resource_version: "77".to_owned(), count: 3 }));
    }
}

#[tokio::test]
async fn what_is_asked() {
    let server = Server::start(|_| json(r#"{"metadata":{"resourceVersion":"1"},"items":null}"#)).await;
    let mut config = server.config();
    config.url.push_str("/argocd/");
    config.projects = vec!["a b".to_owned(), "c".to_owned()];
    config.selector = "team=x,env!=dev".to_owned();
    let client = Client::new(&config, Credential::None).expect("a client");
    let (apps, outcome) = listed(&client).await;
    assert!(apps.is_empty() && outcome.is_ok());
    let seen = server.seen();
    assert_eq!(
        seen[0].line,
        "GET /argocd/api/v1/applications?projects=a+b&projects=c&selector=team%3Dx%2Cenv%21%3Ddev"
    );
    assert!(seen[0].has("accept: application/json"), "{seen:?}");
    assert!(seen[0].has("accept-encoding: gzip"), "{seen:?}");
    assert!(seen[0].has(concat!("user-agent: dinghy/", env!("CARGO_PKG_VERSION"))), "{seen:?}");
    assert_eq!(seen[0].bearer(), None);
}

#[tokio::test]
async fn cut_in_the_middle() {
    let whole = three();
    let half = whole[..whole.len() - 40].to_owned();
    // Once the connection ends too early, once the server itself ends the body so.
    let early = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{half}",
        whole.len()
    );
    for answer in [vec![Do::Send(early.into_bytes())], json(&half)] {
        let server = Server::start(move |_| answer.clone()).await;
        let (apps, outcome) = listed(&server.client(Credential::None)).await;
        assert_eq!(apps.len(), 2, "what came whole is handed out");
        assert!(matches!(outcome, Err(Problem::BodyCut { .. })), "{outcome:?}");
    }
    let silent =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{half}");
    let server = Server::start(move |_| vec![Do::Send(silent.clone().into_bytes()), Do::Hang]).await;
    let (apps, outcome) = listed(&server.hasty_client()).await;
    assert_eq!(apps.len(), 2);
    assert!(matches!(outcome, Err(Problem::Timeout { .. })), "{outcome:?}");
}

#[tokio::test]
async fn no_list() {
    for (body, expected) in [("hello", "hello"), ("{}", "{}"), ("[1]", "[1]")] {
        let server = Server::start(move |_| json(body)).await;
        let (_, outcome) = listed(&server.client(Credential::None)).await;
        let host = server.url.trim_start_matches("http://").to_owned();
        assert_eq!(outcome, Err(Problem::NotArgoCd { host, detail: expected.to_owned() }));
    }
}

#[tokio::test]
async fn one_application() {
    let id = |name: &str| AppId {
        server: ServerName::from("prod"),
        namespace: "team-a".to_owned(),
        name: name.to_owned(),
    };
    let server = Server::start(|request| match request.line.as_str() {
        line if line.contains("/gone?") => {
            reply(404, "application/json", r#"{"error":"not found","code":5,"message":"not found"}"#)
        }
        line if line.contains("/hidden?") => refusal(403, "permission denied"),
        line if line.contains("/nowhere?") => reply(404, "text/plain", "404 page not found"),
        _ => json(&app("a", "Healthy")),
    })
    .await;
    let client = server.client(token("a.b.c"));
    let found = client.get(&id("a/b"), "default").await.expect("an answer").expect("an application");
    assert_eq!(found.summary.health, Health::Healthy);
    assert_eq!(client.get(&id("gone"), "default").await, Ok(None));
    assert_eq!(
        client.get(&id("hidden"), "").await,
        Err(Problem::Forbidden { detail: "permission denied".to_owned() })
    );
    assert!(matches!(client.get(&id("nowhere"), "").await, Err(Problem::NotArgoCd { .. })));
    assert!(client.refresh(&id("a")).await.is_ok());
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines[0], "GET /api/v1/applications/a%2Fb?appNamespace=team-a&project=default");
    assert_eq!(lines[4], "GET /api/v1/applications/a?appNamespace=team-a&refresh=normal");
}

/// 2,000 applications of 15 KB. Prints the time with `--release --nocapture`; asserts only that
/// the whole is never held.
#[tokio::test]
async fn thirty_megabytes() {
    let resource = r#"{"group":"apps","version":"v1","kind":"Deployment","namespace":"team-payments","name":"web-frontend","status":"Synced","health":{"status":"Healthy"},"requiresPruning":false},"#;
    let resources = resource.repeat(80);
    let resources = resources.trim_end_matches(',');
    let items: Vec<String> = (0..2000)
        .map(|n| {
            app(&format!("app-{n}"), "Healthy")
                .replace(r#""sync":{"#, &format!(r#""resources":[{resources}],"sync":{{"revision":"abc","#))
        })
        .collect();
    let body = format!(r#"{{"metadata":{{"resourceVersion":"1"}},"items":[{}]}}"#, items.join(","));
    let megabytes = body.len() / 1_000_000;

    let mut scanner = crate::scan::Scanner::default();
    let server = ServerName::from("prod");
    let (mut count, started) = (0, std::time::Instant::now());
    for chunk in body.as_bytes().chunks(64 << 10) {
        scanner
            .push(chunk, &mut |item| {
                let text = std::str::from_utf8(item).expect("UTF-8");
                count += crate::summary::snapshot(&server, text)
                    .map(|app| app.json.len())
                    .map(|_| 1)
                    .expect("JSON");
                Ok::<(), crate::scan::Fault>(())
            })
            .expect("a list");
    }
    eprint_time("cut and summarised", megabytes, started);
    assert_eq!(count, 2000);

    for (what, answer) in [("over loopback", json(&body)), ("over loopback, gzip", gzipped(&body))] {
        let server = Server::start(move |_| answer.clone()).await;
        let client = server.client(Credential::None);
        let started = std::time::Instant::now();
        let listed = client.list(drop).await.expect("a list");
        eprint_time(what, megabytes, started);
        assert_eq!(listed.count, 2000);
    }
}

/// A figure for whoever runs this test by hand.
#[allow(clippy::print_stderr)]
fn eprint_time(what: &str, megabytes: usize, started: std::time::Instant) {
    eprintln!("{megabytes} MB {what} in {:?}", started.elapsed());
}
