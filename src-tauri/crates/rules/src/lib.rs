//! Triggers, templates and subscriptions as Argo CD's notifications engine runs them.
//!
//! [`Catalog::parse`] reads the rules. [`Subject::parse`] reads an application. [`evaluate()`] says what is due,
//! [`render()`] makes the message. [`import()`] and [`set_key`] change the rules' text.
//!
//! ```
//! use dinghy_model::{Lang, Memory, Payload};
//! use dinghy_rules::{Catalog, Delivery, Options, Secrets, Subject, evaluate, render};
//!
//! let rules = r#"
//! kind: ConfigMap
//! data:
//!   service.webhook.ops: 'url: $ops-url'
//!   template.bad: 'message: "{{.app.metadata.name}} is {{.app.status.health.status}}"'
//!   trigger.degraded: |
//!     - {when: app.status.health.status == 'Degraded', send: [bad]}
//!   subscriptions: |
//!     - {recipients: [ops], triggers: [degraded]}
//! "#;
//! let catalog = Catalog::parse(rules, "notifications.yaml");
//! let app = r#"{"metadata": {"name": "guestbook"}, "status": {"health": {"status": "Degraded"}}}"#;
//! let subject = Subject::parse(app, None)?;
//! let memory = Memory { known: true, ..Memory::default() };
//! let due = evaluate(&catalog, &memory, &subject, 1_709_648_000_000, Options::default());
//! let delivery = Delivery::of(&due.intents[0], false, "", Lang::En);
//! let message = render(&catalog, &subject, delivery, &Secrets::Masked, 1_709_648_000_000)?;
//! let Payload::Http { body, .. } = message.payload else { panic!() };
//! assert_eq!(body, "guestbook is Degraded");
//! # Ok::<(), dinghy_model::Problem>(())
//! ```
//!
//! Invariants: this crate does no IO, knows no async and no clock (the time comes in as an argument), never panics on
//! what a file or a server says, and holds secrets only while a message is rendered.
//!
//! Where notifications-engine is not followed, on purpose:
//! - A broken key disables itself alone; there, nobody is notified of anything any more.
//! - A delivery that failed stays in the outbox; there, it fires again at the next evaluation, or with `oncePer` never.
//! - Only the parts of a template that the destination needs are rendered, so another service's block cannot fail it.
//! - An annotation that has nothing to do with notifications subscribes nobody (its loop reuses the recipients of the
//!   annotation before).
//! - An old project annotation that names its trigger means that trigger, also where the service has default triggers.
//! - What is remembered of an application is not cut at 100 entries.
//! - `secrets` is empty in triggers, where nothing may depend on it.

mod about;
mod alerts;
mod attempt;
mod catalog;
mod details;
mod diagnostic;
mod edit;
mod env;
mod evaluate;
mod explain;
mod export;
mod facts;
mod fields;
mod import;
mod kept;
mod keys;
mod parts;
mod rename;
mod render;
mod replay;
mod robot;
mod secrets;
mod selector;
mod similar;
mod subject;
mod subscribe;
#[cfg(test)]
mod testing;
mod yaml;

pub use about::About;
pub use alerts::{APPLICATIONS_AGAIN, Alerts, NO_APPLICATIONS, NOT_SYNCED, Unseen, server_subject};
pub use attempt::{AttemptError, Evaluated, try_expression, try_template};
pub use catalog::{Catalog, Condition, Destination, Subscription, Template, Trigger};
pub use diagnostic::{Diagnostic, Level};
pub use edit::{EditError, set_key};
pub use env::{VarsError, variables};
pub use evaluate::{
    ConditionResult, Evaluation, FirstContact, Intent, Options, Reason, RuleError, Scope, Suppressed,
    evaluate, run_trigger,
};
pub use explain::{Considered, Decided, Decision, Explained, Explanation, Match, Part, explain};
pub use export::{Export, ExportNote, export};
pub use facts::{Fact, Facts, Want};
pub use import::{File, Import, ImportNote, import};
pub use kept::not_kept;
pub use parts::{
    ConditionParts, DingTalkParts, FieldFault, PartsError, ServiceExtra, SubscriptionParts, TemplateParts,
    WebhookParts, check_condition, check_template, expression_parts,
};
pub use rename::rename_trigger;
pub use render::{Delivery, Preview, Rendered, is_mobile, is_person, markdown, preview, render, summary};
pub use replay::{Replay, Replayed, Sent};
pub use secrets::Secrets;
pub use selector::{Selector, SelectorError};
pub use subject::{Project, Subject};
pub use subscribe::{Origin, Subscribed, destinations};
pub use yaml::json_of;
