//! `groups` and `group test`.

use anyhow::Result;
use dinghy_api::Follow;
use dinghy_api::wire::TestView;
use serde_json::json;

use crate::args::Group;
use crate::output::say;
use crate::shell::{Answer, Shell, refused};
use crate::words;

/// Shows DingTalk groups and webhooks.
pub(crate) async fn list(shell: &Shell) -> Result<Answer> {
    let api = shell.beside(Follow::Never)?;
    let groups = api.destinations().await.map_err(refused)?;
    if shell.out.json() {
        shell.out.value(&json!(groups))?;
    } else {
        let rows: Vec<Vec<String>> = groups
            .iter()
            .map(|group| {
                vec![
                    group.name.clone(),
                    if group.robot { "dingtalk" } else { "webhook" }.to_owned(),
                    state_word(shell, group.state).to_owned(),
                    group.waiting.to_string(),
                    group.refused.to_string(),
                    group.host.clone(),
                    words::problem(group.problem.as_ref()),
                ]
            })
            .collect();
        shell.out.table(&["NAME", "KIND", "STATE", "WAITING", "REFUSED", "HOST", "PROBLEM"], &rows)?;
    }
    Ok(Answer::Yes)
}

fn state_word(shell: &Shell, state: &str) -> &'static str {
    match state {
        "ready" => shell.lang.pick("Ready", "就绪"),
        "throttled" => shell.lang.pick("Throttled", "限流中"),
        "retrying" => shell.lang.pick("Retrying", "重试中"),
        "refusing" => shell.lang.pick("Refusing", "拒绝"),
        _ => shell.lang.pick("Unknown", "未知"),
    }
}

/// Sends a test message.
pub(crate) async fn group(shell: &Shell, command: Group) -> Result<Answer> {
    let Group::Test { name } = command;
    let api = shell.beside(Follow::Never)?;
    let view = api.group_test(&name, None).await.map_err(refused)?;
    tell_test(shell, &name, &view)
}

/// How one message went: the code, what it means, how long it took.
pub(crate) fn tell_test(shell: &Shell, to: &str, view: &TestView) -> Result<Answer> {
    if shell.out.json() {
        shell.out.value(&json!(view))?;
    } else {
        let code = view.errcode.map(|code| format!("errcode {code} {}  ", view.errmsg)).unwrap_or_default();
        let outcome = if view.ok {
            shell.lang.pick("delivered", "已送达")
        } else {
            shell.lang.pick("not delivered", "未送达")
        };
        shell.out.line(&format!("{to}: {outcome}  {code}{} ms", view.millis))?;
    }
    if let Some(problem) = &view.problem {
        say(&words::problem(Some(problem)));
    }
    Ok(Answer::from(view.ok))
}
