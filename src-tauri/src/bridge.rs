//! From the engine's status to what is on the screen: tray and window follow its changes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::session::Session;
use crate::{tray, windows};

/// The window hears of at most four changes a second.
const WINDOW_EVERY: Duration = Duration::from_millis(250);

/// Starts the tray and the task that keeps tray and window up to date.
pub(crate) fn start(app: &AppHandle, session: Arc<Session>, hidden: bool) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let tray = tray::start(&app, &session).await;
        session.tray.store(tray.is_shown(), Ordering::Relaxed);
        if !hidden || !tray.is_shown() {
            windows::show(&app, None);
        }
        follow(&app, &session, tray).await;
    });
}

async fn follow(app: &AppHandle, session: &Session, mut tray: tray::Tray) {
    let mut changes = session.api.status_changes();
    let mut hosts = tray.host_changes();
    loop {
        let status = changes.borrow_and_update().clone();
        tray.draw(&status, session).await;
        tell_window(app, session);
        tokio::time::sleep(WINDOW_EVERY).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return;
            },
            () = session.redraw.notified() => {}
            Ok(()) = hosts.changed() => {
                let shown = *hosts.borrow_and_update();
                session.tray.store(shown, Ordering::Relaxed);
                if !shown {
                    // Without a tray the window is the only way back to Dinghy.
                    windows::show(app, None);
                }
            }
        }
    }
}

/// Sends the status to the window, if there is one.
pub(crate) fn tell_window(app: &AppHandle, session: &Session) {
    if let Some(window) = app.get_webview_window(windows::MAIN)
        && let Err(error) = window.emit("status", session.api.status_view(session.tray_shown()))
    {
        tracing::warn!(%error, "the window could not be told");
    }
}
