//! Messages on their way out, and how it went.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AppId, Problem};

/// A row's number in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[ts(type = "number")]
pub struct RowId(pub i64);

/// One message for one destination. Holds no secret in the clear: URL, token and signature are added by the courier, and
/// a payload with one in it is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The application it is about; None for tests and digests.
    pub app: Option<AppId>,
    /// The trigger that fired, empty for tests.
    pub trigger: String,
    /// Service name, the destination.
    pub service: String,
    /// Recipient as the subscription says; webhooks ignore it.
    pub recipient: String,
    /// A stable id, the same over all attempts: DingTalk's `msgUuid`.
    pub uuid: String,
    /// What to send.
    pub payload: Payload,
    /// When the event was seen.
    pub created_ms: i64,
    /// What a digest says of it; None: it always goes alone (tests, and digests themselves).
    pub gist: Option<Gist>,
}

/// A message in one line, for a digest of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    /// What happened, in plain words.
    pub line: String,
    /// The application needs attention; such lines stand first.
    pub failing: bool,
    /// When it happened, as far as is known (Unix ms). Earlier than `created_ms` if nobody looked on then.
    pub at_ms: i64,
}

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum Payload {
    /// A request to a webhook or robot: method, path appended to the URL (empty: none), body as rendered.
    Http { method: String, path: String, body: String },
    /// A robot's message that Dinghy built from fields, as JSON. Unlike a body that a template wrote it may
    /// be changed on its way out: shortened, given a keyword, its links made to open the browser.
    Robot { body: String },
    /// The templates have no request for this service, only a `message`: a robot gets it as a text
    /// message; a plain webhook gets it as the body of a GET, as Argo CD does (`pkg/services/webhook.go`).
    Plain { text: String },
    /// A desktop notification; a click opens `url` (empty: nothing).
    Desktop { title: String, body: String, url: String },
    /// One of the others that holds a secret, encrypted (engine `seal.rs`): it is stored so and opened for the attempt.
    Sealed { text: String },
}

/// The outcome of one attempt. A 200 alone proves nothing: the sink has read the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum Verdict {
    /// Taken.
    Delivered,
    /// Might heal: try again, not before `after` if given.
    Retry { problem: Problem, after: Option<Duration> },
    /// The robot asks for a pause; nothing is sent to it until then.
    Throttled { problem: Problem, pause: Duration },
    /// Only a person can mend it.
    Refused { problem: Problem },
}

/// Where a queued message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Waits for its turn or its next attempt.
    Waiting,
    /// Refused; kept until someone retries or drops it.
    Refused,
}

/// A row of the outbox as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its number.
    pub row: RowId,
    /// The message.
    pub message: Message,
    /// Attempts so far.
    pub attempts: u32,
    /// Not before this time.
    pub due_ms: i64,
    /// Where it stands.
    pub state: QueueState,
    /// What went wrong last, if anything.
    pub problem: Option<Problem>,
}
