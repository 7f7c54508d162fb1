//! `template list|get|notify`, as `argocd admin notifications template`.

use anyhow::Result;
use dinghy_api::PreviewView;
use dinghy_model::Payload;
use serde_json::{Value, json};

use crate::args::{Subject, Template};
use crate::output::{plain, say};
use crate::shell::{Answer, Shell, refused};
use crate::{apps, groups, trigger};

/// Stands for a message that holds secrets: it is opened when it is sent and at no other time.
const SEALED: &str = "*** (sealed: it holds secrets)";
/// The recipient that prints instead of sending.
const CONSOLE: &str = "console";

pub(crate) async fn template(shell: &Shell, command: Template) -> Result<Answer> {
    match command {
        Template::List | Template::Get { name: None } => list(shell),
        Template::Get { name: Some(name) } => {
            let key = format!("template.{name}");
            trigger::source(shell, &key, "There is no such template.", "没有这个模板。")
        }
        Template::Notify { name, subject, recipient } => {
            let recipient = recipient.filter(|to| to.split(':').next() != Some(CONSOLE));
            notify(shell, &name, &subject, recipient.as_deref()).await
        }
    }
}

/// Names, and what each begins with.
fn list(shell: &Shell) -> Result<Answer> {
    let catalog = dinghy_api::rules_in(&shell.dirs).map_err(|problem| shell.failed(&problem))?;
    let text = |name: &str| catalog.source(&format!("template.{name}")).unwrap_or_default().to_owned();
    let names = catalog.templates().keys();
    if shell.out.json() {
        let all: Vec<Value> = names.map(|name| json!({"name": name, "text": text(name)})).collect();
        shell.out.value(&json!(all))?;
    } else {
        let rows: Vec<Vec<String>> = names.map(|name| vec![name.clone(), preview(&text(name))]).collect();
        shell.out.table(&["NAME", "PREVIEW"], &rows)?;
    }
    Ok(Answer::Yes)
}

/// The first words of a template, in one line.
fn preview(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// Prints what each destination would get, or sends to one.
async fn notify(shell: &Shell, name: &str, subject: &Subject, recipient: Option<&str>) -> Result<Answer> {
    let api = apps::open(shell, subject)?;
    let found = apps::find(shell, &api, subject).await?;
    if let Some(recipient) = recipient {
        let sent = api.template_notify(name, &found.json, &found.page, recipient, found.id.as_ref()).await;
        let view = sent.map_err(refused)?;
        return groups::tell_test(shell, recipient, &view);
    }
    let previews = api.template_preview(name, &found.json, &found.page, found.id.as_ref()).await;
    let previews = previews.map_err(refused)?;
    if previews.is_empty() {
        shell.say(
            "The rules have no destination, so nothing would be sent.",
            "规则中没有目标，不会发送任何消息。",
        );
    }
    if shell.out.json() {
        let all: Vec<Value> = previews.iter().map(as_json).collect();
        shell.out.value(&json!(all))?;
    } else {
        for preview in &previews {
            match &preview.payload {
                Ok(payload) => shell.out.text(&payload_text(&preview.service, payload))?,
                Err(problem) => say(&format!("{}: {problem}", preview.service)),
            }
        }
    }
    if previews.iter().any(|preview| preview.confidential) {
        let (en, zh) = dinghy_api::words::MASKED;
        shell.say(en, zh);
    }
    Ok(Answer::from(previews.iter().all(|preview| preview.payload.is_ok())))
}

fn as_json(preview: &PreviewView) -> Value {
    match &preview.payload {
        Ok(payload) => json!({"service": preview.service, "payload": payload}),
        Err(problem) => json!({"service": preview.service, "problem": problem}),
    }
}

/// A destination, how it is told, and what.
pub(crate) fn payload_text(service: &str, payload: &Payload) -> String {
    let (how, body) = match payload {
        Payload::Http { method, path, body } => (format!("{method} {path}"), body.clone()),
        Payload::Robot { body } => ("POST".to_owned(), body.clone()),
        Payload::Plain { text } => (String::new(), text.clone()),
        Payload::Sealed { .. } => (String::new(), SEALED.to_owned()),
        Payload::Desktop { title, body, url } => {
            let lines = [title, body, url].into_iter().filter(|line| !line.is_empty());
            (String::new(), lines.cloned().collect::<Vec<_>>().join("\n"))
        }
    };
    let head = format!("--- {service} {how}");
    format!("{}\n{}\n", plain(head.trim_end()), body.trim_end_matches('\n'))
}
