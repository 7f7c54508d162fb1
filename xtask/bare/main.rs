//! The least that a Tauri application in the tray can be: an icon, a menu of two entries, and a window with one word,
//! made when it is asked for. What Dinghy costs beyond this is Dinghy's own.

use tauri::menu::{Menu, MenuEvent, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{App, AppHandle, RunEvent, WebviewUrl, WebviewWindowBuilder};

fn main() {
    let app = tauri::Builder::default().setup(put_into_tray).build(tauri::generate_context!());
    let app = app.expect("the desktop is not usable");
    app.run(|_, event| {
        // Closing the last window leaves the icon in the tray.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
}

fn put_into_tray(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    let open = MenuItem::with_id(app, "open", "Open", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open, &quit])?;
    let mut tray = TrayIconBuilder::new().menu(&menu).on_menu_event(clicked);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

fn clicked(app: &AppHandle, event: MenuEvent) {
    if event.id() == "quit" {
        app.exit(0);
    } else if let Err(error) = WebviewWindowBuilder::new(app, "main", WebviewUrl::default()).title("Bare").build() {
        eprintln!("no window: {error}");
    }
}
