//! DingTalk's robots, as far as someone who posts to a webhook sees them, and a page that draws
//! what a group got.
//!
//! Where the documentation is silent this is stricter than it need be or says so: all security
//! settings of a robot must pass; a duplicate `msgUuid` answers ok and shows nothing; the limit
//! counts messages that were taken in the last 60 s, and asking during the 10 minutes of penalty
//! does not prolong it.

mod errors;
mod fault;
mod group;
mod markdown;
mod robot;
mod send;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::Lang;

use crate::Clock;
use crate::wire::{Host, Port};
pub use fault::RobotFault;
pub use robot::Robot;
use send::Gateway;
pub use send::Received;

/// What the gateway is like.
#[derive(Clone, Debug, Default)]
pub struct DingTalkOptions {
    /// The time it goes by: limits, signatures, `Date`.
    pub clock: Clock,
    /// The language of its pages.
    pub lang: Lang,
}

/// A running gateway with robots; gone when dropped.
#[derive(Debug)]
pub struct DingTalk {
    gateway: Arc<Gateway>,
    port: Port,
    /// Ends after the port.
    _host: Host,
}

impl DingTalk {
    /// Starts a gateway on a free port of 127.0.0.1, plain HTTP, on a thread of its own.
    ///
    /// # Errors
    /// No port or no thread.
    pub fn start(options: DingTalkOptions) -> io::Result<Self> {
        Self::start_on(&Host::start("demo dingtalk")?, options)
    }

    /// The same on a thread that others share.
    pub(crate) fn start_on(host: &Host, options: DingTalkOptions) -> io::Result<Self> {
        let gateway = Arc::new(Gateway::new(options.clock, options.lang));
        let port = Port::open(host, None, gateway.clone())?;
        Ok(Self { gateway, port, _host: host.clone() })
    }

    /// The base URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// Adds a robot to its group and gives its webhook URL. A robot without a token gets one.
    pub fn add_robot(&self, robot: Robot) -> String {
        format!("{}/robot/send?access_token={}", self.url(), self.gateway.add(robot))
    }

    /// Everything that was asked of the group's robots, taken or refused (the last 1,000), oldest first.
    pub fn messages(&self, group: &str) -> Vec<Received> {
        self.gateway.received().into_iter().filter(|received| received.group == group).collect()
    }

    /// Every request to `/robot/send`, unknown tokens included (the last 1,000), oldest first.
    pub fn requests(&self) -> Vec<Received> {
        self.gateway.received()
    }

    /// The requests that came after the first `seen` ones, and how many there were in all: for who looks often and
    /// long. What is older than the last 1,000 is forgotten.
    pub fn requests_after(&self, seen: usize) -> (Vec<Received>, usize) {
        self.gateway.received_after(seen)
    }

    /// Waits, in real time, until the group shows `count` messages or `patience` is over; gives
    /// those that are shown.
    pub async fn shown(&self, group: &str, count: usize, patience: Duration) -> Vec<Received> {
        let mut changes = self.gateway.changes();
        let shown = || -> Vec<Received> {
            self.messages(group).into_iter().filter(|received| received.shown).collect()
        };
        let enough = async { while shown().len() < count && changes.changed().await.is_ok() {} };
        // Too few after all that time is for the caller to judge.
        let _ = tokio::time::timeout(patience, enough).await;
        shown()
    }

    /// The robot misbehaves until [`clear_fault`](Self::clear_fault).
    pub fn fault(&self, token: &str, fault: RobotFault) {
        self.gateway.set_fault(token, Some((fault, None)));
    }

    /// The robot misbehaves for the next `times` requests.
    pub fn fault_next(&self, token: &str, times: u32, fault: RobotFault) {
        self.gateway.set_fault(token, Some((fault, Some(times))));
    }

    /// The robot behaves again.
    pub fn clear_fault(&self, token: &str) {
        self.gateway.set_fault(token, None);
    }

    /// False: nothing listens, for all robots. True: as before.
    pub fn set_reachable(&self, reachable: bool) {
        self.port.set_open(reachable);
    }

    /// The page that draws a group's messages.
    pub fn page_url(&self, group: &str) -> String {
        format!("{}{}", self.url(), group::path(group))
    }

    /// Shuts the port for good. Dropping does the same.
    pub fn stop(&self) {
        self.port.stop();
    }
}
