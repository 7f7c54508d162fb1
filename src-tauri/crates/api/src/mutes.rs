//! Muting applications: for a while they colour nothing, count as nothing and nobody is told of them.

use dinghy_engine::Command;
use dinghy_model::{AppId, Mute};
use tokio::sync::oneshot;

use crate::wire::{ApiError, MuteFor};
use crate::{Api, now_ms};

const HOUR_MS: i64 = 3_600_000;

impl Api {
    /// Mutes an application; gives for how long. `tomorrow_ms` is 09:00 tomorrow in local time.
    pub async fn mute(&self, app: &AppId, how: MuteFor, tomorrow_ms: i64) -> Result<Mute, ApiError> {
        let until_ms = match how {
            MuteFor::Hour => Some(now_ms() + HOUR_MS),
            MuteFor::FourHours => Some(now_ms() + 4 * HOUR_MS),
            MuteFor::Tomorrow => Some(tomorrow_ms),
            MuteFor::Forever => None,
        };
        let mute = Mute { until_ms };
        self.set_mute(app, Some(mute)).await?;
        Ok(mute)
    }

    /// Mutes an application until a certain time, or with None ends that. In force when it returns; where another
    /// process runs the engine, there within half a minute.
    pub async fn set_mute(&self, app: &AppId, mute: Option<Mute>) -> Result<(), ApiError> {
        self.store.set_mute(app, mute).map_err(|problem| self.error(&problem))?;
        self.read_again().await;
        Ok(())
    }

    /// Fails if settings.toml has no server of this name; asks no server.
    pub fn check_server(&self, name: &str) -> Result<(), ApiError> {
        let parsed = self.settings_file().load().map_err(|problem| self.error(&problem))?;
        let settings = parsed.settings.unwrap_or_default();
        let mut names = settings.servers.iter().map(|server| &server.name).chain(&settings.broken);
        match names.any(|known| known.0 == name) {
            true => Ok(()),
            false => Err(self.form_error("name", "There is no such server.", "没有这个服务器。")),
        }
    }

    /// Has the engine take over what was written into the database.
    pub(crate) async fn read_again(&self) {
        let (done, in_force) = oneshot::channel();
        self.engine.send(Command::ReadAgain { done }).await;
        // Fails only when the engine stops meanwhile.
        let _ = in_force.await;
    }
}
