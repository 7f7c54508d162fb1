//! An Argo CD and a DingTalk on loopback that behave like the real ones.
//!
//! For the demo (`dinghy --demo`), for tests and for benchmarks: the three use the same code. Time is
//! the caller's (see [`Clock`]), faults are switched on and off while a server runs, and everything
//! that was asked of it can be read back. A server lives on a thread of its own, so it works from
//! plain tests, inside any async runtime, and next to a benchmark without sharing its tasks.
//!
//! Invariant: this crate knows nothing of Dinghy but `dinghy-model`; it speaks HTTP like any server,
//! and a client cannot tell by anything but the address that it is not talking to the real thing.

mod argocd;
mod clock;
mod demo;
mod dingtalk;
mod page;
mod scenario;
mod wire;

pub use argocd::{Account, ArgoCd, ArgoCdOptions, Fault, Logged};
pub use clock::Clock;
pub use demo::{Demo, DemoGroup, DemoServer};
pub use dingtalk::{DingTalk, DingTalkOptions, Received, Robot, RobotFault};
pub use scenario::{App, Source};
pub use wire::Tls;
