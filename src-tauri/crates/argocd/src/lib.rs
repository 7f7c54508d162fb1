//! HTTP client for one Argo CD server: sign in, list, watch, read one application.
//!
//! Speaks Argo CD 2.8 to 3.6 as its API server behaves (`pkg/apiclient`, `util/grpc`, grpc-gateway v1).
//! Knows nothing of rules, of the outbox, of polling intervals or back-off: the engine decides when
//! to ask, this crate asks once and says truthfully what happened as a [`Problem`].
//!
//! Invariants: no secret is ever part of an error or of `Debug`; the list is never held as a whole;
//! whatever the server sends, nothing here panics.

use dinghy_model::{AppId, AppSnapshot, Problem, Secret, ServerConfig, ServerState};

/// What a server is signed in to with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Anonymous access.
    None,
    /// An API token or any other JWT that the server takes as `Bearer`.
    Token(Secret),
    /// The password of `ServerConfig::username`.
    Password(Secret),
}

/// Who the server takes us for (`GET /api/v1/session/userinfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// False with anonymous access.
    pub logged_in: bool,
    /// Empty if not logged in.
    pub username: String,
}

/// What is known at the end of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where a watch may start; empty if the server sent none.
    pub resource_version: String,
    /// Applications handed out.
    pub count: usize,
}

/// One thing heard on the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// Added or modified.
    Changed(AppSnapshot),
    /// Deleted.
    Gone(AppId),
    /// The server is there and has nothing to say (every 15 s).
    KeepAlive,
}

/// One server. Cheap to clone; clones share connections and the session.
#[derive(Clone, Debug)]
pub struct Client {}

/// An open stream.
#[derive(Debug)]
pub struct Watch {}

/// How a connection test went, step by step; it stops at the first failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// The steps that were tried, in order; only the last one can have failed.
    pub steps: Vec<Step>,
}

/// One step of a connection test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried.
    pub kind: StepKind,
    /// What was learnt (version, user name, number of applications; may be empty), or what is wrong.
    pub outcome: Result<String, Problem>,
}

/// What a connection test tries, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The URL, the CA file and the proxy can be used.
    Settings,
    /// A connection to the host.
    Reach,
    /// The certificate; left out with http://.
    Tls,
    /// An Argo CD answers; its version.
    Version,
    /// Signed in as; `anonymous` without a session.
    SignIn,
    /// Applications may be listed; how many.
    Applications,
}

#[allow(missing_docs, unused_variables)]
impl Client {
    pub fn new(config: &ServerConfig, credential: Credential) -> Result<Self, Problem> {
        unimplemented!()
    }
    pub async fn version(&self) -> Result<String, Problem> {
        unimplemented!()
    }
    pub async fn account(&self) -> Result<Account, Problem> {
        unimplemented!()
    }
    pub async fn list(&self, on_app: impl FnMut(AppSnapshot) + Send) -> Result<Listed, Problem> {
        unimplemented!()
    }
    pub async fn watch(&self, resource_version: Option<&str>) -> Result<Watch, Problem> {
        unimplemented!()
    }
    /// `None`: no such application (only told apart from forbidden when `project` is not empty).
    pub async fn get(&self, app: &AppId, project: &str) -> Result<Option<AppSnapshot>, Problem> {
        unimplemented!()
    }
    pub async fn refresh(&self, app: &AppId) -> Result<Option<AppSnapshot>, Problem> {
        unimplemented!()
    }
    pub fn app_url(base_url: &str, app: &AppId) -> String {
        unimplemented!()
    }
    /// Unix ms, from the JWT's `exp`.
    pub fn token_expiry(&self) -> Option<i64> {
        unimplemented!()
    }
}

#[allow(missing_docs, unused_variables)]
impl Watch {
    /// `None`: the server ended the stream in good order.
    pub async fn next(&mut self) -> Result<Option<WatchEvent>, Problem> {
        unimplemented!()
    }
}

/// Tests a connection.
#[allow(unused_variables)]
pub async fn probe(config: &ServerConfig, credential: Credential) -> Probe {
    unimplemented!()
}

/// What a user typed → base URL.
#[allow(unused_variables)]
pub fn parse_base_url(text: &str) -> Result<String, Problem> {
    unimplemented!()
}

/// The state that a problem puts a server into.
#[allow(unused_variables)]
pub fn state_of(problem: &Problem) -> ServerState {
    unimplemented!()
}
