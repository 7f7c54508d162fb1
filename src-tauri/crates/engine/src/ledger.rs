//! What is to be written, kept until the disk has taken it.
//!
//! A full disk loses nothing while the program runs: judgements are made on, wait here in their order,
//! and are written when there is room.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{Event, Pause, Problem};
use dinghy_store::{Commit, Store};
use tokio::time::Instant;

use crate::judge::Judged;

/// A disk that refused is tried again so often.
const RETRY: Duration = Duration::from_secs(5);

/// What is to be written. Owned by the controller.
pub(crate) struct Ledger {
    store: Arc<Store>,
    judged: Vec<Judged>,
    events: VecDeque<Event>,
    pause: Option<Option<Pause>>,
    problem: Option<Problem>,
    retry_at: Option<Instant>,
    /// Messages were written and the courier was not told yet.
    messages: bool,
}

impl Ledger {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            judged: Vec::new(),
            events: VecDeque::new(),
            pause: None,
            problem: None,
            retry_at: None,
            messages: false,
        }
    }

    /// An application was judged.
    pub(crate) fn judged(&mut self, judged: Judged) {
        self.judged.push(judged);
    }

    /// Something happened that no application was judged for.
    pub(crate) fn log(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The user stopped sending, or went on.
    pub(crate) fn pause(&mut self, pause: Option<Pause>) {
        self.pause = Some(pause);
    }

    /// What the disk said, as long as something waits for it.
    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// When to call [`Self::write`] again even if nothing new came.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// Writes all that waits; true if there were messages among it. What the disk does not take stays.
    pub(crate) fn write(&mut self) -> bool {
        let is_due = self.retry_at.is_none_or(|at| at <= Instant::now());
        let is_empty = self.judged.is_empty() && self.events.is_empty() && self.pause.is_none();
        if is_empty || !is_due {
            return false;
        }
        match tokio::task::block_in_place(|| self.try_write()) {
            Ok(()) => {
                self.problem = None;
                self.retry_at = None;
            }
            Err(problem) => {
                tracing::error!(?problem, "the database refused; it is tried again");
                self.problem = Some(problem);
                self.retry_at = Some(Instant::now() + RETRY);
            }
        }
        std::mem::take(&mut self.messages)
    }

    fn try_write(&mut self) -> Result<(), Problem> {
        if !self.judged.is_empty() {
            let commits: Vec<Commit<'_>> = self.judged.iter().map(Judged::as_commit).collect();
            self.store.commit_many(&commits)?;
            self.messages |= self.judged.iter().any(|judged| !judged.messages.is_empty());
            self.judged.clear();
        }
        while let Some(event) = self.events.front() {
            self.store.append_event(event)?;
            self.events.pop_front();
        }
        if let Some(pause) = self.pause {
            self.store.set_pause(pause)?;
            self.pause = None;
        }
        Ok(())
    }
}
