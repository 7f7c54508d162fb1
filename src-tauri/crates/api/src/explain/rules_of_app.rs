//! Every trigger on one application, in a line each: whether it holds now, and what became of it.

use dinghy_model::{AppId, Event, EventKind};
use dinghy_rules::Decided;

use super::{Asked, LocalTime};
use crate::wire::{ApiError, AppRules, RuleStanding, Tone};
use crate::words::{Reasons, event_words};
use crate::{Api, words};

impl Api {
    /// What the rules in force say of a known application: what holds first, then what fails, then the rest.
    pub async fn app_rules(&self, id: &AppId, time: LocalTime) -> Result<AppRules, ApiError> {
        let asked = self.asked(id, self.engine.in_force()).await?;
        let reasons = Reasons { lang: self.lang(), time };
        let names: Vec<&String> = asked.catalog.triggers().keys().collect();
        let mut rules: Vec<RuleStanding> =
            names.into_iter().filter_map(|trigger| self.standing(&asked, trigger, &reasons)).collect();
        rules.sort_by_key(|rule| (!rule.holds, rule.tone != Tone::Bad));
        Ok(AppRules { notes: self.circumstances(Some(id), &[], &reasons), rules })
    }

    fn standing(&self, asked: &Asked, trigger: &str, reasons: &Reasons) -> Option<RuleStanding> {
        let found = asked.explanation(trigger, &asked.subject)?;
        let conditions = &asked.catalog.triggers().get(trigger)?.conditions;
        let described = conditions.iter().map(|one| one.description.as_str()).find(|text| !text.is_empty());
        let holds = found.conditions.iter().any(|one| one.result.triggered());
        let failure = found.conditions.iter().find_map(|one| one.result.result.as_ref().err());
        let (tone, text, detail) = if !found.is_fresh {
            (Tone::Wait, reasons.waits_for_refresh(), String::new())
        } else if holds {
            self.worst(asked, trigger, &found.decisions, reasons)
                .unwrap_or_else(|| (Tone::Hold, reasons.nobody(), String::new()))
        } else if let Some(problem) = failure {
            (Tone::Bad, reasons.fails(), words::sentence(problem, self.lang()).what)
        } else {
            (Tone::Info, reasons.does_not_hold(), self.last_time(&asked.events, trigger, reasons))
        };
        Some(RuleStanding {
            trigger: trigger.to_owned(),
            description: described
                .or(conditions.first().map(|one| one.when()))
                .unwrap_or_default()
                .to_owned(),
            holds,
            tone,
            text,
            detail,
        })
    }

    /// Of what was decided for several destinations, that which wants a look first.
    fn worst(
        &self,
        asked: &Asked,
        trigger: &str,
        decisions: &[Decided],
        reasons: &Reasons,
    ) -> Option<(Tone, String, String)> {
        let order = |tone| match tone {
            Tone::Bad => 0,
            Tone::Wait => 1,
            Tone::Ok => 2,
            Tone::Hold => 3,
            Tone::Info => 4,
        };
        let standing = |decided: &Decided| {
            let fate = asked.fate_of(trigger, decided);
            let (tone, word) = reasons.standing(&decided.decision, fate, asked.held(decided));
            let to = super::name(&decided.destination.service, &decided.destination.recipient);
            (tone, word, reasons.at(&decided.decision, fate, &to))
        };
        decisions.iter().map(standing).min_by_key(|(tone, ..)| order(*tone))
    }

    /// What the log says last of it: `Sent 09:51`.
    fn last_time(&self, events: &[Event], trigger: &str, reasons: &Reasons) -> String {
        let about =
            |event: &&Event| event.trigger == trigger && !matches!(event.kind, EventKind::Queued { .. });
        let Some(last) = events.iter().find(about) else { return String::new() };
        let (text, ..) = event_words(last, self.lang());
        reasons.last(&text, last.at_ms)
    }
}
