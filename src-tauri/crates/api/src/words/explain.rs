//! Words for why a trigger would or would not send.

use dinghy_model::Lang;
use dinghy_rules::{Considered, Decision, Match, Origin, Reason};

/// Where a subscription stands.
pub fn origin_word(considered: &Considered, lang: Lang) -> String {
    match (considered.origin, considered.number) {
        (Origin::Manifest, Some(number)) => format!("subscriptions[{number}]"),
        (Origin::Manifest, None) => "subscriptions".to_owned(),
        (Origin::Application, _) => lang.pick("annotations of the application", "应用的注解").to_owned(),
        (Origin::Project, _) => lang.pick("annotations of its project", "所属项目的注解").to_owned(),
    }
}

/// Whether a subscription counts, or why not.
pub fn found_word(found: &Match, lang: Lang) -> String {
    match found {
        Match::Yes => lang.pick("counts", "匹配").to_owned(),
        Match::OtherTriggers(triggers) if triggers.is_empty() => lang
            .pick(
                "names no trigger, and there are no defaultTriggers",
                "没有写触发器，也没有 defaultTriggers",
            )
            .to_owned(),
        Match::OtherTriggers(triggers) => {
            format!("{}{}", lang.pick("is about ", "只针对 "), triggers.join(", "))
        }
        Match::Labels { selector, labels } => {
            let has = labels.iter().map(|(key, value)| match value {
                Some(value) => format!("{key}={value}"),
                None => format!("{key} {}", lang.pick("is missing", "没有")),
            });
            let has = has.collect::<Vec<_>>().join(", ");
            match lang {
                Lang::En => format!("{selector} does not match: {has}"),
                Lang::ZhCn => format!("{selector} 不匹配：{has}"),
            }
        }
    }
}

/// Turns decisions into words. Times are written by the shell, which knows the local time.
pub struct Reasons<'a> {
    /// In this language.
    pub lang: Lang,
    /// Unix ms to text.
    pub time: &'a dyn Fn(i64) -> String,
}

impl Reasons<'_> {
    /// What is decided, and why.
    pub fn word(&self, decision: &Decision) -> String {
        let pick = |en: &'static str, zh: &'static str| self.lang.pick(en, zh).to_owned();
        match decision {
            Decision::Send(intent) if intent.resolved => {
                pick("would say that it is over", "会通知条件已结束")
            }
            Decision::Send(_) => pick("would be sent", "会发送"),
            Decision::NotTrue => pick("the condition is not true", "条件不成立"),
            Decision::Waits { due_ms } => {
                let time = (self.time)(*due_ms);
                match self.lang {
                    Lang::En => format!("counts from {time} on, if it stays true"),
                    Lang::ZhCn => format!("若一直成立，到 {time} 才算数"),
                }
            }
            Decision::WaitsForRefresh => pick(
                "waits: the sync status is older than the last operation",
                "等待：同步状态比最近一次操作旧",
            ),
            Decision::AlreadySent { at_ms } => {
                let time = (self.time)(*at_ms);
                match self.lang {
                    Lang::En => format!("was due before, at {time}"),
                    Lang::ZhCn => format!("此前已触发：{time}"),
                }
            }
            Decision::Suppressed(Reason::AlreadySent) => pick("was due before", "此前已触发"),
            Decision::Suppressed(Reason::Baseline) => pick(
                "would be remembered and not sent: it is true at first contact with the application or the rules",
                "只记录不发送：首次见到该应用或规则时条件已成立",
            ),
            Decision::Suppressed(Reason::SentByArgoCd) => {
                pick("the cluster's own controller has sent it", "集群自己的通知控制器已发送")
            }
            Decision::Suppressed(Reason::NoSuchService) => {
                pick("the rules have no such service", "规则中没有这个服务")
            }
        }
    }
}
