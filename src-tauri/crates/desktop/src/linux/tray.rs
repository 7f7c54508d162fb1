//! Draws the tray over D-Bus (StatusNotifierItem), with ksni: it gives tooltips, pixmaps without a file
//! and clicks, which libappindicator does not (docs/adr/0003).

use std::sync::Arc;

use ksni::menu::{CheckmarkItem, MenuItem, StandardItem, SubMenu};
use ksni::{Category, Handle, Icon, OfflineReason, ToolTip, TrayMethods as _};
use tokio::sync::watch;

use crate::follow::TrayHost;
use crate::shell::Shell;
use crate::tray::{Item, Picture, Pixmap, TrayIcon, act, pixmap};

/// The tray icon of this process.
pub(super) struct TrayIconHost {
    handle: Option<Handle<Notifier>>,
    /// True while some panel shows tray icons.
    shown: watch::Receiver<bool>,
}

impl TrayIconHost {
    /// Shows the icon; gives also the picture it was started with.
    pub(super) async fn start(shell: &Arc<Shell>) -> (Self, Picture) {
        let picture = Picture::now(shell);
        let (host, shown) = watch::channel(true);
        let notifier = Notifier {
            shell: shell.clone(),
            picture: picture.clone(),
            host: host.clone(),
            dark_panel: panel_is_dark(),
        };
        // Panels may start after us; ksni registers again when one comes.
        let handle = match notifier.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(handle),
            Err(error) => {
                tracing::warn!(%error, "no tray icon: no D-Bus session");
                host.send_replace(false);
                None
            }
        };
        if handle.is_some() && !host_registered().await {
            host.send_replace(false);
        }
        (Self { handle, shown }, picture)
    }
}

impl TrayHost for TrayIconHost {
    async fn draw(&mut self, picture: Picture) {
        if let Some(handle) = &self.handle {
            handle.update(|notifier| notifier.picture = picture).await;
        }
    }

    fn shown(&self) -> watch::Receiver<bool> {
        self.shown.clone()
    }
}

struct Notifier {
    shell: Arc<Shell>,
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
        self.shell.screen.show(None);
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
            let action = action.clone();
            StandardItem {
                label: escape(label),
                activate: Box::new(move |notifier: &mut Notifier| {
                    tokio::spawn(act(notifier.shell.clone(), action.clone()));
                }),
                ..StandardItem::default()
            }
            .into()
        }
        Item::Check(label, on, action) => {
            let action = action.clone();
            CheckmarkItem {
                label: escape(label),
                checked: *on,
                activate: Box::new(move |notifier: &mut Notifier| {
                    tokio::spawn(act(notifier.shell.clone(), action.clone()));
                }),
                ..CheckmarkItem::default()
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
    pixmap(icon, dark_panel).iter().map(argb).collect()
}

/// RGBA → ARGB in network byte order, as the specification wants it.
fn argb(pixmap: &Pixmap) -> Icon {
    let side = i32::try_from(pixmap.side).unwrap_or(0);
    let data = pixmap.rgba.chunks_exact(4).flat_map(|p| [p[3], p[0], p[1], p[2]]).collect();
    Icon { width: side, height: side, data }
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
