//! Signing in, tokens of every kind, and how each ends.

use std::time::Duration;

use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions, Clock};
use expect_test::expect;

use crate::client::{Error, NOON_MS, Outcome, get, post};

fn server(clock: &Clock) -> std::io::Result<ArgoCd> {
    let accounts = vec![
        Account::new("admin").password("pass"),
        Account::new("ci"),
        Account::new("old").password("old").disabled(),
    ];
    ArgoCd::start(ArgoCdOptions { accounts, clock: clock.clone(), ..ArgoCdOptions::default() })
}

async fn list(server: &ArgoCd, token: &str) -> Result<String, Error> {
    let reply = get(format!("{}/api/v1/applications", server.url())).bearer(token).send().await?;
    Ok(reply.line())
}

#[tokio::test]
async fn logins_succeed_fail_and_are_limited() -> Outcome {
    let clock = Clock::manual(NOON_MS);
    let server = server(&clock)?;
    let login = async |body: &str| -> Result<String, Error> {
        Ok(post(format!("{}/api/v1/session", server.url()), body).send().await?.line())
    };
    let wrong = expect![[
        r#"401 {"code":16,"error":"Invalid username or password","message":"Invalid username or password"}"#
    ]];
    for body in [
        r#"{"username":"admin","password":"no"}"#,
        r#"{"username":"nobody","password":"pass"}"#,
        r#"{"username":"ci","password":"x"}"#,
        r#"{"username":"old","password":"old"}"#,
    ] {
        wrong.assert_eq(&login(body).await?);
    }
    expect![[r#"400 {"code":3,"error":"invalid character in body","message":"invalid character in body"}"#]]
        .assert_eq(&login("{").await?);
    expect![[r#"401 {"code":16,"error":"no credentials supplied","message":"no credentials supplied"}"#]]
        .assert_eq(&login("{}").await?);
    let right = r#"{"username":"admin","password":"pass"}"#;
    assert!(login(right).await?.starts_with(r#"200 {"token":"ey"#));
    // Five failures in five minutes shut the right password out too.
    for _ in 0..5 {
        wrong.assert_eq(&login(r#"{"username":"admin","password":"no"}"#).await?);
    }
    wrong.assert_eq(&login(right).await?);
    clock.advance(Duration::from_secs(300));
    assert!(login(right).await?.starts_with("200 "));
    let form = post(format!("{}/api/v1/session", server.url()), right).header("content-type", "text/plain");
    expect!["415 Invalid content type"].assert_eq(&form.send().await?.line());
    Ok(())
}

#[tokio::test]
async fn sessions_renew_by_cookie_and_end() -> Outcome {
    let clock = Clock::manual(NOON_MS);
    let server = server(&clock)?;
    let login = post(format!("{}/api/v1/session", server.url()), r#"{"username":"admin","password":"pass"}"#);
    let reply = login.send().await?;
    let token = reply.json()["token"].as_str().unwrap_or_default().to_owned();
    assert_eq!(reply.header("set-cookie"), format!("argocd.token={token}; path=/; SameSite=lax; httpOnly"));

    let call = async |token: &str| -> Result<(u16, String), Error> {
        let reply = get(format!("{}/api/v1/applications", server.url())).bearer(token).send().await?;
        Ok((reply.status, reply.header("set-cookie").to_owned()))
    };
    clock.advance(Duration::from_secs(24 * 3600 - 300));
    assert_eq!(call(&token).await?, (200, String::new()));
    clock.advance(Duration::from_secs(1));
    let (status, cookie) = call(&token).await?;
    let renewed =
        cookie.strip_prefix("argocd.token=").and_then(|rest| rest.split(';').next()).unwrap_or_default();
    assert_eq!((status, renewed == token, renewed.is_empty()), (200, false, false));
    clock.advance(Duration::from_secs(300));
    expect![[r#"401 {"code":16,"error":"invalid session: token has invalid claims: token is expired","message":"invalid session: token has invalid claims: token is expired"}"#]].assert_eq(&list(&server, &token).await?);
    assert_eq!(call(renewed).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn tokens_are_refused_with_a_reason() -> Outcome {
    let clock = Clock::manual(NOON_MS);
    let server = server(&clock)?;
    let other = ArgoCd::start(ArgoCdOptions { name: "other".to_owned(), ..ArgoCdOptions::default() })?;
    let ci = server.token("ci");
    assert!(list(&server, &ci).await?.starts_with("200 "));
    server.revoke(&ci);
    expect![[r#"401 {"code":16,"error":"invalid session: account ci does not have token with id 00000000-0000-4000-8000-000000000001","message":"invalid session: account ci does not have token with id 00000000-0000-4000-8000-000000000001"}"#]].assert_eq(&list(&server, &ci).await?);
    expect![[r#"401 {"code":16,"error":"invalid session: token has invalid claims: token is expired","message":"invalid session: token has invalid claims: token is expired"}"#]].assert_eq(&list(&server, &server.token_until("ci", NOON_MS)).await?);
    expect![[r#"401 {"code":16,"error":"invalid session: account 'nobody' does not exist","message":"invalid session: account 'nobody' does not exist"}"#]].assert_eq(&list(&server, &server.token("nobody")).await?);
    expect![[r#"401 {"code":16,"error":"invalid session: account old is disabled","message":"invalid session: account old is disabled"}"#]].assert_eq(&list(&server, &server.token("old")).await?);
    expect![[r#"401 {"code":16,"error":"invalid session: token signature is invalid: signature is invalid","message":"invalid session: token signature is invalid: signature is invalid"}"#]].assert_eq(&list(&server, &other.token("admin")).await?);
    // What has not the shape of a token is as if it were not there.
    expect![[r#"401 {"code":16,"error":"no session information","message":"no session information"}"#]]
        .assert_eq(&list(&server, "garbage").await?);
    let role = server.project_token("trade", "ci");
    assert!(list(&server, &role).await?.starts_with("200 "));
    server.revoke(&role);
    expect![[r#"401 {"code":16,"error":"invalid session: role 'ci' does not have token with id '00000000-0000-4000-8000-000000000005'","message":"invalid session: role 'ci' does not have token with id '00000000-0000-4000-8000-000000000005'"}"#]].assert_eq(&list(&server, &role).await?);
    let session = server.session_token("admin", Duration::from_secs(3600));
    server.revoke(&session);
    expect![[r#"401 {"code":16,"error":"invalid session: token is revoked, please re-login","message":"invalid session: token is revoked, please re-login"}"#]].assert_eq(&list(&server, &session).await?);
    Ok(())
}

#[tokio::test]
async fn the_cookie_does_when_the_bearer_is_none() -> Outcome {
    let server = server(&Clock::manual(NOON_MS))?;
    let cookie = format!("a=b; argocd.token={}", server.token("ci"));
    for bearer in ["Bearer garbage", "Basic YTpi"] {
        let ask = get(format!("{}/api/v1/session/userinfo", server.url())).header("cookie", cookie.clone());
        let reply = ask.header("authorization", bearer).send().await?;
        assert_eq!(reply.line(), r#"200 {"iss":"argocd","loggedIn":true,"username":"ci"}"#);
    }
    let logout = post(format!("{}/api/v1/session", server.url()), "").method("DELETE").send().await?;
    assert_eq!(
        (logout.line().as_str(), logout.header("set-cookie")),
        ("200 {}", "argocd.token=; path=/; SameSite=lax; httpOnly")
    );
    Ok(())
}

#[tokio::test]
async fn an_expired_token_becomes_anonymous_where_that_is_allowed() -> Outcome {
    let server = ArgoCd::start(ArgoCdOptions {
        anonymous: Some(Account::new("").projects(&["open"]).read_only()),
        clock: Clock::manual(NOON_MS),
        ..ArgoCdOptions::default()
    })?;
    for project in ["open", "closed"] {
        server.put(App { project: project.to_owned(), ..App::new(project) }.build(NOON_MS));
    }
    let seen = async |token: &str| -> Result<(u16, usize, String), Error> {
        let list = get(format!("{}/api/v1/applications", server.url())).bearer(token).send().await?;
        let info = get(format!("{}/api/v1/session/userinfo", server.url())).bearer(token).send().await?;
        let count = list.json()["items"].as_array().map_or(0, Vec::len);
        Ok((list.status, count, info.json()["loggedIn"].to_string()))
    };
    assert_eq!(seen(&server.token("admin")).await?, (200, 2, "true".to_owned()));
    assert_eq!(seen(&server.token_until("admin", NOON_MS)).await?, (200, 1, "null".to_owned()));
    Ok(())
}
