//! Applications that the user does not want to hear of for a while.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::AppId;

/// How long an application is muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Mute {
    /// Unix ms; None: until the user ends it.
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
}

impl Mute {
    /// Whether it holds at that time.
    pub fn holds(self, now_ms: i64) -> bool {
        self.until_ms.is_none_or(|until_ms| until_ms > now_ms)
    }
}

/// The mutes of all applications. An application that is not there may have one: it may come back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutes(BTreeMap<AppId, Mute>);

impl Mutes {
    /// Mutes an application, or with None ends that.
    pub fn set(&mut self, app: &AppId, mute: Option<Mute>) {
        match mute {
            Some(mute) => self.0.insert(app.clone(), mute),
            None => self.0.remove(app),
        };
    }

    /// The mute of an application.
    pub fn get(&self, app: &AppId) -> Option<Mute> {
        self.0.get(app).copied()
    }

    /// Takes out those that are over.
    pub fn expire(&mut self, now_ms: i64) {
        self.0.retain(|_, mute| mute.holds(now_ms));
    }

    /// When the first one ends by itself (Unix ms).
    pub fn next_expiry_ms(&self) -> Option<i64> {
        self.0.values().filter_map(|mute| mute.until_ms).min()
    }

    /// All of them, by application.
    pub fn iter(&self) -> impl Iterator<Item = (&AppId, Mute)> {
        self.0.iter().map(|(app, mute)| (app, *mute))
    }
}

impl FromIterator<(AppId, Mute)> for Mutes {
    fn from_iter<I: IntoIterator<Item = (AppId, Mute)>>(mutes: I) -> Self {
        Self(mutes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ends_at_its_time() {
        let app =
            |name: &str| AppId { server: "prod".into(), namespace: String::new(), name: name.to_owned() };
        let mut mutes = Mutes::default();
        for (name, until_ms) in [("a", Some(200)), ("b", Some(100)), ("c", None), ("d", Some(50))] {
            mutes.set(&app(name), Some(Mute { until_ms }));
        }
        mutes.set(&app("d"), None);
        let names = |mutes: &Mutes| mutes.iter().map(|(app, _)| app.name.clone()).collect::<String>();
        for (now_ms, left, next) in [(99, "abc", Some(100)), (100, "ac", Some(200)), (i64::MAX, "c", None)] {
            mutes.expire(now_ms);
            assert_eq!((names(&mutes).as_str(), mutes.next_expiry_ms()), (left, next), "at {now_ms}");
        }
        assert_eq!((mutes.get(&app("c")), mutes.get(&app("a"))), (Some(Mute { until_ms: None }), None));
    }
}
