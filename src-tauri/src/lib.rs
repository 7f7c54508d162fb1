//! Tauri's side of the desktop shell: the window.
//!
//! On Linux this is the program `dinghy-window`, which passes every call to the tray's process; on macOS and
//! Windows it is the whole application `dinghy`, tray included. Decides nothing: `dinghy_desktop` and the use
//! cases behind it do. Tauri is known here and nowhere else. No `AppHandle` is stored in a static.

#[cfg(target_os = "linux")]
mod linked;
#[cfg(not(target_os = "linux"))]
mod single;
#[cfg(not(target_os = "linux"))]
mod tray;
mod windows;

#[cfg(target_os = "linux")]
pub use linked::run_window;
#[cfg(not(target_os = "linux"))]
pub use single::run;

/// What `tauri.conf.json` and the capabilities say.
#[expect(clippy::disallowed_methods, reason = "inside generate_context!")]
fn context() -> tauri::Context<tauri::Wry> {
    tauri::generate_context!()
}
