//! The tray as a value: a menu and an icon that are pure functions of the status, and what a click does.
//!
//! `menu` and `icon` decide what is shown and are compared in tests; each platform only draws a [`Picture`].

mod attention;
mod icon;
mod menu;
mod mute;
mod recent;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;

use dinghy_api::wire::{ApiError, PauseFor};
use dinghy_model::{AppId, Lang, Status};

use crate::shell::{Shell, open_url};

pub use icon::{Pixmap, TrayIcon, pixmap};
pub use menu::{Action, Item};

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The worst state.
    pub icon: TrayIcon,
    /// What is shown under the pointer.
    pub tooltip: String,
    /// How many things need attention.
    pub count: usize,
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

impl Picture {
    /// The picture of a status, with times in local time.
    pub fn of(status: &Status, lang: Lang) -> Self {
        Self {
            icon: icon::of(status),
            tooltip: menu::tooltip(status, lang),
            count: attention::count(status),
            items: menu::menu(status, lang, &crate::clock::time_of_day),
        }
    }

    /// The picture of what `shell` shows now.
    pub fn now(shell: &Shell) -> Self {
        Self::of(&shell.api.status_changes().borrow(), shell.api.lang())
    }
}

/// Does what a click on a menu entry asks for.
pub async fn act(shell: Arc<Shell>, action: Action) {
    match action {
        Action::OpenApp(id) => open_app(&shell, &id),
        Action::OpenPage(page) => shell.screen.show(Some(page)),
        Action::ShowApp(id) => shell.screen.show(Some(&page_of(&id))),
        Action::Refresh => shell.api.refresh().await,
        Action::PauseHour => shell.api.pause(PauseFor::Hour, 0).await,
        Action::PauseTomorrow => {
            shell.api.pause(PauseFor::Tomorrow, crate::clock::tomorrow_at_nine()).await;
        }
        Action::PauseForever => shell.api.pause(PauseFor::Forever, 0).await,
        Action::Resume => shell.api.resume().await,
        Action::Mute(id, how) => {
            warn(shell.api.mute(&id, how, crate::clock::tomorrow_at_nine()).await.map(drop));
        }
        Action::Switch(service, on) => warn(shell.api.set_switch(&service, on).await),
        Action::Unmute(id) => warn(shell.api.set_mute(&id, None).await),
        Action::Quit => shell.screen.quit(),
    }
}

/// The application's page in the window. What its address cannot hold is escaped.
fn page_of(id: &AppId) -> String {
    let mut page = "/apps".to_owned();
    for part in [&id.server.0, &id.namespace, &id.name] {
        page.push('/');
        for byte in part.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => page.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => drop(write!(page, "%{byte:02X}")),
            }
        }
    }
    page
}

/// A menu has no place for what went wrong.
fn warn(done: Result<(), ApiError>) {
    if let Err(error) = done {
        tracing::warn!(message = error.message, "a click in the tray's menu failed");
    }
}

fn open_app(shell: &Shell, id: &AppId) {
    match shell.api.app_url(id) {
        // Logged there if it fails.
        Ok(url) => drop(open_url(&url)),
        Err(error) => tracing::warn!(app = %id, message = error.message, "cannot be opened"),
    }
}
