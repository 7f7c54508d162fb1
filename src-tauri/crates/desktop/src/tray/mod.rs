//! The tray as a value: a menu and an icon that are pure functions of the status, and what a click does.
//!
//! `menu` and `icon` decide what is shown and are compared in tests; each platform only draws a [`Picture`].

mod icon;
mod menu;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use dinghy_api::wire::PauseFor;
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
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

impl Picture {
    /// The picture of a status, with times in local time.
    pub fn of(status: &Status, lang: Lang) -> Self {
        Self {
            icon: icon::of(status),
            tooltip: menu::tooltip(status, lang),
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
        Action::Refresh => shell.api.refresh().await,
        Action::PauseHour => shell.api.pause(PauseFor::Hour, 0).await,
        Action::PauseTomorrow => {
            shell.api.pause(PauseFor::Tomorrow, crate::clock::tomorrow_at_nine()).await;
        }
        Action::PauseForever => shell.api.pause(PauseFor::Forever, 0).await,
        Action::Resume => shell.api.resume().await,
        Action::Quit => shell.screen.quit(),
    }
}

fn open_app(shell: &Shell, id: &AppId) {
    match shell.api.app_url(id) {
        Ok(url) => open_url(&url),
        Err(error) => tracing::warn!(app = %id, message = error.message, "cannot be opened"),
    }
}
