//! Use cases for every shell.

pub mod bindings;
pub mod wire;
