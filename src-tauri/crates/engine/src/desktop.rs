//! Desktop notifications. A click opens the application's page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dinghy_model::{Problem, Verdict};
use notify_rust::{Notification, NotificationHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// At most so many notifications wait for a click; older ones stay visible and no longer react.
const MOST_WAITING: usize = 32;

/// Opens a URL in the user's browser; given by the shell.
pub type OpenUrl = Arc<dyn Fn(&str) + Send + Sync>;

/// Shows one notification, for what must be said where there is no window; false: nobody shows it.
pub async fn tell_desktop(title: &str, body: &str) -> bool {
    let mut notification = Notification::new();
    notification.appname("Dinghy").summary(title).body(&escape(body)).icon("dinghy");
    platform::show(notification).await.is_ok()
}

/// The desktop as a destination.
#[derive(Clone)]
pub(crate) struct Desktop {
    open: OpenUrl,
    waiting: Arc<AtomicUsize>,
    clicks: TaskTracker,
    stop: CancellationToken,
}

impl Desktop {
    /// `clicks` owns the tasks that wait for a click; they end with `stop`.
    pub(crate) fn new(open: OpenUrl, clicks: TaskTracker, stop: CancellationToken) -> Self {
        Self { open, waiting: Arc::default(), clicks, stop }
    }

    /// Shows one notification. A notification service may come up a little after Dinghy; the courier gives
    /// up soon, because nobody wants a notification of yesterday, and the event log has the message.
    pub(crate) async fn show(&self, title: &str, body: &str, url: &str) -> Verdict {
        let clickable = !url.is_empty() && self.waiting.load(Ordering::Relaxed) < MOST_WAITING;
        let mut notification = Notification::new();
        notification.appname("Dinghy").summary(title).body(&escape(body)).icon("dinghy");
        if clickable {
            notification.action("default", "Open");
        }
        match platform::show(notification).await {
            Ok(handle) => {
                if clickable {
                    self.wait_for_click(handle, url.to_owned());
                }
                Verdict::Delivered
            }
            Err(detail) => Verdict::Retry { problem: Problem::Desktop { detail }, after: None },
        }
    }

    fn wait_for_click(&self, handle: NotificationHandle, url: String) {
        let open = self.open.clone();
        let waiting = self.waiting.clone();
        waiting.fetch_add(1, Ordering::Relaxed);
        let stop = self.stop.clone();
        self.clicks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                clicked = platform::clicked(handle) => if clicked { open(&url) },
            }
            waiting.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Notification servers may read the body as markup (freedesktop's specification, "body-markup").
fn escape(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

#[cfg(target_os = "linux")]
mod platform {
    //! The freedesktop notification service, over D-Bus.
    use notify_rust::{Notification, NotificationHandle, NotificationResponse};

    pub(super) async fn show(notification: Notification) -> Result<NotificationHandle, String> {
        notification.show_async().await.map_err(|error| error.to_string())
    }

    pub(super) async fn clicked(handle: NotificationHandle) -> bool {
        let mut clicked = false;
        handle
            .wait_for_action_async(|response| clicked = matches!(response, NotificationResponse::Default))
            .await;
        clicked
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! macOS and Windows: both calls block, so each has a thread of the blocking pool.
    use notify_rust::{Notification, NotificationHandle};

    pub(super) async fn show(notification: Notification) -> Result<NotificationHandle, String> {
        tokio::task::spawn_blocking(move || notification.show().map_err(|error| error.to_string()))
            .await
            .map_err(|error| error.to_string())?
    }

    pub(super) async fn clicked(handle: NotificationHandle) -> bool {
        tokio::task::spawn_blocking(move || {
            let mut clicked = false;
            handle.wait_for_action(|action| clicked = action != "__closed");
            clicked
        })
        .await
        .unwrap_or(false)
    }
}
