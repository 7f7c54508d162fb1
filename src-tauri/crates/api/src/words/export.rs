//! Words for what is other in the cluster than here.

use dinghy_model::Lang;
use dinghy_rules::ExportNote;

use super::sentence;

/// The notes as sentences, with what each is about in front; a sentence that is true of several stands there once.
pub fn export_words(notes: &[ExportNote], lang: Lang) -> Vec<String> {
    let mut said: Vec<(Vec<String>, String)> = Vec::new();
    for note in notes {
        let (name, words) = (named(note), sentence_of(note, lang));
        match said.iter_mut().find(|(_, known)| *known == words) {
            Some((names, _)) => names.push(name),
            None => said.push((vec![name], words)),
        }
    }
    let comma = lang.pick(", ", "、");
    said.into_iter().map(|(names, words)| format!("{}: {words}", names.join(comma))).collect()
}

/// What a note is about: a key, or the place of one of its entries.
fn named(note: &ExportNote) -> String {
    use ExportNote as N;
    match note {
        N::Lowered { key, .. }
        | N::ContentType { key }
        | N::LeftOut { key }
        | N::Broken { key, .. }
        | N::Sign { key }
        | N::Mention { key }
        | N::Keywords { key }
        | N::Stays { key, .. } => key.clone(),
        N::For { key, condition: at }
        | N::Resolved { key, condition: at }
        | N::Everywhere { key, subscription: at } => {
            format!("{key}[{at}]")
        }
    }
}

fn sentence_of(note: &ExportNote, lang: Lang) -> String {
    use ExportNote as N;
    let pick = |en: &str, zh: &str| lang.pick(en, zh).to_owned();
    match note {
        N::Lowered { services, .. } => {
            let names = services.join(", ");
            match lang {
                Lang::En => {
                    format!("now with a webhook body for {names}, made of the dingtalk block or message")
                }
                Lang::ZhCn => format!("已由 dingtalk 块或 message 生成 {names} 的 webhook 内容"),
            }
        }
        N::ContentType { .. } => pick(
            "got the header Content-Type, which the controller does not add",
            "已补上控制器不会添加的 Content-Type 请求头",
        ),
        N::LeftOut { .. } => pick(
            "left out: the controller would refuse all rules because of it",
            "已去掉：控制器不认识它，会因此拒绝全部规则",
        ),
        N::Broken { problem, .. } => {
            let why = sentence(problem, lang).what;
            format!("{}{why}", lang.pick("left out, because it is broken: ", "有错误，已去掉："))
        }
        N::For { .. } => {
            pick("`for` has no effect there: it counts at once", "`for` 在集群中无效：条件立即算数")
        }
        N::Resolved { .. } => pick(
            "`resolved` has no effect there: no end is told",
            "`resolved` 在集群中无效：不会通知条件结束",
        ),
        N::Sign { .. } => pick(
            "the controller cannot sign: give the robot keywords or an IP list instead",
            "控制器不会加签：请改用关键词或 IP 白名单",
        ),
        N::Everywhere { .. } => pick(
            "`servers` and `projects` have no effect there: the applications of every project count",
            "`servers` 和 `projects` 在集群中无效：所有项目的应用都会通知",
        ),
        N::Mention { .. } => pick("`mention` has no effect there", "`mention` 在集群中无效"),
        N::Keywords { .. } => pick(
            "the controller adds no keyword: one must stand in every message",
            "控制器不会补上关键词：每条消息里必须自带一个",
        ),
        N::Stays { detail, .. } => {
            format!("{}{detail}", lang.pick("without a webhook body: ", "无法生成 webhook 内容："))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_stands_once_with_all_that_it_is_true_of() {
        let lowered = |name: &str| ExportNote::Lowered {
            key: format!("template.{name}"),
            services: vec!["ops".to_owned()],
        };
        let held = |name: &str, condition| ExportNote::For { key: format!("trigger.{name}"), condition };
        let sign = ExportNote::Sign { key: "service.webhook.ops".to_owned() };
        let notes = [sign, lowered("a"), lowered("b"), held("x", 0), held("x", 2)];
        assert_eq!(
            export_words(&notes, Lang::En),
            [
                "service.webhook.ops: the controller cannot sign: give the robot keywords or an IP list instead",
                "template.a, template.b: now with a webhook body for ops, made of the dingtalk block or message",
                "trigger.x[0], trigger.x[2]: `for` has no effect there: it counts at once",
            ]
        );
        assert_eq!(
            export_words(&notes[3..], Lang::ZhCn),
            ["trigger.x[0]、trigger.x[2]: `for` 在集群中无效：条件立即算数"]
        );
    }
}
