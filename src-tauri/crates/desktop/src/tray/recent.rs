//! The part of the menu that says what happened last.

use dinghy_api::words;
use dinghy_model::{Event, EventKind, Lang, Status};

use super::menu::{Action, Item, short};

/// A submenu, if anything that matters has happened.
pub(super) fn submenu(status: &Status, lang: Lang, local_time: &dyn Fn(i64) -> String) -> Option<Item> {
    let mut items: Vec<Item> =
        status.recent.iter().map(|event| entry(event, lang, &local_time(event.at_ms))).collect();
    if items.is_empty() {
        return None;
    }
    items.push(Item::Separator);
    items.push(Item::Entry(lang.pick("All events…", "全部事件…").to_owned(), Action::OpenPage("/events")));
    Some(Item::Submenu(lang.pick("Recent events", "最近事件").to_owned(), items))
}

fn entry(event: &Event, lang: Lang, time: &str) -> Item {
    let (text, _, _) = words::event_words(event, lang);
    let about = match (&event.kind, &event.app) {
        // Its text begins with the server's name.
        (EventKind::Server { .. }, _) => String::new(),
        (_, Some(app)) => format!("{} · ", short(&app.name)),
        (_, None) if event.service.is_empty() => String::new(),
        (_, None) => format!("{} · ", short(&event.service)),
    };
    let action = match (&event.kind, &event.app) {
        (EventKind::Server { .. }, _) => Action::OpenPage("/servers"),
        (_, Some(app)) => Action::ShowApp(app.clone()),
        (_, None) => Action::OpenPage("/events"),
    };
    Item::Entry(format!("{time} {about}{text}"), action)
}
