//! A tray host (`org.kde.StatusNotifierWatcher`) and the items it hosts.
//!
//! After <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/>.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio::sync::watch;
use zbus::fdo::DBusProxy;
use zbus::message::{self, Header};
use zbus::object_server::SignalEmitter;
use zbus::proxy::{Builder, CacheProperties};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, MessageStream, Proxy, interface};

use super::bus::Bus;
use super::menu::{DBUS_MENU, Menu};
use crate::eventually;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";

/// Where an item is on the bus, and when it said so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Registered {
    name: String,
    path: String,
    at: Instant,
}

/// The tray host. It goes off the bus when dropped.
pub(super) struct Watcher {
    connection: Connection,
    newest: watch::Receiver<Option<Registered>>,
}

impl Watcher {
    pub(super) async fn serve(bus: &Bus) -> Result<Watcher> {
        let (sender, newest) = watch::channel(None);
        let service = Service { newest: sender, all: Vec::new() };
        let connection =
            bus.builder()?.name(WATCHER)?.serve_at("/StatusNotifierWatcher", service)?.build().await;
        let connection = connection.context("cannot be the tray host")?;
        Ok(Watcher { connection, newest })
    }

    /// The item that registered last and is still there; waits for the first one.
    pub(super) async fn item(&self, connection: &Connection) -> Result<TrayItem> {
        let bus = DBusProxy::new(connection).await?;
        eventually("a tray item", async || {
            let registered = self.newest.borrow().clone();
            let Some(Registered { name, path, at }) = registered else { return Ok(None) };
            let is_there = bus.name_has_owner(name.as_str().try_into()?).await?;
            let connection = connection.clone();
            Ok(is_there.then_some(TrayItem { connection, name, path, registered_at: at }))
        })
        .await
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let connection = self.connection.clone();
        // The name is free for the next host only when this one has really left.
        tokio::spawn(async move { connection.close().await });
    }
}

struct Service {
    newest: watch::Sender<Option<Registered>>,
    all: Vec<String>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Service {
    /// An item gives its bus name, or, as Ayatana's library does, the path of its object.
    async fn register_status_notifier_item(
        &mut self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let at = Instant::now();
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let (name, path) = match service.starts_with('/') {
            true => (sender, service.to_owned()),
            false => (service.to_owned(), "/StatusNotifierItem".to_owned()),
        };
        let item = format!("{name}{path}");
        self.all.push(item.clone());
        self.newest.send_replace(Some(Registered { name, path, at }));
        emitter.status_notifier_item_registered(&item).await?;
        Ok(())
    }

    async fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    async fn registered_status_notifier_items(&self) -> Vec<String> {
        self.all.clone()
    }

    #[zbus(property)]
    async fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    async fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// What the item is drawn as: a name in the icon theme (or a file), pictures, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// Empty when there are only pictures.
    pub name: String,
    /// One for each size.
    pub pixmaps: Vec<Pixmap>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixmap {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// Four bytes for each pixel: alpha, red, green, blue.
    pub argb: Vec<u8>,
}

/// What hovering shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolTip {
    /// The first line.
    pub title: String,
    /// The rest, perhaps with markup.
    pub text: String,
}

/// An item in the tray, read anew at each call.
#[derive(Debug, Clone)]
pub struct TrayItem {
    connection: Connection,
    name: String,
    path: String,
    registered_at: Instant,
}

impl TrayItem {
    /// When it came into the tray.
    pub fn registered_at(&self) -> Instant {
        self.registered_at
    }

    /// Its name for people.
    pub async fn title(&self) -> Result<String> {
        self.property("Title").await
    }

    /// `Active`, `Passive` or `NeedsAttention`.
    pub async fn status(&self) -> Result<String> {
        self.property("Status").await
    }

    /// What it is drawn as.
    pub async fn icon(&self) -> Result<Icon> {
        // An item has to have one of the two only.
        let name = self.property("IconName").await.unwrap_or_default();
        let pixmaps: Vec<(i32, i32, Vec<u8>)> = self.property("IconPixmap").await.unwrap_or_default();
        let pixmaps =
            pixmaps.into_iter().map(|(width, height, argb)| Pixmap { width, height, argb }).collect();
        Ok(Icon { name, pixmaps })
    }

    /// What hovering shows.
    pub async fn tool_tip(&self) -> Result<ToolTip> {
        type Wire = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let (_, _, title, text): Wire = self.property("ToolTip").await?;
        Ok(ToolTip { title, text })
    }

    /// Its menu, as it would open now.
    pub async fn menu(&self) -> Result<Menu> {
        Menu::read(&self.menu_proxy().await?).await
    }

    /// The menu as soon as `is_it`; fails with the last one.
    pub async fn menu_when(&self, is_it: impl Fn(&Menu) -> bool) -> Result<Menu> {
        let mut last = String::new();
        let found = eventually("the menu", async || {
            let menu = self.menu().await?;
            last = menu.to_string();
            Ok(is_it(&menu).then_some(menu))
        })
        .await;
        found.with_context(|| format!("the menu is\n{last}"))
    }

    /// Clicks the first entry with this label, at any depth.
    pub async fn click(&self, label: &str) -> Result<()> {
        self.menu().await?.click(&self.menu_proxy().await?, label).await
    }

    /// A left click on the icon itself.
    pub async fn activate(&self) -> Result<()> {
        self.proxy(&self.path, ITEM).await?.call_method("Activate", &(0, 0)).await.context("Activate")?;
        Ok(())
    }

    /// Names of the signals that the item and its menu send while `meanwhile` runs and until `time` is over. Signals
    /// are what makes a host draw anew.
    pub async fn signals_during(
        &self,
        time: Duration,
        meanwhile: impl Future<Output = Result<()>>,
    ) -> Result<Vec<String>> {
        let owner =
            DBusProxy::new(&self.connection).await?.get_name_owner(self.name.as_str().try_into()?).await?;
        let rule = MatchRule::builder().msg_type(message::Type::Signal).sender(owner)?.build();
        let mut signals = MessageStream::for_match_rule(rule, &self.connection, None).await?;
        let mut names = Vec::new();
        let over = tokio::time::sleep(time);
        meanwhile.await?;
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return Ok(names),
                signal = signals.next() => {
                    let signal = signal.context("the bus is gone")??;
                    names.push(signal.header().member().map(ToString::to_string).unwrap_or_default());
                }
            }
        }
    }

    async fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let path: zbus::zvariant::OwnedObjectPath = self.property("Menu").await?;
        self.proxy(path.as_str(), DBUS_MENU).await
    }

    async fn property<T>(&self, name: &str) -> Result<T>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let value = self.proxy(&self.path, ITEM).await?.get_property::<T>(name).await;
        value.with_context(|| format!("the tray item's {name}"))
    }

    async fn proxy(&self, path: &str, interface: &'static str) -> Result<Proxy<'static>> {
        let builder = Builder::new(&self.connection).destination(self.name.clone())?.path(path.to_owned())?;
        let proxy = builder.interface(interface)?.cache_properties(CacheProperties::No).build().await;
        proxy.context("cannot talk to the tray item")
    }
}
