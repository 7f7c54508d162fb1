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
    check_meaning(
        "",
        expect![[r#"
            Settings {
                language: None,
                servers: [],
                broken: [],
                first_contact: Baseline,
                stale_after: 3600s,
                skip_sent_by_argocd: false,
                alerts: Alerts {
                    not_synced_for: None,
                    no_apps_for: None,
                    send_to: [],
                },
                preferences: Preferences {
                    show: All,
                    quiet: None,
                    proxy: "",
                    log: Info,
                    keep: 7776000s,
                },
                secrets: {},
            }
        "#]],
    );
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
skip_sent_by_argocd = false          # true: what the cluster's own controller has sent is not sent again

[alerts]                             # built in; each is off unless it has a time
not_synced_for = "12h"               # an application is not Synced for so long
no_apps_for = "15m"                  # no application of a server is visible for so long
send_to = ["dingtalk"]               # SERVICE or SERVICE:RECIPIENT

[secrets]                            # where a named secret comes from; absent: the OS keychain
"server.prod" = { env = "ARGOCD_AUTH_TOKEN" }
"dingtalk-url" = { command = ["pass", "show", "dingtalk"] }
"#,
        expect![[r#"
            Settings {
                language: Some(
                    ZhCn,
                ),
                servers: [
                    ServerConfig {
                        name: ServerName(
                            "prod",
                        ),
                        url: "https://argocd.k8s.local",
                        auth: Token,
                        username: "admin",
                        watch: true,
                        poll_interval: 30s,
                        projects: [],
                        selector: "",
                        ca_file: None,
                        certificate_sha256: None,
                        insecure_skip_verify: false,
                        proxy: None,
                    },
                ],
                broken: [],
                first_contact: Baseline,
                stale_after: 3600s,
                skip_sent_by_argocd: false,
                alerts: Alerts {
                    not_synced_for: Some(
                        43200s,
                    ),
                    no_apps_for: Some(
                        900s,
                    ),
                    send_to: [
                        "dingtalk",
                    ],
                },
                preferences: Preferences {
                    show: All,
                    quiet: None,
                    proxy: "",
                    log: Info,
                    keep: 7776000s,
                },
                secrets: {
                    "dingtalk-url": Command(
                        [
                            "pass",
                            "show",
                            "dingtalk",
                        ],
                    ),
                    "server.prod": Env(
                        "ARGOCD_AUTH_TOKEN",
                    ),
                },
            }
        "#]],
    );
}

#[test]
fn every_key_at_another_value() {
    check_meaning(
        r#"
language = "en"
servers = [{ name = "生产 1", url = "http://127.0.0.1:8080/argo/cd/", auth = "password", username = "admin", watch = false,
    poll_interval = "1m30s", projects = ["a", "b"], selector = "team=x", ca_file = "ca.pem", insecure_skip_verify = true,
    certificate_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    proxy = "socks5h://user:pass@proxy:1080" }]
delivery.stale_after = "2h"
events = { first_contact = "send", skip_sent_by_argocd = true, keep = "30d" }
desktop = { show = "failures", quiet_from = "22:00", quiet_to = "8:30", quiet_lets_failures_through = true }
network.proxy = "none"
log.level = "debug"
alerts = { no_apps_for = "1h30m", send_to = ["ops:x"] }
[secrets.x]
env = "X"
"#,
        expect![[r#"
            Settings {
                language: Some(
                    En,
                ),
                servers: [
                    ServerConfig {
                        name: ServerName(
                            "生产 1",
                        ),
                        url: "http://127.0.0.1:8080/argo/cd",
                        auth: Password,
                        username: "admin",
                        watch: false,
                        poll_interval: 90s,
                        projects: [
                            "a",
                            "b",
                        ],
                        selector: "team=x",
                        ca_file: Some(
                            "/etc/dinghy/ca.pem",
                        ),
                        certificate_sha256: Some(
                            E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55,
                        ),
                        insecure_skip_verify: true,
                        proxy: Some(
                            "socks5h://user:pass@proxy:1080",
                        ),
                    },
                ],
                broken: [],
                first_contact: Send,
                stale_after: 7200s,
                skip_sent_by_argocd: true,
                alerts: Alerts {
                    not_synced_for: None,
                    no_apps_for: Some(
                        5400s,
                    ),
                    send_to: [
                        "ops:x",
                    ],
                },
                preferences: Preferences {
                    show: Failures,
                    quiet: Some(
                        QuietHours {
                            from: 1320,
                            to: 510,
                            failures_through: true,
                        },
                    ),
                    proxy: "none",
                    log: Debug,
                    keep: 2592000s,
                },
                secrets: {
                    "x": Env(
                        "X",
                    ),
                },
            }
        "#]],
    );
}

#[test]
fn syntax_errors_leave_no_settings() {
    for text in ["[[servers]]\nname = prod\n", "a = ", "[x", "language = \"en\"\nlanguage = \"en\"", "\u{0}"]
    {
        let parsed = parse_settings(text, "x");
        assert_eq!(parsed.settings, None, "{text:?}");
        assert_eq!(parsed.problems.len(), 1, "{text:?}");
    }
    check_problems(
        "# 中文\n[[servers]]\nname = prod\n",
        expect![[r#"
        3:8 not valid TOML: string values must be quoted, expected literal string
            不是有效的 TOML：string values must be quoted, expected literal string
    "#]],
    );
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
    check_problems(
        text,
        expect![[r#"
        2:1 unknown key “langauge”; did you mean “language”?
            未知的键“langauge”，是否想写“language”？
        3:1 unknown key “theme”; it has no effect
            未知的键“theme”，不会生效
        7:1 unknown key “pol_interval”; did you mean “poll_interval”?
            未知的键“pol_interval”，是否想写“poll_interval”？
        8:1 “token” is a secret in the clear: take it out and sign in, or write { env = "NAME" } or { command = ["program"] } under [secrets]
            “token”是明文密钥：请删掉它并登录，或在 [secrets] 里写 { env = "NAME" } 或 { command = ["程序"] }
        10:1 unknown key “first-contact”; did you mean “first_contact”?
            未知的键“first-contact”，是否想写“first_contact”？
        12:1 “server.prod” is a secret in the clear: take it out and sign in, or write { env = "NAME" } or { command = ["program"] } under [secrets]
            “server.prod”是明文密钥：请删掉它并登录，或在 [secrets] 里写 { env = "NAME" } 或 { command = ["程序"] }
        13:1 the source of “x” must be either { env = "NAME" } or { command = ["program", "argument"] }
            “x”的来源只能写 { env = "NAME" } 或 { command = ["程序", "参数"] } 之一
        13:7 unknown key “enviroment”; it has no effect
            未知的键“enviroment”，不会生效
    "#]],
    );
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
certificate_sha256 = "DA:39:A3"
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
[delivery]
stale_after = "5s"
[secrets]
x = { env = "X", command = ["x"] }
y = { command = [] }
z = 1
"#,
        expect![[r#"
            2:12 “language” cannot be “cn”; write "en" or "zh-CN"
                “language”不能是“cn”，请写 "en" 或 "zh-CN"
            5:7 “url” must start with "http://" or "https://"
                “url”必须以 "http://" 或 "https://" 开头
            6:8 “auth” cannot be “pasword”; write "password"
                “auth”不能是“pasword”，请写 "password"
            7:17 “poll_interval” must be a duration in quotes, such as "30s", "5m" or "1h"
                “poll_interval”必须是带引号的时长，例如 "30s"、"5m"、"1h"
            8:9 “watch” must be true or false
                “watch”必须是 true 或 false
            11:7 “url” must not hold a user or password; use “auth” and “username”, and sign in
                “url”里不能带用户名或密码，请改用“auth”和“username”，然后登录
            12:17 “poll_interval” must be a duration such as "30s", "5m" or "1h", from 1s to 24h
                “poll_interval”必须是 1s 到 24h 之间的时长，例如 "30s"、"5m"、"1h"
            13:12 “projects” must be a list of strings, as in ["a", "b"]
                “projects”必须是字符串列表，例如 ["a", "b"]
            14:9 “proxy” must start with "http://" or "https://" or "socks5://" or "socks5h://"
                “proxy”必须以 "http://" 或 "https://" 或 "socks5://" 或 "socks5h://" 开头
            15:22 “certificate_sha256” must be the SHA-256 fingerprint of a certificate, 32 bytes as AB:CD:…
                “certificate_sha256”必须是证书的 SHA-256 指纹，共 32 字节，例如 AB:CD:…
            16:1 “name” is missing
                缺少“name”
            16:1 “username” is missing
                缺少“username”
            17:7 “url” must not hold “?” or “#”
                “url”里不能带“?”或“#”
            20:8 “a/b” cannot be a server's name: it must not be empty, hold “/” or control characters, or begin or end with a space
                “a/b”不能用作服务器名称：不能为空，不能含“/”或控制字符，首尾不能是空格
            21:7 “url” is not a usable URL: invalid IPv6 address
                “url”不是可用的网址：invalid IPv6 address
            22:1 “url” is missing
                缺少“url”
            25:17 “first_contact” must be a string in quotes
                “first_contact”必须是带引号的字符串
            27:15 “stale_after” must be a duration such as "30s", "5m" or "1h", from 1m to 720h
                “stale_after”必须是 1m 到 720h 之间的时长，例如 "30s"、"5m"、"1h"
            29:1 the source of “x” must be either { env = "NAME" } or { command = ["program", "argument"] }
                “x”的来源只能写 { env = "NAME" } 或 { command = ["程序", "参数"] } 之一
            30:1 the source of “y” must be either { env = "NAME" } or { command = ["program", "argument"] }
                “y”的来源只能写 { env = "NAME" } 或 { command = ["程序", "参数"] } 之一
            31:5 the source of “z” must be either { env = "NAME" } or { command = ["program", "argument"] }
                “z”的来源只能写 { env = "NAME" } 或 { command = ["程序", "参数"] } 之一
        "#]],
    );
    check_problems(
        "servers = 1\nevents = []\nsecrets = \"x\"\n",
        expect![[r#"
        1:11 “servers” must be written as [[…]], once for each
            “servers”必须是 [[…]] 的形式，每项一段
        2:10 “events” must be a table
            “events”必须是表
        3:11 “secrets” must be a table
            “secrets”必须是表
    "#]],
    );
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
    check_problems(
        text,
        expect![[r#"
        7:7 “url” must start with "http://" or "https://"
            “url”必须以 "http://" 或 "https://" 开头
        9:8 a server named “a” already stands in line 2; give this one another name
            第 2 行已有名为“a”的服务器，请换一个名称
    "#]],
    );
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
    let parsed = parse_settings(text.lines().take(9).collect::<Vec<_>>().join("\n").as_str(), "x");
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

#[test]
fn alerts_need_a_time_and_someone_to_tell() {
    check_problems(
        "[alerts]\nnot_synced_for = \"12\"\nno_apps_for = \"5s\"\nsend_to = \"ops\"\n",
        expect![[r#"
            2:18 “not_synced_for” must be a duration such as "30s", "5m" or "1h", from 1m to 744h
                “not_synced_for”必须是 1m 到 744h 之间的时长，例如 "30s"、"5m"、"1h"
            3:15 “no_apps_for” must be a duration such as "30s", "5m" or "1h", from 1m to 744h
                “no_apps_for”必须是 1m 到 744h 之间的时长，例如 "30s"、"5m"、"1h"
            4:11 “send_to” must be a list of strings, as in ["a", "b"]
                “send_to”必须是字符串列表，例如 ["a", "b"]
        "#]],
    );
    check_problems(
        "[alerts]\nno_apps_for = \"15m\"\n",
        expect![[r#"
        1:1 “send_to” is missing
            缺少“send_to”
    "#]],
    );
    check_problems("[alerts]\nsend_to = [\"ops\"]\n", expect![[r#""#]]);
}

#[test]
fn preferences_that_are_none() {
    check_problems(
        r#"
[desktop]
show = "errors"
quiet_from = "25:00"
quiet_to = "08:00"
[network]
proxy = "corp:3128"
[log]
level = "loud"
[events]
keep = "1h"
"#,
        expect![[r#"
            3:8 “show” cannot be “errors”; write "failures" or "recoveries" or "all"
                “show”不能是“errors”，请写 "failures" 或 "recoveries" 或 "all"
            4:14 “quiet_from” must be a time of day such as "22:00"
                “quiet_from”必须是一天中的时刻，例如 "22:00"
            7:9 “proxy” must start with "http://" or "https://" or "socks5://" or "socks5h://"
                “proxy”必须以 "http://" 或 "https://" 或 "socks5://" 或 "socks5h://" 开头
            9:9 “level” cannot be “loud”; write "error" or "warn" or "info" or "debug" or "trace"
                “level”不能是“loud”，请写 "error" 或 "warn" 或 "info" 或 "debug" 或 "trace"
            11:8 “keep” must be a duration such as "30s", "5m" or "1h", from 24h to 87600h
                “keep”必须是 24h 到 87600h 之间的时长，例如 "30s"、"5m"、"1h"
        "#]],
    );
    check_problems(
        "[desktop]\nquiet_from = \"22:00\"\n",
        expect![[r#"
        1:1 “quiet_to” is missing
            缺少“quiet_to”
    "#]],
    );
    check_problems(
        "[desktop]\nquiet = true\n",
        expect![[r#"
        2:1 unknown key “quiet”; it has no effect
            未知的键“quiet”，不会生效
    "#]],
    );
}
