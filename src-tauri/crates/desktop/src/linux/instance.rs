//! One instance for each data folder: the first owns a name on the session bus, a second asks it to show its
//! window and ends.

use std::sync::Arc;

use tokio::sync::Notify;
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::{Connection, Proxy};

use crate::shell::Shell;

const PATH: &str = "/io/github/dinghy/desktop";
const INTERFACE: &str = "io.github.dinghy.Desktop";

/// What this start turned out to be.
pub(super) enum Instance {
    /// The first; it hears others' requests as long as this lives.
    First { asked: Arc<Notify>, _connection: Connection },
    /// Without a session bus nobody can be asked. The data folder's lock still keeps a second engine away.
    Alone,
    /// There is one already, and it has been asked to show its window.
    Second,
}

impl Instance {
    /// Claims the name `id`.
    pub(super) async fn claim(id: &str) -> Self {
        let connection = match Connection::session().await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::debug!(%error, "no session bus");
                return Self::Alone;
            }
        };
        match Self::try_claim(connection, id).await {
            Ok(instance) => instance,
            Err(error) => {
                tracing::warn!(%error, "the session bus gives no name");
                Self::Alone
            }
        }
    }

    async fn try_claim(connection: Connection, id: &str) -> zbus::Result<Self> {
        let asked = Arc::new(Notify::new());
        // Before the name, so that nobody who finds the name finds nothing behind it.
        connection.object_server().at(PATH, Door { asked: asked.clone() }).await?;
        let reply = connection.request_name_with_flags(id, RequestNameFlags::DoNotQueue.into()).await;
        match reply {
            Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => {
                Ok(Self::First { asked, _connection: connection })
            }
            Ok(RequestNameReply::Exists | RequestNameReply::InQueue) | Err(zbus::Error::NameTaken) => {
                Proxy::new(&connection, id, PATH, INTERFACE).await?.call_method("Show", &()).await?;
                Ok(Self::Second)
            }
            Err(error) => Err(error),
        }
    }
}

/// Shows the window whenever another start asks for it. Ends never.
pub(super) async fn show_on_request(instance: Option<Instance>, shell: &Shell) {
    let Some(Instance::First { asked, _connection }) = instance else { return std::future::pending().await };
    loop {
        asked.notified().await;
        shell.screen.show(None);
    }
}

/// What a second start calls.
struct Door {
    asked: Arc<Notify>,
}

#[zbus::interface(name = "io.github.dinghy.Desktop")]
impl Door {
    /// Shows the window.
    fn show(&self) {
        self.asked.notify_one();
    }
}
