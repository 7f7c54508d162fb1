//! Draws the tray with Tauri's own, on macOS and Windows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon as Icon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};
use tokio::sync::watch;

use super::icon::images;
use super::menu::{Action, Item};
use super::{Picture, act};
use crate::windows;

type Actions = Arc<Mutex<HashMap<String, Action>>>;

/// The tray icon of this process.
pub(super) struct Tray {
    app: AppHandle,
    icon: Option<Icon>,
    actions: Actions,
    /// Always true here: both systems have a place for icons.
    pub(super) host: watch::Receiver<bool>,
}

impl Tray {
    pub(super) async fn start(app: &AppHandle, picture: Picture) -> Self {
        let actions = Actions::default();
        let clicks = actions.clone();
        let built = TrayIconBuilder::with_id("dinghy")
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .icon_as_template(cfg!(target_os = "macos"))
            .on_menu_event(move |app, event| {
                let action =
                    clicks.lock().unwrap_or_else(PoisonError::into_inner).get(event.id().as_ref()).cloned();
                if let Some(action) = action {
                    act(app, action);
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
        let (_, host) = watch::channel(icon.is_some());
        let tray = Self { app: app.clone(), icon, actions, host };
        tray.draw(picture).await;
        tray
    }

    pub(super) async fn draw(&self, picture: Picture) {
        let Some(icon) = &self.icon else { return };
        if let Err(error) = self.try_draw(icon, &picture) {
            tracing::warn!(%error, "the tray could not be drawn");
        }
    }

    fn try_draw(&self, icon: &Icon, picture: &Picture) -> tauri::Result<()> {
        let dark = self.dark_panel();
        let [_, large] = images(picture.icon, dark);
        icon.set_icon(Some(large))?;
        icon.set_tooltip(Some(&picture.tooltip))?;
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
