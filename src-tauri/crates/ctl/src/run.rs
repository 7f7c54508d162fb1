//! `run`: the engine itself, with its log on stdout.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use dinghy_api::wire::EventRow;
use dinghy_api::{Api, EventTail, Follow, Level, OpenUrl, words as said};
use dinghy_model::{EventKind, Problem, QueueState, RowId, Status};
use serde_json::json;

use crate::apps::tell_unlisted;
use crate::args::Run;
use crate::check::line;
use crate::events::{LOOK_EVERY, print_new};
use crate::output::say;
use crate::shell::{Answer, Shell, join, refused};
use crate::template::payload_text;
use crate::words;

/// Runs until stopped, or with `--once` until everything is done.
pub(crate) async fn run(shell: &Shell, options: &Run) -> Result<Answer> {
    shell.create_folders()?;
    let stop = stop_asked()?;
    let follow = if options.once { Follow::Once } else { Follow::Always };
    let (dirs, vault, system) = (shell.dirs.clone(), dinghy_api::os_vault(), shell.system());
    let started = match options.dry_run {
        true => Api::rehearse(dirs, vault, system, follow),
        false => Api::run(dirs, vault, system, follow, open_url()),
    };
    let (api, tail) = started.map_err(|problem| shell.failed(&problem))?;
    let mut log = Log {
        shell,
        api: &api,
        tail,
        told: BTreeSet::new(),
        shown: None,
        dry_run: options.dry_run,
        refused: 0,
    };
    let outcome = log.follow(options.once, stop).await;
    api.stop().await;
    let ended = outcome?;
    log.print()?;
    match ended {
        Ended::Stopped if options.once => Ok(Answer::No),
        Ended::Stopped => Ok(Answer::Yes),
        Ended::Finished => log.verdict(),
    }
}

/// Why the run is over.
enum Ended {
    /// Somebody said so.
    Stopped,
    /// There is no more to do.
    Finished,
}

/// What is printed while the engine runs.
struct Log<'a> {
    shell: &'a Shell,
    api: &'a Api,
    tail: EventTail,
    /// Problems that were told on stderr and still stand.
    told: BTreeSet<String>,
    /// The last message that a dry run has shown.
    shown: Option<RowId>,
    dry_run: bool,
    /// Messages that were refused in this run.
    refused: usize,
}

impl Log<'_> {
    async fn follow(&mut self, once: bool, stop: impl Future<Output = ()>) -> Result<Ended> {
        let mut status = self.api.status_changes();
        let api = self.api;
        let finished = api.finished();
        tokio::pin!(finished, stop);
        let mut seen = false;
        loop {
            let ended = tokio::select! {
                () = &mut stop => Some(Ended::Stopped),
                () = &mut finished, if once => Some(Ended::Finished),
                () = tokio::time::sleep(LOOK_EVERY) => None,
            };
            // An error means that the engine is gone; its last word stays.
            if status.has_changed().unwrap_or_default() || !seen {
                let now = status.borrow_and_update().clone();
                self.tell(&now);
                if now.loaded && !std::mem::replace(&mut seen, true) {
                    self.note(&now);
                }
            }
            self.print()?;
            if let Some(ended) = ended {
                return Ok(ended);
            }
        }
    }

    /// Prints what is new: events, and in a dry run the messages themselves.
    fn print(&mut self) -> Result<()> {
        let rows = print_new(self.shell, self.api, &mut self.tail)?;
        let is_refusal = |row: &&EventRow| matches!(row.event.kind, EventKind::Refused { test: false, .. });
        self.refused += rows.iter().filter(is_refusal).count();
        // Every message comes with an event, but for those that waited before.
        if self.dry_run && (self.shown.is_none() || !rows.is_empty()) {
            self.print_messages()
        } else {
            Ok(())
        }
    }

    fn print_messages(&mut self) -> Result<()> {
        for queued in self.api.outbox().map_err(refused)? {
            if self.shown.is_some_and(|shown| queued.row <= shown) || queued.state != QueueState::Waiting {
                continue;
            }
            self.shown = Some(queued.row);
            let message = queued.message;
            if self.shell.out.json() {
                self.shell.out.value(&json!({ "message": message }))?;
            } else {
                let to = format!(
                    "{} {}",
                    words::app(message.app.as_ref()),
                    words::route(&message.trigger, &message.service)
                );
                self.shell.out.text(&payload_text(&to, &message.payload))?;
            }
        }
        Ok(())
    }

    /// Problems of files, database and keychain, each once as long as it stands.
    fn tell(&mut self, status: &Status) {
        let lang = self.shell.lang;
        let of_file = |problem: &&Problem| matches!(problem, Problem::File { .. } | Problem::Setting { .. });
        let others = status.problems.iter().filter(|problem| !of_file(problem)).map(|problem| {
            let sentence = said::sentence(problem, lang);
            join(&sentence.what, &sentence.todo)
        });
        let mut now: BTreeSet<String> = others.collect();
        if status.problems.iter().any(|problem| of_file(&problem)) {
            let remarks = dinghy_api::check(&self.shell.dirs, lang);
            let heard = remarks.iter().filter(|remark| remark.level != Level::Note);
            now.extend(heard.map(|remark| line(remark, lang)));
        }
        for problem in now.difference(&self.told) {
            say(problem);
        }
        self.told = now;
    }

    /// What explains that nothing happens.
    fn note(&self, status: &Status) {
        if status.servers.is_empty() {
            self.shell.say("settings.toml has no servers.", "settings.toml 中没有服务器。");
        }
        if status.paused.is_some() && !self.dry_run {
            self.shell.say("Sending is paused; events are recorded.", "发送已暂停，事件仍会记录。");
        }
    }

    /// After `--once`: no if a server could not be listed, a file is broken, or a message did not get through.
    fn verdict(&self) -> Result<Answer> {
        let listed = tell_unlisted(self.api, None);
        let broken = dinghy_api::check(&self.shell.dirs, self.shell.lang)
            .iter()
            .any(|found| found.level == Level::Error);
        let outbox = self.api.outbox().map_err(refused)?;
        let failing = outbox
            .iter()
            .filter(|queued| queued.state == QueueState::Waiting && queued.problem.is_some())
            .count();
        let failed = !self.dry_run && self.refused + failing > 0;
        if failed {
            let (refused, waiting) = (self.refused, failing);
            self.shell.say(
                &format!("Messages refused: {refused}; waiting after a failure: {waiting}."),
                &format!("被拒绝的消息：{refused} 条；失败后等待重试：{waiting} 条。"),
            );
        }
        Ok(Answer::from(listed && !broken && !failed))
    }
}

/// Opens a clicked notification's page. Only http and https leave this function.
fn open_url() -> OpenUrl {
    Arc::new(|url: &str| {
        if url.starts_with("https://") || url.starts_with("http://") {
            // Without a browser nothing happens, and the page's address is in Argo CD anyway.
            let _ = open::that_detached(url);
        }
    })
}

/// Listens from now on for the user's or the system's wish that the program stops; the future ends with it.
#[cfg(unix)]
pub(crate) fn stop_asked() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens from now on for Ctrl-C or the end of the session; the future ends with it.
#[cfg(windows)]
pub(crate) fn stop_asked() -> Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close};
    let (mut interrupt, mut close) = (ctrl_c()?, ctrl_close()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
        }
    })
}
