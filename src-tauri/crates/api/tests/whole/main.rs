//! The whole path over real HTTP and TLS: the engine and the use cases against an Argo CD and a DingTalk
//! on loopback, in throw-away folders.
//!
//! What a test waits for it waits for by name and with patience: on a busy machine nothing fails for
//! being slow. What must not happen is looked for after something later has happened.

mod attention;
mod deliveries;
mod destinations;
mod disk;
mod events;
mod facts;
mod faults;
mod files;
mod groups;
mod house;
mod lasting;
mod many;
mod pages;
mod rule_forms;
mod sealed;
mod servers;
mod settings;
mod tried;
mod upgrade;
mod why;
