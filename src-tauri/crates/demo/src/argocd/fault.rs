//! What can go wrong, switched on by tests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::header::{HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use tokio::sync::watch;

use super::status::Status;
use crate::wire::{self, Answer, Body, Call};

/// A way to misbehave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing listens: connections are refused, open ones are cut.
    Refuse,
    /// Connections are taken and reset at the first request.
    Reset,
    /// Requests are taken and never answered.
    Hang,
    /// Bodies come `size` bytes at a time, one piece `every` so often (real time).
    SlowBody {
        /// Bytes in a piece.
        size: usize,
        /// Time between two pieces.
        every: Duration,
    },
    /// Half the body, ended as if it were all: JSON that stops in the middle.
    CutJson,
    /// Half the body, then the connection breaks.
    CutBody,
    /// 401 `invalid session: …` for every call.
    Unauthorized,
    /// 403 `permission denied` for every call.
    Forbidden,
    /// 429, with `Retry-After` if given (seconds).
    TooManyRequests {
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// Any other status, with a proxy's short HTML page.
    Status(u16),
    /// 200 and the HTML of a login page.
    LoginPage,
    /// 302 to a login page.
    LoginRedirect,
    /// New streams are refused with this status; the rest works.
    StreamRefused(u16),
    /// Streams stay open and say nothing more, not even keep-alives.
    StreamSilent,
    /// Open streams end, as proxies end long ones.
    StreamEnd,
    /// Open streams break in the middle of a frame.
    StreamCut,
    /// Open streams end with a 401 frame.
    StreamUnauthorized,
}

impl Fault {
    /// Whether it is about streams and leaves single requests alone.
    fn is_of_streams(&self) -> bool {
        matches!(
            self,
            Self::StreamRefused(_)
                | Self::StreamSilent
                | Self::StreamEnd
                | Self::StreamCut
                | Self::StreamUnauthorized
        )
    }
}

/// The fault in force.
#[derive(Default)]
pub(super) struct Faults {
    now: watch::Sender<Option<Fault>>,
    /// How many requests it still hits; None: all.
    left: Mutex<Option<u32>>,
}

impl Faults {
    pub(super) fn set(&self, fault: Fault, times: Option<u32>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = times;
        self.now.send_replace(Some(fault));
    }

    pub(super) fn clear(&self) {
        self.now.send_replace(None);
    }

    /// For streams, which look at it while they are open.
    pub(super) fn subscribe(&self) -> watch::Receiver<Option<Fault>> {
        self.now.subscribe()
    }

    /// The fault that a new request meets.
    pub(super) fn meet(&self) -> Option<Fault> {
        let fault = self.now.borrow().clone().filter(|fault| !fault.is_of_streams())?;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.as_mut() {
            Some(0) => return None,
            Some(times) => *times -= 1,
            None => {}
        }
        Some(fault)
    }
}

/// Faults that come instead of an answer.
pub(super) fn instead(fault: &Fault, call: &Call, root_path: &str) -> Option<Answer> {
    let response = match fault {
        Fault::Refuse | Fault::Reset => return Some(Answer::Reset),
        Fault::Hang => return Some(Answer::Hang),
        Fault::Unauthorized => {
            Status::unauthenticated("invalid session: token has invalid claims: token is expired").response()
        }
        Fault::Forbidden => Status::permission_denied("permission denied").response(),
        Fault::TooManyRequests { retry_after } => {
            let mut response = wire::text(StatusCode::TOO_MANY_REQUESTS, "too many requests");
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            response
        }
        Fault::Status(status) => proxy_page(*status),
        Fault::LoginPage => wire::html(StatusCode::OK, LOGIN_PAGE),
        Fault::LoginRedirect if call.path.ends_with("/login") => wire::html(StatusCode::OK, LOGIN_PAGE),
        Fault::LoginRedirect => wire::redirect(&format!("{root_path}/login?return_url=applications")),
        _ => return None,
    };
    Some(Answer::Reply(response))
}

/// Faults that spoil an answer.
pub(super) fn spoil(fault: &Fault, response: Response<Body>) -> Response<Body> {
    response.map(|body| match fault {
        Fault::SlowBody { size, every } => body.slowly(*size, *every),
        Fault::CutJson => body.half(),
        Fault::CutBody => body.cut(),
        _ => body,
    })
}

/// What a reverse proxy shows when what is behind it does not answer.
pub(super) fn proxy_page(status: u16) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n\
         <hr><center>nginx</center>\n</body>\n</html>\n"
    );
    wire::html(status, page)
}

const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\
    <body><form method=\"post\"><h1>Single sign-on</h1><input name=\"user\"><input name=\"password\" \
    type=\"password\"><button>Sign in</button></form></body></html>\n";
