//! Words for the event log.

use dinghy_model::{Event, EventKind, Lang};

use crate::wire::Tone;

use super::{sentence, state::server_state};

/// One line, the reason or advice (may be empty), and the tone.
pub fn event_words(event: &Event, lang: Lang) -> (String, String, Tone) {
    match &event.kind {
        EventKind::Changed { from, to } => {
            (format!("{} → {}", states(from, lang), states(to, lang)), String::new(), Tone::Info)
        }
        EventKind::Server { name, state, problem } => {
            let text =
                format!("{name}{}{}", lang.pick(": ", "："), server_state(*state, problem.as_ref(), lang));
            let detail = problem.as_ref().map(|problem| sentence(problem, lang).line()).unwrap_or_default();
            let tone = if state.is_fresh() { Tone::Ok } else { Tone::Bad };
            (text, detail, tone)
        }
        EventKind::Queued { summary } => {
            (lang.pick("Queued", "已排队").to_owned(), summary.clone(), Tone::Wait)
        }
        EventKind::Suppressed { reason } => {
            (lang.pick("Suppressed", "已抑制").to_owned(), suppressed(reason, lang).to_owned(), Tone::Hold)
        }
        EventKind::Sent { attempts, millis, test } => {
            let text = if *test {
                lang.pick("Test sent", "测试已发送")
            } else {
                lang.pick("Sent", "已发送")
            }
            .to_owned();
            let detail = match (attempts, lang) {
                (0 | 1, _) => format!("{millis} ms"),
                (_, Lang::En) => format!("{millis} ms, attempt {attempts}"),
                (_, Lang::ZhCn) => format!("{millis} ms，第 {attempts} 次尝试"),
            };
            (text, detail, Tone::Ok)
        }
        EventKind::Failed { problem, .. } => (
            lang.pick("Waiting, will retry", "等待重试").to_owned(),
            sentence(problem, lang).line(),
            Tone::Wait,
        ),
        EventKind::Refused { problem, test } => {
            let text = if *test {
                lang.pick("Test failed", "测试失败")
            } else {
                lang.pick("Refused", "被拒绝")
            };
            (text.to_owned(), sentence(problem, lang).line(), Tone::Bad)
        }
        EventKind::RuleError { problem } => {
            (lang.pick("Rule failed", "规则出错").to_owned(), sentence(problem, lang).line(), Tone::Bad)
        }
        EventKind::Dropped => {
            (lang.pick("Dropped by you", "已被你丢弃").to_owned(), String::new(), Tone::Info)
        }
        EventKind::Merged => {
            (lang.pick("Joined a digest", "已并入汇总").to_owned(), String::new(), Tone::Wait)
        }
    }
}

/// The states of a change, as the log has them: `Degraded, OutOfSync`.
fn states(words: &str, lang: Lang) -> String {
    let words: Vec<&str> = words.split(", ").map(|word| lang.state(word)).collect();
    words.join(lang.pick(", ", "，"))
}

/// Why something was not sent on purpose, from the log's word for it.
pub(crate) fn suppressed(reason: &str, lang: Lang) -> &str {
    match reason {
        "already_sent" => lang.pick("sent before", "此前已发送"),
        "baseline" => lang.pick("already so at first contact", "首次见到时已是如此"),
        "rules_changed" => lang.pick("already so when the rules changed", "规则改动时已是如此"),
        "sent_by_argocd" => {
            lang.pick("the cluster's own controller has sent it", "集群自己的通知控制器已发送")
        }
        "muted" => lang.pick("you muted the application", "应用已静默"),
        "switched_off" => lang.pick("the destination is switched off", "目标已关闭"),
        "not_chosen" => lang.pick("not among what this desktop is to show", "不在桌面通知的所选范围内"),
        other => other,
    }
}
