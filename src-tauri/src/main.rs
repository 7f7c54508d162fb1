//! The tray application `dinghy`. Everything it does is in the library, so that it can be read in order.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    dinghy_app::run()
}
