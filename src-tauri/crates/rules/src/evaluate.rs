//! From an application's state to what is due (notifications-engine `pkg/controller/controller.go`, processResource).
//!
//! Invariant: whoever commits an [`Evaluation`] commits its changes and the messages of its intents together. From then
//! on a message belongs to the outbox: that it could not be delivered yet changes nothing here, so unlike in the
//! controller a failed delivery neither fires again nor is lost.

mod judge;

use dinghy_expr::Error;
use dinghy_govalue::{Time, Value, Zone};
use dinghy_model::{Memory, MemoryChange, Problem};

use crate::catalog::{Catalog, Condition, Expression};
use crate::keys::{OPEN, sent_by_argocd};
use crate::subject::Subject;
use crate::subscribe::destinations;
use judge::Judge;

/// How to judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What to do with what is already true when an application is seen for the first time.
    pub first_contact: FirstContact,
    /// The rules changed since the application was last judged, and it has not: what is true now is no event but a
    /// first contact with the new rules.
    pub rules_are_new: bool,
    /// What the cluster's own controller has noted in the application as sent is not sent to a service of that name.
    pub skip_sent_by_argocd: bool,
    /// Which triggers.
    pub scope: Scope,
}

/// What is true at first contact (`[events] first_contact` in the settings).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstContact {
    /// Remembered, not sent.
    #[default]
    Baseline,
    /// Sent, as Argo CD's controller does.
    Send,
}

/// Which triggers to judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All: the application changed, or the rules.
    #[default]
    All,
    /// Those that depend on the time: nothing changed but the clock.
    Clock,
}

/// What follows from an application's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// True if nothing was judged because the sync status is older than the last operation; the next change will do.
    /// The application is then not yet known: first contact is still to come.
    pub waits_for_refresh: bool,
    /// What to remember and to forget.
    pub changes: Vec<MemoryChange>,
    /// What to send, in order.
    pub intents: Vec<Intent>,
    /// What held and is not sent.
    pub suppressed: Vec<Suppressed>,
    /// Expressions that failed on this application. Many rules fail while a field is missing, so log these only when
    /// they change.
    pub errors: Vec<RuleError>,
    /// When to judge again though nothing changed (Unix ms): a condition with `for` holds and will then have held for
    /// long enough. With [`Scope::Clock`] only of the triggers that were judged.
    pub next_ms: Option<i64>,
}

/// A notification that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The trigger that fired.
    pub trigger: String,
    /// Which of its conditions, from 0.
    pub condition_index: usize,
    /// Templates to merge, in order.
    pub templates: Vec<String>,
    /// Service name.
    pub service: String,
    /// Recipient within the service.
    pub recipient: String,
    /// Keys of memory that change because it is sent. Who cannot make the message leaves them as they were, and it is
    /// due again at the next evaluation.
    pub keys: Vec<String>,
    /// True: what the condition's `resolved` names, because a condition that was sent stopped being true.
    pub resolved: bool,
    /// The value of `oncePer`, if the condition has one and it is not empty.
    pub once_per: Option<String>,
}

/// A notification that would be due but for the reason given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The trigger that holds.
    pub trigger: String,
    /// Which of its conditions, from 0.
    pub condition_index: usize,
    /// Service name.
    pub service: String,
    /// Recipient within the service.
    pub recipient: String,
    /// Why it is not sent.
    pub reason: Reason,
}

/// Why a notification is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was due before and has not been false since, or this `oncePer` value was seen. Repeats at every evaluation.
    AlreadySent,
    /// It was true already at first contact.
    Baseline,
    /// The application is known, and it was true already when the rules changed.
    RulesChanged,
    /// The cluster's own controller has sent it to a service of this name.
    SentByArgoCd,
    /// An annotation names a service that the rules have not. Said once for each time the condition becomes true.
    NoSuchService,
}

impl Reason {
    /// The word for the event log.
    pub fn word(self) -> &'static str {
        match self {
            Self::AlreadySent => "already_sent",
            Self::Baseline => "baseline",
            Self::RulesChanged => "rules_changed",
            Self::SentByArgoCd => "sent_by_argocd",
            Self::NoSuchService => "no_such_service",
        }
    }
}

/// An expression that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The trigger it belongs to.
    pub trigger: String,
    /// Which of its conditions, from 0.
    pub condition_index: usize,
    /// The place in the rules file and what is wrong.
    pub problem: Problem,
}

/// One condition of a trigger on one application, for trying it.
#[derive(Clone, Debug)]
pub struct ConditionResult {
    /// Number in the trigger, from 0.
    pub index: usize,
    /// The text of `when`.
    pub when: String,
    /// Its value, or why it has none. It is triggered only by the boolean true.
    pub result: Result<Value, Problem>,
    /// The value of `oncePer` if the condition is triggered and it is not empty.
    pub once_per: Option<String>,
    /// Why `oncePer` has no value; the condition then counts as if it had none.
    pub once_per_problem: Option<Problem>,
    /// What it would send.
    pub templates: Vec<String>,
}

impl Intent {
    /// Whether a change of memory stands for this notification having been sent.
    pub fn owns(&self, change: &MemoryChange) -> bool {
        let (MemoryChange::Insert { key, .. } | MemoryChange::Remove { key }) = change;
        self.keys.contains(key)
    }

    /// Whether a change of memory means that the recipient is to be told of the end, too. Who is not told of the
    /// beginning is not told of the end.
    pub fn promises_end(&self, change: &MemoryChange) -> bool {
        matches!(change, MemoryChange::Insert { key, .. } if key.starts_with(OPEN)) && self.owns(change)
    }
}

impl ConditionResult {
    /// Whether a notification would be due.
    pub fn triggered(&self) -> bool {
        matches!(self.result, Ok(Value::Bool(true)))
    }
}

/// Judges an application: what is due now, given what was due before. `now_ms` is the present in Unix ms.
pub fn evaluate(
    catalog: &Catalog,
    memory: &Memory,
    subject: &Subject,
    now_ms: i64,
    options: Options,
) -> Evaluation {
    if !subject.is_fresh() {
        return Evaluation { waits_for_refresh: true, ..Evaluation::default() };
    }
    let now = time(now_ms);
    let mut judge = Judge::new(catalog, memory, now_ms, options);
    if options.skip_sent_by_argocd {
        judge.sent_by_argocd = sent_by_argocd(subject);
    }
    let mut env = None;
    for (name, subscribed) in destinations(catalog, subject) {
        // A trigger only an annotation knows is the cluster's; one the manifest names was reported when it was read.
        let Some(trigger) = catalog.triggers().get(&name) else { continue };
        if options.scope == Scope::Clock && !trigger.reads_clock {
            continue;
        }
        let env = env.get_or_insert_with(|| catalog.env.trigger(subject, &now));
        judge.trigger(trigger, &subscribed, subject, env, &now);
    }
    judge.finish()
}

/// Judges one trigger without memory or subscriptions. None if there is no such trigger.
pub fn run_trigger(
    catalog: &Catalog,
    name: &str,
    subject: &Subject,
    now_ms: i64,
) -> Option<Vec<ConditionResult>> {
    let now = time(now_ms);
    let env = catalog.env.trigger(subject, &now);
    let conditions = &catalog.triggers().get(name)?.conditions;
    let result = |condition: &Condition| {
        let Outcome { value, once_per, once_per_problem } = run(catalog, condition, &env, &now);
        ConditionResult {
            index: condition.index,
            when: condition.when().to_owned(),
            result: value,
            once_per,
            once_per_problem,
            templates: condition.send.clone(),
        }
    };
    Some(conditions.iter().map(result).collect())
}

pub(crate) fn time(now_ms: i64) -> Time {
    Time::from_unix(now_ms.div_euclid(1000), now_ms.rem_euclid(1000) * 1_000_000, Zone::Utc)
}

/// What a condition says about an application.
struct Outcome {
    value: Result<Value, Problem>,
    once_per: Option<String>,
    once_per_problem: Option<Problem>,
}

fn run(catalog: &Catalog, condition: &Condition, env: &Value, now: &Time) -> Outcome {
    let value = |expression: &Expression| {
        expression.program.run(env, now).map_err(|error| problem(catalog, expression, &error))
    };
    let mut outcome = Outcome { value: value(&condition.when), once_per: None, once_per_problem: None };
    if let (Ok(Value::Bool(true)), Some(once)) = (&outcome.value, &condition.once_per) {
        match value(once) {
            // `%v`: a missing value is the text `<nil>`, and only the empty text is none.
            Ok(value) => outcome.once_per = Some(value.to_string()).filter(|text| !text.is_empty()),
            Err(problem) => outcome.once_per_problem = Some(problem),
        }
    }
    outcome
}

fn problem(catalog: &Catalog, expression: &Expression, error: &Error) -> Problem {
    catalog.file.problem(expression.text.place_of(error.line, error.column), error.message.clone())
}

#[cfg(test)]
mod tests;
