//! What applications looked like when they changed: what is put down of it, packed as in the table.

use dinghy_rules::Subject;
use dinghy_store::PastState;

use crate::table::{Before, pack, unpack_text};

/// The states to put down when an application has changed: in a run of the program for the first time also the one before,
/// without which it would not be known what the change was from.
pub(crate) fn states(before: &Before, now: &Subject, now_ms: i64) -> Vec<PastState> {
    let mut states = Vec::with_capacity(2);
    if !before.is_kept {
        let subject = unpack_text(&before.body.packed).and_then(|json| Subject::parse(&json, None).ok());
        states.extend(subject.map(|subject| state(&subject, before.since_ms)));
    }
    states.push(state(now, now_ms));
    states
}

fn state(subject: &Subject, at_ms: i64) -> PastState {
    PastState { at_ms, packed: pack(&subject.kept()) }
}

/// The JSON text of a state that was put down. None if the database was tampered with.
pub fn unpack_state(packed: &[u8]) -> Option<String> {
    unpack_text(packed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::table::{Table, Taken};
    use crate::testing::snapshot;

    #[test]
    fn the_first_change_of_a_run_brings_what_was_before() {
        let mut table = Table::default();
        let (old, new) =
            (snapshot("web", r#"{"spec":{"project":"a","x":1}}"#), r#"{"spec":{"project":"b"}}"#);
        table.take(&old, 5);
        let Taken::Changed { before: Some(mut before) } = table.take(&snapshot("web", new), 9) else {
            panic!("no change")
        };
        assert_eq!(before.summary, Arc::new(old.summary));
        let now = Subject::parse(new, None).expect("an application");
        let texts = |states: Vec<PastState>| -> Vec<(i64, String)> {
            let text = |state: PastState| (state.at_ms, unpack_state(&state.packed).expect("packed"));
            states.into_iter().map(text).collect()
        };
        assert_eq!(
            texts(states(&before, &now, 9)),
            [(5, r#"{"spec":{"project":"a"}}"#.to_owned()), (9, new.to_owned())]
        );
        before.is_kept = true;
        assert_eq!(texts(states(&before, &now, 9)), [(9, new.to_owned())]);
        assert_eq!(unpack_state(b"no such thing"), None);
    }
}
