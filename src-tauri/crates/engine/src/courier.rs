//! Delivers what is due in the outbox and settles it. One flight for each destination, so a slow robot
//! delays no other; [`crate::plan`] says what goes next.
//!
//! Invariant: a row leaves the outbox only by its verdict. A crash between sending and settling sends
//! it again with the same id, which DingTalk recognises (`msgUuid`). A full disk does not: the verdict is
//! kept and nothing is sent to that destination until it is written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinghy_model::{
    Message, Pause, Payload, Problem, QueuedMessage, Refusal, RowId, Service, ServiceKind, Verdict,
};
use dinghy_store::{Settlement, Store};
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::budget::Budget;
use crate::deliver::{Deliverer, Destination};
use crate::digest::digest;
use crate::disk::Disk;
use crate::habits::{Habits, SharedHabits};
use crate::input::{CourierNews, Input};
use crate::judge::new_uuid;
use crate::plan::{MANY, Next, Reason, Room, plan};
use crate::quiet;
use crate::{DESKTOP_ATTEMPTS, now_ms};

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

/// After a digest of a burst the destination rests for so long: while news keep coming, four digests a minute are
/// enough. Also after one of old news that took all of them while many more wait: those grow old too, a few at a time.
const CALM: Duration = Duration::from_secs(15);
/// Of one destination so many due messages are looked at.
const FEW_ROWS: u32 = 64;
/// The same once it is known that a digest can be made of them.
const MOST_ROWS: u32 = 2_000;

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
    /// Destinations that the user switched off.
    Off(Arc<BTreeSet<String>>),
    /// The user wants every message that waits tried again.
    Release,
    /// How does it stand?
    Report(oneshot::Sender<Rest>),
}

/// The task's state.
pub(crate) struct Courier {
    pub(crate) store: Arc<Store>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) deliverer: Arc<Deliverer>,
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) stop: CancellationToken,
    /// None before the rules were read: until then nothing is sent.
    pub(crate) destinations: Option<Destinations>,
    /// Those of them that are this desktop.
    pub(crate) desktops: Vec<String>,
    pub(crate) paused: Option<Pause>,
    /// Destinations that the user switched off: what was queued for them waits.
    pub(crate) off: Arc<BTreeSet<String>>,
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
    /// What the settings say about delivering.
    pub(crate) habits: SharedHabits,
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
    service: String,
    /// None: there was nothing to send after all; the outbox is looked at again.
    sent: Result<Option<(QueuedMessage, Outcome)>, Problem>,
    millis: u32,
}

enum Outcome {
    /// An attempt was made, or could not even be made.
    Verdict(Verdict),
    /// The verdict on a digest of a burst: the next one may wait a little and be longer.
    Burst(Verdict),
    /// The robot's budget is used up; no attempt was made.
    NotBefore(i64),
    /// The message is sealed and cannot be opened; other messages can be sent.
    Unopened(Problem),
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
                    Some(order) => self.obey(order).await,
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

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Wake => {}
            Order::Destinations(destinations) => {
                let desktops = destinations.values().filter(|found| found.kind == ServiceKind::Desktop);
                self.desktops = desktops.map(|found| found.name.clone()).collect();
                match self.destinations.replace(destinations) {
                    None => self.remember_refusals().await,
                    Some(_) => self.release_refused(),
                }
            }
            Order::Pause(pause) => self.paused = pause,
            Order::Off(off) => self.off = off,
            // A pause that a robot asked for is kept nevertheless: its budget knows of it.
            Order::Release => self.held.clear(),
            Order::Report(asked) => self.asked.push(asked),
        }
    }

    /// After a start: who refused until a person acts refuses still, as far as anybody knows.
    async fn remember_refusals(&mut self) {
        let refusals = tokio::task::block_in_place(|| self.store.refusals()).unwrap_or_else(|problem| {
            tracing::error!(?problem, "the outbox cannot be read");
            BTreeMap::new()
        });
        for (service, problem) in refusals {
            if concerns_destination(&problem) {
                self.held.insert(service.clone(), i64::MAX);
                self.tell(CourierNews::Refused { service, problem }).await;
            }
        }
    }

    /// Another process (`dinghyctl queue retry`, `dinghyctl mute`) changed the database.
    fn changed_elsewhere(&mut self) -> bool {
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
        if self.changed_elsewhere() {
            self.release_refused();
            self.tell(CourierNews::ChangedElsewhere).await;
        }
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
        let (quiet, quiet_end) = self.quiet(now);
        let quiet = quiet.to_vec();
        let due = match self.store.due_services(now, &self.excluded(&quiet)) {
            Ok(due) => due,
            Err(problem) => {
                tracing::error!(?problem, "the outbox cannot be read");
                return Some(now + millis_of(DISK_RETRY));
            }
        };
        let through = quiet.iter().filter(|name| self.has_failing(name, now)).cloned();
        let through: Vec<String> = through.collect();
        for name in due.into_iter().chain(through) {
            let flight = Flight {
                disk: self.disk.clone(),
                deliverer: self.deliverer.clone(),
                budget: self.budget.clone(),
                habits: self.habits.get(),
                service: destinations.get(&name).cloned(),
                only_failing: quiet.contains(&name),
                name: name.clone(),
            };
            self.busy.insert(flights.spawn(flight.fly()).id(), name);
        }
        let next_row =
            self.store.next_due(&self.excluded(&quiet)).unwrap_or(Some(now + millis_of(DISK_RETRY)));
        let next_release = self.held.values().copied().filter(|until| *until != i64::MAX).min();
        [next_row, next_release, quiet_end].into_iter().flatten().min()
    }

    /// Destinations that get nothing now.
    fn excluded<'a>(&'a self, quiet: &'a [String]) -> Vec<&'a str> {
        let owed = self.owed.iter().map(|settled| &settled.service);
        self.held
            .keys()
            .chain(self.busy.values())
            .chain(owed)
            .chain(&*self.off)
            .chain(quiet)
            .map(String::as_str)
            .collect()
    }

    /// The destinations that are quiet now, and when that is over (Unix ms).
    fn quiet(&self, now: i64) -> (&[String], Option<i64>) {
        let zone = TimeZone::system();
        match self.habits.get().quiet.filter(|quiet| quiet::covers(*quiet, now, &zone)) {
            Some(quiet) if !self.desktops.is_empty() => {
                (&self.desktops, Some(quiet::end_ms(quiet, now, &zone)))
            }
            _ => (&[], None),
        }
    }

    /// Whether something that needs attention is due for a quiet destination, and may go there now.
    fn has_failing(&self, name: &String, now: i64) -> bool {
        let through = self.habits.get().quiet.is_some_and(|quiet| quiet.failures_through);
        let is_held = self.held.contains_key(name)
            || self.off.contains(name)
            || self.busy.values().any(|busy| busy == name)
            || self.owed.iter().any(|settled| settled.service == *name);
        through && !is_held && self.store.due_failing(name, now, 1).is_ok_and(|due| !due.is_empty())
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
        let Landed { service, sent, millis } = landed;
        let now = now_ms();
        let (row, outcome) = match sent {
            Ok(Some(sent)) => sent,
            Ok(None) => return,
            Err(problem) => {
                tracing::error!(?problem, "the outbox cannot be read");
                self.held.insert(service, now + millis_of(DISK_RETRY));
                return;
            }
        };
        let verdict = match outcome {
            Outcome::NotBefore(until) => {
                self.held.insert(service, until);
                return;
            }
            Outcome::Unopened(problem) => {
                let settlement = match heals_after(&problem) {
                    Some(wait) => Settlement::Retry { due_ms: now + millis_of(wait), problem },
                    None => Settlement::Refused { problem },
                };
                self.record(Settled { row: row.row, service, at_ms: now, settlement }).await;
                return self.tell(CourierNews::Waiting).await;
            }
            Outcome::Verdict(verdict) => verdict,
            Outcome::Burst(verdict) => {
                self.held.insert(service.clone(), now + millis_of(CALM));
                verdict
            }
        };
        let attempts = row.attempts + 1;
        let (settlement, news) = match verdict {
            Verdict::Delivered => {
                (Settlement::Delivered { millis }, CourierNews::Delivered { service: service.clone() })
            }
            Verdict::Retry { problem, .. }
                if most_attempts(&problem).is_some_and(|most| attempts >= most) =>
            {
                match problem {
                    // Nobody wants a notification of yesterday.
                    Problem::Desktop { .. } => (Settlement::GivenUp { problem }, CourierNews::Waiting),
                    problem => self.refuse(&service, problem),
                }
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
        if self.held.insert(service.to_owned(), i64::MAX) != Some(i64::MAX) {
            self.announce(service, &problem);
        }
        (settlement, CourierNews::Refused { service: service.to_owned(), problem })
    }

    /// Says on the desktop that a group refuses from now on, where the rules have a desktop to say it on.
    fn announce(&self, service: &str, problem: &Problem) {
        let destinations = self.destinations.iter().flat_map(|services| services.values());
        let desktops =
            destinations.filter(|found| found.kind == ServiceKind::Desktop && found.name != service);
        let mut desktops = desktops.filter(|found| !self.off.contains(&found.name));
        let Some(desktop) = desktops.next() else { return };
        let lang = self.habits.get().lang;
        let title = lang.pick("A group refuses messages: ", "群拒收消息：");
        let body = match problem {
            Problem::Robot { errcode, errmsg, .. } => format!("{errcode} {errmsg}"),
            _ => lang.pick("Open Dinghy to see why.", "请打开 Dinghy 查看原因。").to_owned(),
        };
        let message = Message {
            app: None,
            trigger: String::new(),
            service: desktop.name.clone(),
            recipient: String::new(),
            uuid: new_uuid(),
            payload: Payload::Desktop { title: format!("{title}{service}"), body, url: String::new() },
            created_ms: now_ms(),
            gist: None,
        };
        if let Err(problem) = tokio::task::block_in_place(|| self.store.enqueue(&message, &[])) {
            tracing::warn!(?problem, "a refusal cannot be announced");
        }
    }

    async fn record(&mut self, settled: Settled) {
        let (row, at_ms, settlement) = (settled.row, settled.at_ms, settled.settlement.clone());
        let done = self.disk.run(move |store| store.settle(row, at_ms, &settlement)).await;
        if let Err(problem) = done {
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

/// What is next for one destination, on its way.
struct Flight {
    disk: Arc<Disk>,
    deliverer: Arc<Deliverer>,
    budget: Arc<Budget>,
    habits: Habits,
    name: String,
    service: Option<Service>,
    /// It is quiet, and only what needs attention goes.
    only_failing: bool,
}

impl Flight {
    async fn fly(self) -> Landed {
        let started = Instant::now();
        let sent = self.send().await;
        let millis = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Landed { service: self.name, sent, millis }
    }

    async fn send(&self) -> Result<Option<(QueuedMessage, Outcome)>, Problem> {
        let rows = self.due(FEW_ROWS).await?;
        let Some(first) = rows.first().cloned() else { return Ok(None) };
        let (row, destination) = match self.get_ready(rows).await {
            Ok(Ready::Row(ready)) => *ready,
            Ok(Ready::Burst(ready)) => {
                let (row, destination) = *ready;
                let outcome = match self.attempt(&row, &destination).await.unwrap_or_else(failed) {
                    Outcome::Verdict(verdict) => Outcome::Burst(verdict),
                    other => other,
                };
                return Ok(Some((row, outcome)));
            }
            Ok(Ready::NotBefore(until)) => return Ok(Some((first, Outcome::NotBefore(until)))),
            Ok(Ready::LookAgain) => return Ok(None),
            Err(problem) => return Ok(Some((first, failed(problem)))),
        };
        let outcome = self.attempt(&row, &destination).await.unwrap_or_else(failed);
        Ok(Some((row, outcome)))
    }

    async fn due(&self, most: u32) -> Result<Vec<QueuedMessage>, Problem> {
        let (name, only_failing) = (self.name.clone(), self.only_failing);
        let due = move |store: &Store| match only_failing {
            true => store.due_failing(&name, now_ms(), most),
            false => store.due(&name, now_ms(), most),
        };
        self.disk.run(due).await
    }

    /// Whether some of these came in hours that are quiet, and are over.
    fn was_quiet(&self, rows: &[QueuedMessage]) -> Option<Reason> {
        let quiet = self.habits.quiet.filter(|_| !self.only_failing)?;
        let zone = TimeZone::system();
        let waited = |row: &QueuedMessage| quiet::covers(quiet, row.message.created_ms, &zone);
        rows.iter().any(waited).then_some(Reason::Quiet)
    }

    /// Finds out where it goes and what is next; makes the digest if many go as one.
    async fn get_ready(&self, mut rows: Vec<QueuedMessage>) -> Result<Ready, Problem> {
        let Some(service) = &self.service else {
            return Err(Problem::NoSuchService { service: self.name.clone() });
        };
        let destination = self.deliverer.resolve(service, &BTreeMap::new()).await?;
        let room = match &destination {
            Destination::Robot { key, .. } => match self.budget.room(key).await? {
                Ok(room) => room,
                Err(until) => return Ok(Ready::NotBefore(until)),
            },
            Destination::Desktop => Room { after: self.was_quiet(&rows), ..Room::ENDLESS },
            // Nobody knows what a plain webhook makes of a digest.
            Destination::Webhook { .. } => return Ok(Ready::row(rows.swap_remove(0), destination)),
        };
        if rows.len() == FEW_ROWS as usize {
            rows = self.due(MOST_ROWS).await?;
        }
        let now = now_ms();
        let (members, reason) = match plan(&rows, room, now, self.habits.stale_after_ms) {
            None => return Ok(Ready::LookAgain),
            Some(Next::One(at)) => return Ok(Ready::row(rows.swap_remove(at), destination)),
            Some(Next::Digest(members, reason)) => (members, reason),
        };
        let members: Vec<&QueuedMessage> = members.into_iter().filter_map(|at| rows.get(at)).collect();
        let robot = matches!(destination, Destination::Robot { .. });
        let Some(made) = digest(&members, reason, robot, self.habits, now) else {
            return Ok(Ready::LookAgain);
        };
        let took_all = made.rows.len() == members.len();
        let is_burst = reason == Reason::Burst || (took_all && rows.len() > MANY);
        let merged = self.disk.run(move |store| store.merge(&made.rows, &made.message, now)).await?;
        Ok(match merged {
            None => Ready::LookAgain,
            Some(row) if is_burst => Ready::Burst(Box::new((row, destination))),
            Some(row) => Ready::row(row, destination),
        })
    }

    async fn attempt(&self, row: &QueuedMessage, destination: &Destination) -> Result<Outcome, Problem> {
        let message = match self.deliverer.open(&row.message).await {
            Ok(message) => message,
            Err(problem) => return Ok(Outcome::Unopened(problem)),
        };
        let confidential = matches!(message, Cow::Owned(_));
        let Destination::Robot { key, .. } = destination else {
            return Ok(Outcome::Verdict(self.deliverer.send(destination, &message, confidential).await));
        };
        if let Err(until) = self.budget.take(key).await? {
            return Ok(Outcome::NotBefore(until));
        }
        let verdict = self.deliverer.send(destination, &message, confidential).await;
        match &verdict {
            Verdict::Throttled { pause, .. } => {
                self.budget.pause(key, now_ms() + millis_of(*pause)).await?;
            }
            // What came during the robot's pause went as one; from now on it is as ever.
            Verdict::Delivered => {
                if let Err(problem) = self.budget.pause_is_over(key).await {
                    tracing::warn!(?problem, "the end of a pause cannot be written");
                }
            }
            _ => {}
        }
        Ok(Outcome::Verdict(verdict))
    }
}

/// What a flight carries.
enum Ready {
    Row(Box<(QueuedMessage, Destination)>),
    /// A digest while more comes than the robot's minute takes.
    Burst(Box<(QueuedMessage, Destination)>),
    /// The robot takes nothing now.
    NotBefore(i64),
    /// What was planned is not there any more.
    LookAgain,
}

impl Ready {
    fn row(row: QueuedMessage, destination: Destination) -> Self {
        Self::Row(Box::new((row, destination)))
    }
}

/// A problem on this side of the wire.
fn failed(problem: Problem) -> Outcome {
    Outcome::Verdict(match heals_after(&problem) {
        Some(wait) => Verdict::Retry { problem, after: Some(wait) },
        None => Verdict::Refused { problem },
    })
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
        Problem::Desktop { .. } => Some(DESKTOP_ATTEMPTS),
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
