//! The rules of a first start: three of Argo CD's own catalog (`notifications_catalog/triggers`), with messages for a
//! DingTalk group in the user's language. Only where there are no triggers yet.

use std::fmt::Write as _;

use dinghy_model::Lang;

use crate::Api;
use crate::wire::{ApiError, OfferedRule};

/// One rule: trigger, template, condition, what makes it new; title and lines of the message in both languages.
struct Rule {
    trigger: &'static str,
    template: &'static str,
    about: [&'static str; 2],
    when: &'static str,
    title: [&'static str; 2],
    lines: [&'static str; 2],
}

const ONCE_PER: &str = "app.status.operationState?.syncResult?.revision";

const RULES: [Rule; 3] = [
    Rule {
        trigger: "on-health-degraded",
        template: "app-health-degraded",
        about: ["An application is degraded", "应用降级"],
        when: "app.status.health.status == 'Degraded'",
        title: ["{{.app.metadata.name}} is degraded", "{{.app.metadata.name}} 降级"],
        lines: ["{{.app.status.health.message}}", "{{.app.status.health.message}}"],
    },
    Rule {
        trigger: "on-sync-failed",
        template: "app-sync-failed",
        about: ["A sync failed", "同步失败"],
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']",
        title: ["{{.app.metadata.name}}: sync failed", "{{.app.metadata.name}} 同步失败"],
        lines: ["{{.app.status.operationState.message}}", "{{.app.status.operationState.message}}"],
    },
    Rule {
        trigger: "on-deployed",
        template: "app-deployed",
        about: ["A new version is deployed and healthy", "新版本已部署且健康"],
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Succeeded'] and \
               app.status.health.status == 'Healthy'",
        title: ["{{.app.metadata.name}} is deployed", "{{.app.metadata.name}} 已部署"],
        lines: ["Revision {{.app.status.sync.revision}}", "版本 {{.app.status.sync.revision}}"],
    },
];

fn of(lang: Lang, words: [&'static str; 2]) -> &'static str {
    lang.pick(words[0], words[1])
}

impl Api {
    /// What a first start can choose from.
    pub fn rules_offered(&self) -> Vec<OfferedRule> {
        let offered = |rule: &Rule| OfferedRule {
            trigger: rule.trigger.to_owned(),
            about: of(self.lang(), rule.about).to_owned(),
        };
        RULES.iter().map(offered).collect()
    }

    /// Writes the chosen rules and subscribes a group to them. Fails where there are triggers already, and for a group
    /// that is not there.
    pub async fn rules_start(&self, group: &str, triggers: &[String]) -> Result<(), ApiError> {
        let catalog = self.catalog()?;
        if !catalog.triggers().is_empty() || !catalog.subscriptions().is_empty() {
            let (en, zh) = ("There are rules already; change those.", "已经有规则了，请直接修改。");
            return Err(self.form_error("triggers", en, zh));
        }
        let chosen: Vec<&Rule> =
            RULES.iter().filter(|rule| triggers.iter().any(|name| name == rule.trigger)).collect();
        if chosen.is_empty() {
            return Err(self.form_error("triggers", "Choose a rule.", "请选择规则。"));
        }
        let status = self.engine.status().borrow().clone();
        let groups = self.group_views(&status);
        let Some(view) = groups.iter().find(|view| view.name == group) else {
            return Err(self.form_error("group", "There is no such group.", "没有这个群。"));
        };
        // The robot refuses a message without its keyword.
        let keyword = view.keywords.first().map(String::as_str);
        self.import(&manifest(&chosen, group, keyword, self.lang())).await.map(drop)
    }
}

fn manifest(rules: &[&Rule], group: &str, keyword: Option<&str>, lang: Lang) -> String {
    let mut out =
        String::from("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-notifications-cm\ndata:\n");
    let foot = keyword.map(|keyword| format!("\n\n        {}", literal(keyword))).unwrap_or_default();
    // Writing to a string cannot fail.
    for Rule { trigger, template, about, when, title, lines } in rules {
        let _ = write!(
            out,
            "  trigger.{trigger}: |\n    - description: {}\n      when: {when}\n      oncePer: {ONCE_PER}\n      \
             send: [{template}]\n  template.{template}: |\n    message: \"{title}\"\n    dingtalk:\n      \
             msgtype: markdown\n      title: \"{title}\"\n      text: |\n        ### {title}\n\n        > {}\n\n        \
             {{{{.app.spec.project}}}} · {{{{.app.metadata.namespace}}}}{foot}\n",
            of(lang, *about),
            of(lang, *lines),
            title = of(lang, *title),
        );
    }
    let names: Vec<&str> = rules.iter().map(|rule| rule.trigger).collect();
    let _ = write!(
        out,
        "  subscriptions: |\n    - recipients: [{}]\n      triggers: [{}]\n",
        serde_json::Value::from(group),
        names.join(", ")
    );
    out
}

/// A keyword inside a template: what would begin an action is written by one.
fn literal(text: &str) -> String {
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ").replace("{{", "{{\"{{\"}}")
}

#[cfg(test)]
mod tests {
    use dinghy_rules::Catalog;

    use super::*;

    #[test]
    fn the_offered_rules_are_rules_in_both_languages() {
        for lang in [Lang::En, Lang::ZhCn] {
            for keyword in [None, Some("告警"), Some("{{a")] {
                let rules: Vec<&Rule> = RULES.iter().collect();
                let text = manifest(&rules, "ops", keyword, lang)
                    + "  service.webhook.ops: 'url: https://oapi.dingtalk.com/robot/send?access_token=x'\n";
                let catalog = Catalog::parse(&text, "rules");
                assert!(!catalog.has_errors(), "{:?}\n{text}", catalog.diagnostics());
                assert_eq!((catalog.triggers().len(), catalog.templates().len()), (3, 3));
                assert_eq!(catalog.subscriptions().len(), 1);
            }
        }
    }
}
