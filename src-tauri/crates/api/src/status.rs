//! The head of everything: state, counts, problems, in words.

use std::sync::atomic::Ordering;

use dinghy_model::{GroupState, ServerStatus, Severity, Status};

use crate::wire::{Counts, StatusView};
use crate::{Api, words};

/// Whether what is known of a server may be old.
pub fn is_stale(server: &ServerStatus) -> bool {
    !server.state.is_fresh()
}

/// Counts over all servers; the same set that lists and the tray use.
pub fn counts(status: &Status) -> Counts {
    let mut counts = Counts::default();
    for server in &status.servers {
        let stale = is_stale(server);
        for app in server.apps.iter() {
            counts.total += 1;
            counts.stale += usize::from(stale);
            *match status.severity(app) {
                Some(Severity::Attention) => &mut counts.attention,
                Some(Severity::Progressing) => &mut counts.progressing,
                Some(Severity::Notice) => &mut counts.notice,
                Some(Severity::Well) => &mut counts.well,
                None => &mut counts.muted,
            } += 1;
        }
    }
    counts
}

impl Api {
    /// What the window's frame shows. `tray`: this desktop shows tray icons.
    pub fn status_view(&self, tray: bool) -> StatusView {
        let status = self.engine.status().borrow().clone();
        let lang = self.lang();
        StatusView {
            generation: self.generation.fetch_add(1, Ordering::Relaxed),
            servers: status.servers.iter().map(|server| self.server_view(&status, server)).collect(),
            groups: self.group_views(&status),
            desktops: Self::switch_views(&status),
            problems: status.problems.iter().map(|problem| words::view(problem, lang)).collect(),
            paused: status.paused,
            waiting: status.waiting,
            refused: status.refused,
            counts: counts(&status),
            demo: status.demo,
            demo_page: self.demo_page.clone(),
            tray,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lang,
        }
    }
}

/// `ready`, `throttled`, `retrying` or `refusing`.
pub(crate) fn group_state_word(state: &GroupState) -> &'static str {
    match state {
        GroupState::Ready => "ready",
        GroupState::Throttled { .. } => "throttled",
        GroupState::Retrying { .. } => "retrying",
        GroupState::Refusing { .. } => "refusing",
    }
}
