//! What was typed into a form when its window went away: kept until the form is opened again or let go. In memory only;
//! it ends with the application.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::Api;

/// Characters of one form. More is a mistake of the window, not somebody's typing.
const MAX_LEN: usize = 1 << 20;

/// Unsaved forms by their rules' keys, as JSON that only the window reads.
#[derive(Default)]
pub(crate) struct Unsaved(Mutex<BTreeMap<String, String>>);

impl Api {
    /// Keeps a form as it is typed, or with None lets it go.
    pub fn unsaved_keep(&self, key: &str, form: Option<String>) {
        let mut all = self.unsaved.0.lock().unwrap_or_else(PoisonError::into_inner);
        match form {
            Some(form) if form.len() <= MAX_LEN => drop(all.insert(key.to_owned(), form)),
            _ => drop(all.remove(key)),
        }
    }

    /// What was kept.
    pub fn unsaved_kept(&self, key: &str) -> Option<String> {
        self.unsaved.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}
