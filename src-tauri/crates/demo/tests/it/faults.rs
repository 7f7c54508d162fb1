//! What can go wrong with single requests, and that it ends when told.

use std::time::{Duration, Instant};

use dinghy_demo::{App, ArgoCd, ArgoCdOptions, Fault};
use expect_test::{Expect, expect};

use crate::client::{Ask, Outcome, get};

fn server() -> std::io::Result<ArgoCd> {
    let server =
        ArgoCd::start(ArgoCdOptions { root_path: "/argocd".to_owned(), ..ArgoCdOptions::default() })?;
    server.put(App::new("web").build(0));
    Ok(server)
}

fn list(server: &ArgoCd) -> Ask {
    get(format!("{}/api/v1/applications", server.url())).bearer(&server.token("admin"))
}

async fn check(fault: Fault, expected: &Expect) -> Outcome {
    let server = server()?;
    server.fault(fault.clone());
    let fate: String = list(&server).fate().await.chars().take(160).collect();
    expected.assert_eq(&fate);
    server.clear_fault();
    assert_eq!(list(&server).send().await?.status, 200, "{fault:?}");
    Ok(())
}

#[tokio::test]
async fn each_fault_has_its_face() -> Outcome {
    check(Fault::Refuse, &expect!["ConnectionRefused"]).await?;
    check(Fault::Reset, &expect![["ConnectionReset"]]).await?;
    check(Fault::Hang, &expect![["no answer"]]).await?;
    check(Fault::Unauthorized, &expect![[r#"401 {"code":16,"error":"invalid session: token has invalid claims: token is expired","message":"invalid session: token has invalid claims: token is expired"}"#]]).await?;
    check(
        Fault::Forbidden,
        &expect![[r#"403 {"code":7,"error":"permission denied","message":"permission denied"}"#]],
    )
    .await?;
    check(Fault::TooManyRequests { retry_after: Some(7) }, &expect![["429 too many requests"]]).await?;
    check(
        Fault::Status(503),
        &expect![[r#"
            503 <html>
            <head><title>503 Service Unavailable</title></head>
            <body>
            <center><h1>503 Service Unavailable</h1></center>
            <hr><center>nginx</center>
            </body>
            </htm"#]],
    )
    .await?;
    check(Fault::LoginPage, &expect![[r#"
        200 <!DOCTYPE html>
        <html><head><title>Sign in</title></head><body><form method="post"><h1>Single sign-on</h1><input name="user"><input name="password" type="pa"#]]).await?;
    check(Fault::LoginRedirect, &expect![["302 "]]).await
}

#[tokio::test]
async fn headers_that_matter_are_there() -> Outcome {
    let server = server()?;
    server.fault(Fault::TooManyRequests { retry_after: Some(7) });
    assert_eq!(list(&server).send().await?.header("retry-after"), "7");
    server.fault(Fault::LoginRedirect);
    let redirect = list(&server).send().await?;
    assert_eq!(redirect.header("location"), "/argocd/login?return_url=applications");
    let page = get(format!("{}/login?return_url=applications", server.url())).send().await?;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    Ok(())
}

#[tokio::test]
async fn bodies_are_cut_and_slowed() -> Outcome {
    let server = server()?;
    let whole = list(&server).header("accept-encoding", "gzip");
    let length = list(&server).send().await?.body.len();
    server.fault(Fault::CutJson);
    let half = whole.send().await?;
    assert_eq!((half.status, half.body.len(), half.json().is_null()), (200, length / 2, true));
    server.fault(Fault::CutBody);
    assert!(list(&server).send().await.is_err());
    server.fault(Fault::SlowBody { size: length / 4, every: Duration::from_millis(20) });
    let begun = Instant::now();
    assert_eq!(list(&server).send().await?.body.len(), length);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    Ok(())
}

#[tokio::test]
async fn a_fault_can_be_for_a_few_requests() -> Outcome {
    let server = server()?;
    server.fault_next(2, Fault::Status(502));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(list(&server).send().await?.status);
    }
    assert_eq!(statuses, [502, 502, 200, 200]);
    Ok(())
}

#[tokio::test]
async fn a_shut_port_cuts_open_streams() -> Outcome {
    let server = server()?;
    let stream = get(format!("{}/api/v1/stream/applications", server.url())).bearer(&server.token("admin"));
    let stream = stream.header("accept", "text/event-stream").open().await?;
    server.fault(Fault::Refuse);
    assert!(crate::client::whole(stream).await.is_err());
    Ok(())
}

#[test]
fn servers_work_and_stop_without_an_async_runtime() -> Outcome {
    let server = server()?;
    let address = server.url()[7..].split('/').next().unwrap_or_default().to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(server);
    assert!(std::net::TcpStream::connect(&address).is_err());
    Ok(())
}
