//! Words for what is other in the cluster than here.

use dinghy_model::Lang;
use dinghy_rules::ExportNote;

use super::sentence;

/// One note as a sentence, the key in front.
pub fn export_word(note: &ExportNote, lang: Lang) -> String {
    use ExportNote as N;
    let pick = |en: &str, zh: &str| lang.pick(en, zh).to_owned();
    let (key, words) = match note {
        N::Lowered { key, services } => {
            let names = services.join(", ");
            let words = match lang {
                Lang::En => {
                    format!("has a webhook body for {names} now, made of its dingtalk block or message")
                }
                Lang::ZhCn => format!("已由 dingtalk 块或 message 生成 {names} 的 webhook 内容"),
            };
            (key, words)
        }
        N::ContentType { key } => (
            key,
            pick(
                "got the header Content-Type, which the controller does not add",
                "已补上控制器不会添加的 Content-Type 请求头",
            ),
        ),
        N::LeftOut { key } => (
            key,
            pick(
                "left out: the controller would refuse all rules because of it",
                "已去掉：控制器不认识它，会因此拒绝全部规则",
            ),
        ),
        N::Broken { key, problem } => {
            let why = sentence(problem, lang).what;
            (key, format!("{}{why}", lang.pick("left out, because it is broken: ", "有错误，已去掉：")))
        }
        N::For { key, condition } => (
            key,
            format!(
                "[{condition}] {}",
                pick("`for` has no effect there: it counts at once", "`for` 在集群中无效：条件立即算数")
            ),
        ),
        N::Resolved { key, condition } => (
            key,
            format!(
                "[{condition}] {}",
                pick(
                    "`resolved` has no effect there: no end is told",
                    "`resolved` 在集群中无效：不会通知条件结束"
                )
            ),
        ),
        N::Sign { key } => (
            key,
            pick(
                "the controller cannot sign: give the robot keywords or an IP list instead",
                "控制器不会加签：请改用关键词或 IP 白名单",
            ),
        ),
        N::Everywhere { key, subscription } => (
            key,
            format!(
                "[{subscription}] {}",
                pick(
                    "`servers` and `projects` have no effect there: it is about the applications of every project",
                    "`servers` 和 `projects` 在集群中无效：所有项目的应用都会通知"
                )
            ),
        ),
        N::Mention { key } => (key, pick("`mention` has no effect there", "`mention` 在集群中无效")),
        N::Keywords { key } => (
            key,
            pick(
                "the controller adds no keyword: one must stand in every message",
                "控制器不会补上关键词：每条消息里必须自带一个",
            ),
        ),
        N::Stays { key, detail } => {
            (key, format!("{}{detail}", lang.pick("has no webhook body: ", "无法生成 webhook 内容：")))
        }
    };
    format!("{key}: {words}")
}
