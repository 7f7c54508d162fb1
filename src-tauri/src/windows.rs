//! The one window: made when it is asked for, destroyed when it is closed, so that no web process lives while
//! nobody looks.

use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Emitter as _, Manager as _, Url, WebviewUrl, WebviewWindowBuilder};

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

/// Brings the window to the front, on the main thread. False if there is none, or it is just being closed.
pub(crate) fn raise(app: &AppHandle, page: Option<&str>) -> tauri::Result<bool> {
    let Some(window) = app.get_webview_window(MAIN) else { return Ok(false) };
    window.show()?;
    window.unminimize()?;
    window.set_focus()?;
    if let Some(page) = page {
        window.emit("navigate", page)?;
    }
    // A window that is being closed takes orders and answers no question.
    Ok(window.is_visible().is_ok())
}

fn show_now(app: &AppHandle, page: Option<&str>) -> tauri::Result<()> {
    if app.get_webview_window(MAIN).is_some() {
        return raise(app, page).map(drop);
    }
    let url = format!("index.html#{}", page.unwrap_or("/overview"));
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(url.into()))
        .title("Dinghy")
        .inner_size(1100.0, 720.0)
        .min_inner_size(720.0, 480.0)
        .on_navigation(is_ours)
        // It comes up with something in it, and not white before that. WebKitGTK would also hold everything up for half a
        // second when it has to draw a page that is not there yet.
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished
                && let Err(error) = window.show()
            {
                tracing::error!(%error, "the window could not be shown");
            }
        })
        .build()?;
    Ok(())
}

/// The window shows its own page and never leaves it; what is outside is opened in the browser, by the shell.
fn is_ours(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) => true,
        ("http", Some("127.0.0.1")) => tauri::is_dev() && url.port() == Some(1420),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_at_home() {
        for (url, ours) in [
            ("tauri://localhost/index.html#/apps", true),
            ("http://tauri.localhost/index.html", true),
            ("https://example.com/", false),
            ("https://tauri.localhost.example.com/", false),
            ("tauri://example.com/", false),
            ("http://127.0.0.1:8080/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(is_ours(&url.parse().unwrap()), ours, "{url}");
        }
    }
}
