//! The destinations that are webhooks: which are DingTalk groups, and how each one goes.

use std::collections::BTreeMap;

use dinghy_model::{GroupState, GroupStatus, Problem, Service, ServiceKind, WebhookOptions};
use dinghy_store::QueueCounts;

use crate::check;

/// A destination that retries for so long is shown to the user.
const LONG_MS: i64 = 5 * 60_000;

/// All webhook destinations by name.
#[derive(Default)]
pub(crate) struct Groups(BTreeMap<String, Group>);

struct Group {
    options: WebhookOptions,
    robot: bool,
    host: String,
    state: GroupState,
    /// Since when it retries (Unix ms).
    retries_since: Option<i64>,
    /// It retries for [`LONG_MS`].
    stuck: bool,
}

impl Groups {
    /// Takes the services of new rules. What is known of those that stay as they were is kept: that other lines of
    /// the files changed mends no group. A change of its own may have mended it, but for a pause that the robot asked
    /// for.
    pub(crate) fn set(&mut self, services: &BTreeMap<String, Service>) {
        let old = std::mem::take(&mut self.0);
        for (name, service) in services {
            let ServiceKind::Webhook(options) = &service.kind else { continue };
            let known = old.get(name);
            let state = match known {
                Some(Group { state: paused @ GroupState::Throttled { .. }, .. }) => paused.clone(),
                Some(group) if group.options == *options => group.state.clone(),
                _ => GroupState::Ready,
            };
            let robot = known.map_or_else(|| check::may_be_robot(options), |group| group.robot);
            let host = known.map_or_else(String::new, |group| group.host.clone());
            let options = options.clone();
            // It did not begin to retry anew because other lines were saved.
            let (retries_since, stuck) = match (&state, known) {
                (GroupState::Retrying { .. }, Some(group)) => (group.retries_since, group.stuck),
                _ => (None, false),
            };
            let group = Group { options, robot, host, state, retries_since, stuck };
            self.0.insert(name.clone(), group);
        }
    }

    /// The vault has told what the URL is.
    pub(crate) fn classify(&mut self, service: &str, robot: bool, host: String) {
        if let Some(group) = self.0.get_mut(service) {
            group.robot = robot;
            group.host = host;
        }
    }

    /// Whether messages for this service are made for a DingTalk robot. Before the vault has told the URL it is
    /// taken for one if the URL is a secret: nothing can be sent until the vault has told it, and a plain
    /// webhook is not affected unless its template has no body for it.
    pub(crate) fn is_robot(&self, service: &str) -> bool {
        self.0.get(service).is_some_and(|group| group.robot)
    }

    pub(crate) fn delivered(&mut self, service: &str) {
        self.set_state(service, GroupState::Ready);
    }

    pub(crate) fn throttled(&mut self, service: &str, until_ms: i64) {
        self.set_state(service, GroupState::Throttled { until_ms });
    }

    pub(crate) fn retrying(&mut self, service: &str, problem: Problem, next_ms: i64, now_ms: i64) {
        self.set_state(service, GroupState::Retrying { problem, next_ms });
        if let Some(group) = self.0.get_mut(service) {
            group.retries_since.get_or_insert(now_ms);
        }
    }

    pub(crate) fn refused(&mut self, service: &str, problem: Problem) {
        self.set_state(service, GroupState::Refusing { problem });
    }

    /// Whether nobody could tell yet what the service's URL is.
    pub(crate) fn is_unread(&self, service: &str) -> bool {
        self.0.get(service).is_some_and(|group| group.host.is_empty())
    }

    /// When the first pause that a robot asked for is over, or a destination has retried for long (Unix ms).
    pub(crate) fn next_expiry_ms(&self) -> Option<i64> {
        let changes = self.0.values().filter_map(|group| match group.state {
            GroupState::Throttled { until_ms } => Some(until_ms),
            GroupState::Retrying { .. } if !group.stuck => group.retries_since.map(|since| since + LONG_MS),
            _ => None,
        });
        changes.min()
    }

    /// Ends the pauses that are over, and marks what has retried for long.
    pub(crate) fn expire(&mut self, now_ms: i64) {
        for group in self.0.values_mut() {
            if matches!(group.state, GroupState::Throttled { until_ms } if until_ms <= now_ms) {
                group.state = GroupState::Ready;
            }
            group.stuck |= group.retries_since.is_some_and(|since| since + LONG_MS <= now_ms);
        }
    }

    /// The user wants refusals tried again, and what waits for another attempt at once.
    pub(crate) fn release(&mut self) {
        for group in self.0.values_mut() {
            if matches!(group.state, GroupState::Refusing { .. } | GroupState::Retrying { .. }) {
                group.state = GroupState::Ready;
                (group.retries_since, group.stuck) = (None, false);
            }
        }
    }

    fn set_state(&mut self, service: &str, state: GroupState) {
        if let Some(group) = self.0.get_mut(service) {
            if !matches!(state, GroupState::Retrying { .. }) {
                (group.retries_since, group.stuck) = (None, false);
            }
            group.state = state;
        }
    }

    /// What shells see.
    pub(crate) fn view(&self, counts: &BTreeMap<String, QueueCounts>) -> Vec<GroupStatus> {
        self.0
            .iter()
            .map(|(name, group)| GroupStatus {
                name: name.clone(),
                robot: group.robot,
                host: group.host.clone(),
                state: group.state.clone(),
                waiting: counts.get(name).map_or(0, |count| count.waiting),
                stuck: group.stuck,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_retries_for_long_is_marked_until_it_takes_one() {
        let service = |options| Service { name: "ops".to_owned(), kind: ServiceKind::Webhook(options) };
        let rules = |options| BTreeMap::from([("ops".to_owned(), service(options))]);
        let mut groups = Groups::default();
        groups.set(&rules(WebhookOptions::default()));
        let stuck = |groups: &mut Groups, now_ms| {
            groups.expire(now_ms);
            groups.view(&BTreeMap::new())[0].stuck
        };
        let retry = |groups: &mut Groups, now_ms| {
            groups.retrying("ops", Problem::KeychainLocked, now_ms + 1, now_ms);
        };
        retry(&mut groups, 1000);
        assert_eq!(groups.next_expiry_ms(), Some(1000 + LONG_MS));
        // Other lines of the rules are saved.
        groups.set(&rules(WebhookOptions::default()));
        assert_eq!(groups.next_expiry_ms(), Some(1000 + LONG_MS));
        retry(&mut groups, 2000);
        assert!(!stuck(&mut groups, 999 + LONG_MS));
        assert!(stuck(&mut groups, 1000 + LONG_MS));
        assert_eq!(groups.next_expiry_ms(), None, "told once");
        groups.set(&rules(WebhookOptions::default()));
        assert!(stuck(&mut groups, 1000 + LONG_MS));
        groups.delivered("ops");
        assert!(!stuck(&mut groups, 9000 + LONG_MS));
        retry(&mut groups, 9000 + LONG_MS);
        groups.release();
        assert_eq!(groups.next_expiry_ms(), None);
        // Its own lines are saved.
        retry(&mut groups, 9000 + LONG_MS);
        groups.set(&rules(WebhookOptions { url: "$other".to_owned(), ..WebhookOptions::default() }));
        assert_eq!((groups.next_expiry_ms(), stuck(&mut groups, 9000 + 2 * LONG_MS)), (None, false));
    }
}
