//! Who changes when: a play that goes on for ever, the same for the same seed.

use std::collections::BTreeMap;

use super::catalog::{Role, Start};
use super::dice::Dice;
use super::step::Step;

/// Milliseconds between two acts that begin by themselves. With three messages to an act the
/// demo's robots stay under 20 a minute.
const PAUSE_MS: (i64, i64) = (11_000, 17_000);

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
    /// By time, then by the order of planning.
    agenda: BTreeMap<(i64, u64), (usize, Step)>,
    planned: u64,
    /// Who takes part in acts that begin by themselves.
    players: Vec<usize>,
    next_act_ms: i64,
}

impl Director {
    /// The first act begins a second after `start_ms`, and within ten there was a sync that ran and
    /// succeeded, one that failed, and an application that degraded.
    pub(crate) fn new(seed: u64, start_ms: i64, cast: &[Role]) -> Self {
        let players: Vec<usize> = (0..cast.len()).filter(|&who| cast[who].start == Start::Well).collect();
        let mut director = Self {
            dice: Dice::new(seed),
            agenda: BTreeMap::new(),
            planned: 0,
            players: players.clone(),
            next_act_ms: start_ms + 14_000,
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
        let opening =
            players.iter().zip([(1_000, Act::Deploy), (2_500, Act::SyncFails), (4_000, Act::Crash)]);
        for (&who, (after_ms, act)) in opening {
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
        self.next_act_ms += self.dice.between(PAUSE_MS.0, PAUSE_MS.1);
        let idle = |who: &usize| !self.agenda.values().any(|(busy, _)| busy == who);
        let idle: Vec<usize> = self.players.iter().copied().filter(idle).collect();
        if let (Some(&who), Some(&act)) = (self.dice.pick(&idle), self.dice.pick(ACTS)) {
            self.begin(at_ms, who, act);
        }
    }

    fn begin(&mut self, at_ms: i64, who: usize, act: Act) {
        let dice = &mut self.dice;
        let (fix, reason) = (dice.revision(), *dice.pick(act.reasons()).unwrap_or(&""));
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
                (14_000, Step::Progressing),
                (at(18_000, 20_000), Step::Healthy),
            ],
            Act::BadRelease => vec![
                (0, Step::Commit(at_revision(&fix, reason))),
                (1_500, Step::SyncStarted(None)),
                (at(4_000, 6_000), Step::SyncSucceeded),
                (at(10_000, 12_000), Step::Degraded(reason)),
            ],
            Act::Unknown => vec![(0, Step::Unknown(reason)), (at(15_000, 20_000), Step::Compared)],
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
            Act::SyncFails => Some(24_000),
            Act::BadRelease => Some(30_000),
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
    fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::Deploy | Self::Drift => &[],
            Self::SyncFails => &[
                "Deployment.apps \"web\" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: \"2Gi\": must be less than or equal to memory limit of 1Gi",
                "admission webhook \"validate.kyverno.svc-fail\" denied the request: image tag \"latest\" 不允许在生产环境使用",
                "Ingress.networking.k8s.io \"web\" is invalid: spec.rules[0].host: Invalid value: \"API.yunhe.example\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters",
            ],
            Self::BadRelease => &[
                "Deployment \"web\" exceeded its progress deadline",
                "Back-off restarting failed container app in pod web-6c9f7d5b8-x2x7k (CrashLoopBackOff)",
                "Failed to pull image \"registry.yunhe.example/app:dev\": manifest unknown (ImagePullBackOff)",
            ],
            Self::Crash => &[
                "container app was OOMKilled (exit code 137), restarted 5 times",
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
            ],
            Self::Unknown => &[
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

    /// Everything that happens in the first `seconds`.
    fn play(seed: u64, seconds: i64) -> Vec<Due> {
        let mut director = Director::new(seed, 0, &cast());
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
        assert_eq!(play(1, 600), play(1, 600));
        assert_ne!(play(1, 600), play(2, 600));
    }

    #[test]
    fn jumping_ahead_skips_nothing() {
        let mut director = Director::new(7, 0, &cast());
        let mut happened = Vec::new();
        while let Some(due) = director.due(599_900) {
            happened.push(due);
        }
        assert_eq!(happened, play(7, 600));
    }

    #[test]
    fn there_is_something_to_see_within_ten_seconds() {
        let early = play(42, 10);
        let saw = |wanted: fn(&Step) -> bool| early.iter().any(|due| wanted(&due.step));
        assert!(saw(|step| matches!(step, Step::SyncStarted(_))));
        assert!(saw(|step| matches!(step, Step::SyncSucceeded)));
        assert!(saw(|step| matches!(step, Step::SyncFailed(_))));
        assert!(saw(|step| matches!(step, Step::Degraded(_))));
        assert!(saw(|step| matches!(step, Step::Healthy)));
    }

    #[test]
    fn it_goes_on_in_order_and_everyone_recovers() {
        let happened = play(3, 3600);
        assert!(happened.is_sorted_by_key(|due| due.at_ms));
        let late = happened.iter().filter(|due| due.at_ms > 3_500_000).count();
        assert!(late > 10, "{late}");
        let healthy = happened.iter().filter(|due| due.step == Step::Healthy).count();
        let degraded = happened.iter().filter(|due| matches!(due.step, Step::Degraded(_))).count();
        assert!(healthy >= degraded - 1, "{healthy} {degraded}");
    }

    #[test]
    fn who_is_asked_to_sync_drops_everything_else() {
        let mut director = Director::new(42, 0, &cast());
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
