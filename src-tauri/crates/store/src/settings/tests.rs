//! What a `settings.toml` means, and what is said of a broken one.

use std::fmt::Write;

use dinghy_model::{Lang, Problem, SettingFault};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::parse_settings;

/// Compares the problems, one a line, in both languages.
#[track_caller]
fn check_problems(text: &str, expected: Expect) {
    let mut out = String::new();
    for problem in parse_settings(text, "/etc/dinghy/settings.toml").problems {
        let Problem::Setting { file, line, column, fault } = problem else { panic!("{problem:?}") };
        assert_eq!(file, "/etc/dinghy/settings.toml");
        writeln!(out, "{line}:{column} {}", fault.words(Lang::En)).unwrap();
        writeln!(out, "    {}", fault.words(Lang::ZhCn)).unwrap();
    }
    expected.assert_eq(&out);
}

/// Compares what it means; there must be no problems.
#[track_caller]
fn check_meaning(text: &str, expected: Expect) {
    let parsed = parse_settings(text, "/etc/dinghy/settings.toml");
    assert_eq!(parsed.problems, []);
    expected.assert_eq(&format!("{:#?}\n", parsed.settings.unwrap()));
}

#[test]
fn an_empty_file_is_the_defaults() {
    check_meaning("", expect![[]]);
}

#[test]
fn the_contract_s_example() {
    check_meaning(
        r#"
language = "zh-CN"                   # or "en"; absent: the system's

[[servers]]
name = "prod"
url = "https://argocd.k8s.local"     # a path prefix (--rootpath) is kept
auth = "token"                       # "token" | "password" | "sso" | "none"
username = "admin"                   # with "password"
watch = true                         # false: poll only
poll_interval = "30s"
projects = []                        # empty: all that the account may see
selector = ""                        # Kubernetes label selector
ca_file = ""                         # extra CA, PEM
insecure_skip_verify = false         # shown as a warning wherever the server is shown
proxy = ""                           # absent: the system's

[events]
first_contact = "baseline"           # "baseline": what is already true is remembered, not sent; "send": as Argo CD does

[secrets]                            # where a named secret comes from; absent: the OS keychain
"server.prod" = { env = "ARGOCD_AUTH_TOKEN" }
"dingtalk-url" = { command = ["pass", "show", "dingtalk"] }
"#,
        expect![[]],
    );
}

#[test]
fn every_key_at_another_value() {
    check_meaning(
        r#"
language = "en"
servers = [{ name = "生产 1", url = "http://127.0.0.1:8080/argo/cd/", auth = "password", username = "admin", watch = false,
    poll_interval = "1m30s", projects = ["a", "b"], selector = "team=x", ca_file = "ca.pem", insecure_skip_verify = true,
    proxy = "socks5h://user:pass@proxy:1080" }]
events.first_contact = "send"
[secrets.x]
env = "X"
"#,
        expect![[]],
    );
}

#[test]
fn syntax_errors_leave_no_settings() {
    for text in ["[[servers]]\nname = prod\n", "a = ", "[x", "language = \"en\"\nlanguage = \"en\"", "\u{0}"] {
        let parsed = parse_settings(text, "x");
        assert_eq!(parsed.settings, None, "{text:?}");
        assert_eq!(parsed.problems.len(), 1, "{text:?}");
    }
    check_problems("# 中文\n[[servers]]\nname = prod\n", expect![[]]);
}

#[test]
fn unknown_keys_are_told_and_change_nothing() {
    let text = r#"
langauge = "en"
theme = "dark"
[[servers]]
name = "prod"
url = "https://a.example"
pol_interval = "5s"
token = "eyJhbGciOi"
[events]
first-contact = "send"
[secrets]
"server.prod" = "eyJhbGciOi"
x = { enviroment = "X" }
"#;
    check_problems(text, expect![[]]);
    let settings = parse_settings(text, "x").settings.unwrap();
    assert_eq!(settings.servers.len(), 1);
    assert_eq!(settings.language, None);
}

#[test]
fn wrong_types_and_values() {
    check_problems(
        r#"
language = "cn"
[[servers]]
name = "a"
url = "argocd.k8s.local"
auth = "pasword"
poll_interval = 30
watch = "yes"
[[servers]]
name = "b"
url = "https://admin:hunter2@argocd"
poll_interval = "0s"
projects = "x"
proxy = "proxy:3128"
[[servers]]
url = "https://argocd?x=1"
auth = "password"
[[servers]]
name = "a/b"
url = "https://[::1"
[[servers]]
name = "c"
[events]
first_contact = true
[secrets]
x = { env = "X", command = ["x"] }
y = { command = [] }
z = 1
"#,
        expect![[]],
    );
    check_problems("servers = 1\nevents = []\nsecrets = \"x\"\n", expect![[]]);
}

#[test]
fn a_broken_server_disables_itself_alone() {
    let text = r#"
[[servers]]
name = "a"
url = "https://a.example"
[[servers]]
name = "broken"
url = "ftp://b.example"
[[servers]]
name = "a"
url = "https://other.example"
[[servers]]
name = "c"
url = "https://c.example"
"#;
    check_problems(text, expect![[]]);
    let settings = parse_settings(text, "x").settings.unwrap();
    let urls: Vec<_> = settings.servers.iter().map(|server| server.url.as_str()).collect();
    assert_eq!(urls, ["https://a.example", "https://c.example"]);
    assert_eq!(settings.broken, ["broken".into()]);
}

#[test]
fn a_value_that_could_be_a_secret_is_never_shown() {
    let secret = "hunter2-eyJhbGci";
    let text = format!(
        "token = \"{secret}\"\n[[servers]]\nname = \"a\"\nurl = \"https://u:{secret}@h\"\nproxy = \"x:{secret}@h\"\n\
         password = \"{secret}\"\n[secrets]\na = \"{secret}\"\nb = {{ env = [\"{secret}\"] }}\nc = {{ {secret} = 1\n"
    );
    let parsed = parse_settings(&text, "x");
    assert!(!format!("{parsed:?}").contains("hunter2"), "{parsed:#?}");
    let parsed = parse_settings(text.lines().take(8).collect::<Vec<_>>().join("\n").as_str(), "x");
    assert_eq!(parsed.problems.len(), 6, "{parsed:#?}");
    assert!(!format!("{parsed:?}").contains("hunter2"), "{parsed:#?}");
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    assert_eq!(parse_settings("\u{feff}language = \"en\"\n", "x").settings.unwrap().language, Some(Lang::En));
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "([\\[\\]={}\"'\n.,# a-c]|servers|name|url|[secrets]|é){0,40}") {
        for problem in parse_settings(&text, "x").problems {
            let Problem::Setting { line, column, fault, .. } = problem else { panic!("{problem:?}") };
            prop_assert!(line >= 1 && column >= 1);
            prop_assert_ne!(fault.words(Lang::En), SettingFault::words(&fault, Lang::ZhCn));
        }
    }
}
