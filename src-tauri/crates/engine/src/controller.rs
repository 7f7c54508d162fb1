//! The one owner of state. All inputs arrive as [`Input`]; the loop in [`Controller::run`] is the
//! table of contents of the program.
//!
//! For each batch of inputs: take them, run the rules, commit memory, messages and events in one
//! transaction, wake the courier. The status is published at most [`PUBLISH_EVERY`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{
    AppId, AppSnapshot, AppSummary, Event, EventKind, Memory, MemoryChange, Pause, Problem, ServerConfig,
    ServerName, ServerState, Status,
};
use dinghy_rules::{Catalog, FirstContact, Options, Scope};
use dinghy_store::{Commit, Settings, Store};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::courier::Order;
use crate::groups::Groups;
use crate::input::{Command, CourierNews, Input, News};
use crate::judge::{Bench, Judged, RuleErrors, judge};
use crate::load::Loaded;
use crate::now_ms;
use crate::servers::Servers;
use crate::supervisor::Spawner;
use crate::table::{Table, Taken};

/// Shells see at most so many pictures a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(120);
/// Rules that read the clock are run again so often (the controller's resync, `resyncPeriod`).
const CLOCK_TICK: Duration = Duration::from_secs(60);
/// A disk that refused is tried again so often.
const DISK_RETRY: Duration = Duration::from_secs(5);

/// All state of a running engine.
pub(crate) struct Controller {
    pub(crate) store: Arc<Store>,
    pub(crate) spawner: Spawner,
    pub(crate) orders: mpsc::UnboundedSender<Order>,
    pub(crate) status: watch::Sender<Status>,
    pub(crate) table: Table,
    pub(crate) servers: Servers,
    pub(crate) groups: Groups,
    pub(crate) settings: Settings,
    pub(crate) catalog: Arc<Catalog>,
    /// The text that `catalog` was made of.
    pub(crate) rules_text: String,
    pub(crate) settings_problems: Vec<Problem>,
    pub(crate) rules_problems: Vec<Problem>,
    pub(crate) disk_problem: Option<Problem>,
    pub(crate) paused: Option<Pause>,
    pub(crate) demo: bool,
    /// Commits of the batch being worked on.
    pub(crate) pending: Vec<Judged>,
    /// Applications whose last evaluation could not be written.
    pub(crate) unwritten: BTreeSet<AppId>,
    pub(crate) rule_errors: RuleErrors,
    pub(crate) loaded_once: bool,
}

impl Controller {
    /// Runs until stopped or until nobody can send any more.
    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<Input>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(256);
        let mut publish_at: Option<Instant> = Some(Instant::now());
        let mut tick_at = Instant::now() + CLOCK_TICK;
        let mut disk_at: Option<Instant> = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                count = inputs.recv_many(&mut batch, 256) => {
                    if count == 0 {
                        break;
                    }
                    for input in batch.drain(..) {
                        self.take(input);
                    }
                    self.commit();
                    publish_at.get_or_insert_with(|| Instant::now() + PUBLISH_EVERY);
                }
                () = at(publish_at) => {
                    publish_at = None;
                    self.publish();
                }
                () = sleep_until(tick_at), if self.catalog.reads_clock() => {
                    tick_at = Instant::now() + CLOCK_TICK;
                    self.evaluate_all(Scope::Clock, false);
                    self.commit();
                }
                () = at(disk_at) => {
                    self.evaluate_unwritten();
                    self.commit();
                    publish_at.get_or_insert_with(|| Instant::now() + PUBLISH_EVERY);
                }
            }
            disk_at = match (self.unwritten.is_empty(), disk_at) {
                (true, _) => None,
                (false, Some(at)) if at > Instant::now() => Some(at),
                (false, _) => Some(Instant::now() + DISK_RETRY),
            };
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Server { name, run, news } => {
                if self.servers.is_current(&name, run) {
                    self.take_news(&name, news);
                }
            }
            Input::Courier(news) => self.take_courier(news),
            Input::FilesChanged => self.reload(),
            Input::Classified { service, robot, host } => self.groups.classify(&service, robot, host),
            Input::Command(command) => self.obey(command),
        }
    }

    fn take_news(&mut self, name: &ServerName, news: News) {
        match news {
            News::State { state, problem, next_try_ms } => {
                self.server_state(name, state, problem, next_try_ms)
            }
            News::Identity { version, account } => self.servers.identify(name, version, account),
            News::Alive => self.servers.fresh(name),
            News::Seen(snapshot) => {
                self.servers.fresh(name);
                if let Taken::Changed { before } = self.table.take(&snapshot) {
                    self.servers.changed(name);
                    self.evaluate(&snapshot, before.as_deref(), Scope::All, false);
                }
            }
            News::Gone(id) => {
                if self.table.remove(&id).is_some() {
                    self.servers.changed(name);
                }
            }
            News::Listed { present } => {
                self.servers.fresh(name);
                self.servers.listed(name);
                let present: BTreeSet<AppId> = present.into_iter().collect();
                let gone: Vec<AppId> = self
                    .table
                    .of(name)
                    .map(|(id, _)| id.clone())
                    .filter(|id| !present.contains(id))
                    .collect();
                for id in gone {
                    self.table.remove(&id);
                    self.servers.changed(name);
                }
            }
        }
    }

    fn server_state(
        &mut self,
        name: &ServerName,
        state: ServerState,
        problem: Option<Problem>,
        next_try_ms: Option<i64>,
    ) {
        if self.servers.set_state(name, state, problem.clone(), next_try_ms) {
            let kind = EventKind::Server { name: name.to_string(), state, problem };
            self.log(Event {
                id: 0,
                at_ms: now_ms(),
                app: None,
                trigger: String::new(),
                service: String::new(),
                kind,
            });
        }
    }

    fn take_courier(&mut self, news: CourierNews) {
        match news {
            CourierNews::Delivered { service } => self.groups.delivered(&service),
            CourierNews::Waiting => {}
            CourierNews::Throttled { service, until_ms } => self.groups.throttled(&service, until_ms),
            CourierNews::Refused { service, problem } => self.groups.refused(&service, problem),
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Refresh => self.servers.refresh_all(),
            Command::Reload { done } => {
                self.reload();
                // The asker may be gone; then nobody waits.
                let _ = done.send(());
            }
            Command::Pause(pause) => {
                self.paused = pause;
                self.disk(|store| store.set_pause(pause));
                self.order(Order::Pause(pause));
            }
            Command::QueueChanged => {
                self.groups.release();
                self.order(Order::Release);
            }
            Command::Snapshot { id, answer } => {
                // The asker may be gone.
                let _ = answer.send(self.table.get(&id).and_then(crate::table::Entry::snapshot));
            }
        }
    }

    /// Reads the files again and puts them in force.
    fn reload(&mut self) {
        let loaded = self.spawner.load();
        self.apply(loaded);
    }

    /// Puts settings and rules in force: at the start and at every reload. What is broken leaves the
    /// last good state where it is.
    pub(crate) fn apply(&mut self, loaded: Loaded) {
        self.settings_problems = loaded.settings_problems;
        self.rules_problems = loaded.rules_problems;
        if let Some(settings) = loaded.settings {
            self.spawner.set_sources(&settings);
            let kept = self.settings.servers.iter().filter(|old| settings.broken.contains(&old.name));
            let wanted: Vec<ServerConfig> = settings.servers.iter().chain(kept).cloned().collect();
            if self.spawner.follows() {
                self.apply_servers(&wanted);
            }
            self.settings = Settings { servers: wanted, ..settings };
        }
        if !(self.loaded_once && loaded.rules_broken) {
            let changed = self.loaded_once && self.rules_text != loaded.rules_text;
            self.rules_text = loaded.rules_text;
            self.catalog = Arc::new(loaded.catalog);
            let destinations = Arc::new(self.catalog.services().clone());
            self.groups.set(&destinations);
            self.spawner.classify(destinations.clone());
            self.order(Order::Destinations(destinations));
            if changed {
                // What is already true under new rules is first contact again: remembered, not sent.
                self.rule_errors.clear();
                self.evaluate_all(Scope::All, true);
            }
        } else {
            // A secret may have changed even so.
            self.groups.release();
            self.order(Order::Release);
        }
        self.loaded_once = true;
    }

    fn apply_servers(&mut self, wanted: &[ServerConfig]) {
        let removed = self.servers.set(wanted, &self.spawner);
        for name in removed {
            self.table.remove_server(&name);
        }
    }

    /// Runs the rules on one application that changed.
    fn evaluate(
        &mut self,
        snapshot: &AppSnapshot,
        before: Option<&AppSummary>,
        scope: Scope,
        rules_are_new: bool,
    ) {
        if !self.spawner.judges() {
            return;
        }
        let id = &snapshot.summary.id;
        let Some(entry) = self.table.get_mut(id) else { return };
        // An application that comes into being while we look on is an event, not first contact.
        let first_contact = match self.servers.shows_new_ones(&id.server) {
            true => FirstContact::Send,
            false => first_contact(&self.settings),
        };
        let groups = &self.groups;
        let bench = Bench {
            catalog: &self.catalog,
            options: Options { first_contact, rules_are_new, scope },
            base_url: self.servers.url(&id.server),
            is_robot: &|service| groups.is_robot(service),
            now_ms: now_ms(),
        };
        let judged = judge(&bench, &entry.memory, snapshot, before, &mut self.rule_errors);
        if !judged.is_nothing() || judged.known != entry.memory.known {
            judged.remember(&mut entry.memory);
            self.pending.push(judged);
        }
    }

    fn evaluate_all(&mut self, scope: Scope, rules_are_new: bool) {
        for id in self.table.ids() {
            self.evaluate_again(&id, scope, rules_are_new);
        }
    }

    fn evaluate_unwritten(&mut self) {
        for id in std::mem::take(&mut self.unwritten) {
            let memory = self.store.memory(&id);
            match (memory, self.table.get_mut(&id)) {
                (Ok(memory), Some(entry)) => {
                    entry.memory = memory;
                    self.evaluate_again(&id, Scope::All, false);
                }
                (Err(_), Some(_)) => {
                    self.unwritten.insert(id);
                }
                (_, None) => {}
            }
        }
    }

    fn evaluate_again(&mut self, id: &AppId, scope: Scope, rules_are_new: bool) {
        if let Some(snapshot) = self.table.get(id).and_then(crate::table::Entry::snapshot) {
            self.evaluate(&snapshot, None, scope, rules_are_new);
        }
    }

    /// Writes the batch in one transaction; on failure nothing of it counts and it is tried again.
    fn commit(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let commits: Vec<Commit<'_>> = pending.iter().map(Judged::as_commit).collect();
        let written = tokio::task::block_in_place(|| self.store.commit_many(&commits));
        match written {
            Ok(_) => {
                self.disk_problem = None;
                if pending.iter().any(|judged| !judged.messages.is_empty()) {
                    self.order(Order::Wake);
                }
            }
            Err(problem) => {
                tracing::error!(?problem, "a commit failed; it is tried again");
                self.disk_problem = Some(problem);
                self.unwritten.extend(pending.into_iter().map(|judged| judged.app));
            }
        }
    }

    fn log(&mut self, event: Event) {
        self.disk(|store| store.append_event(&event).map(drop));
    }

    fn disk(&mut self, work: impl FnOnce(&Store) -> Result<(), Problem>) {
        let done = tokio::task::block_in_place(|| work(&self.store));
        if let Err(problem) = done {
            tracing::error!(?problem, "the database refused");
            self.disk_problem = Some(problem);
        }
    }

    fn order(&self, order: Order) {
        // Fails only when the courier is gone, at the end.
        let _ = self.orders.send(order);
    }

    fn publish(&mut self) {
        if self.paused.and_then(|pause| pause.until_ms).is_some_and(|until| until <= now_ms()) {
            self.paused = None;
        }
        let counts = self.store.queue_counts().unwrap_or_default();
        let mut problems = Vec::new();
        problems.extend(self.disk_problem.clone());
        problems.extend(self.settings_problems.iter().cloned());
        problems.extend(self.rules_problems.iter().cloned());
        let status = Status {
            servers: self.servers.view(&self.table),
            groups: self.groups.view(&counts),
            problems,
            paused: self.paused,
            waiting: counts.values().map(|count| count.waiting).sum(),
            refused: counts.values().map(|count| count.refused).sum(),
            demo: self.demo,
            loaded: true,
        };
        self.status.send_if_modified(|old| {
            let changed = *old != status;
            *old = status;
            changed
        });
    }
}

/// A memory as `judge` leaves it. Kept here so that the table's owner alone changes it.
impl Judged {
    fn remember(&self, memory: &mut Memory) {
        memory.known |= self.known;
        for change in &self.changes {
            match change {
                MemoryChange::Insert { key, at_ms } => {
                    memory.keys.insert(key.clone(), *at_ms);
                }
                MemoryChange::Remove { key } => {
                    memory.keys.remove(key);
                }
            }
        }
    }
}

/// The setting, in the words of the rules.
fn first_contact(settings: &Settings) -> FirstContact {
    match settings.first_contact {
        dinghy_store::FirstContact::Baseline => FirstContact::Baseline,
        dinghy_store::FirstContact::Send => FirstContact::Send,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
