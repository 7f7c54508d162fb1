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
}

/// All applications by id.
#[derive(Default)]
pub(crate) struct Table {
    entries: BTreeMap<AppId, Entry>,
    /// Memory of applications not seen yet in this run (from the database).
    remembered: BTreeMap<AppId, Memory>,
}

/// What taking a snapshot changed.
pub(crate) enum Taken {
    /// The same text as before: nothing to do.
    Same,
    /// New, or its text changed; with the summary as it was.
    Changed { before: Option<Arc<AppSummary>> },
}

impl Table {
    /// Starts with what the database remembers.
    pub(crate) fn new(remembered: impl IntoIterator<Item = (AppId, Memory)>) -> Self {
        Self { entries: BTreeMap::new(), remembered: remembered.into_iter().collect() }
    }

    /// Puts a snapshot in.
    pub(crate) fn take(&mut self, snapshot: &AppSnapshot) -> Taken {
        let hash = hash(&snapshot.json);
        let id = &snapshot.summary.id;
        if let Some(entry) = self.entries.get_mut(id) {
            if entry.body.hash == hash {
                return Taken::Same;
            }
            let before = std::mem::replace(&mut entry.summary, Arc::new(snapshot.summary.clone()));
            entry.body = pack(&snapshot.json, hash);
            return Taken::Changed { before: Some(before) };
        }
        let memory = self.remembered.remove(id).unwrap_or_default();
        let summary = Arc::new(snapshot.summary.clone());
        self.entries.insert(id.clone(), Entry { summary, body: pack(&snapshot.json, hash), memory });
        Taken::Changed { before: None }
    }

    /// Forgets an application, but not what was sent for it: it may come back.
    pub(crate) fn remove(&mut self, id: &AppId) -> Option<Arc<AppSummary>> {
        let entry = self.entries.remove(id)?;
        self.remembered.insert(id.clone(), entry.memory);
        Some(entry.summary)
    }

    /// Forgets a whole server.
    pub(crate) fn remove_server(&mut self, server: &ServerName) {
        let ids: Vec<AppId> = self.of(server).map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.remove(&id);
        }
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

    /// All ids.
    pub(crate) fn ids(&self) -> Vec<AppId> {
        self.entries.keys().cloned().collect()
    }
}

impl Entry {
    /// The snapshot again, unpacked. None only if memory was corrupted.
    pub(crate) fn snapshot(&self) -> Option<AppSnapshot> {
        let text = lz4_flex::block::decompress_size_prepended(&self.body.packed).ok()?;
        let json = String::from_utf8(text).ok()?;
        Some(AppSnapshot { summary: (*self.summary).clone(), json: json.into(), resource_version: 0 })
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn pack(text: &str, hash: u64) -> AppBody {
    AppBody { packed: lz4_flex::block::compress_prepend_size(text.as_bytes()).into(), hash }
}
