//! Who changes when: a play that goes on for ever, the same for the same seed.

use std::collections::BTreeMap;

use dinghy_model::Lang;

use super::catalog::{Role, Start};
use super::dice::Dice;
use super::step::Step;

/// How much happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As on a lively day, for who looks at Dinghy: one act a minute, and trouble lasts for about a minute. A group gets
    /// three messages a minute, the desktop one in a few minutes.
    #[default]
    Calm,
    /// All that can happen within seconds, for who waits for it: a group gets 10 messages a minute and sometimes as many
    /// as DingTalk takes, which is 20.
    Busy,
}

impl Pace {
    /// The acts of the first three players, each with its milliseconds after the start. Something is to be seen soon,
    /// and the desktop's first notification comes when the window has been looked at.
    fn opening(self) -> [(i64, Act); 3] {
        match self {
            Self::Calm => [(2_000, Act::Deploy), (35_000, Act::SyncFails), (20_000, Act::Crash)],
            Self::Busy => [(1_000, Act::Deploy), (2_500, Act::SyncFails), (4_000, Act::Crash)],
        }
    }

    /// Milliseconds until the first act after the opening.
    fn opening_ms(self) -> i64 {
        match self {
            Self::Calm => 75_000,
            Self::Busy => 14_000,
        }
    }

    /// Milliseconds between two acts that begin by themselves: from, up to.
    fn pause_ms(self) -> (i64, i64) {
        match self {
            Self::Calm => (45_000, 75_000),
            Self::Busy => (11_000, 17_000),
        }
    }

    /// How many times as long as when it is busy trouble lasts.
    fn trouble(self) -> i64 {
        match self {
            Self::Calm => 4,
            Self::Busy => 1,
        }
    }
}

/// A change that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// When it was to happen, Unix ms: what the object says, however late it is carried out.
    pub(crate) at_ms: i64,
    /// Index into the cast.
    pub(crate) who: usize,
    pub(crate) step: Step,
}

/// Plans what happens.
#[derive(Debug)]
pub(crate) struct Director {
    dice: Dice,
    pace: Pace,
    /// Of what the controller and those it asks say.
    lang: Lang,
    /// By time, then by the order of planning.
    agenda: BTreeMap<(i64, u64), (usize, Step)>,
    planned: u64,
    /// Who takes part in acts that begin by themselves.
    players: Vec<usize>,
    next_act_ms: i64,
}

impl Director {
    /// The first act begins a few seconds after `start_ms`, and within ten there was a sync that ran and succeeded; when
    /// it is busy also one that failed, and an application that degraded.
    pub(crate) fn new(seed: u64, start_ms: i64, cast: &[Role], pace: Pace, lang: Lang) -> Self {
        let players: Vec<usize> = (0..cast.len()).filter(|&who| cast[who].start == Start::Well).collect();
        let mut director = Self {
            dice: Dice::new(seed),
            pace,
            lang,
            agenda: BTreeMap::new(),
            planned: 0,
            players: players.clone(),
            next_act_ms: start_ms + pace.opening_ms(),
        };
        for (who, role) in cast.iter().enumerate() {
            match role.start {
                Start::Well => {}
                Start::OutOfSync => {
                    let revision = director.dice.revision();
                    director.plan(start_ms, who, Step::Commit(revision));
                }
                Start::Suspended => director.plan(start_ms, who, Step::Suspended),
            }
        }
        for (&who, (after_ms, act)) in players.iter().zip(pace.opening()) {
            director.begin(start_ms + after_ms, who, act);
        }
        director
    }

    /// When something is next due.
    pub(crate) fn next_ms(&self) -> i64 {
        let planned = self.agenda.first_key_value().map_or(i64::MAX, |((at_ms, _), _)| *at_ms);
        planned.min(self.next_act_ms)
    }

    /// The next change due by `now_ms`; call until None.
    pub(crate) fn due(&mut self, now_ms: i64) -> Option<Due> {
        while self.next_ms() <= now_ms {
            let first = self.agenda.first_key_value().map(|((at_ms, _), _)| *at_ms);
            if first.is_some_and(|at_ms| at_ms <= self.next_act_ms) {
                let ((at_ms, _), (who, step)) = self.agenda.pop_first()?;
                return Some(Due { at_ms, who, step });
            }
            self.next_act();
        }
        None
    }

    /// Someone asked for a sync: what was planned for this application is off.
    pub(crate) fn sync_asked(&mut self, now_ms: i64, who: usize, by: &str) {
        self.agenda.retain(|_, (busy, _)| *busy != who);
        let steps = [
            (400, Step::SyncStarted(Some(by.to_owned()))),
            (3_400, Step::SyncSucceeded),
            (6_400, Step::Healthy),
        ];
        steps.into_iter().for_each(|(after_ms, step)| self.plan(now_ms + after_ms, who, step));
    }

    fn next_act(&mut self) {
        let at_ms = self.next_act_ms;
        let (from, to) = self.pace.pause_ms();
        self.next_act_ms += self.dice.between(from, to);
        let idle = |who: &usize| !self.agenda.values().any(|(busy, _)| busy == who);
        let idle: Vec<usize> = self.players.iter().copied().filter(idle).collect();
        if let (Some(&who), Some(&act)) = (self.dice.pick(&idle), self.dice.pick(ACTS)) {
            self.begin(at_ms, who, act);
        }
    }

    fn begin(&mut self, at_ms: i64, who: usize, act: Act) {
        let (dice, trouble) = (&mut self.dice, self.pace.trouble());
        let (fix, reason) = (dice.revision(), *dice.pick(&act.reasons(self.lang)).unwrap_or(&""));
        let mut at = |low, high| dice.between(low, high);
        let steps = match act {
            Act::Deploy => Vec::new(),
            Act::SyncFails => vec![
                (0, Step::Commit(at_revision(&fix, reason))),
                (1_000, Step::SyncStarted(None)),
                (at(3_000, 4_500), Step::SyncFailed(reason)),
            ],
            Act::Crash => vec![
                (at(500, 1_500), Step::Degraded(reason)),
                (trouble * 14_000, Step::Progressing),
                (trouble * 14_000 + at(4_000, 6_000), Step::Healthy),
            ],
            Act::BadRelease => vec![
                (0, Step::Commit(at_revision(&fix, reason))),
                (1_500, Step::SyncStarted(None)),
                (at(4_000, 6_000), Step::SyncSucceeded),
                (at(10_000, 12_000), Step::Degraded(reason)),
            ],
            Act::Unknown => {
                vec![(0, Step::Unknown(reason)), (trouble * at(15_000, 20_000), Step::Compared)]
            }
            Act::Drift => vec![
                (0, Step::Drifted),
                (at(5_000, 7_000), Step::SyncStarted(None)),
                (at(9_000, 11_000), Step::SyncSucceeded),
                (at(13_000, 15_000), Step::Healthy),
            ],
        };
        // Whatever went wrong with a release is mended by the next.
        let repair = match act {
            Act::Deploy => Some(0),
            Act::SyncFails => Some(trouble * 24_000),
            Act::BadRelease => Some(trouble * 30_000),
            Act::Crash | Act::Unknown | Act::Drift => None,
        };
        let repair = repair.map(|from| {
            [
                (from, Step::Commit(fix)),
                (from + 1_000, Step::SyncStarted(None)),
                (from + at(3_500, 5_500), Step::SyncSucceeded),
                (from + at(6_500, 8_000), Step::Healthy),
            ]
        });
        for (after_ms, step) in steps.into_iter().chain(repair.into_iter().flatten()) {
            self.plan(at_ms + after_ms, who, step);
        }
    }

    fn plan(&mut self, at_ms: i64, who: usize, step: Step) {
        self.planned += 1;
        self.agenda.insert((at_ms, self.planned), (who, step));
    }
}

/// The revision that breaks what `fix` mends: another, but as certain.
fn at_revision(fix: &str, reason: &str) -> String {
    Dice::of(&format!("{fix}{reason}")).revision()
}

/// Something that happens to one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// A release that goes well.
    Deploy,
    /// A release whose manifests are refused, then a fix.
    SyncFails,
    /// A release whose pods do not come up, then a fix.
    BadRelease,
    /// Pods fall over and come back.
    Crash,
    /// The repository cannot be read for a while.
    Unknown,
    /// Someone changed the cluster by hand; it is put right.
    Drift,
}

/// How likely each is: once in its share of this list.
const ACTS: &[Act] = &[
    Act::Deploy,
    Act::Deploy,
    Act::Deploy,
    Act::Deploy,
    Act::SyncFails,
    Act::BadRelease,
    Act::Crash,
    Act::Crash,
    Act::Unknown,
    Act::Drift,
];

impl Act {
    /// What the controller says is wrong; `{name}` is the application's. Argo CD and Kubernetes speak English
    /// everywhere; only the words of the company's own policy are in `lang`.
    fn reasons(self, lang: Lang) -> Vec<&'static str> {
        match self {
            Self::Deploy | Self::Drift => vec![],
            Self::SyncFails => vec![
                "Deployment.apps \"{name}\" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: \"2Gi\": must be less than or equal to memory limit of 1Gi",
                lang.pick(
                    "admission webhook \"validate.kyverno.svc-fail\" denied the request: image tag \"latest\" is not allowed in production",
                    "admission webhook \"validate.kyverno.svc-fail\" denied the request: image tag \"latest\" 不允许在生产环境使用",
                ),
                "Ingress.networking.k8s.io \"{name}\" is invalid: spec.rules[0].host: Invalid value: \"API.yunhe.example\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters",
            ],
            Self::BadRelease => vec![
                "Deployment \"{name}\" exceeded its progress deadline",
                "Back-off restarting failed container app in pod {name}-6c9f7d5b8-x2x7k (CrashLoopBackOff)",
                "Failed to pull image \"registry.yunhe.example/{name}:dev\": manifest unknown (ImagePullBackOff)",
            ],
            Self::Crash => vec![
                "container app was OOMKilled (exit code 137), restarted 5 times",
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
            ],
            Self::Unknown => vec![
                "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = failed to list refs: dial tcp: lookup git.yunhe.example on 10.96.0.10:53: no such host",
                "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = `helm template .` failed exit status 1: Error: values don't meet the specifications of the schema(s)",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalog::cast;
    use super::*;

    fn director(seed: u64, pace: Pace) -> Director {
        Director::new(seed, 0, &cast(Lang::En), pace, Lang::En)
    }

    /// Everything that happens in the first `seconds`.
    fn play(seed: u64, pace: Pace, seconds: i64) -> Vec<Due> {
        let mut director = director(seed, pace);
        let mut happened = Vec::new();
        for now_ms in 0..seconds * 10 {
            while let Some(due) = director.due(now_ms * 100) {
                happened.push(due);
            }
        }
        happened
    }

    #[test]
    fn the_same_seed_is_the_same_play() {
        for pace in [Pace::Calm, Pace::Busy] {
            assert_eq!(play(1, pace, 600), play(1, pace, 600));
            assert_ne!(play(1, pace, 600), play(2, pace, 600));
        }
    }

    #[test]
    fn jumping_ahead_skips_nothing() {
        let mut director = director(7, Pace::Calm);
        let mut happened = Vec::new();
        while let Some(due) = director.due(599_900) {
            happened.push(due);
        }
        assert_eq!(happened, play(7, Pace::Calm, 600));
    }

    #[test]
    fn there_is_something_to_see_within_ten_seconds() {
        for pace in [Pace::Calm, Pace::Busy] {
            let early = play(42, pace, 10);
            let saw = |wanted: fn(&Step) -> bool| early.iter().any(|due| wanted(&due.step));
            assert!(saw(|step| matches!(step, Step::SyncStarted(_))));
            assert!(saw(|step| matches!(step, Step::SyncSucceeded)));
            assert!(saw(|step| matches!(step, Step::Healthy)));
            let busy = pace == Pace::Busy;
            assert_eq!(saw(|step| matches!(step, Step::SyncFailed(_))), busy);
            assert_eq!(saw(|step| matches!(step, Step::Degraded(_))), busy);
        }
    }

    /// When the demo's rules make messages of these changes, for each of: the group of releases, the group on duty, the
    /// desktop.
    fn messages(happened: &[Due]) -> [Vec<i64>; 3] {
        let [mut releases, mut duty, mut desktop] = [const { Vec::new() }; 3];
        let mut synced = std::collections::BTreeSet::new();
        for due in happened {
            match &due.step {
                Step::SyncStarted(_) => releases.push(due.at_ms),
                Step::SyncSucceeded => {
                    synced.insert(due.who);
                    releases.push(due.at_ms);
                }
                // A release is done when all of it is up.
                Step::Healthy if synced.remove(&due.who) => releases.push(due.at_ms),
                Step::SyncFailed(_) => {
                    releases.push(due.at_ms);
                    duty.push(due.at_ms);
                }
                Step::Degraded(_) => {
                    duty.push(due.at_ms);
                    desktop.push(due.at_ms);
                }
                Step::Unknown(_) => duty.push(due.at_ms),
                _ => {}
            }
        }
        [releases, duty, desktop]
    }

    /// At most so many lie within one minute.
    fn most_in_a_minute(times: &[i64]) -> usize {
        let from = |&at: &i64| times.iter().filter(|&&other| (at..at + 60_000).contains(&other)).count();
        times.iter().map(from).max().unwrap_or_default()
    }

    #[test]
    fn a_calm_play_leaves_room_to_read() {
        for seed in [crate::demo::SEED, 1, 2, 3, 4, 5] {
            let [releases, duty, desktop] = messages(&play(seed, Pace::Calm, 3600));
            let first = |times: &[i64]| times.iter().filter(|&&at| at < 60_000).count();
            assert!(releases[0] < 10_000, "{seed}: the first message after {} ms", releases[0]);
            assert!(first(&releases) <= 6 && first(&duty) <= 6, "{seed}");
            assert_eq!(first(&desktop), 1, "{seed}");
            assert!(desktop[0] > 15_000, "{seed}: a notification over the first look at the window");
            // In an hour. When several things are mended at once a minute has half of what DingTalk takes.
            assert!((60..240).contains(&releases.len()), "{seed}: {}", releases.len());
            assert!(duty.len() < 60 && desktop.len() < 30, "{seed}: {} {}", duty.len(), desktop.len());
            let most = most_in_a_minute(&releases);
            assert!(most <= 12, "{seed}: {most} in a minute");
            assert!(most_in_a_minute(&desktop) <= 2, "{seed}");
        }
    }

    #[test]
    fn a_busy_play_stays_within_the_limit_of_a_robot() {
        let [releases, ..] = messages(&play(crate::demo::SEED, Pace::Busy, 3600));
        assert!(releases.len() > 400, "{}", releases.len());
        assert!(most_in_a_minute(&releases) <= 20, "{}", most_in_a_minute(&releases));
    }

    #[test]
    fn in_english_nothing_is_chinese() {
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let said = |lang| {
            let reasons = ACTS.iter().flat_map(move |act| act.reasons(lang)).map(str::to_owned);
            cast(lang).into_iter().map(|role| role.app.about).chain(reasons).collect::<Vec<_>>()
        };
        assert!(!said(Lang::En).iter().any(|text| is_chinese(text)));
        assert!(said(Lang::ZhCn).iter().any(|text| is_chinese(text)));
    }

    #[test]
    fn it_goes_on_in_order_and_everyone_recovers() {
        let happened = play(3, Pace::Busy, 3600);
        assert!(happened.is_sorted_by_key(|due| due.at_ms));
        let late = happened.iter().filter(|due| due.at_ms > 3_500_000).count();
        assert!(late > 10, "{late}");
        let healthy = happened.iter().filter(|due| due.step == Step::Healthy).count();
        let degraded = happened.iter().filter(|due| matches!(due.step, Step::Degraded(_))).count();
        assert!(healthy >= degraded - 1, "{healthy} {degraded}");
    }

    #[test]
    fn who_is_asked_to_sync_drops_everything_else() {
        let mut director = director(42, Pace::Busy);
        director.sync_asked(500, 0, "admin");
        let mut steps = Vec::new();
        while let Some(due) = director.due(9_000) {
            if due.who == 0 {
                steps.push((due.at_ms, due.step));
            }
        }
        let by = Some("admin".to_owned());
        assert_eq!(
            steps,
            [(900, Step::SyncStarted(by)), (3_900, Step::SyncSucceeded), (6_900, Step::Healthy)]
        );
    }
}
