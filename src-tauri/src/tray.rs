//! Draws the tray with Tauri's own, on macOS and Windows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_desktop::tray::{Action, Item, Picture, act, pixmap};
use dinghy_desktop::{Shell, TrayHost};
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon as Icon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};
use tokio::sync::watch;

use crate::windows;

type Actions = Arc<Mutex<HashMap<String, Action>>>;

/// The tray icon of this process.
pub(crate) struct TauriTray {
    app: AppHandle,
    icon: Option<Icon>,
    actions: Actions,
    /// Always true here: both systems have a place for icons.
    shown: watch::Receiver<bool>,
}

impl TrayHost for TauriTray {
    async fn draw(&mut self, picture: Picture) {
        self.draw_now(&picture);
    }

    fn shown(&self) -> watch::Receiver<bool> {
        self.shown.clone()
    }
}

impl TauriTray {
    /// Shows the icon. Must be called on the main thread.
    pub(crate) fn start(app: &AppHandle, shell: &Arc<Shell>, picture: &Picture) -> Self {
        let actions = Actions::default();
        let clicks = actions.clone();
        let shell = shell.clone();
        let built = TrayIconBuilder::with_id("dinghy")
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .icon_as_template(cfg!(target_os = "macos"))
            .on_menu_event(move |_, event| {
                let action =
                    clicks.lock().unwrap_or_else(PoisonError::into_inner).get(event.id().as_ref()).cloned();
                if let Some(action) = action {
                    tauri::async_runtime::spawn(act(shell.clone(), action));
                }
            })
            .on_tray_icon_event(|tray, event| {
                if let TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                } = event
                    && !cfg!(target_os = "macos")
                {
                    windows::show(tray.app_handle(), None);
                }
            })
            .build(app);
        let icon = built.inspect_err(|error| tracing::error!(%error, "no tray icon")).ok();
        let (_, shown) = watch::channel(icon.is_some());
        let tray = Self { app: app.clone(), icon, actions, shown };
        tray.draw_now(picture);
        tray
    }

    fn draw_now(&self, picture: &Picture) {
        let Some(icon) = &self.icon else { return };
        if let Err(error) = self.try_draw(icon, picture) {
            tracing::warn!(%error, "the tray could not be drawn");
        }
    }

    fn try_draw(&self, icon: &Icon, picture: &Picture) -> tauri::Result<()> {
        let [_, large] = pixmap(picture.icon, self.dark_panel());
        icon.set_icon(Some(Image::new_owned(large.rgba, large.side, large.side)))?;
        icon.set_tooltip(Some(&picture.tooltip))?;
        // Beside the icon in the menu bar; Windows has no place for it.
        if cfg!(target_os = "macos") {
            icon.set_title((picture.count > 0).then(|| picture.count.to_string()))?;
        }
        let mut actions = HashMap::new();
        let menu = Menu::new(&self.app)?;
        for item in &picture.items {
            menu.append(&*self.item(item, &mut actions)?)?;
        }
        *self.actions.lock().unwrap_or_else(PoisonError::into_inner) = actions;
        icon.set_menu(Some(menu))
    }

    fn item(
        &self,
        item: &Item,
        actions: &mut HashMap<String, Action>,
    ) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        Ok(match item {
            Item::Separator => Box::new(PredefinedMenuItem::separator(&self.app)?),
            Item::Heading(label) => Box::new(MenuItem::new(&self.app, label, false, None::<&str>)?),
            Item::Entry(label, action) => {
                let id = format!("a{}", actions.len());
                let entry = MenuItem::with_id(&self.app, &id, label, true, None::<&str>)?;
                actions.insert(id, action.clone());
                Box::new(entry)
            }
            Item::Check(label, on, action) => {
                let id = format!("a{}", actions.len());
                let entry = CheckMenuItem::with_id(&self.app, &id, label, true, *on, None::<&str>)?;
                actions.insert(id, action.clone());
                Box::new(entry)
            }
            Item::Submenu(label, items) => {
                let submenu = Submenu::new(&self.app, label, true)?;
                for item in items {
                    submenu.append(&*self.item(item, actions)?)?;
                }
                Box::new(submenu)
            }
        })
    }

    /// macOS recolours template images itself; Windows' taskbar follows the system's theme.
    fn dark_panel(&self) -> bool {
        cfg!(windows)
            && self
                .app
                .get_webview_window(windows::MAIN)
                .and_then(|window| window.theme().ok())
                .is_none_or(|theme| theme == tauri::Theme::Dark)
    }
}
