//! `mute` and `unmute`: say nothing of an application for a while.

use std::time::Duration;

use anyhow::Result;
use dinghy_api::{Api, Follow, now_ms};
use dinghy_model::{AppId, Mute};
use serde_json::json;

use crate::apps::tell_unlisted;
use crate::shell::{Answer, Shell, refused};
use crate::words;

pub(crate) async fn mute(shell: &Shell, app: &str, length: Option<Duration>) -> Result<Answer> {
    let until_ms = length.map(|length| now_ms() + i64::try_from(length.as_millis()).unwrap_or(i64::MAX / 2));
    let id = set(shell, app, Some(Mute { until_ms })).await?;
    match until_ms.map(words::local_time) {
        Some(until) => shell.say(&format!("{id} is muted until {until}."), &format!("{id} 静默至 {until}。")),
        None => shell.say(&format!("{id} is muted."), &format!("{id} 已静默。")),
    }
    if shell.out.json() {
        shell.out.value(&json!({ "app": id, "until_ms": until_ms }))?;
    }
    Ok(Answer::Yes)
}

pub(crate) async fn unmute(shell: &Shell, app: &str) -> Result<Answer> {
    let id = set(shell, app, None).await?;
    shell.say(&format!("{id} is not muted."), &format!("{id} 未静默。"));
    if shell.out.json() {
        shell.out.value(&json!({ "app": id }))?;
    }
    Ok(Answer::Yes)
}

async fn set(shell: &Shell, app: &str, mute: Option<Mute>) -> Result<AppId> {
    // A full name is taken as it is: its server may be down, and that may be why.
    if let [server, namespace, name] = app.split('/').collect::<Vec<_>>()[..] {
        let api = shell.beside(Follow::Never)?;
        api.check_server(server).map_err(refused)?;
        let id = AppId { server: server.into(), namespace: namespace.to_owned(), name: name.to_owned() };
        api.set_mute(&id, mute).await.map_err(refused)?;
        return Ok(id);
    }
    let api = shell.beside(Follow::Look)?;
    let id = find(&api, app).await?;
    api.set_mute(&id, mute).await.map_err(refused)?;
    Ok(id)
}

async fn find(api: &Api, app: &str) -> Result<AppId> {
    api.listed(None).await.map_err(refused)?;
    api.find_app(app).map_err(|error| {
        tell_unlisted(api, None);
        refused(error)
    })
}
