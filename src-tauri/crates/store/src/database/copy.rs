//! A copy of the whole database, for trying things without touching what is remembered.

use std::path::Path;

use dinghy_model::Problem;

use super::Store;

impl Store {
    /// Writes all that is committed into a new database at `path`, in a folder that exists. Works while other
    /// processes write. Fails with `Io` if there is a file already that is not empty.
    pub fn copy_to(&self, path: &Path) -> Result<(), Problem> {
        // SQLite takes the path as text; a path that is none cannot be named to it.
        let Some(target) = path.to_str() else {
            let detail = "the path is not UTF-8".to_owned();
            return Err(Problem::Io { path: path.display().to_string(), detail });
        };
        self.read(|connection| connection.execute("VACUUM INTO ?1", [target]).map(drop))
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Event, EventKind};

    use super::*;
    use crate::EventQuery;

    #[test]
    fn a_copy_has_everything_and_goes_its_own_way() {
        let dir = tempfile::tempdir().expect("a folder");
        let original = Store::open(&dir.path().join("a.db")).expect("a database");
        let event = |trigger: &str| Event {
            id: 0,
            at_ms: 1,
            app: None,
            trigger: trigger.to_owned(),
            service: String::new(),
            kind: EventKind::Dropped,
        };
        original.append_event(&event("before")).expect("an event");
        let path = dir.path().join("b.db");
        original.copy_to(&path).expect("a copy");
        let copy = Store::open(&path).expect("the copy");
        copy.append_event(&event("after")).expect("an event");
        let triggers = |store: &Store| -> Vec<String> {
            let events = store.events(&EventQuery::default()).expect("events");
            events.into_iter().map(|event| event.trigger).collect()
        };
        assert_eq!(
            (triggers(&original), triggers(&copy)),
            (vec!["before".into()], vec!["after".into(), "before".into()])
        );
        assert!(matches!(original.copy_to(&path), Err(Problem::Io { .. })));
    }
}
