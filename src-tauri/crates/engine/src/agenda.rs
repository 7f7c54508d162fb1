//! When applications have to be judged again though nothing changed: a condition with `for` holds and will then have
//! held for long enough. Nobody is asked before that time, and nobody else is asked at it.
//!
//! Holds times only; what becomes of them is the controller's.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_model::{AppId, ServerName};

/// Due times by server, because those of a server that cannot be asked have to wait.
#[derive(Default)]
pub(crate) struct Agenda {
    due: BTreeMap<ServerName, BTreeSet<(i64, AppId)>>,
    at: BTreeMap<AppId, i64>,
}

impl Agenda {
    /// Puts an application's time, or with None takes it away.
    pub(crate) fn set(&mut self, app: &AppId, at_ms: Option<i64>) {
        if self.at.get(app).copied() == at_ms {
            return;
        }
        if let Some(old) = self.at.remove(app)
            && let Some(due) = self.due.get_mut(&app.server)
        {
            due.remove(&(old, app.clone()));
        }
        if let Some(at_ms) = at_ms {
            self.at.insert(app.clone(), at_ms);
            self.due.entry(app.server.clone()).or_default().insert((at_ms, app.clone()));
        }
    }

    /// As [`Agenda::set`], but an earlier time stays.
    pub(crate) fn bring_forward(&mut self, app: &AppId, at_ms: i64) {
        if self.at.get(app).is_none_or(|&old| old > at_ms) {
            self.set(app, Some(at_ms));
        }
    }

    /// The next time of a server whose data is fresh.
    pub(crate) fn next_ms(&self, is_fresh: impl Fn(&ServerName) -> bool) -> Option<i64> {
        let fresh = self.due.iter().filter(|(server, _)| is_fresh(server));
        fresh.filter_map(|(_, due)| due.first().map(|(at_ms, _)| *at_ms)).min()
    }

    /// Takes out who is due.
    pub(crate) fn take_due(&mut self, now_ms: i64, is_fresh: impl Fn(&ServerName) -> bool) -> Vec<AppId> {
        let mut found = Vec::new();
        for (server, due) in &mut self.due {
            if !is_fresh(server) {
                continue;
            }
            while due.first().is_some_and(|(at_ms, _)| *at_ms <= now_ms) {
                let Some((_, app)) = due.pop_first() else { break };
                self.at.remove(&app);
                found.push(app);
            }
        }
        self.due.retain(|_, due| !due.is_empty());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::app;

    #[test]
    fn each_is_due_once_at_its_time() {
        let mut agenda = Agenda::default();
        let any = |_: &ServerName| true;
        assert_eq!(agenda.next_ms(any), None);
        agenda.set(&app("a"), Some(100));
        agenda.set(&app("b"), Some(50));
        agenda.set(&app("a"), Some(70));
        agenda.bring_forward(&app("a"), 80);
        agenda.bring_forward(&app("c"), 60);
        assert_eq!((agenda.next_ms(any), agenda.take_due(49, any)), (Some(50), vec![]));
        assert_eq!(agenda.take_due(60, any), [app("b"), app("c")]);
        assert_eq!((agenda.next_ms(any), agenda.take_due(100, any)), (Some(70), vec![app("a")]));
        assert_eq!(agenda.take_due(i64::MAX, any), []);
        agenda.set(&app("a"), Some(1));
        agenda.set(&app("a"), None);
        assert_eq!(agenda.next_ms(any), None);
    }

    #[test]
    fn a_server_that_cannot_be_asked_waits() {
        let mut agenda = Agenda::default();
        agenda.set(&app("a"), Some(100));
        let none = |_: &ServerName| false;
        assert_eq!((agenda.next_ms(none), agenda.take_due(200, none)), (None, vec![]));
        assert_eq!(agenda.take_due(200, |_| true), [app("a")]);
    }
}
