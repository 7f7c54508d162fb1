//! Each robot's budget of messages a minute and its pauses, kept over restarts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dinghy_dingtalk::Limiter;
use dinghy_model::Problem;
use dinghy_store::{RobotState, Store};

use crate::now_ms;
use crate::plan::{Reason, Room};

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

    /// What a robot takes now, or when it takes anything again (Unix ms). Takes no place.
    pub(crate) fn room(&self, robot: &str) -> Result<Result<Room, i64>, Problem> {
        let now = now_ms();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.store.robot_state(robot)?;
        if let Some(until) = state.paused_until_ms.filter(|until| *until > now) {
            return Ok(Err(until));
        }
        inner.load(robot, &state);
        Ok(match inner.limiter.free(robot, now) {
            0 => {
                let wait = inner.limiter.clone().take(robot, now).err().unwrap_or_default();
                Err(now + millis(wait))
            }
            free => Ok(Room { free, after: state.paused_until_ms.map(|_| Reason::Paused) }),
        })
    }

    /// What came while the robot was paused has been delivered.
    pub(crate) fn pause_is_over(&self, robot: &str) -> Result<(), Problem> {
        let _inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match self.store.robot_state(robot)? {
            RobotState { paused_until_ms: None, .. } => Ok(()),
            state => self.store.set_robot_state(robot, &RobotState { paused_until_ms: None, ..state }),
        }
    }

    /// Takes one place, or says when there is one (Unix ms). The place is on disk before it is used.
    pub(crate) fn take(&self, robot: &str) -> Result<Result<(), i64>, Problem> {
        let now = now_ms();
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.store.robot_state(robot)?;
        if let Some(until) = state.paused_until_ms.filter(|until| *until > now) {
            return Ok(Err(until));
        }
        inner.load(robot, &state);
        match inner.limiter.take(robot, now) {
            Ok(()) => {
                state.recent_sends = inner.limiter.saved(robot);
                self.store.set_robot_state(robot, &state).inspect_err(|_| {
                    // Nothing is sent then, so the place is free again: the disk knows the others.
                    inner.loaded.remove(robot);
                })?;
                Ok(Ok(()))
            }
            Err(wait) => Ok(Err(now + millis(wait))),
        }
    }

    /// The robot asked for a pause until then (Unix ms).
    pub(crate) fn pause(&self, robot: &str, until_ms: i64) -> Result<(), Problem> {
        let _inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let state: RobotState = self.store.robot_state(robot)?;
        self.store.set_robot_state(robot, &RobotState { paused_until_ms: Some(until_ms), ..state })
    }
}

impl Inner {
    /// Takes over what is on disk, once.
    fn load(&mut self, robot: &str, state: &RobotState) {
        if self.loaded.insert(robot.to_owned()) {
            self.limiter.load(robot, &state.recent_sends);
        }
    }
}

/// At least one: a wait of nothing would be none.
fn millis(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2).max(1)
}
