//! The event stream: what changes, as it changes.
//!
//! Argo CD replays nothing and drops events for slow readers (`server/application/application.go`,
//! `broadcaster.go`): whoever watches also lists again from time to time.

use std::fmt;
use std::time::Duration;

use dinghy_model::{AppId, AppSnapshot, Problem};
use reqwest::Response;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::client::{Ask, Client, header};
use crate::frames::{Frame, Frames};
use crate::summary;

/// One thing heard on the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and the large one is the usual one")]
pub enum WatchEvent {
    /// Added or modified.
    Changed(AppSnapshot),
    /// Deleted.
    Gone(AppId),
    /// The server is there and has nothing to say (every 15 s).
    KeepAlive,
}

/// An open stream. Dropping it closes the connection.
pub struct Watch {
    client: Client,
    response: Response,
    frames: Frames,
    silence: Duration,
    /// When the server last gave a sign of life. Kept here and not in `next`, so that a caller who
    /// cancels `next` again and again still notices silence.
    heard: Instant,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    result: Option<Change<'a>>,
    error: Option<StreamError>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(borrow)]
    application: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct StreamError {
    http_code: Option<u16>,
    message: Option<String>,
}

impl Client {
    /// Opens the stream (`GET /api/v1/stream/applications`).
    ///
    /// `resource_version` is the list's: the stream then starts with what is new. Without it, all
    /// applications come first, as [`WatchEvent::Changed`]. Argo CD sends its headers with the first
    /// event or keep-alive only, so this may take 15 s; a proxy that holds events back makes it
    /// `StreamStopped`.
    pub async fn watch(&self, resource_version: Option<&str>) -> Result<Watch, Problem> {
        let mut ask = Ask::get("/api/v1/stream/applications");
        // Exactly this: with anything else there are no keep-alives, and gzip gets in the way.
        ask.accept = "text/event-stream";
        ask.query = self.filter();
        ask.query.extend(resource_version.map(|version| ("resourceVersion", version.to_owned())));
        ask.within = Some(self.patience().stream_headers);
        ask.headers = &[(ACCEPT_ENCODING, "identity")];
        let response = self.open(ask).await.map_err(|problem| match problem {
            Problem::Timeout { .. } => Problem::StreamStopped { detail: "it did not begin".to_owned() },
            other => other,
        })?;
        let keeps_alive = header(response.headers(), CONTENT_TYPE).starts_with("text/event-stream");
        let patience = self.patience();
        Ok(Watch {
            client: self.clone(),
            response,
            frames: Frames::default(),
            silence: if keeps_alive { patience.silence } else { patience.silence_without_keepalive },
            heard: Instant::now(),
        })
    }
}

impl Watch {
    /// The next event; `None`: the server ended the stream in good order (it restarts, or a proxy
    /// allows no longer connection).
    ///
    /// May be cancelled without losing anything. Fails with `StreamStopped` after 45 s without a sign
    /// of life, when the connection breaks, or on a line that makes no sense; the stream is of no use
    /// after an error.
    pub async fn next(&mut self) -> Result<Option<WatchEvent>, Problem> {
        loop {
            while let Some(frame) = self.frames.next() {
                if let Some(event) = self.understand(frame)? {
                    return Ok(Some(event));
                }
            }
            let chunk = tokio::time::timeout_at(self.heard + self.silence, self.response.chunk())
                .await
                .map_err(|_| stopped(format!("no sign of life for {} s", self.silence.as_secs())))?
                .map_err(|error| match dinghy_transport::problem(error, self.client.peer()) {
                    Problem::BodyCut { detail } | Problem::Refused { detail, .. } => stopped(detail),
                    other => other,
                })?;
            self.heard = Instant::now();
            match chunk {
                Some(chunk) => self.frames.push(&chunk).map_err(|error| stopped(error.to_string()))?,
                None => return Ok(None),
            }
        }
    }

    /// `None`: nothing that concerns us.
    fn understand(&self, frame: Frame) -> Result<Option<WatchEvent>, Problem> {
        let Frame::Data(bytes) = frame else { return Ok(Some(WatchEvent::KeepAlive)) };
        let broken = |error: serde_json::Error| stopped(format!("a line makes no sense: {error}"));
        let line: Line<'_> = serde_json::from_slice(&bytes).map_err(broken)?;
        if let Some(error) = line.error {
            return Err(self.refused(error));
        }
        let Some(Change { kind, application: Some(application) }) = line.result else { return Ok(None) };
        match kind.as_str() {
            "ADDED" | "MODIFIED" => {
                summary::snapshot(self.client.name(), application.get()).map(WatchEvent::Changed)
            }
            "DELETED" => summary::id(self.client.name(), application.get()).map(WatchEvent::Gone),
            _ => return Ok(None),
        }
        .map(Some)
        .map_err(broken)
    }

    /// An error in the stream, once its status was sent as 200.
    fn refused(&self, error: StreamError) -> Problem {
        let message = error.message.unwrap_or_default();
        let asked = self.client.asked(true);
        match error.http_code {
            Some(status @ (401 | 403 | 429)) => {
                let body = serde_json::json!({ "message": message }).to_string();
                Answer { status, body, ..Answer::default() }.problem(&asked)
            }
            _ => stopped(asked.show(&message)),
        }
    }
}

fn stopped(detail: String) -> Problem {
    Problem::StreamStopped { detail }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("client", &self.client).finish_non_exhaustive()
    }
}
