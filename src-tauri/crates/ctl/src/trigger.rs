//! `trigger list|get|run`, as `argocd admin notifications trigger`.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::apps;
use crate::args::{Subject, Trigger};
use crate::shell::{Answer, Shell, refused};

pub(crate) async fn trigger(shell: &Shell, command: Trigger) -> Result<Answer> {
    match command {
        Trigger::List | Trigger::Get { name: None } => list(shell),
        Trigger::Get { name: Some(name) } => get(shell, &name),
        Trigger::Run { name, subject } => run(shell, &name, &subject).await,
    }
}

/// One row for each condition.
fn list(shell: &Shell) -> Result<Answer> {
    let catalog = dinghy_api::rules_in(&shell.dirs).map_err(|problem| shell.failed(&problem))?;
    let conditions = catalog
        .triggers()
        .values()
        .flat_map(|trigger| trigger.conditions.iter().map(|condition| (trigger.name.as_str(), condition)));
    if shell.out.json() {
        let rows: Vec<Value> = conditions
            .map(|(name, condition)| {
                json!({
                    "name": name, "index": condition.index, "description": condition.description,
                    "when": condition.when(), "oncePer": condition.once_per(), "send": condition.send,
                })
            })
            .collect();
        shell.out.value(&json!(rows))?;
    } else {
        let rows: Vec<Vec<String>> = conditions
            .map(|(name, condition)| {
                let described = Some(condition.description.as_str()).filter(|text| !text.is_empty());
                let about = described.unwrap_or_else(|| condition.when());
                vec![name.to_owned(), condition.send.join(", "), about.to_owned()]
            })
            .collect();
        shell.out.table(&["NAME", "TEMPLATE", "DESCRIPTION"], &rows)?;
    }
    Ok(Answer::Yes)
}

/// The text of the file.
fn get(shell: &Shell, name: &str) -> Result<Answer> {
    source(shell, &format!("trigger.{name}"), "There is no such trigger.", "没有这个触发器。")
}

/// Prints a key of the rules file as it stands there.
pub(crate) fn source(shell: &Shell, key: &str, en: &str, zh: &str) -> Result<Answer> {
    let catalog = dinghy_api::rules_in(&shell.dirs).map_err(|problem| shell.failed(&problem))?;
    match catalog.source(key) {
        Some(text) if shell.out.json() => shell.out.value(&json!({"key": key, "text": text}))?,
        Some(text) => shell.out.text(text)?,
        None => bail!("{}", shell.lang.pick(en, zh)),
    }
    Ok(Answer::Yes)
}

/// Each condition with its value, or why it has none.
async fn run(shell: &Shell, name: &str, subject: &Subject) -> Result<Answer> {
    let api = apps::open(shell, subject)?;
    let found = apps::find(shell, &api, subject).await?;
    let conditions = api.trigger_run(name, &found.json, found.id.as_ref()).await.map_err(refused)?;
    if shell.out.json() {
        shell.out.value(&json!(conditions))?;
    } else {
        let rows: Vec<Vec<String>> = conditions
            .iter()
            .map(|condition| {
                vec![
                    condition.index.to_string(),
                    condition.triggered.to_string(),
                    condition.once_per.clone().unwrap_or_default(),
                    condition.templates.join(", "),
                    condition.when.clone(),
                    condition.value.clone(),
                ]
            })
            .collect();
        shell.out.table(&["INDEX", "TRIGGERED", "ONCEPER", "TEMPLATE", "CONDITION", "VALUE"], &rows)?;
    }
    Ok(Answer::Yes)
}
