//! What an answer means. Pure.

use std::time::Duration;

use dinghy_model::{Problem, Refusal, Verdict};
use serde_json::Value;

/// After too many messages DingTalk is silent for ten minutes.
const THROTTLED: Duration = Duration::from_secs(600);
/// 9000x bans a whole organisation or server for a time that is not said.
const BANNED: Duration = Duration::from_secs(3600);

/// What a robot's answer means: `status` and `body` as received, `retry_after` from the header.
///
/// DingTalk answers 200 to almost everything; `errcode` says how it went (a number, or a string as in
/// its own example). No errcode is a failure: a login page, a gateway, another program. What can heal
/// by itself is `Retry`, a request for silence is `Throttled`, the rest is `Refused`. A code unknown
/// here is `Retry`: the courier gives up after its own number of attempts.
pub fn verdict(status: u16, body: &[u8], retry_after: Option<Duration>) -> Verdict {
    judge(status, body, retry_after, &|text| text.to_owned())
}

/// As [`verdict`]; `hide` takes the secrets out of what is shown. What is understood is the body as it
/// came: a token may be a word of the answer.
pub(crate) fn judge(
    status: u16,
    body: &[u8],
    retry_after: Option<Duration>,
    hide: &dyn Fn(&str) -> String,
) -> Verdict {
    let text = hide(&String::from_utf8_lossy(body));
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    match json.get("errcode").and_then(whole_number) {
        Some(0) if (200..300).contains(&status) => Verdict::Delivered,
        // A gateway's 5xx may carry DingTalk's words, but it is the gateway's.
        Some(errcode) if errcode != 0 && status < 500 => {
            let errmsg = json.get("errmsg").and_then(Value::as_str).unwrap_or_default();
            of_errcode(errcode, errmsg, &hide(errmsg), pause_asked(&json))
        }
        _ if json.get("status").and_then(whole_number) == Some(1111) => {
            Verdict::Retry { problem: robot(Refusal::Busy, 1111, &text), after: pause_asked(&json) }
        }
        _ => of_status(status, &text, retry_after),
    }
}

/// The gateway's `wait`, in seconds.
fn pause_asked(json: &Value) -> Option<Duration> {
    let seconds = json.get("wait").and_then(whole_number)?;
    u64::try_from(seconds).ok().map(|seconds| Duration::from_secs(seconds.min(3600)))
}

fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

fn of_errcode(errcode: i64, errmsg: &str, shown: &str, wait: Option<Duration>) -> Verdict {
    use Refusal::{
        Busy, Content, Disabled, Dissolved, NotARobot, Removed, Request, Throttled, Token, TooLong, Unknown,
    };
    let refusal = match errcode {
        -1 => Busy,
        410_100 | 130_101 | 45_009 | 90_001..=90_004 => Throttled,
        310_000 => security_setting(errmsg),
        88 | 300_001 | 300_005 | 400_101 => Token,
        400_102 => Disabled,
        400_106 => Removed,
        400_013 => Dissolved,
        400_105 | 400_402 | 400_403 | 40_035 | 43_002 | 43_004 => Request,
        430_101..=430_104 => Content,
        460_101 | 101_002 | 34_016 => TooLong,
        404 => NotARobot,
        _ => Unknown,
    };
    let problem = robot(refusal, errcode, shown);
    match refusal {
        Throttled => {
            let pause = if errcode / 10 == 9000 { BANNED } else { THROTTLED };
            Verdict::Throttled { problem, pause: wait.map_or(pause, |wait| wait.max(pause)) }
        }
        Busy => Verdict::Retry { problem, after: wait },
        Unknown if errcode != 310_000 => Verdict::Retry { problem, after: None },
        _ => Verdict::Refused { problem },
    }
}

/// 310000 stands for all four security settings; only the text tells them apart, in Chinese or English.
///
/// The order matters: the advice beside a wrong signature speaks of timestamps, and that beside a
/// stale one of signatures.
fn security_setting(errmsg: &str) -> Refusal {
    let lower = errmsg.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["keyword", "关键词", "关键字"]) {
        Refusal::Keyword
    } else if says(&["sign not match", "签名不匹配"]) {
        Refusal::Sign
    } else if says(&["whitelist", "白名单"]) {
        Refusal::IpList
    } else if says(&["timestamp", "签名过期", "时间戳", "expired"]) {
        Refusal::Timestamp
    } else {
        Refusal::Unknown
    }
}

/// No errcode: the answer of something in between, or of another program.
fn of_status(status: u16, text: &str, retry_after: Option<Duration>) -> Verdict {
    match status {
        429 => Verdict::Retry { problem: too_many(retry_after), after: retry_after },
        500.. => Verdict::Retry { problem: server_error(status, text), after: retry_after },
        // A login page in front of the network goes away again; so does a cut answer.
        0..400 | 408 | 425 => {
            Verdict::Retry { problem: robot(Refusal::NotARobot, status.into(), text), after: None }
        }
        _ => Verdict::Refused { problem: robot(Refusal::NotARobot, status.into(), text) },
    }
}

/// What a plain webhook's answer means: the status alone counts. Retried as Argo CD does
/// (go-retryablehttp `DefaultRetryPolicy`): 429 and 5xx, but not 501.
pub(crate) fn webhook_verdict(status: u16, body: &str, retry_after: Option<Duration>) -> Verdict {
    let problem = Problem::WebhookStatus { status, detail: clip(body) };
    match status {
        200..300 => Verdict::Delivered,
        429 => Verdict::Retry { problem: too_many(retry_after), after: retry_after },
        501 => Verdict::Refused { problem },
        500.. => Verdict::Retry { problem, after: retry_after },
        _ => Verdict::Refused { problem },
    }
}

fn too_many(retry_after: Option<Duration>) -> Problem {
    Problem::TooManyRequests { retry_after_s: retry_after.map(|after| after.as_secs()) }
}

fn server_error(status: u16, text: &str) -> Problem {
    Problem::ServerError { status, detail: clip(text) }
}

fn robot(refusal: Refusal, errcode: i64, errmsg: &str) -> Problem {
    Problem::Robot { refusal, errcode, errmsg: clip(errmsg) }
}

/// One line of at most 300 characters.
fn clip(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict in short: word, kind or problem code, seconds to wait.
    fn short(verdict: &Verdict) -> String {
        let kind = |problem: &Problem| match problem {
            Problem::Robot { refusal, .. } => format!("{refusal:?}"),
            other => {
                serde_json::to_value(other).expect("JSON")["code"].as_str().unwrap_or_default().to_owned()
            }
        };
        match verdict {
            Verdict::Delivered => "delivered".to_owned(),
            Verdict::Retry { problem, after: None } => format!("retry {}", kind(problem)),
            Verdict::Retry { problem, after: Some(after) } => {
                format!("retry {} {}", kind(problem), after.as_secs())
            }
            Verdict::Throttled { problem, pause } => {
                format!("throttled {} {}", kind(problem), pause.as_secs())
            }
            Verdict::Refused { problem } => format!("refused {}", kind(problem)),
        }
    }

    fn check(status: u16, body: &str, expected: &str) {
        assert_eq!(short(&verdict(status, body.as_bytes(), None)), expected, "{status} {body}");
    }

    #[test]
    fn success_is_errcode_zero() {
        check(200, r#"{"errcode":0,"errmsg":"ok"}"#, "delivered");
        check(200, r#"{"errcode":"0","errmsg":"ok"}"#, "delivered");
        check(302, r#"{"errcode":0,"errmsg":"ok"}"#, "retry NotARobot");
        check(200, "", "retry NotARobot");
        check(200, "<html>login</html>", "retry NotARobot");
        check(200, r#"{"ok":true}"#, "retry NotARobot");
        check(200, r#"{"errcode":null}"#, "retry NotARobot");
        check(200, r#"{"errcode":0"#, "retry NotARobot");
        check(200, "0", "retry NotARobot");
    }

    #[test]
    fn codes() {
        for (code, expected) in [
            ("-1", "retry Busy"),
            (r#""-1""#, "retry Busy"),
            ("410100", "throttled Throttled 600"),
            ("130101", "throttled Throttled 600"),
            (r#""130101""#, "throttled Throttled 600"),
            ("45009", "throttled Throttled 600"),
            ("90002", "throttled Throttled 3600"),
            ("88", "refused Token"),
            ("300001", "refused Token"),
            ("300005", "refused Token"),
            ("400101", "refused Token"),
            ("400102", "refused Disabled"),
            ("400106", "refused Removed"),
            ("400013", "refused Dissolved"),
            ("400105", "refused Request"),
            ("400402", "refused Request"),
            ("400403", "refused Request"),
            ("40035", "refused Request"),
            ("43002", "refused Request"),
            ("43004", "refused Request"),
            ("430101", "refused Content"),
            ("430104", "refused Content"),
            ("460101", "refused TooLong"),
            ("101002", "refused TooLong"),
            ("34016", "refused TooLong"),
            ("404", "refused NotARobot"),
            ("123456", "retry Unknown"),
        ] {
            check(200, &format!(r#"{{"errcode":{code},"errmsg":"x"}}"#), expected);
        }
    }

    #[test]
    fn four_meanings_of_310000() {
        for (errmsg, expected) in [
            (
                "keywords not in content, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]",
                "Keyword",
            ),
            (
                "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;",
                "Keyword",
            ),
            ("错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词;", "Keyword"),
            ("sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]", "Sign"),
            (
                "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中;",
                "Sign",
            ),
            ("invalid timestamp, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]", "Timestamp"),
            (
                "description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在 timestampms 以内;",
                "Timestamp",
            ),
            (
                "ip 1.2.3.4 not in whitelist, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]",
                "IpList",
            ),
            ("错误描述:ip 1.2.3.4 不在白名单中;", "IpList"),
            ("something new", "Unknown"),
        ] {
            let body = serde_json::json!({"errcode": 310_000, "errmsg": errmsg}).to_string();
            check(200, &body, &format!("refused {expected}"));
            let Verdict::Refused { problem } = verdict(200, body.as_bytes(), None) else {
                panic!("{errmsg}")
            };
            assert!(matches!(problem, Problem::Robot { errmsg: shown, .. } if shown == errmsg), "verbatim");
        }
    }

    #[test]
    fn in_between() {
        check(200, r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}"#, "retry Busy 5");
        check(200, r#"{"status":1111,"wait":5,"punish":"deny","errcode":130101}"#, "throttled Throttled 600");
        check(500, "oops", "retry server_error");
        check(502, r#"{"errcode":310000,"errmsg":"sign not match"}"#, "retry server_error");
        check(400, r#"{"errcode":40035,"errmsg":"x"}"#, "refused Request");
        check(404, "<html>", "refused NotARobot");
        check(414, "URI too large", "refused NotARobot");
        check(408, "", "retry NotARobot");
        assert_eq!(short(&verdict(429, b"", Some(Duration::from_secs(9)))), "retry too_many_requests 9");
    }

    #[test]
    fn plain_webhooks() {
        for (status, expected) in [
            (200, "delivered"),
            (204, "delivered"),
            (302, "refused webhook_status"),
            (404, "refused webhook_status"),
            (429, "retry too_many_requests 3"),
            (500, "retry webhook_status 3"),
            (501, "refused webhook_status"),
            (503, "retry webhook_status 3"),
        ] {
            assert_eq!(
                short(&webhook_verdict(status, "x", Some(Duration::from_secs(3)))),
                expected,
                "{status}"
            );
        }
    }
}
