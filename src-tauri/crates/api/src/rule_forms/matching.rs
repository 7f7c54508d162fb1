//! Which of the known applications a rule is about now. Looks at every one, off the threads that answer the window;
//! a newer question ends an older one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dinghy_engine::{Command, unpack};
use dinghy_model::{AppBody, AppSummary};
use dinghy_rules::Subject;
use tokio::sync::oneshot;

use crate::wire::{AppRow, MatchView};
use crate::{Api, is_stale};

/// Rows in an answer.
const MAX_ROWS: usize = 100;

/// What a rule says of one application.
pub(super) type Verdict = Result<bool, String>;

/// Numbers the questions, so that an older one sees that it was overtaken.
#[derive(Clone, Default)]
pub(crate) struct Questions(Arc<AtomicU64>);

impl Questions {
    pub(super) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn is_latest(&self, number: u64) -> bool {
        self.0.load(Ordering::Relaxed) == number
    }
}

impl Api {
    /// Every application, packed.
    pub(super) async fn bodies(&self) -> Vec<(Arc<AppSummary>, AppBody)> {
        let (answer, bodies) = oneshot::channel();
        self.engine.send(Command::Bodies { answer }).await;
        // Fails only when the engine stops meanwhile.
        bodies.await.unwrap_or_default()
    }

    /// Asks `judge` about every application.
    pub(super) async fn matching(&self, judge: impl Fn(&Subject) -> Verdict + Send + 'static) -> MatchView {
        let question = self.questions.next();
        let questions = self.questions.clone();
        let bodies = self.bodies().await;
        let status = self.engine.status().borrow().clone();
        let stale: Vec<_> =
            status.servers.iter().filter(|one| is_stale(one)).map(|one| one.name.clone()).collect();
        let mutes = status.mutes.clone();
        let work = move || {
            let mut view = MatchView { total: bodies.len(), ..MatchView::default() };
            for (summary, body) in &bodies {
                if !questions.is_latest(question) {
                    view.overtaken = true;
                    break;
                }
                let subject = unpack(body).and_then(|json| Subject::parse(&json, None).ok());
                let subject = subject.map(|subject| subject.of_server(&summary.id.server));
                match subject.as_ref().map(&judge) {
                    Some(Ok(true)) => {
                        view.matched += 1;
                        if view.rows.len() < MAX_ROWS {
                            view.rows.push(AppRow {
                                app: (**summary).clone(),
                                severity: summary.severity(),
                                muted: mutes.get(&summary.id),
                                stale: stale.contains(&summary.id.server),
                            });
                        }
                    }
                    Some(Err(failure)) => {
                        view.failed += 1;
                        if view.failure.is_empty() {
                            view.failure = failure;
                        }
                    }
                    Some(Ok(false)) | None => {}
                }
            }
            view
        };
        // Fails only if the work panicked, which rules do not.
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
    }
}
