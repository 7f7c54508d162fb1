//! Tests on a private desktop. Run with `cargo test --test desktop`, or by `cargo xtask test`.
#![cfg(target_os = "linux")]

mod bad_input;
mod demo;
mod files;
mod harness;
mod journeys;
mod keychain;
mod keys;
mod looks;
mod no_tray;
mod notifications;
mod processes;
mod secrets;
mod single;
mod tray;
mod window;
mod world;
