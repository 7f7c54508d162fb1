//! An Argo CD API server, as far as a client that watches applications sees it.
//!
//! There is no controller behind it: what [`ArgoCd::put`] and [`ArgoCd::edit`] say is what is. A
//! sync that a client asks for sets the application's `operation`, and whoever owns this value
//! plays the controller (the scenario does).

mod access;
mod applications;
mod apps;
mod commits;
mod controller;
mod fault;
mod fields;
mod page;
mod route;
mod selector;
mod session;
mod status;
mod stream;
mod token;

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use serde_json::Value;

use crate::Clock;
use crate::wire::{Host, Port, Tls};
pub use access::Account;
pub(crate) use controller::{Controller, SyncAsked};
pub use fault::Fault;
pub use route::Logged;
use route::Server;

/// What a server is like. `Default`: an Argo CD 3.6 on plain HTTP with one account,
/// `admin` / `admin`, that may see and sync everything.
#[derive(Clone, Debug)]
pub struct ArgoCdOptions {
    /// For logs and thread names.
    pub name: String,
    /// Which certificate it shows.
    pub tls: Tls,
    /// `--rootpath`, such as `/argocd`; empty: none.
    pub root_path: String,
    /// As `/api/version` gives it to who is signed in, such as `v3.6.0+37ee009`. Decides which `fields` a list knows.
    pub version: String,
    /// Who may sign in.
    pub accounts: Vec<Account>,
    /// Anonymous access (`users.anonymous.enabled`) with these rights; None: off.
    pub anonymous: Option<Account>,
    /// False: the stream's path answers 404, as behind a proxy that knows no streams.
    pub stream: bool,
    /// Time between two keep-alives on a stream. Argo CD: 15 s, not configurable.
    pub keep_alive: Duration,
    /// Lifetime of a session (`users.session.duration`). Argo CD: 24 h.
    pub session: Duration,
    /// How long a login takes, in real time. Argo CD: 0.5 to 1 s; here none.
    pub login_delay: Duration,
    /// Answers are packed if the client takes it, as Argo CD does.
    pub gzip: bool,
    /// The first `resourceVersion`.
    pub resource_version: u64,
    /// The time it goes by.
    pub clock: Clock,
}

impl Default for ArgoCdOptions {
    fn default() -> Self {
        Self {
            name: "argocd".to_owned(),
            tls: Tls::Off,
            root_path: String::new(),
            version: "v3.6.0+37ee009".to_owned(),
            accounts: vec![Account::new("admin").password("admin")],
            anonymous: None,
            stream: true,
            keep_alive: Duration::from_secs(15),
            session: Duration::from_secs(24 * 3600),
            login_delay: Duration::ZERO,
            gzip: true,
            resource_version: 100_000,
            clock: Clock::real(),
        }
    }
}

/// A running server; gone when dropped.
pub struct ArgoCd {
    server: Arc<Server>,
    port: Arc<Port>,
    url: String,
    ca_pem: Option<String>,
    fingerprint: Option<String>,
    /// Ends after the port.
    _host: Host,
}

impl ArgoCd {
    /// Starts a server on a free port of 127.0.0.1, on a thread of its own.
    ///
    /// # Errors
    /// No port, no thread, or no certificate.
    pub fn start(options: ArgoCdOptions) -> io::Result<Self> {
        let host = Host::start(&format!("demo {}", options.name))?;
        Self::start_on(&host, options)
    }

    /// The same on a thread that others share.
    pub(crate) fn start_on(host: &Host, options: ArgoCdOptions) -> io::Result<Self> {
        let identity = options.tls.identity()?;
        let scheme = if identity.acceptor.is_some() { "https" } else { "http" };
        let server = Arc::new(Server::new(options));
        let port = Arc::new(Port::open(host, identity.acceptor, server.clone())?);
        let url = format!("{scheme}://{}{}", port.address(), server.options.root_path);
        server.set_url(&url);
        Ok(Self {
            server,
            port,
            url,
            ca_pem: identity.ca_pem,
            fingerprint: identity.fingerprint,
            _host: host.clone(),
        })
    }

    /// The base URL with the root path, without a trailing slash.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The CA that signed the certificate; None for plain HTTP and [`Tls::SelfSigned`].
    pub fn ca_pem(&self) -> Option<String> {
        self.ca_pem.clone()
    }

    /// SHA-256 of its certificate, `AB:CD:…`; None for plain HTTP.
    pub fn fingerprint(&self) -> Option<String> {
        self.fingerprint.clone()
    }

    /// Adds or replaces an application, given as the API or as Kubernetes would write it, and tells
    /// the watchers. `metadata.name` is required; without it nothing happens. `kind` and
    /// `apiVersion` go, empty `status` parts come, `resourceVersion` is set: as typed objects do.
    pub fn put(&self, app: Value) {
        self.server.apps.put(app);
    }

    /// Adds or replaces an AppProject, as `GET /api/v1/projects` gives it. Nobody is told: projects have no stream here.
    pub fn put_project(&self, project: Value) {
        self.server.put_project(project);
    }

    /// Removes an application and tells the watchers; false if there is none.
    pub fn remove(&self, namespace: &str, name: &str) -> bool {
        self.server.apps.remove(namespace, name)
    }

    /// Changes an application and tells the watchers; false if there is none.
    pub fn edit(&self, namespace: &str, name: &str, change: impl FnOnce(&mut Value)) -> bool {
        self.server.apps.edit(namespace, name, change)
    }

    /// An application as the API would give it now.
    pub fn get(&self, namespace: &str, name: &str) -> Option<Value> {
        self.server.apps.get(namespace, name).map(|entry| entry.value())
    }

    /// Misbehaves until [`clear_fault`](Self::clear_fault) or another fault.
    pub fn fault(&self, fault: Fault) {
        self.port.set_open(fault != Fault::Refuse);
        self.server.faults.set(fault, None);
    }

    /// Misbehaves for the next `times` requests, then behaves again. For faults of single
    /// requests; those of the port or of open streams stay until cleared.
    pub fn fault_next(&self, times: u32, fault: Fault) {
        self.port.set_open(fault != Fault::Refuse);
        self.server.faults.set(fault, Some(times));
    }

    /// Behaves again.
    pub fn clear_fault(&self) {
        self.server.faults.clear();
        self.port.set_open(true);
    }

    /// A new API token of an account (`argocd account generate-token`), without an end.
    pub fn token(&self, account: &str) -> String {
        self.server.tokens.api(account, None)
    }

    /// The same with an end, Unix ms.
    pub fn token_until(&self, account: &str, expires_ms: i64) -> String {
        self.server.tokens.api(account, Some(expires_ms))
    }

    /// A token of a project's role, which sees this project only.
    pub fn project_token(&self, project: &str, role: &str) -> String {
        self.server.tokens.project(project, role)
    }

    /// A session as a login gives it, lasting `lifetime`.
    pub fn session_token(&self, account: &str, lifetime: Duration) -> String {
        self.server.tokens.session(account, lifetime)
    }

    /// Makes a token worthless from now on.
    pub fn revoke(&self, token: &str) {
        self.server.tokens.revoke(token);
    }

    /// Every request since the start (the last 10,000), oldest first.
    pub fn requests(&self) -> Vec<Logged> {
        self.server.log()
    }

    /// The other side, for who plays the controller.
    pub(crate) fn controller(&self) -> Controller {
        Controller::new(self.server.clone())
    }

    /// Streams open now.
    pub fn watchers(&self) -> usize {
        self.server.apps.watchers()
    }

    /// Shuts the port for good. Dropping does the same.
    pub fn stop(&self) {
        self.port.stop();
    }
}

impl fmt::Debug for ArgoCd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArgoCd").field("url", &self.url).finish_non_exhaustive()
    }
}
