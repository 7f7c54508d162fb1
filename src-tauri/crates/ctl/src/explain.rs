//! `explain`: step by step, why a trigger would or would not send, and to whom.

use anyhow::Result;
use dinghy_api::wire::{ExplainCondition, ExplainDestination, ExplainView};
use serde_json::json;

use crate::apps;
use crate::args::Subject;
use crate::shell::{Answer, Shell, refused};
use crate::words;

/// Longest value of a part that is shown, in characters.
const VALUE: usize = 100;

/// The answer is no if nothing would be sent now.
pub(crate) async fn explain(shell: &Shell, trigger: &str, subject: &Subject) -> Result<Answer> {
    let api = apps::open(shell, subject)?;
    let found = apps::find(shell, &api, subject).await?;
    let view = match &found.id {
        Some(id) => api.explain(trigger, id, words::local_time).await,
        None => api.explain_file(trigger, &found.json, words::local_time).await,
    }
    .map_err(refused)?;
    if shell.out.json() {
        shell.out.value(&json!(view))?
    } else {
        print(shell, &view)?
    }
    Ok(Answer::from(view.sends))
}

fn print(shell: &Shell, view: &ExplainView) -> Result<()> {
    let lang = shell.lang;
    if !view.is_fresh {
        shell.out.line(lang.pick(
            "Nothing is judged now: the sync status is older than the last operation.",
            "现在不判断：同步状态比最近一次操作旧。",
        ))?;
    }
    view.notes.iter().try_for_each(|note| shell.out.line(note))?;
    view.conditions.iter().try_for_each(|condition| print_condition(shell, condition))?;
    for subscription in &view.subscriptions {
        let mark = if subscription.counts { "+" } else { "-" };
        let to = subscription.to.join(", ");
        shell.out.line(&format!("{mark} {} → {to}: {}", subscription.place, subscription.why))?;
    }
    if view.destinations.is_empty() {
        shell.out.line(lang.pick("Nobody is subscribed.", "没有人订阅。"))?;
    }
    view.destinations.iter().try_for_each(|to| print_destination(shell, to))?;
    for row in &view.queue {
        let problem = row.problem.as_ref().map(|problem| format!(": {}", problem.what)).unwrap_or_default();
        let line = match lang {
            dinghy_model::Lang::En => {
                let attempts = dinghy_api::words::count(row.attempts, "attempt", "attempts");
                format!("queue {}: {attempts} for {}{problem}", row.row.0, row.service)
            }
            dinghy_model::Lang::ZhCn => {
                format!("队列 {}：{}，已尝试 {} 次{problem}", row.row.0, row.service, row.attempts)
            }
        };
        shell.out.line(&line)?;
    }
    view.events.iter().try_for_each(|row| shell.out.line(&words::event_line(row)))
}

fn print_condition(shell: &Shell, condition: &ExplainCondition) -> Result<()> {
    let lang = shell.lang;
    shell.out.line(&format!("[{}] {}", condition.index, condition.when))?;
    for part in &condition.parts {
        let rounds: String = part.rounds.iter().map(|round| format!("[{round}]")).collect();
        let mark = if part.failed { "!" } else { "=" };
        shell.out.line(&format!("    {rounds}{} {mark} {}", part.text, short(&part.value)))?;
    }
    for part in &condition.skipped {
        shell.out.line(&format!("    {part} {}", lang.pick("(not evaluated)", "（未求值）")))?;
    }
    if let Some(once) = &condition.once_per {
        shell.out.line(&format!("    oncePer = {once}"))?;
    }
    if let Some(problem) = &condition.once_per_problem {
        shell.out.line(&format!("    oncePer ! {problem}"))?;
    }
    if let Some(since) = &condition.since {
        shell.out.line(&format!("    {} {since}", lang.pick("true since", "成立于")))?;
    }
    Ok(())
}

fn print_destination(shell: &Shell, to: &ExplainDestination) -> Result<()> {
    shell.out.line(&format!("[{}] {}: {}", to.condition, to.to, to.why))?;
    if let Some(problem) = &to.problem {
        shell.out.line(&format!("    {}", problem.what))?;
    }
    to.message.lines().try_for_each(|line| shell.out.line(&format!("    {line}")))
}

fn short(value: &str) -> String {
    let line = value.replace('\n', " ");
    match line.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
