//! Servers as they are: every way in, every way to fail, and what a failure must not touch.

use std::time::{Duration, Instant};

use dinghy_api::wire::{ProbeView, ServerForm};
use dinghy_api::words::code;
use dinghy_demo::{Account, ArgoCd, ArgoCdOptions, Clock, Fault, Tls};
use dinghy_model::{Auth, Lang, ServerState, Status};

use crate::house::{Dinghy, House, PATIENCE, argocd, dingtalk, health, put, server, texts};

fn start(options: ArgoCdOptions) -> ArgoCd {
    ArgoCd::start(options).expect("a server")
}

fn with_tls(tls: Tls) -> ArgoCd {
    start(ArgoCdOptions { tls, ..ArgoCdOptions::default() })
}

/// The state of a server and the code of its problem; None if there is no such server (yet).
fn state(status: &Status, name: &str) -> Option<(ServerState, String)> {
    let server = server(status, name)?;
    Some((server.state, server.problem.as_ref().map(code).unwrap_or_default()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_its_state_its_problem_and_its_words() {
    use ServerState::{Forbidden, Live, NotArgoCd, Polling, TlsProblem, Unauthorized, Unreachable};
    let dingtalk = dingtalk();
    let mut house = House::new();
    let mut servers = Vec::new();
    let mut rows = Vec::new();

    let faults = [
        ("unauthorized", Fault::Unauthorized, Unauthorized, "token_expired"),
        ("forbidden", Fault::Forbidden, Forbidden, "forbidden"),
        ("login-page", Fault::LoginPage, NotArgoCd, "login_page"),
        ("login-redirect", Fault::LoginRedirect, NotArgoCd, "login_page"),
        ("gateway", Fault::Status(502), Unreachable, "server_error"),
        ("too-many", Fault::TooManyRequests { retry_after: Some(3600) }, Unreachable, "too_many_requests"),
        ("refuses", Fault::Refuse, Unreachable, "refused"),
        ("cut", Fault::CutJson, Unreachable, "body_cut"),
        ("stream-refused", Fault::StreamRefused(404), Polling, ""),
        ("stream-forbidden", Fault::StreamRefused(403), Polling, ""),
        ("well", Fault::StreamRefused(0), Live, ""),
    ];
    for (name, fault, state, problem) in faults {
        let argocd = argocd();
        if fault != Fault::StreamRefused(0) {
            argocd.fault(fault);
        }
        house.server(name, &argocd, "");
        servers.push(argocd);
        rows.push((name, state, problem));
    }

    let certificates = [
        ("self-signed", Tls::SelfSigned, false, false, TlsProblem, "tls_untrusted"),
        ("self-signed-unchecked", Tls::SelfSigned, false, true, Live, ""),
        ("own-ca", Tls::OwnCa, true, false, Live, ""),
        ("own-ca-unnamed", Tls::OwnCa, false, false, TlsProblem, "tls_untrusted"),
        ("expired", Tls::Expired, true, false, TlsProblem, "tls_expired"),
        ("not-yet", Tls::NotYetValid, true, false, TlsProblem, "tls_not_yet_valid"),
        ("wrong-name", Tls::WrongName, true, false, TlsProblem, "tls_wrong_name"),
        ("expired-unchecked", Tls::Expired, false, true, Live, ""),
    ];
    for (name, tls, ca, unchecked, state, problem) in certificates {
        let argocd = with_tls(tls);
        let mut more = String::new();
        if ca {
            // A relative path starts from the settings file.
            std::fs::write(house.dirs.config.join(format!("{name}.pem")), argocd.ca_pem().expect("a CA"))
                .expect("a file");
            more = format!("ca_file = \"{name}.pem\"");
        }
        if unchecked {
            more = "insecure_skip_verify = true".to_owned();
        }
        house.server(name, &argocd, &more);
        servers.push(argocd);
        rows.push((name, state, problem));
    }

    // Ways to sign in.
    let argocd = start(ArgoCdOptions {
        root_path: "/argo/cd".to_owned(),
        accounts: vec![Account::new("admin").password("right"), Account::new("gone").disabled()],
        ..ArgoCdOptions::default()
    });
    let mut sign_in = |name: &'static str, auth: &str, secret: Option<&str>, state, problem: &'static str| {
        if let Some(secret) = secret {
            house.secret(&format!("server.{name}"), secret);
        }
        let url = argocd.url();
        house.add_settings(&format!("[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\n{auth}\n"));
        rows.push((name, state, problem));
    };
    let password = "auth = \"password\"\nusername = \"admin\"";
    sign_in("password", password, Some("right"), Live, "");
    sign_in("wrong-password", password, Some("wrong"), Unauthorized, "bad_password");
    sign_in("no-secret", "auth = \"token\"", None, Unauthorized, "secret_missing");
    sign_in("disabled", "auth = \"token\"", Some(&argocd.token("gone")), Unauthorized, "token_revoked");
    sign_in(
        "old-token",
        "auth = \"token\"",
        Some(&argocd.token_until("admin", 1_000)),
        Unauthorized,
        "token_expired",
    );
    sign_in("no-token", "auth = \"none\"", None, Unauthorized, "no_token");
    sign_in("sso", "auth = \"sso\"", None, Unauthorized, "sso_unsupported");

    // Other programs, and nothing at all.
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    for (name, url, more, state, problem) in [
        ("dingtalk", dingtalk.url(), "", NotArgoCd, "not_argo_cd"),
        // Argo CD's own web page: every path that is not the API's is.
        ("wrong-path", format!("{}/argo", argocd.url()), "", NotArgoCd, "login_page"),
        ("closed", format!("https://{closed}"), "", Unreachable, "refused"),
        ("no-ca-file", "https://127.0.0.1".to_owned(), "ca_file = \"missing.pem\"", TlsProblem, "ca_file"),
    ] {
        house.add_settings(&format!(
            "[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\nauth = \"none\"\n{more}\n"
        ));
        rows.push((name, state, problem));
    }

    let dinghy = house.start();
    let settled = dinghy
        .until("every server to be what it is", |status| {
            rows.iter()
                .all(|(name, wanted, _)| server(status, name).is_some_and(|found| found.state == *wanted))
        })
        .await;
    for (name, wanted, problem) in &rows {
        assert_eq!(state(&settled, name), Some((*wanted, (*problem).to_owned())), "{name}");
    }
    // In words, in both languages, and what to do.
    for lang in [Lang::En, Lang::ZhCn] {
        dinghy.api.set_language(lang).expect("a language");
        for server in dinghy.view().servers {
            assert!(!server.state_word.is_empty());
            if let Some(problem) = server.problem {
                assert!(!problem.what.is_empty() && !problem.todo.is_empty(), "{}: {problem:?}", server.name);
            }
        }
    }
    // A wrong password is not tried until the account is locked.
    let wait = server(&settled, "wrong-password").and_then(|server| server.next_try_ms).expect("a next try");
    assert!(wait - dinghy_api::now_ms() > 200_000);
    // Who is told to wait an hour does.
    let wait = server(&settled, "too-many").and_then(|server| server.next_try_ms).expect("a next try");
    assert!(wait - dinghy_api::now_ms() > 3_500_000);
    let insecure: Vec<String> = dinghy
        .view()
        .servers
        .into_iter()
        .filter(|server| server.insecure)
        .map(|server| server.name)
        .collect();
    assert_eq!(insecure, ["self-signed-unchecked", "expired-unchecked"], "the warning is shown");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dead_or_hanging_server_delays_no_other() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let sick = [
        Fault::Hang,
        Fault::Refuse,
        Fault::Reset,
        Fault::SlowBody { size: 1, every: Duration::from_secs(1) },
        Fault::Status(503),
    ]
    .map(|fault| {
        let sick = self::argocd();
        sick.fault(fault);
        sick
    });
    for (number, sick) in sick.iter().enumerate() {
        house.server(&format!("sick-{number}"), sick, "");
    }
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let began = Instant::now();
    health(&argocd, "web", "Degraded");
    let shown = dingtalk.shown("ops", 1, PATIENCE).await;
    let took = shown[0].at - began;
    // Milliseconds; the sick ones take seconds.
    assert!(took < Duration::from_millis(1500), "{took:?}");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_stream_it_polls_and_still_delivers() {
    let (argocd, dingtalk) = (start(ArgoCdOptions { stream: false, ..ArgoCdOptions::default() }), dingtalk());
    put(&argocd, "web");
    let mut house = House::new();
    house.server("prod", &argocd, "poll_interval = \"1s\"");
    house.secret("ops-url", &dingtalk.add_robot(dinghy_demo::Robot::new("ops")));
    house.rules(crate::house::RULES);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Polling).await;
    health(&argocd, "web", "Degraded");
    // Nobody asks for it: the next poll finds it.
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_end_at_once_become_polling_and_no_storm() {
    for fault in [Fault::StreamEnd, Fault::StreamCut, Fault::StreamUnauthorized] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        argocd.fault(fault.clone());
        let house = House::with(&argocd, &dingtalk);
        let dinghy = house.start();
        let lists = |argocd: &ArgoCd| {
            let requests = argocd.requests();
            requests.iter().filter(|request| request.target.starts_with("/api/v1/applications")).count()
        };
        dinghy.wait("three tries", |_| lists(&argocd) == 3).await;
        // From then on it is polled at the interval, half a minute.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert_eq!(lists(&argocd), 3, "{fault:?}");
        dinghy.server_is("prod", ServerState::Polling).await;
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_is_no_matter_for_who_refreshes() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    argocd.fault(Fault::StreamSilent);
    health(&argocd, "web", "Degraded");
    dinghy.api.refresh().await;
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_application_is_compared_anew_alone() {
    // With a stream, with polling, and where the server is gone.
    for fault in [None, Some(Fault::StreamRefused(404))] {
        let (argocd, dingtalk) = (argocd(), dingtalk());
        put(&argocd, "web");
        put(&argocd, "api");
        if let Some(fault) = fault.clone() {
            argocd.fault(fault);
        }
        let house = House::with(&argocd, &dingtalk);
        let dinghy = house.start();
        let live = if fault.is_none() { ServerState::Live } else { ServerState::Polling };
        let prod = dinghy.server_is("prod", live).await;
        let web = prod.apps.iter().find(|app| app.id.name == "web").expect("web").id.clone();
        health(&argocd, "web", "Degraded");
        dinghy.api.refresh_app(&web).await.expect("refreshed");
        let asked = |of: &str| {
            argocd
                .requests()
                .iter()
                .any(|one| one.target.starts_with(of) && one.target.contains("refresh=normal"))
        };
        assert!(asked("/api/v1/applications/web?"), "{fault:?}");
        assert!(!asked("/api/v1/applications/api?"), "{fault:?}");
        assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
        argocd.fault(Fault::Refuse);
        dinghy.api.refresh().await;
        dinghy.server_is("prod", ServerState::Unreachable).await;
        argocd.clear_fault();
        dinghy.api.refresh_app(&web).await.expect("tried again");
        dinghy.server_is("prod", ServerState::Live).await;
        dinghy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_loses_nothing() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    put(&argocd, "api");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.wait("the stream", |_| argocd.watchers() == 1).await;
    // Away for a moment; what changes meanwhile is in the next list.
    argocd.fault(Fault::Refuse);
    dinghy.server_is("prod", ServerState::Unreachable).await;
    health(&argocd, "web", "Degraded");
    argocd.remove("argocd", "api");
    argocd.clear_fault();
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    dinghy
        .until("api to be gone", |status| server(status, "prod").is_some_and(|prod| prod.apps.len() == 1))
        .await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_list_deletes_nothing_and_is_drawn_as_old() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    for number in 0..20 {
        put(&argocd, &format!("app-{number}"));
    }
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    for fault in [Fault::CutJson, Fault::CutBody] {
        argocd.fault(fault);
        dinghy.api.refresh().await;
        let prod = dinghy.server_is("prod", ServerState::Unreachable).await;
        assert_eq!(prod.apps.len(), 20);
        let counts = dinghy.view().counts;
        assert_eq!((counts.total, counts.stale), (20, 20));
        argocd.clear_fault();
        // Asked for, so not after the backoff.
        dinghy.api.refresh().await;
        dinghy.server_is("prod", ServerState::Live).await;
    }
    assert_eq!(dinghy.view().counts.stale, 0);
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_wakes_who_was_told_to_wait() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    argocd.fault(Fault::TooManyRequests { retry_after: Some(3600) });
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Unreachable).await;
    argocd.clear_fault();
    dinghy.api.refresh().await;
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_noticed_on_the_stream_and_a_new_one_signs_in_again() {
    let (argocd, dingtalk) = (argocd(), dingtalk());
    put(&argocd, "web");
    let house = House::with(&argocd, &dingtalk);
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    dinghy.wait("the stream", |_| argocd.watchers() == 1).await;
    argocd.revoke(&house.secrets["server.prod"]);
    argocd.fault(Fault::StreamUnauthorized);
    let prod = dinghy.server_is("prod", ServerState::Unauthorized).await;
    assert_eq!(prod.problem.as_ref().map(code).as_deref(), Some("token_revoked"));
    assert_eq!(dinghy.view().counts.stale, 1);
    argocd.clear_fault();
    let token = dinghy_model::Secret::new(argocd.token("admin"));
    dinghy.api.server_sign_in("prod", token, None).await.expect("signed in");
    dinghy.server_is("prod", ServerState::Live).await;
    // And out: the token is not used any more, though the server would take it.
    dinghy.api.server_sign_out("prod").await.expect("signed out");
    let prod = dinghy.server_is("prod", ServerState::Unauthorized).await;
    assert_eq!(prod.problem.as_ref().map(code).as_deref(), Some("secret_missing"));
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_without_a_word() {
    let clock = Clock::manual(dinghy_api::now_ms());
    let (argocd, dingtalk) =
        (start(ArgoCdOptions { clock: clock.clone(), ..ArgoCdOptions::default() }), dingtalk());
    put(&argocd, "web");
    let mut house = House::with(&argocd, &dingtalk);
    let url = argocd.url();
    house.settings(&format!(
        "[[servers]]\nname = \"prod\"\nurl = \"{url}\"\nauth = \"password\"\nusername = \"admin\"\n"
    ));
    house.secret("server.prod", "admin");
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    let logins = |argocd: &ArgoCd| {
        argocd
            .requests()
            .iter()
            .filter(|request| request.target == "/api/v1/session" && request.status == 200)
            .count()
    };
    assert_eq!(logins(&argocd), 1);
    // About to end: any answer brings a new one, nobody signs in.
    clock.advance(Duration::from_secs(24 * 3600 - 60));
    list_again(&dinghy, &argocd).await;
    clock.advance(Duration::from_secs(120));
    list_again(&dinghy, &argocd).await;
    assert_eq!(logins(&argocd), 1, "renewed by Set-Cookie");
    // Ended while nobody looked: signed in again.
    clock.advance(Duration::from_secs(25 * 3600));
    list_again(&dinghy, &argocd).await;
    assert_eq!(logins(&argocd), 2);
    health(&argocd, "web", "Degraded");
    assert_eq!(texts(&dingtalk, "ops", 1).await, ["web is Degraded"]);
    let log = dinghy.log();
    assert!(!log.iter().any(|line| line.contains("Sign-in needed")), "{log:#?}");
    dinghy.stop().await;
}

/// Refreshes and waits until a full list was read.
async fn list_again(dinghy: &Dinghy, argocd: &ArgoCd) {
    let lists = || {
        let listed = |target: &str| target.starts_with("/api/v1/applications");
        argocd.requests().iter().filter(|request| listed(&request.target) && request.status == 200).count()
    };
    let before = lists();
    dinghy.api.refresh().await;
    dinghy.wait("a list", |_| lists() > before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_seen_and_trusted_and_its_successor_is_not() {
    let (first, second) = (with_tls(Tls::SelfSigned), with_tls(Tls::SelfSigned));
    put(&first, "web");
    let mut house = House::new();
    house.server("own", &first, "insecure_skip_verify = false # not even here");
    let dinghy = house.start();
    let seen = |dinghy: &Dinghy| dinghy.view().servers.remove(0);
    dinghy.server_is("own", ServerState::TlsProblem).await;
    let shown = seen(&dinghy).certificate.expect("the certificate");
    assert_eq!((shown.subject.as_str(), shown.self_signed, shown.can_trust), ("O=Argo CD", true, true));
    assert_eq!(shown.names, ["localhost", "127.0.0.1"]);
    assert_eq!(shown.trusted, None);
    assert_eq!(Some(&shown.sha256), first.fingerprint().as_ref());

    // The test of a connection shows the same, and passes with the fingerprint before anything is saved.
    let form = ServerForm { secret: None, ..seen(&dinghy).form };
    let probe = probed(&dinghy, form.clone()).await;
    let last = probe.steps.last().expect("a step");
    assert_eq!((probe.ok, last.step.as_str(), last.certificate.as_ref()), (false, "tls", Some(&shown)));
    let pinned = ServerForm { certificate_sha256: shown.sha256.to_lowercase(), ..form.clone() };
    let probe = probed(&dinghy, pinned).await;
    assert!(probe.ok && probe.steps.iter().all(|step| step.certificate.is_none()), "{probe:?}");

    for wrong in ["", "AB:CD", "not hex"] {
        let error = dinghy.api.server_trust("own", wrong).await.expect_err("no fingerprint");
        assert_eq!(error.field.as_deref(), Some("certificate_sha256"), "{wrong}");
    }
    dinghy.api.server_trust("nobody", &shown.sha256).await.expect_err("no such server");
    dinghy.api.server_trust("own", &shown.sha256).await.expect("trusted");
    let live = dinghy.server_is("own", ServerState::Live).await;
    assert_eq!(live.apps.len(), 1);
    assert_eq!(
        (seen(&dinghy).certificate, seen(&dinghy).form.certificate_sha256),
        (None, shown.sha256.clone())
    );
    let text = std::fs::read_to_string(house.dirs.settings()).expect("settings");
    assert!(text.contains(&format!("certificate_sha256 = \"{}\"", shown.sha256)), "{text}");
    assert!(text.contains("# not even here"), "{text}");

    // Another server answers at that address: nothing is sent to it, and both fingerprints are said.
    house.settings(&text.replace(&first.url(), &second.url()));
    let refused = dinghy.server_is("own", ServerState::TlsProblem).await;
    assert_eq!(refused.problem.as_ref().map(code).as_deref(), Some("tls_changed"));
    assert_eq!(second.requests().len(), 0);
    let changed = seen(&dinghy).certificate.expect("the certificate");
    assert_eq!(changed.trusted.as_ref(), Some(&shown.sha256));
    let problem = seen(&dinghy).problem.expect("a problem");
    assert!(problem.what.contains(&changed.sha256) && problem.what.contains(&shown.sha256), "{problem:?}");
    assert_eq!(seen(&dinghy).state_word, "Certificate changed");
    dinghy.stop().await;
}

/// A connection test to its end.
async fn probed(dinghy: &Dinghy, form: ServerForm) -> ProbeView {
    let mut view = dinghy.api.server_test(form).expect("a form that can be tried");
    while !view.done {
        let (run, seen) = (view.run, view.steps.len());
        view = dinghy.api.server_test_more(run, seen, &view.trying).await.expect("more of the test");
        assert!(view.steps.len() >= seen && view.run == run);
    }
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_test_tells_its_steps_names_the_field_and_can_be_stopped() {
    let (argocd, slow) = (argocd(), argocd());
    put(&argocd, "web");
    let house = House::new();
    let dinghy = house.start();
    let form = |url: &str, secret: &str| ServerForm {
        name: "lab".to_owned(),
        url: url.to_owned(),
        auth: Auth::Token,
        username: String::new(),
        secret: Some(secret.to_owned()),
        watch: true,
        poll_interval_s: 30,
        projects: Vec::new(),
        selector: String::new(),
        ca_file: String::new(),
        certificate_sha256: String::new(),
        insecure_skip_verify: false,
        proxy: String::new(),
    };
    let good = form(&argocd.url(), &argocd.token("admin"));
    let view = probed(&dinghy, good.clone()).await;
    let found: Vec<_> = view.steps.iter().map(|step| (step.step.as_str(), step.found.as_str())).collect();
    assert!(view.ok, "{view:?}");
    assert_eq!(
        (found[0].0, found[3], found[4]),
        ("settings", ("sign_in", "admin"), ("list", "1 application"))
    );
    for (wrong, field, code) in [
        (form("https://no-such-host.invalid", "t"), Some("url"), "dns"),
        (form(&argocd.url(), "no token"), Some("secret"), "token_revoked"),
        (ServerForm { ca_file: "/no/such.pem".to_owned(), ..good.clone() }, Some("ca_file"), "ca_file"),
        (ServerForm { proxy: "http://127.0.0.1:1".to_owned(), ..good.clone() }, Some("proxy"), "proxy"),
    ] {
        let view = probed(&dinghy, wrong).await;
        let last = view.steps.last().expect("a step");
        assert_eq!(last.field.as_deref(), field, "{last:?}");
        assert_eq!(last.problem.as_ref().map(|problem| problem.code.as_str()), Some(code));
    }

    // One that hangs says what it waits for, and ends when it is told to, or when another one begins.
    slow.fault(Fault::Hang);
    let hanging = dinghy.api.server_test(form(&slow.url(), "t")).expect("a test");
    let view = dinghy.api.server_test_more(hanging.run, 0, "").await.expect("the first step");
    let view = match view.trying.as_str() {
        "" => dinghy.api.server_test_more(hanging.run, view.steps.len(), "").await.expect("what it tries"),
        _ => view,
    };
    assert_eq!((view.done, view.trying.as_str(), view.steps.len()), (false, "Reachable", 1));
    let (stopped, ()) = tokio::join!(dinghy.api.server_test_more(hanging.run, 1, &view.trying), async {
        dinghy.api.server_test_stop(hanging.run + 1);
        dinghy.api.server_test_stop(hanging.run);
    });
    assert_eq!(stopped.expect_err("stopped").code, "stopped");
    let hanging = dinghy.api.server_test(form(&slow.url(), "t")).expect("a test");
    assert!(probed(&dinghy, good).await.ok);
    let gone = dinghy.api.server_test_more(hanging.run, 0, "").await.expect_err("another one has begun");
    assert_eq!(gone.code, "stopped");
    dinghy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_told_of_before_it_runs_out_without_anything_else_happening() {
    let argocd = argocd();
    let mut house = House::new();
    house.server("prod", &argocd, "");
    let ends = (dinghy_api::now_ms() / 1000 + 12) * 1000;
    house.secret("server.prod", &argocd.token_until("admin", ends));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    // A quarter of its life before.
    let status = dinghy
        .until("the token", |status| status.servers.iter().any(|one| one.token_ends_ms.is_some()))
        .await;
    assert_eq!((status.servers[0].token_ends_ms, status.servers[0].state), (Some(ends), ServerState::Live));
    assert_eq!(dinghy.view().servers[0].token_ends_ms, Some(ends));
    // A new one: all is well again.
    dinghy.stop().await;
    house.secret("server.prod", &argocd.token("admin"));
    let dinghy = house.start();
    dinghy.server_is("prod", ServerState::Live).await;
    assert_eq!(dinghy.view().servers[0].token_ends_ms, None);
    dinghy.stop().await;
}
