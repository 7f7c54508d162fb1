//! `servers`, `login`, `logout`.

use anyhow::Result;
use dinghy_api::Follow;
use dinghy_api::wire::ServerView;
use dinghy_model::Auth;
use serde_json::json;

use crate::args::Login;
use crate::input;
use crate::output::say;
use crate::shell::{Answer, Shell, refused};
use crate::words;

/// Asks every server once and shows how it goes. The answer is no if one cannot be listed.
pub(crate) async fn list(shell: &Shell) -> Result<Answer> {
    let api = shell.beside(Follow::Look)?;
    api.listed(None).await.map_err(refused)?;
    let servers = api.status_view(false).servers;
    if shell.out.json() {
        shell.out.value(&json!(servers))?;
    } else {
        let rows: Vec<Vec<String>> = servers.iter().map(|server| row(shell, server)).collect();
        shell.out.table(&["NAME", "STATE", "VERSION", "ACCOUNT", "APPS", "URL", "PROBLEM"], &rows)?;
        if servers.is_empty() {
            shell.say("settings.toml has no servers.", "settings.toml 中没有服务器。");
        }
    }
    Ok(Answer::from(servers.iter().all(|server| server.state.is_fresh())))
}

fn row(shell: &Shell, server: &ServerView) -> Vec<String> {
    let warning = shell.lang.pick("Warning: certificates are not checked.", "警告：未校验证书。");
    let remarks = [
        words::problem(server.problem.as_ref()),
        if server.insecure { warning.to_owned() } else { String::new() },
    ];
    vec![
        server.name.clone(),
        server.state_word.clone(),
        server.version.clone(),
        server.account.clone(),
        server.apps.to_string(),
        server.url.clone(),
        remarks.join(" ").trim().to_owned(),
    ]
}

/// Signs in with what stdin brings. What the server refuses is not stored.
pub(crate) async fn login(shell: &Shell, login: &Login) -> Result<Answer> {
    let kind = if login.token_stdin { Auth::Token } else { Auth::Password };
    let secret = input::secret(shell)?;
    let api = shell.beside(Follow::Never)?;
    let view = api.sign_in(&login.server, kind, secret).await.map_err(refused)?;
    if shell.out.json() {
        shell.out.value(&json!(view))?;
    }
    if let Some(problem) = &view.problem {
        say(&words::problem(Some(problem)));
    }
    let server = &login.server;
    match (view.stored, view.account.as_str()) {
        (false, _) => shell.say("Nothing was stored.", "未保存。"),
        (true, "") => shell.say(&format!("Stored for {server}."), &format!("已为 {server} 保存。")),
        (true, account) => shell.say(
            &format!("Signed in to {server} as {account}."),
            &format!("已以 {account} 的身份登录 {server}。"),
        ),
    }
    Ok(Answer::from(view.stored))
}

/// Forgets a server's secret.
pub(crate) async fn logout(shell: &Shell, server: &str) -> Result<Answer> {
    let api = shell.beside(Follow::Never)?;
    api.sign_out(server).await.map_err(refused)?;
    shell.say(&format!("Signed out of {server}."), &format!("已退出 {server}。"));
    Ok(Answer::Yes)
}
