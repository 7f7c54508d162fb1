//! Client for DingTalk's custom group robots (钉钉自定义机器人) and for plain webhooks.
//!
//! Knows how one request is made and what its answer means. Knows nothing of queues, rules or
//! templates: the engine's courier decides when to send and what to do with a
//! [`Verdict`](dinghy_model::Verdict).
//!
//! Invariants: a 200 alone is never success for a robot; signature and timestamp are made fresh for
//! every attempt; no redirect is followed; neither `access_token`, `sign`, a password nor a header's
//! value is part of an error or of `Debug`.
//!
//! Source of DingTalk's behaviour: open.dingtalk.com, `custom-robots-send-group-messages`,
//! `robot-message-type` and `customize-robot-security-settings`; what those leave open is said beside
//! the code.

mod answer;
mod body;
mod dress;
mod limiter;
mod robot;
mod robot_url;
mod sign;
mod transport;
mod webhook;

#[cfg(test)]
mod tests;

pub use answer::verdict;
pub use body::{markdown_message, text_message};
pub use dress::{Dress, MOST_BYTES, browser_url, dress, title_only};
pub use limiter::{AT_MOST, Limiter};
pub use robot_url::{RobotUrl, check_robot_url, is_robot_url, robot_key};
pub use sign::sign;
pub use transport::{Sender, SenderOptions};
pub use webhook::WebhookRequest;
