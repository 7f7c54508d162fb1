//! How the user wants messages delivered: what the settings say about it.

use std::sync::{Arc, Mutex, PoisonError};

use dinghy_model::Lang;
use dinghy_store::{QuietHours, Settings};

/// The language of what Dinghy itself writes into groups, if the settings name none: DingTalk's.
const LANG: Lang = Lang::ZhCn;

/// What the settings say about delivering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// Of digests and of the words added to messages.
    pub(crate) lang: Lang,
    /// When this desktop shows no notifications.
    pub(crate) quiet: Option<QuietHours>,
    /// A message that waited for so long (ms) goes into a digest.
    pub(crate) stale_after_ms: i64,
}

/// The habits in force. The controller writes them, whoever delivers reads them.
#[derive(Clone, Debug)]
pub(crate) struct SharedHabits(Arc<Mutex<Habits>>);

impl Default for SharedHabits {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Habits::of(&Settings::default()))))
    }
}

impl SharedHabits {
    /// A copy of them.
    pub(crate) fn get(&self) -> Habits {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts those of new settings in force.
    pub(crate) fn set(&self, settings: &Settings) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Habits::of(settings);
    }
}

impl Habits {
    fn of(settings: &Settings) -> Self {
        Self {
            quiet: settings.preferences.quiet,
            lang: settings.language.unwrap_or(LANG),
            stale_after_ms: i64::try_from(settings.stale_after.as_millis()).unwrap_or(i64::MAX),
        }
    }
}
