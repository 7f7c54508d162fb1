//! DingTalk groups and plain webhooks: adding by the pasted webhook, changing, testing, removing.
//!
//! A group is a `service.webhook.NAME` key of the rules file; its URL and signing secret go to the
//! keychain as `NAME-url` and `NAME-sign`, so that the file carries no token.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dinghy_engine::{TestOutcome, check};
use dinghy_model::{
    DingTalkOptions, GroupState, Header, Payload, Problem, Secret, Service, ServiceKind, Status, Verdict,
    WebhookOptions,
};
use dinghy_rules::{Catalog, set_key};
use dinghy_store::write_atomic;

use crate::status::group_state_word;
use crate::wire::{ApiError, DesktopView, GroupForm, GroupView, TestView, WebhookReading};
use crate::{Api, words};

/// Custom keywords that a robot may have (DingTalk, customize-robot-security-settings).
const MOST_KEYWORDS: usize = 10;

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
        self.group_write(&name, form, None).await
    }

    /// Changes a group; its name stays, because subscriptions use it.
    pub async fn group_update(&self, name: &str, form: GroupForm) -> Result<(), ApiError> {
        let catalog = self.catalog()?;
        let old = self.webhook_of(&catalog, name)?;
        self.group_write(name, form, Some(old)).await
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
        self.edit_rules(&service_key(name), None)?;
        for secret in [url_secret(name), sign_secret(name)] {
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

    /// Sends a test message to a group through the real path.
    pub async fn group_test(&self, name: &str) -> Result<TestView, ApiError> {
        let catalog = self.catalog()?;
        let Some(service) = catalog.services().get(name) else {
            return Err(self.error(&Problem::NoSuchService { service: name.to_owned() }));
        };
        Ok(self.test(service, &BTreeMap::new()).await)
    }

    /// Sends a test message to what a form describes, before it is saved. What the form leaves out is the stored
    /// group's of that name.
    pub async fn group_try(&self, form: GroupForm) -> Result<TestView, ApiError> {
        let name = form.name.trim().to_owned();
        let old = self.webhook_of(&self.catalog()?, &name).ok();
        let (options, secrets) = self.read_group(&name, &form, old)?;
        let service = Service { name, kind: ServiceKind::Webhook(options) };
        Ok(self.test(&service, &secrets).await)
    }

    async fn test(&self, service: &Service, overlay: &BTreeMap<String, Secret>) -> TestView {
        let lang = self.lang();
        let mut text = lang
            .pick(
                "Dinghy: this is a test message. Argo CD's notifications will arrive here.",
                "Dinghy：这是一条测试消息，Argo CD 的通知会发送到这里。",
            )
            .to_owned();
        if let ServiceKind::Webhook(WebhookOptions { dingtalk: Some(dingtalk), .. }) = &service.kind
            && let Some(keyword) = dingtalk.keywords.first()
            && !dingtalk.keywords.iter().any(|keyword| text.contains(keyword.as_str()))
        {
            let _ = write!(text, " {keyword}");
        }
        let message = check::test_message(&service.name, Payload::Plain { text });
        self.test_view(self.engine.deliverer().test(service, &message, overlay).await)
    }

    /// How an attempt went, in words.
    pub(crate) fn test_view(&self, outcome: TestOutcome) -> TestView {
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

    /// What the window shows of this desktop.
    pub(crate) fn desktop_views(&self, status: &Status) -> Vec<DesktopView> {
        let catalog = self.engine.in_force().catalog;
        let view = |name: &String| DesktopView {
            name: name.clone(),
            on: !status.off.contains(name),
            triggers: triggers_of(&catalog, name),
        };
        status.desktops.iter().map(view).collect()
    }

    async fn group_write(
        &self,
        name: &str,
        form: GroupForm,
        old: Option<WebhookOptions>,
    ) -> Result<(), ApiError> {
        let (options, secrets) = self.read_group(name, &form, old)?;
        for (name, secret) in secrets {
            self.keep_named(&name, secret).await?;
        }
        self.edit_rules(&service_key(name), Some(&service_yaml(&options)))?;
        self.reload().await;
        Ok(())
    }

    /// A form → the service, and the secrets it brings by their names; `old` is the service as it is stored.
    fn read_group(
        &self,
        name: &str,
        form: &GroupForm,
        old: Option<WebhookOptions>,
    ) -> Result<(WebhookOptions, BTreeMap<String, Secret>), ApiError> {
        let keywords: Vec<String> =
            form.keywords.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
        if keywords.len() > MOST_KEYWORDS {
            return Err(self.form_error("keywords", "At most 10 keywords.", "最多 10 个关键词。"));
        }
        let mut secrets = BTreeMap::new();
        let pasted = form.webhook.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let mut options = match (old, pasted) {
            (Some(old), _) => old,
            (None, Some(_)) => WebhookOptions {
                headers: vec![Header {
                    name: "Content-Type".to_owned(),
                    value: "application/json".to_owned(),
                }],
                ..WebhookOptions::default()
            },
            (None, None) => {
                return Err(self.form_error(
                    "webhook",
                    "Paste the robot's webhook.",
                    "请粘贴机器人的 Webhook。",
                ));
            }
        };
        if let Some(url) = pasted.map(Secret::new) {
            if let Some(problem) = self.webhook_read(&url).problem {
                return Err(ApiError {
                    code: problem.code,
                    message: problem.what,
                    todo: problem.todo,
                    field: Some("webhook".to_owned()),
                });
            }
            options.url = format!("${}", url_secret(name));
            secrets.insert(url_secret(name), url);
        }
        let mut dingtalk = options.dingtalk.take().unwrap_or_default();
        match form.sign_secret.as_deref().map(str::trim) {
            None => {}
            Some("") => dingtalk.sign_secret.clear(),
            Some(secret) => {
                dingtalk.sign_secret = format!("${}", sign_secret(name));
                secrets.insert(sign_secret(name), Secret::new(secret));
            }
        }
        dingtalk.keywords = keywords;
        options.dingtalk = Some(dingtalk);
        Ok((options, secrets))
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

    fn webhook_of(&self, catalog: &Catalog, name: &str) -> Result<WebhookOptions, ApiError> {
        match catalog.services().get(name).map(|service| &service.kind) {
            Some(ServiceKind::Webhook(options)) => Ok(options.clone()),
            _ => Err(self.error(&Problem::NoSuchService { service: name.to_owned() })),
        }
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

/// The value of a `service.webhook.*` key. Scalars are written as JSON strings, which YAML reads.
fn service_yaml(options: &WebhookOptions) -> String {
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    let mut yaml = format!("url: {}\n", plain_or_quoted(&options.url));
    if !options.headers.is_empty() {
        yaml.push_str("headers:\n");
        for header in &options.headers {
            let _ = writeln!(
                yaml,
                "  - name: {}\n    value: {}",
                plain_or_quoted(&header.name),
                plain_or_quoted(&header.value)
            );
        }
    }
    if let Some((user, password)) = &options.basic_auth {
        let _ = writeln!(yaml, "basicAuth:\n  username: {}\n  password: {}", quote(user), quote(password));
    }
    if options.insecure_skip_verify {
        yaml.push_str("insecureSkipVerify: true\n");
    }
    if let Some(dingtalk) = &options.dingtalk {
        let mut parts = Vec::new();
        if !dingtalk.sign_secret.is_empty() {
            parts.push(format!("  signSecret: {}\n", plain_or_quoted(&dingtalk.sign_secret)));
        }
        if !dingtalk.keywords.is_empty() {
            let words: Vec<String> = dingtalk.keywords.iter().map(|word| quote(word)).collect();
            parts.push(format!("  keywords: [{}]\n", words.join(", ")));
        }
        if !dingtalk.mention.is_empty() {
            parts.push("  mention:\n".to_owned());
            parts.extend(
                dingtalk.mention.iter().map(|(who, to)| format!("    {}: {}\n", quote(who), quote(to))),
            );
        }
        if !parts.is_empty() {
            yaml.push_str("dingtalk:\n");
            yaml.extend(parts);
        }
    }
    yaml
}

/// Words that YAML takes as a string need no quotes; anything else gets them.
fn plain_or_quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "$-_/.".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
