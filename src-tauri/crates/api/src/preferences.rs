//! What a person likes: shown and changed on the settings page, kept in settings.toml.

use std::path::Path;
use std::time::Duration;

use dinghy_model::ServerConfig;
use dinghy_store::{LogLevel, QuietHours, Show, parse_time, write_time};

use crate::wire::{ApiError, Preference, QuietForm, SettingsView};
use crate::{Api, now_ms};

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Api {
    /// What the settings page shows. `autostart`: Dinghy starts at login, if that can be had here; `log_fixed`: the
    /// environment says how much is logged.
    pub fn settings_view(&self, autostart: Option<bool>, log_fixed: bool) -> Result<SettingsView, ApiError> {
        let shown = |path: &Path| path.display().to_string();
        let likes = self.engine.in_force().preferences;
        let quiet = likes.quiet.map(|quiet| QuietForm {
            from: write_time(quiet.from),
            to: write_time(quiet.to),
            failures_through: quiet.failures_through,
        });
        let days = likes.keep.as_secs().div_ceil(DAY.as_secs());
        Ok(SettingsView {
            autostart,
            config: shown(&self.dirs.config),
            data: shown(&self.dirs.data),
            show: likes.show.word().to_owned(),
            quiet,
            proxy: if likes.proxy.is_empty() { "system".to_owned() } else { likes.proxy },
            log: likes.log.word().to_owned(),
            log_fixed,
            keep_days: u32::try_from(days).unwrap_or(u32::MAX),
            events: self.store.count_events().map_err(|problem| self.error(&problem))?,
        })
    }

    /// Changes one setting; in force when it returns. What is wrong with it says settings.toml's own check.
    pub async fn set_preference(&self, preference: Preference) -> Result<(), ApiError> {
        let file = self.settings_file();
        let changed = match preference {
            Preference::Show(word) => {
                let all = [Show::Failures, Show::Recoveries, Show::All];
                let show = all.into_iter().find(|show| show.word() == word).unwrap_or_default();
                file.set_show(show)
            }
            Preference::Quiet(None) => file.set_quiet(None),
            Preference::Quiet(Some(form)) => file.set_quiet(Some(self.quiet_hours(&form)?)),
            Preference::Proxy(proxy) => {
                let proxy = proxy.trim();
                file.set_proxy(if proxy == "system" { "" } else { proxy })
            }
            Preference::Log(word) => {
                let all = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
                file.set_log(all.into_iter().find(|level| level.word() == word).unwrap_or(LogLevel::Info))
            }
            Preference::KeepDays(days) => file.set_keep(days),
        };
        changed.map_err(|problem| self.error(&problem))?;
        self.reload().await;
        Ok(())
    }

    fn quiet_hours(&self, form: &QuietForm) -> Result<QuietHours, ApiError> {
        let time = |field: &str, text: &str| {
            parse_time(text.trim()).ok_or_else(|| {
                self.form_error(field, "Write a time of day such as 22:00.", "请填写时刻，例如 22:00。")
            })
        };
        Ok(QuietHours {
            from: time("from", &form.from)?,
            to: time("to", &form.to)?,
            failures_through: form.failures_through,
        })
    }

    /// Deletes what the event log has of longer ago than the settings say, now; gives how many lines. It happens by
    /// itself once a day, and when the settings say less than before.
    pub fn delete_old_events(&self) -> Result<usize, ApiError> {
        let since_ms = self.engine.in_force().preferences.keeps_since_ms(now_ms());
        self.store.prune_events(since_ms).map_err(|problem| self.error(&problem))
    }

    /// How much is logged, as settings.toml says it.
    pub fn log_level(&self) -> &'static str {
        self.engine.in_force().preferences.log.word()
    }

    /// A server as it is connected to: by its own proxy, else by that of all.
    pub(crate) fn by_its_way(&self, config: &ServerConfig) -> ServerConfig {
        let all = self.engine.in_force().preferences.proxy;
        let proxy = config.proxy.clone().or_else(|| Some(all).filter(|proxy| !proxy.is_empty()));
        ServerConfig { proxy, ..config.clone() }
    }
}
