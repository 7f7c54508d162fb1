//! The template form.

use std::collections::BTreeMap;

use dinghy_engine::check;
use dinghy_model::{AppId, Payload, Problem, ServiceKind};
use dinghy_rules::{
    Catalog, DingTalkParts, Rendered, Secrets, Subject, TemplateParts, WebhookParts, check_template,
};

use super::message::webhook;
use super::{Edited, field_problem, message, unreadable, version};
use crate::wire::{
    ApiError, ButtonForm, DingTalkForm, TemplateCheck, TemplateDraft, TemplateForm, TestView, TryOn,
    WebhookForm,
};
use crate::{Api, now_ms, words};

/// Stands for a robot while there is none to preview with.
const IMAGINED: &str = "dingtalk";

impl Api {
    /// A template to be edited.
    pub fn template_draft(&self, name: &str) -> Result<TemplateDraft, ApiError> {
        let catalog = self.catalog()?;
        let source = catalog.source(&key(name)).ok_or_else(|| self.no_template())?;
        let (parts, problem) = match TemplateParts::read(source) {
            Ok(parts) => (parts, None),
            Err(error) => (TemplateParts::default(), Some(unreadable(error))),
        };
        Ok(TemplateDraft {
            form: form(name, parts),
            version: version(source),
            triggers: senders(&catalog, name),
            problem,
        })
    }

    /// What a template comes to as it is typed, for an application.
    pub async fn template_check(&self, form: &TemplateForm, on: &TryOn) -> Result<TemplateCheck, ApiError> {
        let name = named(form);
        let parts = self.template_parts(name, form)?;
        let mut edited = self.edited(&key(name), Some(&parts.write()))?;
        let service = self.preview_service(&mut edited, &parts, on.service.as_deref())?;
        let json = match &on.app {
            Some(id) => Some((id, self.app_json(id).await?)),
            None => None,
        };
        let subject = json.as_ref().map(|(_, json)| Subject::parse(json, None)).transpose();
        let subject = subject.map_err(|problem| self.error(&problem))?;
        let on = subject.as_ref().map(|subject| (&edited.catalog, subject));
        let faults = match on {
            Some((catalog, subject)) => {
                let id = json.as_ref().map(|(id, _)| *id);
                let check =
                    |subject: &Subject| check_template(&parts, Some((catalog, subject)), &service, now_ms());
                self.informed(id, subject, check).await
            }
            None => check_template(&parts, None, &service, now_ms()),
        };
        let problems: Vec<_> =
            faults.into_iter().map(|fault| field_problem("", fault, self.lang())).collect();
        let mut notes = self.notes(&edited.catalog, &key(name), problems.is_empty());
        let in_force = edited.catalog.templates().contains_key(name);
        let mut drawn = None;
        if let (true, Some((id, _)), Some(subject)) = (in_force, &json, &subject) {
            let catalog = &edited.catalog;
            let render =
                |subject: &Subject| self.rendered(catalog, name, &service, id, subject, &Secrets::Masked);
            match self.informed(Some(id), subject, render).await {
                Ok(Rendered { payload, confidential }) => {
                    notes.extend(self.keyword_note(&edited.catalog, &service, &payload));
                    if confidential {
                        let (en, zh) = words::MASKED;
                        notes.push(self.lang().pick(en, zh).to_owned());
                    }
                    drawn = Some(message(&edited.catalog, &service, &payload, self.lang()));
                }
                // A field that failed says so itself.
                Err(_) if !problems.is_empty() => {}
                Err(problem) => notes.push(words::sentence(&problem, self.lang()).what),
            }
        }
        Ok(TemplateCheck { problems, notes, message: drawn })
    }

    /// Saves a template. `base`: the version it had when the form was opened, empty for a new one. One that is no template
    /// is refused.
    pub async fn template_save(&self, form: &TemplateForm, base: &str) -> Result<(), ApiError> {
        let name = match base {
            "" => self.new_name("template", &form.name)?,
            _ => self.rule_name(&form.name)?,
        };
        let parts = self.template_parts(&name, form)?;
        let faults = check_template(&parts, None, "", now_ms());
        let mistakes: Vec<_> =
            faults.into_iter().map(|fault| field_problem("", fault, self.lang())).collect();
        self.without_mistakes(&mistakes)?;
        self.save_key(&key(&name), Some(&parts.write()), base).await
    }

    /// Sends a template as it stands in the form, through the real path.
    pub async fn template_test(&self, form: &TemplateForm, on: &TryOn) -> Result<TestView, ApiError> {
        let name = named(form);
        let parts = self.template_parts(name, form)?;
        let Edited { catalog, .. } = self.edited(&key(name), Some(&parts.write()))?;
        let (en, zh) = ("Choose an application to fill the template with.", "请选择用来填充模板的应用。");
        let id = on.app.as_ref().ok_or_else(|| self.form_error("app", en, zh))?;
        let (en, zh) = ("Choose a group to send to.", "请选择要发送到的群。");
        let service = on.service.as_deref().ok_or_else(|| self.form_error("service", en, zh))?;
        let Some(found) = catalog.services().get(service) else {
            return Err(self.error(&Problem::NoSuchService { service: service.to_owned() }));
        };
        let json = self.app_json(id).await?;
        let subject = Subject::parse(&json, None).map_err(|problem| self.error(&problem))?;
        let render = |subject: &Subject, secrets: &Secrets| {
            self.rendered(&catalog, name, service, id, subject, secrets)
        };
        let made = self.made_to_send(&catalog, Some(id), &subject, render).await;
        let made = made.map_err(|problem| self.error(&problem))?;
        let message = check::test_message(service, made.payload);
        let deliverer = self.engine.deliverer();
        let outcome = deliverer.test(found, &message, made.confidential, &BTreeMap::new()).await;
        Ok(self.tested(service, Some(id), outcome))
    }

    fn no_template(&self) -> ApiError {
        self.form_error("template", "There is no such template.", "没有这个模板。")
    }

    /// A form over what is on disk, so that what the form does not know stays.
    fn template_parts(&self, name: &str, form: &TemplateForm) -> Result<TemplateParts, ApiError> {
        let catalog = self.catalog()?;
        let old = catalog.source(&key(name)).and_then(|source| TemplateParts::read(source).ok());
        Ok(parts(form, old.unwrap_or_default()))
    }

    fn rendered(
        &self,
        catalog: &Catalog,
        name: &str,
        service: &str,
        app: &AppId,
        subject: &Subject,
        secrets: &Secrets,
    ) -> Result<Rendered, Problem> {
        let page = self.app_url(app).unwrap_or_default();
        self.render_for(catalog, &[name.to_owned()], (service, ""), subject, &page, secrets)
    }

    /// The destination to preview with: the wanted one, else one that the template names, else the first group; if
    /// there is none, an imagined robot.
    fn preview_service(
        &self,
        edited: &mut Edited,
        parts: &TemplateParts,
        wanted: Option<&str>,
    ) -> Result<String, ApiError> {
        let services = edited.catalog.services();
        let named = parts.webhooks.iter().map(|webhook| webhook.service.as_str());
        let named = named.filter(|_| parts.dingtalk.is_none());
        let groups = services.iter().filter(|(_, service)| matches!(service.kind, ServiceKind::Webhook(_)));
        let found = wanted.into_iter().chain(named).chain(groups.map(|(name, _)| name.as_str()));
        if let Some(service) = found.into_iter().find(|name| services.contains_key(*name)) {
            return Ok(service.to_owned());
        }
        let service = parts.webhooks.first().map_or(IMAGINED, |webhook| webhook.service.as_str()).to_owned();
        let value = "url: $preview\ndingtalk: {}\n";
        let text = dinghy_rules::set_key(&edited.text, &format!("service.webhook.{service}"), Some(value))
            .map_err(|error| self.not_editable(&error))?;
        edited.catalog = Catalog::parse(&text, &self.dirs.rules().to_string_lossy());
        edited.text = text;
        Ok(service)
    }

    /// A robot with keywords refuses a message without any of them.
    fn keyword_note(&self, catalog: &Catalog, service: &str, payload: &Payload) -> Option<String> {
        let keywords = &webhook(catalog, service)?.dingtalk.as_ref()?.keywords;
        let Payload::Http { body, .. } = payload else { return None };
        if keywords.is_empty() || keywords.iter().any(|word| body.contains(word.as_str())) {
            return None;
        }
        let list = keywords.join(", ");
        Some(match self.lang() {
            dinghy_model::Lang::En => {
                format!("{service} would refuse it: none of its keywords ({list}) is in the message.")
            }
            dinghy_model::Lang::ZhCn => format!("{service} 会拒收：消息中没有它的任何关键词（{list}）。"),
        })
    }
}

fn key(name: &str) -> String {
    format!("template.{name}")
}

/// A form without a name can be previewed too.
fn named(form: &TemplateForm) -> &str {
    if form.name.trim().is_empty() { "new" } else { form.name.trim() }
}

/// `text`, `markdown`, `link`, `actionCard`, `webhook` or `message`.
pub(crate) fn kind(parts: &TemplateParts) -> String {
    match &parts.dingtalk {
        Some(block) => block.msgtype.clone(),
        None if parts.webhooks.is_empty() => "message".to_owned(),
        None => "webhook".to_owned(),
    }
}

/// The triggers that send a template.
pub(crate) fn senders(catalog: &Catalog, template: &str) -> Vec<String> {
    let sends = |trigger: &&dinghy_rules::Trigger| {
        trigger.conditions.iter().any(|condition| condition.send.iter().any(|name| name == template))
    };
    catalog.triggers().values().filter(sends).map(|trigger| trigger.name.clone()).collect()
}

fn form(name: &str, parts: TemplateParts) -> TemplateForm {
    let button = |(title, url)| ButtonForm { title, url };
    TemplateForm {
        name: name.to_owned(),
        message: parts.message,
        dingtalk: parts.dingtalk.map(|block| DingTalkForm {
            msgtype: block.msgtype,
            title: block.title,
            text: block.text,
            message_url: block.message_url,
            pic_url: block.pic_url,
            single_title: block.single_title,
            single_url: block.single_url,
            buttons: block.buttons.into_iter().map(button).collect(),
            horizontal: block.orientation == "1",
            mention: block.mention,
            at_all: block.at_all,
        }),
        webhooks: parts
            .webhooks
            .into_iter()
            .map(|webhook| WebhookForm {
                service: webhook.service,
                method: webhook.method,
                path: webhook.path,
                body: webhook.body,
            })
            .collect(),
    }
}

fn parts(form: &TemplateForm, old: TemplateParts) -> TemplateParts {
    let dingtalk = form.dingtalk.as_ref().map(|block| {
        let old = old.dingtalk.clone().unwrap_or_default();
        let was_horizontal = old.orientation == "1";
        DingTalkParts {
            msgtype: block.msgtype.clone(),
            title: block.title.clone(),
            text: block.text.clone(),
            message_url: block.message_url.clone(),
            pic_url: block.pic_url.clone(),
            single_title: block.single_title.clone(),
            single_url: block.single_url.clone(),
            buttons: block.buttons.iter().map(|one| (one.title.clone(), one.url.clone())).collect(),
            orientation: match block.horizontal {
                same if same == was_horizontal => old.orientation,
                true => "1".to_owned(),
                false => String::new(),
            },
            mention: block.mention.clone(),
            at_all: block.at_all,
            extra: old.extra,
        }
    });
    let webhook = |webhook: &WebhookForm| {
        let old = old.webhooks.iter().find(|known| known.service == webhook.service);
        WebhookParts {
            service: webhook.service.clone(),
            method: webhook.method.clone(),
            path: webhook.path.clone(),
            body: webhook.body.clone(),
            extra: old.map(|known| known.extra.clone()).unwrap_or_default(),
        }
    };
    TemplateParts {
        message: form.message.clone(),
        dingtalk,
        webhooks: form.webhooks.iter().map(webhook).collect(),
        extra: old.extra,
    }
}
