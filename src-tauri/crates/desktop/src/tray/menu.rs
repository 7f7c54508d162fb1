//! The menu as a value: what needs attention first, then what happened and what can be held back, then servers, then
//! the rest.

use dinghy_api::wire::MuteFor;
use dinghy_api::words;
use dinghy_model::{AppId, Lang, Status};

use super::{attention, mute, recent};

/// Menus that are longer than the screen cannot be used: the window has the rest.
pub(super) const MOST_APPS: usize = 10;
/// A label longer than this is cut: one long name must not make the whole menu as wide.
const MOST_CHARS: usize = 64;
/// The same of a name in it.
const MOST_NAME_CHARS: usize = 32;

/// A line of the menu.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A heading; cannot be clicked.
    Heading(String),
    /// Can be clicked.
    Entry(String, Action),
    /// Can be clicked, and shows whether it is on.
    Check(String, bool, Action),
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
    /// The application in the window.
    ShowApp(AppId),
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
    /// Do not speak of the application for so long.
    Mute(AppId, MuteFor),
    /// Speak of it again.
    Unmute(AppId),
    /// Switch a destination on or off.
    Switch(String, bool),
    /// End the application.
    Quit,
}

/// The menu of a status. `local_time` turns Unix ms into `15:30`.
pub(crate) fn menu(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Vec<Item> {
    let mut items = vec![Item::Heading(headline(status, lang))];
    items.extend(attention::items(status, lang));
    items.push(Item::Separator);
    items.extend(recent::submenu(status, lang, local_time));
    items.extend(mute::submenu(status, lang, local_time));
    items.push(pause(status, lang, local_time));
    items.extend(switches(status, lang));
    items.push(Item::Separator);
    items.extend(servers(status, lang, local_time));
    items.push(Item::Entry(lang.pick("Refresh now", "立即刷新").to_owned(), Action::Refresh));
    items.push(Item::Separator);
    items
        .push(Item::Entry(lang.pick("Open Dinghy", "打开 Dinghy").to_owned(), Action::OpenPage("/overview")));
    items.push(Item::Entry(lang.pick("Quit Dinghy", "退出 Dinghy").to_owned(), Action::Quit));
    items.into_iter().map(Item::capped).collect()
}

fn pause(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Item {
    if let Some(pause) = status.paused {
        let until = pause.until_ms.map(local_time).unwrap_or_default();
        return Item::Entry(words::pause_until(pause, &until, lang), Action::Resume);
    }
    let lengths = [
        (lang.pick("For 1 hour", "1 小时"), Action::PauseHour),
        (lang.pick("Until tomorrow, 09:00", "到明天 09:00"), Action::PauseTomorrow),
        (lang.pick("Until I turn it on", "直到我恢复"), Action::PauseForever),
    ];
    let entry = |(words, action): (&str, Action)| Item::Entry(words.to_owned(), action);
    Item::Submenu(lang.pick("Pause sending", "暂停发送").to_owned(), lengths.map(entry).into())
}

/// A name that leaves room for what is said of it.
pub(super) fn short(name: &str) -> String {
    cut(name, MOST_NAME_CHARS)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

impl Item {
    /// The same with labels that a screen has room for.
    fn capped(self) -> Self {
        let cap = |label: String| cut(&label, MOST_CHARS);
        match self {
            Self::Heading(label) => Self::Heading(cap(label)),
            Self::Entry(label, action) => Self::Entry(cap(label), action),
            Self::Check(label, on, action) => Self::Check(cap(label), on, action),
            Self::Submenu(label, items) => {
                Self::Submenu(cap(label), items.into_iter().map(Self::capped).collect())
            }
            Self::Separator => Self::Separator,
        }
    }
}

/// Which destinations get messages.
fn switches(status: &Status, lang: Lang) -> Option<Item> {
    let names = status.groups.iter().map(|group| &group.name).chain(&status.desktops);
    let entry = |name: &String| {
        let on = !status.off.contains(name);
        Item::Check(name.clone(), on, Action::Switch(name.clone(), !on))
    };
    let items: Vec<Item> = names.map(entry).collect();
    (!items.is_empty()).then(|| Item::Submenu(lang.pick("Send to", "发送到").to_owned(), items))
}

fn headline(status: &Status, lang: Lang) -> String {
    let attention = attention::count(status);
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

fn applications(count: usize) -> String {
    words::count(count, "application", "applications")
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

/// One line for the pointer.
pub(crate) fn tooltip(status: &Status, lang: Lang) -> String {
    format!("Dinghy{}{}", lang.pick(": ", "："), headline(status, lang))
}
