//! Triggers, templates and subscriptions as Argo CD's notifications engine runs them.
//!
//! [`Catalog::parse`] reads the rules. [`Subject::parse`] reads an application. [`evaluate`] says what is due,
//! [`render()`] makes the message. [`import`] and [`set_key`] change the rules' text.
//!
//! Invariants: this crate does no IO, knows no async and no clock (the time comes in as an argument), never panics on
//! what a file or a server says, and holds secrets only while a message is rendered.

mod catalog;
mod diagnostic;
mod edit;
mod env;
mod evaluate;
mod fields;
mod import;
mod keys;
mod render;
mod robot;
mod selector;
mod similar;
mod subject;
mod subscribe;
#[cfg(test)]
mod testing;
mod yaml;

pub use catalog::{Catalog, Condition, Destination, Subscription, Template, Trigger};
pub use diagnostic::{Diagnostic, Level};
pub use edit::{EditError, set_key};
pub use env::{Secrets, VarsError, variables};
pub use evaluate::{
    ConditionResult, Evaluation, FirstContact, Intent, Options, Reason, RuleError, Scope, Suppressed,
    evaluate, run_trigger,
};
pub use import::{File, Import, ImportNote, import};
pub use render::{Delivery, Preview, preview, render};
pub use selector::{Selector, SelectorError};
pub use subject::Subject;
pub use subscribe::{Origin, Subscribed, destinations};
