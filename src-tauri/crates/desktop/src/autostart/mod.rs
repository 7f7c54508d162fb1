//! Starting with the user's session: an XDG autostart file on Linux, a launch agent on macOS, a registry value on
//! Windows. Knows the command that starts Dinghy and nothing of what it does.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

use std::io;
use std::path::PathBuf;

use dinghy_model::Problem;

/// Whether Dinghy starts at login; None if this system does not say.
pub(crate) fn is_on() -> Option<bool> {
    system::is_on().ok()
}

/// Makes Dinghy start at login, without a window, or not any more.
pub(crate) fn set(on: bool) -> Result<(), Problem> {
    program()
        .and_then(|program| system::set(on, &program))
        .map_err(|error| Problem::Other { detail: format!("start at login: {error}") })
}

/// The file that is started again: an AppImage is mounted elsewhere each time, so its own path counts.
fn program() -> io::Result<PathBuf> {
    match std::env::var_os("APPIMAGE").filter(|path| !path.is_empty()) {
        Some(image) => Ok(PathBuf::from(image)),
        None => std::env::current_exe(),
    }
}
