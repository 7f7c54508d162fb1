//! The other side of a server: what a controller sees of it and writes to it.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;

use super::apps::Event;
use super::route::Server;

/// A sync that a client asked for: `operation` was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyncAsked {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Who asked.
    pub(crate) by: String,
}

/// Plays the controller of one server.
pub(crate) struct Controller {
    server: Arc<Server>,
    events: mpsc::Receiver<Event>,
}

impl Controller {
    pub(super) fn new(server: Arc<Server>) -> Self {
        let (_, events) = server.apps.watch();
        Self { server, events }
    }

    /// Changes an application; false if there is none.
    pub(crate) fn edit(&self, namespace: &str, name: &str, change: impl FnOnce(&mut Value)) -> bool {
        self.server.apps.edit(namespace, name, change)
    }

    /// Waits for the next sync that is asked for. Cancel-safe.
    pub(crate) async fn sync_asked(&mut self) -> SyncAsked {
        loop {
            let Some(event) = self.events.recv().await else { std::future::pending().await };
            let asked = event.entry.value().get("operation").map(|operation| {
                operation["initiatedBy"]["username"].as_str().unwrap_or_default().to_owned()
            });
            if let Some(by) = asked {
                return SyncAsked {
                    namespace: event.entry.namespace.clone(),
                    name: event.entry.name.clone(),
                    by,
                };
            }
        }
    }
}
