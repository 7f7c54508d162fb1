//! The event stream.

use std::time::Duration;

use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions, Clock, Fault};
use expect_test::{Expect, expect};
use http::Response;
use hyper::body::Incoming;
use serde_json::json;

use crate::client::{BRIEFLY, Error, NOON_MS, Outcome, SOON, get, piece, until, whole};

struct Scene {
    server: ArgoCd,
    clock: Clock,
}

/// A server with two small applications, `a` in project `one` and `b` in project `two`.
fn scene() -> Result<Scene, Error> {
    let clock = Clock::manual(NOON_MS);
    let accounts = vec![Account::new("admin"), Account::new("one").projects(&["one"])];
    let server = ArgoCd::start(ArgoCdOptions {
        accounts,
        clock: clock.clone(),
        resource_version: 10,
        ..ArgoCdOptions::default()
    })?;
    for (name, project) in [("b", "two"), ("a", "one")] {
        server
            .put(json!({"metadata": {"name": name, "labels": {"env": name}}, "spec": {"project": project}}));
    }
    Ok(Scene { server, clock })
}

const SHORT: &str =
    "fields=result.type,result.application.metadata.name,result.application.status.sync.status";

impl Scene {
    async fn open(&self, account: &str, query: &str) -> Result<Response<Incoming>, Error> {
        let url = format!("{}/api/v1/stream/applications?{query}", self.server.url());
        let ask = get(url).bearer(&self.server.token(account)).header("accept", "text/event-stream");
        Ok(tokio::time::timeout(SOON, ask.open()).await??)
    }

    fn set_sync(&self, name: &str, status: &str) {
        self.server.edit("argocd", name, |app| app["status"]["sync"]["status"] = json!(status));
    }
}

async fn check(stream: &mut Response<Incoming>, expected: &Expect) {
    expected.assert_eq(&format!("{:?}", piece(stream, SOON).await.unwrap_or_default()));
}

#[tokio::test]
async fn events_are_written_to_the_byte() -> Outcome {
    let scene = scene()?;
    let mut stream = scene.open("admin", SHORT).await?;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert!(stream.headers().get("content-encoding").is_none());
    check(&mut stream, &expect![[r#""data: {\"result\":{\"application\":{\"metadata\":{\"name\":\"a\"},\"status\":{\"sync\":{\"status\":\"\"}}},\"type\":\"ADDED\"}} \n\n\n""#]]).await;
    check(&mut stream, &expect![[r#""data: {\"result\":{\"application\":{\"metadata\":{\"name\":\"b\"},\"status\":{\"sync\":{\"status\":\"\"}}},\"type\":\"ADDED\"}} \n\n\n""#]]).await;
    scene.set_sync("b", "Synced");
    check(&mut stream, &expect![[r#""data: {\"result\":{\"application\":{\"metadata\":{\"name\":\"b\"},\"status\":{\"sync\":{\"status\":\"Synced\"}}},\"type\":\"MODIFIED\"}} \n\n\n""#]]).await;
    // The same to this client: not sent again.
    scene.server.edit("argocd", "b", |app| app["status"]["reconciledAt"] = json!("x"));
    scene.server.remove("argocd", "a");
    check(&mut stream, &expect![[r#""data: {\"result\":{\"application\":{\"metadata\":{\"name\":\"a\"},\"status\":{\"sync\":{\"status\":\"\"}}},\"type\":\"DELETED\"}} \n\n\n""#]]).await;
    scene.server.put(json!({"metadata": {"name": "c"}}));
    check(&mut stream, &expect![[r#""data: {\"result\":{\"application\":{\"metadata\":{\"name\":\"c\"},\"status\":{\"sync\":{\"status\":\"\"}}},\"type\":\"ADDED\"}} \n\n\n""#]]).await;
    Ok(())
}

#[tokio::test]
async fn headers_come_with_the_first_event_or_keep_alive() -> Outcome {
    let scene = scene()?;
    let open = scene.open("admin", "resourceVersion=12");
    tokio::pin!(open);
    assert!(tokio::time::timeout(BRIEFLY, &mut open).await.is_err());
    until("a watcher", || scene.server.watchers() == 1).await;
    scene.clock.advance(Duration::from_millis(14_999));
    assert!(tokio::time::timeout(BRIEFLY, &mut open).await.is_err());
    scene.clock.advance(Duration::from_millis(1));
    let mut stream = open.await?;
    assert_eq!(stream.status(), 200);
    assert_eq!(piece(&mut stream, SOON).await.as_deref(), Some(":\n"));
    scene.clock.advance(Duration::from_secs(15));
    assert_eq!(piece(&mut stream, SOON).await.as_deref(), Some(":\n"));
    Ok(())
}

#[tokio::test]
async fn streams_select_hide_and_drop_what_is_older() -> Outcome {
    let table = [
        ("admin", "", "a b"),
        ("one", "", "a"),
        ("admin", "projects=two", "b"),
        ("admin", "selector=env%3Da", "a"),
        ("admin", "name=b", "b"),
        // With a name the object comes first whatever the version.
        ("admin", "name=b&resourceVersion=12", "b"),
        ("admin", "resourceVersion=12", "a b"),
        ("admin", "resourceVersion=13", "a b"),
        ("admin", "resourceVersion=14", "b"),
        ("admin", "resourceVersion=abc", "a b"),
    ];
    for (account, query, expected) in table {
        let scene = scene()?;
        let fields = "fields=result.application.metadata.name";
        let query = format!("{query}&{fields}");
        let open = scene.open(account, &query);
        let change = async {
            until("a watcher", || scene.server.watchers() == 1).await;
            scene.set_sync("a", "Synced");
            scene.set_sync("b", "Synced");
        };
        let (stream, ()) = tokio::join!(open, change);
        let mut stream = stream?;
        // Only names are asked for, so the change of a name that came first is no news.
        let mut names = Vec::new();
        while let Some(text) = piece(&mut stream, BRIEFLY).await {
            names
                .extend(["a", "b"].into_iter().filter(|name| text.contains(&format!("\"name\":\"{name}\""))));
        }
        assert_eq!(names.join(" "), expected, "{account} {query}");
    }
    Ok(())
}

#[tokio::test]
async fn losing_the_right_to_see_is_silent() -> Outcome {
    let scene = scene()?;
    let mut stream = scene.open("one", SHORT).await?;
    piece(&mut stream, SOON).await;
    scene.server.edit("argocd", "a", |app| app["spec"]["project"] = json!("two"));
    assert_eq!(piece(&mut stream, BRIEFLY).await, None);
    Ok(())
}

#[tokio::test]
async fn without_the_header_it_is_lines_of_json() -> Outcome {
    let scene = scene()?;
    let url = format!("{}/api/v1/stream/applications?{SHORT}", scene.server.url());
    let mut stream = get(url).bearer(&scene.server.token("admin")).header("accept", "*/*").open().await?;
    assert_eq!(stream.headers()["content-type"], "application/json");
    check(&mut stream, &expect![[r#""{\"result\":{\"application\":{\"metadata\":{\"name\":\"a\"},\"status\":{\"sync\":{\"status\":\"\"}}},\"type\":\"ADDED\"}}\n""#]]).await;
    piece(&mut stream, SOON).await;
    scene.clock.advance(Duration::from_secs(60));
    assert_eq!(piece(&mut stream, BRIEFLY).await, None);
    Ok(())
}

#[tokio::test]
async fn refusals_come_as_frames() -> Outcome {
    let scene = scene()?;
    let url = format!("{}/api/v1/stream/applications", scene.server.url());
    let stranger = get(&url).header("accept", "text/event-stream").send().await?;
    assert_eq!(stranger.header("content-type"), "text/event-stream");
    expect![[r#"401 data: {"error":{"grpc_code":16,"http_code":401,"http_status":"Unauthorized","message":"no session information"}}"#]].assert_eq(&stranger.line());
    let expired = scene.server.token_until("admin", NOON_MS);
    let expired = get(&url).bearer(&expired).header("accept", "text/event-stream").send().await?;
    expect![[r#"401 data: {"error":{"grpc_code":16,"http_code":401,"http_status":"Unauthorized","message":"invalid session: token has invalid claims: token is expired"}}"#]].assert_eq(&expired.line());
    // An including selection leaves nothing of an error.
    let cut = get(format!("{url}?fields=result.type")).header("accept", "text/event-stream").send().await?;
    assert_eq!(cut.line(), "401 data: {}");
    scene.server.fault(Fault::StreamRefused(502));
    let refused = whole(scene.open("admin", "").await?).await?;
    assert_eq!(refused.status, 502);
    let list =
        get(format!("{}/api/v1/applications", scene.server.url())).bearer(&scene.server.token("admin"));
    assert_eq!(list.send().await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn open_streams_go_wrong() -> Outcome {
    let rest = async |fault: Fault| -> Result<Vec<String>, Error> {
        let scene = scene()?;
        let mut stream = scene.open("admin", "selector=env%3Da").await?;
        piece(&mut stream, SOON).await;
        scene.server.fault(fault);
        tokio::time::sleep(Duration::from_millis(20)).await;
        scene.clock.advance(Duration::from_secs(60));
        scene.set_sync("a", "Synced");
        let mut rest = Vec::new();
        loop {
            use http_body_util::BodyExt;
            match tokio::time::timeout(BRIEFLY, stream.body_mut().frame()).await {
                Err(_) => rest.push("silence".to_owned()),
                Ok(None) => rest.push("end".to_owned()),
                Ok(Some(Err(_))) => rest.push("broken".to_owned()),
                Ok(Some(Ok(frame))) => {
                    let data = frame.into_data().unwrap_or_default();
                    rest.push(String::from_utf8_lossy(&data).into_owned());
                    continue;
                }
            }
            return Ok(rest);
        }
    };
    assert_eq!(rest(Fault::StreamSilent).await?, ["silence"]);
    assert_eq!(rest(Fault::StreamEnd).await?, ["end"]);
    assert_eq!(rest(Fault::StreamCut).await?, ["broken"]);
    expect![[r#"["data: {\"error\":{\"grpc_code\":16,\"http_code\":401,\"http_status\":\"Unauthorized\",\"message\":\"invalid session: token has invalid claims: token is expired\"}} \n\n", "end"]"#]].assert_eq(&format!("{:?}", rest(Fault::StreamUnauthorized).await?));
    // Nothing is cut by a token that expires meanwhile or by faults of single requests.
    assert!(rest(Fault::Unauthorized).await?.len() > 1);
    Ok(())
}

#[tokio::test]
async fn a_server_without_streams_answers_404() -> Outcome {
    let server = ArgoCd::start(ArgoCdOptions { stream: false, ..ArgoCdOptions::default() })?;
    server.put(App::new("a").build(0));
    let ask = get(format!("{}/api/v1/stream/applications", server.url())).bearer(&server.token("admin"));
    assert_eq!(ask.header("accept", "text/event-stream").send().await?.line(), "404 Not Found");
    Ok(())
}
