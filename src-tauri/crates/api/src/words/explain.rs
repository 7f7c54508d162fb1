//! Words for why a trigger would or would not send.

use dinghy_model::{Lang, Problem};
use dinghy_rules::{Considered, Decision, Match, Origin, Reason};

use super::{sentence, suppressed};
use crate::explain::{Fate, LocalTime};
use crate::wire::Tone;

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
        Match::OtherServers { servers, server } => {
            let (names, own) = (servers.join(lang.pick(", ", "、")), server.as_deref());
            match (lang, own) {
                (Lang::En, Some(own)) => format!("only for server {names}; this one is on {own}"),
                (Lang::En, None) => format!("only for server {names}; an application from a file is on none"),
                (Lang::ZhCn, Some(own)) => format!("只针对服务器 {names}；此应用在 {own}"),
                (Lang::ZhCn, None) => format!("只针对服务器 {names}；文件中的应用不属于任何服务器"),
            }
        }
        Match::OtherProjects { projects, project } => {
            let names = projects.join(lang.pick(", ", "、"));
            let own = if project.is_empty() { "default" } else { project };
            match lang {
                Lang::En => format!("only for project {names}; this one is in {own}"),
                Lang::ZhCn => format!("只针对项目 {names}；此应用属于 {own}"),
            }
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
pub struct Reasons {
    /// In this language.
    pub lang: Lang,
    /// Unix ms to text.
    pub time: LocalTime,
}

impl Reasons {
    fn pick(&self, en: &str, zh: &str) -> String {
        self.lang.pick(en, zh).to_owned()
    }

    /// `{time}` in both sentences becomes the time.
    fn timed(&self, at_ms: i64, en: &str, zh: &str) -> String {
        self.lang.pick(en, zh).replace("{time}", &(self.time)(at_ms))
    }

    /// What is decided in a word or two, and what it means. `held`: the user does not want it, in the log's word.
    pub(crate) fn standing(
        &self,
        decision: &Decision,
        fate: Option<Fate>,
        held: Option<&str>,
    ) -> (Tone, String) {
        let (tone, en, zh) = match (decision, fate) {
            (Decision::Send(_), _) if held.is_some() => (Tone::Hold, "Held back by you", "被你设为不发送"),
            (Decision::Send(_), _) => (Tone::Wait, "Due now", "现在应发送"),
            (Decision::NotTrue, _) => (Tone::Info, "Does not hold", "不成立"),
            (Decision::Waits { .. }, _) => (Tone::Wait, "Holds, not for long enough", "成立，时间未到"),
            (Decision::WaitsForRefresh, _) => (Tone::Wait, "Waits for Argo CD", "等待 Argo CD"),
            (Decision::AlreadySent { .. }, Some(fate)) => match fate {
                Fate::Sent(_) => (Tone::Ok, "Sent", "已发送"),
                Fate::Waits => (Tone::Wait, "Waiting", "等待中"),
                Fate::Refused => (Tone::Bad, "Refused", "被拒绝"),
                Fate::Dropped => (Tone::Hold, "Dropped by you", "已被你丢弃"),
                Fate::Merged => (Tone::Ok, "Joined a digest", "已并入汇总"),
                Fate::Baseline => (Tone::Hold, "Not sent: first contact", "未发送：首次见到"),
                Fate::ByArgoCd => (Tone::Hold, "Sent by the cluster", "集群已发送"),
                Fate::HeldBack(_) => (Tone::Hold, "Held back by you", "被你设为不发送"),
                Fate::NoSuchService => (Tone::Bad, "No such service", "没有这个服务"),
            },
            (Decision::AlreadySent { .. }, None) => (Tone::Hold, "Was due before", "此前已触发"),
            (Decision::Suppressed(Reason::NoSuchService), _) => {
                (Tone::Bad, "No such service", "没有这个服务")
            }
            (Decision::Suppressed(_), _) => (Tone::Hold, "Suppressed", "已抑制"),
        };
        (tone, self.pick(en, zh))
    }

    /// To whom, and when it happened if it did.
    pub(crate) fn at(&self, decision: &Decision, fate: Option<Fate>, to: &str) -> String {
        let at_ms = match (decision, fate) {
            (Decision::AlreadySent { .. }, Some(Fate::Sent(sent_ms))) => sent_ms,
            (Decision::AlreadySent { at_ms }, _) => *at_ms,
            (Decision::Waits { due_ms }, _) => *due_ms,
            _ => return to.to_owned(),
        };
        format!("{to}{}{}", self.lang.pick(", ", "，"), (self.time)(at_ms))
    }

    /// What is decided, and why. `once`: the condition has a value of `oncePer`.
    pub(crate) fn why(
        &self,
        decision: &Decision,
        fate: Option<Fate>,
        held: Option<&str>,
        once: bool,
    ) -> String {
        if let Some(reason) = held {
            let lead = self.pick("would not be sent: ", "不会发送：");
            return format!("{lead}{}", suppressed(reason, self.lang));
        }
        match decision {
            Decision::Send(intent) if intent.resolved => {
                self.pick("would say that it is over", "会通知条件已结束")
            }
            Decision::Send(_) => self.pick("would be sent", "会发送"),
            Decision::NotTrue => self.pick("the condition is not true", "条件不成立"),
            Decision::Waits { due_ms } => {
                self.timed(*due_ms, "counts from {time} on, if it stays true", "若一直成立，到 {time} 才算数")
            }
            Decision::WaitsForRefresh => self.pick(
                "waits: the sync status is older than the last operation",
                "等待：同步状态比最近一次操作旧",
            ),
            Decision::AlreadySent { at_ms } => self.before(*at_ms, fate, once),
            Decision::Suppressed(Reason::AlreadySent) => self.pick("was due before", "此前已触发"),
            Decision::Suppressed(Reason::Baseline) => self.pick(
                "would be remembered and not sent: it is true at first contact with the application or the rules",
                "只记录不发送：首次见到该应用或规则时条件已成立",
            ),
            Decision::Suppressed(Reason::SentByArgoCd) => {
                self.pick("the cluster's own controller has sent it", "集群自己的通知控制器已发送")
            }
            Decision::Suppressed(Reason::NoSuchService) => {
                self.pick("the rules have no such service", "规则中没有这个服务")
            }
        }
    }

    /// It was due at this time: what became of it, and when it would be due again.
    fn before(&self, at_ms: i64, fate: Option<Fate>, once: bool) -> String {
        let (en, zh) = match fate {
            None => ("was due before, at {time}", "此前已触发：{time}"),
            Some(Fate::Sent(_)) => ("was sent at {time}", "已于 {time} 发送"),
            Some(Fate::Waits) => ("was queued at {time} and waits", "{time} 已排队，等待发送"),
            Some(Fate::Refused) => {
                ("was queued at {time}, and the destination refused it", "{time} 已排队，发送目标拒绝接收")
            }
            Some(Fate::Dropped) => ("was queued at {time}, and you dropped it", "{time} 已排队，后被你丢弃"),
            Some(Fate::Merged) => {
                ("was queued at {time} and became a line of a digest", "{time} 已排队，后并入汇总消息")
            }
            Some(Fate::Baseline) => (
                "was only remembered at {time}, not sent: it was true at first contact with the application or the rules",
                "{time} 只记录未发送：首次见到该应用或规则时条件已成立",
            ),
            Some(Fate::ByArgoCd) => (
                "was only remembered at {time}: the cluster's own controller had sent it",
                "{time} 只记录未发送：集群自己的通知控制器已发送",
            ),
            Some(Fate::HeldBack(_)) => ("was not sent at {time}: {reason}", "{time} 未发送：{reason}"),
            Some(Fate::NoSuchService) => {
                ("was not sent at {time}: the rules had no such service", "{time} 未发送：规则中没有这个服务")
            }
        };
        let at_ms = if let Some(Fate::Sent(sent_ms)) = fate { sent_ms } else { at_ms };
        let again = match once {
            true => self.lang.pick(
                "; due again when what it is sent once per has changed",
                "；去重依据变化后才会再次触发",
            ),
            false => self
                .lang
                .pick("; due again once it was not true in between", "；条件先变为不成立，之后才会再次触发"),
        };
        let reason = match fate {
            Some(Fate::HeldBack(reason)) => suppressed(reason, self.lang),
            _ => "",
        };
        format!("{}{again}", self.timed(at_ms, en, zh).replace("{reason}", reason))
    }

    pub(crate) fn waits_for_refresh(&self) -> String {
        self.pick("Waits until Argo CD has compared again", "等待 Argo CD 重新比较")
    }

    pub(crate) fn nobody(&self) -> String {
        self.pick("Holds, nobody is subscribed", "成立，没有人订阅")
    }

    pub(crate) fn fails(&self) -> String {
        self.pick("Fails here", "在此应用上出错")
    }

    pub(crate) fn does_not_hold(&self) -> String {
        self.pick("Does not hold", "不成立")
    }

    /// What happened last, and when.
    pub(crate) fn last(&self, text: &str, at_ms: i64) -> String {
        let lead = self.lang.pick("last: ", "上次：");
        format!("{lead}{text}{}{}", self.lang.pick(", ", "，"), (self.time)(at_ms))
    }

    /// The server has not been heard.
    pub(crate) fn old_data(&self, server: &str, fresh_ms: Option<i64>) -> String {
        let words = match fresh_ms {
            Some(at_ms) => self.timed(
                at_ms,
                "{server} has not been heard since {time}: nothing new is judged until it answers.",
                "{server} 自 {time} 起没有新数据：恢复之前不会判断新的变化。",
            ),
            None => self.pick("{server} has not been heard yet.", "{server} 还没有数据。"),
        };
        words.replace("{server}", server)
    }

    /// Sending is paused.
    pub(crate) fn paused(&self, until_ms: Option<i64>) -> String {
        match until_ms {
            Some(at_ms) => self.timed(
                at_ms,
                "Sending is paused until {time}: messages wait in the queue.",
                "发送已暂停至 {time}：消息会先排队。",
            ),
            None => self.pick("Sending is paused: messages wait in the queue.", "发送已暂停：消息会先排队。"),
        }
    }

    /// The group is at its limit.
    pub(crate) fn throttled(&self, group: &str, until_ms: i64) -> String {
        let words = self.timed(
            until_ms,
            "{group} is at its limit: messages for it wait until {time}.",
            "{group} 已达上限：发往它的消息等到 {time}。",
        );
        words.replace("{group}", group)
    }

    /// The group did not take the last message, and it is tried again.
    pub(crate) fn retrying(&self, group: &str, problem: &Problem, next_ms: i64) -> String {
        let words = self.timed(
            next_ms,
            "{group} did not take the last message, next try at {time}: ",
            "{group} 没有接收上一条消息，{time} 重试：",
        );
        format!("{}{}", words.replace("{group}", group), sentence(problem, self.lang).what)
    }

    /// The group refuses until a person acts.
    pub(crate) fn refusing(&self, group: &str, problem: &Problem) -> String {
        let lead = self.pick("{group} refuses messages: ", "{group} 拒绝接收消息：");
        format!("{}{}", lead.replace("{group}", group), sentence(problem, self.lang).line())
    }
}
