//! Rules to start with: the triggers that Argo CD's own catalog has, under their names, each with a message for DingTalk
//! in the user's language. Added to the file they are rules like any other.

use dinghy_model::Lang;
use dinghy_rules::{ConditionParts, DingTalkParts, TemplateParts, set_key};

use super::subscription::{self, subscribed};
use crate::Api;
use crate::wire::{ApiError, ReadyRule};

/// One trigger and its template. Pairs are English and Chinese.
struct Ready {
    trigger: &'static str,
    template: &'static str,
    when: &'static str,
    once_per: &'static str,
    glyph: &'static str,
    title: (&'static str, &'static str),
    about: (&'static str, &'static str),
    /// What the message says below the application's name.
    detail: (&'static str, &'static str),
}

const READY: &[Ready] = &[
    Ready {
        trigger: "on-health-degraded",
        template: "app-health-degraded",
        when: "app.status.health.status == 'Degraded'",
        once_per: "",
        glyph: "⚠",
        title: ("Degraded", "运行异常"),
        about: (
            "An application stops working: its health becomes Degraded.",
            "应用出现异常：健康状态变为降级。",
        ),
        detail: (
            "{{with .app.status.health.message}}\n> {{.}}\n{{end}}",
            "{{with .app.status.health.message}}\n> {{.}}\n{{end}}",
        ),
    },
    Ready {
        trigger: "on-sync-failed",
        template: "app-sync-failed",
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']",
        once_per: "app.status.operationState.finishedAt",
        glyph: "✖",
        title: ("Sync failed", "同步失败"),
        about: ("A sync fails; once for each attempt.", "同步失败，每次尝试通知一次。"),
        detail: (
            "\n> {{.app.status.operationState.message}}\n",
            "\n> {{.app.status.operationState.message}}\n",
        ),
    },
    Ready {
        trigger: "on-deployed",
        template: "app-deployed",
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'",
        once_per: "app.status.operationState.finishedAt",
        glyph: "✔",
        title: ("Deployed", "发布完成"),
        about: (
            "A sync has succeeded and the application is healthy; once for each sync.",
            "同步成功且应用健康，每次同步通知一次。",
        ),
        detail: (
            "\n- Revision: {{.app.status.sync.revision | toString | trunc 8}}\n",
            "\n- 版本：{{.app.status.sync.revision | toString | trunc 8}}\n",
        ),
    },
    Ready {
        trigger: "on-sync-succeeded",
        template: "app-sync-succeeded",
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Succeeded']",
        once_per: "app.status.operationState.finishedAt",
        glyph: "↻",
        title: ("Synced", "同步成功"),
        about: (
            "A sync has succeeded; whether the application is healthy is another matter.",
            "同步成功；不代表应用已经健康。",
        ),
        detail: (
            "\n- Revision: {{.app.status.sync.revision | toString | trunc 8}}\n",
            "\n- 版本：{{.app.status.sync.revision | toString | trunc 8}}\n",
        ),
    },
    Ready {
        trigger: "on-sync-running",
        template: "app-sync-running",
        when: "app.status.operationState != nil and app.status.operationState.phase in ['Running']",
        once_per: "app.status.operationState.startedAt",
        glyph: "▶",
        title: ("Sync started", "开始同步"),
        about: ("A sync begins.", "同步开始。"),
        detail: (
            "\n- Started: {{.app.status.operationState.startedAt}}\n",
            "\n- 开始：{{.app.status.operationState.startedAt}}\n",
        ),
    },
    Ready {
        trigger: "on-sync-status-unknown",
        template: "app-sync-status-unknown",
        when: "app.status.sync.status == 'Unknown'",
        once_per: "",
        glyph: "？",
        title: ("Sync status unknown", "同步状态未知"),
        about: (
            "Argo CD cannot compare the application with Git: a broken manifest, or no access to the repository.",
            "Argo CD 无法与 Git 比对：清单有误，或无法访问仓库。",
        ),
        detail: (
            "{{range .app.status.conditions}}\n> {{.type}}: {{.message}}\n{{end}}",
            "{{range .app.status.conditions}}\n> {{.type}}：{{.message}}\n{{end}}",
        ),
    },
    Ready {
        trigger: "on-created",
        template: "app-created",
        when: "true",
        once_per: "app.metadata.name",
        glyph: "＋",
        title: ("Created", "新增应用"),
        about: ("An application appears.", "出现新的应用。"),
        detail: ("", ""),
    },
    Ready {
        trigger: "on-deleted",
        template: "app-deleted",
        when: "app.metadata.deletionTimestamp != nil",
        once_per: "app.metadata.name",
        glyph: "－",
        title: ("Being deleted", "正在删除"),
        about: ("An application is being deleted.", "应用正在被删除。"),
        detail: ("", ""),
    },
];

/// The link into Argo CD, where `context` says its address, as Argo CD's own catalog has it.
pub(super) const LINK: &str = "{{with .context.argocdUrl}}\n[Argo CD]({{.}}/applications/{{$.app.metadata.namespace}}/{{$.app.metadata.name}})\n{{end}}";

impl Api {
    /// Rules to start with, and which of them are there already.
    pub fn rules_ready(&self) -> Result<Vec<ReadyRule>, ApiError> {
        let catalog = self.catalog()?;
        let lang = self.lang();
        let view = |ready: &Ready| ReadyRule {
            trigger: ready.trigger.to_owned(),
            title: lang.pick(ready.title.0, ready.title.1).to_owned(),
            about: lang.pick(ready.about.0, ready.about.1).to_owned(),
            there: catalog.source(&ready.trigger_key()).is_some(),
        };
        Ok(READY.iter().map(view).collect())
    }

    /// Adds ready rules by their triggers' names, and a subscription of `services` to them. What is there already stays
    /// as it is.
    pub async fn rules_ready_add(&self, triggers: &[String], services: &[String]) -> Result<(), ApiError> {
        let catalog = self.catalog()?;
        let mut text = self.rules_text()?;
        let mut set = |key: &str, value: String| -> Result<(), ApiError> {
            if catalog.source(key).is_none() || key == subscription::KEY {
                text = set_key(&text, key, Some(&value)).map_err(|error| self.not_editable(&error))?;
            }
            Ok(())
        };
        let chosen = READY.iter().filter(|ready| triggers.iter().any(|name| name == ready.trigger));
        let chosen: Vec<&Ready> = chosen.collect();
        if let Some(url) = self.only_server() {
            set("context", format!("argocdUrl: {}\n", serde_json::Value::from(url)))?;
        }
        for ready in chosen.iter().filter(|ready| catalog.source(&ready.trigger_key()).is_none()) {
            set(&ready.template_key(), ready.template(self.lang()).write())?;
            set(&ready.trigger_key(), ConditionParts::write(&[ready.condition(self.lang())]))?;
        }
        if !services.is_empty() && !chosen.is_empty() {
            let triggers: Vec<&str> = chosen.iter().map(|ready| ready.trigger).collect();
            set(subscription::KEY, subscribed(&catalog, &triggers, services)?)?;
        }
        self.save_rules("notifications.yaml", &text).await
    }

    /// The address of the one server, if there is one alone: with several, no single address is right.
    fn only_server(&self) -> Option<String> {
        let status = self.engine.status();
        let status = status.borrow();
        match status.servers.as_slice() {
            [server] => Some(server.config.url.clone()),
            _ => None,
        }
    }
}

impl Ready {
    fn trigger_key(&self) -> String {
        format!("trigger.{}", self.trigger)
    }

    fn template_key(&self) -> String {
        format!("template.{}", self.template)
    }

    fn condition(&self, lang: Lang) -> ConditionParts {
        ConditionParts {
            description: lang.pick(self.about.0, self.about.1).to_owned(),
            when: self.when.to_owned(),
            once_per: self.once_per.to_owned(),
            send: vec![self.template.to_owned()],
            ..ConditionParts::default()
        }
    }

    fn template(&self, lang: Lang) -> TemplateParts {
        let title = format!("{} {}", self.glyph, lang.pick(self.title.0, self.title.1));
        let detail = lang.pick(self.detail.0, self.detail.1);
        let project = lang.pick("Project", "项目");
        let colon = lang.pick(": ", "：");
        TemplateParts {
            message: format!("{title} {{{{.app.metadata.name}}}}"),
            dingtalk: Some(DingTalkParts {
                msgtype: "markdown".to_owned(),
                title: format!("{title} {{{{.app.metadata.name}}}}"),
                text: format!(
                    "### {title}\n\n**{{{{.app.metadata.name}}}}**\n\n- {project}{colon}{{{{.app.spec.project}}}}\n{detail}{LINK}\n"
                ),
                ..DingTalkParts::default()
            }),
            ..TemplateParts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use dinghy_rules::{Catalog, Delivery, Secrets, Subject, render};

    use super::*;

    #[test]
    fn every_ready_rule_is_in_force_and_says_something_on_a_bare_application() {
        let subject = Subject::parse(
            r#"{"metadata": {"name": "web", "namespace": "argocd"}, "spec": {"project": "p"}}"#,
            None,
        )
        .expect("JSON");
        for lang in [Lang::En, Lang::ZhCn] {
            let mut text =
                set_key("", "service.webhook.ops", Some("url: $u\ndingtalk: {}\n")).expect("a service");
            for ready in READY {
                text = set_key(&text, &ready.template_key(), Some(&ready.template(lang).write()))
                    .expect("a template");
                let value = ConditionParts::write(&[ready.condition(lang)]);
                text = set_key(&text, &ready.trigger_key(), Some(&value)).expect("a trigger");
            }
            let catalog = Catalog::parse(&text, "rules");
            assert_eq!(catalog.diagnostics(), []);
            for ready in READY {
                let templates = [ready.template.to_owned()];
                let delivery = Delivery {
                    templates: &templates,
                    service: "ops",
                    recipient: "",
                    robot: true,
                    app_url: "",
                    lang,
                };
                render(&catalog, &subject, delivery, &Secrets::Masked, 0).expect(ready.template);
            }
        }
    }
}
