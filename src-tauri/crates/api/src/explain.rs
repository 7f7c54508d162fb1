//! Why a trigger would or would not send for an application, step by step: with the rules in force, what is
//! remembered of the application, the message, the queue and the log.

use dinghy_engine::check;
use dinghy_model::{AppId, Memory, Payload, ServiceKind};
use dinghy_rules::{
    Decided, Decision, Delivery, Explained, Explanation, Intent, Origin, Secrets, Subject, explain, render,
};
use dinghy_store::EventQuery;

use crate::wire::{
    ApiError, EventRow, ExplainCondition, ExplainDestination, ExplainPart, ExplainSubscription, ExplainView,
    QueueRow,
};
use crate::words::{Reasons, found_word, origin_word};
use crate::{Api, now_ms, words};

/// So many of the newest lines of the log are shown.
const EVENTS: u32 = 5;

/// The application that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct ExplainApp<'a> {
    /// None: one from a file. Nothing is remembered of it then, and first contact is over.
    pub id: Option<&'a AppId>,
    /// Its text.
    pub json: &'a str,
    /// Its page.
    pub page: &'a str,
}

impl Api {
    /// Explains a trigger on an application. `time` writes a time (Unix ms) as people read it.
    pub async fn explain(
        &self,
        trigger: &str,
        app: ExplainApp<'_>,
        time: &(dyn Fn(i64) -> String + Sync),
    ) -> Result<ExplainView, ApiError> {
        let in_force = self.engine.in_force();
        let catalog = &in_force.catalog;
        let subject = Subject::parse(app.json, None).map_err(|problem| self.error(&problem))?;
        let (memory, options) = match app.id {
            Some(id) => {
                let memory = self.store.memory(id).map_err(|problem| self.error(&problem))?;
                let options = in_force.options(&memory);
                (memory, options)
            }
            None => (Memory { known: true, ..Memory::default() }, dinghy_rules::Options::default()),
        };
        let run = |subject: &Subject| {
            let found = explain(catalog, &memory, subject, trigger, now_ms(), options)?;
            // Templates ask too.
            for decided in &found.decisions {
                if let Decision::Send(intent) = &decided.decision {
                    drop(self.message(catalog, subject, intent, app.page));
                }
            }
            Some((found, subject.clone()))
        };
        let (found, subject) = self
            .informed(app.id, &subject, run)
            .await
            .ok_or_else(|| self.form_error("trigger", "There is no such trigger.", "没有这个触发器。"))?;
        let reasons = Reasons { lang: self.lang(), time };
        let Explanation { is_fresh, conditions, subscriptions, decisions } = found;
        let muted = self.is_muted(app.id)?;
        let off = self.store.switched_off().map_err(|problem| self.error(&problem))?;
        let destination = |decided: &Decided| {
            let is_off = || off.contains(&decided.destination.service).then_some("switched_off");
            let held = muted.then_some("muted").or_else(is_off);
            let (sends, message) = match &decided.decision {
                Decision::Send(intent) => (held.is_none(), self.message(catalog, &subject, intent, app.page)),
                _ => (false, Ok(String::new())),
            };
            let why = match (&decided.decision, held) {
                (Decision::Send(_), Some(reason)) => words::suppressed(reason, self.lang()).to_owned(),
                _ => reasons.word(&decided.decision),
            };
            let (message, problem) = match message {
                Ok(text) => (text, None),
                Err(problem) => (String::new(), Some(words::view(&problem, self.lang()))),
            };
            ExplainDestination {
                condition: decided.condition_index,
                to: name(&decided.destination.service, &decided.destination.recipient),
                by_annotation: decided.origin != Origin::Manifest,
                sends: sends && problem.is_none(),
                why,
                message,
                problem,
            }
        };
        let destinations: Vec<ExplainDestination> = decisions.iter().map(destination).collect();
        let (queue, events) = self.traces(trigger, app.id)?;
        Ok(ExplainView {
            trigger: trigger.to_owned(),
            app: app.id.cloned(),
            sends: destinations.iter().any(|to| to.sends),
            is_fresh,
            conditions: conditions.iter().map(|one| self.condition(one, &reasons)).collect(),
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
            events,
        })
    }

    fn is_muted(&self, app: Option<&AppId>) -> Result<bool, ApiError> {
        let Some(app) = app else { return Ok(false) };
        let mutes = self.store.mutes().map_err(|problem| self.error(&problem))?;
        Ok(mutes.get(app).is_some_and(|mute| mute.holds(now_ms())))
    }

    fn condition(&self, explained: &Explained, reasons: &Reasons<'_>) -> ExplainCondition {
        let Explained { result, parts, skipped, lasts } = explained;
        let words_of = |problem| words::sentence(problem, self.lang()).what;
        let part = |part: &dinghy_rules::Part| {
            let (value, failed) = match &part.value {
                Ok(value) => (value.clone(), false),
                Err(error) => (error.clone(), true),
            };
            ExplainPart { text: part.text.clone(), rounds: part.rounds.clone(), value, failed }
        };
        ExplainCondition {
            index: result.index,
            when: result.when.clone(),
            triggered: result.triggered(),
            value: match &result.result {
                Ok(value) => value.to_string(),
                Err(problem) => words_of(problem),
            },
            parts: parts.iter().map(part).collect(),
            skipped: skipped.clone(),
            once_per: result.once_per.clone(),
            once_per_problem: result.once_per_problem.as_ref().map(words_of),
            since: lasts.map(|(since_ms, _)| (reasons.time)(since_ms)),
            templates: result.templates.clone(),
        }
    }

    fn message(
        &self,
        catalog: &dinghy_rules::Catalog,
        subject: &Subject,
        intent: &Intent,
        page: &str,
    ) -> Result<String, dinghy_model::Problem> {
        let robot = match catalog.services().get(&intent.service).map(|service| &service.kind) {
            Some(ServiceKind::Webhook(options)) => check::may_be_robot(options),
            _ => false,
        };
        let made = render(catalog, subject, Delivery::of(intent, robot, page), &Secrets::Masked, now_ms())?;
        Ok(text(&made.payload))
    }

    /// What waits, and what the log says last.
    fn traces(&self, trigger: &str, app: Option<&AppId>) -> Result<(Vec<QueueRow>, Vec<EventRow>), ApiError> {
        let Some(app) = app else { return Ok((Vec::new(), Vec::new())) };
        let mut queue = self.queue()?;
        queue.retain(|row| row.trigger == trigger && row.app.as_ref() == Some(app));
        let query = EventQuery {
            app: Some(app.clone()),
            text: trigger.to_owned(),
            limit: EVENTS,
            ..EventQuery::default()
        };
        let events = self.store.events(&query).map_err(|problem| self.error(&problem))?;
        let events = events.into_iter().filter(|event| event.trigger == trigger);
        Ok((queue, events.map(|event| self.event_row(event)).collect()))
    }
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
