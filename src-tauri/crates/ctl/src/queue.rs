//! `queue list|retry|drop`: the outbox.

use anyhow::Result;
use dinghy_api::Follow;
use dinghy_api::wire::QueueRow;
use dinghy_model::{QueueState, RowId};
use serde_json::json;

use crate::args::Queue;
use crate::shell::{Answer, Shell, refused};
use crate::words;

pub(crate) async fn queue(shell: &Shell, command: Queue) -> Result<Answer> {
    let api = shell.beside(Follow::Never)?;
    match command {
        Queue::List => list(shell, &api.queue().map_err(refused)?),
        Queue::Retry { row } => {
            let count = api.queue_retry(row.map(RowId)).await.map_err(refused)?;
            changed(shell, row, count, ("will be tried again", "将重新发送"))
        }
        Queue::Drop { row, .. } => {
            let count = api.queue_drop(row.map(RowId)).await.map_err(refused)?;
            changed(shell, row, count, ("dropped", "已丢弃"))
        }
    }
}

fn list(shell: &Shell, queue: &[QueueRow]) -> Result<Answer> {
    if shell.out.json() {
        shell.out.value(&json!(queue))?;
        return Ok(Answer::Yes);
    }
    let rows: Vec<Vec<String>> = queue
        .iter()
        .map(|queued| {
            let state = match queued.state {
                QueueState::Waiting => shell.lang.pick("Waiting", "等待"),
                QueueState::Refused => shell.lang.pick("Refused", "被拒绝"),
            };
            vec![
                queued.row.0.to_string(),
                state.to_owned(),
                words::local_time(queued.created_ms),
                words::app(queued.app.as_ref()),
                words::route(&queued.trigger, &queued.service),
                queued.attempts.to_string(),
                words::problem(queued.problem.as_ref()),
            ]
        })
        .collect();
    shell.out.table(&["ROW", "STATE", "SINCE", "APPLICATION", "ROUTE", "ATTEMPTS", "PROBLEM"], &rows)?;
    Ok(Answer::Yes)
}

/// Says how many; the answer is no if there is no such row.
fn changed(shell: &Shell, row: Option<i64>, count: usize, (en, zh): (&str, &str)) -> Result<Answer> {
    if shell.out.json() {
        shell.out.value(&json!({ "count": count }))?;
    }
    match row {
        Some(row) if count == 0 => {
            shell
                .say(&format!("There is no message {row} in the queue."), &format!("队列中没有消息 {row}。"));
            Ok(Answer::No)
        }
        _ => {
            shell.say(&format!("Messages {en}: {count}."), &format!("{zh}的消息：{count} 条。"));
            Ok(Answer::Yes)
        }
    }
}
