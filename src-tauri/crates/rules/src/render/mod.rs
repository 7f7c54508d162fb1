//! From a notification that is due to what is sent (notifications-engine `pkg/api/api.go`, `pkg/services/webhook.go`).
//!
//! Preview, test and real sending all come through [`render()`].

mod desktop;
mod dingtalk;
mod escape;
mod json;
mod people;
mod plain;
mod preview;

pub use escape::markdown;
pub use people::{is_mobile, is_person};
pub use preview::{Preview, preview};

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use dinghy_govalue::{Time, Value};
use dinghy_model::{Lang, Payload, Problem, Secret, ServiceKind};

use crate::catalog::{Catalog, DingTalkTemplate, Piece, Template};
use crate::env::Target;
use crate::evaluate::{Intent, time};
use crate::secrets::{Secrets, masked};
use crate::subject::Subject;
use escape::Language;

/// Longest summary, in characters.
const MAX_SUMMARY: usize = 200;

/// What is to be rendered, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Templates to merge, in order.
    pub templates: &'a [String],
    /// Service name.
    pub service: &'a str,
    /// Recipient within the service.
    pub recipient: &'a str,
    /// Whether the service's URL, its secrets put in, is a DingTalk robot's. Only the caller can know.
    pub robot: bool,
    /// The application's page, opened by a click on a desktop notification.
    pub app_url: &'a str,
    /// What Dinghy's own words are in: the state in the title of a desktop notification.
    pub lang: Lang,
}

impl<'a> Delivery<'a> {
    /// The delivery of an intent.
    pub fn of(intent: &'a Intent, robot: bool, app_url: &'a str, lang: Lang) -> Self {
        Self {
            templates: &intent.templates,
            service: &intent.service,
            recipient: &intent.recipient,
            robot,
            app_url,
            lang,
        }
    }
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The request or notification.
    pub payload: Payload,
    /// A secret was read for it, or with [`Secrets::Masked`] would be: it must stand in no file as it is.
    pub confidential: bool,
}

/// Renders one notification for one destination.
///
/// A webhook gets what Argo CD would send: the template's `webhook` entry for the service, or else a GET with the
/// message as its body. A robot would refuse that GET, so it gets the `dingtalk` block, else the `webhook` entry (by
/// POST if that names no method), else the message as a text. The desktop gets the message.
///
/// # Errors
/// [`Problem::NoSuchService`]; [`Problem::Render`] with template and place when a template is missing or fails on this
/// application, or leaves a robot nothing to say; [`Problem::BodyNotJson`] when a robot's body is none; why a secret
/// cannot be had, as [`Secrets::Known`] says it. No error holds a secret.
pub fn render(
    catalog: &Catalog,
    subject: &Subject,
    delivery: Delivery<'_>,
    secrets: &Secrets,
    now_ms: i64,
) -> Result<Rendered, Problem> {
    let service = catalog
        .services()
        .get(delivery.service)
        .ok_or_else(|| Problem::NoSuchService { service: delivery.service.to_owned() })?;
    let job = Job::new(catalog, subject, delivery, secrets, now_ms)?;
    let payload = match service.kind {
        ServiceKind::Desktop => job.desktop(),
        ServiceKind::Webhook(_) if delivery.robot => job.robot(),
        ServiceKind::Webhook(_) => job.webhook(),
    }?;
    Ok(Rendered { payload, confidential: job.confidential.get() })
}

fn templates<'c>(catalog: &'c Catalog, names: &[String]) -> Result<Vec<&'c Template>, Problem> {
    let find = |name: &String| {
        let detail = "no such template, or it is not in force".to_owned();
        catalog.templates().get(name).ok_or_else(|| Problem::Render { template: name.clone(), detail })
    };
    names.iter().map(find).collect()
}

/// One rendering. Only what the destination needs is rendered, so a mistake in a block for another one does no harm.
struct Job<'a> {
    catalog: &'a Catalog,
    subject: &'a Subject,
    delivery: Delivery<'a>,
    /// Without any secret: what reads none sees none.
    env: Value,
    now: Time,
    templates: Vec<&'a Template>,
    secrets: &'a Secrets,
    /// Whether a piece was rendered that reads one.
    confidential: Cell<bool>,
}

/// The `webhook` entry of a template, rendered.
struct Request {
    template: String,
    method: String,
    path: String,
    body: String,
}

impl<'a> Job<'a> {
    fn new(
        catalog: &'a Catalog,
        subject: &'a Subject,
        delivery: Delivery<'a>,
        secrets: &'a Secrets,
        now_ms: i64,
    ) -> Result<Self, Problem> {
        let now = time(now_ms);
        let target = Target { service: delivery.service, recipient: delivery.recipient };
        let env = catalog.env.template(subject, target, &BTreeMap::new(), &now);
        Ok(Self {
            catalog,
            subject,
            delivery,
            env,
            now,
            templates: templates(catalog, delivery.templates)?,
            secrets,
            confidential: Cell::new(false),
        })
    }

    fn piece(&self, template: &Template, piece: &Piece) -> Result<String, Problem> {
        let rendered = piece.template.render(&*self.env_of(template, piece)?, &self.now);
        self.text_of(template, piece, rendered)
    }

    /// A piece whose values can say no more than themselves.
    fn safe_piece(&self, template: &Template, piece: &Piece, language: Language) -> Result<String, Problem> {
        let escape = |before: &[u8], value: &[u8], _: &dyn Display| escape::escape(language, before, value);
        let rendered = piece.template.render_escaped(&*self.env_of(template, piece)?, &self.now, &escape);
        self.text_of(template, piece, rendered)
    }

    /// What a piece sees: the secrets that it reads and no others.
    fn env_of(&self, template: &Template, piece: &Piece) -> Result<Cow<'_, Value>, Problem> {
        if !piece.reads.any() {
            return Ok(Cow::Borrowed(&self.env));
        }
        self.confidential.set(true);
        let Secrets::Known(known) = self.secrets else { return Ok(Cow::Owned(self.masked_env(piece))) };
        let mut seen = BTreeMap::new();
        let mut missing = None;
        for name in self.names(piece) {
            match known.get(name) {
                Some(Ok(secret)) => drop(seen.insert(name.clone(), secret.clone())),
                Some(Err(problem)) => return Err(problem.clone()),
                None => {
                    self.subject.enquiry().want_secret(name);
                    missing = Some(name);
                }
            }
        }
        if let Some(name) = missing {
            let place = self.catalog.file.place(piece.text.place(0));
            let detail = format!("{place}: the secret `{name}` is not known here");
            return Err(Problem::Render { template: template.name.clone(), detail });
        }
        Ok(Cow::Owned(self.env_with(&seen)))
    }

    fn masked_env(&self, piece: &Piece) -> Value {
        self.env_with(&masked(self.names(piece)))
    }

    fn env_with(&self, secrets: &BTreeMap<String, Secret>) -> Value {
        let target = Target { service: self.delivery.service, recipient: self.delivery.recipient };
        self.catalog.env.template(self.subject, target, secrets, &self.now)
    }

    /// The names of the secrets that a piece reads.
    fn names<'p>(&'p self, piece: &'p Piece) -> &'p BTreeSet<String> {
        if piece.reads.whole { self.catalog.secrets() } else { &piece.reads.names }
    }

    fn text_of(
        &self,
        template: &Template,
        piece: &Piece,
        rendered: Result<Vec<u8>, dinghy_gotmpl::Error>,
    ) -> Result<String, Problem> {
        match rendered {
            Ok(bytes) => Ok(String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())),
            Err(error) => {
                let place = self.catalog.file.place(piece.text.place_of_byte(error.line, error.column));
                let detail = format!("{place}: {}", self.said(piece, error));
                Err(Problem::Render { template: template.name.clone(), detail })
            }
        }
    }

    /// What an error says. Where secrets were read it may hold one, so it is what masked ones make it say.
    fn said(&self, piece: &Piece, error: dinghy_gotmpl::Error) -> String {
        if !piece.reads.any() {
            return error.message;
        }
        match piece.template.render(&self.masked_env(piece), &self.now) {
            Err(masked) => masked.message,
            Ok(_) => {
                "it fails with these secrets; what it says is not shown, because it may hold one".to_owned()
            }
        }
    }

    fn optional(&self, template: &Template, piece: Option<&Piece>) -> Result<String, Problem> {
        piece.map_or_else(|| Ok(String::new()), |piece| self.piece(template, piece))
    }

    /// The last message that is not empty.
    fn message(&self) -> Result<String, Problem> {
        self.last_message(|template, piece| self.piece(template, piece))
    }

    /// The same, its values escaped.
    fn safe_message(&self, language: Language) -> Result<String, Problem> {
        self.last_message(|template, piece| self.safe_piece(template, piece, language))
    }

    fn last_message(
        &self,
        render: impl Fn(&Template, &Piece) -> Result<String, Problem>,
    ) -> Result<String, Problem> {
        let mut message = String::new();
        for template in &self.templates {
            let Some(piece) = &template.message else { continue };
            let rendered = render(template, piece)?;
            if !rendered.is_empty() {
                message = rendered;
            }
        }
        Ok(message)
    }

    /// The last entry for a service.
    fn request(&self, service: &str) -> Result<Option<Request>, Problem> {
        let found =
            self.templates.iter().rev().find_map(|template| Some((template, template.webhook.get(service)?)));
        let Some((template, entry)) = found else { return Ok(None) };
        Ok(Some(Request {
            template: template.name.clone(),
            method: entry.method.clone(),
            path: self.optional(template, entry.path.as_ref())?,
            body: self.optional(template, entry.body.as_ref())?,
        }))
    }

    /// The last `dingtalk` block.
    fn block(&self) -> Option<(&Template, &DingTalkTemplate)> {
        self.templates.iter().rev().find_map(|template| Some((*template, template.dingtalk.as_ref()?)))
    }

    fn webhook(&self) -> Result<Payload, Problem> {
        Ok(match self.request(self.delivery.service)? {
            Some(Request { method, path, body, .. }) => {
                Payload::Http { method: or(method, "GET"), path, body }
            }
            None => Payload::Http { method: "GET".to_owned(), path: String::new(), body: self.message()? },
        })
    }

    fn robot(&self) -> Result<Payload, Problem> {
        if let Some((template, block)) = self.block() {
            return Ok(Payload::Robot { body: self.dingtalk(template, block)? });
        }
        if let Some(Request { template, method, path, body }) = self.request(self.delivery.service)? {
            self.must_be_json(&template, &body)?;
            return Ok(Payload::Http { method: or(method, "POST"), path, body });
        }
        let message = self.safe_message(Language::Plain)?;
        if message.trim().is_empty() {
            let template = self.delivery.templates.join(", ");
            let detail = format!("it has no `message`, `dingtalk` or `webhook.{}`", self.delivery.service);
            return Err(Problem::Render { template, detail });
        }
        Ok(Payload::Robot { body: dingtalk::text(message.trim()) })
    }
}

/// The first line of what a payload says, for the event log; empty if it says nothing.
pub fn summary(payload: &Payload) -> String {
    let words = match payload {
        Payload::Desktop { title, .. } => title.clone(),
        Payload::Plain { text } => text.clone(),
        Payload::Http { body, .. } | Payload::Robot { body } => {
            plain::of_body(body).unwrap_or_else(|| body.clone())
        }
        Payload::Sealed { .. } => String::new(),
    };
    let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(MAX_SUMMARY).collect()
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}

#[cfg(test)]
mod tests;
