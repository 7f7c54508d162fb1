//! A trigger tried on past states of applications: what it would have sent.
//!
//! Every state goes through the very [`evaluate()`], with a memory that begins empty: what is true at the first state of
//! an application is remembered and not counted, as at first contact. Between two states time passes: what `for` waits
//! for comes due at its time, and a condition that reads the clock is judged again each minute of the first hour and then
//! each hour.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_model::{AppId, Memory, Service, ServiceKind};

use crate::about::About;
use crate::catalog::{Catalog, Destination, Subscription};
use crate::evaluate::{FirstContact, Options, Reason, Scope, evaluate};
use crate::keys::SINCE;
use crate::subject::Subject;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A trigger on its way through the past.
pub struct Replay {
    catalog: Catalog,
    trigger: String,
    /// Nobody is subscribed in the rules: it is counted as if one were, to every application.
    is_imagined: bool,
    /// What was due earlier is not counted.
    from_ms: i64,
    courses: BTreeMap<AppId, Course>,
    found: Replayed,
}

/// One application on its way.
struct Course {
    memory: Memory,
    subject: Subject,
    /// When this state began.
    at_ms: i64,
    /// When `for` comes due.
    next_ms: Option<i64>,
    /// Up to when the clock was looked at.
    clock_ms: i64,
    /// Conditions for destinations that were true when last judged.
    held: BTreeSet<(usize, String, String)>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// What would have been sent, in the order in which it was found.
    pub sent: Vec<Sent>,
    /// How often a condition became true and nothing was sent, because its value of `oncePer` was seen before.
    pub held_by_once: usize,
    /// How often a condition with `for` ended before its time.
    pub held_by_for: usize,
    /// How often a condition failed.
    pub failed: usize,
    /// The first failure.
    pub failure: String,
}

/// Something that would have been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When, in Unix ms.
    pub at_ms: i64,
    /// For which application.
    pub app: AppId,
    /// By which condition, from 0.
    pub condition_index: usize,
    /// To whom; nobody where it is only imagined that someone is subscribed.
    pub to: Vec<Destination>,
    /// That the condition ended.
    pub resolved: bool,
    /// The value of `oncePer`.
    pub once_per: Option<String>,
}

impl Replay {
    /// Begins. None: the catalog has no such trigger in force.
    pub fn new(mut catalog: Catalog, trigger: &str, from_ms: i64) -> Option<Self> {
        let is_imagined = catalog.only(trigger)?;
        let (courses, found) = Default::default();
        Some(Self { catalog, trigger: trigger.to_owned(), is_imagined, from_ms, courses, found })
    }

    /// Whether nobody is subscribed in the rules.
    pub fn is_imagined(&self) -> bool {
        self.is_imagined
    }

    /// An application came into this state. States of one application come in their order.
    pub fn state(&mut self, app: &AppId, at_ms: i64, subject: Subject) {
        let subject = subject.of_server(&app.server);
        let Some(mut course) = self.courses.remove(app) else {
            let (memory, held) = Default::default();
            let mut course = Course { memory, subject, at_ms, next_ms: None, clock_ms: at_ms, held };
            self.judge(app, &mut course, at_ms);
            self.courses.insert(app.clone(), course);
            return;
        };
        self.pass(app, &mut course, at_ms);
        (course.subject, course.at_ms, course.clock_ms) = (subject, at_ms, at_ms);
        self.judge(app, &mut course, at_ms);
        self.courses.insert(app.clone(), course);
    }

    /// Time passes for every application up to now. `goes_on` is asked before each; where it says no, the rest is left.
    pub fn finish(mut self, now_ms: i64, goes_on: &dyn Fn() -> bool) -> (Replayed, bool) {
        let mut is_whole = true;
        for (app, mut course) in std::mem::take(&mut self.courses) {
            if !goes_on() {
                is_whole = false;
                break;
            }
            self.pass(&app, &mut course, now_ms);
        }
        (self.found, is_whole)
    }

    /// Judges the present state again at every time that matters before `until_ms`.
    fn pass(&mut self, app: &AppId, course: &mut Course, until_ms: i64) {
        let reads_clock = self.catalog.reads_clock();
        loop {
            let tick = reads_clock.then(|| {
                let step = if course.clock_ms - course.at_ms < HOUR_MS { MINUTE_MS } else { HOUR_MS };
                course.clock_ms + step
            });
            let Some(at_ms) = course.next_ms.into_iter().chain(tick).min().filter(|at| *at < until_ms) else {
                return;
            };
            if tick.is_some_and(|tick| tick <= at_ms) {
                course.clock_ms = at_ms;
            }
            let before = course.next_ms;
            self.judge(app, course, at_ms);
            // Nothing would come of it a second time.
            if course.next_ms.is_some_and(|next| next <= at_ms && before == Some(next)) {
                course.next_ms = None;
            }
        }
    }

    fn judge(&mut self, app: &AppId, course: &mut Course, at_ms: i64) {
        let options = Options {
            first_contact: FirstContact::Baseline,
            rules_are_new: false,
            skip_sent_by_argocd: false,
            scope: Scope::All,
        };
        let found = evaluate(&self.catalog, &course.memory, &course.subject, at_ms, options);
        if found.waits_for_refresh {
            return;
        }
        let waited = course.next_ms.is_some_and(|due_ms| at_ms < due_ms);
        let since = |memory: &Memory| memory.keys.keys().filter(|key| key.starts_with(SINCE)).count();
        let lasting = since(&course.memory);
        found.changes.iter().for_each(|change| course.memory.apply(change));
        let counts = at_ms >= self.from_ms;
        if counts && waited && since(&course.memory) < lasting {
            self.found.held_by_for += 1;
        }
        let was_known = std::mem::replace(&mut course.memory.known, true);
        course.next_ms = found.next_ms;
        let before = std::mem::take(&mut course.held);
        for one in &found.suppressed {
            let place = (one.condition_index, one.service.clone(), one.recipient.clone());
            let again = was_known && one.reason == Reason::AlreadySent && !before.contains(&place);
            self.found.held_by_once += usize::from(counts && again);
            course.held.insert(place);
        }
        for intent in found.intents {
            if !intent.resolved {
                let place = (intent.condition_index, intent.service.clone(), intent.recipient.clone());
                course.held.insert(place);
            }
            if !counts {
                continue;
            }
            let to = Destination { service: intent.service, recipient: intent.recipient };
            let to: Vec<Destination> =
                if self.is_imagined && to.service.is_empty() { vec![] } else { vec![to] };
            let same = |sent: &&mut Sent| {
                (sent.at_ms, &sent.app, sent.condition_index, sent.resolved)
                    == (at_ms, app, intent.condition_index, intent.resolved)
            };
            match self.found.sent.last_mut().filter(|sent| same(sent)) {
                Some(sent) => sent.to.extend(to),
                None => self.found.sent.push(Sent {
                    at_ms,
                    app: app.clone(),
                    condition_index: intent.condition_index,
                    to,
                    resolved: intent.resolved,
                    once_per: intent.once_per,
                }),
            }
        }
        for error in found.errors.iter().filter(|error| error.trigger == self.trigger && counts) {
            self.found.failed += 1;
            if self.found.failure.is_empty() {
                self.found.failure = match &error.problem {
                    dinghy_model::Problem::File { detail, .. } => detail.clone(),
                    other => format!("{other:?}"),
                };
            }
        }
    }
}

impl Catalog {
    /// Leaves this trigger alone in force. True if no subscription of the manifest is about it: then one is put there
    /// that is about every application, to a destination without a name.
    fn only(&mut self, trigger: &str) -> Option<bool> {
        if !self.keep_trigger(trigger) {
            return None;
        }
        let is_meant = |subscription: &Subscription| match subscription.triggers.as_slice() {
            [] => self.default_triggers(None).iter().any(|name| name == trigger),
            named => named.iter().any(|name| name == trigger),
        };
        if self.subscriptions().iter().any(is_meant) {
            return Some(false);
        }
        let nobody = Destination { service: String::new(), recipient: String::new() };
        self.imagine(
            Service { name: String::new(), kind: ServiceKind::Desktop },
            Subscription {
                recipients: vec![nobody],
                triggers: vec![trigger.to_owned()],
                about: About::default(),
            },
        );
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    const MINUTE: i64 = MINUTE_MS;
    /// 2024-03-05T14:13:20Z
    const START: i64 = 1_709_648_000_000;

    /// Minutes and states as `health revision`, of one application; the first is what was before.
    fn check(trigger: &str, subscriptions: &str, states: &[(i64, &str)], until: i64, expect: Expect) {
        expect.assert_eq(&told_of(trigger, subscriptions, states, until));
    }

    fn told_of(trigger: &str, subscriptions: &str, states: &[(i64, &str)], until: i64) -> String {
        let rules = format!(
            "kind: ConfigMap\ndata:\n  service.webhook.ops: 'url: $u'\n  template.t: 'message: x'\n  trigger.other: |\n    - {{when: 'true', send: [t]}}\n  trigger.bad: |\n    - {trigger}\n  subscriptions: |\n    {subscriptions}\n"
        );
        let catalog = Catalog::parse(&rules, "n.yaml");
        assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
        let mut replay = Replay::new(catalog, "bad", START).expect("the trigger");
        let app = AppId { server: "s".into(), namespace: "n".into(), name: "web".into() };
        for (minute, state) in states {
            let (health, revision) = state.split_once(' ').expect("two words");
            let json = json!({
                "metadata": {"name": "web"},
                "status": {"health": {"status": health}, "sync": {"revision": revision}},
            });
            let subject = Subject::parse(&json.to_string(), None).expect("an application");
            replay.state(&app, START + minute * MINUTE, subject);
        }
        let imagined = replay.is_imagined();
        let (found, is_whole) = replay.finish(START + until * MINUTE, &|| true);
        assert!(is_whole);
        let mut out = format!(
            "imagined {imagined}, held by once {}, by for {}, failed {} {}\n",
            found.held_by_once, found.held_by_for, found.failed, found.failure
        );
        for sent in &found.sent {
            let to: Vec<&str> = sent.to.iter().map(|to| to.service.as_str()).collect();
            let minute = (sent.at_ms - START) / MINUTE;
            out += &format!("{minute} min to {to:?} resolved {} once {:?}\n", sent.resolved, sent.once_per);
        }
        out
    }

    const OPS: &str = "- {recipients: [ops], triggers: [bad]}";
    const DEGRADED: &str = "{when: app.status.health.status == 'Degraded', send: [t]}";

    #[test]
    fn each_time_it_becomes_true() {
        let states = [
            (-5, "Degraded a"),
            (0, "Healthy a"),
            (1, "Degraded a"),
            (2, "Degraded b"),
            (3, "Healthy b"),
            (9, "Degraded b"),
        ];
        check(
            DEGRADED,
            OPS,
            &states,
            20,
            expect![[r#"
            imagined false, held by once 0, by for 0, failed 0 
            1 min to ["ops"] resolved false once None
            9 min to ["ops"] resolved false once None
        "#]],
        );
    }

    #[test]
    fn what_was_true_at_first_and_what_was_before_the_time_is_not_counted() {
        check(
            DEGRADED,
            OPS,
            &[(-9, "Healthy a"), (-8, "Degraded a"), (-7, "Healthy a")],
            20,
            expect![[r#"
            imagined false, held by once 0, by for 0, failed 0 
        "#]],
        );
    }

    #[test]
    fn a_subscription_for_one_server() {
        for (servers, told) in [("[s]", r#"1 min to ["ops"] resolved false once None"#), ("[other]", "")] {
            let mut out = format!("imagined false, held by once 0, by for 0, failed 0 \n{told}");
            if !told.is_empty() {
                out.push('\n');
            }
            let only = format!("- {{recipients: [ops], triggers: [bad], servers: {servers}}}");
            assert_eq!(told_of(DEGRADED, &only, &[(0, "Healthy a"), (1, "Degraded a")], 20), out);
        }
    }

    #[test]
    fn once_for_a_value() {
        let states =
            [(0, "Healthy a"), (1, "Degraded a"), (2, "Healthy a"), (3, "Degraded a"), (4, "Degraded b")];
        check(
            "{when: app.status.health.status == 'Degraded', oncePer: app.status.sync.revision, send: [t]}",
            OPS,
            &states,
            20,
            expect![[r#"
                imagined false, held by once 1, by for 0, failed 0 
                1 min to ["ops"] resolved false once Some("a")
                4 min to ["ops"] resolved false once Some("b")
            "#]],
        );
    }

    #[test]
    fn what_has_to_last_comes_due_between_states_and_after_the_last() {
        let states = [
            (0, "Healthy a"),
            (1, "Degraded a"),
            (3, "Healthy a"),
            (10, "Degraded a"),
            (30, "Healthy a"),
            (40, "Degraded a"),
        ];
        check(
            "{when: app.status.health.status == 'Degraded', for: 5m, send: [t], resolved: [t]}",
            OPS,
            &states,
            60,
            expect![[r#"
                imagined false, held by once 0, by for 1, failed 0 
                15 min to ["ops"] resolved false once None
                30 min to ["ops"] resolved true once None
                45 min to ["ops"] resolved false once None
            "#]],
        );
    }

    #[test]
    fn the_clock_is_looked_at_between_states() {
        check(
            "{when: \"time.Now().Sub(time.Parse('2024-03-05T14:13:20Z')).Minutes() >= 90\", send: [t]}",
            OPS,
            &[(0, "Healthy a")],
            600,
            expect![[r#"
                imagined false, held by once 0, by for 0, failed 0 
                120 min to ["ops"] resolved false once None
            "#]],
        );
    }

    #[test]
    fn nobody_is_subscribed() {
        check(
            DEGRADED,
            "- {recipients: [ops], triggers: [other]}",
            &[(0, "Healthy a"), (1, "Degraded a")],
            20,
            expect![[r#"
            imagined true, held by once 0, by for 0, failed 0 
            1 min to [] resolved false once None
        "#]],
        );
    }

    #[test]
    fn failures_are_counted() {
        check(
            "{when: app.status.health.status.x.y == 1, send: [t]}",
            OPS,
            &[(0, "Healthy a"), (1, "Degraded a")],
            20,
            expect![[r#"
                imagined false, held by once 0, by for 0, failed 2 invalid operation: int(string)
            "#]],
        );
    }

    #[test]
    fn a_trigger_that_is_not_there() {
        assert!(Replay::new(Catalog::default(), "x", 0).is_none());
    }
}
