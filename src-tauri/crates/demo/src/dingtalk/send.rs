//! `POST /robot/send`, and the memory of everything that was sent there.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use dinghy_model::Lang;
use http::header::{DATE, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::errors::Refused;
use super::fault::RobotFault;
use super::group;
use super::robot::{Active, Robot, Taken};
use crate::Clock;
use crate::clock::http_date;
use crate::wire::{self, Answer, Call, Site, decode};

/// Requests that are remembered.
const KEPT: usize = 1_000;

/// One request to a robot.
#[derive(Clone, Debug)]
pub struct Received {
    /// The robot's group; empty for an unknown token.
    pub group: String,
    /// `access_token` as sent.
    pub token: String,
    /// When, by the gateway's clock (Unix ms).
    pub at_ms: i64,
    /// When, by this process's monotonic clock, for benchmarks.
    pub at: Instant,
    /// `POST`, one hopes.
    pub method: String,
    /// Decoded, in order.
    pub query: Vec<(String, String)>,
    /// Names in lower case; values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// To the byte.
    pub body: Vec<u8>,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// It was answered with errcode 0, or would have been, had the answer not been spoilt.
    pub accepted: bool,
    /// It can be seen in the group: accepted and no duplicate.
    pub shown: bool,
    /// The errcode that was due, 0 if accepted; None when a fault came before.
    pub errcode: Option<i64>,
    /// `msgUuid`.
    pub uuid: Option<String>,
}

/// All of DingTalk but its port.
#[derive(Debug)]
pub(super) struct Gateway {
    pub(super) clock: Clock,
    pub(super) lang: Lang,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    robots: BTreeMap<String, Active>,
    received: VecDeque<Received>,
    /// How many there were ever, those forgotten included.
    total: usize,
}

impl Gateway {
    pub(super) fn new(clock: Clock, lang: Lang) -> Self {
        Self { clock, lang, state: Mutex::default(), changed: watch::Sender::new(0) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a robot; gives its token.
    pub(super) fn add(&self, mut robot: Robot) -> String {
        let mut state = self.state();
        if robot.token.is_empty() {
            // 64 digits, as DingTalk's are.
            robot.token = format!("{:064x}", state.robots.len() + 1);
        }
        let token = robot.token.clone();
        state.robots.insert(token.clone(), Active::new(robot));
        token
    }

    pub(super) fn set_fault(&self, token: &str, fault: Option<(RobotFault, Option<u32>)>) {
        if let Some(active) = self.state().robots.get_mut(token) {
            active.fault = fault;
        }
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.state().received.iter().cloned().collect()
    }

    /// What came after the first `seen` requests, as far as it is remembered, and how many there were in all.
    pub(super) fn received_after(&self, seen: usize) -> (Vec<Received>, usize) {
        let state = self.state();
        let new = state.total.saturating_sub(seen).min(state.received.len());
        (state.received.range(state.received.len() - new..).cloned().collect(), state.total)
    }

    /// Groups in order of name, each with its robots.
    pub(super) fn groups(&self) -> BTreeMap<String, Vec<Robot>> {
        let mut groups: BTreeMap<String, Vec<Robot>> = BTreeMap::new();
        for active in self.state().robots.values() {
            groups.entry(active.robot.group.clone()).or_default().push(active.robot.clone());
        }
        groups
    }

    /// Says when something was received.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn send(&self, call: &Call) -> Answer {
        let now_ms = self.clock.now_ms();
        let token = call.param("access_token").to_owned();
        let mut state = self.state();
        let active = state.robots.get_mut(&token);
        let (group, lang) = match &active {
            Some(active) => (active.robot.group.clone(), active.robot.lang),
            None => (String::new(), Lang::ZhCn),
        };
        let (fault, outcome) = take(active, call, now_ms);
        let usual = match &outcome {
            Some(Err(refused)) => refused.json(lang),
            _ => json!({"errcode": 0, "errmsg": "ok"}),
        };
        let errcode = outcome.as_ref().map(|outcome| outcome.as_ref().err().map_or(0, Refused::code));
        let json: Option<Value> = serde_json::from_slice(&call.body).ok();
        let headers = call.headers.iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        if state.received.len() == KEPT {
            state.received.pop_front();
        }
        state.total += 1;
        tracing::debug!(group, errcode, "asked to send");
        state.received.push_back(Received {
            group,
            token,
            at_ms: now_ms,
            at: Instant::now(),
            method: call.method.to_string(),
            query: call.query.clone(),
            headers: headers.collect(),
            body: call.body.to_vec(),
            uuid: json.as_ref().and_then(|json| json["msgUuid"].as_str()).map(str::to_owned),
            json,
            accepted: errcode == Some(0),
            shown: outcome == Some(Ok(Taken::Shown)),
            errcode,
        });
        drop(state);
        self.changed.send_modify(|count| *count += 1);
        let usual = wire::json(StatusCode::OK, &usual);
        match fault {
            Some(fault) => fault.answer(usual),
            None => Answer::Reply(usual),
        }
    }

    fn route(&self, call: &Call) -> Answer {
        let segments: Vec<String> = call.path.split('/').skip(1).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["robot", "send"] => self.send(call),
            _ if call.method == Method::GET => Answer::Reply(group::route(self, &segments)),
            _ => Answer::Reply(wire::json(StatusCode::OK, &not_found())),
        }
    }
}

/// What becomes of a request: the fault it meets, and the outcome unless the fault comes before.
fn take(
    active: Option<&mut Active>,
    call: &Call,
    now_ms: i64,
) -> (Option<RobotFault>, Option<Result<Taken, Refused>>) {
    if call.method != Method::POST {
        return (None, Some(Err(Refused::NotPost)));
    }
    let media = call.header("content-type").split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return (None, Some(Err(Refused::ContentType)));
    }
    if call.param("access_token").is_empty() {
        return (None, Some(Err(Refused::NoToken)));
    }
    let Some(active) = active else { return (None, Some(Err(Refused::UnknownToken))) };
    let fault = active.meet();
    let outcome = match &fault {
        Some(RobotFault::Errcode(code, message)) => Some(Err(Refused::Custom(*code, message.clone()))),
        Some(fault) if !fault.takes() => None,
        _ => Some(active.take(call, now_ms)),
    };
    // Only what was taken can be spoilt after the taking.
    let fault = fault.filter(|fault| !fault.takes() || matches!(outcome, Some(Ok(_))));
    (fault, outcome)
}

impl Site for Gateway {
    fn answer(&self, call: Call) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        let mut answer = self.route(&call);
        if let Answer::Reply(response) = &mut answer
            && let Ok(date) = HeaderValue::from_str(&http_date(self.clock.now_ms()))
        {
            response.headers_mut().insert(DATE, date);
        }
        Box::pin(std::future::ready(answer))
    }
}

/// The global answer for a path that does not exist.
fn not_found() -> Value {
    json!({"errcode": 404, "errmsg": "请求的URI地址不存在"})
}
