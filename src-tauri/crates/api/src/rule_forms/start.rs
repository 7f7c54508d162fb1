//! What a new template says before anything is typed: a name, and a message made of what its trigger looks at.

use dinghy_rules::Catalog;

use super::ready::LINK;
use crate::Api;
use crate::wire::{ApiError, DingTalkForm, TemplateForm, TriggerForm};

impl Api {
    /// A template for a trigger that is being typed: called after it, under a name that is free.
    pub fn template_start(&self, trigger: &TriggerForm) -> Result<TemplateForm, ApiError> {
        let title = self.title(trigger);
        let reads = |word: &str| {
            trigger.conditions.iter().any(|one| format!("{} {}", one.when, one.once_per).contains(word))
        };
        let pick = |en: &str, zh: &str| self.lang().pick(en, zh).to_owned();
        let mut text = format!(
            "### {title}\n\n**{{{{.app.metadata.name}}}}**\n\n- {}{{{{.app.spec.project}}}}\n- {}{{{{.app.status.health.status}}}}\n- {}{{{{.app.status.sync.status}}}}\n",
            pick("Project: ", "项目："),
            pick("Health: ", "健康状态："),
            pick("Sync: ", "同步状态："),
        );
        if reads("operationState") {
            text += "{{with .app.status.operationState}}\n> {{.phase}} {{.message}}\n{{end}}";
        } else {
            text += "{{with .app.status.health.message}}\n> {{.}}\n{{end}}";
        }
        text += &format!("{LINK}\n");
        let title = format!("{title} {{{{.app.metadata.name}}}}");
        Ok(TemplateForm {
            name: free_name(&self.catalog()?, &trigger.name),
            message: title.clone(),
            dingtalk: Some(DingTalkForm {
                msgtype: "markdown".to_owned(),
                title,
                text,
                ..DingTalkForm::default()
            }),
            webhooks: Vec::new(),
        })
    }

    /// The trigger in a few words: its description, or its name without what is in front of most of them.
    fn title(&self, trigger: &TriggerForm) -> String {
        let described = trigger.conditions.iter().map(|one| one.description.trim());
        let named = stem(&trigger.name);
        let fits = |text: &&str| !text.is_empty() && !text.contains(['\n', '{', '}', '`']);
        let found = described.chain([named]).find(fits);
        found.unwrap_or(self.lang().pick("Something changed", "应用有变化")).to_owned()
    }
}

/// A trigger's name without what is in front of most of them.
fn stem(trigger: &str) -> &str {
    let name = trigger.trim();
    name.strip_prefix("on-").unwrap_or(name)
}

/// `on-broken` → `app-broken`, as Argo CD's own catalog does it.
fn free_name(catalog: &Catalog, trigger: &str) -> String {
    let stem: String = stem(trigger)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect();
    let first = if stem.is_empty() { "app-message".to_owned() } else { format!("app-{stem}") };
    let numbered = (2..).map(|number| format!("{first}-{number}"));
    let mut names = std::iter::once(first.clone()).chain(numbered);
    names.find(|name| catalog.source(&format!("template.{name}")).is_none()).unwrap_or(first)
}
