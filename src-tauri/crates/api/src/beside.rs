//! Engines for a command line: one that really runs, one that only rehearses, and one beside a running app.
//!
//! Beside means: an engine on a throw-away data folder, so that the lock and the memory of the real one stay
//! untouched, while log and queue are those of the real database.

use std::sync::Arc;

use dinghy_engine::{Engine, Follow, OpenUrl, Options};
use dinghy_model::{Lang, Problem, QueuedMessage, ServerState};
use dinghy_store::{Dirs, SettingsFile, Store};
use dinghy_vault::Vault;
use tempfile::TempDir;

use crate::wire::ApiError;
use crate::{Api, EventTail};

/// The language that settings.toml chooses, else the system's.
pub fn language(dirs: &Dirs, system: Lang) -> Lang {
    let chosen = SettingsFile::new(dirs.settings()).load().ok().and_then(|parsed| parsed.settings);
    chosen.and_then(|settings| settings.language).unwrap_or(system)
}

impl Api {
    /// Starts the engine on the real data folder, and a reader of what it logs. The folders must exist.
    ///
    /// Fails as [`Engine::start`] does: with `AlreadyRunning` where an engine runs already.
    pub fn run(
        dirs: Dirs,
        vault: Vault,
        system: Lang,
        follow: Follow,
        open_url: OpenUrl,
    ) -> Result<(Self, EventTail), Problem> {
        let tail = EventTail::open(&dirs)?;
        let vault = Arc::new(vault);
        let options = Options {
            dirs: dirs.clone(),
            vault: vault.clone(),
            open_url,
            demo: false,
            follow,
            dry_run: false,
        };
        let engine = Arc::new(Engine::start(options)?);
        Ok((Self::new(engine, dirs, vault, system, None), tail))
    }

    /// As [`Api::run`], but on a copy of the database and without sending: what would be sent stays in
    /// [`Api::outbox`]. Works beside a running app.
    pub fn rehearse(
        dirs: Dirs,
        vault: Vault,
        system: Lang,
        follow: Follow,
    ) -> Result<(Self, EventTail), Problem> {
        let (scratch, own) = scratch(&dirs)?;
        if dirs.database().exists() {
            Store::open(&dirs.database())?.copy_to(&own.database())?;
        }
        let tail = EventTail::open(&own)?;
        let api = Self::on_scratch((scratch, own), dirs, vault, system, follow)?;
        Ok((api, tail))
    }

    /// For single commands: an engine on a throw-away folder that sends nothing by itself, with the real log
    /// and queue. With [`Follow::Look`] every server is listed, with [`Follow::Never`] none is contacted; the
    /// keychain is asked only for what is needed.
    pub fn beside(dirs: Dirs, vault: Vault, system: Lang, follow: Follow) -> Result<Self, Problem> {
        let store = Arc::new(Store::open(&dirs.database())?);
        let api = Self::on_scratch(scratch(&dirs)?, dirs, vault, system, follow)?;
        Ok(Self { store, ..api })
    }

    fn on_scratch(
        (scratch, own): (TempDir, Dirs),
        dirs: Dirs,
        vault: Vault,
        system: Lang,
        follow: Follow,
    ) -> Result<Self, Problem> {
        let vault = Arc::new(vault);
        // Nothing is delivered from a queue, so nothing can be clicked.
        let open_url: OpenUrl = Arc::new(|_: &str| {});
        let options =
            Options { dirs: own, vault: vault.clone(), open_url, demo: false, follow, dry_run: true };
        let engine = Arc::new(Engine::start(options)?);
        Ok(Self { _scratch: Some(scratch), ..Self::new(engine, dirs, vault, system, None) })
    }

    /// With [`Follow::Once`]: every server was listed or failed, and what was due was delivered.
    pub async fn finished(&self) {
        self.engine.finished().await;
    }

    /// With [`Follow::Look`]: this server (None: every one) was listed or failed. Fails for a server that
    /// settings.toml does not have.
    pub async fn listed(&self, server: Option<&str>) -> Result<(), ApiError> {
        let mut status = self.engine.status();
        let listed = |name: &str, state: ServerState| {
            server.is_some_and(|server| server != name) || state != ServerState::Connecting
        };
        // Fails only when the engine is gone; then there is nothing to wait for.
        let _ = status
            .wait_for(|status| {
                status.loaded && status.servers.iter().all(|server| listed(&server.name.0, server.state))
            })
            .await;
        server.map_or(Ok(()), |name| self.server_url(name).map(drop))
    }

    /// Everything in the outbox with its content, the oldest first.
    pub fn outbox(&self) -> Result<Vec<QueuedMessage>, ApiError> {
        self.store.queue().map_err(|problem| self.error(&problem))
    }
}

/// A data folder that is gone when the first of these is dropped, with the same configuration.
fn scratch(dirs: &Dirs) -> Result<(TempDir, Dirs), Problem> {
    let folder = tempfile::Builder::new().prefix("dinghy-").tempdir().map_err(|error| Problem::Io {
        path: std::env::temp_dir().display().to_string(),
        detail: error.to_string(),
    })?;
    let own = Dirs { config: dirs.config.clone(), data: folder.path().to_owned() };
    Ok((folder, own))
}
