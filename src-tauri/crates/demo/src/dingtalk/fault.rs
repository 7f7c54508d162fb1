//! What can go wrong with a robot, switched on by tests.

use http::{Response, StatusCode};
use serde_json::json;

use crate::wire::{self, Answer, Body};

/// A way to misbehave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RobotFault {
    /// HTTP 200 with this errcode and errmsg, whatever was sent: 400102 for a robot that was
    /// switched off, 430101 for a link that is not to be trusted, -1 for a busy system…
    Errcode(i64, String),
    /// The message is taken, and the answer's errcode is `"0"`: a string, as the documentation's own example.
    StringZero,
    /// The message is taken and shown, and the answer never comes.
    TimeoutAfterTaking,
    /// The message is taken and shown, and the connection breaks.
    ResetAfterTaking,
    /// Nothing is taken, and the answer never comes.
    Hang,
    /// Nothing is taken, and the connection breaks.
    Reset,
    /// HTTP 200 and a page.
    Html,
    /// HTTP 200 and nothing.
    Empty,
    /// HTTP 200 and the gateway's block against abuse, without an errcode.
    Punished {
        /// Seconds to wait.
        wait: u64,
    },
    /// Another HTTP status with a page.
    Status(u16),
}

impl RobotFault {
    /// Whether the message is handled as ever and only the answer is spoilt.
    pub(super) fn takes(&self) -> bool {
        matches!(self, Self::StringZero | Self::TimeoutAfterTaking | Self::ResetAfterTaking)
    }

    /// The answer; `usual` is what would have been said.
    pub(super) fn answer(&self, usual: Response<Body>) -> Answer {
        Answer::Reply(match self {
            Self::TimeoutAfterTaking | Self::Hang => return Answer::Hang,
            Self::ResetAfterTaking | Self::Reset => return Answer::Reset,
            Self::StringZero => wire::json(StatusCode::OK, &json!({"errcode": "0", "errmsg": "ok"})),
            Self::Errcode(..) => usual,
            Self::Html => wire::html(StatusCode::OK, PAGE),
            Self::Empty => wire::bytes(StatusCode::OK, "application/json", ""),
            Self::Punished { wait } => {
                let uuid = "8f14e45fceea167a5a36dedd4bea2543";
                let block =
                    json!({"status": 1111, "wait": wait, "source": "x5", "punish": "deny", "uuid": uuid});
                wire::json(StatusCode::OK, &block)
            }
            Self::Status(status) => {
                wire::html(StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), PAGE)
            }
        })
    }
}

const PAGE: &str = "<!DOCTYPE html><html><head><title>阿里云</title></head><body>很抱歉，系统繁忙，请稍后再试。</body></html>\n";
