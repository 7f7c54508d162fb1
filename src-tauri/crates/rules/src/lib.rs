//! Triggers, templates and subscriptions as Argo CD's notifications engine runs them.
//!
//! Invariants: this crate does no IO, knows no async and no clock (the time comes in as an argument), never panics on
//! what a file or a server says, and holds secrets only while a message is rendered.

mod catalog;
mod diagnostic;
mod env;
mod fields;
mod keys;
mod robot;
mod selector;
mod similar;
mod yaml;

pub use catalog::{Catalog, Condition, Destination, Subscription, Template, Trigger};
pub use diagnostic::{Diagnostic, Level};
pub use env::{Secrets, VarsError, variables};
pub use selector::{Selector, SelectorError};
