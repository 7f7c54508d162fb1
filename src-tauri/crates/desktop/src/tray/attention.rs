//! The part of the menu that says what needs attention, and how much it is.

use dinghy_api::words;
use dinghy_model::{
    AppSummary, GroupState, Health, Lang, OperationPhase, ServerStatus, Severity, Status, SyncStatus,
};

use super::icon;
use super::menu::{Action, Item, MOST_APPS, short};

/// How many things need attention.
pub(super) fn count(status: &Status) -> usize {
    let apps: usize = status.servers.iter().map(|server| broken(status, server).len()).sum();
    let servers = status.servers.iter().filter(|server| icon::wants_attention(status, server)).count();
    let groups = status.groups.iter().filter(|group| status.wants_attention(group)).count();
    apps + servers
        + expiring(status).count()
        + groups
        + usize::from(status.refused > 0)
        + status.problems.len()
}

/// What needs attention: applications by server, then groups and files.
pub(super) fn items(status: &Status, lang: Lang) -> Vec<Item> {
    let mut entries = Vec::new();
    let mut left_out = 0;
    let mut shown = 0;
    let several = status.servers.len() > 1;
    for server in &status.servers {
        let bad = broken(status, server);
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
            let label = format!("{} {} · {}", symbol(app), short(&app.id.name), words::app_state(app, lang));
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
    for server in status.servers.iter().filter(|server| icon::wants_attention(status, server)) {
        let label = format!(
            "! {} · {}",
            server.name,
            words::server_state(server.state, server.problem.as_ref(), lang)
        );
        entries.push(Item::Entry(label, Action::OpenPage("/servers")));
    }
    for server in expiring(status) {
        let label = format!("! {} · {}", server.name, words::token_ends(lang));
        entries.push(Item::Entry(label, Action::OpenPage("/servers")));
    }
    for group in &status.groups {
        if status.wants_attention(group) {
            let words = match group.state {
                GroupState::Retrying { .. } => lang.pick("Retrying for long", "长时间重试中"),
                _ => lang.pick("Refusing", "拒绝接收"),
            };
            let label = format!("✖ {} · {words}", group.name);
            entries.push(Item::Entry(label, Action::OpenPage("/groups")));
        }
    }
    if status.refused > 0 {
        let label = match (lang, status.refused) {
            (Lang::En, 1) => "✖ 1 message was refused".to_owned(),
            (Lang::En, n) => format!("✖ {n} messages were refused"),
            (Lang::ZhCn, n) => format!("✖ {n} 条消息被拒绝"),
        };
        entries.push(Item::Entry(label, Action::OpenPage("/events")));
    }
    if !status.problems.is_empty() {
        let label = match (lang, status.problems.len()) {
            (Lang::En, 1) => "! 1 problem in the settings or rules".to_owned(),
            (Lang::En, n) => format!("! {n} problems in the settings or rules"),
            (Lang::ZhCn, n) => format!("! 设置或规则中有 {n} 个问题"),
        };
        entries.push(Item::Entry(label, Action::OpenPage("/rules")));
    }
    entries
}

/// The servers whose token somebody should renew.
fn expiring(status: &Status) -> impl Iterator<Item = &ServerStatus> {
    status.servers.iter().filter(|server| server.token_ends_ms.is_some())
}

/// The applications of a server that need attention, worst first; none while its data is old.
pub(super) fn broken<'a>(status: &Status, server: &'a ServerStatus) -> Vec<&'a AppSummary> {
    if !server.state.is_fresh() {
        return Vec::new();
    }
    let apps = server.apps.iter().map(|app| &**app);
    let mut bad: Vec<&AppSummary> =
        apps.filter(|app| status.severity(app) == Some(Severity::Attention)).collect();
    bad.sort_by(|a, b| (a.health, &a.id).cmp(&(b.health, &b.id)));
    bad
}

/// A sign that differs by shape, from those that the usual fonts have: Argo CD's own are a heart, an
/// arrow up, a ring and a ghost.
fn symbol(app: &AppSummary) -> &'static str {
    let phase = app.operation.as_ref().map(|operation| operation.phase);
    match (app.health, phase, app.sync) {
        (Health::Degraded, ..) => "♡",
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
