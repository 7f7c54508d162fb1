//! The tray's picture as a table: status in, icon and menu out.

use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{
    AppId, AppSummary, Auth, Event, EventKind, GroupState, GroupStatus, Health, Lang, Mute, Operation,
    OperationPhase, Pause, Problem, Refusal, ServerConfig, ServerName, ServerState, ServerStatus, Status,
    SyncStatus,
};
use expect_test::{Expect, expect};

use super::icon::{self, TrayIcon};
use super::menu::{Action, Item, menu, tooltip};

fn app(
    server: &str,
    name: &str,
    health: Health,
    sync: SyncStatus,
    phase: Option<OperationPhase>,
) -> Arc<AppSummary> {
    Arc::new(AppSummary {
        id: AppId { server: server.into(), namespace: "argocd".to_owned(), name: name.to_owned() },
        project: "default".to_owned(),
        health,
        health_message: String::new(),
        health_since: String::new(),
        sync,
        revision: String::new(),
        operation: phase.map(|phase| Operation {
            phase,
            message: String::new(),
            started_at: String::new(),
            finished_at: String::new(),
        }),
        condition: String::new(),
        deleting: false,
    })
}

fn server(name: &str, state: ServerState, apps: Vec<Arc<AppSummary>>) -> ServerStatus {
    ServerStatus {
        name: ServerName::from(name),
        config: Arc::new(ServerConfig {
            name: ServerName::from(name),
            url: format!("https://{name}.example"),
            auth: Auth::Token,
            username: String::new(),
            watch: true,
            poll_interval: Duration::from_secs(30),
            projects: Vec::new(),
            selector: String::new(),
            ca_file: None,
            certificate_sha256: None,
            insecure_skip_verify: false,
            proxy: None,
        }),
        state,
        problem: None,
        version: String::new(),
        account: String::new(),
        fresh_ms: Some(1),
        next_try_ms: None,
        token_ends_ms: None,
        apps: Arc::new(apps),
    }
}

fn status(servers: Vec<ServerStatus>) -> Status {
    Status { servers, loaded: true, ..Status::default() }
}

fn healthy(server: &str, name: &str) -> Arc<AppSummary> {
    app(server, name, Health::Healthy, SyncStatus::Synced, None)
}

fn degraded(server: &str, name: &str) -> Arc<AppSummary> {
    app(server, name, Health::Degraded, SyncStatus::Synced, None)
}

fn refusing() -> GroupStatus {
    let problem = Problem::Robot { refusal: Refusal::Sign, errcode: 310_000, errmsg: String::new() };
    GroupStatus {
        name: "dingtalk".to_owned(),
        robot: true,
        host: "oapi.dingtalk.com".to_owned(),
        state: GroupState::Refusing { problem },
        waiting: 2,
        stuck: false,
    }
}

#[test]
fn the_worst_state_wins_and_old_data_is_never_well() {
    use ServerState::{Connecting, Live, Polling, Unauthorized, Unreachable};
    let well = || healthy("a", "web");
    let bad = || degraded("a", "web");
    let busy = || app("a", "web", Health::Progressing, SyncStatus::Synced, None);
    let rows = [
        (status(vec![]), TrayIcon::Offline),
        (status(vec![server("a", Live, vec![well()])]), TrayIcon::Well),
        (status(vec![server("a", Polling, vec![well()])]), TrayIcon::Well),
        (status(vec![server("a", Live, vec![busy()])]), TrayIcon::Progressing),
        (status(vec![server("a", Live, vec![bad(), busy()])]), TrayIcon::Attention),
        (status(vec![server("a", Connecting, vec![])]), TrayIcon::Progressing),
        (status(vec![server("a", Unreachable, vec![well()])]), TrayIcon::Offline),
        (status(vec![server("a", Unreachable, vec![bad()])]), TrayIcon::Offline),
        (
            status(vec![server("a", Live, vec![well()]), server("b", Unreachable, vec![])]),
            TrayIcon::Attention,
        ),
        (status(vec![server("a", Unauthorized, vec![well()])]), TrayIcon::Attention),
        (
            Status {
                paused: Some(Pause { until_ms: None }),
                ..status(vec![server("a", Live, vec![well()])])
            },
            TrayIcon::Paused,
        ),
        (
            Status { paused: Some(Pause { until_ms: None }), ..status(vec![server("a", Live, vec![bad()])]) },
            TrayIcon::Attention,
        ),
        (
            Status { groups: vec![refusing()], ..status(vec![server("a", Live, vec![well()])]) },
            TrayIcon::Attention,
        ),
        (
            Status { problems: vec![Problem::NoToken], ..status(vec![server("a", Live, vec![well()])]) },
            TrayIcon::Attention,
        ),
    ];
    for (at, (status, expected)) in rows.into_iter().chain(quiet_rows()).enumerate() {
        assert_eq!(icon::of(&status), expected, "row {at}");
    }
}

/// What the user does not want to hear of, and what goes on for too long.
fn quiet_rows() -> Vec<(Status, TrayIcon)> {
    let well = || status(vec![server("a", ServerState::Live, vec![healthy("a", "web")])]);
    let retrying = |stuck, waiting| {
        let state = GroupState::Retrying { problem: Problem::NoToken, next_ms: 0 };
        Status { groups: vec![GroupStatus { state, stuck, waiting, ..refusing() }], ..well() }
    };
    let muted = |app: Arc<AppSummary>| {
        let mutes = [(app.id.clone(), Mute { until_ms: None })].into_iter().collect();
        Status { mutes: Arc::new(mutes), ..status(vec![server("a", ServerState::Live, vec![app])]) }
    };
    vec![
        (muted(degraded("a", "web")), TrayIcon::Well),
        (muted(app("a", "web", Health::Progressing, SyncStatus::Synced, None)), TrayIcon::Well),
        (retrying(false, 1), TrayIcon::Well),
        (retrying(true, 0), TrayIcon::Well),
        (retrying(true, 1), TrayIcon::Attention),
        (
            Status { groups: vec![refusing()], off: Arc::new(["dingtalk".to_owned()].into()), ..well() },
            TrayIcon::Well,
        ),
    ]
}

fn check(status: &Status, lang: Lang, expected: Expect) {
    let mut text = format!("[{}]\n", tooltip(status, lang));
    write_items(&menu(status, lang, &|_| "15:30".to_owned()), "", &mut text);
    expected.assert_eq(&text);
}

fn write_items(items: &[Item], indent: &str, out: &mut String) {
    for item in items {
        match item {
            Item::Heading(label) => out.push_str(&format!("{indent}# {label}\n")),
            Item::Entry(label, action) => out.push_str(&format!("{indent}{label} => {action:?}\n")),
            Item::Check(label, on, action) => {
                let mark = if *on { '✓' } else { ' ' };
                out.push_str(&format!("{indent}[{mark}] {label} => {action:?}\n"));
            }
            Item::Separator => out.push_str(&format!("{indent}---\n")),
            Item::Submenu(label, items) => {
                out.push_str(&format!("{indent}{label} >\n"));
                write_items(items, &format!("{indent}    "), out);
            }
        }
    }
}

#[test]
fn all_well() {
    let status = status(vec![server("prod", ServerState::Live, vec![healthy("prod", "web")])]);
    check(
        &status,
        Lang::En,
        expect![[r#"
            [Dinghy: All well, 1 application]
            # All well, 1 application
            ---
            Pause sending >
                For 1 hour => PauseHour
                Until tomorrow, 09:00 => PauseTomorrow
                Until I turn it on => PauseForever
            ---
            # Servers
            prod · Live => OpenPage("/servers")
            Refresh now => Refresh
            ---
            Open Dinghy => OpenPage("/overview")
            Quit Dinghy => Quit
        "#]],
    );
}

#[test]
fn a_server_that_waits_for_its_secret_says_for_what() {
    let entry = |problem: Problem, lang: Lang| {
        let mut server = server("prod", ServerState::Unauthorized, vec![]);
        server.problem = Some(problem);
        let items = menu(&status(vec![server]), lang, &|_| String::new());
        let attention = items.into_iter().find_map(|item| match item {
            Item::Entry(label, _) if label.starts_with("! ") => Some(label),
            _ => None,
        });
        attention.unwrap_or_default()
    };
    assert_eq!(entry(Problem::KeychainLocked, Lang::En), "! prod · Keychain locked");
    assert_eq!(entry(Problem::KeychainLocked, Lang::ZhCn), "! prod · 密钥环已锁定");
    assert_eq!(entry(Problem::NoToken, Lang::En), "! prod · Sign-in needed");
}

#[test]
fn a_token_that_runs_out_soon_needs_attention() {
    let mut expiring = server("prod", ServerState::Live, vec![healthy("prod", "web")]);
    expiring.token_ends_ms = Some(1);
    let status = status(vec![expiring]);
    assert_eq!(icon::of(&status), TrayIcon::Attention);
    for (lang, head, entry) in [
        (Lang::En, "1 needs attention", "! prod · Token runs out soon"),
        (Lang::ZhCn, "1 项需要处理", "! prod · 令牌即将到期"),
    ] {
        let items = menu(&status, lang, &|_| String::new());
        let expected =
            [Item::Heading(head.to_owned()), Item::Entry(entry.to_owned(), Action::OpenPage("/servers"))];
        assert_eq!(items[..2], expected);
    }
}

#[test]
fn what_needs_attention_comes_first_by_server() {
    let prod = vec![
        degraded("prod", "pay_gateway"),
        healthy("prod", "web"),
        app("prod", "ledger", Health::Healthy, SyncStatus::OutOfSync, Some(OperationPhase::Failed)),
        app("prod", "ghost", Health::Missing, SyncStatus::OutOfSync, None),
    ];
    let mut lab = server("lab", ServerState::Unreachable, vec![degraded("lab", "old")]);
    Arc::make_mut(&mut lab.config).insecure_skip_verify = true;
    let status = Status {
        groups: vec![refusing()],
        problems: vec![Problem::NoToken],
        paused: Some(Pause { until_ms: Some(1) }),
        ..status(vec![server("prod", ServerState::Live, prod), lab])
    };
    check(
        &status,
        Lang::En,
        expect![[r#"
            [Dinghy: 6 need attention]
            # 6 need attention
            # prod
            ♡ pay_gateway · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" })
            ◌ ghost · Missing => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" })
            ✖ ledger · Sync failed => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" })
            ! lab · Unreachable => OpenPage("/servers")
            ✖ dingtalk · Refusing => OpenPage("/groups")
            ! 1 problem in the settings or rules => OpenPage("/rules")
            ---
            Mute >
                pay_gateway (prod) >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Forever)
                ghost (prod) >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Forever)
                ledger (prod) >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Forever)
            Resume sending (until 15:30) => Resume
            Send to >
                [✓] dingtalk => Switch("dingtalk", false)
            ---
            # Servers
            prod · Live => OpenPage("/servers")
            lab · Unreachable, as of 15:30 · certificate not checked => OpenPage("/servers")
            Refresh now => Refresh
            ---
            Open Dinghy => OpenPage("/overview")
            Quit Dinghy => Quit
        "#]],
    );
    check(
        &status,
        Lang::ZhCn,
        expect![[r#"
            [Dinghy：6 项需要处理]
            # 6 项需要处理
            # prod
            ♡ pay_gateway · 降级 => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" })
            ◌ ghost · 缺失 => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" })
            ✖ ledger · 同步失败 => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" })
            ! lab · 无法连接 => OpenPage("/servers")
            ✖ dingtalk · 拒绝接收 => OpenPage("/groups")
            ! 设置或规则中有 1 个问题 => OpenPage("/rules")
            ---
            静默 >
                pay_gateway (prod) >
                    1 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Hour)
                    4 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, FourHours)
                    到明天 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Tomorrow)
                    直到我取消 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "pay_gateway" }, Forever)
                ghost (prod) >
                    1 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Hour)
                    4 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, FourHours)
                    到明天 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Tomorrow)
                    直到我取消 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ghost" }, Forever)
                ledger (prod) >
                    1 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Hour)
                    4 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, FourHours)
                    到明天 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Tomorrow)
                    直到我取消 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "ledger" }, Forever)
            恢复发送（至 15:30） => Resume
            发送到 >
                [✓] dingtalk => Switch("dingtalk", false)
            ---
            # 服务器
            prod · 实时 => OpenPage("/servers")
            lab · 无法连接，数据截至 15:30 · 未校验证书 => OpenPage("/servers")
            立即刷新 => Refresh
            ---
            打开 Dinghy => OpenPage("/overview")
            退出 Dinghy => Quit
        "#]],
    );
}

#[test]
fn a_long_list_ends_in_the_window() {
    let apps = (0..14).map(|n| degraded("prod", &format!("app-{n:02}"))).collect();
    let status = status(vec![server("prod", ServerState::Live, apps)]);
    check(
        &status,
        Lang::En,
        expect![[r#"
            [Dinghy: 14 need attention]
            # 14 need attention
            ♡ app-00 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-00" })
            ♡ app-01 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-01" })
            ♡ app-02 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-02" })
            ♡ app-03 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-03" })
            ♡ app-04 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-04" })
            ♡ app-05 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-05" })
            ♡ app-06 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-06" })
            ♡ app-07 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-07" })
            ♡ app-08 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-08" })
            ♡ app-09 · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-09" })
            4 more… => OpenPage("/apps")
            ---
            Mute >
                app-00 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-00" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-00" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-00" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-00" }, Forever)
                app-01 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-01" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-01" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-01" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-01" }, Forever)
                app-02 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-02" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-02" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-02" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-02" }, Forever)
                app-03 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-03" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-03" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-03" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-03" }, Forever)
                app-04 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-04" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-04" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-04" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-04" }, Forever)
                app-05 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-05" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-05" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-05" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-05" }, Forever)
                app-06 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-06" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-06" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-06" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-06" }, Forever)
                app-07 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-07" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-07" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-07" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-07" }, Forever)
                app-08 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-08" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-08" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-08" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-08" }, Forever)
                app-09 >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-09" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-09" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-09" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "app-09" }, Forever)
            Pause sending >
                For 1 hour => PauseHour
                Until tomorrow, 09:00 => PauseTomorrow
                Until I turn it on => PauseForever
            ---
            # Servers
            prod · Live => OpenPage("/servers")
            Refresh now => Refresh
            ---
            Open Dinghy => OpenPage("/overview")
            Quit Dinghy => Quit
        "#]],
    );
}

#[test]
fn what_happened_what_is_muted_and_who_is_told() {
    let event = |name: &str, from: &str, to: &str| Event {
        id: 1,
        at_ms: 1,
        app: Some(AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }),
        trigger: String::new(),
        service: String::new(),
        kind: EventKind::Changed { from: from.to_owned(), to: to.to_owned() },
    };
    let lost = EventKind::Server { name: "lab".to_owned(), state: ServerState::Unreachable, problem: None };
    let long = "a-name-that-is-much-longer-than-any-menu-has-room-for";
    let old = degraded("prod", "old");
    let status = Status {
        recent: Arc::new(vec![
            event(long, "Healthy", "Degraded, Failed"),
            Event { app: None, kind: lost, ..event("", "", "") },
        ]),
        mutes: Arc::new([(old.id.clone(), Mute { until_ms: Some(1) })].into_iter().collect()),
        groups: vec![GroupStatus { state: GroupState::Ready, ..refusing() }],
        desktops: vec!["desktop".to_owned()],
        off: Arc::new(["desktop".to_owned()].into()),
        ..status(vec![server("prod", ServerState::Live, vec![old, degraded("prod", "web")])])
    };
    check(
        &status,
        Lang::En,
        expect![[r#"
            [Dinghy: 1 needs attention]
            # 1 needs attention
            ♡ web · Degraded => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" })
            ---
            Recent events >
                15:30 a-name-that-is-much-longer-than-… · Healthy → Degraded, Fa… => ShowApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "a-name-that-is-much-longer-than-any-menu-has-room-for" })
                15:30 lab: Unreachable => OpenPage("/servers")
                ---
                All events… => OpenPage("/events")
            Mute >
                web >
                    For 1 hour => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Hour)
                    For 4 hours => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, FourHours)
                    Until tomorrow, 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Tomorrow)
                    Until I unmute it => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Forever)
                ---
                Unmute old (until 15:30) => Unmute(AppId { server: ServerName("prod"), namespace: "argocd", name: "old" })
            Pause sending >
                For 1 hour => PauseHour
                Until tomorrow, 09:00 => PauseTomorrow
                Until I turn it on => PauseForever
            Send to >
                [✓] dingtalk => Switch("dingtalk", false)
                [ ] desktop => Switch("desktop", true)
            ---
            # Servers
            prod · Live => OpenPage("/servers")
            Refresh now => Refresh
            ---
            Open Dinghy => OpenPage("/overview")
            Quit Dinghy => Quit
        "#]],
    );
    check(
        &status,
        Lang::ZhCn,
        expect![[r#"
            [Dinghy：1 项需要处理]
            # 1 项需要处理
            ♡ web · 降级 => OpenApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" })
            ---
            最近事件 >
                15:30 a-name-that-is-much-longer-than-… · 健康 → 降级，同步失败 => ShowApp(AppId { server: ServerName("prod"), namespace: "argocd", name: "a-name-that-is-much-longer-than-any-menu-has-room-for" })
                15:30 lab：无法连接 => OpenPage("/servers")
                ---
                全部事件… => OpenPage("/events")
            静默 >
                web >
                    1 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Hour)
                    4 小时 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, FourHours)
                    到明天 09:00 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Tomorrow)
                    直到我取消 => Mute(AppId { server: ServerName("prod"), namespace: "argocd", name: "web" }, Forever)
                ---
                取消静默 old（至 15:30） => Unmute(AppId { server: ServerName("prod"), namespace: "argocd", name: "old" })
            暂停发送 >
                1 小时 => PauseHour
                到明天 09:00 => PauseTomorrow
                直到我恢复 => PauseForever
            发送到 >
                [✓] dingtalk => Switch("dingtalk", false)
                [ ] desktop => Switch("desktop", true)
            ---
            # 服务器
            prod · 实时 => OpenPage("/servers")
            立即刷新 => Refresh
            ---
            打开 Dinghy => OpenPage("/overview")
            退出 Dinghy => Quit
        "#]],
    );
}

#[test]
fn an_applications_page_is_an_address() {
    let id = AppId { server: "生产 1".into(), namespace: "argocd".to_owned(), name: "web.1".to_owned() };
    assert_eq!(super::page_of(&id), "/apps/%E7%94%9F%E4%BA%A7%201/argocd/web.1");
}
