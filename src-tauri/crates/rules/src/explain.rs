//! Why a trigger would or would not send for an application, step by step.
//!
//! The decision itself is that of [`evaluate()`], with the same memory and options; this only says what led to it.

use std::collections::BTreeMap;

use dinghy_govalue::{Time, Value};
use dinghy_model::Memory;

use crate::about::About;
use crate::catalog::{Catalog, Condition, Destination, Trigger};
use crate::evaluate::{ConditionResult, Intent, Options, Reason, Scope, evaluate, run_trigger, time};
use crate::keys::{since_key, state_key};
use crate::subject::Subject;
use crate::subscribe::{Origin, destinations};

/// Everything about one trigger and one application.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// False: the sync status is older than the last operation, so nothing is judged before the next change.
    pub is_fresh: bool,
    /// Each condition with its value and how that came about.
    pub conditions: Vec<Explained>,
    /// Each subscription of the manifest, then those of annotations that name the trigger.
    pub subscriptions: Vec<Considered>,
    /// Each condition for each destination.
    pub decisions: Vec<Decided>,
}

/// One condition.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Its value.
    pub result: ConditionResult,
    /// The parts of the expression that were evaluated, each before what it is a part of. Maps on the way to a field
    /// are left out.
    pub parts: Vec<Part>,
    /// Parts that were not evaluated, because the rest decided.
    pub skipped: Vec<String>,
    /// With `for`: since when it is true (as remembered, else now), and when it counts (Unix ms).
    pub lasts: Option<(i64, i64)>,
}

/// One part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As it is written.
    pub text: String,
    /// For a part of a predicate: at which item of each list, from 0.
    pub rounds: Vec<usize>,
    /// As Go's `%v` prints it, or why it failed.
    pub value: Result<String, String>,
}

/// A subscription, and whether it counts here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// Where it stands.
    pub origin: Origin,
    /// Its number among those of the manifest, from 0.
    pub number: Option<usize>,
    /// Who is told.
    pub recipients: Vec<Destination>,
    /// Whether it counts.
    pub found: Match,
}

/// Whether a subscription counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It is about these triggers.
    OtherTriggers(Vec<String>),
    /// It is about other servers.
    OtherServers {
        /// Those that it is about.
        servers: Vec<String>,
        /// The application's; None: it is from a file.
        server: Option<String>,
    },
    /// It is about other projects.
    OtherProjects {
        /// Those that it is about.
        projects: Vec<String>,
        /// The application's; empty: it names none.
        project: String,
    },
    /// Its selector does not accept the application's labels.
    Labels {
        /// The selector as it is written.
        selector: String,
        /// The labels that it asks for; None: the application has it not.
        labels: BTreeMap<String, Option<String>>,
    },
}

/// What is decided for one condition and one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Which condition.
    pub condition_index: usize,
    /// Where it would go.
    pub destination: Destination,
    /// Who asked for it.
    pub origin: Origin,
    /// What is decided.
    pub decision: Decision,
}

/// What is decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is due.
    Send(Intent),
    /// The condition is not true.
    NotTrue,
    /// The condition is true and counts at this time (Unix ms).
    Waits {
        /// When.
        due_ms: i64,
    },
    /// The sync status is older than the last operation.
    WaitsForRefresh,
    /// It was due before, at this time (Unix ms).
    AlreadySent {
        /// When.
        at_ms: i64,
    },
    /// It is not sent for another reason.
    Suppressed(Reason),
}

/// Explains a trigger on an application. None if there is no such trigger.
pub fn explain(
    catalog: &Catalog,
    memory: &Memory,
    subject: &Subject,
    name: &str,
    now_ms: i64,
    options: Options,
) -> Option<Explanation> {
    let trigger = catalog.triggers().get(name)?;
    let results = run_trigger(catalog, name, subject, now_ms)?;
    let now = time(now_ms);
    let explained = |(condition, result): (&Condition, ConditionResult)| {
        let (parts, skipped) = parts(catalog, condition, subject, &now);
        let lasts = condition.hold_for.filter(|_| result.triggered()).map(|hold| {
            let since = memory.keys.get(&since_key(name, &condition.key)).copied();
            let since = since.filter(|since| *since <= now_ms).unwrap_or(now_ms);
            (since, since.saturating_add(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX)))
        });
        Explained { result, parts, skipped, lasts }
    };
    let conditions: Vec<Explained> = trigger.conditions.iter().zip(results).map(explained).collect();
    Some(Explanation {
        is_fresh: subject.is_fresh(),
        subscriptions: considered(catalog, subject, name),
        decisions: decisions(catalog, memory, subject, trigger, &conditions, now_ms, options),
        conditions,
    })
}

fn parts(
    catalog: &Catalog,
    condition: &Condition,
    subject: &Subject,
    now: &Time,
) -> (Vec<Part>, Vec<String>) {
    let env = catalog.env.trigger(subject, now);
    let program = &condition.when.program;
    let trace = program.run_traced(&env, now);
    let text = |span: &std::ops::Range<usize>| {
        program
            .source()
            .get(span.clone())
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    // `app` and `app.status` of `app.status.phase` say nothing that the whole path does not.
    let is_way = |step: &&dinghy_expr::Step| {
        let rest = program.source().get(step.span.end..).unwrap_or_default().trim_start();
        matches!(step.outcome, Ok(Value::Map(_))) && rest.starts_with(['.', '?', '['])
    };
    let steps = trace.steps.iter().filter(|step| !is_way(step)).map(|step| Part {
        text: text(&step.span),
        rounds: step.rounds.clone(),
        value: step.outcome.as_ref().map(ToString::to_string).map_err(Clone::clone),
    });
    (steps.collect(), trace.skipped.iter().map(text).collect())
}

fn considered(catalog: &Catalog, subject: &Subject, name: &str) -> Vec<Considered> {
    let mut found = Vec::new();
    for (number, subscription) in catalog.subscriptions().iter().enumerate() {
        let triggers = match subscription.triggers.as_slice() {
            [] => catalog.default_triggers(None),
            named => named,
        };
        let found_here = if !triggers.iter().any(|trigger| trigger == name) {
            Match::OtherTriggers(triggers.to_vec())
        } else {
            about(&subscription.about, subject)
        };
        found.push(Considered {
            origin: Origin::Manifest,
            number: Some(number),
            recipients: subscription.recipients.clone(),
            found: found_here,
        });
    }
    for origin in [Origin::Application, Origin::Project] {
        let subscribed = destinations(catalog, subject).remove(name).unwrap_or_default();
        let recipients: Vec<Destination> =
            subscribed.into_iter().filter(|one| one.origin == origin).map(|one| one.destination).collect();
        if !recipients.is_empty() {
            found.push(Considered { origin, number: None, recipients, found: Match::Yes });
        }
    }
    found
}

/// Whether a subscription is about the application.
fn about(about: &About, subject: &Subject) -> Match {
    let project = subject.project_name();
    if subject.is_meant_by(about) {
        Match::Yes
    } else if !about.accepts_server(subject.server()) {
        let server = subject.server().map(ToString::to_string);
        Match::OtherServers { servers: about.servers.clone(), server }
    } else if !about.accepts_project(&project) {
        Match::OtherProjects { projects: about.projects.clone(), project }
    } else {
        let labels = about.selector.keys();
        Match::Labels {
            selector: about.selector.text().to_owned(),
            labels: labels.map(|key| (key.to_owned(), subject.label(key))).collect(),
        }
    }
}

fn decisions(
    catalog: &Catalog,
    memory: &Memory,
    subject: &Subject,
    trigger: &Trigger,
    conditions: &[Explained],
    now_ms: i64,
    options: Options,
) -> Vec<Decided> {
    let evaluation = evaluate(catalog, memory, subject, now_ms, Options { scope: Scope::All, ..options });
    let subscribed = destinations(catalog, subject).remove(&trigger.name).unwrap_or_default();
    let mut decided = Vec::new();
    for (condition, explained) in trigger.conditions.iter().zip(conditions) {
        for target in &subscribed {
            let to = &target.destination;
            let intent = evaluation.intents.iter().find(|intent| {
                intent.trigger == trigger.name
                    && intent.condition_index == condition.index
                    && (&intent.service, &intent.recipient) == (&to.service, &to.recipient)
            });
            let suppressed = evaluation.suppressed.iter().find(|suppressed| {
                suppressed.trigger == trigger.name
                    && suppressed.condition_index == condition.index
                    && (&suppressed.service, &suppressed.recipient) == (&to.service, &to.recipient)
            });
            let decision = match (intent, suppressed, explained.lasts) {
                _ if evaluation.waits_for_refresh => Decision::WaitsForRefresh,
                (Some(intent), ..) => Decision::Send(intent.clone()),
                (_, Some(suppressed), _) if suppressed.reason == Reason::AlreadySent => {
                    let once_per = explained.result.once_per.as_deref().unwrap_or_default();
                    let key = state_key(once_per, &trigger.name, &condition.key, &to.service, &to.recipient);
                    Decision::AlreadySent { at_ms: memory.keys.get(&key).copied().unwrap_or_default() }
                }
                (_, Some(suppressed), _) => Decision::Suppressed(suppressed.reason),
                (None, None, Some((_, due_ms))) => Decision::Waits { due_ms },
                (None, None, None) => Decision::NotTrue,
            };
            let (destination, origin) = (to.clone(), target.origin);
            decided.push(Decided { condition_index: condition.index, destination, origin, decision });
        }
    }
    decided
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;
    use crate::testing::app;

    const NOW: i64 = 1_709_648_000_000;
    const RULES: &str = "kind: ConfigMap
data:
  service.webhook.d: 'url: $u'
  template.t: 'message: x'
  defaultTriggers: '[other]'
  trigger.bad: |
    - when: app.status.health.status == 'Degraded' and app.status.sync.status in ['Synced', 'OutOfSync']
      oncePer: app.status.sync.revision
      send: [t]
    - when: app.status.health.status == 'Missing' and app.status.nothing.here
      send: [t]
    - when: any(app.status.conditions, .type == 'SyncError')
      for: 10m
      send: [t]
  subscriptions: |
    - {recipients: [d], triggers: [bad]}
    - {recipients: [d], triggers: [bad], selector: 'env in (test),team'}
    - {recipients: [d]}
";

    fn check(memory: &Memory, app: &str, expect: Expect) {
        let catalog = Catalog::parse(RULES, "n.yaml");
        assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
        let subject = Subject::parse(app, None).expect("app");
        let found = explain(&catalog, memory, &subject, "bad", NOW, Options::default()).expect("trigger");
        let mut out = String::new();
        for condition in &found.conditions {
            out += &format!("{}: {}\n", condition.result.index, condition.result.triggered());
            for part in &condition.parts {
                out += &format!("  {} {:?} = {:?}\n", part.text, part.rounds, part.value);
            }
            out += &format!("  not looked at: {:?}; lasts {:?}\n", condition.skipped, condition.lasts);
        }
        for Considered { origin, number, recipients, found } in &found.subscriptions {
            let to =
                recipients.iter().map(|to| format!("{}:{}", to.service, to.recipient)).collect::<Vec<_>>();
            out += &format!("{origin:?} {number:?} to {}: {found:?}\n", to.join(", "));
        }
        for Decided { condition_index, destination, origin, decision } in &found.decisions {
            let to = format!("{}:{} ({origin:?})", destination.service, destination.recipient);
            let decision = match decision {
                Decision::Send(intent) => {
                    format!("send {:?} once per {:?}", intent.templates, intent.once_per)
                }
                other => format!("{other:?}"),
            };
            out += &format!("[{condition_index}] {to}: {decision}\n");
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn each_part_each_subscription_and_each_decision_has_its_reason() {
        let known = Memory { known: true, ..Memory::default() };
        let app = app(
            json!({"metadata": {"annotations": {"notifications.argoproj.io/subscribe.bad.slack": "ops"}}}),
        );
        check(
            &known,
            &app,
            expect![[r#"
            0: true
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Degraded' [] = Ok("true")
              app.status.sync.status [] = Ok("OutOfSync")
              app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              app.status.health.status == 'Degraded' and app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              not looked at: []; lasts None
            1: false
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Missing' [] = Ok("false")
              app.status.health.status == 'Missing' and app.status.nothing.here [] = Ok("false")
              not looked at: ["app.status.nothing.here"]; lasts None
            2: true
              app.status.conditions [] = Ok("[map[message:Failed sync attempt type:SyncError]]")
              .type [0] = Ok("SyncError")
              .type == 'SyncError' [0] = Ok("true")
              any(app.status.conditions, .type == 'SyncError') [] = Ok("true")
              not looked at: []; lasts Some((1709648000000, 1709648600000))
            Manifest Some(0) to d:: Yes
            Manifest Some(1) to d:: Labels { selector: "env in (test),team", labels: {"env": Some("prod"), "team": Some("payments")} }
            Manifest Some(2) to d:: OtherTriggers(["other"])
            Application None to slack:ops: Yes
            [0] d: (Manifest): send ["t"] once per Some("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d")
            [0] slack:ops (Application): Suppressed(NoSuchService)
            [1] d: (Manifest): NotTrue
            [1] slack:ops (Application): NotTrue
            [2] d: (Manifest): Waits { due_ms: 1709648600000 }
            [2] slack:ops (Application): Waits { due_ms: 1709648600000 }
        "#]],
        );
        let mut sent = known;
        for to in ["d:", "slack:ops"] {
            let catalog = Catalog::parse(RULES, "n.yaml");
            let key = &catalog.triggers()["bad"].conditions[0].key;
            sent.keys.insert(format!("9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d:bad:{key}:{to}"), NOW - 1000);
        }
        check(
            &sent,
            &app,
            expect![[r#"
            0: true
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Degraded' [] = Ok("true")
              app.status.sync.status [] = Ok("OutOfSync")
              app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              app.status.health.status == 'Degraded' and app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              not looked at: []; lasts None
            1: false
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Missing' [] = Ok("false")
              app.status.health.status == 'Missing' and app.status.nothing.here [] = Ok("false")
              not looked at: ["app.status.nothing.here"]; lasts None
            2: true
              app.status.conditions [] = Ok("[map[message:Failed sync attempt type:SyncError]]")
              .type [0] = Ok("SyncError")
              .type == 'SyncError' [0] = Ok("true")
              any(app.status.conditions, .type == 'SyncError') [] = Ok("true")
              not looked at: []; lasts Some((1709648000000, 1709648600000))
            Manifest Some(0) to d:: Yes
            Manifest Some(1) to d:: Labels { selector: "env in (test),team", labels: {"env": Some("prod"), "team": Some("payments")} }
            Manifest Some(2) to d:: OtherTriggers(["other"])
            Application None to slack:ops: Yes
            [0] d: (Manifest): AlreadySent { at_ms: 1709647999000 }
            [0] slack:ops (Application): AlreadySent { at_ms: 1709647999000 }
            [1] d: (Manifest): NotTrue
            [1] slack:ops (Application): NotTrue
            [2] d: (Manifest): Waits { due_ms: 1709648600000 }
            [2] slack:ops (Application): Waits { due_ms: 1709648600000 }
        "#]],
        );
    }

    #[test]
    fn at_first_contact_and_before_a_refresh() {
        check(
            &Memory::default(),
            &app(json!({})),
            expect![[r#"
            0: true
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Degraded' [] = Ok("true")
              app.status.sync.status [] = Ok("OutOfSync")
              app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              app.status.health.status == 'Degraded' and app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              not looked at: []; lasts None
            1: false
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Missing' [] = Ok("false")
              app.status.health.status == 'Missing' and app.status.nothing.here [] = Ok("false")
              not looked at: ["app.status.nothing.here"]; lasts None
            2: true
              app.status.conditions [] = Ok("[map[message:Failed sync attempt type:SyncError]]")
              .type [0] = Ok("SyncError")
              .type == 'SyncError' [0] = Ok("true")
              any(app.status.conditions, .type == 'SyncError') [] = Ok("true")
              not looked at: []; lasts Some((1709648000000, 1709648600000))
            Manifest Some(0) to d:: Yes
            Manifest Some(1) to d:: Labels { selector: "env in (test),team", labels: {"env": Some("prod"), "team": Some("payments")} }
            Manifest Some(2) to d:: OtherTriggers(["other"])
            [0] d: (Manifest): Suppressed(Baseline)
            [1] d: (Manifest): NotTrue
            [2] d: (Manifest): Waits { due_ms: 1709648600000 }
        "#]],
        );
        let stale = app(json!({"status": {"reconciledAt": "2024-03-05T14:07:08Z"}}));
        check(
            &Memory::default(),
            &stale,
            expect![[r#"
            0: true
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Degraded' [] = Ok("true")
              app.status.sync.status [] = Ok("OutOfSync")
              app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              app.status.health.status == 'Degraded' and app.status.sync.status in ['Synced', 'OutOfSync'] [] = Ok("true")
              not looked at: []; lasts None
            1: false
              app.status.health.status [] = Ok("Degraded")
              app.status.health.status == 'Missing' [] = Ok("false")
              app.status.health.status == 'Missing' and app.status.nothing.here [] = Ok("false")
              not looked at: ["app.status.nothing.here"]; lasts None
            2: true
              app.status.conditions [] = Ok("[map[message:Failed sync attempt type:SyncError]]")
              .type [0] = Ok("SyncError")
              .type == 'SyncError' [0] = Ok("true")
              any(app.status.conditions, .type == 'SyncError') [] = Ok("true")
              not looked at: []; lasts Some((1709648000000, 1709648600000))
            Manifest Some(0) to d:: Yes
            Manifest Some(1) to d:: Labels { selector: "env in (test),team", labels: {"env": Some("prod"), "team": Some("payments")} }
            Manifest Some(2) to d:: OtherTriggers(["other"])
            [0] d: (Manifest): WaitsForRefresh
            [1] d: (Manifest): WaitsForRefresh
            [2] d: (Manifest): WaitsForRefresh
        "#]],
        );
    }

    #[test]
    fn subscriptions_of_other_servers_and_projects() {
        let rules = RULES.replace(
            "    - {recipients: [d]}\n",
            "    - {recipients: [d], triggers: [bad], servers: [prod], projects: [a]}\n    - {recipients: [d], triggers: [bad], projects: [default]}\n",
        );
        let catalog = Catalog::parse(&rules, "n.yaml");
        let found = |server: Option<&str>, app: serde_json::Value| {
            let subject = Subject::parse(&crate::testing::app(app), None).expect("app");
            let subject =
                server.map_or_else(|| subject.clone(), |name| subject.clone().of_server(&name.into()));
            let memory = Memory { known: true, ..Memory::default() };
            let found =
                explain(&catalog, &memory, &subject, "bad", NOW, Options::default()).expect("trigger");
            found.subscriptions.into_iter().skip(2).map(|one| one.found).collect::<Vec<_>>()
        };
        let names = |name: &str| vec![name.to_owned()];
        let other = |server: Option<&str>| Match::OtherServers {
            servers: names("prod"),
            server: server.map(str::to_owned),
        };
        let project =
            |name: &str, own: &str| Match::OtherProjects { projects: names(name), project: own.to_owned() };
        assert_eq!(found(None, json!({})), [other(None), Match::Yes]);
        assert_eq!(found(Some("dev"), json!({})), [other(Some("dev")), Match::Yes]);
        assert_eq!(found(Some("prod"), json!({})), [project("a", "default"), Match::Yes]);
        let app = json!({"spec": {"project": "a"}});
        assert_eq!(found(Some("prod"), app), [Match::Yes, project("default", "a")]);
        assert_eq!(found(Some("prod"), json!({"spec": null})), [project("a", ""), Match::Yes]);
    }

    #[test]
    fn a_trigger_that_is_not_there() {
        let catalog = Catalog::parse(RULES, "n.yaml");
        let subject = Subject::default();
        assert!(explain(&catalog, &Memory::default(), &subject, "x", NOW, Options::default()).is_none());
    }
}
