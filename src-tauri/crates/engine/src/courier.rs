//! Claims due rows of the outbox, delivers them, settles them. One message in flight for each
//! destination, so a slow robot delays no other; order within a destination is kept.
//!
//! Invariant: a row leaves the outbox only by its verdict. A crash between sending and settling sends
//! it again with the same id, which DingTalk recognises (`msgUuid`). A full disk does not: the verdict is
//! kept and nothing is sent to that destination until it is written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinghy_model::{Pause, Problem, QueuedMessage, Refusal, RowId, Service, Verdict};
use dinghy_store::{Settlement, Store};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::budget::Budget;
use crate::deliver::{Deliverer, Destination};
use crate::input::{CourierNews, Input};
use crate::now_ms;

/// After so many attempts (half a minute) a refusal whose meaning nobody knows is left to a person.
const UNKNOWN_ATTEMPTS: u32 = 5;
/// The same for what answers as no robot does (half an hour): a login page in front of a network goes
/// away when the user has signed in, a wrong address does not. Everything else on the way, a certificate
/// that is not trusted included, is tried for ever: laptops visit strange networks.
const NO_ROBOT_ATTEMPTS: u32 = 12;
/// A disk that refused is tried again so often.
const DISK_RETRY: Duration = Duration::from_secs(5);
/// How long a stop waits for messages that are on their way.
const LAND_WITHIN: Duration = Duration::from_secs(4);
/// A keychain that cannot be read now is asked again so often.
const SECRET_RETRY: Duration = Duration::from_secs(60);
/// The outbox is looked at so often even if nothing was said: another process may have changed it, and a
/// laptop's sleep stops timers but not the clock.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Destinations by name.
pub(crate) type Destinations = Arc<BTreeMap<String, Service>>;

/// What the controller tells the courier.
#[derive(Debug)]
pub(crate) enum Order {
    /// There may be new rows.
    Wake,
    /// Services as they are now; whatever was held is tried again.
    Destinations(Destinations),
    /// Stop sending, or go on.
    Pause(Option<Pause>),
    /// The user wants every message that waits tried again.
    Release,
    /// How does it stand?
    Report(oneshot::Sender<Rest>),
}

/// The task's state.
pub(crate) struct Courier {
    pub(crate) store: Arc<Store>,
    pub(crate) deliverer: Arc<Deliverer>,
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) stop: CancellationToken,
    /// None before the rules were read: until then nothing is sent.
    pub(crate) destinations: Option<Destinations>,
    pub(crate) paused: Option<Pause>,
    /// Destinations not to be used before a time (Unix ms; `i64::MAX`: until a person acts).
    pub(crate) held: BTreeMap<String, i64>,
    /// Destinations with a message on its way, by the task that carries it.
    pub(crate) busy: BTreeMap<Id, String>,
    /// Verdicts that the disk did not take.
    pub(crate) owed: Vec<Settled>,
    /// When to offer them again (Unix ms); None: the disk is well.
    pub(crate) disk_at_ms: Option<i64>,
    pub(crate) budget: Arc<Budget>,
    /// What [`Store::changes_elsewhere`] gave last.
    pub(crate) elsewhere: Option<i64>,
    /// Who asked how it stands; answered after the next look at the outbox.
    pub(crate) asked: Vec<oneshot::Sender<Rest>>,
}

/// What the courier waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    /// Something is in flight.
    pub(crate) busy: bool,
    /// When it looks again (Unix ms), if at a certain time.
    pub(crate) next_ms: Option<i64>,
}

/// A verdict as it is to be written.
#[derive(Debug)]
pub(crate) struct Settled {
    row: RowId,
    service: String,
    at_ms: i64,
    settlement: Settlement,
}

/// The outcome of one flight.
struct Landed {
    row: QueuedMessage,
    outcome: Outcome,
    millis: u32,
}

enum Outcome {
    /// An attempt was made, or could not even be made.
    Verdict(Verdict),
    /// The robot's budget is used up; no attempt was made.
    NotBefore(i64),
}

impl Courier {
    /// Runs until stopped, then lets what is in flight land.
    pub(crate) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut flights: JoinSet<Landed> = JoinSet::new();
        loop {
            let next = self.take_off(&mut flights).await;
            for asked in self.asked.drain(..) {
                // The asker may be gone.
                let _ = asked.send(Rest { busy: !flights.is_empty(), next_ms: next });
            }
            tokio::select! {
                () = self.stop.cancelled() => break,
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => break,
                },
                Some(landed) = flights.join_next_with_id() => self.land(landed).await,
                () = sleep_until_ms(next) => {}
            }
        }
        let landing = async {
            while let Some(landed) = flights.join_next_with_id().await {
                self.land(landed).await;
            }
        };
        if tokio::time::timeout(LAND_WITHIN, landing).await.is_err() {
            tracing::warn!("stopped with messages on their way; they are sent again at the next start");
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Wake => {}
            Order::Destinations(destinations) => {
                self.destinations = Some(destinations);
                self.release_refused();
            }
            Order::Pause(pause) => self.paused = pause,
            // A pause that a robot asked for is kept nevertheless: its budget knows of it.
            Order::Release => self.held.clear(),
            Order::Report(asked) => self.asked.push(asked),
        }
    }

    /// Another process (`dinghyctl queue retry`) changed the database.
    fn queue_changed_elsewhere(&mut self) -> bool {
        let Ok(version) = self.store.changes_elsewhere() else { return false };
        self.elsewhere.replace(version).is_some_and(|before| before != version)
    }

    /// Lets go of what waits for a person.
    fn release_refused(&mut self) {
        self.held.retain(|_, until| *until != i64::MAX);
    }

    /// Starts what is due and returns when to look again (Unix ms), if at a certain time.
    async fn take_off(&mut self, flights: &mut JoinSet<Landed>) -> Option<i64> {
        let now = now_ms();
        self.offer_again(now).await;
        let next = self.take_off_at(now, flights);
        self.disk_at_ms.into_iter().chain(next).min()
    }

    fn take_off_at(&mut self, now: i64, flights: &mut JoinSet<Landed>) -> Option<i64> {
        let destinations = self.destinations.clone()?;
        if let Some(pause) = self.paused {
            match pause.until_ms {
                Some(until) if until <= now => self.paused = None,
                until => return until,
            }
        }
        self.held.retain(|_, until| *until > now);
        if self.queue_changed_elsewhere() {
            self.release_refused();
        }
        let due = match self.store.claim(now, 64, &self.excluded()) {
            Ok(due) => due,
            Err(problem) => {
                tracing::error!(?problem, "the outbox cannot be read");
                return Some(now + millis_of(DISK_RETRY));
            }
        };
        for row in due {
            let service = row.message.service.clone();
            if self.busy.values().any(|busy| *busy == service) {
                continue;
            }
            let flight = Flight {
                deliverer: self.deliverer.clone(),
                budget: self.budget.clone(),
                service: destinations.get(&service).cloned(),
                row,
            };
            self.busy.insert(flights.spawn(flight.fly()).id(), service);
        }
        let next_row = self.store.next_due(&self.excluded()).unwrap_or(Some(now + millis_of(DISK_RETRY)));
        let next_release = self.held.values().copied().filter(|until| *until != i64::MAX).min();
        [next_row, next_release].into_iter().flatten().min()
    }

    /// Destinations that get nothing now.
    fn excluded(&self) -> Vec<&str> {
        let owed = self.owed.iter().map(|settled| &settled.service);
        self.held.keys().chain(self.busy.values()).chain(owed).map(String::as_str).collect()
    }

    async fn land(&mut self, landed: Result<(Id, Landed), JoinError>) {
        match landed {
            Ok((id, landed)) => {
                self.busy.remove(&id);
                self.settle(landed).await;
            }
            Err(error) => {
                tracing::error!(%error, "a delivery failed unexpectedly");
                // Its row is still there. Whatever it was, it would be the same at once.
                if let Some(service) = self.busy.remove(&error.id()) {
                    self.held.insert(service, now_ms() + millis_of(SECRET_RETRY));
                }
            }
        }
    }

    async fn settle(&mut self, landed: Landed) {
        let Landed { row, outcome, millis } = landed;
        let service = row.message.service.clone();
        let now = now_ms();
        let verdict = match outcome {
            Outcome::NotBefore(until) => {
                self.held.insert(service, until);
                return;
            }
            Outcome::Verdict(verdict) => verdict,
        };
        let attempts = row.attempts + 1;
        let (settlement, news) = match verdict {
            Verdict::Delivered => {
                (Settlement::Delivered { millis }, CourierNews::Delivered { service: service.clone() })
            }
            Verdict::Retry { problem, .. }
                if most_attempts(&problem).is_some_and(|most| attempts >= most) =>
            {
                self.refuse(&service, problem)
            }
            Verdict::Retry { problem, after } => {
                let wait = after.unwrap_or_default().max(Backoff::MESSAGE.jittered(attempts));
                let due_ms = now + millis_of(wait);
                // What failed on the way to the destination fails for its other messages too.
                self.held.insert(service.clone(), due_ms);
                let news = CourierNews::Retrying {
                    service: service.clone(),
                    problem: problem.clone(),
                    next_ms: due_ms,
                };
                (Settlement::Retry { due_ms, problem }, news)
            }
            Verdict::Throttled { problem, pause } => {
                let until_ms = now + millis_of(pause);
                self.held.insert(service.clone(), until_ms);
                (
                    Settlement::Retry { due_ms: until_ms, problem },
                    CourierNews::Throttled { service: service.clone(), until_ms },
                )
            }
            Verdict::Refused { problem } => self.refuse(&service, problem),
        };
        self.record(Settled { row: row.row, service, at_ms: now, settlement }).await;
        self.tell(news).await;
    }

    /// A person must act: for this message alone, or for all that go there.
    fn refuse(&mut self, service: &str, problem: Problem) -> (Settlement, CourierNews) {
        let settlement = Settlement::Refused { problem: problem.clone() };
        if !concerns_destination(&problem) {
            return (settlement, CourierNews::Waiting);
        }
        self.held.insert(service.to_owned(), i64::MAX);
        (settlement, CourierNews::Refused { service: service.to_owned(), problem })
    }

    async fn record(&mut self, settled: Settled) {
        let Settled { row, at_ms, settlement, .. } = &settled;
        if let Err(problem) = tokio::task::block_in_place(|| self.store.settle(*row, *at_ms, settlement)) {
            tracing::error!(?problem, "a delivery cannot be recorded; it is tried again");
            self.owed.push(settled);
            self.disk_at_ms = Some(now_ms() + millis_of(DISK_RETRY));
            self.tell(CourierNews::Unrecorded(Some(problem))).await;
        }
    }

    /// Offers the disk again what it did not take.
    async fn offer_again(&mut self, now: i64) {
        if self.disk_at_ms.is_none_or(|at| at > now) {
            return;
        }
        self.disk_at_ms = None;
        for settled in std::mem::take(&mut self.owed) {
            self.record(settled).await;
        }
        if self.owed.is_empty() {
            self.tell(CourierNews::Unrecorded(None)).await;
        }
    }

    async fn tell(&self, news: CourierNews) {
        // Fails only when the controller is gone, at the end.
        let _ = self.inputs.send(Input::Courier(news)).await;
    }
}

/// One message on its way.
struct Flight {
    deliverer: Arc<Deliverer>,
    budget: Arc<Budget>,
    service: Option<Service>,
    row: QueuedMessage,
}

impl Flight {
    async fn fly(self) -> Landed {
        let started = Instant::now();
        let outcome = match self.attempt().await {
            Ok(outcome) => outcome,
            Err(problem) => Outcome::Verdict(match heals_after(&problem) {
                Some(wait) => Verdict::Retry { problem, after: Some(wait) },
                None => Verdict::Refused { problem },
            }),
        };
        let millis = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Landed { row: self.row, outcome, millis }
    }

    async fn attempt(&self) -> Result<Outcome, Problem> {
        let Some(service) = &self.service else {
            return Err(Problem::NoSuchService { service: self.row.message.service.clone() });
        };
        let destination = self.deliverer.resolve(service, &BTreeMap::new()).await?;
        let Destination::Robot { key, .. } = &destination else {
            return Ok(Outcome::Verdict(self.deliverer.send(&destination, &self.row.message).await));
        };
        if let Err(until) = tokio::task::block_in_place(|| self.budget.take(key))? {
            return Ok(Outcome::NotBefore(until));
        }
        let verdict = self.deliverer.send(&destination, &self.row.message).await;
        if let Verdict::Throttled { pause, .. } = &verdict {
            tokio::task::block_in_place(|| self.budget.pause(key, now_ms() + millis_of(*pause)))?;
        }
        Ok(Outcome::Verdict(verdict))
    }
}

/// When a problem on this side of the wire may be over; None: only a person ends it.
fn heals_after(problem: &Problem) -> Option<Duration> {
    match problem {
        Problem::NoKeychain { .. }
        | Problem::KeychainLocked
        | Problem::KeychainDismissed
        | Problem::KeychainOther { .. }
        | Problem::SecretCommand { .. } => Some(SECRET_RETRY),
        Problem::DiskFull { .. } | Problem::Io { .. } => Some(DISK_RETRY),
        _ => None,
    }
}

/// After how many attempts a problem that might heal is left to a person; None: never.
fn most_attempts(problem: &Problem) -> Option<u32> {
    match problem {
        Problem::Robot { refusal: Refusal::Unknown, .. } => Some(UNKNOWN_ATTEMPTS),
        Problem::Robot { refusal: Refusal::NotARobot, .. } => Some(NO_ROBOT_ATTEMPTS),
        _ => None,
    }
}

/// Refusals that every message to this destination would get until a person mends it.
fn concerns_destination(problem: &Problem) -> bool {
    match problem {
        Problem::Robot { refusal, .. } => matches!(
            refusal,
            Refusal::Sign
                | Refusal::Timestamp
                | Refusal::IpList
                | Refusal::Token
                | Refusal::Disabled
                | Refusal::Removed
                | Refusal::Dissolved
                | Refusal::NotARobot
        ),
        Problem::NoSuchService { .. }
        | Problem::NoAccessToken { .. }
        | Problem::BadUrl { .. }
        | Problem::PlainHttp { .. }
        | Problem::SecretMissing { .. }
        | Problem::SecretEnvUnset { .. } => true,
        _ => false,
    }
}

fn millis_of(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2)
}

/// Sleeps until a time of the wall clock, at most [`LOOK_AGAIN`].
async fn sleep_until_ms(at_ms: Option<i64>) {
    let left = at_ms.map_or(u64::MAX, |at| u64::try_from((at - now_ms()).max(0)).unwrap_or_default());
    tokio::time::sleep(Duration::from_millis(left).min(LOOK_AGAIN)).await;
}
