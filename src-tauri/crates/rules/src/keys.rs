//! The names under which a notification is remembered, the same as the controller's
//! (notifications-engine `pkg/triggers/service.go` and `pkg/controller/state.go`), so that both can be compared;
//! and those that Dinghy adds for `for` and `resolved`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use sha1::{Digest, Sha1};

use crate::catalog::Destination;
use crate::subject::Subject;

/// `[INDEX].HASH`: the condition's number and the unpadded base64url of the SHA-1 of its `when`.
pub(crate) fn condition_key(index: usize, when: &str) -> String {
    format!("[{index}].{}", URL_SAFE_NO_PAD.encode(Sha1::digest(when)))
}

/// `[ONCE_PER:]TRIGGER:CONDITION:SERVICE:RECIPIENT`. An empty `once_per` is none.
pub(crate) fn state_key(
    once_per: &str,
    trigger: &str,
    condition: &str,
    service: &str,
    recipient: &str,
) -> String {
    let rest = format!("{trigger}:{condition}:{service}:{recipient}");
    if once_per.is_empty() { rest } else { format!("{once_per}:{rest}") }
}

/// How every [`since_key`] begins. No key of the controller's form begins so by chance: `oncePer` values are revisions
/// and names.
pub(crate) const SINCE: &str = "since=";
/// How every [`open_key`] begins.
pub(crate) const OPEN: &str = "open=";

/// Since when a condition with `for` is true, whoever is subscribed.
pub(crate) fn since_key(trigger: &str, condition: &str) -> String {
    format!("{SINCE}{trigger}:{condition}")
}

/// Who was told that a condition with `resolved` is true, and has not been told of its end.
pub(crate) fn open_key(trigger: &str, condition: &str, to: &Destination) -> String {
    format!("{OPEN}{trigger}:{condition}:{}:{}", to.service, to.recipient)
}

/// Where the controller remembers what it sent (notifications-engine `pkg/subscriptions/annotations.go`).
const NOTIFIED: &str = "notified.notifications.argoproj.io";

/// The keys that the cluster's controller remembers for an application; none if what stands there is not understood.
pub(crate) fn sent_by_argocd(subject: &Subject) -> Vec<String> {
    let annotations = subject.annotations();
    let Some((_, json)) = annotations.iter().find(|(name, _)| name == NOTIFIED) else { return Vec::new() };
    serde_json::from_str::<BTreeMap<String, IgnoredAny>>(json)
        .map(|keys| keys.into_keys().collect())
        .unwrap_or_default()
}

/// Whether a key of the controller stands for this trigger, `oncePer` value and destination. The conditions may be
/// written otherwise there.
pub(crate) fn same_event(key: &str, once_per: &str, trigger: &str, to: &Destination) -> bool {
    let strip = |text: &'_ str| -> Option<bool> {
        let rest = if once_per.is_empty() { text } else { text.strip_prefix(once_per)?.strip_prefix(':')? };
        let rest = rest.strip_prefix(trigger)?.strip_prefix(":[")?;
        let condition = rest.strip_suffix(&format!(":{}:{}", to.service, to.recipient))?;
        Some(!condition.contains(':'))
    };
    strip(key) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn condition_keys_are_the_controllers() {
        // The first is in a log of notifications-engine#354, the others are of Argo CD's catalog.
        let cases = [
            ("app.status.operationState.phase in ['Succeeded']", "zxM90Et6k4Elb1-fHdjtDJq0xR0"),
            ("true", "X_5TO4MPCKAyY0ipFgr6_IraRNs"),
            ("app.metadata.deletionTimestamp != nil", "BmlU8P6R19BGtNv5gj8udVypmxQ"),
            ("app.status.health.status == 'Degraded'", "zoG5zUjYGjimkwCGgIQGjx1hO5s"),
            ("app.status.sync.status == 'Unknown'", "6SzWb05EK-0v90hwjyytTbN7S6A"),
        ];
        for (when, hash) in cases {
            assert_eq!(condition_key(3, when), format!("[3].{hash}"), "{when}");
        }
    }

    #[test]
    fn keys_of_the_controller_are_compared_by_event() {
        let to = Destination { service: "d".to_owned(), recipient: "r".to_owned() };
        let cases = [
            ("abc:t:[0].x:d:r", "abc", true),
            ("abc:t:[7].other:d:r", "abc", true),
            ("abc:t:[0].x:d:r", "", false),
            ("t:[0].x:d:r", "", true),
            ("t:[0].x:d:r", "abc", false),
            ("t:[0].x:d:", "", false),
            ("t:[0].x:e:r", "", false),
            ("t2:[0].x:d:r", "", false),
            ("t:[0].x:y:d:r", "", false),
            ("", "", false),
        ];
        for (key, once_per, same) in cases {
            assert_eq!(same_event(key, once_per, "t", &to), same, "{key}");
        }
    }

    #[test]
    fn state_keys_lead_with_once_per_if_there_is_one() {
        assert_eq!(state_key("", "t", "[0].x", "svc", "r"), "t:[0].x:svc:r");
        assert_eq!(state_key("<nil>", "t", "[0].x", "svc", ""), "<nil>:t:[0].x:svc:");
    }
}
