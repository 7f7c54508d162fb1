//! Which path leads where, and what happens to every request on the way.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, OnceLock, PoisonError};

use http::header::{DATE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::access::Caller;
use super::applications::{self, LastList};
use super::apps::Apps;
use super::fault::{self, Faults};
use super::status::Status;
use super::token::Tokens;
use super::{ArgoCdOptions, Fault, page, repositories, session, stream};
use crate::clock::http_date;
use crate::wire::{self, Answer, Body, Call, Site, decode};

/// Requests that are remembered.
const LOG: usize = 10_000;

/// A request, as it was logged when its answer began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// When it was answered, Unix ms.
    pub at_ms: i64,
    /// `GET`, …
    pub method: String,
    /// Path and query as on the wire.
    pub target: String,
    /// The status; 0 if the connection was reset or never answered.
    pub status: u16,
    /// What called itself what.
    pub user_agent: String,
}

/// All of a server but its port.
pub(super) struct Server {
    pub(super) options: ArgoCdOptions,
    pub(super) apps: Apps,
    pub(super) tokens: Tokens,
    pub(super) faults: Faults,
    pub(super) failures: session::Failures,
    pub(super) last_list: Mutex<LastList>,
    /// AppProjects by name.
    projects: Mutex<BTreeMap<String, serde_json::Value>>,
    url: OnceLock<String>,
    log: Mutex<VecDeque<Logged>>,
}

impl Server {
    pub(super) fn new(options: ArgoCdOptions) -> Self {
        let tokens =
            Tokens::new(options.clock.clone(), options.session, options.accounts.clone(), &options.name);
        Self {
            apps: Apps::new(options.resource_version),
            tokens,
            options,
            faults: Faults::default(),
            failures: Mutex::default(),
            last_list: Mutex::default(),
            projects: Mutex::default(),
            url: OnceLock::new(),
            log: Mutex::default(),
        }
    }

    /// Where it is reached. Known once the port is open.
    pub(super) fn url(&self) -> &str {
        self.url.get().map(String::as_str).unwrap_or_default()
    }

    pub(super) fn set_url(&self, url: &str) {
        // Set once, right after the port was opened.
        let _ = self.url.set(url.to_owned());
    }

    pub(super) fn log(&self) -> Vec<Logged> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Whether it is 3.5 or later, whose lists know more fields.
    pub(super) fn is_recent(&self) -> bool {
        let mut numbers = self.options.version.trim_start_matches('v').split('.').map(str::parse::<u32>);
        let mut next = || numbers.next().and_then(Result::ok).unwrap_or_default();
        (next(), next()) >= (3, 5)
    }

    /// Whether the answer is packed. Argo CD packs everything but what goes to an event source.
    pub(super) fn packs(&self, call: &Call) -> bool {
        self.options.gzip && wire::takes_gzip(call) && call.header("accept") != "text/event-stream"
    }

    fn note(&self, call: &Call, status: u16) {
        let logged = Logged {
            at_ms: self.options.clock.now_ms(),
            method: call.method.to_string(),
            target: call.target(),
            status,
            user_agent: call.header("user-agent").to_owned(),
        };
        let (server, method, path) = (&self.options.name, &logged.method, &call.path);
        tracing::debug!(server, method, path, status, "answered");
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == LOG {
            log.pop_front();
        }
        log.push_back(logged);
    }

    async fn routed(&self, call: &mut Call) -> Answer {
        let fault = self.faults.meet();
        if fault.is_some() {
            // What is spoilt is the text, not its packing.
            call.headers.remove("accept-encoding");
        }
        if let Some(answer) =
            fault.as_ref().and_then(|fault| fault::instead(fault, call, &self.options.root_path))
        {
            return answer;
        }
        match (self.path(call).await, fault) {
            (Answer::Reply(response), Some(fault)) => Answer::Reply(fault::spoil(&fault, response)),
            (answer, _) => answer,
        }
    }

    async fn path(&self, call: &Call) -> Answer {
        // healthz answers at the root as well.
        if call.path == "/healthz" {
            return Answer::Reply(wire::bytes(StatusCode::OK, "text/plain; charset=utf-8", "ok"));
        }
        let Some(path) = call.path.strip_prefix(self.options.root_path.as_str()) else {
            return Answer::Reply(wire::text(StatusCode::NOT_FOUND, "404 page not found"));
        };
        let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if segments.first() != Some(&"api") {
            return Answer::Reply(page::page(self, &segments));
        }
        if call.method != Method::GET && call.header("content-type") != "application/json" {
            return Answer::Reply(wire::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Invalid content type"));
        }
        self.api(call, &segments[1..]).await
    }

    async fn api(&self, call: &Call, path: &[&str]) -> Answer {
        let caller = session::caller(self, call);
        let renewed = caller.as_ref().ok().and_then(|caller| caller.renewed.clone());
        let answer = match (&call.method, path) {
            (&Method::GET, ["version"]) => Ok(self.version(caller.as_ref().ok())),
            (&Method::GET, ["v1", "settings"]) => Ok(self.settings(caller.as_ref().ok())),
            (&Method::GET, ["v1", "session", "userinfo"]) => {
                Ok(wire::json(StatusCode::OK, &session::userinfo(caller.as_ref().ok())))
            }
            (&Method::POST, ["v1", "session"]) => Ok(session::login(self, call).await),
            (&Method::DELETE, ["v1", "session"]) => Ok(session::logout(self)),
            (&Method::GET, ["v1", "stream", "applications"]) => match self.stream(call, caller).await {
                Ok(answer) => return answer,
                Err(response) => Ok(response),
            },
            (&Method::GET, ["v1", "projects"]) => caller.map(|caller| self.projects(&caller)),
            (&Method::POST, ["v1", "repositories", url, "appdetails"]) => {
                caller.and_then(|caller| repositories::details(self, call, &caller, url))
            }
            (method, ["v1", "applications", rest @ ..]) => match caller {
                Ok(caller) => self.applications(call, method, rest, &caller),
                Err(status) => Err(status),
            },
            _ => Ok(wire::text(StatusCode::NOT_FOUND, "Not Found")),
        };
        let mut response = answer.unwrap_or_else(|status| status.response());
        if let Some(token) = renewed {
            session::set_cookie(self, &mut response, &token);
        }
        Answer::Reply(self.pack(call, response))
    }

    fn applications(
        &self,
        call: &Call,
        method: &Method,
        path: &[&str],
        caller: &Caller,
    ) -> Result<Response<Body>, Status> {
        match (method, path) {
            (&Method::GET, []) => applications::list(self, call, caller),
            (&Method::GET, [name]) => applications::get(self, call, caller, name),
            (&Method::GET, [name, "revisions", revision, "metadata"]) => {
                applications::metadata(self, call, caller, name, revision)
            }
            (&Method::POST, [name, "sync"]) => applications::sync(self, call, caller, name),
            _ => Ok(wire::text(StatusCode::NOT_FOUND, "Not Found")),
        }
    }

    fn projects(&self, caller: &Caller) -> Response<Body> {
        let projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = projects.iter().filter(|(name, _)| caller.sees(name)).map(|(_, project)| project);
        let items: Vec<&serde_json::Value> = seen.collect();
        wire::json(StatusCode::OK, &json!({"metadata": {}, "items": items}))
    }

    /// Adds or replaces an AppProject.
    pub(super) fn put_project(&self, project: serde_json::Value) {
        let name = project["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        self.projects.lock().unwrap_or_else(PoisonError::into_inner).insert(name, project);
    }

    /// Opens a stream; the error is the answer where there is none.
    async fn stream(&self, call: &Call, caller: Result<Caller, Status>) -> Result<Answer, Response<Body>> {
        let fault = self.faults.subscribe().borrow().clone();
        if let Some(Fault::StreamRefused(status)) = fault {
            return Err(fault::proxy_page(status));
        }
        if !self.options.stream {
            return Err(wire::text(StatusCode::NOT_FOUND, "Not Found"));
        }
        let opened = caller.and_then(|caller| Ok((caller, applications::filter(call)?)));
        let (caller, filter) = opened.map_err(|status| stream::refuse(call, &status))?;
        Ok(stream::watch(self, call, caller, filter).await)
    }

    fn version(&self, caller: Option<&Caller>) -> Response<Body> {
        let version = &self.options.version;
        let all = json!({
            "Version": version,
            "BuildDate": "2026-08-22T08:12:45Z",
            "GitCommit": "37ee009a1f3c5d7b9e0f2a4c6d8e0b1a3c5d7e9f",
            "GitTreeState": "clean",
            "GoVersion": "go1.25.5",
            "Compiler": "gc",
            "Platform": "linux/amd64",
            "KustomizeVersion": "v5.7.0 2025-06-28T07:00:07Z",
            "HelmVersion": "v3.18.4+gd80839c",
            "KubectlVersion": "v0.33.1",
            "JsonnetVersion": "v0.21.0",
        });
        let signed_in = caller.is_some_and(Caller::logged_in);
        wire::json(StatusCode::OK, &if signed_in { all } else { json!({"Version": version}) })
    }

    fn settings(&self, caller: Option<&Caller>) -> Response<Body> {
        let mut settings = json!({
            "url": self.url(),
            "statusBadgeEnabled": false,
            "googleAnalytics": {"anonymizeUsers": true},
            "help": {"chatText": "Chat now!"},
            "userLoginsDisabled": !self.options.accounts.iter().any(|account| account.password.is_some()),
            "kustomizeVersions": [],
            "appsInAnyNamespaceEnabled": true,
        });
        if caller.is_some_and(Caller::logged_in) {
            settings["controllerNamespace"] = json!("argocd");
        }
        // As Go leaves out what is false.
        if let Some(fields) = settings.as_object_mut() {
            fields.retain(|_, value| value != &json!(false));
        }
        wire::json(StatusCode::OK, &settings)
    }

    /// Packs a whole answer unless it is packed already.
    fn pack(&self, call: &Call, response: Response<Body>) -> Response<Body> {
        if !self.packs(call) || response.headers().contains_key("content-encoding") {
            return response;
        }
        let (head, body) = response.into_parts();
        match body {
            Body::Whole(bytes) => match wire::gzip(&bytes) {
                Ok(small) => wire::packed(Response::from_parts(head, Body::Whole(small))),
                Err(_) => Response::from_parts(head, Body::Whole(bytes)),
            },
            pieces => Response::from_parts(head, pieces),
        }
    }
}

impl Site for Server {
    fn answer(&self, mut call: Call) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async move {
            let mut answer = self.routed(&mut call).await;
            let status = match &mut answer {
                Answer::Reply(response) => {
                    if let Ok(date) = HeaderValue::from_str(&http_date(self.options.clock.now_ms())) {
                        response.headers_mut().insert(DATE, date);
                    }
                    response.status().as_u16()
                }
                Answer::Reset | Answer::Hang => 0,
            };
            self.note(&call, status);
            answer
        })
    }
}

/// An error of ours as a server's.
pub(super) fn internal(error: io::Error) -> Status {
    Status::new(13, error.to_string())
}
