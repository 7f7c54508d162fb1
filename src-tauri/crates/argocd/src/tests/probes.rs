//! The connection test, step by step.

use dinghy_model::ServerConfig;
use expect_test::{Expect, expect};

use super::{Server, config, json, refusal, reply, token};
use crate::probe::{Progress, StepKind, probe};
use crate::session::Credential;

async fn check(config: &ServerConfig, credential: Credential, expected: Expect) {
    let mut told = Vec::new();
    let probe = probe(config, credential, |progress| told.push(progress)).await;
    // Each step is told as it comes, and that it begins where it may take its time.
    let tried: Vec<_> = told
        .iter()
        .filter_map(|progress| if let Progress::Tried(step) = progress { Some(step.clone()) } else { None })
        .collect();
    assert_eq!(tried, probe.steps);
    for kind in [StepKind::Reach, StepKind::SignIn, StepKind::Applications] {
        let begun = told.iter().position(|progress| *progress == Progress::Trying(kind));
        let done =
            told.iter().position(|progress| matches!(progress, Progress::Tried(step) if step.kind == kind));
        assert!(done.is_none() || begun < done && begun.is_some(), "{kind:?} in {told:?}");
    }
    let steps: Vec<String> = probe
        .steps
        .iter()
        .map(|step| match &step.outcome {
            Ok(found) => format!("{:?} ok {found}", step.kind).trim_end().to_owned(),
            Err(problem) => {
                let problem = serde_json::to_value(problem).expect("a problem is JSON");
                format!("{:?} {}", step.kind, problem["code"])
            }
        })
        .collect();
    assert_eq!(
        probe.problem().is_none(),
        probe.steps.len() >= 5 && probe.steps.iter().all(|s| s.outcome.is_ok())
    );
    expected.assert_eq(&steps.join(", "));
}

#[tokio::test]
async fn all_well_and_not() {
    let well = Server::start(|request| match request.line.as_str() {
        "GET /api/version" => json(r#"{"Version":"v3.1.0+abc"}"#),
        "GET /api/v1/session/userinfo" if request.bearer() == Some("good") => {
            json(r#"{"loggedIn":true,"username":"ci"}"#)
        }
        "GET /api/v1/session/userinfo" => json("{}"),
        "GET /api/v1/applications?fields=items.metadata.name" => {
            json(r#"{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}"#)
        }
        _ => refusal(500, "unexpected"),
    })
    .await;
    check(
        &well.config(),
        token("good"),
        expect!["Settings ok, Reach ok, Version ok v3.1.0+abc, SignIn ok ci, Applications ok 2"],
    )
    .await;
    check(
        &well.config(),
        token("bad"),
        expect![[r#"Settings ok, Reach ok, Version ok v3.1.0+abc, SignIn "token_revoked""#]],
    )
    .await;

    let forbids = Server::start(|request| match request.line.as_str() {
        "GET /api/version" => json(r#"{"Version":"v2.8.0"}"#),
        "GET /api/v1/session/userinfo" => json(r#"{"loggedIn":true,"username":"x"}"#),
        _ => refusal(403, "permission denied"),
    })
    .await;
    check(
        &forbids.config(),
        token("good"),
        expect![[r#"Settings ok, Reach ok, Version ok v2.8.0, SignIn ok x, Applications "forbidden""#]],
    )
    .await;

    let other = Server::start(|_| reply(200, "text/html", "<html>")).await;
    check(&other.config(), Credential::None, expect![[r#"Settings ok, Reach ok, Version "login_page""#]])
        .await;
    let broken = Server::start(|_| reply(503, "text/html", "<title>503</title>")).await;
    check(&broken.config(), Credential::None, expect![[r#"Settings ok, Reach ok, Version "server_error""#]])
        .await;

    let mut no_tls = well.config();
    no_tls.url = no_tls.url.replace("http:", "https:");
    check(&no_tls, Credential::None, expect![[r#"Settings ok, Reach ok, Tls "tls_other""#]]).await;
    check(&config("http://no-such-host.invalid"), Credential::None, expect![[r#"Settings ok, Reach "dns""#]])
        .await;
    let mut no_ca = well.config();
    no_ca.ca_file = Some("/no/such/file.pem".into());
    check(&no_ca, Credential::None, expect![[r#"Settings "ca_file""#]]).await;
}
