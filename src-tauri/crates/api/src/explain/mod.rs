//! Why a trigger would or would not send for an application, step by step: with the rules in force, what is
//! remembered of the application, the message, the queue and the log.

mod fate;
mod notes;
mod rules_of_app;

use std::collections::BTreeSet;
use std::sync::Arc;

use dinghy_engine::InForce;
use dinghy_model::{AppId, Event, Lang, Memory, Payload, Problem};
use dinghy_rules::{
    Catalog, Decided, Decision, Delivery, Explained, Explanation, Intent, Options, Origin, Secrets, Subject,
    explain, render,
};
use dinghy_store::EventQuery;

use crate::rule_forms::is_robot;
use crate::wire::{
    ApiError, EventRow, ExplainCondition, ExplainDestination, ExplainPart, ExplainSubscription, ExplainView,
    TriggerForm, TryOn,
};
use crate::words::{Reasons, found_word, origin_word};
use crate::{Api, now_ms, words};

pub(crate) use fate::{Fate, fate};

/// So many of the newest lines of the log are shown.
const EVENTS: usize = 5;
/// So many of an application's newest lines are looked through for what became of a message.
const LOOKED_THROUGH: u32 = 500;

/// Writes a time (Unix ms) as people where the shell runs read it.
pub type LocalTime = fn(i64) -> String;

/// An application that is asked about, and what it is judged with.
struct Asked {
    catalog: Arc<Catalog>,
    subject: Subject,
    /// None: one from a file. Nothing is remembered of it then, and first contact is over.
    id: Option<AppId>,
    memory: Memory,
    options: Options,
    page: String,
    /// What the log says of it, newest first.
    events: Vec<Event>,
    /// The user muted it.
    muted: bool,
    /// Destinations that the user switched off.
    off: BTreeSet<String>,
}

impl Api {
    /// Explains a trigger on a known application.
    pub async fn explain(&self, trigger: &str, id: &AppId, time: LocalTime) -> Result<ExplainView, ApiError> {
        let asked = self.asked(id, self.engine.in_force()).await?;
        self.explained(trigger, asked, time).await
    }

    /// Explains a trigger on an application from a file.
    pub async fn explain_file(
        &self,
        trigger: &str,
        json: &str,
        time: LocalTime,
    ) -> Result<ExplainView, ApiError> {
        let asked = Asked {
            catalog: self.engine.in_force().catalog,
            subject: Subject::parse(json, None).map_err(|problem| self.error(&problem))?,
            id: None,
            memory: Memory { known: true, ..Memory::default() },
            options: Options::default(),
            page: String::new(),
            events: Vec::new(),
            muted: false,
            off: self.store.switched_off().map_err(|problem| self.error(&problem))?,
        };
        self.explained(trigger, asked, time).await
    }

    /// Explains a trigger as it is typed, `services` subscribed to it, on the chosen application. A trigger that is not
    /// saved yet is explained as it would be judged right after it was.
    pub async fn trigger_explain(
        &self,
        form: &TriggerForm,
        services: &[String],
        on: &TryOn,
        time: LocalTime,
    ) -> Result<ExplainView, ApiError> {
        let Some(id) = &on.app else {
            return Err(self.form_error("app", "Choose an application.", "请选择应用。"));
        };
        let (name, text, catalog) = self.drafted(form, services)?;
        let in_force = self.engine.in_force();
        let in_force = match text == self.rules_text()? {
            true => in_force,
            false => InForce { catalog: Arc::new(catalog), ..in_force },
        };
        let asked = self.asked(id, in_force).await?;
        self.explained(&name, asked, time).await
    }

    async fn asked(&self, id: &AppId, in_force: InForce) -> Result<Asked, ApiError> {
        let said = |problem| self.error(&problem);
        let case = self.case(id).await?;
        let memory = self.store.memory(id).map_err(said)?;
        let query = EventQuery { app: Some(id.clone()), limit: LOOKED_THROUGH, ..EventQuery::default() };
        Ok(Asked {
            subject: case.subject().map_err(said)?,
            options: in_force.options(&memory),
            catalog: in_force.catalog,
            page: self.app_url(id).unwrap_or_default(),
            events: self.store.events(&query).map_err(said)?,
            muted: self.store.mutes().map_err(said)?.get(id).is_some_and(|mute| mute.holds(now_ms())),
            off: self.store.switched_off().map_err(said)?,
            id: Some(id.clone()),
            memory,
        })
    }

    async fn explained(&self, trigger: &str, asked: Asked, time: LocalTime) -> Result<ExplainView, ApiError> {
        let lang = self.lang();
        let run = |subject: &Subject| {
            let found = asked.explanation(trigger, subject)?;
            // Templates ask the server too.
            for decided in &found.decisions {
                if let Decision::Send(intent) = &decided.decision {
                    drop(message(&asked, subject, intent, lang));
                }
            }
            Some((found, subject.clone()))
        };
        let (found, subject) = self
            .informed(asked.id.as_ref(), &asked.subject, run)
            .await
            .ok_or_else(|| self.form_error("trigger", "There is no such trigger.", "没有这个触发器。"))?;
        let asked = &Asked { subject, ..asked };
        let reasons = Reasons { lang: self.lang(), time };
        let Explanation { is_fresh, conditions, subscriptions, decisions } = found;
        let destinations: Vec<ExplainDestination> = decisions
            .iter()
            .map(|one| self.destination(asked, trigger, one, &conditions, &reasons))
            .collect();
        let seen = |index| {
            decisions.iter().any(|one| {
                one.condition_index == index && matches!(one.decision, Decision::AlreadySent { .. })
            })
        };
        let mut queue = self.queue()?;
        queue.retain(|row| row.trigger == trigger && row.app.is_some() && row.app == asked.id);
        Ok(ExplainView {
            trigger: trigger.to_owned(),
            app: asked.id.clone(),
            sends: destinations.iter().any(|to| to.sends),
            is_fresh,
            notes: self.circumstances(asked.id.as_ref(), &destinations, &reasons),
            conditions: conditions
                .iter()
                .map(|one| self.condition(one, seen(one.result.index), &reasons))
                .collect(),
            subscriptions: subscriptions
                .iter()
                .map(|one| ExplainSubscription {
                    place: origin_word(one, self.lang()),
                    to: one.recipients.iter().map(|to| name(&to.service, &to.recipient)).collect(),
                    counts: one.found == dinghy_rules::Match::Yes,
                    why: found_word(&one.found, self.lang()),
                })
                .collect(),
            destinations,
            queue,
            events: self.last_events(asked, trigger),
        })
    }

    fn destination(
        &self,
        asked: &Asked,
        trigger: &str,
        decided: &Decided,
        conditions: &[Explained],
        reasons: &Reasons,
    ) -> ExplainDestination {
        let held = asked.held(decided);
        let (sends, message) = match &decided.decision {
            Decision::Send(intent) => (held.is_none(), message(asked, &asked.subject, intent, self.lang())),
            _ => (false, Ok(String::new())),
        };
        let (message, problem) = match message {
            Ok(text) => (text, None),
            Err(problem) => (String::new(), Some(words::view(&problem, self.lang()))),
        };
        let fate = asked.fate_of(trigger, decided);
        let mut of_condition = conditions.iter().filter(|one| one.result.index == decided.condition_index);
        let once = of_condition.any(|one| one.result.once_per.is_some());
        let (tone, word) = reasons.standing(&decided.decision, fate, held);
        ExplainDestination {
            condition: decided.condition_index,
            to: name(&decided.destination.service, &decided.destination.recipient),
            by_annotation: decided.origin != Origin::Manifest,
            sends: sends && problem.is_none(),
            tone,
            word,
            why: reasons.why(&decided.decision, fate, held, once),
            message,
            problem,
        }
    }

    fn condition(&self, explained: &Explained, seen: bool, reasons: &Reasons) -> ExplainCondition {
        let Explained { result, parts, skipped, lasts } = explained;
        let words_of = |problem| words::sentence(problem, self.lang()).what;
        let part = |part: &dinghy_rules::Part| {
            let (value, failed) = match &part.value {
                Ok(value) => (value.clone(), false),
                Err(error) => (words::diagnosed(error, self.lang()).into_owned(), true),
            };
            ExplainPart { text: part.text.clone(), rounds: part.rounds.clone(), value, failed }
        };
        ExplainCondition {
            index: result.index,
            when: result.when.clone(),
            triggered: result.triggered(),
            failed: result.result.is_err(),
            value: match &result.result {
                Ok(value) => value.to_string(),
                Err(problem) => words_of(problem),
            },
            parts: parts.iter().map(part).collect(),
            skipped: skipped.clone(),
            once_per: result.once_per.clone(),
            once_seen: seen,
            once_per_problem: result.once_per_problem.as_ref().map(words_of),
            since: lasts.map(|(since_ms, _)| (reasons.time)(since_ms)),
            templates: result.templates.clone(),
        }
    }

    /// What the log says last of the trigger and the application.
    fn last_events(&self, asked: &Asked, trigger: &str) -> Vec<EventRow> {
        let events = asked.events.iter().filter(|event| event.trigger == trigger);
        events.take(EVENTS).map(|event| self.event_row(event.clone())).collect()
    }
}

impl Asked {
    /// The trigger on the application. None: there is no such trigger.
    fn explanation(&self, trigger: &str, subject: &Subject) -> Option<Explanation> {
        explain(&self.catalog, &self.memory, subject, trigger, now_ms(), self.options)
    }

    /// Why the user does not want what the rules would send, in the event log's word.
    fn held(&self, decided: &Decided) -> Option<&'static str> {
        match decided.decision {
            Decision::Send(_) if self.muted => Some("muted"),
            Decision::Send(_) if self.off.contains(&decided.destination.service) => Some("switched_off"),
            _ => None,
        }
    }

    /// What became of what was due before.
    fn fate_of(&self, trigger: &str, decided: &Decided) -> Option<Fate> {
        match decided.decision {
            Decision::AlreadySent { at_ms } => {
                fate(&self.events, trigger, &decided.destination.service, at_ms)
            }
            _ => None,
        }
    }
}

/// What would be sent, with `***` in place of secrets.
fn message(asked: &Asked, subject: &Subject, intent: &Intent, lang: Lang) -> Result<String, Problem> {
    let Asked { catalog, page, .. } = asked;
    let robot = is_robot(catalog, &intent.service);
    let made = render(catalog, subject, Delivery::of(intent, robot, page, lang), &Secrets::Masked, now_ms())?;
    Ok(text(&made.payload))
}

fn name(service: &str, recipient: &str) -> String {
    if recipient.is_empty() { service.to_owned() } else { format!("{service}:{recipient}") }
}

/// All that a payload says: the words of a notification, or the body of a request.
fn text(payload: &Payload) -> String {
    let json = serde_json::to_value(payload).unwrap_or_default();
    let fields = json.as_object().and_then(|outer| outer.values().next());
    let field = |name: &str| fields.and_then(|fields| fields.get(name)).and_then(serde_json::Value::as_str);
    let words: Vec<&str> = ["title", "text", "body"].into_iter().filter_map(field).collect();
    words.join("\n")
}
