//! List, get, sync and what stands around them.

use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions, Clock, Source};
use expect_test::expect;

use crate::client::{NOON_MS, Outcome, get, post};

/// A server with three applications in two projects.
fn server(options: ArgoCdOptions) -> std::io::Result<ArgoCd> {
    let accounts = vec![
        Account::new("admin").password("admin"),
        Account::new("trade-dev").projects(&["trade"]),
        Account::new("guest").read_only(),
    ];
    let server = ArgoCd::start(ArgoCdOptions { accounts, clock: Clock::manual(NOON_MS), ..options })?;
    for (name, project, env) in
        [("web", "trade", "prod"), ("api", "trade", "staging"), ("pay", "payment", "prod")]
    {
        let app = App { project: project.to_owned(), env: env.to_owned(), ..App::new(name) };
        server.put(app.build(NOON_MS));
    }
    Ok(server)
}

/// Names in a list's answer.
fn names(list: &serde_json::Value) -> String {
    let items = list["items"].as_array().into_iter().flatten();
    items.map(|app| app["metadata"]["name"].as_str().unwrap_or("?")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn lists_select_and_hide() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let (all, few) = (server.token("admin"), server.token("trade-dev"));
    let role = server.project_token("payment", "ci");
    let table = [
        (&all, "", "api pay web"),
        (&all, "?name=web", "web"),
        (&all, "?name=we", ""),
        (&all, "?projects=trade", "api web"),
        (&all, "?projects=trade&projects=payment", "api pay web"),
        (&all, "?project=payment", "pay"),
        (&all, "?selector=env%3Dprod", "pay web"),
        (&all, "?selector=env+in+(staging),team%3Dtrade", "api"),
        (&all, "?repo=https://git.yunhe.example/payment/deploy.git", "pay"),
        (&all, "?appNamespace=argocd&name=api", "api"),
        (&all, "?appNamespace=other", ""),
        // Accepted and ignored.
        (&all, "?refresh=hard&resourceVersion=999999999", "api pay web"),
        (&few, "", "api web"),
        (&few, "?projects=payment", ""),
        (&role, "", "pay"),
    ];
    for (token, query, expected) in table {
        let list = get(format!("{}/api/v1/applications{query}", server.url())).bearer(token).send().await?;
        assert_eq!((list.status, names(&list.json()).as_str()), (200, expected), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn answers_have_argo_cds_shapes() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let table = [
        ("admin", "?name=none", expect![[r#"200 {"metadata":{"resourceVersion":"100003"},"items":null}"#]]),
        ("admin", "?selector=a+b", expect![[r#"400 {"code":3,"error":"unable to parse requirement: a b","message":"unable to parse requirement: a b"}"#]]),
        (
            "admin",
            "?name=web&fields=items.metadata.name,items.spec.project,items.status.reconciledAt",
            expect![[r#"200 {"metadata":{"resourceVersion":"100003"},"items":[{"metadata":{"name":"web"},"spec":{"project":"trade"}}]}"#]],
        ),
        // What is not there looks like what may not be seen, unless the project is named.
        ("admin", "/none", expect![[r#"403 {"code":7,"error":"permission denied","message":"permission denied"}"#]]),
        ("admin", "/none?project=trade", expect![[r#"404 {"code":5,"error":"applications.argoproj.io \"none\" not found","message":"applications.argoproj.io \"none\" not found"}"#]]),
        ("trade-dev", "/pay", expect![[r#"403 {"code":7,"error":"permission denied","message":"permission denied"}"#]]),
        ("trade-dev", "/pay?project=payment", expect![[r#"403 {"code":7,"error":"permission denied","message":"permission denied"}"#]]),
        ("admin", "/web?project=payment", expect![[r#"404 {"code":5,"error":"applications.argoproj.io \"web\" not found","message":"applications.argoproj.io \"web\" not found"}"#]]),
        ("admin", "/web?refresh=soft", expect![[r#"400 {"code":3,"error":"invalid refresh type: soft","message":"invalid refresh type: soft"}"#]]),
        ("admin", "/web/revisions/9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d/metadata", expect![[r#"200 {"author":"张伟 <zhangwei@yunhe.example>","date":"2023-11-14T20:29:20Z","message":"chore: bump image to latest release"}"#]]),
        ("admin", "/web/revisions/main/metadata", expect![[r#"500 {"code":2,"error":"revision main must be resolved","message":"revision main must be resolved"}"#]]),
        ("admin", "/web/nothing", expect!["404 Not Found"]),
    ];
    for (account, target, expected) in table {
        let url = format!("{}/api/v1/applications{target}", server.url());
        expected.assert_eq(&get(url).bearer(&server.token(account)).send().await?.line());
    }
    Ok(())
}

#[tokio::test]
async fn a_list_leaves_the_health_of_resources_to_get() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let token = server.token("admin");
    let list =
        get(format!("{}/api/v1/applications?name=web", server.url())).bearer(&token).send().await?.json();
    let app = get(format!("{}/api/v1/applications/web", server.url())).bearer(&token).send().await?.json();
    let healths = |app: &serde_json::Value| {
        let resources = app["status"]["resources"].as_array().into_iter().flatten();
        resources.filter(|resource| resource.get("health").is_some()).count()
    };
    assert_eq!((healths(&list["items"][0]), healths(&app)), (0, 4));
    assert!(app.get("kind").is_none());
    Ok(())
}

#[tokio::test]
async fn refresh_compares_again() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let url = format!("{}/api/v1/applications/web", server.url());
    let token = server.token("admin");
    let before = get(&url).bearer(&token).send().await?.json();
    let after = get(format!("{url}?refresh=hard")).bearer(&token).send().await?.json();
    assert_eq!(after["status"]["reconciledAt"], "2023-11-14T22:13:20Z");
    assert_ne!(before["metadata"]["resourceVersion"], after["metadata"]["resourceVersion"]);
    Ok(())
}

#[tokio::test]
async fn fields_depend_on_the_version() -> Outcome {
    for (version, expected) in [
        ("v3.3.2+abc", "{}"),
        ("v2.8.0", "{}"),
        ("v3.5.0", r#"{"spec":{"project":"trade"}}"#),
        ("v3.6.0+37ee009", r#"{"spec":{"project":"trade"}}"#),
    ] {
        let server = server(ArgoCdOptions { version: version.to_owned(), ..ArgoCdOptions::default() })?;
        let url = format!("{}/api/v1/applications?name=web&fields=items.spec.project", server.url());
        let list = get(url).bearer(&server.token("admin")).send().await?.json();
        assert_eq!(list["items"][0].to_string(), expected, "{version}");
        assert!(list["metadata"]["resourceVersion"].is_string());
    }
    Ok(())
}

#[tokio::test]
async fn a_sync_is_asked_for_once_and_in_the_right_words() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let url = format!("{}/api/v1/applications/web/sync", server.url());
    let (admin, guest) = (server.token("admin"), server.token("guest"));
    let table = [
        (
            post(&url, "{}"),
            expect![[
                r#"401 {"code":16,"error":"no session information","message":"no session information"}"#
            ]],
        ),
        (
            post(&url, "{}").bearer(&admin).header("content-type", "application/json; charset=utf-8"),
            expect!["415 Invalid content type"],
        ),
        (
            post(&url, "{").bearer(&admin),
            expect![[
                r#"400 {"code":3,"error":"EOF while parsing an object at line 1 column 1","message":"EOF while parsing an object at line 1 column 1"}"#
            ]],
        ),
        (
            post(&url, "{}").bearer(&guest),
            expect![[
                r#"403 {"code":7,"error":"permission denied: applications, sync, trade/web, sub: guest, iat: 2023-11-14T22:13:20Z","message":"permission denied: applications, sync, trade/web, sub: guest, iat: 2023-11-14T22:13:20Z"}"#
            ]],
        ),
        (
            post(&url, r#"{"revision":"other"}"#).bearer(&admin),
            expect![[
                r#"400 {"code":9,"error":"Cannot sync to other: auto-sync currently set to main","message":"Cannot sync to other: auto-sync currently set to main"}"#
            ]],
        ),
        (
            post(url.replace("/web/", "/none/"), "{}").bearer(&admin),
            expect![[r#"403 {"code":7,"error":"permission denied","message":"permission denied"}"#]],
        ),
    ];
    for (ask, expected) in table {
        expected.assert_eq(&ask.send().await?.line());
    }
    let asked = r#"{"prune":true,"dryRun":false,"strategy":{"hook":{"force":true}},"syncOptions":{"items":["Replace=true"]}}"#;
    let app = post(&url, asked).bearer(&admin).send().await?.json();
    expect![[r#"{"initiatedBy":{"username":"admin"},"retry":{},"sync":{"prune":true,"syncOptions":["Replace=true"],"syncStrategy":{"hook":{"force":true}}}}"#]].assert_eq(&app["operation"].to_string());
    expect![[r#"400 {"code":9,"error":"another operation is already in progress","message":"another operation is already in progress"}"#]].assert_eq(&post(&url, "{}").bearer(&admin).send().await?.line());
    Ok(())
}

#[tokio::test]
async fn what_anyone_may_know() -> Outcome {
    let server = server(ArgoCdOptions { root_path: "/argocd".to_owned(), ..ArgoCdOptions::default() })?;
    let root = server.url().replace("/argocd", "");
    let anonymous = async |target: &str| -> Result<String, crate::client::Error> {
        let reply = get(format!("{}{target}", server.url())).send().await?;
        Ok(reply.line().replace(&root, "<root>"))
    };
    expect![[r#"200 {"Version":"v3.6.0+37ee009"}"#]].assert_eq(&anonymous("/api/version").await?);
    expect![[r#"200 {"appsInAnyNamespaceEnabled":true,"googleAnalytics":{"anonymizeUsers":true},"help":{"chatText":"Chat now!"},"kustomizeVersions":[],"url":"<root>/argocd"}"#]].assert_eq(&anonymous("/api/v1/settings").await?);
    expect!["200 {}"].assert_eq(&anonymous("/api/v1/session/userinfo").await?);
    expect![[r#"401 {"code":16,"error":"no session information","message":"no session information"}"#]]
        .assert_eq(&anonymous("/api/v1/applications").await?);
    // Without the prefix there is nothing but healthz.
    expect!["404 404 page not found"].assert_eq(&get(format!("{root}/api/version")).send().await?.line());
    expect!["200 ok"].assert_eq(&get(format!("{root}/healthz")).send().await?.line());
    let version =
        get(format!("{}/api/version", server.url())).bearer(&server.token("guest")).send().await?.json();
    assert!(version["KustomizeVersion"].is_string());
    Ok(())
}

#[tokio::test]
async fn answers_are_packed_for_who_takes_it() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    let token = server.token("admin");
    for (target, accept, packed) in [
        ("/api/v1/applications", "*/*", "gzip"),
        ("/api/version", "*/*", "gzip"),
        ("/api/v1/applications", "text/event-stream", ""),
    ] {
        let ask = get(format!("{}{target}", server.url())).bearer(&token).header("accept", accept);
        let reply = ask.header("accept-encoding", "br, gzip;q=0.9").send().await?;
        assert_eq!(reply.header("content-encoding"), packed, "{target} {accept}");
        assert_eq!(reply.body.starts_with(&[0x1f, 0x8b]), packed == "gzip");
    }
    Ok(())
}

#[tokio::test]
async fn the_log_says_what_was_asked() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    get(format!("{}/api/v1/applications?name=web", server.url())).header("user-agent", "test").send().await?;
    let log = server.requests();
    let one = log.first().ok_or("nothing logged")?;
    assert_eq!(
        (log.len(), one.method.as_str(), one.target.as_str(), one.status, one.user_agent.as_str(), one.at_ms),
        (1, "GET", "/api/v1/applications?name=web", 401, "test", NOON_MS)
    );
    Ok(())
}

#[tokio::test]
async fn long_lists_are_quick_to_serve() -> Outcome {
    let server = ArgoCd::start(ArgoCdOptions::default())?;
    App::many(200).for_each(|app| server.put(app));
    let ask = || get(format!("{}/api/v1/applications", server.url())).bearer(&server.token("admin"));
    let first = ask().send().await?;
    assert_eq!(first.json()["items"].as_array().map(Vec::len), Some(200));
    let again = ask().send().await?;
    assert_eq!(first.body, again.body);
    // A change is in the next list.
    server.edit("argocd", "app-00007", |app| app["status"]["sync"]["status"] = "OutOfSync".into());
    assert_ne!(ask().send().await?.body, again.body);
    Ok(())
}

#[tokio::test]
async fn links_in_messages_lead_to_a_page() -> Outcome {
    let server = server(ArgoCdOptions::default())?;
    server.put(App { source: Source::Folder, about: "<b>".to_owned(), ..App::new("x") }.build(NOON_MS));
    server.edit("argocd", "x", |app| app["status"]["operationState"]["message"] = "<script>".into());
    let page = get(format!("{}/applications/argocd/x", server.url())).send().await?;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("&lt;script&gt;") && !page.text().contains("<script>"));
    Ok(())
}
