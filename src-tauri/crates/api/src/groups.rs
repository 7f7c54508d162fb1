//! DingTalk groups and plain webhooks: adding by the pasted webhook, changing, testing, removing.
//!
//! A group is a `service.webhook.NAME` key of the rules file; its URL and signing secret go to the
//! keychain as `NAME-url` and `NAME-sign`, so that the file carries no token.

mod form;
mod now;
mod yaml;

use std::collections::BTreeMap;

use dinghy_engine::{Command, TestOutcome, check};
use dinghy_model::{
    AppId, DingTalkOptions, Event, EventKind, GroupState, Payload, Problem, Secret, Service, ServiceKind,
    Status, Verdict, WebhookOptions,
};
use dinghy_rules::{Catalog, ServiceExtra, is_mobile, is_person, set_key};
use dinghy_store::write_atomic;
use serde_json::json;

use crate::status::group_state_word;
use crate::wire::{ApiError, GroupForm, GroupView, SwitchView, TestView, WebhookReading};
use crate::{Api, now_ms, words};

impl Api {
    /// What a pasted webhook is.
    pub fn webhook_read(&self, url: &Secret) -> WebhookReading {
        let (host, robot, problem) = check::read_webhook(url);
        let own = ["dingtalk.com", "dingtalk.io"];
        let bare = host.split(':').next().unwrap_or_default();
        let known = own.iter().any(|domain| bare == *domain || bare.ends_with(&format!(".{domain}")));
        WebhookReading {
            foreign_host: robot && !known,
            host,
            robot,
            problem: problem.map(|problem| words::view(&problem, self.lang())),
        }
    }

    /// Adds a group: its secrets to the keychain, its service to the rules.
    pub async fn group_add(&self, form: GroupForm) -> Result<(), ApiError> {
        let name = self.group_name(&form)?;
        let catalog = self.catalog()?;
        if catalog.services().contains_key(&name) {
            return Err(self.form_error("name", "There is a group of this name.", "已有同名的群。"));
        }
        self.group_write(&name, form, None, &ServiceExtra::default()).await
    }

    /// Changes a group; its name stays, because subscriptions use it.
    pub async fn group_update(&self, name: &str, form: GroupForm) -> Result<(), ApiError> {
        let catalog = self.catalog()?;
        let old = self.webhook_of(&catalog, name)?;
        // Read once already, with the catalog.
        let source = catalog.source(&service_key(name)).unwrap_or_default();
        let extra = ServiceExtra::read(source).unwrap_or_default();
        self.group_write(name, form, Some(old), &extra).await
    }

    /// Switches a destination on or off. Off: new messages are not made, and the log says so; queued ones wait. In
    /// force when it returns; where another process runs the engine, there within half a minute.
    pub async fn set_switch(&self, service: &str, on: bool) -> Result<(), ApiError> {
        self.store.set_switch(service, on).map_err(|problem| self.error(&problem))?;
        self.read_again().await;
        Ok(())
    }

    /// Removes a group and its secrets. Subscriptions that name it stay and are reported.
    pub async fn group_remove(&self, name: &str) -> Result<(), ApiError> {
        let options = self.webhook_of(&self.catalog()?, name).unwrap_or_default();
        self.edit_rules(&service_key(name), None)?;
        for secret in form::secrets_of(name, &options) {
            if let Err(problem) = self.vault.delete(&secret).await {
                tracing::warn!(?problem, group = name, "a secret of a removed group could not be deleted");
            }
        }
        // One that is added under this name is another one.
        self.store.set_switch(name, true).map_err(|problem| self.error(&problem))?;
        self.read_again().await;
        self.reload().await;
        Ok(())
    }

    /// Sends a test message to a destination through the real path; `mention` is the mobile or user id of whom it is to
    /// call. The desktop can be tried before it is one.
    pub async fn group_test(&self, name: &str, mention: Option<&str>) -> Result<TestView, ApiError> {
        let catalog = self.catalog()?;
        let desktop = Service { name: name.to_owned(), kind: ServiceKind::Desktop };
        let service = match catalog.services().get(name) {
            Some(service) => service,
            None if name == "desktop" => &desktop,
            None => return Err(self.error(&Problem::NoSuchService { service: name.to_owned() })),
        };
        Ok(self.test(service, &BTreeMap::new(), mention).await)
    }

    /// Sends a test message to what a form describes, before it is saved. What the form leaves out is the stored
    /// group's of that name.
    pub async fn group_try(&self, form: GroupForm, mention: Option<&str>) -> Result<TestView, ApiError> {
        let name = form.name.trim().to_owned();
        let old = self.webhook_of(&self.catalog()?, &name).ok();
        let (options, secrets) = self.read_group(&name, &form, old)?;
        let service = Service { name, kind: ServiceKind::Webhook(options) };
        Ok(self.test(&service, &secrets, mention).await)
    }

    async fn test(
        &self,
        service: &Service,
        overlay: &BTreeMap<String, Secret>,
        mention: Option<&str>,
    ) -> TestView {
        let text = self.lang().pick(
            "Dinghy: this is a test message. Argo CD's notifications will arrive here.",
            "Dinghy：这是一条测试消息，Argo CD 的通知会发送到这里。",
        );
        let payload = match mention.filter(|id| is_person(id)) {
            // As templates mention; the keyword is added, and the person named, on the way.
            Some(id) => {
                let (mobiles, users) = if is_mobile(id) { (vec![id], vec![]) } else { (vec![], vec![id]) };
                let at = json!({"atMobiles": mobiles, "atUserIds": users, "isAtAll": false});
                let body = json!({"msgtype": "text", "text": {"content": text}, "at": at});
                Payload::Robot { body: body.to_string() }
            }
            None => Payload::Plain { text: text.to_owned() },
        };
        let message = check::test_message(&service.name, payload);
        let outcome = self.engine.deliverer().test(service, &message, false, overlay).await;
        self.tested(&service.name, None, outcome)
    }

    /// Puts down in the log how a test went, and gives it in words. `app`: the application that a template was filled
    /// with.
    pub(crate) fn tested(&self, service: &str, app: Option<&AppId>, outcome: TestOutcome) -> TestView {
        let kind = match &outcome.verdict {
            Verdict::Delivered => EventKind::Sent { attempts: 1, millis: outcome.millis, test: true },
            Verdict::Retry { problem, .. }
            | Verdict::Throttled { problem, .. }
            | Verdict::Refused { problem } => EventKind::Refused { problem: problem.clone(), test: true },
        };
        let event = Event {
            id: 0,
            at_ms: now_ms(),
            app: app.cloned(),
            trigger: String::new(),
            service: service.to_owned(),
            kind,
        };
        // What came of the test is said nevertheless.
        if let Err(problem) = self.store.append_event(&event) {
            tracing::warn!(?problem, "a test is missing in the log");
        }
        self.test_view(outcome)
    }

    /// How an attempt went, in words.
    fn test_view(&self, outcome: TestOutcome) -> TestView {
        let TestOutcome { verdict, millis } = outcome;
        let lang = self.lang();
        let problem = match verdict {
            Verdict::Delivered => None,
            Verdict::Retry { problem, .. }
            | Verdict::Throttled { problem, .. }
            | Verdict::Refused { problem } => Some(problem),
        };
        let (errcode, errmsg) = match &problem {
            None => (Some(0), "ok".to_owned()),
            Some(Problem::Robot { errcode, errmsg, .. }) => (Some(*errcode), errmsg.clone()),
            Some(_) => (None, String::new()),
        };
        TestView {
            ok: problem.is_none(),
            errcode,
            errmsg,
            problem: problem.as_ref().map(|problem| words::view(problem, lang)),
            millis,
        }
    }

    /// What the window shows of destinations.
    pub(crate) fn group_views(&self, status: &Status) -> Vec<GroupView> {
        let lang = self.lang();
        let catalog = self.engine.in_force().catalog;
        status
            .groups
            .iter()
            .map(|group| {
                let dingtalk = match catalog.services().get(&group.name).map(|service| &service.kind) {
                    Some(ServiceKind::Webhook(options)) => options.dingtalk.clone().unwrap_or_default(),
                    _ => DingTalkOptions::default(),
                };
                GroupView {
                    name: group.name.clone(),
                    robot: group.robot,
                    state: group_state_word(&group.state).to_owned(),
                    until_ms: match group.state {
                        GroupState::Throttled { until_ms } => Some(until_ms),
                        GroupState::Retrying { next_ms, .. } => Some(next_ms),
                        _ => None,
                    },
                    problem: match &group.state {
                        GroupState::Retrying { problem, .. } | GroupState::Refusing { problem } => {
                            Some(words::view(problem, lang))
                        }
                        _ => None,
                    },
                    waiting: group.waiting,
                    host: group.host.clone(),
                    keywords: dingtalk.keywords,
                    signed: !dingtalk.sign_secret.is_empty(),
                    triggers: triggers_of(&catalog, &group.name),
                    on: !status.off.contains(&group.name),
                    attention: status.wants_attention(group),
                }
            })
            .collect()
    }

    /// What the window shows of this desktop's switches.
    pub(crate) fn switch_views(status: &Status) -> Vec<SwitchView> {
        let view = |name: &String| SwitchView { name: name.clone(), on: !status.off.contains(name) };
        status.desktops.iter().map(view).collect()
    }

    async fn group_write(
        &self,
        name: &str,
        form: GroupForm,
        old: Option<WebhookOptions>,
        extra: &ServiceExtra,
    ) -> Result<(), ApiError> {
        let (options, secrets) = self.read_group(name, &form, old)?;
        for (name, secret) in secrets {
            self.keep_named(&name, secret).await?;
        }
        self.edit_rules(&service_key(name), Some(&yaml::service_yaml(&options, extra)))?;
        self.reload().await;
        // A new secret alone changes nothing in the file, but may have mended the group.
        self.engine.send(Command::QueueChanged).await;
        Ok(())
    }

    fn edit_rules(&self, key: &str, value: Option<&str>) -> Result<(), ApiError> {
        let text = self.rules_text()?;
        let edited = set_key(&text, key, value).map_err(|error| {
            self.error(&Problem::File {
                file: self.dirs.rules().display().to_string(),
                line: 0,
                column: 0,
                detail: error.to_string(),
            })
        })?;
        write_atomic(&self.dirs.rules(), edited.as_bytes()).map_err(|problem| self.error(&problem))
    }

    fn group_name(&self, form: &GroupForm) -> Result<String, ApiError> {
        let name = form.name.trim();
        let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if name.is_empty() || !fits {
            return Err(self.form_error(
                "name",
                "A name has letters, digits and “-”: subscriptions use it.",
                "名称只能包含字母、数字和“-”：订阅会用到它。",
            ));
        }
        Ok(name.to_owned())
    }
}

/// The triggers whose subscriptions in the manifest name this service.
fn triggers_of(catalog: &Catalog, service: &str) -> Vec<String> {
    let mut names: Vec<String> = catalog
        .subscriptions()
        .iter()
        .filter(|subscription| subscription.recipients.iter().any(|to| to.service == service))
        .flat_map(|subscription| match subscription.triggers.as_slice() {
            [] => catalog.default_triggers(None).to_vec(),
            triggers => triggers.to_vec(),
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn service_key(name: &str) -> String {
    format!("service.webhook.{name}")
}

fn url_secret(name: &str) -> String {
    format!("{name}-url")
}

fn sign_secret(name: &str) -> String {
    format!("{name}-sign")
}
