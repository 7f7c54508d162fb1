//! Random histories against a plain reference that looks at the whole past each time instead of remembering.

use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;

/// What a condition is at one time.
#[derive(Clone, Debug)]
enum Truth {
    True(&'static str),
    False,
    Fault,
    /// The sync status is older than the operation: nothing is judged.
    Stale,
}

#[derive(Clone, Debug)]
struct Step {
    minutes: i64,
    truth: Truth,
    /// The rules changed since the step before, in something else.
    rules_are_new: bool,
}

#[derive(Clone, Debug)]
struct Setup {
    hold: Option<i64>,
    once_per: bool,
    resolved: bool,
    known: bool,
    first_contact: FirstContact,
}

/// What is sent after a history: of the last step only.
fn expected(setup: &Setup, past: &[(i64, Step)]) -> Option<&'static str> {
    let judged: Vec<&(i64, Step)> =
        past.iter().filter(|(_, step)| !matches!(step.truth, Truth::Stale)).collect();
    if !std::ptr::eq(*judged.last()?, past.last()?) {
        return None;
    }
    // What happened at each judged step, from the first on.
    let mut told_of_beginning = false;
    let mut due_before: Vec<String> = Vec::new();
    let mut sent = None;
    for (at, (now, step)) in judged.iter().enumerate() {
        sent = None;
        let Truth::True(value) = step.truth else {
            due_before.retain(|key| !key.is_empty());
            if told_of_beginning && setup.resolved {
                sent = Some("over");
            }
            told_of_beginning = false;
            continue;
        };
        let run = judged[..=at].iter().rev().take_while(|(_, step)| matches!(step.truth, Truth::True(_)));
        let since = run.last().map_or(*now, |(time, _)| *time);
        if setup.hold.is_some_and(|hold| now - since < hold) {
            continue;
        }
        let key = if setup.once_per { value.to_owned() } else { String::new() };
        if due_before.contains(&key) {
            continue;
        }
        due_before.push(key);
        let first = (at == 0 && !setup.known) || step.rules_are_new;
        if !(first && setup.first_contact == FirstContact::Baseline) {
            told_of_beginning = true;
            sent = Some("begins");
        }
    }
    sent
}

fn application(truth: &Truth) -> String {
    let (inner, revision) = match truth {
        Truth::True(value) => (json!({"t": true}), *value),
        Truth::False => (json!({"t": false}), ""),
        Truth::Fault | Truth::Stale => (json!(null), ""),
    };
    let operation = match truth {
        Truth::Stale => json!({"phase": "Succeeded"}),
        _ => json!({"phase": "Running"}),
    };
    json!({"revision": revision, "status": {"inner": inner, "operationState": operation}}).to_string()
}

fn step() -> impl Strategy<Value = Step> {
    let truth = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", ""]).prop_map(Truth::True),
        2 => Just(Truth::False),
        1 => Just(Truth::Fault),
        1 => Just(Truth::Stale),
    ];
    (0..8_i64, truth, prop::bool::weighted(0.1)).prop_map(|(minutes, truth, new)| {
        // Rules that change while nothing is judged are new at the next step.
        let rules_are_new = new && !matches!(truth, Truth::Stale);
        Step { minutes, truth, rules_are_new }
    })
}

fn setup() -> impl Strategy<Value = Setup> {
    let hold = prop::option::of(prop::sample::select(vec![5 * MINUTE, 10 * MINUTE]));
    let first = prop::sample::select(vec![FirstContact::Baseline, FirstContact::Send]);
    (hold, any::<bool>(), any::<bool>(), any::<bool>(), first).prop_map(
        |(hold, once_per, resolved, known, first_contact)| Setup {
            hold,
            once_per,
            resolved,
            known,
            first_contact,
        },
    )
}

proptest! {
    #[test]
    fn memory_does_what_the_whole_past_would(setup in setup(), steps in prop::collection::vec(step(), 1..24)) {
        let mut condition = "when: app.status.inner.t, send: [begins]".to_owned();
        if let Some(hold) = setup.hold {
            condition += &format!(", for: {}m", hold / MINUTE);
        }
        if setup.once_per {
            condition += ", oncePer: app.revision";
        }
        if setup.resolved {
            condition += ", resolved: [over]";
        }
        let catalog = rules(&format!(
            "template.begins: 'message: x'\ntemplate.over: 'message: x'\ntrigger.x: '[{{{condition}}}]'\n\
             subscriptions: '[{{recipients: [d], triggers: [x]}}]'"
        ));
        let mut memory = Memory { known: setup.known, ..Memory::default() };
        let mut past = Vec::new();
        let mut now = NOW;
        let mut next: Option<i64> = None;
        for step in steps {
            now += step.minutes * MINUTE;
            let subject = Subject::parse(&application(&step.truth), None).expect("app");
            let options = Options {
                first_contact: setup.first_contact,
                rules_are_new: step.rules_are_new,
                ..Options::default()
            };
            let found = evaluate(&catalog, &memory, &subject, now, options);
            past.push((now, step));
            let sent: Vec<&str> = found.intents.iter().map(|intent| intent.templates[0].as_str()).collect();
            prop_assert_eq!(sent, expected(&setup, &past).into_iter().collect::<Vec<_>>(), "{:?}", past);
            // A time that was asked for is one to come, and what it was asked for is due then.
            if let Some(at) = found.next_ms {
                prop_assert!(at > now);
            }
            next = found.next_ms.or(next.filter(|_| found.waits_for_refresh));
            if !found.waits_for_refresh {
                memory.known = true;
            }
            found.changes.iter().for_each(|change| memory.apply(change));
        }
        if let (Some(at), Some((_, Step { truth: truth @ Truth::True(_), .. }))) = (next, past.last()) {
            let subject = Subject::parse(&application(truth), None).expect("app");
            let options = Options { first_contact: setup.first_contact, ..Options::default() };
            let found = evaluate(&catalog, &memory, &subject, at, options);
            prop_assert_eq!(found.next_ms, None);
            prop_assert!(!found.intents.is_empty() || !found.suppressed.is_empty());
        }
    }
}
