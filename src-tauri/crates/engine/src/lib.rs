//! The running Dinghy: one owner of state, tasks that bring input to it, and a courier that delivers.
//!
//! The straight line of one event: `intake` (a task for each server) → `controller` (rules, then one
//! transaction) → `courier` (claims due rows) → `deliver` → verdict → `controller` →
//! [`Status`](dinghy_model::Status).
//!
//! Invariants:
//! - Only `supervisor` spawns tasks; a cancellation token goes down, task trackers own what runs.
//! - Only `controller` writes state; everyone else reads the [`Status`](dinghy_model::Status) it
//!   publishes.
//! - Start and reload take the same path (`load` then `Controller::apply`).
//! - Nothing here knows Tauri, a window or a terminal.

mod agenda;
mod backoff;
mod budget;
pub mod check;
mod controller;
mod courier;
mod deliver;
mod desktop;
mod digest;
mod disk;
mod groups;
mod habits;
mod input;
mod intake;
mod judge;
mod keyring;
mod ledger;
mod library;
mod load;
mod past;
mod plan;
mod quiet;
mod recent;
mod resolve;
mod seal;
mod servers;
mod supervisor;
mod table;
#[cfg(test)]
mod testing;
mod visibility;

pub use budget::Load;
pub use deliver::{Deliverer, TestOutcome};
pub use desktop::{OpenUrl, tell_desktop};
pub use input::{Case, Command};
pub use load::{InForce, Loaded, load, read_or_empty};
pub use past::unpack_state;
pub use supervisor::{Engine, Follow, Options};
pub use table::unpack;

/// How often a notification that this desktop does not show is tried.
pub(crate) const DESKTOP_ATTEMPTS: u32 = 4;

/// Milliseconds since the Unix epoch, now. The one place of this crate that reads the wall clock.
pub fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
