//! The tray application `dinghy`. On Linux it links no WebKit: the window is the program `dinghy-window`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    return dinghy_desktop::run();
    #[cfg(not(target_os = "linux"))]
    return dinghy_app::run();
}
