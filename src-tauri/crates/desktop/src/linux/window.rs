//! The window's process: started when the window is asked for, gone when it is closed. Whatever GTK and WebKit
//! took goes with it.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::{RawValue, to_raw_value};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::link::{Call, SHOWN, ToWindow, WINDOW_PROGRAM, line};
use crate::shell::{Screen, Shell};

/// More than this many unread lines means that the window hangs; what is told to it then is dropped.
const MOST_ORDERS: usize = 64;

/// Time for a window to end by itself after the socket did.
const GRACE: Duration = Duration::from_secs(2);

/// What [`WindowProcess`] passes to [`keep`].
pub(super) type Orders = mpsc::Receiver<ToWindow>;

/// The side of the shell: it only passes orders on.
pub(super) struct WindowProcess {
    orders: mpsc::Sender<ToWindow>,
    quit: Arc<Notify>,
}

impl WindowProcess {
    /// `quit` is notified when the application is to end.
    pub(super) fn new(quit: Arc<Notify>) -> (Self, Orders) {
        let (orders, received) = mpsc::channel(MOST_ORDERS);
        (Self { orders, quit }, received)
    }

    fn order(&self, order: ToWindow) {
        if self.orders.try_send(order).is_err() {
            tracing::warn!("the window does not listen");
        }
    }
}

impl Screen for WindowProcess {
    fn show(&self, page: Option<&str>) {
        self.order(ToWindow::Show { page: page.map(str::to_owned) });
    }

    fn tell(&self, event: &'static str, payload: String) {
        match RawValue::from_string(payload) {
            Ok(payload) => self.order(ToWindow::Event { name: event.to_owned(), payload }),
            Err(error) => tracing::error!(%error, event, "no JSON"),
        }
    }

    fn quit(&self) {
        self.quit.notify_one();
    }
}

/// Keeps one window's process at most, for as long as the application runs. Returns when the last window is
/// closed and there is no tray to come back from.
pub(super) async fn keep(mut orders: Orders, shell: Arc<Shell>) {
    let mut missed = None;
    loop {
        let order = match missed.take() {
            None => orders.recv().await,
            order => order,
        };
        let Some(order) = order else { return };
        // Without a window there is nobody to tell.
        let ToWindow::Show { page } = order else { continue };
        match Window::open(page.as_deref()) {
            Ok(window) => missed = window.serve(&mut orders, |call| answer(shell.clone(), call)).await,
            Err(error) => {
                tracing::error!(%error, program = WINDOW_PROGRAM, "the window cannot be started");
                crate::shell::tell_no_window(WINDOW_PROGRAM, &error).await;
            }
        }
        if missed.is_none() && !shell.tray_shown() {
            return;
        }
    }
}

/// Tells WebKitGTK to draw pages as they are, instead of in layers that GL puts together, and GDK to ask nothing of GL.
/// Without a graphics card GL is a program on the same processor: a frame of a long list then takes twice the time, and so
/// does the first one of a window (docs/measurements.md).
const DRAW_DIRECTLY: [(&str, &str); 2] = [("WEBKIT_DISABLE_COMPOSITING_MODE", "1"), ("GDK_GL", "disable")];

/// Whether the kernel knows a card that draws: a `renderD128` or the like among the devices.
fn has_graphics_card(devices: &Path) -> bool {
    let names = std::fs::read_dir(devices).into_iter().flatten().flatten();
    names.into_iter().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}

/// A window's process and the link to it.
struct Window {
    child: Child,
    calls: BufReader<OwnedReadHalf>,
    link: OwnedWriteHalf,
}

impl Window {
    fn open(page: Option<&str>) -> std::io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = Command::new(program()?);
        if let Some(page) = page {
            command.args(["--page", page]);
        }
        if !has_graphics_card(Path::new("/dev/dri")) {
            command.envs(DRAW_DIRECTLY);
        }
        let child = command.stdin(Stdio::from(OwnedFd::from(theirs))).kill_on_drop(true).spawn()?;
        let (calls, link) = UnixStream::from_std(ours)?.into_split();
        Ok(Self { child, calls: BufReader::new(calls), link })
    }

    /// Answers the window's calls and passes orders to it, until it is closed. A command that runs then is
    /// run to its end. Gives back the last `Show` that the window did not confirm, because it was being closed: it
    /// was asked for by somebody who waits.
    async fn serve<A>(
        mut self,
        orders: &mut Orders,
        answer: impl Fn(Zeroizing<Vec<u8>>) -> A,
    ) -> Option<ToWindow>
    where
        A: Future<Output = Option<ToWindow>> + Send + 'static,
    {
        let mut unconfirmed = VecDeque::new();
        let mut running = JoinSet::new();
        let mut call = Zeroizing::new(Vec::new());
        loop {
            let order = tokio::select! {
                // A half-read line stays in `call` when another branch is taken.
                read = self.calls.read_until(b'\n', &mut call) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(_) => {
                        let line = std::mem::take(&mut call);
                        if line.as_slice() == SHOWN {
                            unconfirmed.pop_front();
                        } else {
                            running.spawn(answer(line));
                        }
                        continue;
                    }
                },
                Some(done) = running.join_next() => match done {
                    Ok(answer) => answer,
                    Err(error) => {
                        tracing::error!(%error, "a bug in a command");
                        continue;
                    }
                },
                Some(order) = orders.recv() => Some(order),
                else => break,
            };
            let Some(order) = order else { continue };
            let sent = self.send(&order).await;
            if matches!(order, ToWindow::Show { .. }) {
                unconfirmed.push_back(order);
            }
            if sent.is_err() {
                break;
            }
        }
        drop(self.link);
        end(self.child).await;
        running.detach_all();
        unconfirmed.pop_back()
    }

    async fn send(&mut self, order: &ToWindow) -> std::io::Result<()> {
        self.link.write_all(&line(order)?).await
    }
}

/// Runs one call. `None` if the window speaks another language.
async fn answer(shell: Arc<Shell>, line: Zeroizing<Vec<u8>>) -> Option<ToWindow> {
    let call: Call<'_> = match serde_json::from_slice(&line) {
        Ok(call) => call,
        Err(error) => {
            // Not the error itself: it may quote the call.
            tracing::error!(kind = ?error.classify(), "a call that cannot be read");
            return None;
        }
    };
    let id = call.id;
    match crate::commands::call(&shell, call.command, call.args).await {
        Ok(value) => Some(ToWindow::Answer { id, value }),
        Err(error) => to_raw_value(&error).ok().map(|error| ToWindow::Refusal { id, error }),
    }
}

/// Beside this program, where packages and builds put it.
fn program() -> std::io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(WINDOW_PROGRAM))
}

/// Waits for the process to end, with patience and not for ever.
async fn end(mut child: Child) {
    match tokio::time::timeout(GRACE, child.wait()).await {
        Ok(Ok(status)) if !status.success() => tracing::error!(%status, "the window's process failed"),
        Ok(_) => {}
        // Nothing is lost: the window keeps no state.
        Err(_) => {
            if let Err(error) = child.kill().await {
                tracing::error!(%error, "the window's process stays");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves a window that reads one line and ends, after it wrote `confirms` for it.
    async fn closed_after(order: ToWindow, confirms: &[u8]) -> Option<ToWindow> {
        let (ours, theirs) = UnixStream::pair().expect("a socket");
        let (calls, link) = ours.into_split();
        let child = Command::new("true").spawn().expect("a process");
        let window = Window { child, calls: BufReader::new(calls), link };
        let (orders, mut received) = mpsc::channel(1);
        orders.send(order).await.expect("a listener");
        let (read, mut write) = theirs.into_split();
        let closing = async {
            let mut line = String::new();
            BufReader::new(read).read_line(&mut line).await.expect("a line");
            write.write_all(confirms).await.expect("a reader");
            drop(write);
        };
        tokio::join!(window.serve(&mut received, async |_| None), closing).0
    }

    #[test]
    fn a_card_that_only_shows_does_not_draw() {
        let devices = tempfile::tempdir().expect("a folder");
        let known = || has_graphics_card(devices.path());
        std::fs::write(devices.path().join("card0"), "").expect("a file");
        assert!(!known() && !has_graphics_card(&devices.path().join("nowhere")));
        std::fs::write(devices.path().join("renderD128"), "").expect("a file");
        assert!(known());
    }

    #[tokio::test]
    async fn what_a_closing_window_did_not_show_is_given_back() {
        let show = || ToWindow::Show { page: Some("/servers".to_owned()) };
        let missed = closed_after(show(), b"").await;
        assert!(matches!(missed, Some(ToWindow::Show { page: Some(page) }) if page == "/servers"));
        assert!(closed_after(show(), SHOWN).await.is_none(), "it was shown, and closed then");
        let payload = to_raw_value(&1).expect("JSON");
        let event = ToWindow::Event { name: "status".to_owned(), payload };
        assert!(closed_after(event, b"").await.is_none(), "nobody waits for that");
    }
}
