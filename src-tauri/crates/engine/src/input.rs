//! All that can reach the controller, as one enum: its loop is the table of contents of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dinghy_argocd::Client;
use dinghy_model::{
    AppBody, AppId, AppSnapshot, AppSummary, Pause, Problem, Secret, ServerName, ServerState,
};
use dinghy_rules::{Fact, Facts, Project, Subject, Want};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// One input. Sent by intake, courier, the file watcher, and shells.
#[derive(Debug)]
pub(crate) enum Input {
    /// A server's task has news. `run` tells a task that was replaced by a reload from its successor.
    Server { name: ServerName, run: u64, news: News },
    /// Something that rules asked for, or why it could not be had.
    Fact {
        server: ServerName,
        want: Want,
        found: Result<Fact, String>,
        /// Held until the answer was taken, so that it is seen that one is due.
        turn: Option<OwnedSemaphorePermit>,
    },
    /// A secret that a template reads, or the key that seals what it makes of it; or why it cannot be had.
    Secret {
        name: String,
        found: Result<Secret, Problem>,
        /// Held until the answer was taken, so that it is seen that one is due.
        turn: Option<OwnedSemaphorePermit>,
    },
    /// The courier has settled a row, or found out something about a destination.
    Courier(CourierNews),
    /// What a webhook's URL turned out to be, once the vault had told it.
    Classified { service: String, robot: bool, host: String },
    /// settings.toml or notifications.yaml changed on disk.
    FilesChanged,
    /// A shell wants something.
    Command(Command),
}

/// What one server's task reports.
#[derive(Debug)]
pub(crate) enum News {
    /// The state of the connection changed.
    State { state: ServerState, problem: Option<Problem>, next_try_ms: Option<i64> },
    /// Who answered.
    Identity { client: Client, version: String, account: String },
    /// The AppProjects that the account may see, as JSON by name.
    Projects(BTreeMap<String, String>),
    /// An application, as listed or streamed.
    Seen(Box<AppSnapshot>),
    /// An application is gone.
    Gone(AppId),
    /// A full list is over: whatever it did not contain is gone.
    Listed { present: Vec<AppId> },
    /// The stream lives: data is fresh as of now.
    Alive,
}

/// What the courier reports.
#[derive(Debug)]
pub(crate) enum CourierNews {
    /// A message was delivered.
    Delivered { service: String },
    /// One message was refused; its destination takes others.
    Waiting,
    /// An attempt failed for a reason that may pass; the next one is at `next_ms`.
    Retrying { service: String, problem: Problem, next_ms: i64 },
    /// The outcome of an attempt could not be written, or with None: now it could.
    Unrecorded(Option<Problem>),
    /// The robot asked for a pause.
    Throttled { service: String, until_ms: i64 },
    /// Another process changed the database.
    ChangedElsewhere,
    /// The destination refuses until a person acts.
    Refused { service: String, problem: Problem },
}

/// An application and what its rules see beside it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The application.
    pub snapshot: AppSnapshot,
    /// Its project, if it is known.
    pub project: Option<Project>,
    /// What is known of commits.
    pub facts: Arc<Facts>,
}

impl Case {
    /// What rules are judged on.
    ///
    /// # Errors
    /// When the server sent no JSON object.
    pub fn subject(&self) -> Result<Subject, Problem> {
        let subject = Subject::parse(&self.snapshot.json, None)?;
        let subject = subject.of_server(&self.snapshot.summary.id.server).with_facts(self.facts.clone());
        Ok(match &self.project {
            Some(project) => subject.with_project(project),
            None => subject,
        })
    }
}

/// What shells may ask for.
#[derive(Debug)]
pub enum Command {
    /// List every server again, at once.
    Refresh,
    /// Have the server compare an application with Git now. A server that does not answer is tried again instead.
    RefreshApp {
        /// Which one.
        id: AppId,
        /// How it ended.
        answer: oneshot::Sender<Result<(), Problem>>,
    },
    /// Read the files again (a shell changed them, or a secret they name).
    Reload {
        /// Answered when the new state is in force.
        done: oneshot::Sender<()>,
    },
    /// Connect to a server anew: its secret is another one, or gone.
    Reconnect(ServerName),
    /// Stop sending, or go on with None.
    Pause(Option<Pause>),
    /// Someone wrote into the database what is muted.
    ReadAgain {
        /// Answered when it is in force.
        done: oneshot::Sender<()>,
    },
    /// Someone changed the queue (retried, dropped): look at it, and try what refused again.
    QueueChanged,
    /// An application as it is known now, with what its rules see beside it.
    Case {
        /// Which one.
        id: AppId,
        /// None: not known.
        answer: oneshot::Sender<Option<Case>>,
    },
    /// What rules ask the server of an application for, so that they can be tried on it.
    Facts {
        /// Which application.
        id: AppId,
        /// What they ask for.
        wants: BTreeSet<Want>,
        /// All of it, or why it cannot be had.
        answer: oneshot::Sender<Facts>,
    },
    /// Every application as it is known now, packed ([`crate::unpack`]): cheap to answer, however many there are.
    Bodies {
        /// In the order of their ids.
        answer: oneshot::Sender<Vec<(Arc<AppSummary>, AppBody)>>,
    },
}
