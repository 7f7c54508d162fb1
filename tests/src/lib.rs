//! What the whole-path tests stand on: a folder of one's own, secrets that can be searched for, the real binaries, and
//! a desktop that nobody else sees.
//!
//! Invariant: nothing here knows how Dinghy works inside. It starts programs, reads what they show over D-Bus, HTTP and
//! WebDriver, and stops them; what to expect is the business of the tests.
//!
//! The desktop is Linux's. Elsewhere this package has only what needs none.

mod binaries;
mod ctl;
#[cfg(target_os = "linux")]
pub mod desktop;
mod sandbox;
mod wait;

use std::process::ExitCode;

pub use binaries::{app_binary, ctl_binary};
pub use ctl::{Call, Ctl, Output, Running};
pub use sandbox::{Sandbox, secret};
pub use wait::{PATIENCE, eventually};

/// How a program of this package ends: what went wrong goes to stderr, with its causes, in one line.
#[allow(clippy::print_stderr, reason = "for programs; the workspace's lint guards the libraries")]
pub fn ended(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
