//! Robots: what goes over the wire, and the second try with DingTalk's clock.

use std::sync::Arc;

use dinghy_model::{Problem, Secret, Verdict};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;

use super::{Server, answer, errcode, shown};
use crate::{RobotUrl, Sender, SenderOptions, check_robot_url, sign};

const NOW: i64 = 1_700_000_000_004;
const BODY: &str = "{\"msgtype\": \"text\",\n \"text\": {\"content\": \"失败 <a&b>\"}}";

fn sender() -> Sender {
    Sender::new(SenderOptions::default()).expect("a sender")
}

fn robot(server: &Server) -> RobotUrl {
    let url = format!("http://127.0.0.1:{}/robot/send?access_token=to-ken", server.port);
    check_robot_url(&Secret::new(url)).expect("a robot")
}

fn secret() -> Secret {
    Secret::new("SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
}

#[tokio::test]
async fn on_the_wire() {
    let server = Server::start(&[errcode(0, "ok")]).await;
    let verdict = sender().robot(&robot(&server), Some(&secret()), BODY, "id-1", NOW).await;
    assert_eq!(verdict, Verdict::Delivered);
    let request = &server.seen()[0];
    assert!(
        request.starts_with(
            "POST /robot/send?access_token=to-ken&timestamp=1700000000004&sign=ZeaJlNY30xUaF%2Fp%2BhFzRR5gZ4qFj%2Bi4uxCJUEwchUXQ%3D HTTP/1.1\r\n"
        ),
        "{request}"
    );
    assert!(request.contains("\r\ncontent-type: application/json; charset=utf-8\r\n"), "{request}");
    assert!(
        request.contains(concat!("\r\nuser-agent: dinghy/", env!("CARGO_PKG_VERSION"), "\r\n")),
        "{request}"
    );
    let marked = format!("{},\"msgUuid\":\"id-1\"}}", &BODY[..BODY.len() - 1]);
    assert!(request.ends_with(&format!("\r\n\r\n{marked}")), "{request}");

    sender().robot(&robot(&server), None, BODY, "id-1", NOW).await;
    sender().robot(&robot(&server), Some(&Secret::new("")), BODY, "id-1", NOW).await;
    for request in &server.seen()[1..] {
        assert!(request.starts_with("POST /robot/send?access_token=to-ken HTTP/1.1"), "{request}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_put_right_once() {
    let server_ms = 1_700_007_200_000;
    let date = ["Content-Type: application/json", "Date: Wed, 15 Nov 2023 00:13:20 GMT"];
    let stale = answer(200, &date, r#"{"errcode":310000,"errmsg":"invalid timestamp, more: [x]"}"#);
    let stamp = |request: &str| {
        let query = request.split(' ').nth(1).and_then(|path| path.split_once('?')).expect("a query").1;
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).expect(name).1.clone();
        (value("timestamp").parse::<i64>().expect("a number"), value("sign"))
    };

    let server = Server::start(&[stale.clone(), errcode(0, "ok")]).await;
    let sender = sender();
    let verdict = sender.robot(&robot(&server), Some(&secret()), BODY, "id-1", NOW).await;
    assert_eq!(verdict, Verdict::Delivered);
    let verdict = sender.robot(&robot(&server), Some(&secret()), BODY, "id-2", NOW + 1000).await;
    assert_eq!(verdict, Verdict::Delivered, "the next one is right from the start");
    let times: Vec<_> = server.seen().iter().map(|request| stamp(request)).collect();
    let expected = [NOW, server_ms, server_ms + 1000].map(|time| (time, sign(&secret(), time)));
    assert_eq!(times, expected);

    let server = Server::start(&[stale]).await;
    let verdict = sender.robot(&robot(&server), Some(&secret()), BODY, "id-3", NOW).await;
    assert!(shown(&verdict).starts_with("Refused { problem: Robot { refusal: Timestamp"), "{verdict:?}");
    assert_eq!(server.seen().len(), 2, "twice and no more");

    let without_date = Server::start(&[errcode(310_000, "invalid timestamp")]).await;
    sender.robot(&robot(&without_date), Some(&secret()), BODY, "id-4", NOW).await;
    assert_eq!(without_date.seen().len(), 1, "no other clock to go by");
}

#[tokio::test]
async fn not_sent_at_all() {
    let server = Server::start(&[errcode(0, "ok")]).await;
    let verdict = sender().robot(&robot(&server), None, "{\"a\": \"b", "id", NOW).await;
    assert!(matches!(verdict, Verdict::Refused { problem: Problem::BodyNotJson { .. } }), "{verdict:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn failures_on_the_way_and_no_secret_in_them() {
    let closed = Server { port: 1, seen: Arc::default() };
    let refused = sender().robot(&robot(&closed), Some(&secret()), BODY, "id", NOW).await;
    assert!(matches!(&refused, Verdict::Retry { problem: Problem::Refused { .. }, .. }), "{refused:?}");
    let curt = Server::start(&[String::new()]).await;
    let cut = sender().robot(&robot(&curt), Some(&secret()), BODY, "id", NOW).await;
    assert!(matches!(&cut, Verdict::Retry { .. }), "{cut:?}");
    let away = Server::start(&[answer(302, &["Location: https://portal.invalid/"], "")]).await;
    let redirected = sender().robot(&robot(&away), Some(&secret()), BODY, "id", NOW).await;
    assert!(matches!(&redirected, Verdict::Retry { .. }), "{redirected:?}");

    let path = "/robot/send?access_token=to-ken&timestamp=1700000000004&sign=ZeaJlNY30xUaF%2Fp%2BhFzRR5gZ4qFj%2Bi4uxCJUEwchUXQ%3D";
    let echo = Server::start(&[answer(404, &[], &format!("<p>no {path}</p>"))]).await;
    let echoed = sender().robot(&robot(&echo), Some(&secret()), BODY, "id", NOW).await;
    assert!(shown(&echoed).contains("access_token=***&timestamp=1700000000004&sign=***"), "{echoed:?}");
    for verdict in [refused, cut, redirected, echoed] {
        let shown = shown(&verdict);
        assert!(!shown.contains("to-ken") && !shown.contains("ZeaJ") && !shown.contains("SEC"), "{shown}");
    }
}

#[tokio::test]
async fn a_token_that_is_a_word_of_the_answer() {
    let server = Server::start(&[errcode(0, "ok")]).await;
    let url = format!("http://127.0.0.1:{}/robot/send?access_token=errcode", server.port);
    let url = check_robot_url(&Secret::new(url)).expect("a robot");
    assert_eq!(sender().robot(&url, None, BODY, "id", NOW).await, Verdict::Delivered);
}

#[tokio::test]
async fn through_a_proxy() {
    let proxy = Server::start(&[answer(407, &[], "who are you")]).await;
    let options =
        SenderOptions { proxy: Some(format!("http://u:hunter2@127.0.0.1:{}", proxy.port)), extra_ca: None };
    assert!(!format!("{options:?}").contains("hunter2"));
    let sender = Sender::new(options).expect("a sender");
    let url = Secret::new("https://oapi.dingtalk.invalid/robot/send?access_token=to-ken");
    let url = check_robot_url(&url).expect("a robot");
    let verdict = sender.robot(&url, None, BODY, "id", NOW).await;
    assert!(matches!(&verdict, Verdict::Retry { problem: Problem::Proxy { .. }, .. }), "{verdict:?}");
    assert!(proxy.seen()[0].starts_with("CONNECT oapi.dingtalk.invalid:443 "), "{:?}", proxy.seen());
    assert!(!proxy.seen()[0].contains("to-ken"));
    let here = Server::start(&[errcode(0, "ok")]).await;
    assert_eq!(sender.robot(&robot(&here), None, BODY, "id", NOW).await, Verdict::Delivered);
}

/// How a robot on https with this certificate is judged.
async fn over_tls(with_ca: bool, change: impl FnOnce(&mut CertificateParams)) -> Verdict {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let pem = folder.path().join("ca.pem");
    std::fs::write(&pem, certificate.pem()).expect("disk");
    let server = Server::start_with(Some(tls), &[errcode(0, "ok")]).await;
    let url = Secret::new(format!("https://localhost:{}/robot/send?access_token=to-ken", server.port));
    let sender =
        Sender::new(SenderOptions { proxy: None, extra_ca: with_ca.then_some(pem) }).expect("a sender");
    sender.robot(&check_robot_url(&url).expect("a robot"), None, BODY, "id", NOW).await
}

#[tokio::test]
async fn certificates() {
    // Each server has a port of its own: only the kind and the names are compared.
    let problem = |verdict: Verdict| {
        let Verdict::Retry { problem, .. } = &verdict else { panic!("{verdict:?}") };
        let json = serde_json::to_value(problem).expect("a problem is JSON");
        assert!(json["host"].as_str().is_some_and(|host| host.starts_with("localhost:")), "{json}");
        format!("{} {}", json["code"], json["names"])
    };
    assert_eq!(over_tls(true, |_| {}).await, Verdict::Delivered);
    assert_eq!(problem(over_tls(false, |_| {}).await), r#""tls_untrusted" null"#);
    let ca = over_tls(false, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)).await;
    assert_eq!(problem(ca), r#""tls_untrusted" null"#);
    let old = over_tls(true, |params| params.not_after = date_time_ymd(2002, 1, 1)).await;
    assert_eq!(problem(old), r#""tls_expired" null"#);
    let early = over_tls(true, |params| params.not_before = date_time_ymd(2200, 1, 1)).await;
    assert_eq!(problem(early), r#""tls_not_yet_valid" null"#);
    let other = over_tls(true, |params| {
        *params = CertificateParams::new(vec!["other.example".to_owned()]).expect("a name");
    });
    assert_eq!(problem(other.await), r#""tls_wrong_name" ["other.example"]"#);
}

#[test]
fn options_that_cannot_be_used() {
    let missing = SenderOptions { proxy: None, extra_ca: Some("/no/such/ca.pem".into()) };
    assert!(matches!(Sender::new(missing), Err(Problem::CaFile { .. })));
    let nonsense = SenderOptions { proxy: Some("http://u:hunter2@:x".to_owned()), extra_ca: None };
    let problem = Sender::new(nonsense).expect_err("no proxy");
    assert!(matches!(problem, Problem::Proxy { .. }) && !format!("{problem:?}").contains("hunter2"));
}
