//! The one window: made when it is asked for, destroyed when it is closed, so that no web process lives while
//! nobody looks.

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindowBuilder};

/// The window's label; the capability file names it.
pub(crate) const MAIN: &str = "main";

/// Shows the window, at a page (`/servers`) if one is given. Creates it if there is none.
pub(crate) fn show(app: &AppHandle, page: Option<&str>) {
    let app_handle = app.clone();
    let page = page.map(str::to_owned);
    // Windows are made on the main thread only.
    let shown = app.run_on_main_thread(move || {
        if let Err(error) = show_now(&app_handle, page.as_deref()) {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

fn show_now(app: &AppHandle, page: Option<&str>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(MAIN) {
        window.show()?;
        window.unminimize()?;
        window.set_focus()?;
        if let Some(page) = page {
            window.emit("navigate", page)?;
        }
        return Ok(());
    }
    let url = format!("index.html#{}", page.unwrap_or("/overview"));
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(url.into()))
        .title("Dinghy")
        .inner_size(1100.0, 720.0)
        .min_inner_size(720.0, 480.0)
        .build()?;
    Ok(())
}
