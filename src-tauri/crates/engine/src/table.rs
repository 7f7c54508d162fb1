//! Every application that is known, with its text packed. Owned by the controller alone.
//!
//! A list of 2,000 applications is 30 MB of JSON and compresses about eight to one, so the texts
//! can stay for re-evaluation without the memory showing it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use dinghy_model::{AppBody, AppId, AppSnapshot, AppSummary, Memory, ServerName};

/// One application.
pub(crate) struct Entry {
    /// What lists show.
    pub(crate) summary: Arc<AppSummary>,
    /// The text, packed.
    pub(crate) body: AppBody,
    /// What was already sent.
    pub(crate) memory: Memory,
    /// Since when it stands as it does: when it was first seen, or last changed in a way that is logged.
    pub(crate) since_ms: i64,
    /// Its state was put down in this run of the program.
    pub(crate) is_kept: bool,
    /// It was not judged, because Argo CD had not compared yet since the last operation.
    pub(crate) waits: bool,
}

/// What an application was before a change.
pub(crate) struct Before {
    pub(crate) summary: Arc<AppSummary>,
    pub(crate) body: AppBody,
    pub(crate) since_ms: i64,
    pub(crate) is_kept: bool,
    pub(crate) waited: bool,
}

/// All applications by id.
#[derive(Default)]
pub(crate) struct Table {
    entries: BTreeMap<AppId, Entry>,
    /// Memory of applications that are not there: not seen yet in this run, or no longer listed.
    absent: BTreeMap<AppId, Absent>,
}

/// What is kept of an application that is not there. It may come back: a server that is removed from
/// the settings and added again, a right that was lost for an hour.
struct Absent {
    memory: Memory,
    since_ms: i64,
}

/// What taking a snapshot changed.
pub(crate) enum Taken {
    /// The same text as before: nothing to do.
    Same,
    /// New, or its text changed; with what it was.
    Changed { before: Option<Before> },
}

impl Table {
    /// Starts with what the database remembers.
    pub(crate) fn new(remembered: impl IntoIterator<Item = (AppId, Memory)>, now_ms: i64) -> Self {
        let absent = remembered.into_iter().map(|(id, memory)| (id, Absent { memory, since_ms: now_ms }));
        Self { entries: BTreeMap::new(), absent: absent.collect() }
    }

    /// Puts a snapshot in.
    pub(crate) fn take(&mut self, snapshot: &AppSnapshot, now_ms: i64) -> Taken {
        let hash = hash(&snapshot.json);
        let id = &snapshot.summary.id;
        if let Some(entry) = self.entries.get_mut(id) {
            if entry.body.hash == hash {
                return Taken::Same;
            }
            let body = AppBody { packed: pack(&snapshot.json).into(), hash };
            let before = Before {
                summary: std::mem::replace(&mut entry.summary, Arc::new(snapshot.summary.clone())),
                body: std::mem::replace(&mut entry.body, body),
                since_ms: entry.since_ms,
                is_kept: entry.is_kept,
                waited: entry.waits,
            };
            return Taken::Changed { before: Some(before) };
        }
        let memory = self.absent.remove(id).map(|absent| absent.memory).unwrap_or_default();
        let summary = Arc::new(snapshot.summary.clone());
        let body = AppBody { packed: pack(&snapshot.json).into(), hash };
        let entry = Entry { summary, body, memory, since_ms: now_ms, is_kept: false, waits: false };
        self.entries.insert(id.clone(), entry);
        Taken::Changed { before: None }
    }

    /// Takes an application out, but keeps what was sent for it.
    pub(crate) fn remove(&mut self, id: &AppId, now_ms: i64) {
        if let Some(entry) = self.entries.remove(id) {
            self.absent.insert(id.clone(), Absent { memory: entry.memory, since_ms: now_ms });
        }
    }

    /// Takes all applications of a server out, but for those that `stay` accepts; true if there were any.
    pub(crate) fn retain(&mut self, server: &ServerName, now_ms: i64, stay: impl Fn(&AppId) -> bool) -> bool {
        let gone: Vec<AppId> = self.of(server).map(|(id, _)| id).filter(|id| !stay(id)).cloned().collect();
        for id in &gone {
            self.remove(id, now_ms);
        }
        !gone.is_empty()
    }

    /// Forgets an application that was deleted, and what was sent for it.
    pub(crate) fn forget(&mut self, id: &AppId) {
        self.entries.remove(id);
        self.absent.remove(id);
    }

    /// Who is not there since before `since_ms`.
    pub(crate) fn absent_since(&self, since_ms: i64) -> Vec<AppId> {
        self.absent
            .iter()
            .filter(|(_, absent)| absent.since_ms < since_ms)
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// One entry, to change its memory.
    pub(crate) fn get_mut(&mut self, id: &AppId) -> Option<&mut Entry> {
        self.entries.get_mut(id)
    }

    /// One entry.
    pub(crate) fn get(&self, id: &AppId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// The applications of a server, by id.
    pub(crate) fn of<'a>(&'a self, server: &'a ServerName) -> impl Iterator<Item = (&'a AppId, &'a Entry)> {
        let first = AppId { server: server.clone(), namespace: String::new(), name: String::new() };
        self.entries.range(first..).take_while(move |(id, _)| id.server == *server)
    }

    /// What is known of every application; shares the texts, copies none.
    pub(crate) fn bodies(&self) -> Vec<(Arc<AppSummary>, AppBody)> {
        self.entries.values().map(|entry| (entry.summary.clone(), entry.body.clone())).collect()
    }

    /// All ids.
    pub(crate) fn ids(&self) -> Vec<AppId> {
        self.entries.keys().cloned().collect()
    }
}

impl Entry {
    /// The snapshot again, unpacked. None only if memory was corrupted.
    pub(crate) fn snapshot(&self) -> Option<AppSnapshot> {
        let json = unpack(&self.body)?;
        Some(AppSnapshot { summary: (*self.summary).clone(), json: json.into(), resource_version: 0 })
    }
}

/// The JSON text of a packed application. None only if memory was corrupted.
pub fn unpack(body: &AppBody) -> Option<String> {
    unpack_text(&body.packed)
}

/// A packed text. None if it is none.
pub(crate) fn unpack_text(packed: &[u8]) -> Option<String> {
    let text = lz4_flex::block::decompress_size_prepended(packed).ok()?;
    String::from_utf8(text).ok()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Packs a text.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    lz4_flex::block::compress_prepend_size(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{app, snapshot};

    #[test]
    fn the_same_text_is_no_change() {
        let mut table = Table::default();
        let one = snapshot("web", r#"{"n":1}"#);
        assert!(matches!(table.take(&one, 0), Taken::Changed { before: None }));
        assert!(matches!(table.take(&one, 0), Taken::Same));
        assert!(matches!(table.take(&snapshot("web", r#"{"n":2}"#), 0), Taken::Changed { before: Some(_) }));
        assert_eq!(
            table.get(&app("web")).and_then(Entry::snapshot).map(|found| found.json.to_string()).as_deref(),
            Some(r#"{"n":2}"#)
        );
    }

    #[test]
    fn what_was_sent_is_kept_for_who_comes_back_and_forgotten_for_who_was_deleted() {
        let known = Memory { known: true, ..Memory::default() };
        let mut table = Table::new([(app("web"), known.clone())], 100);
        let is_known = |table: &mut Table| {
            table.take(&snapshot("web", "{}"), 0);
            table.get(&app("web")).is_some_and(|entry| entry.memory.known)
        };
        assert!(is_known(&mut table), "from the database");
        table.remove(&app("web"), 200);
        assert_eq!((table.absent_since(200), table.absent_since(201)), (vec![], vec![app("web")]));
        assert!(is_known(&mut table), "not listed for a while");
        assert!(
            table.retain(&"prod".into(), 300, |_| false) && !table.retain(&"prod".into(), 300, |_| false)
        );
        assert!(is_known(&mut table), "the server was removed for a while");
        table.forget(&app("web"));
        assert!(table.absent_since(i64::MAX).is_empty());
        assert!(!is_known(&mut table), "a new one of this name");
    }

    #[test]
    fn servers_of_similar_names_are_told_apart() {
        let mut table = Table::default();
        for server in ["a", "a-b", "b"] {
            let mut one = snapshot("web", "{}");
            one.summary.id.server = server.into();
            table.take(&one, 0);
        }
        for server in ["a", "a-b", "b"] {
            let server = ServerName::from(server);
            assert_eq!(table.of(&server).map(|(id, _)| &id.server).collect::<Vec<_>>(), [&server]);
        }
    }
}
