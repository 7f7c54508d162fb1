//! Trying rules: what `argocd admin notifications trigger|template` does, on the same code as real runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use dinghy_engine::{Case, Command, check};
use dinghy_model::{AppId, Payload, Problem};
use dinghy_rules::{Catalog, Delivery, Facts, Rendered, Secrets, Subject, render, run_trigger};
use serde::Serialize;
use tokio::sync::oneshot;

use crate::rule_forms::is_robot;
use crate::wire::{ApiError, TestView};
use crate::{Api, now_ms, words};

pub use dinghy_rules::{AttemptError, Evaluated, try_expression, try_template};

/// Rules that ask a server for one thing because of another are followed so far.
const ROUNDS: usize = 8;

/// One condition of a trigger on one application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConditionView {
    /// Number in the trigger, from 0.
    pub index: usize,
    /// The expression.
    pub when: String,
    /// Whether it holds.
    pub triggered: bool,
    /// Its value as Go prints it, or why it has none.
    pub value: String,
    /// The value of `oncePer`, if any.
    pub once_per: Option<String>,
    /// What it would send.
    pub templates: Vec<String>,
}

/// What would be sent to one destination.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewView {
    /// The destination.
    pub service: String,
    /// The request or notification; or what is wrong.
    pub payload: Result<Payload, String>,
    /// `***` in it stands for secrets, which a preview does not read.
    pub confidential: bool,
}

impl Api {
    /// Finds an application by `name`, `namespace/name` or `server/namespace/name`.
    pub fn find_app(&self, wanted: &str) -> Result<AppId, ApiError> {
        let status = self.engine.status().borrow().clone();
        let parts: Vec<&str> = wanted.split('/').collect();
        let fits = |id: &AppId| match parts.as_slice() {
            [name] => id.name == *name,
            [namespace, name] => id.namespace == *namespace && id.name == *name,
            [server, namespace, name] => {
                id.server.0 == *server && id.namespace == *namespace && id.name == *name
            }
            _ => false,
        };
        let found: Vec<AppId> = status
            .servers
            .iter()
            .flat_map(|server| server.apps.iter().map(|app| app.id.clone()))
            .filter(fits)
            .collect();
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(self.form_error("app", "There is no such application.", "没有这个应用。")),
            _ => Err(self.form_error(
                "app",
                "Several applications have this name; write server/namespace/name.",
                "有多个同名应用，请写成 服务器/命名空间/名称。",
            )),
        }
    }

    /// An application's text as the engine has it.
    pub async fn app_json(&self, id: &AppId) -> Result<String, ApiError> {
        Ok(self.case(id).await?.snapshot.json.to_string())
    }

    /// An application as the engine has it, with what rules see beside it.
    pub(crate) async fn case(&self, id: &AppId) -> Result<Case, ApiError> {
        let (answer, case) = oneshot::channel();
        self.engine.send(Command::Case { id: id.clone(), answer }).await;
        // Fails only when the engine stops meanwhile.
        case.await
            .ok()
            .flatten()
            .ok_or_else(|| self.form_error("app", "There is no such application.", "没有这个应用。"))
    }

    /// Runs `run` on an application, and again once what rules in it ask the server for is known. Without an id, as for
    /// an application from a file, nobody is asked, and it stays unknown.
    pub(crate) async fn informed<T>(
        &self,
        id: Option<&AppId>,
        subject: &Subject,
        run: impl Fn(&Subject) -> T,
    ) -> T {
        let mut facts = Facts::new();
        let mut tried = subject.clone();
        // What is asked for may depend on what was asked for before.
        for _ in 0..ROUNDS {
            let found = run(&tried);
            let wants = tried.wants();
            let Some(id) = id.filter(|_| !wants.is_empty()) else { return found };
            drop(found);
            let (answer, more) = oneshot::channel();
            self.engine.send(Command::Facts { id: id.clone(), wants, answer }).await;
            // Fails only when the engine stops meanwhile.
            facts.extend(more.await.unwrap_or_default());
            tried = subject.clone().with_facts(Arc::new(facts.clone()));
        }
        run(&tried)
    }

    /// Runs a trigger's conditions on an application's JSON. `id`: whose it is, if it is a server's.
    pub async fn trigger_run(
        &self,
        name: &str,
        json: &str,
        id: Option<&AppId>,
    ) -> Result<Vec<ConditionView>, ApiError> {
        let catalog = self.catalog()?;
        let subject = Subject::parse(json, None).map_err(|problem| self.error(&problem))?;
        let results = self
            .informed(id, &subject, |subject| run_trigger(&catalog, name, subject, now_ms()))
            .await
            .ok_or_else(|| self.form_error("trigger", "There is no such trigger.", "没有这个触发器。"))?;
        let lang = self.lang();
        Ok(results
            .into_iter()
            .map(|result| ConditionView {
                index: result.index,
                triggered: result.triggered(),
                value: match &result.result {
                    Ok(value) => value.to_string(),
                    Err(problem) => words::sentence(problem, lang).what,
                },
                when: result.when,
                once_per: result.once_per,
                templates: result.templates,
            })
            .collect())
    }

    /// What a template would send to every destination that could get it.
    pub async fn template_preview(
        &self,
        name: &str,
        json: &str,
        page: &str,
        id: Option<&AppId>,
    ) -> Result<Vec<PreviewView>, ApiError> {
        let catalog = self.catalog()?;
        self.known_template(&catalog, name)?;
        let templates = [name.to_owned()];
        let subject = Subject::parse(json, None).map_err(|problem| self.error(&problem))?;
        let services: Vec<String> = catalog.services().keys().cloned().collect();
        let mut views = Vec::with_capacity(services.len());
        for service in services {
            let render = |subject: &Subject| {
                self.render_for(&catalog, &templates, (&service, ""), subject, page, &Secrets::Masked)
            };
            let made = self.informed(id, &subject, render).await;
            views.push(PreviewView {
                confidential: made.as_ref().is_ok_and(|made| made.confidential),
                payload: match made {
                    Ok(made) => Ok(made.payload),
                    Err(problem) => Err(words::sentence(&problem, self.lang()).what),
                },
                service,
            });
        }
        Ok(views)
    }

    /// Sends a template for an application to one recipient (`service` or `service:recipient`), now.
    pub async fn template_notify(
        &self,
        name: &str,
        json: &str,
        page: &str,
        recipient: &str,
        id: Option<&AppId>,
    ) -> Result<TestView, ApiError> {
        let catalog = self.catalog()?;
        self.known_template(&catalog, name)?;
        let templates = [name.to_owned()];
        let (service, recipient) = recipient.split_once(':').unwrap_or((recipient, ""));
        let Some(found) = catalog.services().get(service) else {
            return Err(self.error(&Problem::NoSuchService { service: service.to_owned() }));
        };
        let subject = Subject::parse(json, None).map_err(|problem| self.error(&problem))?;
        let render = |subject: &Subject, secrets: &Secrets| {
            self.render_for(&catalog, &templates, (service, recipient), subject, page, secrets)
        };
        let made = self.made_to_send(&catalog, id, &subject, render).await;
        let made = made.map_err(|problem| self.error(&problem))?;
        let message = check::test_message(service, made.payload);
        let deliverer = self.engine.deliverer();
        let outcome = deliverer.test(found, &message, made.confidential, &BTreeMap::new()).await;
        Ok(self.tested(service, id, outcome))
    }

    /// Renders a message that is sent at once: the secrets of the rules are read if it holds any.
    pub(crate) async fn made_to_send(
        &self,
        catalog: &Catalog,
        id: Option<&AppId>,
        subject: &Subject,
        render: impl Fn(&Subject, &Secrets) -> Result<Rendered, Problem>,
    ) -> Result<Rendered, Problem> {
        let made = self.informed(id, subject, |subject| render(subject, &Secrets::Masked)).await?;
        if !made.confidential {
            return Ok(made);
        }
        let mut known = BTreeMap::new();
        for name in catalog.secrets() {
            known.insert(name.clone(), self.vault.get(name).await);
        }
        let known = Secrets::Known(known);
        self.informed(id, subject, |subject| render(subject, &known)).await
    }

    fn known_template(&self, catalog: &Catalog, name: &str) -> Result<(), ApiError> {
        if catalog.templates().contains_key(name) {
            return Ok(());
        }
        Err(self.form_error("template", "There is no such template.", "没有这个模板。"))
    }

    /// The message of these templates for a destination. `page`: the application's, empty if there is none.
    pub(crate) fn render_for(
        &self,
        catalog: &Catalog,
        templates: &[String],
        (service, recipient): (&str, &str),
        subject: &Subject,
        page: &str,
        secrets: &Secrets,
    ) -> Result<Rendered, Problem> {
        let robot = is_robot(catalog, service);
        let delivery = Delivery { templates, service, recipient, robot, app_url: page, lang: self.lang() };
        render(catalog, subject, delivery, secrets, now_ms())
    }
}
