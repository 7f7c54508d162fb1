//! The overview: counts by server and project, the timeline of the event log, and what needs attention with its cause.

use std::collections::{BTreeMap, HashSet};

use dinghy_model::{
    AppId, AppSummary, Health, Mute, OperationPhase, ServerStatus, Severity, Status, SyncStatus,
};
use dinghy_store::Change;

use crate::apps::order;
use crate::inspect::{cause, details};
use crate::wire::{ApiError, AppDetails, AttentionRow, Bar, OverviewView, Period, Tally};
use crate::{Api, is_stale, now_ms};

const HOUR_MS: i64 = 3_600_000;
/// Applications that need attention and are told with their cause, at most.
const ATTENTION: usize = 50;

impl Api {
    /// The overview. `zone_minutes`: how far local time is ahead of UTC, so that bars begin at whole local hours.
    pub async fn overview(&self, period: Period, zone_minutes: i32) -> Result<OverviewView, ApiError> {
        let status = self.engine.status().borrow().clone();
        let stretch = Stretch::new(period, now_ms(), zone_minutes);
        let changes = self.store.changes(stretch.since_ms).map_err(|problem| self.error(&problem))?;
        let (attention, attention_total) =
            self.rows(&status, |app| status.severity(app) == Some(Severity::Attention)).await;
        let (muted, muted_total) = self.rows(&status, |app| status.severity(app).is_none()).await;
        let mut projects: BTreeMap<&str, Tally> = BTreeMap::new();
        let mut all = Tally::default();
        for app in status.servers.iter().flat_map(|server| server.apps.iter()) {
            projects.entry(&app.project).or_default().add(app);
            all.add(app);
        }
        Ok(OverviewView {
            servers: status.servers.iter().map(server_tally).collect(),
            projects: projects
                .into_iter()
                .map(|(name, tally)| Tally { name: name.to_owned(), ..tally })
                .collect(),
            all,
            bars: stretch.bars(&changes),
            bar_ms: stretch.bar_ms,
            attention,
            attention_total,
            muted,
            muted_total,
        })
    }

    /// The first of the applications that are meant, worst first, each with its cause; and how many there are.
    async fn rows(&self, status: &Status, meant: impl Fn(&AppSummary) -> bool) -> (Vec<AttentionRow>, usize) {
        let mut worst: Vec<(&ServerStatus, &AppSummary)> = status
            .servers
            .iter()
            .flat_map(|server| server.apps.iter().map(move |app| (server, &**app)))
            .filter(|(_, app)| meant(app))
            .collect();
        // What is old may have been mended long ago.
        worst.sort_by(|(a_server, a), (b_server, b)| {
            (is_stale(a_server), order(a)).cmp(&(is_stale(b_server), order(b)))
        });
        let total = worst.len();
        let mut rows = Vec::new();
        for (server, app) in worst.into_iter().take(ATTENTION) {
            let known = self.app_json(&app.id).await.ok().and_then(|json| details(&json));
            let muted = status.mutes.get(&app.id);
            rows.push(attention_row(app, is_stale(server), muted, known.as_ref()));
        }
        (rows, total)
    }

    /// What is known of an application beyond its row. Empty if it is not there any more.
    pub async fn app_details(&self, id: &AppId) -> AppDetails {
        self.app_json(id).await.ok().and_then(|json| details(&json)).unwrap_or_default()
    }
}

fn server_tally(server: &ServerStatus) -> Tally {
    let mut tally = Tally { name: server.name.0.clone(), stale: is_stale(server), ..Tally::default() };
    for app in server.apps.iter() {
        tally.add(app);
    }
    tally
}

impl Tally {
    fn add(&mut self, app: &AppSummary) {
        self.total += 1;
        *match app.health {
            Health::Healthy => &mut self.healthy,
            Health::Progressing => &mut self.progressing,
            Health::Degraded => &mut self.degraded,
            Health::Suspended => &mut self.suspended,
            Health::Missing => &mut self.missing,
            Health::Unknown => &mut self.unknown,
        } += 1;
        *match app.sync {
            SyncStatus::Synced => &mut self.synced,
            SyncStatus::OutOfSync => &mut self.out_of_sync,
            SyncStatus::Unknown => &mut self.sync_unknown,
        } += 1;
    }
}

/// Why an application needs attention: a sync that failed first, for it is the later news; then its health.
fn attention_row(
    app: &AppSummary,
    stale: bool,
    muted: Option<Mute>,
    known: Option<&AppDetails>,
) -> AttentionRow {
    let failed = app
        .operation
        .as_ref()
        .filter(|operation| matches!(operation.phase, OperationPhase::Failed | OperationPhase::Error));
    let found = known.and_then(|known| cause(known, failed.is_some()));
    let said = match failed {
        Some(operation) => operation.message.clone(),
        None if app.health_message.is_empty() => app.condition.clone(),
        None => app.health_message.clone(),
    };
    let (subject, message) = match found {
        Some((subject, message)) if message.is_empty() => (subject, said),
        Some(found) => found,
        None => (String::new(), said),
    };
    let since = match failed {
        Some(operation) if !operation.finished_at.is_empty() => operation.finished_at.clone(),
        _ => app.health_since.clone(),
    };
    AttentionRow {
        id: app.id.clone(),
        project: app.project.clone(),
        health: app.health,
        sync: app.sync,
        phase: failed.map(|operation| operation.phase),
        since,
        subject,
        message,
        stale,
        muted,
    }
}

/// The time that is looked at, cut into bars.
struct Stretch {
    since_ms: i64,
    bar_ms: i64,
    bars: usize,
}

impl Stretch {
    fn new(period: Period, now_ms: i64, zone_minutes: i32) -> Self {
        let (bar_ms, bars) = match period {
            Period::Day => (HOUR_MS, 24),
            Period::Week => (6 * HOUR_MS, 28),
        };
        let zone_ms = i64::from(zone_minutes) * 60_000;
        let current = (now_ms + zone_ms).div_euclid(bar_ms) * bar_ms - zone_ms;
        Self { since_ms: current - (bars - 1) * bar_ms, bar_ms, bars: bars.unsigned_abs() as usize }
    }

    /// What happened in each bar, from changes in the order of time.
    fn bars(&self, changes: &[Change]) -> Vec<Bar> {
        let mut at_ms = self.since_ms - self.bar_ms;
        let mut bars: Vec<Bar> = std::iter::repeat_with(|| {
            at_ms += self.bar_ms;
            Bar { at_ms, ..Bar::default() }
        })
        .take(self.bars)
        .collect();
        // Those that broke and did not recover yet; on its way to Healthy an application mostly is Progressing for a while.
        let mut sick: HashSet<&AppId> = HashSet::new();
        for change in changes {
            // A clock that was put back leaves events of the future.
            let bar = usize::try_from((change.at_ms - self.since_ms) / self.bar_ms);
            let Some(bar) = bar.ok().and_then(|bar| bars.get_mut(bar)) else { continue };
            if bar.add(&change.from, &change.to, sick.contains(&change.app)) {
                sick.insert(&change.app);
            } else {
                sick.remove(&change.app);
            }
        }
        bars
    }
}

impl Bar {
    /// Counts a change, which may be several things: a sync that succeeded and a recovery. `was_sick`: it had broken
    /// before and not recovered. Gives whether it is now.
    fn add(&mut self, from: &str, to: &str, was_sick: bool) -> bool {
        let word = |text: &str, words: &[&str]| text.split(", ").any(|part| words.contains(&part));
        let sick = [Health::Degraded.word(), Health::Missing.word()];
        let was_sick = was_sick || word(from, &sick);
        let (is_sick, is_well) = (word(to, &sick), word(to, &[Health::Healthy.word()]));
        let counted = [
            (&mut self.synced, word(to, &[OperationPhase::Succeeded.word()])),
            (&mut self.failed, word(to, &[OperationPhase::Failed.word(), OperationPhase::Error.word()])),
            (&mut self.broke, is_sick && !was_sick),
            (&mut self.recovered, is_well && was_sick),
        ];
        for (count, applies) in counted {
            *count += u32::from(applies);
        }
        !is_well && (is_sick || was_sick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_begin_at_whole_local_hours_and_the_last_one_is_now() {
        let now = 1_700_000_000_000; // 2023-11-14T22:13:20Z
        let day = Stretch::new(Period::Day, now, 0);
        assert_eq!((day.since_ms, day.bars), (1_699_916_400_000, 24));
        for zone in [0, 480, 330, -570] {
            for period in [Period::Day, Period::Week] {
                let stretch = Stretch::new(period, now, zone);
                let bars = stretch.bars(&[]);
                let last = bars.last().expect("bars").at_ms;
                assert!(last <= now && now < last + stretch.bar_ms, "{zone} {period:?}");
                assert_eq!((last + i64::from(zone) * 60_000) % stretch.bar_ms, 0, "{zone} {period:?}");
                assert!(bars.is_sorted_by(|a, b| b.at_ms - a.at_ms == stretch.bar_ms));
            }
        }
    }

    #[test]
    fn what_a_change_counts_as() {
        let rows = [
            ("Running", "Succeeded", [1, 0, 0, 0]),
            ("Progressing, Running", "Degraded, Failed", [0, 1, 1, 0]),
            ("Synced, Running", "OutOfSync, Error", [0, 1, 0, 0]),
            ("Degraded, Running", "Healthy, Succeeded", [1, 0, 0, 1]),
            ("Missing", "Degraded", [0, 0, 0, 0]),
            ("Missing", "Progressing", [0, 0, 0, 0]),
            ("Healthy", "Missing", [0, 0, 1, 0]),
            ("OutOfSync", "Synced", [0, 0, 0, 0]),
        ];
        for (from, to, expected) in rows {
            let mut bar = Bar::default();
            bar.add(from, to, false);
            assert_eq!([bar.synced, bar.failed, bar.broke, bar.recovered], expected, "{from} → {to}");
        }
    }

    #[test]
    fn who_broke_recovers_when_healthy_again_whatever_lies_between() {
        let stretch = Stretch { since_ms: 0, bar_ms: 10, bars: 3 };
        let change = |at_ms, name: &str, from: &str, to: &str| Change {
            app: AppId { server: "prod".into(), namespace: String::new(), name: name.to_owned() },
            at_ms,
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let bars = stretch.bars(&[
            change(1, "web", "Healthy", "Degraded"),
            change(2, "api", "Progressing", "Healthy"),
            change(11, "web", "Degraded", "Progressing"),
            change(12, "web", "Progressing, OutOfSync", "Degraded, Synced"),
            change(13, "web", "Synced", "OutOfSync"),
            change(14, "web", "Degraded", "Progressing"),
            change(21, "web", "Progressing, Running", "Healthy, Succeeded"),
            change(22, "web", "Healthy", "Progressing"),
            change(23, "web", "Progressing", "Healthy"),
            change(24, "new", "Missing", "Progressing"),
            change(25, "new", "Progressing", "Healthy"),
            change(99, "web", "Healthy", "Degraded"),
        ]);
        let counts = bars.iter().map(|bar| (bar.broke, bar.recovered));
        assert_eq!(counts.collect::<Vec<_>>(), [(1, 0), (0, 0), (0, 2)]);
    }
}
