//! Edits leave what people wrote.

use std::time::Duration;

use dinghy_model::{Auth, Fingerprint, Lang, Problem, SecretSource, ServerConfig, SettingFault};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::{LogLevel, QuietHours, SettingsFile, Show, parse_settings};

const FILE: &str = r#"# My Argo CDs. Ask Wang for access.

language = "en"  # for the screenshots

# production, careful
[[servers]]
name = "prod"    # as on the wiki
url = "https://argocd.k8s.local/"
poll_interval = "60s"
watch = false # their proxy cuts streams

# test
[[servers]]
  name = "test"
  url = "https://test.k8s.local"

[secrets]
# from the CI
"server.test" = { env = "ARGOCD_AUTH_TOKEN" }
# the end
"#;

fn server(name: &str) -> ServerConfig {
    ServerConfig {
        name: name.into(),
        url: format!("https://{}.example", name.replace('/', "")),
        auth: Auth::Token,
        username: String::new(),
        watch: true,
        poll_interval: Duration::from_secs(30),
        projects: vec![],
        selector: String::new(),
        ca_file: None,
        certificate_sha256: None,
        insecure_skip_verify: false,
        proxy: None,
    }
}

fn servers(text: &str) -> Vec<ServerConfig> {
    parse_settings(text, "/x/settings.toml").settings.unwrap().servers
}

/// A settings file with this text; None: there is no file.
fn with_file<T>(text: Option<&str>, edit: impl FnOnce(&SettingsFile) -> T) -> (T, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = SettingsFile::new(dir.path().join("settings.toml"));
    if let Some(text) = text {
        std::fs::write(file.path(), text).unwrap();
    }
    let result = edit(&file);
    (result, std::fs::read_to_string(file.path()).unwrap_or_default())
}

/// Compares the text after an edit that must succeed.
#[track_caller]
fn check(text: &str, edit: impl FnOnce(&SettingsFile) -> Result<(), Problem>, expected: Expect) {
    let (result, text) = with_file(Some(text), edit);
    result.unwrap();
    expected.assert_eq(&text);
}

/// Compares the fault of an edit that must fail, and must write nothing.
#[track_caller]
fn check_fault(text: &str, edit: impl FnOnce(&SettingsFile) -> Result<(), Problem>, expected: Expect) {
    let (result, after) = with_file(Some(text), edit);
    assert_eq!(after, text);
    match result.unwrap_err() {
        Problem::Setting { line, column, fault, .. } => {
            expected.assert_eq(&format!("{line}:{column} {}", fault.words(Lang::En)));
        }
        problem => panic!("{problem:?}"),
    }
}

#[test]
fn a_server_is_added_after_the_last() {
    check(
        FILE,
        |file| file.add_server(&server("new")),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "prod"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = false # their proxy cuts streams

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [[servers]]
        name = "new"
        url = "https://new.example"
        auth = "token"

        [secrets]
        # from the CI
        "server.test" = { env = "ARGOCD_AUTH_TOKEN" }
        # the end
    "##]],
    );
}

#[test]
fn the_first_server_makes_the_file() {
    let (result, text) = with_file(None, |file| {
        file.add_server(&ServerConfig {
            auth: Auth::Password,
            username: "admin".to_owned(),
            projects: vec!["a".to_owned(), "b".to_owned()],
            ca_file: Some("/etc/ca.pem".into()),
            ..server("first")
        })
    });
    result.unwrap();
    expect![[r#"
        [[servers]]
        name = "first"
        url = "https://first.example"
        auth = "password"
        username = "admin"
        projects = ["a", "b"]
        ca_file = "/etc/ca.pem"
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_server_is_added_to_an_inline_list() {
    let text = "servers = [{ name = \"a\", url = \"https://a\" }] # all of them\n";
    check(
        text,
        |file| file.add_server(&server("b")),
        expect![[r#"
        servers = [{ name = "a", url = "https://a" }, { name = "b", url = "https://b.example", auth = "token" }] # all of them
    "#]],
    );
}

#[test]
fn only_what_differs_is_written() {
    let prod = servers(FILE).remove(0);
    check(
        FILE,
        |file| file.update_server(&"prod".into(), &prod),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "prod"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = false # their proxy cuts streams

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [secrets]
        # from the CI
        "server.test" = { env = "ARGOCD_AUTH_TOKEN" }
        # the end
    "##]],
    );
    let changed = ServerConfig {
        name: "生产".into(),
        watch: true,
        selector: "team=a".to_owned(),
        insecure_skip_verify: true,
        ..prod
    };
    check(
        FILE,
        |file| file.update_server(&"prod".into(), &changed),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "生产"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = true # their proxy cuts streams
        selector = "team=a"
        insecure_skip_verify = true

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [secrets]
        # from the CI
        "server.test" = { env = "ARGOCD_AUTH_TOKEN" }
        # the end
    "##]],
    );
}

#[test]
fn a_broken_server_is_mended() {
    let text = "[[servers]]\nname = \"a\" # x\nurl = \"argocd\" # no scheme\nauth = 1\n";
    check(
        text,
        |file| file.update_server(&"a".into(), &server("a")),
        expect![[r#"
        [[servers]]
        name = "a" # x
        url = "https://a.example" # no scheme
        auth = "token"
    "#]],
    );
}

#[test]
fn a_server_goes_with_the_comments_above_it() {
    check(
        FILE,
        |file| file.remove_server(&"prod".into()),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [secrets]
        # from the CI
        "server.test" = { env = "ARGOCD_AUTH_TOKEN" }
        # the end
    "##]],
    );
    check(
        FILE,
        |file| file.remove_server(&"test".into()),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "prod"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = false # their proxy cuts streams

        [secrets]
        # from the CI
        "server.test" = { env = "ARGOCD_AUTH_TOKEN" }
        # the end
    "##]],
    );
    check(
        "[[servers]]\nname = \"a\"\nurl = \"https://a\"",
        |file| file.remove_server(&"a".into()),
        expect![[""]],
    );
    check(
        "servers = [{ name = \"a\" }, { name = \"b\" }]\n",
        |file| file.remove_server(&"a".into()),
        expect![[r#"
            servers = [{ name = "b" }]
        "#]],
    );
}

#[test]
fn the_language() {
    check(
        "language = 'en'  # for me\n",
        |file| file.set_language(Some(Lang::ZhCn)),
        expect![[r#"
        language = "zh-CN"  # for me
    "#]],
    );
    check(
        "# mine\nlanguage = \"en\"\n\n[events]\n",
        |file| file.set_language(None),
        expect![[r#"
        # mine

        [events]
    "#]],
    );
    check(
        "# mine\n\n# prod\n[[servers]]\nname = \"a\"\nurl = \"https://a\"\n",
        |file| file.set_language(Some(Lang::En)),
        expect![[r##"
            # mine

            language = "en"

            # prod
            [[servers]]
            name = "a"
            url = "https://a"
        "##]],
    );
    check(
        "",
        |file| file.set_language(Some(Lang::En)),
        expect![[r#"
        language = "en"
    "#]],
    );
}

#[test]
fn a_secret_s_source() {
    let command = SecretSource::Command(vec!["pass".to_owned(), "show".to_owned(), "a b".to_owned()]);
    check(
        FILE,
        |file| file.set_secret_source("server.test", &command),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "prod"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = false # their proxy cuts streams

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [secrets]
        # from the CI
        "server.test" = { command = ["pass", "show", "a b"] }
        # the end
    "##]],
    );
    check(
        "language = \"en\"\n",
        |file| file.set_secret_source("dingtalk-url", &SecretSource::Env("X".to_owned())),
        expect![[r#"
            language = "en"

            [secrets]
            dingtalk-url = { env = "X" }
        "#]],
    );
    check(
        FILE,
        |file| file.set_secret_source("server.test", &SecretSource::Keychain),
        expect![[r##"
        # My Argo CDs. Ask Wang for access.

        language = "en"  # for the screenshots

        # production, careful
        [[servers]]
        name = "prod"    # as on the wiki
        url = "https://argocd.k8s.local/"
        poll_interval = "60s"
        watch = false # their proxy cuts streams

        # test
        [[servers]]
          name = "test"
          url = "https://test.k8s.local"

        [secrets]
        # the end
    "##]],
    );
    check(
        "[secrets.x]\nenv = \"A\"\n",
        |file| file.set_secret_source("x", &SecretSource::Env("B".to_owned())),
        expect![[r#"
            [secrets]
            x = { env = "B" }
        "#]],
    );
}

#[test]
fn an_edit_that_would_break_the_file_writes_nothing() {
    check_fault(
        FILE,
        |file| file.add_server(&server("prod")),
        expect!["18:8 a server named “prod” already stands in line 6; give this one another name"],
    );
    check_fault(
        FILE,
        |file| file.add_server(&ServerConfig { url: "argocd".to_owned(), ..server("x") }),
        expect![[r#"19:7 “url” must start with "http://" or "https://""#]],
    );
    check_fault(
        FILE,
        |file| file.add_server(&server("a/b")),
        expect![
            "18:8 “a/b” cannot be a server's name: it must not be empty, hold “/” or control characters, or begin or end with a space"
        ],
    );
    check_fault(
        FILE,
        |file| file.update_server(&"none".into(), &server("none")),
        expect!["0:0 no server named “none”"],
    );
    check_fault(
        FILE,
        |file| file.update_server(&"test".into(), &server("prod")),
        expect!["14:10 a server named “prod” already stands in line 6; give this one another name"],
    );
    check_fault(FILE, |file| file.remove_server(&"none".into()), expect!["0:0 no server named “none”"]);
    check_fault(
        "servers = 1\n",
        |file| file.add_server(&server("a")),
        expect!["0:0 “servers” must be written as [[…]], once for each"],
    );
    check_fault(
        "a = \n",
        |file| file.set_language(None),
        expect!["1:5 not valid TOML: string values must be quoted, expected literal string"],
    );
    // A second fault of a kind that is there already.
    check_fault(
        "[[servers]]\nname = \"a\"\nurl = \"\"\n",
        |file| file.add_server(&ServerConfig { url: String::new(), ..server("b") }),
        expect![[r#"7:7 “url” must start with "http://" or "https://""#]],
    );
}

#[test]
fn a_file_that_is_not_utf8_is_told_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = SettingsFile::new(dir.path().join("settings.toml"));
    std::fs::write(file.path(), b"language = \"en\"\nx = \"\xff\"\n").unwrap();
    let parsed = file.load().unwrap();
    assert_eq!(parsed.settings, None);
    assert!(matches!(
        &parsed.problems[..],
        [Problem::Setting { line: 2, fault: SettingFault::Syntax { .. }, .. }]
    ));
}

#[test]
fn windows_line_ends_stay() {
    let text = FILE.replace('\n', "\r\n");
    let (result, after) = with_file(Some(&text), |file| file.remove_server(&"prod".into()));
    result.unwrap();
    let (_, expected) = with_file(Some(FILE), |file| file.remove_server(&"prod".into()));
    assert_eq!(after.replace("\r\n", "\n"), expected);
    assert!(!after.replace("\r\n", "").contains('\n'));
}

/// Any server that the form can give.
fn any_server() -> impl Strategy<Value = ServerConfig> {
    let flags = (any::<bool>(), any::<bool>(), 1u64..86_400);
    let pin = proptest::option::of(any::<[u8; 32]>().prop_map(Fingerprint));
    let words = ("[a-c]", "[ -~é]{0,6}", proptest::collection::vec("[ -~]{0,5}", 0..3));
    (flags, words, pin, proptest::option::of(Just("http://u:p@proxy:3128".to_owned()))).prop_map(
        |((watch, skip, seconds), (name, selector, projects), certificate_sha256, proxy)| ServerConfig {
            watch,
            certificate_sha256,
            insecure_skip_verify: skip,
            poll_interval: Duration::from_secs(seconds),
            selector: selector.trim().to_owned(),
            projects,
            proxy,
            ..server(&name)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was added or changed is what is read back, and the others stay.
    #[test]
    fn what_is_written_is_read_back(first in any_server(), second in any_server()) {
        let (_, text) = with_file(Some(FILE), |file| {
            file.add_server(&first).unwrap();
            file.update_server(&first.name, &second).unwrap();
        });
        let all = servers(&text);
        prop_assert_eq!(&all[..2], &servers(FILE)[..]);
        prop_assert_eq!(&all[2..], &[second]);
    }
}

#[test]
fn preferences_in_their_tables() {
    let night = QuietHours { from: 22 * 60, to: 8 * 60, failures_through: false };
    check(
        "language = \"en\"\n\n[desktop] # mine\nshow = \"all\"  # for now\n# the end\n",
        |file| {
            file.set_show(Show::Failures)?;
            file.set_quiet(Some(QuietHours { failures_through: true, ..night }))?;
            file.set_keep(30)?;
            file.set_log(LogLevel::Debug)
        },
        expect![[r#"
            language = "en"

            [desktop] # mine
            show = "failures"  # for now
            quiet_from = "22:00"
            quiet_to = "08:00"
            quiet_lets_failures_through = true

            [events]
            keep = "30d"

            [log]
            level = "debug"
            # the end
        "#]],
    );
    check(
        "[desktop]\nquiet_from = \"23:00\" # late\nquiet_to = \"7:00\"\nquiet_lets_failures_through = true\n",
        |file| file.set_quiet(Some(night)),
        expect![[r#"
            [desktop]
            quiet_from = "22:00" # late
            quiet_to = "08:00"
        "#]],
    );
    check(
        "[desktop]\nquiet_from = \"23:00\"\nquiet_to = \"7:00\"\n\n[network]\nproxy = \"none\"\n",
        |file| {
            file.set_quiet(None)?;
            file.set_proxy("")
        },
        expect![[r#"
            [desktop]

            [network]
        "#]],
    );
    let dir = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::new(dir.path().join("settings.toml"));
    for wrong in [file.set_proxy("corp:3128"), file.set_keep(0)] {
        assert!(matches!(wrong, Err(Problem::Setting { .. })), "{wrong:?}");
    }
    assert!(!file.path().exists(), "nothing is written");
}
