//! The process `dinghy` on Linux: engine and tray over D-Bus. No GTK and no WebKit; the window is a process of
//! its own.

mod instance;
mod tray;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::args::Args;
use crate::places::Places;
use crate::shell::{Shell, in_words, tell_not_started};
use instance::Instance;
use window::WindowProcess;

/// Runs the application until the user quits.
pub fn run() -> ExitCode {
    let args = Args::read();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("dinghy: no async runtime: {error}")),
    };
    match runtime.block_on(start(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            runtime.block_on(tell_not_started(&message));
            fail(&message)
        }
    }
}

async fn start(args: Args) -> Result<(), String> {
    let places = Places::prepare(&args).map_err(|problem| in_words(&problem))?;
    let log = crate::logging::start(Some(&places.dirs.data));
    if !display_is_set() {
        return Err("dinghy: there is no display (DISPLAY and WAYLAND_DISPLAY are not set). \
                    Start it from a desktop session, or use dinghyctl run."
            .to_owned());
    }
    let instance = match places.instance_id() {
        Some(id) => match Instance::claim(&id).await {
            Instance::Second => return Ok(()),
            first => Some(first),
        },
        None => None,
    };
    let quit = Arc::new(Notify::new());
    let (screen, orders) = WindowProcess::new(quit.clone());
    let shell = Arc::new(Shell::start(places, Box::new(screen), log).map_err(|problem| in_words(&problem))?);
    serve(shell, instance, orders, quit, args.hidden).await;
    Ok(())
}

/// Runs tray and window until someone ends the application, then stops the engine.
async fn serve(
    shell: Arc<Shell>,
    instance: Option<Instance>,
    orders: window::Orders,
    quit: Arc<Notify>,
    hidden: bool,
) {
    let (host, drawn) = tray::TrayIconHost::start(&shell).await;
    tokio::select! {
        () = crate::follow::follow(shell.clone(), host, drawn, hidden) => {}
        () = window::keep(orders, shell.clone()) => {}
        () = instance::show_on_request(instance, &shell) => {}
        () = quit.notified() => {}
        () = asked_to_end() => {}
    }
    // The window went with what kept it.
    shell.let_go();
    shell.api.stop().await;
}

/// Linux without a display: nothing could be shown.
fn display_is_set() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The session ends (SIGTERM, SIGHUP), or Ctrl+C in a terminal.
async fn asked_to_end() {
    let signals = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut hangup), Ok(mut interrupt)] = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[allow(
    clippy::print_stderr,
    reason = "the log may not be open yet, and the terminal is where the user looks"
)]
fn fail(message: &str) -> ExitCode {
    tracing::error!("{message}");
    eprintln!("{message}");
    ExitCode::FAILURE
}
