//! The part of the menu that mutes applications: those that need attention, and those that are muted.

use dinghy_api::wire::MuteFor;
use dinghy_model::{AppId, Lang, Mute, Status};

use super::attention::broken;
use super::menu::{Action, Item, MOST_APPS, short};

/// A submenu, if there is anything to mute or to unmute.
pub(super) fn submenu(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Option<Item> {
    let several = status.servers.len() > 1;
    let bad = status.servers.iter().flat_map(|server| broken(status, server)).map(|app| &app.id);
    let mut items: Vec<Item> = bad
        .take(MOST_APPS)
        .map(|id| {
            let lengths = [
                (lang.pick("For 1 hour", "1 小时"), MuteFor::Hour),
                (lang.pick("For 4 hours", "4 小时"), MuteFor::FourHours),
                (lang.pick("Until tomorrow, 09:00", "到明天 09:00"), MuteFor::Tomorrow),
                (lang.pick("Until I unmute it", "直到我取消"), MuteFor::Forever),
            ];
            let entry =
                |(words, how): (&str, _)| Item::Entry(words.to_owned(), Action::Mute(id.clone(), how));
            Item::Submenu(name(id, several), lengths.map(entry).into())
        })
        .collect();
    let known = |id: &AppId| {
        let server = status.servers.iter().find(|server| server.name == id.server);
        server.is_some_and(|server| server.apps.iter().any(|app| app.id == *id))
    };
    let muted: Vec<(&AppId, Mute)> = status.mutes.iter().filter(|(id, _)| known(id)).collect();
    if !(items.is_empty() || muted.is_empty()) {
        items.push(Item::Separator);
    }
    items.extend(muted.into_iter().take(MOST_APPS).map(|(id, mute)| {
        let until = mute.until_ms.map(local_time);
        let name = name(id, several);
        let label = match (lang, until) {
            (Lang::En, None) => format!("Unmute {name}"),
            (Lang::En, Some(until)) => format!("Unmute {name} (until {until})"),
            (Lang::ZhCn, None) => format!("取消静默 {name}"),
            (Lang::ZhCn, Some(until)) => format!("取消静默 {name}（至 {until}）"),
        };
        Item::Entry(label, Action::Unmute(id.clone()))
    }));
    (!items.is_empty()).then(|| Item::Submenu(lang.pick("Mute", "静默").to_owned(), items))
}

/// Of several servers each may have an application of this name.
fn name(id: &AppId, several: bool) -> String {
    if several { format!("{} ({})", short(&id.name), id.server) } else { short(&id.name) }
}
