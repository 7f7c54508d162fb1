//! Each robot's budget of messages a minute and its pauses, kept over restarts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_dingtalk::Limiter;
use dinghy_model::Problem;
use dinghy_store::{RobotState, Store};

use crate::now_ms;

/// Budgets of all robots, by robot key. Shared by the courier's flights and test messages.
pub(crate) struct Budget {
    store: Arc<Store>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    limiter: Limiter,
    loaded: BTreeSet<String>,
}

impl Budget {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store, inner: Mutex::default() }
    }

    /// Takes one place, or says when there is one (Unix ms). The place is on disk before it is used.
    pub(crate) fn take(&self, robot: &str) -> Result<Result<(), i64>, Problem> {
        let now = now_ms();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.store.robot_state(robot)?;
        if let Some(until) = state.paused_until_ms.filter(|until| *until > now) {
            return Ok(Err(until));
        }
        if inner.loaded.insert(robot.to_owned()) {
            inner.limiter.load(robot, &state.recent_sends);
        }
        match inner.limiter.take(robot, now) {
            Ok(()) => {
                state.recent_sends = inner.limiter.saved(robot);
                self.store.set_robot_state(robot, &state).inspect_err(|_| {
                    // Nothing is sent then, so the place is free again: the disk knows the others.
                    inner.loaded.remove(robot);
                })?;
                Ok(Ok(()))
            }
            Err(wait) => Ok(Err(now + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).max(1))),
        }
    }

    /// The robot asked for a pause until then (Unix ms).
    pub(crate) fn pause(&self, robot: &str, until_ms: i64) -> Result<(), Problem> {
        let state: RobotState = self.store.robot_state(robot)?;
        self.store.set_robot_state(robot, &RobotState { paused_until_ms: Some(until_ms), ..state })
    }
}
