//! A notification daemon (`org.freedesktop.Notifications`) that only remembers.
//!
//! After <https://specifications.freedesktop.org/notification-spec/latest/>.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

use super::bus::Bus;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Why a notification went away: a person dismissed it, or the application called it back.
const DISMISSED: u32 = 2;
const CALLED_BACK: u32 = 3;

/// What an application wanted to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    id: u32,
    /// Who sent it, in the application's words.
    pub application: String,
    /// The first line.
    pub summary: String,
    /// The rest, perhaps with markup.
    pub body: String,
    /// What can be clicked: key and label. `default` is a click on the body.
    pub actions: Vec<(String, String)>,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: u8,
    /// Whether the application called it back.
    pub is_closed: bool,
}

type Shown = Arc<Mutex<Vec<Notification>>>;

pub(super) struct Daemon {
    connection: Connection,
    shown: Shown,
}

impl Daemon {
    pub(super) async fn serve(bus: &Bus) -> Result<Daemon> {
        let shown = Shown::default();
        let service = Service { shown: Arc::clone(&shown) };
        let connection = bus.builder()?.name(NAME)?.serve_at(PATH, service)?.build().await;
        Ok(Daemon { connection: connection.context("cannot be the notification daemon")?, shown })
    }

    pub(super) fn shown(&self) -> Vec<Notification> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn click(&self, notification: &Notification, action: &str) -> Result<()> {
        let Notification { id, actions, .. } = notification;
        if !actions.iter().any(|(key, _)| key == action) {
            bail!("the notification `{}` has no action `{action}`, only {actions:?}", notification.summary);
        }
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Service::action_invoked(&emitter, *id, action).await?;
        Service::notification_closed(&emitter, *id, DISMISSED).await?;
        Ok(())
    }
}

struct Service {
    shown: Shown,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    async fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "body-markup"]
    }

    async fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("dinghy-tests", "Dinghy", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the protocol's own")]
    async fn notify(
        &self,
        application: String,
        replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let next = shown.iter().map(|notification| notification.id).max().unwrap_or(0) + 1;
        let id = if replaces == 0 { next } else { replaces };
        let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        let urgency = hints.get("urgency").and_then(|value| value.downcast_ref::<u8>().ok()).unwrap_or(1);
        shown.push(Notification { id, application, summary, body, actions, urgency, is_closed: false });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        for notification in self.shown.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            notification.is_closed |= notification.id == id;
        }
        Service::notification_closed(&emitter, id, CALLED_BACK).await?;
        Ok(())
    }

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;
}
