//! Each robot's budget of messages a minute and its pauses, kept over restarts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dinghy_dingtalk::{AT_MOST, Limiter};
use dinghy_model::Problem;
use dinghy_store::{RobotState, Store};

use crate::disk::Disk;
use crate::now_ms;
use crate::plan::{Reason, Room};

/// Budgets of all robots, by robot key. Shared by the courier's flights and test messages.
pub(crate) struct Budget {
    disk: Arc<Disk>,
    inner: Arc<Mutex<Inner>>,
}

/// How much of a robot's minute is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Messages of the last minute, whatever became of them.
    pub sent: usize,
    /// How many Dinghy sends in a minute.
    pub limit: usize,
    /// The robot asked for a pause until then (Unix ms).
    pub until_ms: Option<i64>,
}

#[derive(Default)]
struct Inner {
    limiter: Limiter,
    loaded: BTreeSet<String>,
}

impl Budget {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        Self { disk, inner: Arc::default() }
    }

    /// What a robot takes now, or when it takes anything again (Unix ms). Takes no place.
    pub(crate) async fn room(&self, robot: &str) -> Result<Result<Room, i64>, Problem> {
        self.work(robot, move |inner, robot, store| {
            let now = now_ms();
            let state = store.robot_state(robot)?;
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
        })
        .await
    }

    /// How much of a robot's minute is used.
    pub(crate) async fn load(&self, robot: &str) -> Result<Load, Problem> {
        self.work(robot, move |inner, robot, store| {
            let now = now_ms();
            let state = store.robot_state(robot)?;
            inner.load(robot, &state);
            Ok(Load {
                sent: AT_MOST - inner.limiter.free(robot, now),
                limit: AT_MOST,
                until_ms: state.paused_until_ms.filter(|until| *until > now),
            })
        })
        .await
    }

    /// What came while the robot was paused has been delivered.
    pub(crate) async fn pause_is_over(&self, robot: &str) -> Result<(), Problem> {
        self.work(robot, move |_, robot, store| match store.robot_state(robot)? {
            RobotState { paused_until_ms: None, .. } => Ok(()),
            state => store.set_robot_state(robot, &RobotState { paused_until_ms: None, ..state }),
        })
        .await
    }

    /// Takes one place, or says when there is one (Unix ms). The place is on disk before it is used.
    pub(crate) async fn take(&self, robot: &str) -> Result<Result<(), i64>, Problem> {
        self.work(robot, move |inner, robot, store| {
            let now = now_ms();
            let mut state = store.robot_state(robot)?;
            if let Some(until) = state.paused_until_ms.filter(|until| *until > now) {
                return Ok(Err(until));
            }
            inner.load(robot, &state);
            match inner.limiter.take(robot, now) {
                Ok(()) => {
                    state.recent_sends = inner.limiter.saved(robot);
                    store.set_robot_state(robot, &state).inspect_err(|_| {
                        // Nothing is sent then, so the place is free again: the disk knows the others.
                        inner.loaded.remove(robot);
                    })?;
                    Ok(Ok(()))
                }
                Err(wait) => Ok(Err(now + millis(wait))),
            }
        })
        .await
    }

    /// The robot asked for a pause until then (Unix ms).
    pub(crate) async fn pause(&self, robot: &str, until_ms: i64) -> Result<(), Problem> {
        self.work(robot, move |_, robot, store| {
            let state: RobotState = store.robot_state(robot)?;
            store.set_robot_state(robot, &RobotState { paused_until_ms: Some(until_ms), ..state })
        })
        .await
    }

    /// Reads and writes as one: nobody else does meanwhile.
    async fn work<T: Send + 'static>(
        &self,
        robot: &str,
        work: impl FnOnce(&mut Inner, &str, &Store) -> T + Send + 'static,
    ) -> T {
        let (inner, robot) = (self.inner.clone(), robot.to_owned());
        self.disk
            .run(move |store| {
                let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
                work(&mut inner, &robot, store)
            })
            .await
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
