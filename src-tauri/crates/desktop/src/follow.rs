//! From the engine's status to what is on the screen: tray and window follow its changes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::shell::Shell;
use crate::tray::Picture;

/// The window hears of at most four changes a second.
const WINDOW_EVERY: Duration = Duration::from_millis(250);

/// What puts the tray's picture on the screen.
pub trait TrayHost: Send {
    /// Draws it.
    fn draw(&mut self, picture: Picture) -> impl Future<Output = ()> + Send;
    /// Whether this desktop shows tray icons; hosts come and go.
    fn shown(&self) -> watch::Receiver<bool>;
}

/// Shows the window unless it is to stay hidden, and keeps tray and window up to date until the engine stops.
/// `drawn` is the picture with which the tray was started.
pub async fn follow(shell: Arc<Shell>, mut tray: impl TrayHost, mut drawn: Picture, hidden: bool) {
    tokio::spawn(crate::anew::take_over(shell.clone()));
    let mut hosts = tray.shown();
    let mut changes = shell.api.status_changes();
    let mut in_force = shell.api.in_force_changes();
    shell.set_tray_shown(*hosts.borrow_and_update());
    if !hidden || !shell.tray_shown() {
        shell.screen.show(None);
    }
    loop {
        shell.log.set(shell.api.log_level());
        let picture = Picture::of(&changes.borrow_and_update(), shell.api.lang());
        // A menu that is replaced while it is open goes stale on some desktops: only what differs is drawn.
        if picture != drawn {
            tray.draw(picture.clone()).await;
            drawn = picture;
        }
        shell.tell_window();
        tokio::time::sleep(WINDOW_EVERY).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return;
            },
            () = shell.redraw.notified() => {}
            // The files may have said something else that is no part of the status.
            Ok(()) = in_force.changed() => {}
            Ok(()) = hosts.changed() => {
                let shown = *hosts.borrow_and_update();
                shell.set_tray_shown(shown);
                if !shown {
                    // Without a tray the window is the only way back to Dinghy.
                    shell.screen.show(None);
                }
            }
        }
    }
}
