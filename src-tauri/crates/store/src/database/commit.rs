//! The one step from an evaluation to what must survive a crash.

use dinghy_model::{AppId, Event, MemoryChange, Message, Problem, RowId};

use super::{PastState, Store, events, memory, outbox, past_states};

/// The outcome of evaluating one application: it is stored whole or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    /// The application.
    pub app: &'a AppId,
    /// True: it was seen, first contact is over. False leaves that as it is.
    pub known: bool,
    /// What the rules remember and forget, in this order.
    pub changes: &'a [MemoryChange],
    /// What is to be sent; due at once.
    pub messages: &'a [Message],
    /// What is to be logged; ids are given by the store.
    pub events: &'a [Event],
    /// What the application looked like, for rules that are tried on the past.
    pub states: &'a [PastState],
}

impl Store {
    /// Stores one outcome; gives the rows of its messages, in their order.
    pub fn commit(&self, commit: Commit) -> Result<Vec<RowId>, Problem> {
        Ok(self.commit_many(&[commit])?.pop().unwrap_or_default())
    }

    /// Stores several outcomes in one transaction: one wait for the disk instead of many.
    pub fn commit_many(&self, commits: &[Commit]) -> Result<Vec<Vec<RowId>>, Problem> {
        self.write(|transaction| {
            if commits.iter().any(|commit| !commit.states.is_empty()) {
                past_states::limit(transaction)?;
            }
            commits
                .iter()
                .map(|commit| {
                    memory::change(transaction, commit.app, commit.known, commit.changes)?;
                    for event in commit.events {
                        events::append(transaction, event)?;
                    }
                    past_states::append(transaction, commit.app, commit.states)?;
                    commit.messages.iter().map(|message| outbox::append(transaction, message)).collect()
                })
                .collect()
        })
    }

    /// Queues one message that comes from no evaluation (a test message, a digest), with what is logged of it.
    pub fn enqueue(&self, message: &Message, events: &[Event]) -> Result<RowId, Problem> {
        self.write(|transaction| {
            for event in events {
                events::append(transaction, event)?;
            }
            outbox::append(transaction, message)
        })
    }
}
