//! `GET /api/v1/stream/applications`: the event stream.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::Fault;
use super::access::Caller;
use super::apps::{Entry, Event, Filter};
use super::fields::Selection;
use super::route::Server;
use super::status::Status;
use crate::Clock;
use crate::clock::millis;
use crate::wire::{self, Answer, Body, Call};

/// Answers with a stream. The answer begins only with the first event or keep-alive: the real
/// server flushes its headers no sooner.
pub(super) async fn watch(server: &Server, call: &Call, caller: Caller, filter: Filter) -> Answer {
    let (present, events) = server.apps.watch();
    // Without a version, and always with a name, what is there is sent first. With one there is no
    // replay: it only drops older objects; what is no number counts as 0.
    let version = call.param("resourceVersion");
    let first = if version.is_empty() || !filter.name.is_empty() { present } else { Vec::new() };
    let framing = Framing::of(call);
    let content_type = framing.content_type();
    let clock = server.options.clock.clone();
    let keep_alive_ms = millis(server.options.keep_alive).max(1);
    let mut stream = Stream {
        first: first.into_iter(),
        events,
        since: version.parse().unwrap_or_default(),
        filter,
        caller,
        framing,
        sent: HashMap::new(),
        next_ms: clock.now_ms() + keep_alive_ms,
        keep_alive_ms,
        clock,
        fault: server.faults.subscribe(),
        ended: false,
    };
    let Some(first) = stream.next().await else { return Answer::Reset };
    let (send, body) = wire::channel(1);
    tokio::spawn(async move {
        let mut piece = Some(first);
        while let Some(now) = piece {
            if send.send(now).await.is_err() {
                return;
            }
            piece = tokio::select! {
                piece = stream.next() => piece,
                () = send.closed() => return,
            };
        }
    });
    Answer::Reply(response(StatusCode::OK, content_type, body))
}

/// Answers with an error instead of a stream, in a frame as of a stream.
pub(super) fn refuse(call: &Call, status: &Status) -> Response<Body> {
    let framing = Framing::of(call);
    response(status.http(), framing.content_type(), Body::Whole(framing.error(status)))
}

fn response(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = wire::bytes(status, content_type, "").map(|_| body);
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// How a client wants its frames.
struct Framing {
    /// Server-sent events with keep-alives; else one JSON object in a line, without.
    event_stream: bool,
    fields: Option<Selection>,
}

impl Framing {
    fn of(call: &Call) -> Self {
        let event_stream = call.header("accept") == "text/event-stream";
        Self { event_stream, fields: Selection::parse(call.param("fields")) }
    }

    fn content_type(&self) -> &'static str {
        if self.event_stream { "text/event-stream" } else { "application/json" }
    }

    /// An event's bytes.
    fn event(&self, event: &Event) -> Bytes {
        let text = format!(r#"{{"result":{{"type":"{}","application":{}}}}}"#, event.kind, event.entry.text);
        // The marshaller ends an event with " \n\n", the gateway adds its own "\n".
        self.wrap(&self.cut(text), "\n")
    }

    /// The last frame of a stream. It is cut down to the fields asked for too: an including
    /// selection leaves `{}`.
    fn error(&self, status: &Status) -> Bytes {
        self.wrap(&self.cut(status.frame().to_string()), "")
    }

    fn cut(&self, text: String) -> String {
        let Some(fields) = &self.fields else { return text };
        // It was made from a value.
        let mut frame = serde_json::from_str(&text).unwrap_or_default();
        fields.cut(&mut frame);
        Value::to_string(&frame)
    }

    fn wrap(&self, text: &str, end: &str) -> Bytes {
        if self.event_stream { format!("data: {text} \n\n{end}") } else { format!("{text}{end}") }.into()
    }
}

/// One open stream.
struct Stream {
    /// What is sent first, as `ADDED`.
    first: std::vec::IntoIter<Arc<Entry>>,
    events: mpsc::Receiver<Event>,
    /// Older objects are dropped.
    since: u64,
    filter: Filter,
    caller: Caller,
    framing: Framing,
    /// What was last sent of each name (the namespace does not count): the same is not sent again.
    sent: HashMap<String, Bytes>,
    next_ms: i64,
    keep_alive_ms: i64,
    clock: Clock,
    fault: watch::Receiver<Option<Fault>>,
    ended: bool,
}

impl Stream {
    /// The next piece to send; None: the stream ends here. Cancel-safe.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            if self.ended {
                return None;
            }
            let fault = self.fault.borrow_and_update().clone();
            match fault {
                // Silent for good: a connection that died without a word does not come back.
                Some(Fault::StreamSilent) => std::future::pending().await,
                Some(Fault::StreamEnd) => return None,
                Some(Fault::StreamCut) => return Some(Err(io::ErrorKind::ConnectionReset.into())),
                Some(Fault::StreamUnauthorized) => {
                    self.ended = true;
                    let status = Status::unauthenticated(
                        "invalid session: token has invalid claims: token is expired",
                    );
                    return Some(Ok(self.framing.error(&status)));
                }
                _ => {}
            }
            let event = match self.first.next() {
                Some(entry) => Event { kind: "ADDED", entry },
                None => tokio::select! {
                    event = self.events.recv() => event?,
                    () = self.clock.sleep_until(self.next_ms), if self.framing.event_stream => {
                        self.next_ms = self.clock.now_ms() + self.keep_alive_ms;
                        return Some(Ok(Bytes::from_static(b":\n")));
                    }
                    _ = self.fault.changed() => continue,
                },
            };
            if let Some(bytes) = self.event(&event) {
                return Some(Ok(bytes));
            }
        }
    }

    /// An event's bytes, if this client is to hear of it.
    fn event(&mut self, event: &Event) -> Option<Bytes> {
        let entry = &event.entry;
        let meant =
            self.filter.matches(entry) && self.caller.sees(&entry.project) && entry.version >= self.since;
        if !meant {
            return None;
        }
        let bytes = self.framing.event(event);
        let before = self.sent.insert(entry.name.clone(), bytes.clone());
        (before.as_ref() != Some(&bytes)).then_some(bytes)
    }
}
