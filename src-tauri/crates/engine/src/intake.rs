//! One task for each server: list, then watch, with a full list every few minutes; when the stream
//! is refused, lists at the set interval. Tells the controller; decides nothing about rules.
//!
//! The stream is asked for before the list is read: with a resource version Argo CD subscribes at
//! once and replays nothing (`server/application/application.go`, Watch), so what changes while
//! the list is on its way is already in the stream. Events older than the list's version of an
//! application are dropped by their resource version.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use dinghy_argocd::{Client, Credential, Watch, WatchEvent, state_of};
use dinghy_model::{AppId, AppSnapshot, Auth, Problem, ServerConfig, ServerState};
use dinghy_vault::Vault;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::input::{Input, News};
use crate::now_ms;

/// A stream can lose events (slow client, deletes while disconnected), so the truth is fetched again.
const FULL_LIST_EVERY: Duration = Duration::from_secs(240);
/// A server that refuses the stream is asked for it again so often.
const TRY_STREAM_EVERY: Duration = Duration::from_secs(600);
/// A stream that ends sooner was cut by something that will cut the next one too.
const SHORT_STREAM: Duration = Duration::from_secs(10);
/// After so many short streams in a row lists are read instead.
const SHORT_STREAMS: u32 = 3;
/// After five wrong passwords Argo CD lets nobody sign in to the account for five minutes
/// (`util/session/sessionmanager.go`), so a wrong one is not tried again soon.
const BAD_PASSWORD_WAIT: Duration = Duration::from_secs(300);

/// One server's task.
pub(crate) struct Intake {
    pub(crate) config: ServerConfig,
    pub(crate) vault: Arc<Vault>,
    pub(crate) inputs: mpsc::Sender<Input>,
    /// Number of this task, to tell its news from a predecessor's.
    pub(crate) run: u64,
    /// Wakes the task from any wait: the user asked for fresh data.
    pub(crate) refresh: Arc<Notify>,
    /// One list, then the end (`dinghyctl run --once`).
    pub(crate) once: bool,
    /// Ends the task.
    pub(crate) stop: CancellationToken,
}

/// Resource versions of what the last list brought.
type Versions = HashMap<AppId, u64>;

/// Why a phase ended without a failure.
enum Next {
    /// Time for a full list.
    List,
    /// The stream ended, in whatever way: a list says whether the server is well.
    Ended,
    /// The stream cannot be had: poll.
    Poll,
}

impl Intake {
    /// Runs until stopped.
    pub(crate) async fn run(self) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.work() => {}
        }
    }

    async fn work(self) {
        if self.once {
            if let Err(problem) = self.list_once().await {
                let state = state_of(&problem);
                self.tell(News::State { state, problem: Some(problem), next_try_ms: None }).await;
            }
            return;
        }
        self.forever().await;
    }

    async fn list_once(&self) -> Result<(), Problem> {
        let client = self.connect().await?;
        self.list(&client).await?;
        self.fresh(ServerState::Polling).await;
        Ok(())
    }

    async fn forever(self) {
        let mut failures = 0;
        loop {
            let Err(problem) = self.follow(&mut failures).await;
            failures += 1;
            tracing::warn!(server = %self.config.name, ?problem, failures, "server lost");
            let wait = wait_after(&problem, failures);
            let next_try_ms = now_ms() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            let state = state_of(&problem);
            if state == ServerState::Unauthorized {
                // Perhaps there is a better one by the next try.
                self.vault.forget(&self.config.secret_name());
            }
            self.tell(News::State { state, problem: Some(problem), next_try_ms: Some(next_try_ms) }).await;
            self.pause(wait).await;
        }
    }

    /// Connects and follows until something fails.
    async fn follow(&self, failures: &mut u32) -> Result<std::convert::Infallible, Problem> {
        let client = self.connect().await?;
        let mut stream_allowed_at = Instant::now();
        // What the server is while nobody knows whether it has a stream.
        let mut state = ServerState::Live;
        let mut short_streams = 0;
        loop {
            let began = Instant::now();
            if !self.config.watch || began < stream_allowed_at {
                self.list(&client).await?;
                *failures = 0;
                self.fresh(ServerState::Polling).await;
                self.pause(self.config.poll_interval).await;
                continue;
            }
            let next = self.list_and_watch(&client, failures, state).await?;
            state = ServerState::Live;
            short_streams = match next {
                Next::Ended if began.elapsed() < SHORT_STREAM => short_streams + 1,
                _ => 0,
            };
            if matches!(next, Next::Poll) || short_streams >= SHORT_STREAMS {
                stream_allowed_at = Instant::now() + TRY_STREAM_EVERY;
                state = ServerState::Polling;
                short_streams = 0;
                self.fresh(state).await;
                self.pause(self.config.poll_interval).await;
            } else if short_streams > 0 {
                self.pause(Backoff::SERVER.jittered(short_streams)).await;
            }
        }
    }

    /// All is well, in this state.
    async fn fresh(&self, state: ServerState) {
        self.tell(News::State { state, problem: None, next_try_ms: None }).await;
    }

    /// Signs in and finds out who answers.
    async fn connect(&self) -> Result<Client, Problem> {
        let client = Client::new(&self.config, self.credential().await?)?;
        let version = client.version().await?;
        let account = client.account().await?;
        self.tell(News::Identity { client: client.clone(), version, account: account.username }).await;
        Ok(client)
    }

    /// Asks for the stream, reads the list, then the stream, until the next full list is due.
    /// `state` is told after the list if the stream is still awaited: its headers may take 15 s.
    async fn list_and_watch(
        &self,
        client: &Client,
        failures: &mut u32,
        state: ServerState,
    ) -> Result<Next, Problem> {
        // Any number will do: it only says that no initial dump is wanted.
        let opening = client.watch(Some("1"));
        tokio::pin!(opening);
        let listing = self.list(client);
        tokio::pin!(listing);
        let mut opened: Option<Result<Watch, Problem>> = None;
        let mut versions = loop {
            tokio::select! {
                versions = &mut listing => break versions?,
                stream = &mut opening, if opened.is_none() => opened = Some(stream),
            }
        };
        *failures = 0;
        let until = Instant::now() + FULL_LIST_EVERY;
        self.fresh(match &opened {
            Some(Ok(_)) => ServerState::Live,
            Some(Err(_)) => ServerState::Polling,
            None => state,
        })
        .await;
        let stream = match opened {
            Some(stream) => stream,
            None => tokio::select! {
                stream = &mut opening => stream,
                () = self.refresh.notified() => return Ok(Next::List),
            },
        };
        let mut stream = match stream {
            Ok(stream) => {
                self.fresh(ServerState::Live).await;
                stream
            }
            Err(problem) if is_no_stream(&problem) => {
                tracing::info!(server = %self.config.name, ?problem, "no event stream; polling");
                return Ok(Next::Poll);
            }
            Err(problem) => {
                tracing::info!(server = %self.config.name, ?problem, "no event stream");
                return Ok(Next::Ended);
            }
        };
        Ok(self.read_stream(&mut stream, &mut versions, until).await)
    }

    async fn read_stream(&self, stream: &mut Watch, versions: &mut Versions, until: Instant) -> Next {
        loop {
            let event = tokio::select! {
                event = timeout_at(until, stream.next()) => event,
                () = self.refresh.notified() => return Next::List,
            };
            match event {
                Err(_due) => return Next::List,
                Ok(Err(problem)) => {
                    tracing::info!(server = %self.config.name, ?problem, "the event stream ended");
                    return Next::Ended;
                }
                // Proxies close long streams in good order.
                Ok(Ok(None)) => return Next::Ended,
                Ok(Ok(Some(WatchEvent::KeepAlive))) => self.tell(News::Alive).await,
                Ok(Ok(Some(WatchEvent::Gone(id)))) => {
                    versions.remove(&id);
                    self.tell(News::Gone(id)).await;
                }
                Ok(Ok(Some(WatchEvent::Changed(snapshot)))) => {
                    let listed = versions.get(&snapshot.summary.id).copied().unwrap_or(0);
                    if snapshot.resource_version == 0 || snapshot.resource_version > listed {
                        self.tell(News::Seen(Box::new(snapshot))).await;
                    }
                }
            }
        }
    }

    /// Reads the projects, whose annotations subscribe too: before the applications, so that a project is known
    /// when its applications are judged. An account that may not see them misses nothing else.
    async fn projects(&self, client: &Client) {
        match client.projects().await {
            Ok(projects) => self.tell(News::Projects(projects)).await,
            Err(problem) => {
                tracing::debug!(server = %self.config.name, ?problem, "projects are not to be had")
            }
        }
    }

    /// Reads one full list and hands it over.
    async fn list(&self, client: &Client) -> Result<Versions, Problem> {
        self.projects(client).await;
        let mut versions = Versions::new();
        client
            .list(|snapshot| {
                versions.insert(snapshot.summary.id.clone(), snapshot.resource_version);
                self.hand_over(snapshot);
            })
            .await?;
        let present = versions.keys().cloned().collect();
        self.tell(News::Listed { present }).await;
        Ok(versions)
    }

    /// Hands one application over; waits when the controller is behind, so that a long list is never
    /// held in memory as a whole.
    fn hand_over(&self, snapshot: AppSnapshot) {
        let input = self.input(News::Seen(Box::new(snapshot)));
        if let Err(mpsc::error::TrySendError::Full(input)) = self.inputs.try_send(input) {
            // Fails only when the controller is gone; then this task is about to be stopped too.
            tokio::task::block_in_place(|| drop(self.inputs.blocking_send(input)));
        }
    }

    async fn credential(&self) -> Result<Credential, Problem> {
        let name = self.config.secret_name();
        let secret = || self.vault.get(&name);
        Ok(match self.config.auth {
            Auth::None => Credential::None,
            Auth::Token => Credential::Token(secret().await?),
            Auth::Password => Credential::Password(secret().await?),
            Auth::Sso => return Err(Problem::SsoUnsupported),
        })
    }

    async fn tell(&self, news: News) {
        // Fails only when the controller is gone; then this task is about to be stopped too.
        let _ = self.inputs.send(self.input(news)).await;
    }

    fn input(&self, news: News) -> Input {
        Input::Server { name: self.config.name.clone(), run: self.run, news }
    }

    /// Waits, but not when the user asks for fresh data.
    async fn pause(&self, wait: Duration) {
        tokio::select! {
            () = sleep(wait) => {}
            () = self.refresh.notified() => {}
        }
    }
}

/// What a person must mend is not asked for as often as what heals by itself.
fn wait_after(problem: &Problem, failures: u32) -> Duration {
    match problem {
        Problem::TooManyRequests { retry_after_s: Some(seconds) } => {
            Duration::from_secs((*seconds).clamp(1, 3600))
        }
        Problem::BadPassword { .. } => BAD_PASSWORD_WAIT,
        _ => match state_of(problem) {
            ServerState::Unreachable | ServerState::Connecting => Backoff::SERVER.jittered(failures),
            _ => Backoff::SERVER.jittered(failures.max(5)),
        },
    }
}

/// Answers of who has no stream, or whose proxy lets none through: asking again soon is no use.
fn is_no_stream(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::StreamStopped { .. }
            | Problem::ServerError { .. }
            | Problem::Forbidden { .. }
            | Problem::NotArgoCd { .. }
            | Problem::LoginPage { .. }
            | Problem::BodyCut { .. }
            | Problem::Timeout { .. }
    )
}
