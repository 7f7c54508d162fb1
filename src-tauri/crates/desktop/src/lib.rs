//! The desktop shell without a window toolkit: the tray's picture, what the window may call, one instance,
//! and on Linux the whole process `dinghy`.
//!
//! Decides nothing: what is drawn comes from `dinghy_api`, and every click becomes a call there. Knows no
//! Tauri: linking WebKit alone costs a process 44 MB, so on Linux the window is a process of its own
//! (docs/adr/0021). What shows the window is behind [`Screen`], what shows the icon behind [`TrayHost`].

mod anew;
mod args;
mod autostart;
mod clock;
mod commands;
mod demo;
mod follow;
pub mod link;
#[cfg(target_os = "linux")]
mod linux;
mod logging;
mod places;
mod shell;
pub mod tray;

pub use args::Args;
pub use commands::{Answer, call};
pub use follow::{TrayHost, follow};
#[cfg(target_os = "linux")]
pub use linux::run;
pub use logging::{LogLevel, start as start_logging};
pub use places::Places;
pub use shell::{Screen, Shell, in_words, tell_not_started};
