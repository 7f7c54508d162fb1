//! Tests on a private desktop. Run with `cargo test --test desktop`, or by `cargo xtask test`.
#![cfg(target_os = "linux")]

mod harness;
