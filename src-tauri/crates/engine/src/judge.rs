//! One application, judged: what the rules say becomes what is committed.
//!
//! Pure but for the random ids of messages: no IO, no state. The controller owns what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use dinghy_argocd::Client;
use dinghy_model::{
    AppId, AppSnapshot, AppSummary, Event, EventKind, Gist, Lang, Memory, MemoryChange, Message, Problem,
    Secret, ServiceKind, Severity,
};
use dinghy_rules::{
    Catalog, Delivery, Facts, FirstContact, Intent, Options, Project, Reason, Rendered, Scope, Secrets,
    Subject, Want, evaluate, render, summary,
};
use dinghy_store::{Commit, PastState, Show};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::past;
use crate::seal;
use crate::table::Before;

/// What a judgement stands on, but for the application itself.
pub(crate) struct Bench<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) first_contact: FirstContact,
    pub(crate) skip_sent_by_argocd: bool,
    pub(crate) scope: Scope,
    /// What the memory of an application has once it was judged by these rules ([`rules_key`]).
    pub(crate) rules_key: &'a str,
    /// Base URL of the application's server, for links.
    pub(crate) base_url: &'a str,
    /// Whether a service is a DingTalk robot.
    pub(crate) is_robot: &'a dyn Fn(&str) -> bool,
    pub(crate) now_ms: i64,
    /// The application's project, if it is known.
    pub(crate) project: Option<&'a Project>,
    /// What is known of commits.
    pub(crate) facts: Arc<Facts>,
    /// What is known of the secrets that templates read.
    pub(crate) secrets: &'a Secrets,
    /// What seals a message that holds one; None: not read yet.
    pub(crate) key: Option<&'a Result<Secret, Problem>>,
    /// The user muted the application.
    pub(crate) muted: bool,
    /// Services that the user switched off.
    pub(crate) off: &'a BTreeSet<String>,
    /// Which notifications this desktop shows.
    pub(crate) show: Show,
    /// What Dinghy's own words in messages are in.
    pub(crate) lang: Lang,
}

impl Bench<'_> {
    /// Why the user does not want this message, in the event log's word.
    fn holds_back(
        &self,
        intent: &Intent,
        before: Option<&AppSummary>,
        now: &AppSummary,
    ) -> Option<&'static str> {
        let off = || self.off.contains(&intent.service).then_some("switched_off");
        let unwanted = || (!self.is_wanted(intent, before, now)).then_some("not_chosen");
        self.muted.then_some("muted").or_else(off).or_else(unwanted)
    }

    /// Whether it is of the kind that the person wants to see; only this desktop is asked for that.
    fn is_wanted(&self, intent: &Intent, before: Option<&AppSummary>, now: &AppSummary) -> bool {
        let kind = self.catalog.services().get(&intent.service).map(|service| &service.kind);
        let fails = |app: &AppSummary| app.severity() == Severity::Attention;
        match self.show {
            _ if kind != Some(&ServiceKind::Desktop) => true,
            Show::All => true,
            Show::Failures => fails(now),
            Show::Recoveries => fails(now) || intent.resolved || before.is_some_and(fails),
        }
    }
}

/// The last rule errors of each application, by trigger and service: one is logged when it changes, not at every
/// evaluation.
pub(crate) type RuleErrors = BTreeMap<AppId, BTreeMap<(String, String), Problem>>;

/// What is to be committed, in one transaction.
pub(crate) struct Judged {
    pub(crate) app: AppId,
    /// First contact is over.
    pub(crate) known: bool,
    pub(crate) changes: Vec<MemoryChange>,
    pub(crate) messages: Vec<Message>,
    pub(crate) events: Vec<Event>,
    /// What it looked like, for rules that are tried on the past.
    pub(crate) states: Vec<PastState>,
    /// Nothing was judged, because Argo CD has not compared yet since the last operation.
    pub(crate) waits: bool,
    /// When to judge again though nothing changed.
    pub(crate) next_ms: Option<i64>,
    /// What the rules ask the server for before they can go on.
    pub(crate) wants: BTreeSet<Want>,
    /// The secrets that have to be read before a message can be made.
    pub(crate) secrets: BTreeSet<String>,
    /// They asked for something that could not be had: judge again later.
    pub(crate) asks_again: bool,
    /// The same of a secret.
    pub(crate) lacks_secret: bool,
}

impl Judged {
    /// Nothing yet.
    pub(crate) fn about(app: AppId) -> Self {
        Self {
            app,
            known: false,
            changes: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            states: Vec::new(),
            waits: false,
            next_ms: None,
            wants: BTreeSet::new(),
            secrets: BTreeSet::new(),
            asks_again: false,
            lacks_secret: false,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.changes.is_empty()
            && self.messages.is_empty()
            && self.events.is_empty()
            && self.states.is_empty()
    }

    pub(crate) fn as_commit(&self) -> Commit<'_> {
        Commit {
            app: &self.app,
            known: self.known,
            changes: &self.changes,
            messages: &self.messages,
            events: &self.events,
            states: &self.states,
        }
    }

    /// Brings a memory to where this judgement leaves it.
    pub(crate) fn remember(&self, memory: &mut Memory) {
        memory.known |= self.known;
        self.changes.iter().for_each(|change| memory.apply(change));
    }

    fn log(&mut self, now_ms: i64, trigger: &str, service: &str, kind: EventKind) {
        self.events.push(Event {
            id: 0,
            at_ms: now_ms,
            app: Some(self.app.clone()),
            trigger: trigger.to_owned(),
            service: service.to_owned(),
            kind,
        });
    }
}

/// Runs the rules on one application. `before` is what it was before this snapshot, if it was seen.
pub(crate) fn judge(
    bench: &Bench<'_>,
    memory: &Memory,
    snapshot: &AppSnapshot,
    before: Option<&Before>,
    rule_errors: &mut RuleErrors,
) -> Judged {
    let app = snapshot.summary.id.clone();
    let now_ms = bench.now_ms;
    let mut judged = Judged { known: memory.known, ..Judged::about(app) };
    let change = before.and_then(|before| changed(&before.summary, &snapshot.summary));
    let has_changed = change.is_some();
    if let Some(kind) = change {
        judged.log(now_ms, "", "", kind);
    }
    let subject = match Subject::parse(&snapshot.json, None) {
        Ok(subject) => subject.of_server(&judged.app.server).with_facts(bench.facts.clone()),
        Err(problem) => {
            tracing::warn!(app = %judged.app, ?problem, "an application cannot be read");
            return judged;
        }
    };
    // What became comparable again counts as changed: only then do the rules look at what the operation did.
    if let Some(before) = before.filter(|before| has_changed || before.waited && subject.is_fresh()) {
        judged.states = past::states(before, &subject, now_ms);
    }
    let subject = match bench.project {
        Some(project) => subject.with_project(project),
        None => subject,
    };
    let options = Options {
        first_contact: bench.first_contact,
        skip_sent_by_argocd: bench.skip_sent_by_argocd,
        rules_are_new: !memory.keys.contains_key(bench.rules_key),
        scope: bench.scope,
    };
    let evaluation = evaluate(bench.catalog, memory, &subject, now_ms, options);
    judged.waits = evaluation.waits_for_refresh;
    judged.changes = evaluation.changes;
    judged.next_ms = evaluation.next_ms;
    // First contact is not over before all of it is known.
    let is_whole = !evaluation.waits_for_refresh && subject.wants().is_empty();
    if is_whole && bench.scope == Scope::All {
        judged.known = true;
        if options.rules_are_new {
            judged.remember_rules(memory, bench.rules_key, now_ms);
        }
    }
    for suppressed in evaluation.suppressed {
        let kind = match suppressed.reason {
            // Repeats at every evaluation while the condition holds; the event that sent it is in the log.
            Reason::AlreadySent => continue,
            Reason::NoSuchService => EventKind::RuleError {
                problem: Problem::NoSuchService { service: suppressed.service.clone() },
            },
            reason => EventKind::Suppressed { reason: reason.word().to_owned() },
        };
        judged.log(now_ms, &suppressed.trigger, &suppressed.service, kind);
    }
    for error in evaluation.errors {
        judged.rule_error(now_ms, &error.trigger, "", error.problem, rule_errors);
    }
    let last_ms = memory.keys.values().copied().max().unwrap_or_default();
    for intent in &evaluation.intents {
        let was = before.map(|before| &*before.summary);
        match bench.holds_back(intent, was, &snapshot.summary) {
            Some(reason) => judged.hold_back(now_ms, intent, reason),
            None => judged.send(bench, &subject, &snapshot.summary, last_ms, intent, rule_errors),
        }
    }
    judged.wants = subject.wants();
    judged.secrets.extend(subject.wanted_secrets());
    judged.asks_again = subject.asks_again();
    judged
}

/// A key that stands in the memory of every application judged by these rules, over restarts too: without
/// it a trigger that was added while Dinghy was not running would fire for every application at once.
///
/// Only what decides whether a message is due counts. Who mends a template gets what is still due by it.
/// No key of the rules' own looks like it: those have colons.
pub(crate) fn rules_key(catalog: &Catalog) -> String {
    let mut digest = Sha256::new();
    let mut add = |key: &str| {
        for part in [key, catalog.source(key).unwrap_or_default()] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
    };
    for trigger in catalog.triggers().keys() {
        add(&format!("trigger.{trigger}"));
    }
    add("subscriptions");
    add("defaultTriggers");
    for service in catalog.services().keys() {
        add(&format!("defaultTriggers.{service}"));
    }
    let digest = digest.finalize();
    digest[..8].iter().fold(RULES.to_owned(), |mut key, byte| {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}

/// How every [`rules_key`] begins.
const RULES: &str = "rules=";

impl Judged {
    fn remember_rules(&mut self, memory: &Memory, key: &str, at_ms: i64) {
        let old = memory
            .keys
            .range(RULES.to_owned()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(RULES));
        self.changes.extend(old.map(|key| MemoryChange::Remove { key: key.clone() }));
        self.changes.push(MemoryChange::Insert { key: key.to_owned(), at_ms });
    }

    /// It is due, and the user does not want it: remembered as if it had been sent, and not made. Who is not told of a
    /// beginning is not told of its end.
    fn hold_back(&mut self, now_ms: i64, intent: &Intent, reason: &str) {
        self.changes.retain(|change| !intent.promises_end(change));
        let kind = EventKind::Suppressed { reason: reason.to_owned() };
        self.log(now_ms, &intent.trigger, &intent.service, kind);
    }

    /// `facts` are the application's; `last_ms` is when it was last remembered anything of.
    fn send(
        &mut self,
        bench: &Bench<'_>,
        subject: &Subject,
        facts: &AppSummary,
        last_ms: i64,
        intent: &Intent,
        rule_errors: &mut RuleErrors,
    ) {
        let url = Client::app_url(bench.base_url, &self.app);
        let delivery = Delivery::of(intent, (bench.is_robot)(&intent.service), &url, bench.lang);
        let asked = subject.wants().len();
        let rendered = render(bench.catalog, subject, delivery, bench.secrets, bench.now_ms);
        let message = rendered.and_then(|Rendered { payload, confidential }| {
            // What holds a secret is told by its trigger, in the log and in a digest.
            let line = if confidential { intent.trigger.clone() } else { summary(&payload) };
            let gist = Gist {
                line,
                failing: facts.severity() == Severity::Attention,
                at_ms: happened_ms(facts, last_ms, bench.now_ms),
            };
            let message = Message {
                app: Some(self.app.clone()),
                trigger: intent.trigger.clone(),
                service: intent.service.clone(),
                recipient: intent.recipient.clone(),
                uuid: new_uuid(),
                payload,
                created_ms: bench.now_ms,
                gist: Some(gist),
            };
            if confidential { self.sealed(bench, message) } else { Ok(Some(message)) }
        });
        match message {
            // It mentions somebody who is not known yet: it is made when that is known.
            Ok(Some(_)) if subject.wants().len() > asked => {
                self.changes.retain(|change| !intent.owns(change));
            }
            Ok(Some(message)) => {
                if let Some(errors) = rule_errors.get_mut(&self.app) {
                    errors.remove(&(intent.trigger.clone(), intent.service.clone()));
                }
                let summary = message.gist.as_ref().map(|gist| gist.line.clone()).unwrap_or_default();
                self.log(bench.now_ms, &intent.trigger, &intent.service, EventKind::Queued { summary });
                self.messages.push(message);
            }
            // It is made when the key is known.
            Ok(None) => self.changes.retain(|change| !intent.owns(change)),
            Err(problem) => {
                // Not remembered as sent: once the template is mended the next evaluation sends it.
                self.changes.retain(|change| !intent.owns(change));
                if !subject.wants().is_empty() || !subject.wanted_secrets().is_empty() {
                    // It is made when that is known.
                    return;
                }
                self.lacks_secret |= !matches!(problem, Problem::Render { .. } | Problem::BodyNotJson { .. });
                self.rule_error(bench.now_ms, &intent.trigger, &intent.service, problem, rule_errors);
            }
        }
    }

    /// A message that holds secrets, as it may be stored; None: what seals it has to be read first.
    fn sealed(&mut self, bench: &Bench<'_>, message: Message) -> Result<Option<Message>, Problem> {
        let Some(key) = bench.key else {
            self.secrets.insert(seal::KEY.to_owned());
            return Ok(None);
        };
        let failed = || Problem::Other { detail: "the message cannot be sealed".to_owned() };
        let payload = seal::seal(&message, key.as_ref().map_err(Problem::clone)?).ok_or_else(failed)?;
        Ok(Some(Message { payload, ..message }))
    }

    fn rule_error(
        &mut self,
        now_ms: i64,
        trigger: &str,
        service: &str,
        problem: Problem,
        rule_errors: &mut RuleErrors,
    ) {
        let place = (trigger.to_owned(), service.to_owned());
        if rule_errors.get(&self.app).and_then(|errors| errors.get(&place)) != Some(&problem) {
            self.log(now_ms, trigger, service, EventKind::RuleError { problem: problem.clone() });
            rule_errors.entry(self.app.clone()).or_default().insert(place, problem);
        }
    }
}

/// When the present state came about: Argo CD's own time, if it is later than all that is remembered of the
/// application; else nobody knows better than now.
fn happened_ms(facts: &AppSummary, last_ms: i64, now_ms: i64) -> i64 {
    let operation = facts.operation.as_ref();
    let times = [
        Some(facts.health_since.as_str()),
        operation.map(|operation| operation.started_at.as_str()),
        operation.map(|operation| operation.finished_at.as_str()),
    ];
    let times = times.into_iter().flatten().filter_map(|time| time.parse::<Timestamp>().ok());
    let latest = times.map(Timestamp::as_millisecond).max();
    latest.filter(|at| (last_ms..now_ms).contains(at)).unwrap_or(now_ms)
}

/// What a person would call a change, if there is one.
fn changed(before: &AppSummary, now: &AppSummary) -> Option<EventKind> {
    let words = |app: &AppSummary| {
        let phase = app.operation.as_ref().map(|operation| operation.phase.word());
        [Some(app.health.word()), Some(app.sync.word()), phase]
    };
    let (from, to): (Vec<&str>, Vec<&str>) = words(before)
        .into_iter()
        .zip(words(now))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| (from.unwrap_or("–"), to.unwrap_or("–")))
        .unzip();
    (!to.is_empty()).then(|| EventKind::Changed { from: from.join(", "), to: to.join(", ") })
}

/// 32 hex digits.
pub(crate) fn new_uuid() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use dinghy_model::{AppBody, Health};
    use expect_test::{Expect, expect};

    use super::*;
    use crate::table::pack;
    use crate::testing::snapshot;

    const RULES: &str = "
data:
  service.webhook.ops: 'url: https://example.com'
  template.bad: 'message: bad {{.app.metadata.name}}'
  trigger.degraded: |
    - {when: app.status.health.status == 'Degraded', send: [bad]}
  subscriptions: |
    - {recipients: [ops], triggers: [degraded]}
";
    const HEALTHY: &str = r#"{"metadata":{"name":"web"},"status":{"health":{"status":"Healthy"}}}"#;
    const DEGRADED: &str = r#"{"metadata":{"name":"web"},"status":{"health":{"status":"Degraded"}}}"#;

    /// Judges and remembers; gives how many messages there are and how many changes of memory.
    fn step(rules: &str, memory: &mut Memory, json: &str) -> (usize, usize) {
        let judged = judged(rules, memory, json, false, Show::All, None);
        judged.remember(memory);
        (judged.messages.len(), judged.changes.len())
    }

    fn judged(
        rules: &str,
        memory: &Memory,
        json: &str,
        muted: bool,
        show: Show,
        before: Option<&str>,
    ) -> Judged {
        let catalog = Catalog::parse(rules, "rules");
        assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
        let bench = Bench {
            catalog: &catalog,
            first_contact: FirstContact::Baseline,
            skip_sent_by_argocd: false,
            scope: Scope::All,
            rules_key: &rules_key(&catalog),
            base_url: "https://argocd",
            is_robot: &|_| false,
            now_ms: 1_700_000_000_000,
            project: None,
            facts: Arc::default(),
            secrets: &Secrets::Masked,
            key: None,
            muted,
            off: &BTreeSet::new(),
            show,
            lang: Lang::En,
        };
        let summary = |json: &str| {
            let sick = json.contains("Degraded");
            let health = if sick { Health::Degraded } else { Health::Healthy };
            AppSummary { health, ..snapshot("web", json).summary }
        };
        let now = AppSnapshot { summary: summary(json), ..snapshot("web", json) };
        let before = before.map(|json| Before {
            summary: Arc::new(summary(json)),
            body: AppBody { packed: pack(json).into(), hash: 0 },
            since_ms: 0,
            is_kept: true,
            waited: false,
        });
        judge(&bench, memory, &now, before.as_ref(), &mut RuleErrors::new())
    }

    #[test]
    fn rules_that_are_new_to_an_application_are_its_first_contact_with_them() {
        let mut memory = Memory::default();
        assert_eq!(step(RULES, &mut memory, HEALTHY), (0, 1), "which rules it was judged by");
        assert_eq!(step(RULES, &mut memory, HEALTHY), (0, 0), "nothing to write");
        assert_eq!(step(RULES, &mut memory, DEGRADED), (1, 1));
        let other = RULES.replace("== 'Degraded'", "!= 'Healthy'");
        assert_eq!(step(&other, &mut memory, DEGRADED).0, 0, "true already");
        assert_eq!(memory.keys.keys().filter(|key| key.starts_with(super::RULES)).count(), 1);
        assert_eq!(step(&other, &mut memory, HEALTHY).0, 0);
        assert_eq!(step(&other, &mut memory, DEGRADED).0, 1);
        assert_eq!(step(&other, &mut memory, DEGRADED), (0, 0));
    }

    #[test]
    fn only_what_decides_that_a_message_is_due_makes_rules_new() {
        let key = |rules: &str| rules_key(&Catalog::parse(rules, "rules"));
        for same in [
            RULES.replace("bad {{", "worse {{"),
            RULES.replace("example.com", "example.org"),
            format!("# a comment{RULES}"),
        ] {
            assert_eq!(key(&same), key(RULES), "{same}");
        }
        for other in [
            RULES.replace("== 'Degraded'", "== 'Missing'"),
            RULES.replace("recipients: [ops]", "recipients: [desktop]"),
            RULES.replace("data:", "data:\n  defaultTriggers: '[degraded]'"),
        ] {
            assert_ne!(key(&other), key(RULES), "{other}");
        }
    }

    /// Each line: muted or not, the application's state, and what comes of it.
    fn check_muted(lines: &[(bool, &str)], expect: Expect) {
        let rules = RULES.replace("send: [bad]}", "send: [bad], resolved: [bad]}");
        let mut memory = Memory::default();
        judged(&rules, &memory, HEALTHY, false, Show::All, None).remember(&mut memory);
        let mut out = String::new();
        for (muted, json) in lines {
            let judged = judged(&rules, &memory, json, *muted, Show::All, None);
            judged.remember(&mut memory);
            let held = judged.events.iter().filter_map(|event| match &event.kind {
                EventKind::Suppressed { reason } => Some(reason.as_str()),
                _ => None,
            });
            out += &format!("{} sent, held back {:?}\n", judged.messages.len(), held.collect::<Vec<_>>());
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn what_is_held_back_is_remembered_and_its_end_is_told_to_who_knows_the_beginning() {
        // The beginning while muted: neither it nor its end is told, and the next one is as ever.
        check_muted(
            &[
                (true, DEGRADED),
                (true, DEGRADED),
                (false, DEGRADED),
                (false, HEALTHY),
                (false, DEGRADED),
                (false, HEALTHY),
            ],
            expect![[r#"
                0 sent, held back ["muted"]
                0 sent, held back []
                0 sent, held back []
                0 sent, held back []
                1 sent, held back []
                1 sent, held back []
            "#]],
        );
        // The end while muted.
        check_muted(
            &[(false, DEGRADED), (true, HEALTHY), (false, HEALTHY), (false, DEGRADED)],
            expect![[r#"
                1 sent, held back []
                0 sent, held back ["muted"]
                0 sent, held back []
                1 sent, held back []
            "#]],
        );
    }

    #[test]
    fn the_desktop_shows_what_was_chosen_and_groups_all() {
        const CHANGED: &str = "
data:
  service.desktop: '{}'
  service.webhook.ops: 'url: https://example.com'
  template.t: 'message: t'
  trigger.sick: |
    - {when: app.status.health.status == 'Degraded', send: [t]}
  trigger.well: |
    - {when: app.status.health.status == 'Healthy', send: [t]}
  subscriptions: |
    - {recipients: [desktop, ops], triggers: [sick, well]}
";
        let sent = |show: Show, before: &str, now: &str| -> Vec<String> {
            let mut memory = Memory::default();
            judged(CHANGED, &memory, before, false, show, None).remember(&mut memory);
            let judged = judged(CHANGED, &memory, now, false, show, Some(before));
            judged.messages.into_iter().map(|message| message.service).collect()
        };
        let rows = [
            (Show::All, HEALTHY, DEGRADED, true),
            (Show::Failures, HEALTHY, DEGRADED, true),
            (Show::Recoveries, HEALTHY, DEGRADED, true),
            (Show::All, DEGRADED, HEALTHY, true),
            (Show::Failures, DEGRADED, HEALTHY, false),
            (Show::Recoveries, DEGRADED, HEALTHY, true),
        ];
        for (show, before, now, shown) in rows {
            let expected: &[&str] = if shown { &["desktop", "ops"] } else { &["ops"] };
            assert_eq!(sent(show, before, now), expected, "{show:?} {now}");
        }
    }

    #[test]
    fn a_template_that_fails_is_due_again() {
        let mut memory = Memory::default();
        step(RULES, &mut memory, HEALTHY);
        let broken = RULES.replace("{{.app.metadata.name}}", "{{index .app.none 7}}");
        assert_eq!(step(&broken, &mut memory, DEGRADED), (0, 0));
        assert_eq!(step(RULES, &mut memory, DEGRADED).0, 1);
    }
}
