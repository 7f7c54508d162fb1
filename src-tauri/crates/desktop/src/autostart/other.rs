//! macOS and Windows, through the crate that Tauri's own plugin uses.

use std::io;
use std::path::Path;

use auto_launch::{AutoLaunch, AutoLaunchBuilder};

pub(super) fn is_on() -> io::Result<bool> {
    launch(&super::program()?)?.is_enabled().map_err(io::Error::other)
}

pub(super) fn set(on: bool, program: &Path) -> io::Result<()> {
    let launch = launch(program)?;
    if on { launch.enable() } else { launch.disable() }.map_err(io::Error::other)
}

fn launch(program: &Path) -> io::Result<AutoLaunch> {
    AutoLaunchBuilder::new()
        .set_app_name("Dinghy")
        .set_app_path(&program.to_string_lossy())
        .set_use_launch_agent(true)
        .set_args(&["--hidden"])
        .build()
        .map_err(io::Error::other)
}
