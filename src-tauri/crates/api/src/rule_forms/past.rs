//! A trigger, as it is typed, on what applications looked like in the last week: what it would have sent.
//!
//! Looks at every kept state, off the threads that answer the window, for a few seconds at most; a newer question ends
//! an older one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinghy_engine::unpack_state;
use dinghy_model::{Lang, Problem};
use dinghy_rules::{Catalog, Replay, Replayed, Subject, not_kept};
use dinghy_store::Store;

use crate::wire::{ApiError, PastDay, PastSend, PastView, TriggerForm};
use crate::{Api, now_ms, words};

/// So far back.
const DAYS: i64 = 7;
const DAY_MS: i64 = 24 * 3_600_000;
/// Rows in an answer.
const MAX_ROWS: usize = 200;
/// States that are read at once: the engine waits for the database meanwhile.
const PAGE: u32 = 200;
/// Longer nobody waits; what was not reached is said to be missing.
const PATIENCE: Duration = Duration::from_secs(8);

impl Api {
    /// What a trigger, `services` subscribed to it, would have sent over the last seven days. `zone_minutes`: how far
    /// local time is ahead of UTC.
    pub async fn trigger_past(
        &self,
        form: &TriggerForm,
        services: &[String],
        zone_minutes: i32,
    ) -> Result<PastView, ApiError> {
        let question = self.past_questions.next();
        let questions = self.past_questions.clone();
        let (name, _, catalog) = self.drafted(form, services)?;
        let (en, zh) = ("The trigger has mistakes.", "触发器有错误。");
        let missing = not_kept(&catalog, &name).ok_or_else(|| self.form_error("trigger", en, zh))?;
        let now_ms = now_ms();
        let mut view = PastView::empty(now_ms, i64::from(zone_minutes) * 60_000);
        if !missing.is_empty() {
            view.missing = missing;
            return Ok(view);
        }
        let (store, lang) = (self.store.clone(), self.lang());
        let work = move || {
            let until = Instant::now() + PATIENCE;
            let goes_on = || questions.is_latest(question) && Instant::now() < until;
            let found = replay(&store, catalog, &name, &mut view, now_ms, &goes_on)?;
            view.overtaken = !questions.is_latest(question);
            view.take(found, i64::from(zone_minutes) * 60_000, lang);
            Ok(view)
        };
        // Fails only if the work panicked, which rules do not.
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| Err(Problem::Other { detail: error.to_string() }))
            .map_err(|problem| self.error(&problem))
    }
}

fn replay(
    store: &Arc<Store>,
    catalog: Catalog,
    trigger: &str,
    view: &mut PastView,
    now_ms: i64,
    goes_on: &dyn Fn() -> bool,
) -> Result<Replayed, Problem> {
    let Some(mut replay) = Replay::new(catalog, trigger, now_ms - DAYS * DAY_MS) else {
        return Ok(Replayed::default());
    };
    view.imagined = replay.is_imagined();
    let mut apps = BTreeSet::new();
    let mut after = 0;
    'pages: loop {
        let page = store.past_states(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for kept in page {
            if !goes_on() {
                view.cut = true;
                break 'pages;
            }
            let subject = unpack_state(&kept.state.packed).and_then(|json| Subject::parse(&json, None).ok());
            let Some(subject) = subject else { continue };
            let at_ms = kept.state.at_ms.max(now_ms - DAYS * DAY_MS);
            view.from_ms = Some(view.from_ms.map_or(at_ms, |from| from.min(at_ms)));
            view.states += 1;
            replay.state(&kept.app, kept.state.at_ms, subject);
            apps.insert(kept.app);
        }
    }
    view.apps = apps.len();
    let (found, is_whole) = replay.finish(now_ms, goes_on);
    view.cut |= !is_whole;
    Ok(found)
}

impl PastView {
    /// Seven days and nothing in them. Times are of UTC; `zone_ms` brings them to local days.
    fn empty(now_ms: i64, zone_ms: i64) -> Self {
        let today = (now_ms + zone_ms).div_euclid(DAY_MS);
        let day = |back: i64| PastDay { at_ms: (today - back) * DAY_MS - zone_ms, messages: 0 };
        Self { days: (0..DAYS).rev().map(day).collect(), ..Self::default() }
    }

    /// Counts what was found.
    fn take(&mut self, found: Replayed, zone_ms: i64, lang: Lang) {
        let mut sent = found.sent;
        sent.sort_by_key(|one| std::cmp::Reverse(one.at_ms));
        for one in &sent {
            // Where nobody is subscribed one message is imagined.
            let messages = one.to.len().max(1);
            self.messages += messages;
            let day = (one.at_ms + zone_ms).div_euclid(DAY_MS) * DAY_MS - zone_ms;
            // The first hours of the seven times 24 belong to the day before the first one shown.
            let of_day = self.days.iter().position(|known| known.at_ms == day).unwrap_or(0);
            if let Some(known) = self.days.get_mut(of_day) {
                known.messages += messages;
            }
        }
        self.held_by_once = found.held_by_once;
        self.held_by_for = found.held_by_for;
        self.failed = found.failed;
        self.failure = words::diagnosed(&found.failure, lang).into_owned();
        self.rows = sent
            .into_iter()
            .take(MAX_ROWS)
            .map(|one| PastSend {
                at_ms: one.at_ms,
                app: one.app,
                condition: one.condition_index,
                to: one.to.into_iter().map(|to| to.service).collect(),
                resolved: one.resolved,
                once_per: one.once_per,
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::AppId;
    use dinghy_rules::{Destination, Sent};

    use super::*;

    #[test]
    fn days_are_local() {
        const HOUR: i64 = 3_600_000;
        // 2024-03-05T14:13:20Z is 22:13:20 in Shanghai.
        let now = 1_709_648_000_000;
        let sent = |hours_ago: i64, to: usize| Sent {
            at_ms: now - hours_ago * HOUR,
            app: AppId { server: "s".into(), namespace: "n".into(), name: "a".into() },
            condition_index: 0,
            to: vec![Destination { service: "ops".into(), recipient: String::new() }; to],
            resolved: false,
            once_per: None,
        };
        let mut view = PastView::empty(now, 8 * HOUR);
        let all = vec![sent(167, 1), sent(24, 2), sent(22, 0), sent(1, 1)];
        view.take(Replayed { sent: all, ..Replayed::default() }, 8 * HOUR, Lang::En);
        assert_eq!(view.messages, 5);
        let counts: Vec<usize> = view.days.iter().map(|day| day.messages).collect();
        assert_eq!(counts, [1, 0, 0, 0, 0, 2, 2]);
        assert_eq!(view.days[6].at_ms, now - 22 * HOUR - (13 * 60 + 20) * 1000);
        let order: Vec<i64> = view.rows.iter().map(|row| (now - row.at_ms) / HOUR).collect();
        assert_eq!(order, [1, 22, 24, 167]);
    }
}
