//! An Argo CD and a DingTalk on loopback that behave like the real ones.
//!
//! For the demo (`dinghy --demo`), for tests and for benchmarks: the three use the same code. Time is
//! the caller's (see [`Clock`]), faults are switched on and off while a server runs, and everything
//! that was asked of it can be read back. A server lives on a thread of its own, so it works from
//! plain tests, inside any async runtime, and next to a benchmark without sharing its tasks.
//!
//! ```
//! use std::time::Duration;
//! use dinghy_demo::{App, ArgoCd, ArgoCdOptions, Clock, Fault};
//!
//! let clock = Clock::manual(1_700_000_000_000);
//! let server = ArgoCd::start(ArgoCdOptions { clock: clock.clone(), ..ArgoCdOptions::default() })?;
//! server.put(App::new("web").build(clock.now_ms()));
//! let token = server.token("admin");
//! // A client asks server.url() with the token… then the cluster changes, time passes, things break:
//! server.edit("argocd", "web", |app| app["status"]["health"]["status"] = "Degraded".into());
//! clock.advance(Duration::from_secs(15));
//! server.fault(Fault::Unauthorized);
//! # assert_eq!(token.split('.').count(), 3);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The secrets in here (passwords, tokens, signing secrets) are the fakes' own and guard nothing.
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
pub use demo::{Demo, DemoGroup, DemoOptions, DemoServer};
pub use dinghy_model::Lang;
pub use dingtalk::{DingTalk, DingTalkOptions, Received, Robot, RobotFault};
pub use scenario::{App, Pace, Source};
pub use wire::Tls;
