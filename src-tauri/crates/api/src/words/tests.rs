//! Every problem in both languages: one row for each, so that a new one is seen to have its words.

use std::fmt::Write as _;

use dinghy_model::{Certificate, Event, EventKind, Fingerprint, Problem, Refusal, ServerState, SettingFault};
use expect_test::expect_file;

use super::*;

fn problems() -> Vec<Problem> {
    use Problem as P;
    let s = |text: &str| text.to_owned();
    let mut all = vec![
        P::BadUrl { url: s("argocd"), detail: s("no host") },
        P::BadUrl { url: s(""), detail: s("relative URL without a base") },
        P::PlainHttp { host: s("argocd.example.com") },
        P::Dns { host: s("argocd.example.com") },
        P::Refused { host: s("argocd.example.com"), detail: s("Connection refused") },
        P::Timeout { host: s("argocd.example.com") },
        P::Proxy { detail: s("407") },
        P::ServerError { status: 502, detail: s("Bad Gateway") },
        P::TooManyRequests { retry_after_s: Some(5) },
        P::BodyCut { detail: s("EOF") },
        P::StreamStopped { detail: s("silence") },
        P::TlsUntrusted { host: s("argocd.example.com"), certificate: None },
        P::TlsExpired { host: s("argocd.example.com"), certificate: None },
        P::TlsNotYetValid { host: s("argocd.example.com"), certificate: None },
        P::TlsChanged {
            host: s("argocd.example.com"),
            trusted: Fingerprint([0xAB; 32]),
            certificate: Box::new(Certificate {
                sha256: Fingerprint([0xCD; 32]),
                subject: s("CN=argocd-server"),
                issuer: s("CN=argocd-server"),
                self_signed: true,
                names: Vec::new(),
                not_before_ms: 0,
                not_after_ms: 1,
                covers_host: false,
            }),
        },
        P::TlsWrongName {
            host: s("argocd.example.com"),
            names: vec![s("a.example.com"), s("b.example.com")],
            certificate: None,
        },
        P::CaFile { path: s("ca.pem"), detail: s("no certificate") },
        P::TlsOther { host: s("argocd.example.com"), detail: s("handshake") },
        P::LoginPage { host: s("argocd.example.com") },
        P::NotArgoCd { host: s("argocd.example.com"), detail: s("404") },
        P::NoToken,
        P::TokenExpired { at_ms: None },
        P::TokenRevoked { detail: s("unknown token") },
        P::BadPassword { username: s("admin") },
        P::Forbidden { detail: s("applications, get") },
        P::SsoUnsupported,
        P::NoKeychain { detail: s("no D-Bus") },
        P::KeychainLocked,
        P::KeychainDismissed,
        P::KeychainOther { detail: s("internal") },
        P::SecretMissing { name: s("server.prod") },
        P::SecretEnvUnset { name: s("server.prod"), variable: s("TOKEN") },
        P::SecretCommand { name: s("server.prod"), command: s("pass"), detail: s("exit 1") },
        P::SecretElsewhere { name: s("server.prod"), from: s("env TOKEN") },
        P::Setting {
            file: s("settings.toml"),
            line: 3,
            column: 5,
            fault: SettingFault::Missing { key: s("url") },
        },
        P::File { file: s("notifications.yaml"), line: 3, column: 5, detail: s("unexpected token") },
        P::Io { path: s("settings.toml"), detail: s("Permission denied") },
        P::DiskFull { path: s("dinghy.db") },
        P::DatabaseNewer { found: 9, known: 1 },
        P::DatabaseDamaged { path: s("dinghy.db"), detail: s("malformed") },
        P::AlreadyRunning { path: s("data") },
        P::Render { template: s("degraded"), detail: s("no such field") },
        P::BodyNotJson { template: s("degraded"), line: 2, column: 7, detail: s("expected a comma") },
        P::BodyNotJson { template: s(""), line: 2, column: 7, detail: s("expected a comma") },
        P::NoSuchService { service: s("ops") },
        P::OutboxKeyLost,
        P::NoAccessToken { service: s("ops") },
        P::NoAccessToken { service: s("") },
        P::WebhookStatus { status: 404, detail: s("Not Found") },
        P::Desktop { detail: s("no service") },
        P::NoBrowser { url: s("https://argocd.example.com/applications/argocd/web") },
        P::NoFileManager { path: s("/home/me/.config/dinghy") },
        P::Other { detail: s("out of threads") },
    ];
    let refusals = [
        Refusal::Keyword,
        Refusal::Sign,
        Refusal::Timestamp,
        Refusal::IpList,
        Refusal::Token,
        Refusal::Disabled,
        Refusal::Removed,
        Refusal::Dissolved,
        Refusal::Throttled,
        Refusal::TooLong,
        Refusal::Content,
        Refusal::Request,
        Refusal::Busy,
        Refusal::NotARobot,
        Refusal::Unknown,
    ];
    all.extend(refusals.map(|refusal| P::Robot { refusal, errcode: 310_000, errmsg: s("why") }));
    all
}

#[test]
fn every_problem_says_what_is_wrong_and_what_to_do() {
    let mut table = String::new();
    for problem in problems() {
        let _ = writeln!(table, "{}", code(&problem));
        for (lang, stops) in [(Lang::En, ['.', '.']), (Lang::ZhCn, ['。', '？'])] {
            let Sentence { what, todo } = sentence(&problem, lang);
            for text in [&what, &todo] {
                // What begins with a place is written as compilers write it, without a full stop.
                let is_of_a_file = matches!(problem, Problem::File { .. } | Problem::Setting { .. });
                assert!(text.ends_with(stops) || is_of_a_file, "no sentence: {text:?}");
                assert!(!text.contains("  ") && !text.contains("..") && !text.contains("。。"), "{text:?}");
            }
            let _ = writeln!(table, "  {what}\n    {todo}");
        }
    }
    expect_file!["problems.txt"].assert_eq(&table);
}

/// What the tray and the list of servers say of a connection.
#[test]
fn a_connection_that_waits_for_a_person_says_for_what() {
    let mut table = String::new();
    for problem in problems() {
        let state = ServerState::Unauthorized;
        let words = [Lang::En, Lang::ZhCn].map(|lang| server_state(state, Some(&problem), lang));
        if words != [Lang::En, Lang::ZhCn].map(|lang| server_state(state, None, lang)) {
            let _ = writeln!(table, "{}: {} | {}", code(&problem), words[0], words[1]);
        }
    }
    expect_file!["connections.txt"].assert_eq(&table);
}

#[test]
fn every_event_has_a_line_in_both_languages() {
    let problem = Problem::KeychainLocked;
    let kinds = [
        EventKind::Changed { from: "Healthy, Synced".to_owned(), to: "Degraded, OutOfSync".to_owned() },
        EventKind::Server { name: "prod".to_owned(), state: ServerState::Live, problem: None },
        EventKind::Server {
            name: "prod".to_owned(),
            state: ServerState::Unauthorized,
            problem: Some(problem.clone()),
        },
        EventKind::Queued { summary: "web is Degraded".to_owned() },
        EventKind::Suppressed { reason: "already_sent".to_owned() },
        EventKind::Suppressed { reason: "baseline".to_owned() },
        EventKind::Suppressed { reason: "rules_changed".to_owned() },
        EventKind::Suppressed { reason: "muted".to_owned() },
        EventKind::Suppressed { reason: "switched_off".to_owned() },
        EventKind::Suppressed { reason: "not_chosen".to_owned() },
        EventKind::Sent { attempts: 1, millis: 12, test: false },
        EventKind::Sent { attempts: 3, millis: 12, test: false },
        EventKind::Sent { attempts: 1, millis: 12, test: true },
        EventKind::Failed { problem: problem.clone(), next_ms: 0 },
        EventKind::Refused { problem: problem.clone(), test: false },
        EventKind::Refused { problem: problem.clone(), test: true },
        EventKind::RuleError { problem },
        EventKind::Dropped,
        EventKind::Merged,
    ];
    let mut table = String::new();
    for kind in kinds {
        let event =
            Event { id: 1, at_ms: 0, app: None, trigger: String::new(), service: String::new(), kind };
        for lang in [Lang::En, Lang::ZhCn] {
            let (text, detail, tone) = event_words(&event, lang);
            let _ = writeln!(table, "{:4} {text} | {detail}", tone.word());
        }
    }
    expect_file!["events.txt"].assert_eq(&table);
}
