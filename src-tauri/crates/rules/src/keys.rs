//! The names under which a notification is remembered, the same as the controller's
//! (notifications-engine `pkg/triggers/service.go` and `pkg/controller/state.go`), so that both can be compared.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest, Sha1};

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
    fn state_keys_lead_with_once_per_if_there_is_one() {
        assert_eq!(state_key("", "t", "[0].x", "svc", "r"), "t:[0].x:svc:r");
        assert_eq!(state_key("<nil>", "t", "[0].x", "svc", ""), "<nil>:t:[0].x:svc:");
    }
}
