//! Use cases for every shell: what the window, the tray, the command line and the tests call.
//!
//! Knows the engine and the files, decides what a request means, and answers in words. Knows no Tauri,
//! no terminal and no HTTP; crates below it cannot see it. Wire types are converted here and nowhere else.

mod apps;
mod argocd_cli;
mod beside;
pub mod bindings;
mod check;
mod cluster;
mod destinations;
mod diagnostics;
mod event_details;
mod events;
mod explain;
mod export;
mod groups;
mod inspect;
mod mutes;
mod overview;
mod preferences;
mod probing;
mod rule_forms;
mod rules;
mod servers;
mod sign_in;
mod status;
mod tail;
mod time;
mod tools;
pub mod wire;
pub mod words;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_engine::{Command, Engine, InForce};
use dinghy_model::{AppId, Lang, Pause, Problem, RowId, Secret, Status};
use dinghy_store::{SettingsFile, Store};
use dinghy_vault::{MemoryKeychain, os_keychain};
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};

use wire::{ApiError, PauseFor};

pub use beside::language;
pub use check::{Level, Remark, check, rules_in};
pub use cluster::export_argo;
pub use destinations::DestinationView;
pub use dinghy_engine::{Follow, OpenUrl, now_ms};
pub use dinghy_rules::File as ImportFile;
pub use dinghy_store::{Dirs, argocd_cli_config, downloads, duration};
pub use dinghy_vault::Vault;
pub use explain::LocalTime;
pub use rules::check_rules;
pub use sign_in::SignInView;
pub use status::{counts, is_stale};
pub use tail::EventTail;
pub use tools::{AttemptError, ConditionView, Evaluated, PreviewView, try_expression, try_template};
pub use wire::ExportView;

/// A vault over the OS keychain. Where else secrets come from is in settings.toml.
pub fn os_vault() -> Vault {
    Vault::new(os_keychain(), BTreeMap::new())
}

/// A vault in memory, for the demo.
pub fn memory_vault(secrets: BTreeMap<String, Secret>) -> Vault {
    Vault::new(Box::new(MemoryKeychain::from(secrets)), BTreeMap::new())
}

/// Whether settings.toml names any server, broken ones included. A file that cannot be read counts as one that
/// does: its owner wants to see what is wrong with it.
pub fn has_servers(dirs: &Dirs) -> bool {
    match SettingsFile::new(dirs.settings()).load() {
        Ok(parsed) => parsed
            .settings
            .is_none_or(|settings| !(settings.servers.is_empty() && settings.broken.is_empty())),
        Err(_) => true,
    }
}

/// What every use case works on.
pub struct Api {
    engine: Arc<Engine>,
    store: Arc<Store>,
    dirs: Dirs,
    vault: Arc<Vault>,
    lang: Mutex<Chosen>,
    demo_page: Option<String>,
    /// Changes of rules that can be taken back, the last one at the end.
    undo: Mutex<Vec<rule_forms::Change>>,
    questions: rule_forms::Questions,
    past_questions: rule_forms::Questions,
    unsaved: rule_forms::Unsaved,
    probing: probing::Probing,
    /// Grows with every view that is made, so a window can tell newer from older.
    generation: AtomicU64,
    /// The engine's own folder, where it runs beside another one ([`Api::beside`]); gone with this.
    _scratch: Option<TempDir>,
}

/// The language, and where it comes from.
struct Chosen {
    system: Lang,
    /// What settings.toml said when it was last looked at.
    file: Option<Lang>,
    /// What is in force.
    lang: Lang,
}

impl Api {
    /// Over a running engine. `system` is the desktop's language, used until settings.toml says otherwise.
    pub fn new(
        engine: Arc<Engine>,
        dirs: Dirs,
        vault: Arc<Vault>,
        system: Lang,
        demo_page: Option<String>,
    ) -> Self {
        let file = engine.in_force().language;
        let lang = Mutex::new(Chosen { system, file, lang: file.unwrap_or(system) });
        let store = engine.store();
        Self {
            engine,
            store,
            dirs,
            vault,
            lang,
            demo_page,
            undo: Mutex::default(),
            questions: rule_forms::Questions::default(),
            past_questions: rule_forms::Questions::default(),
            unsaved: rule_forms::Unsaved::default(),
            probing: probing::Probing::default(),
            generation: AtomicU64::new(1),
            _scratch: None,
        }
    }

    /// The present state and its changes, for shells that draw it.
    pub fn status_changes(&self) -> watch::Receiver<Status> {
        self.engine.status()
    }

    /// What of the files is in force, and its changes.
    pub fn in_force_changes(&self) -> watch::Receiver<InForce> {
        self.engine.in_force_changes()
    }

    /// The language in force.
    pub fn lang(&self) -> Lang {
        let file = self.engine.in_force().language;
        let mut chosen = self.lang.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.file != file {
            chosen.file = file;
            chosen.lang = file.unwrap_or(chosen.system);
        }
        chosen.lang
    }

    /// Chooses a language, for good.
    pub fn set_language(&self, lang: Lang) -> Result<(), ApiError> {
        SettingsFile::new(self.dirs.settings())
            .set_language(Some(lang))
            .map_err(|problem| self.error(&problem))?;
        self.lang.lock().unwrap_or_else(PoisonError::into_inner).lang = lang;
        Ok(())
    }

    /// Asks every server again, now. A keychain prompt that was dismissed may come up again.
    pub async fn refresh(&self) {
        self.vault.ask_again();
        self.reload().await;
        self.engine.send(Command::Refresh).await;
    }

    /// Has an application's server compare it with Git now: at most a minute. A server that does not answer is tried
    /// again at once instead.
    pub async fn refresh_app(&self, id: &AppId) -> Result<(), ApiError> {
        let (answer, done) = oneshot::channel();
        self.engine.send(Command::RefreshApp { id: id.clone(), answer }).await;
        // Fails only when the engine stops meanwhile.
        done.await.unwrap_or(Ok(())).map_err(|problem| self.error(&problem))
    }

    /// Stops sending; events are still recorded. `tomorrow_ms` is 09:00 tomorrow in local time.
    pub async fn pause(&self, how: PauseFor, tomorrow_ms: i64) {
        let until_ms = match how {
            PauseFor::Hour => Some(now_ms() + 3_600_000),
            PauseFor::Tomorrow => Some(tomorrow_ms),
            PauseFor::Forever => None,
        };
        self.engine.send(Command::Pause(Some(Pause { until_ms }))).await;
    }

    /// Sends again.
    pub async fn resume(&self) {
        self.engine.send(Command::Pause(None)).await;
    }

    /// Tries refused messages again: one, or all. Returns how many.
    pub async fn queue_retry(&self, row: Option<RowId>) -> Result<usize, ApiError> {
        let retried = self.store.retry(row, now_ms()).map_err(|problem| self.error(&problem))?;
        self.engine.send(Command::QueueChanged).await;
        Ok(retried)
    }

    /// Forgets a queued message, or all. Returns how many.
    pub async fn queue_drop(&self, row: Option<RowId>) -> Result<usize, ApiError> {
        let dropped = self.store.drop_messages(row, now_ms()).map_err(|problem| self.error(&problem))?;
        self.engine.send(Command::QueueChanged).await;
        Ok(dropped)
    }

    /// Stops the engine; at most five seconds.
    pub async fn stop(&self) {
        self.engine.stop().await;
    }

    /// Puts changed files and secrets in force and waits until they are.
    async fn reload(&self) {
        let (done, in_force) = oneshot::channel();
        self.engine.send(Command::Reload { done }).await;
        // Fails only when the engine stops meanwhile.
        let _ = in_force.await;
    }

    /// A problem in words.
    pub fn error(&self, problem: &Problem) -> ApiError {
        let sentence = words::sentence(problem, self.lang());
        ApiError { code: words::code(problem), message: sentence.what, todo: sentence.todo, field: None }
    }

    /// A mistake in a form: the field, and the sentence in both languages.
    fn form_error(&self, field: &str, en: &str, zh: &str) -> ApiError {
        ApiError {
            code: "form".to_owned(),
            message: self.lang().pick(en, zh).to_owned(),
            todo: String::new(),
            field: Some(field.to_owned()),
        }
    }
}
