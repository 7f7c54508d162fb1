//! A real gnome-keyring with a keychain of its own.

use anyhow::{Context, Result};
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::ObjectPath;
use zbus::{Connection, Proxy};

use super::Environment;
use super::process::Process;
use crate::eventually;

const SERVICE: &str = "org.freedesktop.secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// The keychain, unlocked and empty at first. It lives in the desktop's own home folder.
pub struct Keyring {
    connection: Connection,
    _daemon: Process,
}

impl Keyring {
    pub(super) async fn start(environment: &Environment, connection: &Connection) -> Result<Keyring> {
        let mut daemon = environment.command("gnome-keyring-daemon".as_ref());
        daemon.args(["--foreground", "--unlock", "--components=secrets"]);
        let log = environment.log("keyring");
        // It reads the keychain's password up to the end of its input.
        let daemon = Process::start_with_input(daemon, &log, b"password")?;
        let keyring = Keyring { connection: connection.clone(), _daemon: daemon };
        // Asking a name that nobody has would make a bus with services start another gnome-keyring.
        let bus = DBusProxy::new(connection).await?;
        let is_up = async || Ok(bus.name_has_owner(BusName::try_from(SERVICE)?).await?.then_some(()));
        eventually("gnome-keyring on the bus", is_up).await?;
        eventually("gnome-keyring to open its keychain", async || {
            Ok((!keyring.is_locked().await?).then_some(()))
        })
        .await?;
        Ok(keyring)
    }

    /// Whether the keychain is locked.
    pub async fn is_locked(&self) -> Result<bool> {
        let collection = self.proxy(COLLECTION, "org.freedesktop.Secret.Collection").await?;
        collection.get_property("Locked").await.context("the keychain's state")
    }

    /// Locks it. Nobody here can answer the prompt that would unlock it again.
    pub async fn lock(&self) -> Result<()> {
        let service = self.proxy("/org/freedesktop/secrets", "org.freedesktop.Secret.Service").await?;
        service
            .call_method("Lock", &(vec![ObjectPath::try_from(COLLECTION)?],))
            .await
            .context("cannot lock")?;
        Ok(())
    }

    /// Labels of all that is in it.
    pub async fn labels(&self) -> Result<Vec<String>> {
        let collection = self.proxy(COLLECTION, "org.freedesktop.Secret.Collection").await?;
        let items: Vec<zbus::zvariant::OwnedObjectPath> = collection.get_property("Items").await?;
        let mut labels = Vec::new();
        for item in items {
            let item = self.proxy(item.as_str(), "org.freedesktop.Secret.Item").await?;
            labels.push(item.get_property("Label").await?);
        }
        Ok(labels)
    }

    async fn proxy(&self, path: &str, interface: &'static str) -> Result<Proxy<'static>> {
        let builder =
            zbus::proxy::Builder::new(&self.connection).destination(SERVICE)?.path(path.to_owned())?;
        let builder = builder.interface(interface)?.cache_properties(zbus::proxy::CacheProperties::No);
        builder.build().await.context("cannot talk to the keychain")
    }
}
