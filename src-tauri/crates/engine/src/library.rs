//! What is known of servers beyond their applications: commits and repositories that rules asked for, and AppProjects.
//!
//! Keeps and forgets; asks nobody itself. A commit never changes, so one that is known stays until there are too many.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use dinghy_model::{AppId, ServerName};
use dinghy_rules::{Fact, Facts, Project, Want};

/// So many commits are kept for each server.
const COMMITS: usize = 1000;
/// A commit that could not be had is asked for again after this time.
pub(crate) const ASK_AGAIN_MS: i64 = 5 * 60_000;

/// All of it, by server. Owned by the controller.
#[derive(Default)]
pub(crate) struct Library {
    shelves: BTreeMap<ServerName, Shelf>,
}

#[derive(Default)]
struct Shelf {
    facts: Arc<Facts>,
    /// In the order they came.
    order: VecDeque<Want>,
    /// When those failed that could not be had.
    failed: BTreeMap<Want, i64>,
    /// Who waits for what.
    waiting: BTreeMap<Want, BTreeSet<AppId>>,
    projects: BTreeMap<String, (Project, String)>,
}

impl Library {
    /// What is known of a server's commits.
    pub(crate) fn facts(&self, server: &ServerName) -> Arc<Facts> {
        self.shelves.get(server).map(|shelf| shelf.facts.clone()).unwrap_or_default()
    }

    /// An AppProject; None if the account may not see it.
    pub(crate) fn project(&self, server: &ServerName, name: &str) -> Option<&Project> {
        self.shelves.get(server)?.projects.get(name).map(|(project, _)| project)
    }

    /// Notes what an application asks for; gives what has to be fetched, each once.
    pub(crate) fn want(&mut self, app: &AppId, wants: BTreeSet<Want>) -> Vec<Want> {
        let shelf = self.shelves.entry(app.server.clone()).or_default();
        let mut fetch = Vec::new();
        for want in wants {
            let waiting = shelf.waiting.entry(want.clone()).or_default();
            if waiting.is_empty() {
                fetch.push(want);
            }
            waiting.insert(app.clone());
        }
        fetch
    }

    /// Takes what was fetched; gives who waits for it.
    pub(crate) fn put(
        &mut self,
        server: &ServerName,
        want: Want,
        found: Result<Fact, String>,
        now_ms: i64,
    ) -> Vec<AppId> {
        let shelf = self.shelves.entry(server.clone()).or_default();
        let waiting = shelf.waiting.remove(&want).unwrap_or_default();
        let facts = Arc::make_mut(&mut shelf.facts);
        if found.is_err() {
            shelf.failed.insert(want.clone(), now_ms);
        }
        if facts.insert(want.clone(), found).is_none() {
            shelf.order.push_back(want);
        }
        while shelf.order.len() > COMMITS {
            let Some(oldest) = shelf.order.pop_front() else { break };
            facts.remove(&oldest);
            shelf.failed.remove(&oldest);
        }
        waiting.into_iter().collect()
    }

    /// Forgets failures that are old enough to be asked for again.
    pub(crate) fn expire(&mut self, server: &ServerName, now_ms: i64) {
        let Some(shelf) = self.shelves.get_mut(server) else { return };
        let is_old = |at_ms: i64| at_ms + ASK_AGAIN_MS <= now_ms || at_ms > now_ms;
        let failed = shelf.failed.iter().filter(|(_, at_ms)| is_old(**at_ms));
        let old: Vec<Want> = failed.map(|(want, _)| want.clone()).collect();
        shelf.failed.retain(|want, _| !old.contains(want));
        if old.is_empty() {
            return;
        }
        let facts = Arc::make_mut(&mut shelf.facts);
        old.iter().for_each(|want| drop(facts.remove(want)));
        shelf.order.retain(|want| !old.contains(want));
    }

    /// Takes the projects of a server; gives the names of those that changed, came or went.
    pub(crate) fn projects(&mut self, server: &ServerName, found: BTreeMap<String, String>) -> Vec<String> {
        let shelf = self.shelves.entry(server.clone()).or_default();
        let mut changed: Vec<String> =
            shelf.projects.keys().filter(|name| !found.contains_key(*name)).cloned().collect();
        changed.iter().for_each(|name| drop(shelf.projects.remove(name)));
        for (name, json) in found {
            if shelf.projects.get(&name).is_some_and(|(_, known)| *known == json) {
                continue;
            }
            match Project::parse(&json) {
                Ok(project) => drop(shelf.projects.insert(name.clone(), (project, json))),
                Err(problem) => {
                    tracing::warn!(%server, project = name, ?problem, "a project cannot be read");
                    continue;
                }
            }
            changed.push(name);
        }
        changed
    }

    /// Forgets servers that are not followed any more, and those that wait for them.
    pub(crate) fn retain(&mut self, stays: impl Fn(&ServerName) -> bool) {
        self.shelves.retain(|name, _| stays(name));
    }

    /// A server's task ended: what it was asked for will not come, and is asked for anew.
    pub(crate) fn give_up(&mut self, server: &ServerName) {
        if let Some(shelf) = self.shelves.get_mut(server) {
            shelf.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::CommitMetadata;

    use super::*;
    use crate::testing::app;

    fn want(revision: &str) -> Want {
        Want::Commit { repo: "r".to_owned(), revision: revision.to_owned(), source_index: None }
    }

    #[test]
    fn each_commit_is_fetched_once_for_all_who_ask() {
        let (mut library, server) = (Library::default(), ServerName::from("prod"));
        assert_eq!(library.want(&app("a"), [want("1"), want("2")].into()), [want("1"), want("2")]);
        assert_eq!(library.want(&app("b"), [want("1")].into()), []);
        assert_eq!(
            library.put(&server, want("1"), Ok(Fact::Commit(CommitMetadata::default())), 0),
            [app("a"), app("b")]
        );
        assert_eq!(library.facts(&server).keys().collect::<Vec<_>>(), [&want("1")]);
        assert!(library.facts(&"other".into()).is_empty());
        library.give_up(&server);
        assert_eq!(library.want(&app("a"), [want("2")].into()), [want("2")], "whoever was asked is gone");
    }

    #[test]
    fn what_failed_is_asked_for_again_later_and_what_is_old_goes() {
        let (mut library, server) = (Library::default(), ServerName::from("prod"));
        library.put(&server, want("bad"), Err("HTTP 500".to_owned()), 1000);
        library.expire(&server, 1000 + ASK_AGAIN_MS - 1);
        assert_eq!(library.facts(&server).len(), 1);
        library.expire(&server, 1000 + ASK_AGAIN_MS);
        assert_eq!(library.facts(&server).len(), 0);
        // The clock was set back by an hour: nobody waits for the old time to come round.
        library.put(&server, want("bad"), Err("HTTP 500".to_owned()), 3_600_000);
        library.expire(&server, 3_600_000);
        assert_eq!(library.facts(&server).len(), 1);
        library.expire(&server, 3_600_000 - 1);
        assert_eq!(library.facts(&server).len(), 0);
        for number in 0..COMMITS + 5 {
            library.put(&server, want(&number.to_string()), Ok(Fact::Commit(CommitMetadata::default())), 0);
        }
        let facts = library.facts(&server);
        assert_eq!(
            (facts.len(), facts.contains_key(&want("4")), facts.contains_key(&want("5"))),
            (COMMITS, false, true)
        );
    }

    #[test]
    fn projects_that_change_are_named() {
        let (mut library, server) = (Library::default(), ServerName::from("prod"));
        let found = |list: &[(&str, &str)]| {
            list.iter().map(|(name, json)| ((*name).to_owned(), (*json).to_owned())).collect()
        };
        assert_eq!(library.projects(&server, found(&[("a", "{}"), ("b", "{}"), ("torn", "{")])), ["a", "b"]);
        assert_eq!(library.projects(&server, found(&[("a", "{}"), ("b", r#"{"metadata":{}}"#)])), ["b"]);
        assert_eq!(library.projects(&server, found(&[("b", r#"{"metadata":{}}"#)])), ["a"]);
        assert!(library.project(&server, "b").is_some() && library.project(&server, "a").is_none());
        library.retain(|_| false);
        assert!(library.project(&server, "b").is_none());
    }
}
