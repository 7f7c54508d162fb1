//! A robot: its security settings, its limit, and what it takes.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dinghy_model::Lang;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::errors::Refused;
use super::fault::RobotFault;
use crate::wire::Call;

/// Bytes in a body, at most.
const MAX_BODY: usize = 20_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long a robot that sent too fast is throttled.
const PENALTY_MS: i64 = 10 * MINUTE_MS;

/// A custom robot in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Robot {
    /// The group it speaks in.
    pub group: String,
    /// Its `access_token`; empty: one is made.
    pub token: String,
    /// 加签: the secret, usually beginning with `SEC`; None: off.
    pub sign_secret: Option<String>,
    /// Custom keywords, one of which must be in a message; empty: off.
    pub keywords: Vec<String>,
    /// IPv4 addresses and ranges (`10.0.0.0/8`) it may be called from; empty: off.
    pub ip_list: Vec<String>,
    /// Messages a minute before it is throttled. DingTalk: 20.
    pub limit: usize,
    /// The language of refusals.
    pub lang: Lang,
}

impl Robot {
    /// A robot without security settings, 20 messages a minute, refusals in Chinese.
    pub fn new(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            token: String::new(),
            sign_secret: None,
            keywords: Vec::new(),
            ip_list: Vec::new(),
            limit: 20,
            lang: Lang::ZhCn,
        }
    }
}

/// A robot at work.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) robot: Robot,
    /// A fault and how many requests it still hits (None: all).
    pub(super) fault: Option<(RobotFault, Option<u32>)>,
    /// When the messages of the last minute were taken.
    taken: VecDeque<i64>,
    throttled_until_ms: i64,
    uuids: BTreeSet<String>,
}

/// What became of a good request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Shown,
    /// Its `msgUuid` was taken before: answered ok, not shown again.
    Duplicate,
}

impl Active {
    pub(super) fn new(robot: Robot) -> Self {
        Self { robot, fault: None, taken: VecDeque::new(), throttled_until_ms: 0, uuids: BTreeSet::new() }
    }

    /// The fault that the next request meets.
    pub(super) fn meet(&mut self) -> Option<RobotFault> {
        let (fault, left) = self.fault.as_mut()?;
        let fault = fault.clone();
        match left {
            Some(0) => return None,
            Some(times) => *times -= 1,
            None => {}
        }
        Some(fault)
    }

    /// Takes a request or says why not.
    pub(super) fn take(&mut self, call: &Call, now_ms: i64) -> Result<Taken, Refused> {
        if now_ms < self.throttled_until_ms {
            return Err(Refused::Throttled);
        }
        if call.body.len() > MAX_BODY {
            return Err(Refused::TooLong);
        }
        let message: Value = serde_json::from_slice(&call.body).map_err(|_| Refused::NoJson)?;
        let text = content(&message)?;
        self.check_sign(call, now_ms)?;
        self.check_ip(call.peer)?;
        let keywords = &self.robot.keywords;
        if !keywords.is_empty() && !keywords.iter().any(|keyword| text.contains(keyword)) {
            return Err(Refused::Keywords);
        }
        if message["msgUuid"].as_str().is_some_and(|uuid| self.uuids.contains(uuid)) {
            return Ok(Taken::Duplicate);
        }
        self.taken.retain(|at| now_ms - at < MINUTE_MS);
        if self.taken.len() >= self.robot.limit {
            self.throttled_until_ms = now_ms + PENALTY_MS;
            return Err(Refused::TooFast);
        }
        self.taken.push_back(now_ms);
        self.uuids.extend(message["msgUuid"].as_str().map(str::to_owned));
        Ok(Taken::Shown)
    }

    fn check_sign(&self, call: &Call, now_ms: i64) -> Result<(), Refused> {
        let Some(secret) = &self.robot.sign_secret else { return Ok(()) };
        let (timestamp, sign) = (call.param("timestamp"), call.param("sign"));
        if timestamp.is_empty() || sign.is_empty() {
            return Err(Refused::Sign);
        }
        let at_ms: i64 = timestamp.parse().map_err(|_| Refused::Timestamp)?;
        if now_ms.saturating_sub(at_ms).saturating_abs() > HOUR_MS {
            return Err(Refused::Timestamp);
        }
        let right = signature(timestamp, secret);
        if right.as_deref() == Some(sign) { Ok(()) } else { Err(Refused::Sign) }
    }

    fn check_ip(&self, peer: IpAddr) -> Result<(), Refused> {
        let listed = |range: &String| matches!(peer, IpAddr::V4(peer) if in_range(peer, range));
        let list = &self.robot.ip_list;
        if list.is_empty() || list.iter().any(listed) { Ok(()) } else { Err(Refused::NotListed(peer)) }
    }
}

/// `base64(HMAC-SHA256(key = secret, "{timestamp}\n{secret}"))`, before URL encoding. None for a key
/// that HMAC does not take.
fn signature(timestamp: &str, secret: &str) -> Option<String> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    let mac = mac.chain_update(timestamp).chain_update("\n").chain_update(secret);
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

fn in_range(ip: Ipv4Addr, range: &str) -> bool {
    let (network, bits) = range.split_once('/').unwrap_or((range, "32"));
    match (network.parse::<Ipv4Addr>(), bits.parse::<u32>()) {
        (Ok(network), Ok(bits @ 0..=32)) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
            ip.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

/// All the words of a message, in which keywords are looked for; or what is missing.
fn content(message: &Value) -> Result<String, Refused> {
    let kind = message["msgtype"].as_str().ok_or(Refused::MessageType)?;
    let required: &[&'static str] = match kind {
        "text" => &["text.content"],
        "markdown" => &["markdown.title", "markdown.text"],
        "link" => &["link.title", "link.text", "link.messageUrl"],
        "actionCard" if message["actionCard"].get("btns").is_some() => {
            &["actionCard.title", "actionCard.text"]
        }
        "actionCard" => {
            &["actionCard.title", "actionCard.text", "actionCard.singleTitle", "actionCard.singleURL"]
        }
        "feedCard" => &[],
        _ => return Err(Refused::MessageType),
    };
    let mut words = Vec::new();
    for part in required {
        let value = part.split('.').fold(message, |value, key| &value[key]).as_str().unwrap_or_default();
        if value.trim().is_empty() {
            return Err(Refused::Missing(part));
        }
        words.push(value);
    }
    let (list, parts): (&Value, &[(&str, &'static str)]) = match kind {
        "feedCard" => (
            &message["feedCard"]["links"],
            &[
                ("title", "feedCard.links.title"),
                ("messageURL", "feedCard.links.messageURL"),
                ("picURL", "feedCard.links.picURL"),
            ],
        ),
        "actionCard" if message["actionCard"].get("btns").is_some() => (
            &message["actionCard"]["btns"],
            &[("title", "actionCard.btns.title"), ("actionURL", "actionCard.btns.actionURL")],
        ),
        _ => return Ok(words.join("\n")),
    };
    let entries =
        list.as_array().filter(|entries| !entries.is_empty()).ok_or(Refused::Missing(parts[0].1))?;
    for entry in entries {
        for (key, name) in parts {
            words.push(entry[key].as_str().filter(|value| !value.is_empty()).ok_or(Refused::Missing(name))?);
        }
    }
    Ok(words.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_dingtalks() {
        let secret = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let check = |timestamp, secret, expected: &str| {
            assert_eq!(signature(timestamp, secret).as_deref(), Some(expected));
        };
        check("1700000000000", secret, "bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU=");
        check("1700000000004", secret, "ZeaJlNY30xUaF/p+hFzRR5gZ4qFj+i4uxCJUEwchUXQ=");
        check("1700000000000", "this is secret", "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0=");
    }

    #[test]
    fn ranges_are_ipv4_and_cidr() {
        let check = |range: &str, expected: bool| {
            assert_eq!(in_range(Ipv4Addr::new(10, 1, 2, 3), range), expected, "{range}");
        };
        check("10.1.2.3", true);
        check("10.1.2.4", false);
        check("10.0.0.0/8", true);
        check("10.1.2.0/25", true);
        check("10.1.2.128/25", false);
        check("0.0.0.0/0", true);
        check("10.0.0.0/33", false);
        check("::1", false);
    }

    #[test]
    fn each_kind_of_message_has_its_parts() {
        let check = |body: &str, expected: Result<&str, i64>| {
            let message = serde_json::from_str(body).unwrap_or_default();
            let answer = content(&message).map_err(|refused| refused.code());
            assert_eq!(answer.as_deref(), expected.as_ref().copied(), "{body}");
        };
        check(r#"{"msgtype":"text","text":{"content":"a"}}"#, Ok("a"));
        check(r#"{"msgtype":"text","text":{}}"#, Err(40035));
        check(r#"{"msgtype":"markdown","markdown":{"title":"t","text":"x"}}"#, Ok("t\nx"));
        check(r#"{"msgtype":"markdown","markdown":{"title":"","text":"x"}}"#, Err(400_402));
        check(r#"{"msgtype":"markdown","markdown":{"title":"t"}}"#, Err(400_403));
        check(r#"{"msgtype":"link","link":{"title":"t","text":"x","messageUrl":"u"}}"#, Ok("t\nx\nu"));
        check(
            r#"{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","singleTitle":"s","singleURL":"u"}}"#,
            Ok("t\nx\ns\nu"),
        );
        check(r#"{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","btns":[]}}"#, Err(40035));
        check(
            r#"{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","btns":[{"title":"b","actionURL":"u"}]}}"#,
            Ok("t\nx\nb\nu"),
        );
        check(r#"{"msgtype":"feedCard","feedCard":{"links":[{"title":"t","messageURL":"u"}]}}"#, Err(40035));
        check(r#"{"msgtype":"image"}"#, Err(400_105));
        check(r#"{}"#, Err(400_105));
        check(r#"[]"#, Err(400_105));
    }
}
