//! The one owner of state. All inputs arrive as [`Input`]; the loop in [`Controller::run`] is the
//! table of contents of the program.
//!
//! For each batch of inputs: take them, run the rules, commit memory, messages and events in one
//! transaction, wake the courier. The status is published at most every [`PUBLISH_EVERY`], and never while
//! nothing happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{
    AppId, AppSnapshot, Event, EventKind, Lang, Mutes, Pause, Problem, ServerConfig, ServerName, ServerState,
    ServiceKind, Status,
};
use dinghy_rules::{Catalog, Facts, FirstContact, Scope, Want};
use dinghy_store::{Settings, Store};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::agenda::Agenda;
use crate::courier::Order;
use crate::groups::Groups;
use crate::input::{Case, Command, CourierNews, Input, News};
use crate::judge::{Bench, RuleErrors, judge, rules_key};
use crate::keyring::Keyring;
use crate::ledger::Ledger;
use crate::library::{ASK_AGAIN_MS, Library};
use crate::load::{InForce, Loaded};
use crate::now_ms;
use crate::recent::Recent;
use crate::servers::Servers;
use crate::supervisor::Spawner;
use crate::table::{Before, Table, Taken};
use crate::visibility::{self, Visibility, Watch};

/// Shells see at most so many pictures a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(120);
/// Rules that read the clock are run again so often (the controller's resync, `resyncPeriod`).
const CLOCK_TICK: Duration = Duration::from_secs(60);
/// What is no longer needed is deleted so often.
const TIDY_EVERY: Duration = Duration::from_secs(24 * 3600);
/// A secret that could not be had is asked for again after this time.
const SECRET_AGAIN_MS: i64 = 60_000;
/// What applications looked like is kept for so long.
const KEEP_STATES_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 3600 * 1000;
/// A wait for a time of the wall clock looks so often whether the clock has jumped (a laptop slept).
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// All state of a running engine.
pub(crate) struct Controller {
    pub(crate) store: Arc<Store>,
    pub(crate) spawner: Spawner,
    pub(crate) orders: mpsc::UnboundedSender<Order>,
    pub(crate) status: watch::Sender<Status>,
    pub(crate) in_force: watch::Sender<InForce>,
    pub(crate) ledger: Ledger,
    pub(crate) table: Table,
    pub(crate) agenda: Agenda,
    pub(crate) visibility: Visibility,
    pub(crate) library: Library,
    pub(crate) keyring: Keyring,
    pub(crate) servers: Servers,
    pub(crate) groups: Groups,
    pub(crate) recent: Recent,
    pub(crate) settings: Settings,
    pub(crate) catalog: Arc<Catalog>,
    /// See [`crate::judge::rules_key`].
    pub(crate) rules_key: String,
    /// The text that `catalog` was made of.
    pub(crate) rules_text: String,
    pub(crate) settings_problems: Vec<Problem>,
    /// The language of `settings` when the status was last published.
    pub(crate) published_language: Option<Lang>,
    pub(crate) rules_problems: Vec<Problem>,
    /// What the disk said to the courier.
    pub(crate) courier_problem: Option<Problem>,
    pub(crate) paused: Option<Pause>,
    pub(crate) mutes: Arc<Mutes>,
    /// Destinations that the user switched off.
    pub(crate) off: Arc<BTreeSet<String>>,
    pub(crate) demo: bool,
    pub(crate) rule_errors: RuleErrors,
    pub(crate) loaded_once: bool,
}

impl Controller {
    /// Runs until stopped or until nobody can send any more.
    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<Input>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(256);
        // News after a quiet time is told at once, more news at most every PUBLISH_EVERY.
        let mut published = Instant::now();
        let mut publish_at = Some(published);
        let mut tick_at = Instant::now() + CLOCK_TICK;
        let mut tidy_at = Instant::now();
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
                    self.look_at_servers();
                    self.write();
                    publish_at.get_or_insert_with(|| Instant::now().max(published + PUBLISH_EVERY));
                }
                () = at(publish_at) => {
                    (published, publish_at) = (Instant::now(), None);
                    self.publish();
                }
                () = sleep_until(tick_at), if self.catalog.reads_clock() => {
                    tick_at = Instant::now() + CLOCK_TICK;
                    self.evaluate_all(Scope::Clock);
                    self.write();
                }
                () = at_ms(self.next_due_ms()) => {
                    self.evaluate_due();
                    self.look_at_servers();
                    self.write();
                }
                () = at(self.ledger.retry_at()) => {
                    self.write();
                    publish_at.get_or_insert_with(|| Instant::now().max(published + PUBLISH_EVERY));
                }
                () = at_ms(self.next_expiry_ms()) => {
                    if self.next_expiry_ms().is_some_and(|at| at <= now_ms()) {
                        self.publish();
                    }
                }
                () = sleep_until(tidy_at) => {
                    tidy_at = Instant::now() + TIDY_EVERY;
                    self.tidy();
                }
            }
        }
        // What the disk refused has one more chance.
        self.write();
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Server { name, run, news } => {
                if self.servers.is_current(&name, run) {
                    self.take_news(&name, news);
                }
            }
            Input::Fact { server, want, found, turn: _turn } => {
                for app in self.library.put(&server, want, found, now_ms()) {
                    self.evaluate_again(&app);
                }
            }
            Input::Secret { name, found, turn: _turn } => {
                for app in self.keyring.put(&name, found) {
                    self.evaluate_again(&app);
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
            News::Identity { client, version, account } => {
                self.servers.identify(name, client, version, account);
                self.library.give_up(name);
            }
            News::Projects(projects) => {
                for project in self.library.projects(name, projects) {
                    self.evaluate_project(name, &project);
                }
            }
            News::Alive => self.servers.fresh(name),
            News::Seen(snapshot) => {
                self.servers.fresh(name);
                if let Taken::Changed { before } = self.table.take(&snapshot, now_ms()) {
                    self.servers.changed(name);
                    self.evaluate(&snapshot, before.as_ref(), Scope::All);
                }
            }
            News::Gone(id) => {
                self.forget(&[id]);
                self.servers.changed(name);
            }
            News::Listed { present } => {
                self.servers.fresh(name);
                self.servers.listed(name);
                let present: BTreeSet<AppId> = present.into_iter().collect();
                if self.table.retain(name, now_ms(), |id| present.contains(id)) {
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
            let (trigger, service) = Default::default();
            self.ledger.log(Event { id: 0, at_ms: now_ms(), app: None, trigger, service, kind });
        }
    }

    fn take_courier(&mut self, news: CourierNews) {
        match news {
            CourierNews::Delivered { service } => {
                self.groups.delivered(&service);
                if self.groups.is_unread(&service) {
                    // The vault can be read again.
                    self.spawner.classify(Arc::new(self.catalog.services().clone()));
                }
            }
            CourierNews::Waiting => {}
            CourierNews::ChangedElsewhere => self.read_again(),
            CourierNews::Unrecorded(problem) => self.courier_problem = problem,
            CourierNews::Retrying { service, problem, next_ms } => {
                self.groups.retrying(&service, problem, next_ms, now_ms());
            }
            CourierNews::Throttled { service, until_ms } => self.groups.throttled(&service, until_ms),
            CourierNews::Refused { service, problem } => self.groups.refused(&service, problem),
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Refresh => self.servers.refresh_all(),
            Command::RefreshApp { id, answer } => match self.servers.to_refresh(&id.server) {
                (Some(client), again) => self.spawner.refresh(client, id, again, answer),
                // The asker may be gone.
                (None, _) => drop(answer.send(Ok(()))),
            },
            Command::Reload { done } => {
                self.reload();
                self.publish();
                // The asker may be gone; then nobody waits.
                let _ = done.send(());
            }
            Command::Reconnect(name) => self.servers.restart(&name, &self.spawner),
            Command::Pause(pause) => {
                self.paused = pause;
                self.ledger.pause(pause);
                self.order(Order::Pause(pause));
            }
            Command::ReadAgain { done } => {
                self.read_again();
                self.publish();
                // The asker may be gone.
                let _ = done.send(());
            }
            Command::QueueChanged => {
                self.groups.release();
                self.order(Order::Release);
            }
            Command::Case { id, answer } => {
                // The asker may be gone.
                let _ = answer.send(self.case(&id));
            }
            Command::Facts { id, wants, answer } => self.find_out(id, wants, answer),
            Command::Bodies { answer } => {
                let _ = answer.send(self.table.bodies());
            }
        }
    }

    /// Answers what rules ask a server for while they are tried: what is known at once, the rest when the server has
    /// answered.
    fn find_out(&mut self, id: AppId, wants: BTreeSet<Want>, answer: oneshot::Sender<Facts>) {
        self.library.expire(&id.server, now_ms());
        let known = self.library.facts(&id.server);
        let mut facts = Facts::new();
        let mut missing = Vec::new();
        for want in wants {
            match (known.get(&want), self.servers.client(&id.server)) {
                (Some(found), _) => drop(facts.insert(want, found.clone())),
                (None, Some(_)) => missing.push(want),
                (None, None) => drop(facts.insert(want, Err("the server cannot be asked now".to_owned()))),
            }
        }
        match self.servers.client(&id.server) {
            Some(client) if !missing.is_empty() => {
                let project = self.table.get(&id).map(|entry| entry.summary.project.clone());
                let project = project.unwrap_or_default();
                self.spawner.find_out(client.clone(), id, project, missing, facts, answer);
            }
            // The asker may be gone.
            _ => drop(answer.send(facts)),
        }
    }

    /// An application with what its rules see beside it.
    fn case(&self, id: &AppId) -> Option<Case> {
        let snapshot = self.table.get(id).and_then(crate::table::Entry::snapshot)?;
        Some(Case {
            project: self.library.project(&id.server, &snapshot.summary.project).cloned(),
            facts: self.library.facts(&id.server),
            snapshot,
        })
    }

    /// Reads the files again and puts them in force.
    fn reload(&mut self) {
        let loaded = self.spawner.load();
        self.apply(loaded);
    }

    /// Puts settings and rules in force: at the start and at every reload. What is broken leaves the
    /// last good state where it is.
    pub(crate) fn apply(&mut self, loaded: Loaded) {
        // A secret may be another one, or there at last.
        let lacking = self.keyring.doubt();
        self.settings_problems = loaded.settings_problems;
        self.rules_problems = loaded.rules_problems;
        if let Some(settings) = loaded.settings {
            self.spawner.set_settings(&settings, &self.settings);
            let is_good = |name: &ServerName| settings.servers.iter().any(|server| server.name == *name);
            let kept = self.settings.servers.iter();
            let kept = kept.filter(|old| settings.broken.contains(&old.name) && !is_good(&old.name));
            let wanted: Vec<ServerConfig> = settings.servers.iter().chain(kept).cloned().collect();
            if self.spawner.follows() {
                self.apply_servers(&wanted, &settings.preferences.proxy);
            }
            let gone = self.visibility.retain(|name| wanted.iter().any(|server| server.name == *name));
            self.forget(&gone);
            self.library.retain(|name| wanted.iter().any(|server| server.name == *name));
            let keeps_less = settings.preferences.keep < self.settings.preferences.keep;
            self.settings = Settings { servers: wanted, ..settings };
            if keeps_less {
                self.prune_events();
            }
        }
        if !(self.loaded_once && loaded.rules_broken) {
            let mut catalog = loaded.catalog;
            let alerts = &self.settings.alerts;
            let missing = catalog.add_alerts(dinghy_rules::Alerts {
                not_synced_for: alerts.not_synced_for,
                send_to: &alerts.send_to,
                lang: self.spawner.lang(),
            });
            self.rules_problems.extend(visibility::missing(missing));
            let rules_key = rules_key(&catalog);
            let changed = self.rules_text != loaded.rules_text || self.rules_key != rules_key;
            let changed = self.loaded_once && changed;
            self.rules_text = loaded.rules_text;
            self.catalog = Arc::new(catalog);
            self.rules_key = rules_key;
            let destinations = Arc::new(self.catalog.services().clone());
            self.groups.set(&destinations);
            self.spawner.classify(destinations.clone());
            self.order(Order::Destinations(destinations));
            if changed {
                // What is already true under new triggers is first contact again: remembered, not sent. What
                // failed in a template that is mended now is sent.
                self.rule_errors.clear();
                self.evaluate_all(Scope::All);
            }
        } else {
            // A secret may have changed even so: what waits is tried. Whether that mended a group is then seen.
            self.order(Order::Release);
        }
        lacking.iter().for_each(|app| self.evaluate_again(app));
        self.loaded_once = true;
        let in_force = InForce {
            catalog: self.catalog.clone(),
            language: self.settings.language,
            first_contact: first_contact(&self.settings),
            skip_sent_by_argocd: self.settings.skip_sent_by_argocd,
            preferences: self.settings.preferences.clone(),
        };
        self.in_force.send_replace(in_force);
    }

    fn apply_servers(&mut self, wanted: &[ServerConfig], proxy: &str) {
        let removed = self.servers.set(wanted, proxy, &self.spawner);
        for name in removed {
            self.table.retain(&name, now_ms(), |_| false);
        }
    }

    /// Forgets applications that were deleted, as Argo CD forgets its annotation with them.
    fn forget(&mut self, apps: &[AppId]) {
        for app in apps {
            self.table.forget(app);
            Arc::make_mut(&mut self.mutes).set(app, None);
            self.rule_errors.remove(app);
        }
        if let Err(problem) = tokio::task::block_in_place(|| self.store.forget(apps)) {
            tracing::warn!(?problem, "deleted applications are not forgotten");
        }
    }

    /// A shell, of this process or another, wrote into the database what the user wants quiet.
    fn read_again(&mut self) {
        let read = || Ok((self.store.mutes()?, self.store.switched_off()?));
        match tokio::task::block_in_place(read) {
            Ok((mutes, off)) => {
                self.mutes = Arc::new(mutes);
                self.off = Arc::new(off);
                self.order(Order::Off(self.off.clone()));
            }
            Err::<_, Problem>(problem) => tracing::warn!(?problem, "the database cannot be read again"),
        }
    }

    /// Deletes what nobody needs any more.
    fn tidy(&mut self) {
        let now_ms = now_ms();
        let mut absent = self.table.absent_since(now_ms - DAY_MS);
        absent.retain(|id| self.servers.is_certain(&id.server));
        if !absent.is_empty() {
            self.forget(&absent);
        }
        self.prune_events();
        if let Err(problem) = tokio::task::block_in_place(|| self.store.prune_mutes(now_ms)) {
            tracing::warn!(?problem, "mutes that are over cannot be deleted");
        }
        let pruned = tokio::task::block_in_place(|| self.store.prune_past_states(now_ms - KEEP_STATES_MS));
        if let Err(problem) = pruned {
            tracing::warn!(?problem, "past states cannot be deleted");
        }
    }

    /// Deletes what the event log has of longer ago than the settings say.
    fn prune_events(&self) {
        let since_ms = self.settings.preferences.keeps_since_ms(now_ms());
        let pruned = tokio::task::block_in_place(|| self.store.prune_events(since_ms));
        if let Err(problem) = pruned {
            tracing::warn!(?problem, "old events cannot be deleted");
        }
    }

    /// Runs the rules on one application that changed.
    fn evaluate(&mut self, snapshot: &AppSnapshot, before: Option<&Before>, scope: Scope) {
        if !self.spawner.judges() {
            return;
        }
        let id = &snapshot.summary.id;
        let Some(entry) = self.table.get_mut(id) else { return };
        // An application that comes into being while we look on is an event, not first contact.
        let is_new = !entry.memory.known && self.servers.shows_new_ones(&id.server);
        let first_contact = match is_new {
            true => FirstContact::Send,
            false => first_contact(&self.settings),
        };
        let now_ms = now_ms();
        self.library.expire(&id.server, now_ms);
        let groups = &self.groups;
        let bench = Bench {
            catalog: &self.catalog,
            first_contact,
            skip_sent_by_argocd: self.settings.skip_sent_by_argocd,
            scope,
            rules_key: &self.rules_key,
            base_url: self.servers.url(&id.server),
            is_robot: &|service| groups.is_robot(service),
            now_ms,
            project: self.library.project(&id.server, &snapshot.summary.project),
            facts: self.library.facts(&id.server),
            secrets: &self.keyring.secrets(self.catalog.secrets()),
            key: self.keyring.key(),
            muted: self.mutes.get(id).is_some_and(|mute| mute.holds(now_ms)),
            off: &self.off,
            show: self.settings.preferences.show,
            lang: self.spawner.lang(),
        };
        let judged = judge(&bench, &entry.memory, snapshot, before, &mut self.rule_errors);
        match (scope, judged.next_ms) {
            (Scope::All, next_ms) => self.agenda.set(id, next_ms),
            (Scope::Clock, Some(next_ms)) => self.agenda.bring_forward(id, next_ms),
            (Scope::Clock, None) => {}
        }
        if judged.asks_again {
            self.agenda.bring_forward(id, now_ms + ASK_AGAIN_MS);
        }
        if judged.lacks_secret {
            self.agenda.bring_forward(id, now_ms + SECRET_AGAIN_MS);
        }
        for name in self.keyring.want(id, &judged.secrets) {
            self.spawner.secret(name);
        }
        if let (false, Some(client)) = (judged.wants.is_empty(), self.servers.client(&id.server)) {
            for want in self.library.want(id, judged.wants.clone()) {
                let project = snapshot.summary.project.clone();
                self.spawner.fact(client.clone(), id.clone(), project, want);
            }
        }
        entry.waits = judged.waits;
        if !judged.states.is_empty() {
            (entry.is_kept, entry.since_ms) = (true, now_ms);
        }
        if !judged.is_nothing() || judged.known != entry.memory.known {
            judged.remember(&mut entry.memory);
            self.ledger.judged(judged);
        }
    }

    fn evaluate_all(&mut self, scope: Scope) {
        for id in self.table.ids() {
            if let Some(snapshot) = self.table.get(&id).and_then(crate::table::Entry::snapshot) {
                self.evaluate(&snapshot, None, scope);
            }
        }
    }

    /// When the next condition with `for` has held for long enough. What a server that is not fresh said last is no
    /// ground for a message: its applications wait until it answers again.
    fn next_due_ms(&self) -> Option<i64> {
        let held = self.agenda.next_ms(|server| self.servers.is_certain(server));
        let look = self.visibility.next_ms(&self.settings.alerts);
        // One that is overdue could not be told at its time; that is tried again whenever the wait looks again.
        let now_ms = now_ms();
        let look = look.map(|at_ms| if at_ms <= now_ms { i64::MAX } else { at_ms });
        held.into_iter().chain(look).min()
    }

    /// Whether the applications of each server are visible, and what follows from it.
    fn look_at_servers(&mut self) {
        if !self.spawner.judges() {
            return;
        }
        for (name, sight) in self.servers.sights(&self.table) {
            let groups = &self.groups;
            let watch = Watch {
                catalog: &self.catalog,
                alerts: &self.settings.alerts,
                lang: self.spawner.lang(),
                is_robot: &|service| groups.is_robot(service),
                base_url: self.servers.url(&name),
                off: &self.off,
                now_ms: now_ms(),
            };
            if let Some(judged) = self.visibility.look(&watch, &name, sight) {
                self.ledger.judged(judged);
            }
        }
    }

    /// Runs the rules on the applications whose time has come.
    fn evaluate_due(&mut self) {
        let servers = &self.servers;
        for id in self.agenda.take_due(now_ms(), |server| servers.is_certain(server)) {
            self.evaluate_again(&id);
        }
    }

    /// Runs the rules on an application that has not changed.
    fn evaluate_again(&mut self, id: &AppId) {
        if let Some(snapshot) = self.table.get(id).and_then(crate::table::Entry::snapshot) {
            self.evaluate(&snapshot, None, Scope::All);
        }
    }

    /// Runs the rules on the applications of a project that changed.
    fn evaluate_project(&mut self, server: &ServerName, project: &str) {
        let of_it = |(id, entry): (&AppId, &crate::table::Entry)| {
            (entry.summary.project == project).then(|| id.clone())
        };
        let ids: Vec<AppId> = self.table.of(server).filter_map(of_it).collect();
        ids.iter().for_each(|id| self.evaluate_again(id));
    }

    /// Writes what the batch brought and wakes the courier.
    fn write(&mut self) {
        if self.ledger.write() {
            self.order(Order::Wake);
        }
    }

    fn order(&self, order: Order) {
        // Fails only when the courier is gone, at the end.
        let _ = self.orders.send(order);
    }

    /// When the next pause or mute is over that shells show, or a token nears its end, without anything else happening.
    fn next_expiry_ms(&self) -> Option<i64> {
        let paused = self.paused.and_then(|pause| pause.until_ms);
        let mutes = self.mutes.next_expiry_ms();
        let tokens = self.servers.next_token_ms();
        paused.into_iter().chain(mutes).chain(self.groups.next_expiry_ms()).chain(tokens).min()
    }

    fn desktops(&self) -> Vec<String> {
        let services = self.catalog.services().values();
        services.filter(|service| service.kind == ServiceKind::Desktop).map(|one| one.name.clone()).collect()
    }

    fn publish(&mut self) {
        let now_ms = now_ms();
        self.paused = self.paused.filter(|pause| pause.until_ms.is_none_or(|until| until > now_ms));
        self.groups.expire(now_ms);
        if self.mutes.next_expiry_ms().is_some_and(|until| until <= now_ms) {
            Arc::make_mut(&mut self.mutes).expire(now_ms);
        }
        let mut problems = Vec::new();
        let counts = self.store.queue_counts().unwrap_or_else(|problem| {
            problems.push(problem);
            BTreeMap::new()
        });
        problems.extend(self.ledger.problem().or(self.courier_problem.as_ref()).cloned());
        problems.extend(self.settings_problems.iter().cloned());
        problems.extend(self.rules_problems.iter().cloned());
        let status = Status {
            servers: self.servers.view(&self.table, now_ms),
            groups: self.groups.view(&counts),
            problems,
            paused: self.paused,
            mutes: self.mutes.clone(),
            desktops: self.desktops(),
            off: self.off.clone(),
            waiting: counts.values().map(|count| count.waiting).sum(),
            refused: counts.values().map(|count| count.refused).sum(),
            recent: self.recent.view(&self.store, &self.mutes),
            demo: self.demo,
            loaded: true,
        };
        // The language is no part of the status, but all that is drawn from it is drawn anew.
        let spoken = std::mem::replace(&mut self.published_language, self.settings.language);
        let respoken = spoken != self.settings.language;
        self.status.send_if_modified(|old| {
            let changed = *old != status || respoken;
            *old = status;
            changed
        });
    }
}

/// The setting, in the words of the rules.
fn first_contact(settings: &Settings) -> FirstContact {
    match settings.first_contact {
        dinghy_store::FirstContact::Baseline => FirstContact::Baseline,
        dinghy_store::FirstContact::Send => FirstContact::Send,
    }
}

/// Returns at a time of the wall clock, or earlier after [`LOOK_AGAIN`].
async fn at_ms(time_ms: Option<i64>) {
    let Some(time_ms) = time_ms else { return std::future::pending().await };
    let left = u64::try_from(time_ms.saturating_sub(now_ms())).unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(left).min(LOOK_AGAIN)).await;
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod speed;
