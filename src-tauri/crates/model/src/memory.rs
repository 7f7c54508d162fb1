//! What the rules remember of one application.

use std::collections::BTreeMap;

/// Keys of notifications already due for an application, each with the time it was first seen (Unix ms).
///
/// The key format is the controller's (notifications-engine `pkg/controller/state.go`):
/// `[<oncePer>:]<trigger>:<condition key>:<service>:<recipient>`. Beside those stand Dinghy's own: `since=…` (since when
/// a condition with `for` is true), `open=…` (who is to be told when a condition ends), `rules=…` (which rules judged).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// True once the application was seen by this data folder: first contact is over.
    pub known: bool,
    /// Key → Unix ms.
    pub keys: BTreeMap<String, i64>,
}

impl Memory {
    /// Makes one change.
    pub fn apply(&mut self, change: &MemoryChange) {
        match change {
            MemoryChange::Insert { key, at_ms } => {
                self.keys.insert(key.clone(), *at_ms);
            }
            MemoryChange::Remove { key } => {
                self.keys.remove(key);
            }
        }
    }
}

/// One change to the memory, to be committed with the messages it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described; its field names say the rest")]
pub enum MemoryChange {
    /// Remember a key.
    Insert { key: String, at_ms: i64 },
    /// Forget a key: the condition became false, so the next true fires again.
    Remove { key: String },
}
