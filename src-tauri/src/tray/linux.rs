//! Draws the tray over D-Bus (StatusNotifierItem), with ksni: it gives tooltips, pixmaps without a file
//! and clicks, which libappindicator does not (docs/adr/0003).

use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Category, Handle, Icon, OfflineReason, ToolTip, TrayMethods as _};
use tauri::AppHandle;
use tokio::sync::watch;

use super::icon::TrayIcon;
use super::menu::{Action, Item};
use super::{Picture, act};
use crate::windows;

/// The tray icon of this process.
pub(super) struct Tray {
    handle: Option<Handle<Notifier>>,
    /// True while some panel shows tray icons.
    pub(super) host: watch::Receiver<bool>,
}

impl Tray {
    pub(super) async fn start(app: &AppHandle, picture: Picture) -> Self {
        let (host_tx, host) = watch::channel(true);
        let notifier =
            Notifier { app: app.clone(), picture, host: host_tx.clone(), dark_panel: panel_is_dark() };
        // Panels may start after us; ksni registers again when one comes.
        let handle = match notifier.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(handle),
            Err(error) => {
                tracing::warn!(%error, "no tray icon: no D-Bus session");
                host_tx.send_replace(false);
                None
            }
        };
        if handle.is_some() && !host_registered().await {
            host_tx.send_replace(false);
        }
        Self { handle, host }
    }

    pub(super) async fn draw(&self, picture: Picture) {
        if let Some(handle) = &self.handle {
            handle.update(|notifier| notifier.picture = picture).await;
        }
    }
}

struct Notifier {
    app: AppHandle,
    picture: Picture,
    host: watch::Sender<bool>,
    dark_panel: bool,
}

impl ksni::Tray for Notifier {
    fn id(&self) -> String {
        "dinghy".to_owned()
    }

    fn title(&self) -> String {
        "Dinghy".to_owned()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn status(&self) -> ksni::Status {
        match self.picture.icon {
            TrayIcon::Attention => ksni::Status::NeedsAttention,
            _ => ksni::Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        pixmaps(self.picture.icon, self.dark_panel)
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.picture.tooltip.clone(), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        windows::show(&self.app, None);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.picture.items.iter().map(entry).collect()
    }

    fn watcher_online(&self) {
        self.host.send_replace(true);
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.host.send_replace(false);
        true
    }
}

fn entry(item: &Item) -> MenuItem<Notifier> {
    match item {
        Item::Separator => MenuItem::Separator,
        Item::Heading(label) => {
            StandardItem { label: escape(label), enabled: false, ..StandardItem::default() }.into()
        }
        Item::Entry(label, action) => {
            let action: Action = action.clone();
            StandardItem {
                label: escape(label),
                activate: Box::new(move |notifier: &mut Notifier| act(&notifier.app, action.clone())),
                ..StandardItem::default()
            }
            .into()
        }
        Item::Submenu(label, items) => {
            SubMenu { label: escape(label), submenu: items.iter().map(entry).collect(), ..SubMenu::default() }
                .into()
        }
    }
}

/// dbusmenu takes a single underscore for a mnemonic.
fn escape(label: &str) -> String {
    label.replace('_', "__")
}

/// Both sizes of an icon; the panel picks.
fn pixmaps(icon: TrayIcon, dark_panel: bool) -> Vec<Icon> {
    super::icon::images(icon, dark_panel).iter().map(argb).collect()
}

/// RGBA → ARGB in network byte order, as the specification wants it.
fn argb(image: &tauri::image::Image<'_>) -> Icon {
    let data = image.rgba().chunks_exact(4).flat_map(|p| [p[3], p[0], p[1], p[2]]).collect();
    Icon {
        width: i32::try_from(image.width()).unwrap_or(0),
        height: i32::try_from(image.height()).unwrap_or(0),
        data,
    }
}

/// Whether a panel shows tray icons (`IsStatusNotifierHostRegistered`).
async fn host_registered() -> bool {
    async fn ask() -> zbus::Result<bool> {
        let connection = zbus::Connection::session().await?;
        let watcher = zbus::Proxy::new(
            &connection,
            "org.kde.StatusNotifierWatcher",
            "/StatusNotifierWatcher",
            "org.kde.StatusNotifierWatcher",
        )
        .await?;
        watcher.get_property("IsStatusNotifierHostRegistered").await
    }
    ask().await.unwrap_or(false)
}

/// No interface tells a panel's colour. Most are dark whatever the theme (GNOME, Xfce, Cinnamon, bare bars);
/// those of KDE, MATE and LXQt follow it.
fn panel_is_dark() -> bool {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let theme = std::env::var("GTK_THEME").unwrap_or_default().to_lowercase();
    let follows_theme = desktop.split(':').any(|name| matches!(name, "KDE" | "MATE" | "LXQt"));
    !follows_theme || theme.ends_with("dark")
}
