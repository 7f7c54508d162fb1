//! The connection test of a form, told step by step: one runs at a time, and a new one ends the one before.

use std::sync::{Mutex, PoisonError};

use dinghy_engine::check::{self, Progress};
use dinghy_model::{Auth, Lang, Problem, Secret, ServerConfig, secret_name};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::wire::{ApiError, ProbeStep, ProbeView, ServerForm};
use crate::{Api, now_ms, words};

/// The test that runs, or the last one.
#[derive(Default)]
pub(crate) struct Probing(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    last: u64,
    test: Option<Test>,
}

struct Test {
    view: watch::Receiver<ProbeView>,
    task: AbortHandle,
}

impl Drop for Test {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Api {
    /// Begins to test the connection that a form describes, with the secret it brings or else the stored one. Returns
    /// at once; [`Api::server_test_more`] has the steps.
    pub fn server_test(&self, form: ServerForm) -> Result<ProbeView, ApiError> {
        let lang = self.lang();
        let (config, secret) = self.read_server(form)?;
        let mut slot = self.probing.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.last += 1;
        let view = ProbeView {
            run: slot.last,
            done: false,
            ok: false,
            trying: String::new(),
            steps: Vec::new(),
            url: config.url.clone(),
        };
        let (told, seen) = watch::channel(view.clone());
        let vault = self.vault.clone();
        let config = self.by_its_way(&config);
        let task = tokio::spawn(async move {
            let secret = match secret {
                None if matches!(config.auth, Auth::Token | Auth::Password) => {
                    vault.get(&secret_name(&config.name)).await.ok()
                }
                given => given,
            };
            run(&config, secret, &told, lang).await;
        });
        slot.test = Some(Test { view: seen, task: task.abort_handle() });
        Ok(view)
    }

    /// Waits until the test `run` has more than `seen` steps, tries something else than `trying`, or is over. Fails
    /// with `stopped` if it was stopped or another one has begun.
    pub async fn server_test_more(&self, run: u64, seen: usize, trying: &str) -> Result<ProbeView, ApiError> {
        let view = {
            let slot = self.probing.0.lock().unwrap_or_else(PoisonError::into_inner);
            slot.test.as_ref().map(|test| test.view.clone())
        };
        let gone = || ApiError {
            code: "stopped".to_owned(),
            message: self.lang().pick("The test was stopped.", "测试已取消。").to_owned(),
            todo: String::new(),
            field: None,
        };
        let mut view = view.filter(|view| view.borrow().run == run).ok_or_else(gone)?;
        let news = |view: &ProbeView| view.done || view.steps.len() > seen || view.trying != trying;
        // Fails when the test was stopped.
        view.wait_for(news).await.map(|view| view.clone()).map_err(|_| gone())
    }

    /// Ends a test, if it is the one that runs.
    pub fn server_test_stop(&self, run: u64) {
        let mut slot = self.probing.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.test.take_if(|test| test.view.borrow().run == run);
    }
}

async fn run(config: &ServerConfig, secret: Option<Secret>, told: &watch::Sender<ProbeView>, lang: Lang) {
    check::probe(config, secret, |progress| {
        told.send_modify(|view| match progress {
            Progress::Trying(step) => view.trying = words::probe_step(step, lang).to_owned(),
            Progress::Tried(step) => {
                view.trying.clear();
                view.steps.push(step_view(step, lang));
            }
        });
    })
    .await;
    told.send_modify(|view| {
        view.done = true;
        view.ok = view.steps.iter().all(|step| step.problem.is_none());
    });
}

fn step_view(step: check::Step, lang: Lang) -> ProbeStep {
    let (found, problem) = match step.outcome {
        Ok(found) => (found, None),
        Err(problem) => (String::new(), Some(problem)),
    };
    ProbeStep {
        step: step.name.to_owned(),
        title: words::probe_step(step.name, lang).to_owned(),
        found: words::probe_found(step.name, found, lang),
        certificate: problem.as_ref().and_then(|problem| words::certificate(problem, now_ms(), lang)),
        field: problem.as_ref().and_then(field).map(str::to_owned),
        problem: problem.map(|problem| words::view(&problem, lang)),
    }
}

/// The field that one would change. A certificate is not a matter of one field.
fn field(problem: &Problem) -> Option<&'static str> {
    Some(match problem {
        Problem::BadUrl { .. }
        | Problem::PlainHttp { .. }
        | Problem::Dns { .. }
        | Problem::Refused { .. }
        | Problem::Timeout { .. }
        | Problem::TlsOther { .. }
        | Problem::LoginPage { .. }
        | Problem::NotArgoCd { .. } => "url",
        Problem::CaFile { .. } => "ca_file",
        Problem::Proxy { .. } => "proxy",
        Problem::NoToken
        | Problem::TokenExpired { .. }
        | Problem::TokenRevoked { .. }
        | Problem::BadPassword { .. } => "secret",
        _ => return None,
    })
}
