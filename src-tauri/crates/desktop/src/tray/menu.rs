//! The menu as a value: what needs attention first, by server, then servers, then actions.

use dinghy_api::words;
use dinghy_model::{
    AppId, AppSummary, GroupState, Health, Lang, OperationPhase, Severity, Status, SyncStatus,
};

use super::icon;

/// Menus that are longer than the screen cannot be used: the window has the rest.
const MOST_APPS: usize = 10;

/// A line of the menu.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A heading; cannot be clicked.
    Heading(String),
    /// Can be clicked.
    Entry(String, Action),
    /// Opens to the side.
    Submenu(String, Vec<Item>),
    /// A line.
    Separator,
}

/// What a click does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The application's page in the browser.
    OpenApp(AppId),
    /// The window, at a page of its own (`/servers`).
    OpenPage(&'static str),
    /// Ask every server now.
    Refresh,
    /// No sending for an hour.
    PauseHour,
    /// No sending until tomorrow, 09:00 local time.
    PauseTomorrow,
    /// No sending until the user says otherwise.
    PauseForever,
    /// Send again.
    Resume,
    /// End the application.
    Quit,
}

/// The menu of a status. `local_time` turns Unix ms into `15:30`.
pub(crate) fn menu(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Vec<Item> {
    let mut items = attention(status, lang);
    items.push(Item::Separator);
    items.extend(servers(status, lang, local_time));
    items.push(Item::Separator);
    items.push(Item::Entry(lang.pick("Refresh now", "立即刷新").to_owned(), Action::Refresh));
    items.push(match status.paused {
        Some(pause) => {
            let until = pause.until_ms.map(local_time).unwrap_or_default();
            Item::Entry(words::pause_until(pause, &until, lang), Action::Resume)
        }
        None => Item::Submenu(
            lang.pick("Pause sending", "暂停发送").to_owned(),
            vec![
                Item::Entry(lang.pick("For 1 hour", "1 小时").to_owned(), Action::PauseHour),
                Item::Entry(
                    lang.pick("Until tomorrow, 09:00", "到明天 09:00").to_owned(),
                    Action::PauseTomorrow,
                ),
                Item::Entry(lang.pick("Until I turn it on", "直到我恢复").to_owned(), Action::PauseForever),
            ],
        ),
    });
    items.push(Item::Separator);
    items.push(Item::Entry(lang.pick("Open Dinghy", "打开 Dinghy").to_owned(), Action::OpenPage("/apps")));
    items.push(Item::Separator);
    items.push(Item::Entry(lang.pick("Quit Dinghy", "退出 Dinghy").to_owned(), Action::Quit));
    items
}

/// What needs attention: applications by server, then groups and files.
fn attention(status: &Status, lang: Lang) -> Vec<Item> {
    let mut entries = Vec::new();
    let mut left_out = 0;
    let mut shown = 0;
    let several = status.servers.len() > 1;
    for server in status.servers.iter().filter(|server| server.state.is_fresh()) {
        let mut bad: Vec<&AppSummary> = server
            .apps
            .iter()
            .map(|app| &**app)
            .filter(|app| app.severity() == Severity::Attention)
            .collect();
        bad.sort_by(|a, b| (a.health, &a.id).cmp(&(b.health, &b.id)));
        if bad.is_empty() {
            continue;
        }
        let room = MOST_APPS.saturating_sub(shown);
        if several && room > 0 {
            entries.push(Item::Heading(server.name.0.clone()));
        }
        left_out += bad.len().saturating_sub(room);
        for app in bad.into_iter().take(room) {
            shown += 1;
            let label = format!("{} {} · {}", symbol(app), app.id.name, words::app_state(app, lang));
            entries.push(Item::Entry(label, Action::OpenApp(app.id.clone())));
        }
    }
    if left_out > 0 {
        let label = match lang {
            Lang::En => format!("{left_out} more…"),
            Lang::ZhCn => format!("还有 {left_out} 个…"),
        };
        entries.push(Item::Entry(label, Action::OpenPage("/apps")));
    }
    let mut count = shown + left_out;
    for server in status.servers.iter().filter(|server| icon::wants_attention(status, server)) {
        count += 1;
        let label = format!(
            "! {} · {}",
            server.name,
            words::server_state(server.state, server.problem.as_ref(), lang)
        );
        entries.push(Item::Entry(label, Action::OpenPage("/servers")));
    }
    for group in &status.groups {
        if matches!(group.state, GroupState::Refusing { .. }) {
            count += 1;
            let label = format!("✖ {} · {}", group.name, lang.pick("Refusing", "拒绝接收"));
            entries.push(Item::Entry(label, Action::OpenPage("/groups")));
        }
    }
    if status.refused > 0 {
        count += 1;
        let label = match (lang, status.refused) {
            (Lang::En, 1) => "✖ 1 message was refused".to_owned(),
            (Lang::En, n) => format!("✖ {n} messages were refused"),
            (Lang::ZhCn, n) => format!("✖ {n} 条消息被拒绝"),
        };
        entries.push(Item::Entry(label, Action::OpenPage("/events")));
    }
    if !status.problems.is_empty() {
        count += status.problems.len();
        let label = match (lang, status.problems.len()) {
            (Lang::En, 1) => "! 1 problem in the settings or rules".to_owned(),
            (Lang::En, n) => format!("! {n} problems in the settings or rules"),
            (Lang::ZhCn, n) => format!("! 设置或规则中有 {n} 个问题"),
        };
        entries.push(Item::Entry(label, Action::OpenPage("/rules")));
    }
    let mut items = vec![Item::Heading(headline(status, count, lang))];
    items.extend(entries);
    items
}

fn headline(status: &Status, attention: usize, lang: Lang) -> String {
    let counts = dinghy_api::counts(status);
    let fresh = counts.total - counts.stale;
    let answers = status.servers.iter().any(|server| server.state.is_fresh());
    match (lang, attention) {
        (Lang::En, 1) => "1 needs attention".to_owned(),
        (Lang::En, n) if n > 0 => format!("{n} need attention"),
        (Lang::ZhCn, n) if n > 0 => format!("{n} 项需要处理"),
        _ if status.servers.is_empty() => lang.pick("No server yet", "还没有服务器").to_owned(),
        _ if !answers => lang.pick("No server answers", "没有服务器应答").to_owned(),
        (Lang::En, _) if counts.stale > 0 => {
            format!("{}; {} with old data", applications(fresh), counts.stale)
        }
        (Lang::ZhCn, _) if counts.stale > 0 => format!("{fresh} 个应用，另有 {} 个为旧数据", counts.stale),
        (Lang::En, _) if counts.notice > 0 => {
            format!("{}, {} out of sync or unknown", applications(fresh), counts.notice)
        }
        (Lang::ZhCn, _) if counts.notice > 0 => format!("{fresh} 个应用，{} 个未同步或未知", counts.notice),
        (Lang::En, _) => format!("All well, {}", applications(fresh)),
        (Lang::ZhCn, _) => format!("一切正常，{fresh} 个应用"),
    }
}

/// English has a singular.
fn applications(count: usize) -> String {
    if count == 1 { "1 application".to_owned() } else { format!("{count} applications") }
}

fn servers(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Vec<Item> {
    let mut items = vec![Item::Heading(lang.pick("Servers", "服务器").to_owned())];
    for server in &status.servers {
        let mut label =
            format!("{} · {}", server.name, words::server_state(server.state, server.problem.as_ref(), lang));
        if !server.state.is_fresh()
            && let Some(at) = server.fresh_ms
        {
            let at = local_time(at);
            match lang {
                Lang::En => label.push_str(&format!(", as of {at}")),
                Lang::ZhCn => label.push_str(&format!("，数据截至 {at}")),
            }
        }
        if server.config.is_unchecked() {
            label.push_str(lang.pick(" · certificate not checked", " · 未校验证书"));
        }
        items.push(Item::Entry(label, Action::OpenPage("/servers")));
    }
    if status.servers.is_empty() {
        items.push(Item::Entry(
            lang.pick("Add a server…", "添加服务器…").to_owned(),
            Action::OpenPage("/servers"),
        ));
    }
    items
}

/// A sign that differs by shape, from those that the usual fonts have: Argo CD's own are a heart, an
/// arrow up, a ring and a ghost.
fn symbol(app: &AppSummary) -> &'static str {
    let phase = app.operation.as_ref().map(|operation| operation.phase);
    match (app.health, phase, app.sync) {
        (Health::Degraded, ..) => "♥̸",
        (Health::Missing, ..) => "◌",
        (_, Some(OperationPhase::Failed | OperationPhase::Error), _) => "✖",
        (Health::Progressing, ..) | (_, Some(OperationPhase::Running | OperationPhase::Terminating), _) => {
            "↻"
        }
        (_, _, SyncStatus::OutOfSync) => "⬆",
        (Health::Unknown, ..) | (_, _, SyncStatus::Unknown) => "?",
        (Health::Suspended, ..) => "‖",
        (Health::Healthy, ..) => "♥",
    }
}

/// One line for the pointer.
pub(crate) fn tooltip(status: &Status, lang: Lang) -> String {
    match attention(status, lang).into_iter().next() {
        Some(Item::Heading(text)) => format!("Dinghy{}{text}", lang.pick(": ", "：")),
        _ => "Dinghy".to_owned(),
    }
}
