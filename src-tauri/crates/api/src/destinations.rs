//! Webhook destinations as they can be known without the engine that delivers to them: from the rules, the
//! keychain and the queue.

use dinghy_engine::check;
use dinghy_model::{Problem, QueueState, QueuedMessage, Refusal, ServiceKind};
use serde::Serialize;

use crate::wire::{ApiError, ProblemView};
use crate::{Api, now_ms, words};

/// One webhook destination.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DestinationView {
    /// Service name.
    pub name: String,
    /// A DingTalk robot; else a plain webhook.
    pub robot: bool,
    /// `ready`, `throttled`, `retrying` (the last attempt failed), `refusing` (the queue holds a refused
    /// message) or `unknown` (its URL is a secret that cannot be read now).
    pub state: &'static str,
    /// Host of the webhook, empty if its URL cannot be read now.
    pub host: String,
    /// Messages that wait.
    pub waiting: usize,
    /// Messages that were refused.
    pub refused: usize,
    /// Why it throttles, is tried again or refuses, or why its URL cannot be read.
    pub problem: Option<ProblemView>,
}

impl Api {
    /// All webhook destinations, by name. Asks the keychain for their URLs; contacts none of them.
    pub async fn destinations(&self) -> Result<Vec<DestinationView>, ApiError> {
        let queue = self.store.queue().map_err(|problem| self.error(&problem))?;
        let catalog = self.catalog()?;
        let mut views = Vec::new();
        for (name, service) in catalog.services() {
            let ServiceKind::Webhook(options) = &service.kind else { continue };
            let (robot, host, unread) = match self.engine.deliverer().is_robot(service).await {
                Ok((robot, host)) => (robot, host, None),
                Err(problem) => (check::may_be_robot(options), String::new(), Some(problem)),
            };
            let own: Vec<&QueuedMessage> =
                queue.iter().filter(|queued| queued.message.service == *name).collect();
            let refused = own.iter().filter(|queued| queued.state == QueueState::Refused).count();
            let (state, problem) = match (state_of(&own), unread) {
                (_, Some(problem)) => ("unknown", Some(problem)),
                (state, None) => state,
            };
            views.push(DestinationView {
                name: name.clone(),
                robot,
                state,
                host,
                waiting: own.len() - refused,
                refused,
                problem: problem.map(|problem| words::view(&problem, self.lang())),
            });
        }
        Ok(views)
    }
}

/// What the last attempts say.
fn state_of(queue: &[&QueuedMessage]) -> (&'static str, Option<Problem>) {
    let refused = queue.iter().rev().find(|queued| queued.state == QueueState::Refused);
    let throttled = queue.iter().find(|queued| {
        queued.due_ms > now_ms()
            && matches!(queued.problem, Some(Problem::Robot { refusal: Refusal::Throttled, .. }))
    });
    let retrying = queue.iter().find(|queued| queued.attempts > 0 && queued.problem.is_some());
    match (refused, throttled, retrying) {
        (Some(queued), ..) => ("refusing", queued.problem.clone()),
        (None, Some(queued), _) => ("throttled", queued.problem.clone()),
        (None, None, Some(queued)) => ("retrying", queued.problem.clone()),
        (None, None, None) => ("ready", None),
    }
}
