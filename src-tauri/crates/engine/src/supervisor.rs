//! Starts and stops everything. The only place that spawns tasks.
//!
//! Stop: cancel, let what is in flight land, at most [`STOP_WITHIN`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dinghy_argocd::Client;
use dinghy_dingtalk::{Sender, SenderOptions};
use dinghy_model::{
    AppId, Lang, Pause, Problem, QueueState, QueuedMessage, ServerConfig, ServerState, Service, Status,
};
use dinghy_rules::{Catalog, Fact, Facts, Want};
use dinghy_store::{Dirs, Lock, Settings, Store, Watcher};
use dinghy_vault::Vault;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agenda::Agenda;
use crate::budget::Budget;
use crate::controller::Controller;
use crate::courier::{Courier, Order, Rest};
use crate::deliver::Deliverer;
use crate::desktop::{Desktop, OpenUrl};
use crate::disk::Disk;
use crate::groups::Groups;
use crate::habits::SharedHabits;
use crate::input::{Command, Input};
use crate::intake::Intake;
use crate::keyring::Keyring;
use crate::ledger::Ledger;
use crate::library::Library;
use crate::load::{InForce, Loaded, load};
use crate::recent::Recent;
use crate::seal;
use crate::servers::Servers;
use crate::table::Table;
use crate::visibility::Visibility;

/// A stop takes at most this long.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// Inputs that may wait for the controller; a full list waits for room, so it is never held whole.
const INPUTS: usize = 64;
/// A robot's budget is whole again after a minute; longer pauses are left to the next run.
const ROBOT_MINUTE: i64 = 61_000;
/// A message that failed is waited for if its next attempt is this near; else the next run sends it.
const RETRY_PATIENCE: i64 = 10_000;
/// How often [`Engine::finished`] asks.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Rules may ask a server for so many things at once.
const QUESTIONS: usize = 4;

/// What a shell gives to start an engine.
pub struct Options {
    /// Where the files are; they must exist ([`Dirs::create`]).
    pub dirs: Dirs,
    /// Where secrets come from.
    pub vault: Arc<Vault>,
    /// Opens a URL in the browser, for clicked notifications.
    pub open_url: OpenUrl,
    /// The embedded demo is what is followed.
    pub demo: bool,
    /// How long servers are followed.
    pub follow: Follow,
    /// Judge and queue, but send nothing.
    pub dry_run: bool,
}

/// How long servers are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Until the engine stops.
    Always,
    /// One list of every server, no watching ([`Engine::finished`]).
    Once,
    /// As `Once`, but the rules are not run: what is there is only looked at.
    Look,
    /// Not at all: the engine only delivers. The keychain is not asked before there is something to deliver.
    Never,
}

/// A running engine. Dropping it stops the tasks without waiting for them.
pub struct Engine {
    status: watch::Receiver<Status>,
    orders: mpsc::UnboundedSender<Order>,
    in_force: watch::Receiver<InForce>,
    inputs: mpsc::Sender<Input>,
    deliverer: Arc<Deliverer>,
    store: Arc<Store>,
    questions: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _watcher: Option<Watcher>,
    _lock: Lock,
}

/// An engine that has not been started.
pub(crate) struct Parts {
    pub(crate) engine: Engine,
    pub(crate) controller: Controller,
    pub(crate) inputs: mpsc::Receiver<Input>,
    pub(crate) courier: Courier,
    pub(crate) orders: mpsc::UnboundedReceiver<Order>,
}

impl Engine {
    /// Opens the database and starts all tasks. Needs a tokio runtime with several threads.
    ///
    /// Fails when another engine runs on the data folder or the database cannot be used; broken files do
    /// not make it fail, they are reported in the status.
    pub fn start(options: Options) -> Result<Self, Problem> {
        let dirs = options.dirs.clone();
        let Parts { engine, mut controller, inputs, courier, orders } = Self::assemble(options)?;
        controller.apply(load(&dirs));
        engine.tasks.spawn(courier.run(orders));
        engine.tasks.spawn(controller.run(inputs, engine.stop.clone()));
        Ok(engine)
    }

    /// Everything in its place, and nothing running yet.
    pub(crate) fn assemble(options: Options) -> Result<Parts, Problem> {
        let Options { dirs, vault, open_url, demo, follow, dry_run } = options;
        let lock = Lock::acquire(&dirs.data)?;
        let store = Arc::new(Store::open(&dirs.database())?);
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let desktop = Desktop::new(open_url, tasks.clone(), stop.clone());
        let sender = Sender::new(SenderOptions::default())?;
        let disk = Arc::new(Disk::new(store.clone()));
        let budget = Arc::new(Budget::new(disk.clone()));
        let habits = SharedHabits::default();
        let deliverer =
            Arc::new(Deliverer::new(sender, vault.clone(), desktop, budget.clone(), habits.clone()));
        let (inputs, inputs_rx) = mpsc::channel(INPUTS);
        let (orders, orders_rx) = mpsc::unbounded_channel();
        let (status_tx, status) = watch::channel(Status::default());
        let (in_force_tx, in_force) = watch::channel(InForce::default());
        let paused = if dry_run { Some(Pause { until_ms: None }) } else { store.pause()? };
        let off = Arc::new(store.switched_off()?);
        let courier = Courier {
            store: store.clone(),
            disk,
            deliverer: deliverer.clone(),
            inputs: inputs.clone(),
            stop: stop.clone(),
            destinations: None,
            desktops: Vec::new(),
            paused,
            off: off.clone(),
            held: BTreeMap::new(),
            busy: BTreeMap::new(),
            owed: Vec::new(),
            disk_at_ms: None,
            budget,
            elsewhere: None,
            habits: habits.clone(),
            asked: Vec::new(),
        };
        let questions = Arc::new(Semaphore::new(QUESTIONS));
        let spawner = Spawner {
            dirs: dirs.clone(),
            vault,
            deliverer: deliverer.clone(),
            inputs: inputs.clone(),
            tasks: tasks.clone(),
            stop: stop.clone(),
            follow,
            habits,
            questions: questions.clone(),
        };
        let mut remembered = store.memories()?;
        let visibility = Visibility::split_off(&mut remembered);
        let controller = Controller {
            store: store.clone(),
            spawner,
            orders: orders.clone(),
            status: status_tx,
            in_force: in_force_tx,
            ledger: Ledger::new(store.clone()),
            table: Table::new(remembered, crate::now_ms()),
            agenda: Agenda::default(),
            visibility,
            library: Library::default(),
            keyring: Keyring::default(),
            servers: Servers::default(),
            groups: Groups::default(),
            recent: Recent::default(),
            settings: Settings::default(),
            catalog: Arc::new(Catalog::default()),
            rules_key: String::new(),
            rules_text: String::new(),
            settings_problems: Vec::new(),
            published_language: None,
            rules_problems: Vec::new(),
            courier_problem: None,
            paused,
            mutes: Arc::new(store.mutes()?),
            off: off.clone(),
            demo,
            rule_errors: BTreeMap::new(),
            loaded_once: false,
        };
        // Watched before they are read, so that no change is missed. Who does not stay has no use for changes.
        let watcher = (follow == Follow::Always).then(|| watch_files(&dirs, inputs.clone())).flatten();
        let engine = Self {
            status,
            orders,
            in_force,
            inputs,
            deliverer,
            store,
            questions,
            tasks,
            stop,
            _watcher: watcher,
            _lock: lock,
        };
        Ok(Parts { engine, controller, inputs: inputs_rx, courier, orders: orders_rx })
    }

    /// The present state and its changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// What of the files is in force, and its changes.
    pub fn in_force_changes(&self) -> watch::Receiver<InForce> {
        self.in_force.clone()
    }

    /// The rules and the language in force.
    pub fn in_force(&self) -> InForce {
        self.in_force.borrow().clone()
    }

    /// Asks for something. Never waits long; lost only when the engine has stopped.
    pub async fn send(&self, command: Command) {
        // Fails only after the stop.
        let _ = self.inputs.send(Input::Command(command)).await;
    }

    /// For single messages past the queue (tests from a form).
    pub fn deliverer(&self) -> Arc<Deliverer> {
        self.deliverer.clone()
    }

    /// The open database, to read events and the queue.
    pub fn store(&self) -> Arc<Store> {
        self.store.clone()
    }

    /// With [`Follow::Once`] or [`Follow::Look`]: waits until every server was listed or failed and what was due
    /// was delivered, or waits for more than a robot's minute or for a retry that is not near. Ends also when
    /// nothing moved for a minute.
    pub async fn finished(&self) {
        let mut status = self.status();
        // Fails only when the controller is gone; then there is nothing to wait for.
        let _ = status
            .wait_for(|status| {
                status.loaded && status.servers.iter().all(|server| server.state != ServerState::Connecting)
            })
            .await;
        let (mut left, mut moved) = (usize::MAX, Instant::now());
        let mut was_idle = false;
        loop {
            let (asked, rest) = oneshot::channel();
            let sent = self.orders.send(Order::Report(asked));
            let Ok(Rest { busy, next_ms }) = rest.await else { return };
            let now = crate::now_ms();
            let soon = next_ms.is_some_and(|next| next <= now + ROBOT_MINUTE);
            let queue = self.store.queue().unwrap_or_default();
            if queue.len() != left {
                (left, moved) = (queue.len(), Instant::now());
            }
            let stuck = i64::try_from(moved.elapsed().as_millis()).is_ok_and(|still| still > ROBOT_MINUTE);
            let asking = self.questions.available_permits() < QUESTIONS;
            let idle = !(asking || busy || (soon && !stuck && worth_waiting(&queue, now)));
            // Twice: an answer that has just come may be on its way from the rules to the outbox.
            if sent.is_err() || (idle && was_idle) {
                return;
            }
            was_idle = idle;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Stops all tasks and waits for them, at most five seconds.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some tasks did not stop in time");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Whether the first waiting message of any destination is yet untried (the robot's budget holds it), or is
/// tried again soon.
fn worth_waiting(queue: &[QueuedMessage], now_ms: i64) -> bool {
    let mut seen = BTreeSet::new();
    let waiting = queue.iter().filter(|queued| queued.state == QueueState::Waiting);
    let mut first = waiting.filter(|queued| seen.insert(queued.message.service.as_str()));
    first.any(|queued| queued.problem.is_none() || queued.due_ms <= now_ms + RETRY_PATIENCE)
}

/// Puts one question to a server.
async fn ask_for(client: &Client, app: &AppId, project: &str, want: &Want) -> Result<Fact, String> {
    match want {
        Want::Commit { revision, source_index, .. } => {
            let found = client.commit(app, project, revision, *source_index).await;
            found.map(Fact::Commit).map_err(|problem| why(&problem))
        }
        Want::Details { source, .. } => {
            let found = client.details(app, project, source).await;
            found.map(Fact::Details).map_err(|problem| match problem {
                Problem::Forbidden { detail } => {
                    format!(
                        "the account may not read the repository, which takes `repositories, get` ({detail})"
                    )
                }
                other => why(&other),
            })
        }
    }
}

/// A reason in a few words, for the message of a rule that fails.
fn why(problem: &Problem) -> String {
    match problem {
        Problem::ServerError { status, detail } => format!("HTTP {status} {detail}").trim_end().to_owned(),
        Problem::Forbidden { detail } => format!("permission denied ({detail})"),
        Problem::Timeout { .. } => "no answer in time".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Watches both files. Without a watcher (no inotify left) the app runs on; changes then need a restart.
fn watch_files(dirs: &Dirs, inputs: mpsc::Sender<Input>) -> Option<Watcher> {
    let changed = move |_paths| {
        // The watcher has a thread of its own, so waiting here holds nothing up.
        let _ = inputs.blocking_send(Input::FilesChanged);
    };
    match Watcher::new(vec![dirs.settings(), dirs.rules()], changed) {
        Ok(watcher) => Some(watcher),
        Err(problem) => {
            tracing::warn!(?problem, "the configuration folder cannot be watched");
            None
        }
    }
}

/// What the controller may start, without being able to spawn by itself.
pub(crate) struct Spawner {
    dirs: Dirs,
    vault: Arc<Vault>,
    deliverer: Arc<Deliverer>,
    inputs: mpsc::Sender<Input>,
    tasks: TaskTracker,
    stop: CancellationToken,
    follow: Follow,
    habits: SharedHabits,
    /// How many single questions may be put at once.
    questions: Arc<Semaphore>,
}

impl Spawner {
    /// Whether servers are followed at all.
    pub(crate) fn follows(&self) -> bool {
        self.follow != Follow::Never
    }

    /// Whether rules are run on what the servers say.
    pub(crate) fn judges(&self) -> bool {
        matches!(self.follow, Follow::Always | Follow::Once)
    }

    /// Starts a server's task; the token ends it.
    pub(crate) fn intake(&self, config: ServerConfig, run: u64, refresh: Arc<Notify>) -> CancellationToken {
        let stop = self.stop.child_token();
        let intake = Intake {
            config,
            vault: self.vault.clone(),
            inputs: self.inputs.clone(),
            run,
            refresh,
            once: self.follow != Follow::Always,
            stop: stop.clone(),
        };
        self.tasks.spawn(intake.run());
        stop
    }

    /// Asks a server for what rules want, in the background; the answer comes as an input.
    pub(crate) fn fact(&self, client: Client, app: AppId, project: String, want: Want) {
        let (inputs, stop, questions) = (self.inputs.clone(), self.stop.clone(), self.questions.clone());
        self.tasks.spawn(async move {
            let ask = async {
                // Fails only when the semaphore is closed, which nobody does.
                let turn = questions.acquire_owned().await.ok();
                (ask_for(&client, &app, &project, &want).await, turn)
            };
            let (found, turn) = tokio::select! {
                () = stop.cancelled() => return,
                found = ask => found,
            };
            // Fails only after the stop.
            let _ = inputs.send(Input::Fact { server: app.server, want, found, turn }).await;
        });
    }

    /// Asks a server for all of this and answers whoever tries rules. What is found out is kept.
    pub(crate) fn find_out(
        &self,
        client: Client,
        app: AppId,
        project: String,
        wants: Vec<Want>,
        mut facts: Facts,
        answer: oneshot::Sender<Facts>,
    ) {
        let (inputs, stop) = (self.inputs.clone(), self.stop.clone());
        self.tasks.spawn(stop.run_until_cancelled_owned(async move {
            for want in wants {
                let found = ask_for(&client, &app, &project, &want).await;
                facts.insert(want.clone(), found.clone());
                // Fails only after the stop.
                let _ =
                    inputs.send(Input::Fact { server: app.server.clone(), want, found, turn: None }).await;
            }
            // The asker may be gone.
            let _ = answer.send(facts);
        }));
    }

    /// Has an application compared with Git, in the background; then `again` is told to read the list.
    pub(crate) fn refresh(
        &self,
        client: Client,
        app: AppId,
        again: Option<Arc<Notify>>,
        answer: oneshot::Sender<Result<(), Problem>>,
    ) {
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(async move {
            let done = client.refresh(&app).await.map(drop);
            if let Some(again) = again {
                again.notify_one();
            }
            // The asker may be gone.
            let _ = answer.send(done);
        }));
    }

    /// Reads a secret for a message, in the background; the answer comes as an input.
    pub(crate) fn secret(&self, name: String) {
        let (inputs, stop, questions) = (self.inputs.clone(), self.stop.clone(), self.questions.clone());
        let vault = self.vault.clone();
        self.tasks.spawn(async move {
            let ask = async {
                // Fails only when the semaphore is closed, which nobody does.
                let turn = questions.acquire_owned().await.ok();
                let found = if name == seal::KEY { seal::key(&vault).await } else { vault.get(&name).await };
                (found, turn)
            };
            let (found, turn) = tokio::select! {
                () = stop.cancelled() => return,
                found = ask => found,
            };
            // Fails only after the stop.
            let _ = inputs.send(Input::Secret { name, found, turn }).await;
        });
    }

    /// Finds out which services are robots. In the background: the keychain may ask the user first, which is
    /// why nobody is asked where nothing will be judged.
    pub(crate) fn classify(&self, services: Arc<BTreeMap<String, Service>>) {
        if !self.judges() {
            return;
        }
        let deliverer = self.deliverer.clone();
        let inputs = self.inputs.clone();
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            for (name, service) in services.iter() {
                let found = tokio::select! {
                    () = stop.cancelled() => return,
                    found = deliverer.is_robot(service) => found,
                };
                if let Ok((robot, host)) = found {
                    // Fails only after the stop.
                    let _ = inputs.send(Input::Classified { service: name.clone(), robot, host }).await;
                }
            }
        });
    }

    /// The language of what Dinghy itself writes.
    pub(crate) fn lang(&self) -> Lang {
        self.habits.get().lang
    }

    /// Reads the files.
    pub(crate) fn load(&self) -> Loaded {
        tokio::task::block_in_place(|| load(&self.dirs))
    }

    /// Puts in force what settings say to others than the controller.
    pub(crate) fn set_settings(&self, settings: &Settings, old: &Settings) {
        self.vault.set_sources(settings.secrets.clone());
        self.habits.set(settings);
        let proxy = &settings.preferences.proxy;
        if *proxy != old.preferences.proxy
            && let Err(problem) = self.deliverer.set_proxy(proxy)
        {
            tracing::error!(?problem, "the proxy cannot be used; messages leave as before");
        }
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Message, Payload, RowId};

    use super::*;

    #[test]
    fn waits_for_what_is_untried_or_soon_tried_again() {
        let row = |service: &str, refused: bool, failed: bool, due_ms: i64| QueuedMessage {
            row: RowId(1),
            message: Message {
                app: None,
                trigger: String::new(),
                service: service.to_owned(),
                recipient: String::new(),
                uuid: String::new(),
                payload: Payload::Plain { text: String::new() },
                created_ms: 0,
                gist: None,
            },
            attempts: u32::from(failed),
            due_ms,
            state: if refused { QueueState::Refused } else { QueueState::Waiting },
            problem: failed.then_some(Problem::KeychainLocked),
        };
        let far = RETRY_PATIENCE + 1;
        let rows = [
            (vec![], false),
            (vec![row("a", false, false, 0)], true),
            (vec![row("a", true, true, 0)], false),
            (vec![row("a", false, true, 5_000)], true),
            (vec![row("a", false, true, far)], false),
            // What stands behind a failed one waits with it.
            (vec![row("a", false, true, far), row("a", false, false, 0)], false),
            (vec![row("a", false, true, far), row("b", false, false, 0)], true),
            (vec![row("a", true, true, 0), row("a", false, false, 0)], true),
        ];
        for (number, (queue, expected)) in rows.iter().enumerate() {
            assert_eq!(worth_waiting(queue, 0), *expected, "row {number}");
        }
    }
}
