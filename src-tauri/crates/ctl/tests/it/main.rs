//! The real binary against an Argo CD and a DingTalk on loopback.

mod apps;
mod endurance;
mod explain;
mod expr;
mod files;
mod flow;
mod groups;
mod login;
mod queue;
mod rules;
mod run;
mod secrets;
mod usage;
mod watch;
mod world;
