//! What the conditions of an application mean for its memory: what becomes due, what ends, what has to wait.

use std::collections::BTreeSet;

use dinghy_govalue::{Time, Value};
use dinghy_model::{Memory, MemoryChange};

use super::{Evaluation, FirstContact, Intent, Options, Outcome, Reason, RuleError, Scope, Suppressed, run};
use crate::catalog::{Catalog, Condition, Trigger};
use crate::keys::{OPEN, SINCE, open_key, same_event, since_key, state_key};
use crate::subject::Subject;
use crate::subscribe::Subscribed;

/// So many values of `oncePer` are remembered for a condition and a destination. One that comes back after so many others
/// is news again. Never fewer than with the controller, which keeps 100 keys for an application, whatever they are.
const VALUES: usize = 100;

/// One judgement under way.
pub(super) struct Judge<'a> {
    catalog: &'a Catalog,
    memory: &'a Memory,
    now_ms: i64,
    options: Options,
    evaluation: Evaluation,
    /// Keys of `for` and `resolved` that still stand for something.
    live: BTreeSet<String>,
    /// Keys that the cluster's controller remembers.
    pub(super) sent_by_argocd: Vec<String>,
}

/// Where a condition stands.
enum Standing {
    /// It is true, and was for as long as it has to be.
    Holds,
    /// It is true, but not for long enough yet.
    Waits,
    /// It is not true.
    Ended,
}

impl<'a> Judge<'a> {
    pub(super) fn new(catalog: &'a Catalog, memory: &'a Memory, now_ms: i64, options: Options) -> Self {
        let evaluation = Evaluation::default();
        Self {
            catalog,
            memory,
            now_ms,
            options,
            evaluation,
            live: BTreeSet::new(),
            sent_by_argocd: Vec::new(),
        }
    }

    pub(super) fn trigger(
        &mut self,
        trigger: &Trigger,
        subscribed: &[Subscribed],
        subject: &Subject,
        env: &Value,
        now: &Time,
    ) {
        for condition in &trigger.conditions {
            let unanswered = subject.enquiry().unanswered();
            let outcome = run(self.catalog, condition, env, now);
            if subject.enquiry().unanswered() > unanswered {
                // What is only to be fetched is no fault.
                let outcome = subject.wants().is_empty().then_some(outcome);
                self.is_not_known(trigger, condition, outcome, subscribed);
                continue;
            }
            let standing = self.standing(trigger, condition, matches!(outcome.value, Ok(Value::Bool(true))));
            for target in subscribed {
                match standing {
                    Standing::Holds => self.holds(trigger, condition, &outcome, target),
                    Standing::Waits => {
                        self.live.insert(open_key(&trigger.name, &condition.key, &target.destination));
                    }
                    Standing::Ended => self.does_not_hold(trigger, condition, target),
                }
            }
            for problem in outcome.value.err().into_iter().chain(outcome.once_per_problem) {
                let trigger = trigger.name.clone();
                self.evaluation.errors.push(RuleError { trigger, condition_index: condition.index, problem });
            }
        }
    }

    /// It asked for something that nobody has told: neither true nor over, so all stays as it was.
    fn is_not_known(
        &mut self,
        trigger: &Trigger,
        condition: &Condition,
        failed: Option<Outcome>,
        subscribed: &[Subscribed],
    ) {
        self.live.insert(since_key(&trigger.name, &condition.key));
        let open =
            subscribed.iter().map(|target| open_key(&trigger.name, &condition.key, &target.destination));
        self.live.extend(open);
        let problems = failed.map(|outcome| outcome.value.err().into_iter().chain(outcome.once_per_problem));
        for problem in problems.into_iter().flatten() {
            let trigger = trigger.name.clone();
            self.evaluation.errors.push(RuleError { trigger, condition_index: condition.index, problem });
        }
    }

    /// What was found. Forgets what belongs to conditions and subscriptions that are no more: should they come back,
    /// they begin anew.
    pub(super) fn finish(mut self) -> Evaluation {
        if self.options.scope == Scope::All {
            for prefix in [SINCE, OPEN] {
                let keys = self.memory.keys.range(prefix.to_owned()..).map(|(key, _)| key);
                let dead =
                    keys.take_while(|key| key.starts_with(prefix)).filter(|key| !self.live.contains(*key));
                self.evaluation.changes.extend(dead.map(|key| MemoryChange::Remove { key: key.clone() }));
            }
        }
        self.evaluation
    }

    /// `for` counts from when the condition was first seen to be true. While nobody looked (a restart, a laptop that
    /// slept) it is taken to have stayed as it was on both sides.
    fn standing(&mut self, trigger: &Trigger, condition: &Condition, is_true: bool) -> Standing {
        let Some(hold) = condition.hold_for else {
            return if is_true { Standing::Holds } else { Standing::Ended };
        };
        let key = since_key(&trigger.name, &condition.key);
        self.live.insert(key.clone());
        if !is_true {
            if self.memory.keys.contains_key(&key) {
                self.evaluation.changes.push(MemoryChange::Remove { key });
            }
            return Standing::Ended;
        }
        // A time to come is of a clock that was wrong.
        let since_ms = match self.memory.keys.get(&key) {
            Some(&since_ms) if since_ms <= self.now_ms => since_ms,
            _ => {
                self.evaluation.changes.push(MemoryChange::Insert { key, at_ms: self.now_ms });
                self.now_ms
            }
        };
        let due_ms = since_ms.saturating_add(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX));
        if due_ms <= self.now_ms {
            return Standing::Holds;
        }
        self.evaluation.next_ms = Some(self.evaluation.next_ms.map_or(due_ms, |next| next.min(due_ms)));
        Standing::Waits
    }

    /// False, an error, or anything but true: forgotten, so that the next true fires. What was remembered by a
    /// `oncePer` value stays, because that value is not known now.
    fn does_not_hold(&mut self, trigger: &Trigger, condition: &Condition, target: &Subscribed) {
        let to = &target.destination;
        let key = state_key("", &trigger.name, &condition.key, &to.service, &to.recipient);
        if self.memory.keys.contains_key(&key) {
            self.evaluation.changes.push(MemoryChange::Remove { key });
        }
        let open = open_key(&trigger.name, &condition.key, to);
        if condition.resolved.is_empty() || !self.memory.keys.contains_key(&open) {
            return;
        }
        self.live.insert(open.clone());
        self.evaluation.changes.push(MemoryChange::Remove { key: open.clone() });
        if self.catalog.services().contains_key(&to.service) {
            self.evaluation.intents.push(Intent {
                trigger: trigger.name.clone(),
                condition_index: condition.index,
                templates: condition.resolved.clone(),
                service: to.service.clone(),
                recipient: to.recipient.clone(),
                keys: vec![open],
                resolved: true,
                once_per: None,
            });
        }
    }

    fn holds(&mut self, trigger: &Trigger, condition: &Condition, outcome: &Outcome, target: &Subscribed) {
        let to = &target.destination;
        let once_per = outcome.once_per.as_deref().unwrap_or_default();
        let key = state_key(once_per, &trigger.name, &condition.key, &to.service, &to.recipient);
        let open = open_key(&trigger.name, &condition.key, to);
        self.live.insert(open.clone());
        let first = !self.memory.known || self.options.rules_are_new;
        let mut cut = Vec::new();
        let reason = if self.memory.keys.contains_key(&key) {
            Some(Reason::AlreadySent)
        } else {
            self.evaluation.changes.push(MemoryChange::Insert { key: key.clone(), at_ms: self.now_ms });
            if !once_per.is_empty() {
                cut = self.old_values(&state_key(
                    "",
                    &trigger.name,
                    &condition.key,
                    &to.service,
                    &to.recipient,
                ));
                let forget = cut.iter().map(|key| MemoryChange::Remove { key: key.clone() });
                self.evaluation.changes.extend(forget);
            }
            if first && self.options.first_contact == FirstContact::Baseline {
                Some(if self.memory.known { Reason::RulesChanged } else { Reason::Baseline })
            } else if !self.catalog.services().contains_key(&to.service) {
                Some(Reason::NoSuchService)
            } else if self.sent_by_argocd.iter().any(|sent| same_event(sent, once_per, &trigger.name, to)) {
                Some(Reason::SentByArgoCd)
            } else {
                None
            }
        };
        let (service, recipient) = (to.service.clone(), to.recipient.clone());
        if let Some(reason) = reason {
            let trigger = trigger.name.clone();
            let condition_index = condition.index;
            let suppressed = Suppressed { trigger, condition_index, service, recipient, reason };
            self.evaluation.suppressed.push(suppressed);
            return;
        }
        let mut keys = vec![key];
        keys.extend(cut);
        if !condition.resolved.is_empty() && !self.memory.keys.contains_key(&open) {
            self.evaluation.changes.push(MemoryChange::Insert { key: open.clone(), at_ms: self.now_ms });
            keys.push(open);
        }
        self.evaluation.intents.push(Intent {
            trigger: trigger.name.clone(),
            condition_index: condition.index,
            templates: condition.send.clone(),
            service,
            recipient,
            keys,
            resolved: false,
            once_per: outcome.once_per.clone(),
        });
    }

    /// The keys of values that make room for a new one, the oldest first. `plain` is the key without a value.
    fn old_values(&self, plain: &str) -> Vec<String> {
        let value = |key: &str| key.strip_suffix(plain).is_some_and(|value| value.ends_with(':'));
        let mut known: Vec<_> = self.memory.keys.iter().filter(|(key, _)| value(key)).collect();
        known.sort_unstable_by_key(|(_, at_ms)| **at_ms);
        let many = (known.len() + 1).saturating_sub(VALUES);
        known.into_iter().take(many).map(|(key, _)| key.clone()).collect()
    }
}
