//! What holds a message up though the rules would send it: the server, the pause, the destination.

use dinghy_model::{AppId, GroupState};
use dinghy_rules::Destination;

use crate::wire::ExplainDestination;
use crate::words::Reasons;
use crate::{Api, is_stale, now_ms};

impl Api {
    /// Sentences, most general first.
    pub(super) fn circumstances(
        &self,
        app: Option<&AppId>,
        destinations: &[ExplainDestination],
        reasons: &Reasons,
    ) -> Vec<String> {
        let status = self.engine.status().borrow().clone();
        let mut notes = Vec::new();
        let server = status.servers.iter().find(|server| app.is_some_and(|app| app.server == server.name));
        if let Some(server) = server.filter(|server| is_stale(server)) {
            notes.push(reasons.old_data(&server.name.0, server.fresh_ms));
        }
        // Asked of the database: an engine beside the running one is paused so that it sends nothing.
        let paused = self.store.pause().unwrap_or_default();
        if let Some(pause) = paused.filter(|pause| pause.until_ms.is_none_or(|until_ms| until_ms > now_ms()))
        {
            notes.push(reasons.paused(pause.until_ms));
        }
        for group in &status.groups {
            if !destinations.iter().any(|to| Destination::parse(&to.to).service == group.name) {
                continue;
            }
            match &group.state {
                GroupState::Ready => {}
                GroupState::Throttled { until_ms } => notes.push(reasons.throttled(&group.name, *until_ms)),
                GroupState::Retrying { problem, next_ms } => {
                    notes.push(reasons.retrying(&group.name, problem, *next_ms));
                }
                GroupState::Refusing { problem } => notes.push(reasons.refusing(&group.name, problem)),
            }
        }
        notes
    }
}
