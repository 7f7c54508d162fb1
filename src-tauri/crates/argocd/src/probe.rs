//! The connection test of the window and of `dinghyctl`: step by step, up to the first failure.

use dinghy_model::{Problem, ServerConfig, ServerState};

use crate::client::Client;
use crate::session::Credential;
use crate::state::state_of;

/// How a connection test went.
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
    /// Something answers at the host.
    Reach,
    /// Its certificate is good, or not looked at by the user's wish; left out with http://.
    Tls,
    /// It is an Argo CD; its version.
    Version,
    /// The account; empty with anonymous access.
    SignIn,
    /// Applications may be listed; how many.
    Applications,
}

/// What a connection test tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This is tried now.
    Trying(StepKind),
    /// This was tried.
    Tried(Step),
}

impl Probe {
    /// What is wrong, if something is.
    pub fn problem(&self) -> Option<&Problem> {
        self.steps.last().and_then(|step| step.outcome.as_ref().err())
    }
}

/// Tests a connection and tells how it goes. Changes nothing on the server. May be dropped at any time.
pub async fn probe(
    config: &ServerConfig,
    credential: Credential,
    mut tell: impl FnMut(Progress) + Send,
) -> Probe {
    let mut probe = Probe::default();
    // Nothing is left to do where it stopped early: the steps say it all.
    let _ = run(&mut Notes { probe: &mut probe, tell: &mut tell }, config, credential).await;
    probe
}

/// The steps, and who is told of them.
struct Notes<'a, F> {
    probe: &'a mut Probe,
    tell: &'a mut F,
}

impl<F: FnMut(Progress) + Send> Notes<'_, F> {
    fn trying(&mut self, kind: StepKind) {
        (self.tell)(Progress::Trying(kind));
    }

    /// Notes a step; `None`: it failed.
    fn note(&mut self, kind: StepKind, outcome: Result<String, Problem>) -> Option<()> {
        let passed = outcome.is_ok().then_some(());
        let step = Step { kind, outcome };
        (self.tell)(Progress::Tried(step.clone()));
        self.probe.steps.push(step);
        passed
    }
}

async fn run<F: FnMut(Progress) + Send>(
    probe: &mut Notes<'_, F>,
    config: &ServerConfig,
    credential: Credential,
) -> Option<()> {
    let client = match Client::new(config, credential) {
        Ok(client) => client,
        Err(problem) => return probe.note(StepKind::Settings, Err(problem)),
    };
    probe.note(StepKind::Settings, Ok(String::new()))?;

    probe.trying(StepKind::Reach);
    let version = client.version().await;
    let failed_with = version.as_ref().err().map(state_of);
    if failed_with == Some(ServerState::Unreachable) && !is_answer(&version) {
        return probe.note(StepKind::Reach, version);
    }
    probe.note(StepKind::Reach, Ok(String::new()))?;
    if config.url.starts_with("https:") {
        if failed_with == Some(ServerState::TlsProblem) {
            return probe.note(StepKind::Tls, version);
        }
        probe.note(StepKind::Tls, Ok(String::new()))?;
    }
    probe.note(StepKind::Version, version)?;
    probe.trying(StepKind::SignIn);
    probe.note(StepKind::SignIn, client.account().await.map(|account| account.username))?;
    probe.trying(StepKind::Applications);
    probe.note(StepKind::Applications, client.count().await.map(|count| count.to_string()))
}

/// Whether the failure is something that a server said, and not that it said nothing.
fn is_answer(version: &Result<String, Problem>) -> bool {
    matches!(
        version,
        Err(Problem::ServerError { .. }
            | Problem::TooManyRequests { .. }
            | Problem::BodyCut { .. }
            | Problem::BadUrl { .. })
    )
}
