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

use std::fmt::Display;

use dinghy_govalue::{Time, Value};
use dinghy_model::{Payload, Problem, ServiceKind};

use crate::catalog::{Catalog, DingTalkTemplate, NO_SECRETS, Piece, Template};
use crate::env::{Secrets, Target};
use crate::evaluate::{Intent, time};
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
}

impl<'a> Delivery<'a> {
    /// The delivery of an intent.
    pub fn of(intent: &'a Intent, robot: bool, app_url: &'a str) -> Self {
        Self {
            templates: &intent.templates,
            service: &intent.service,
            recipient: &intent.recipient,
            robot,
            app_url,
        }
    }
}

/// Renders one notification for one destination.
///
/// A webhook gets what Argo CD would send: the template's `webhook` entry for the service, or else a GET with the
/// message as its body. A robot would refuse that GET, so it gets the `dingtalk` block, else the `webhook` entry (by
/// POST if that names no method), else the message as a text. The desktop gets the message.
///
/// # Errors
/// [`Problem::NoSuchService`]; [`Problem::Render`] with template and place when a template is missing or fails on this
/// application, or leaves a robot nothing to say; [`Problem::BodyNotJson`] when a robot's body is none.
pub fn render(
    catalog: &Catalog,
    subject: &Subject,
    delivery: Delivery<'_>,
    secrets: Option<&Secrets>,
    now_ms: i64,
) -> Result<Payload, Problem> {
    let service = catalog
        .services()
        .get(delivery.service)
        .ok_or_else(|| Problem::NoSuchService { service: delivery.service.to_owned() })?;
    let job = Job::new(catalog, subject, delivery, secrets, now_ms)?;
    match service.kind {
        ServiceKind::Desktop => job.desktop(),
        ServiceKind::Webhook(_) if delivery.robot => job.robot(),
        ServiceKind::Webhook(_) => job.webhook(),
    }
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
    env: Value,
    now: Time,
    templates: Vec<&'a Template>,
    has_secrets: bool,
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
        secrets: Option<&Secrets>,
        now_ms: i64,
    ) -> Result<Self, Problem> {
        let now = time(now_ms);
        let target = Target { service: delivery.service, recipient: delivery.recipient };
        let env = catalog.env.template(subject, target, secrets, &now);
        Ok(Self {
            catalog,
            subject,
            delivery,
            env,
            now,
            templates: templates(catalog, delivery.templates)?,
            has_secrets: secrets.is_some(),
        })
    }

    fn piece(&self, template: &Template, piece: &Piece) -> Result<String, Problem> {
        self.may_read(template, piece)?;
        let rendered = piece.template.render(&self.env, &self.now);
        self.text_of(template, piece, rendered)
    }

    /// A piece whose values can say no more than themselves.
    fn safe_piece(&self, template: &Template, piece: &Piece, language: Language) -> Result<String, Problem> {
        self.may_read(template, piece)?;
        let escape = |before: &[u8], value: &[u8], _: &dyn Display| escape::escape(language, before, value);
        let rendered = piece.template.render_escaped(&self.env, &self.now, &escape);
        self.text_of(template, piece, rendered)
    }

    /// Secrets are there while a message is made, and nowhere else.
    fn may_read(&self, template: &Template, piece: &Piece) -> Result<(), Problem> {
        if piece.reads_secrets && !self.has_secrets {
            let detail = format!("{}: {NO_SECRETS}", self.catalog.file.place(piece.text.place(0)));
            return Err(Problem::Render { template: template.name.clone(), detail });
        }
        Ok(())
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
                let detail = format!("{place}: {}", error.message);
                Err(Problem::Render { template: template.name.clone(), detail })
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
    };
    let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(MAX_SUMMARY).collect()
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}

#[cfg(test)]
mod tests;
