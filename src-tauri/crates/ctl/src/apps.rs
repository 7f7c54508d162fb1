//! `apps`, and finding one application for the commands that try rules on it.

use std::sync::Arc;

use anyhow::Result;
use dinghy_api::wire::AppFilter;
use dinghy_api::{Api, Follow, words as said};
use dinghy_model::{AppId, AppSummary};
use serde_json::{Map, Value, json};

use crate::args::Subject;
use crate::input;
use crate::output::say;
use crate::shell::{Answer, Shell, refused};
use crate::words;

/// Shows applications. The answer is no if a server that was asked could not be listed.
pub(crate) async fn list(shell: &Shell, server: Option<&str>) -> Result<Answer> {
    let api = shell.beside(Follow::Look)?;
    api.listed(server).await.map_err(refused)?;
    let filter = AppFilter { server: server.map(str::to_owned), ..AppFilter::default() };
    let rows = api.apps(&filter).rows;
    let complete = tell_unlisted(&api, server);
    if shell.out.json() {
        shell.out.value(&json!(rows))?;
    } else {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| columns(shell, &row.app)).collect();
        let heads = ["SERVER", "NAME", "PROJECT", "SYNC", "HEALTH", "OPERATION", "REVISION"];
        shell.out.table(&heads, &rows)?;
    }
    Ok(Answer::from(complete))
}

fn columns(shell: &Shell, app: &AppSummary) -> Vec<String> {
    let operation =
        app.operation.as_ref().map_or("", |operation| said::operation_word(operation.phase, shell.lang));
    vec![
        app.id.server.0.clone(),
        format!("{}/{}", app.id.namespace, app.id.name),
        app.project.clone(),
        said::sync_word(app.sync, shell.lang).to_owned(),
        said::health_word(app.health, shell.lang).to_owned(),
        operation.to_owned(),
        words::short(&app.revision).to_owned(),
    ]
}

/// Says of each server (or the one) that could not be listed why. True if all were.
pub(crate) fn tell_unlisted(api: &Api, server: Option<&str>) -> bool {
    let servers = api.status_view(false).servers;
    let asked = servers.iter().filter(|one| server.is_none_or(|name| name == one.name));
    let failed: Vec<_> = asked.filter(|server| !server.state.is_fresh()).collect();
    for server in &failed {
        say(format!("{}: {}", server.name, words::problem(server.problem.as_ref())).trim_end());
    }
    failed.is_empty()
}

/// An application to try a rule on.
pub(crate) struct Found {
    /// Which one; None: one from a file.
    pub(crate) id: Option<AppId>,
    /// Its text.
    pub(crate) json: String,
    /// Its page; empty for one from a file.
    pub(crate) page: String,
}

/// Use cases that have what the subject needs: servers are asked only for an application by name.
pub(crate) fn open(shell: &Shell, subject: &Subject) -> Result<Arc<Api>> {
    shell.beside(if subject.app_file.is_some() { Follow::Never } else { Follow::Look })
}

/// The application that is meant.
pub(crate) async fn find(shell: &Shell, api: &Api, subject: &Subject) -> Result<Found> {
    if let Some(file) = &subject.app_file {
        let json = input::read(shell, file)?;
        if let Err(error) = serde_json::from_str::<Map<String, Value>>(&json) {
            let file = file.display();
            let (en, zh) = (
                format!(
                    "{file} is not an application as JSON (as `argocd app get NAME -o json` gives it): {error}"
                ),
                format!("{file} 不是 JSON 格式的应用（如 `argocd app get NAME -o json` 的输出）：{error}"),
            );
            anyhow::bail!("{}", shell.lang.pick(&en, &zh));
        }
        return Ok(Found { id: None, json, page: String::new() });
    }
    let wanted = subject.app.as_deref().unwrap_or_default();
    // A full name needs no other server than its own.
    let server = match wanted.split('/').collect::<Vec<_>>().as_slice() {
        [server, _, _] => Some(*server),
        _ => None,
    };
    api.listed(server).await.map_err(refused)?;
    let id = match api.find_app(wanted) {
        Ok(id) => id,
        Err(error) => {
            // It may be one of those.
            tell_unlisted(api, server);
            return Err(refused(error));
        }
    };
    let json = api.app_json(&id).await.map_err(refused)?;
    let page = api.app_url(&id).map_err(refused)?;
    Ok(Found { id: Some(id), json, page })
}
