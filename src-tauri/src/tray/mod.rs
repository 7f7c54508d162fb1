//! The tray: a menu and an icon that are pure functions of the status, and what draws them.
//!
//! `menu` and `icon` decide what is shown and are compared in tests; `linux` and `other` only draw.

mod icon;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(test)]
mod tests;

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
use other as platform;

use std::sync::Arc;

use dinghy_api::wire::PauseFor;
use dinghy_model::{AppId, Status};
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use crate::session::{Session, open_url};
use crate::windows;
use icon::TrayIcon;
use menu::{Action, Item};

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    icon: TrayIcon,
    tooltip: String,
    items: Vec<Item>,
}

/// The tray as it is on the screen.
pub(crate) struct Tray {
    platform: platform::Tray,
    drawn: Option<Picture>,
}

/// Shows the tray icon; where that is not possible the window says so.
pub(crate) async fn start(app: &AppHandle, session: &Arc<Session>) -> Tray {
    let status = session.api.status_changes().borrow().clone();
    let picture = picture(&status, session);
    Tray { platform: platform::Tray::start(app, picture.clone()).await, drawn: Some(picture) }
}

impl Tray {
    /// Whether this desktop shows tray icons.
    pub(crate) fn is_shown(&self) -> bool {
        *self.platform.host.borrow()
    }

    /// Tray hosts that come and go.
    pub(crate) fn host_changes(&self) -> watch::Receiver<bool> {
        self.platform.host.clone()
    }

    /// Draws the status, if it looks other than what is drawn: a menu that is replaced while it is open
    /// goes stale on some desktops.
    pub(crate) async fn draw(&mut self, status: &Status, session: &Session) {
        let picture = picture(status, session);
        if self.drawn.as_ref() != Some(&picture) {
            self.platform.draw(picture.clone()).await;
            self.drawn = Some(picture);
        }
    }
}

/// Whether a tray icon is on the screen, for the decision to live on without a window.
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    app.try_state::<Arc<Session>>().is_some_and(|session| session.tray_shown())
}

fn picture(status: &Status, session: &Session) -> Picture {
    let lang = session.api.lang();
    let local_time = |ms: i64| crate::clock::time_of_day(ms);
    Picture {
        icon: icon::of(status),
        tooltip: menu::tooltip(status, lang),
        items: menu::menu(status, lang, &local_time),
    }
}

/// What a click does.
fn act(app: &AppHandle, action: Action) {
    let Some(session) = app.try_state::<Arc<Session>>().map(|session| session.inner().clone()) else {
        return;
    };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match action {
            Action::OpenApp(id) => open_app(&session, &id),
            Action::OpenPage(page) => windows::show(&app, Some(page)),
            Action::Refresh => session.api.refresh().await,
            Action::PauseHour => session.api.pause(PauseFor::Hour, 0).await,
            Action::PauseTomorrow => {
                session.api.pause(PauseFor::Tomorrow, crate::clock::tomorrow_at_nine()).await
            }
            Action::PauseForever => session.api.pause(PauseFor::Forever, 0).await,
            Action::Resume => session.api.resume().await,
            Action::Quit => app.exit(0),
        }
    });
}

fn open_app(session: &Session, id: &AppId) {
    match session.api.app_url(id) {
        Ok(url) => open_url(&url),
        Err(error) => tracing::warn!(app = %id, message = error.message, "cannot be opened"),
    }
}
