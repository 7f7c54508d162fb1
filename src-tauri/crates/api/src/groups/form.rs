//! A destination's form: from what was typed to the service and its secrets, and back without the secrets.

use std::collections::BTreeMap;

use dinghy_model::{Header, Secret, ServiceKind, WebhookOptions};

use super::{sign_secret, url_secret};
use crate::Api;
use crate::wire::{ApiError, GroupForm, HeaderForm, PersonForm};

/// Custom keywords that a robot may have (DingTalk, customize-robot-security-settings).
const MOST_KEYWORDS: usize = 10;

/// A form that was read: the service, and the secrets that came with it by their names.
pub(super) type Read = (WebhookOptions, BTreeMap<String, Secret>);

impl Api {
    /// The form of a destination that is there. No secret is in it.
    pub fn group_form(&self, name: &str) -> Result<GroupForm, ApiError> {
        let options = self.webhook_of(&self.catalog()?, name)?;
        let dingtalk = options.dingtalk.unwrap_or_default();
        let (username, _) = options.basic_auth.unwrap_or_default();
        Ok(GroupForm {
            name: name.to_owned(),
            webhook: None,
            keywords: dingtalk.keywords,
            sign_secret: None,
            mention: dingtalk.mention.into_iter().map(|(who, to)| PersonForm { who, to }).collect(),
            pc_slide: dingtalk.pc_slide,
            headers: options.headers.iter().map(header_form).collect(),
            username,
            password: None,
            insecure_skip_verify: options.insecure_skip_verify,
        })
    }

    /// A form → the service, and the secrets it brings by their names; `old` is the service as it is stored.
    pub(super) fn read_group(
        &self,
        name: &str,
        form: &GroupForm,
        old: Option<WebhookOptions>,
    ) -> Result<Read, ApiError> {
        let mut secrets = BTreeMap::new();
        let pasted = form.webhook.as_deref().map(str::trim).filter(|url| !url.is_empty());
        if old.is_none() && pasted.is_none() {
            return Err(self.form_error("webhook", "Paste the robot's webhook.", "请粘贴机器人的 Webhook。"));
        }
        let is_new = old.is_none();
        let mut options = old.unwrap_or_default();
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
        options.headers = self.read_headers(name, form, &options.headers, &mut secrets)?;
        if is_new && options.headers.is_empty() {
            options
                .headers
                .push(Header { name: "Content-Type".to_owned(), value: "application/json".to_owned() });
        }
        options.basic_auth = self.read_basic_auth(name, form, options.basic_auth, &mut secrets)?;
        options.insecure_skip_verify = form.insecure_skip_verify;
        let mut dingtalk = options.dingtalk.take().unwrap_or_default();
        match form.sign_secret.as_deref().map(str::trim) {
            None => {}
            Some("") => dingtalk.sign_secret.clear(),
            Some(secret) => {
                dingtalk.sign_secret = format!("${}", sign_secret(name));
                secrets.insert(sign_secret(name), Secret::new(secret));
            }
        }
        dingtalk.keywords = self.read_keywords(form)?;
        dingtalk.mention = self.read_people(form)?;
        dingtalk.pc_slide = form.pc_slide;
        options.dingtalk = Some(dingtalk);
        Ok((options, secrets))
    }

    fn read_keywords(&self, form: &GroupForm) -> Result<Vec<String>, ApiError> {
        let keywords: Vec<String> =
            form.keywords.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
        if keywords.len() > MOST_KEYWORDS {
            return Err(self.form_error("keywords", "At most 10 keywords.", "最多 10 个关键词。"));
        }
        Ok(keywords)
    }

    /// Rows with nothing in them are left out.
    fn read_people(&self, form: &GroupForm) -> Result<BTreeMap<String, String>, ApiError> {
        let mut people = BTreeMap::new();
        for (row, PersonForm { who, to }) in form.mention.iter().enumerate() {
            let (who, to) = (who.trim(), to.trim());
            if who.is_empty() && to.is_empty() {
                continue;
            }
            if who.is_empty() {
                return Err(self.form_error(
                    &format!("mention.{row}.who"),
                    "Write the Argo CD user, or the commit author's name or address.",
                    "请填写 Argo CD 用户，或提交作者的名字或邮箱。",
                ));
            }
            if !dinghy_rules::is_person(to) {
                return Err(self.form_error(
                    &format!("mention.{row}.to"),
                    "Write a mobile (13800000000, or +852-12345678 with the country) or a DingTalk user id.",
                    "请填写手机号（13800000000，境外写 +852-12345678）或钉钉 userId。",
                ));
            }
            if people.insert(who.to_owned(), to.to_owned()).is_some() {
                return Err(self.form_error(
                    &format!("mention.{row}.who"),
                    "This name stands here twice.",
                    "这个名字重复了。",
                ));
            }
        }
        Ok(people)
    }

    fn read_headers(
        &self,
        group: &str,
        form: &GroupForm,
        old: &[Header],
        secrets: &mut BTreeMap<String, Secret>,
    ) -> Result<Vec<Header>, ApiError> {
        let mut headers = Vec::new();
        for (row, HeaderForm { name, value, secret, .. }) in form.headers.iter().enumerate() {
            let (name, value) = (name.trim(), value.trim());
            if name.is_empty() && value.is_empty() {
                continue;
            }
            let wrong = |en, zh| self.form_error(&format!("headers.{row}"), en, zh);
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if name.is_empty() || !name.chars().all(is_token) {
                return Err(wrong(
                    "A header's name has letters, digits and “-”.",
                    "请求头的名称由字母、数字和“-”组成。",
                ));
            }
            if value.chars().any(char::is_control) {
                return Err(wrong("A header is one line.", "请求头只能有一行。"));
            }
            let stored = old.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            let value = match (*secret, value, stored) {
                (true, "", Some(stored)) => stored.value.clone(),
                (true, "", None) => return Err(wrong("Write its value.", "请填写它的值。")),
                (true, value, _) => {
                    let key = header_secret(group, name);
                    secrets.insert(key.clone(), Secret::new(value));
                    format!("${key}")
                }
                (false, value, _) if is_secret_name(name) && !value.contains('$') => {
                    return Err(wrong(
                        "This looks like a secret: keep it in the keychain.",
                        "这像是密钥，请存入密钥环。",
                    ));
                }
                (false, value, _) => value.to_owned(),
            };
            headers.push(Header { name: name.to_owned(), value });
        }
        Ok(headers)
    }

    fn read_basic_auth(
        &self,
        group: &str,
        form: &GroupForm,
        old: Option<(String, String)>,
        secrets: &mut BTreeMap<String, Secret>,
    ) -> Result<Option<(String, String)>, ApiError> {
        let user = form.username.trim();
        if user.is_empty() {
            return Ok(None);
        }
        let password = match (form.password.as_deref().filter(|text| !text.is_empty()), old) {
            (Some(password), _) => {
                let key = format!("{group}-password");
                secrets.insert(key.clone(), Secret::new(password));
                format!("${key}")
            }
            (None, Some((_, stored))) => stored,
            (None, None) => return Err(self.form_error("password", "Enter the password.", "请填写密码。")),
        };
        Ok(Some((user.to_owned(), password)))
    }

    pub(super) fn webhook_of(
        &self,
        catalog: &dinghy_rules::Catalog,
        name: &str,
    ) -> Result<WebhookOptions, ApiError> {
        match catalog.services().get(name).map(|service| &service.kind) {
            Some(ServiceKind::Webhook(options)) => Ok(options.clone()),
            _ => Err(self.error(&dinghy_model::Problem::NoSuchService { service: name.to_owned() })),
        }
    }
}

/// What is a secret, or looks like one, stays behind.
fn header_form(header: &Header) -> HeaderForm {
    let secret =
        header.value.starts_with('$') || (is_secret_name(&header.name) && !header.value.contains('$'));
    let value = if secret { String::new() } else { header.value.clone() };
    HeaderForm { name: header.name.clone(), value, secret, kept: secret }
}

/// Names of headers that carry tokens.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "token", "secret", "password", "cookie", "key"].iter().any(|word| name.contains(word))
}

/// `ops-authorization`.
fn header_secret(group: &str, header: &str) -> String {
    let name: String = header
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    format!("{group}-{name}")
}

/// The secrets of a destination that nobody else uses: those that its form made.
pub(super) fn secrets_of(group: &str, options: &WebhookOptions) -> Vec<String> {
    let mut names = vec![url_secret(group), sign_secret(group)];
    let own = |value: &str| {
        let name = value.strip_prefix('$')?;
        name.starts_with(&format!("{group}-")).then(|| name.to_owned())
    };
    names.extend(options.headers.iter().filter_map(|header| own(&header.value)));
    names.extend(options.basic_auth.iter().filter_map(|(_, password)| own(password)));
    names
}
