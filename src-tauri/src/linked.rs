//! The window as a process of its own: Tauri on one side, the link to the tray's process on the other.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dinghy_desktop::link::{Call, SHOWN, ToWindow, line};
use serde_json::Value;
use serde_json::value::to_raw_value;
use tauri::ipc::{Invoke, InvokeBody, InvokeError, InvokeResolver, Response};
use tauri::{AppHandle, Emitter as _, Wry};
use zeroize::Zeroizing;

use crate::windows;

/// Shows the window until it is closed or the tray's process is gone.
pub fn run_window() -> ExitCode {
    dinghy_desktop::start_logging(None);
    match build() {
        Ok(app) => {
            app.run(|_, _| {});
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "no window");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<tauri::App, Box<dyn std::error::Error>> {
    let page = page(std::env::args().skip(1))?;
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let link = Arc::new(Link::new(socket.try_clone()?));
    let caller = link.clone();
    let app = tauri::Builder::default()
        .invoke_handler(move |invoke| {
            caller.call(invoke);
            true
        })
        .setup(move |app| {
            windows::show(app.handle(), page.as_deref());
            let app = app.handle().clone();
            std::thread::Builder::new().name("link".to_owned()).spawn(move || {
                link.listen(socket, &app);
                app.exit(0);
            })?;
            Ok(())
        })
        .build(crate::context())?;
    Ok(app)
}

/// `--page /servers`, or nothing.
fn page(mut args: impl Iterator<Item = String>) -> Result<Option<String>, String> {
    match (args.next().as_deref(), args.next()) {
        (None, None) => Ok(None),
        (Some("--page"), Some(page)) => Ok(Some(page)),
        _ => Err("this program is started by dinghy: start that one".to_owned()),
    }
}

/// The link: calls go out, answers find who waits for them.
struct Link {
    out: Mutex<UnixStream>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    last: u64,
    resolvers: HashMap<u64, InvokeResolver<Wry>>,
}

impl Link {
    fn new(out: UnixStream) -> Self {
        Self { out: Mutex::new(out), waiting: Mutex::default() }
    }

    /// Passes a call of the page on. Answered later, in [`Self::listen`].
    fn call(&self, invoke: Invoke<Wry>) {
        let Invoke { message, resolver, .. } = invoke;
        let args = match message.payload() {
            InvokeBody::Json(args) => args,
            InvokeBody::Raw(_) => &Value::Null,
        };
        let id = {
            let mut waiting = lock(&self.waiting);
            waiting.last += 1;
            let id = waiting.last;
            waiting.resolvers.insert(id, resolver);
            id
        };
        if let Err(error) = self.send(id, message.command(), args) {
            tracing::error!(%error, "the tray's process does not listen");
            if let Some(resolver) = lock(&self.waiting).resolvers.remove(&id) {
                resolver.invoke_error(InvokeError::from("Dinghy has ended"));
            }
        }
    }

    fn send(&self, id: u64, command: &str, args: &Value) -> std::io::Result<()> {
        let args = to_raw_value(args)?;
        // May hold a secret that was typed into a form.
        let line = Zeroizing::new(line(&Call { id, command, args: &args })?);
        lock(&self.out).write_all(&line)
    }

    /// Takes what comes, until the other side ends.
    fn listen(self: &Arc<Self>, socket: UnixStream, app: &AppHandle) {
        for line in BufReader::new(socket).lines() {
            let Ok(line) = line else { return };
            match serde_json::from_str(&line) {
                Ok(ToWindow::Answer { id, value }) => {
                    if let Some(resolver) = self.resolver(id) {
                        resolver.resolve(Response::new(String::from(Box::<str>::from(value))));
                    }
                }
                Ok(ToWindow::Refusal { id, error }) => {
                    if let Some(resolver) = self.resolver(id) {
                        let error = serde_json::from_str(error.get()).unwrap_or(Value::Null);
                        resolver.invoke_error(InvokeError(error));
                    }
                }
                Ok(ToWindow::Event { name, payload }) => {
                    if let Err(error) = app.emit_str(&name, payload.get().to_owned()) {
                        tracing::warn!(%error, "the page could not be told");
                    }
                }
                Ok(ToWindow::Show { page }) => self.show(app, page),
                Err(error) => tracing::error!(%error, "a line that cannot be read"),
            }
        }
    }

    /// Comes to the front and says so. Without a window this process is about to end, and is started again.
    fn show(self: &Arc<Self>, app: &AppHandle, page: Option<String>) {
        let (link, handle) = (self.clone(), app.clone());
        let shown = app.run_on_main_thread(move || match windows::raise(&handle, page.as_deref()) {
            Ok(true) => {
                if let Err(error) = lock(&link.out).write_all(SHOWN) {
                    tracing::warn!(%error, "the tray's process does not listen");
                }
            }
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the window could not be shown"),
        });
        if let Err(error) = shown {
            tracing::error!(%error, "the window could not be shown");
        }
    }

    fn resolver(&self, id: u64) -> Option<InvokeResolver<Wry>> {
        lock(&self.waiting).resolvers.remove(&id)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn arguments() {
        let read = |args: &[&str]| page(args.iter().map(|arg| (*arg).to_owned()));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["--page", "/servers"]), Ok(Some("/servers".to_owned())));
        assert!(read(&["--help"]).is_err());
        assert!(read(&["--page"]).is_err());
    }
}
