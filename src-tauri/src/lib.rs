//! The desktop shell: reads the arguments, builds Tauri, starts the engine, shows tray and window.
//!
//! Decides nothing: what is drawn comes from `dinghy_api`, and every click becomes a call there.
//! Tauri is known here and nowhere else. No `AppHandle` is stored in a static.

mod args;
mod bridge;
mod clock;
mod commands;
mod demo;
mod logging;
mod session;
mod tray;
#[cfg(target_os = "linux")]
mod webkit;
mod windows;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use dinghy_model::Problem;
use tauri::{Manager as _, RunEvent};

use args::Args;
use session::{Places, Session};

/// Runs the application until the user quits.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("dinghy: no async runtime: {error}")),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let places = match Places::prepare(&args) {
        Ok(places) => places,
        Err(problem) => return fail(&in_words(&problem)),
    };
    logging::start(&places.dirs.data);
    if let Some(missing) = no_display() {
        return fail(missing);
    }
    let app = match build(args, places) {
        Ok(app) => app,
        Err(error) => return fail(&format!("dinghy: {error}")),
    };
    app.run(|app, event| match event {
        // The last window is closed: the tray lives on, if there is one.
        RunEvent::ExitRequested { api, code: None, .. } if tray::is_shown(app) => {
            api.prevent_exit();
            #[cfg(target_os = "linux")]
            webkit::let_go(app);
        }
        RunEvent::Exit => {
            if let Some(session) = app.try_state::<Arc<Session>>() {
                tauri::async_runtime::block_on(session.api.stop());
            }
        }
        _ => {}
    });
    ExitCode::SUCCESS
}

#[expect(clippy::disallowed_methods, reason = "inside generate_context!")]
fn build(args: Args, places: Places) -> tauri::Result<tauri::App> {
    let mut builder = tauri::Builder::default();
    if places.demo.is_none() {
        let shown = tauri_plugin_single_instance::Builder::new()
            .callback(|app, _args, _cwd| windows::show(app, None))
            .dbus_id(places.instance_id())
            .build();
        builder = builder.plugin(shown);
    }
    builder
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let started = tauri::async_runtime::block_on(Session::start(places));
            let session = match started {
                Ok(session) => Arc::new(session),
                Err(problem) => return Err(in_words(&problem).into()),
            };
            app.manage(session.clone());
            bridge::start(app.handle(), session, args.hidden);
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Linux without a display: GTK would abort; say what is wrong instead.
fn no_display() -> Option<&'static str> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    (cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY")).then_some(
        "dinghy: there is no display (DISPLAY and WAYLAND_DISPLAY are not set). \
         Start it from a desktop session, or use dinghyctl run.",
    )
}

fn in_words(problem: &Problem) -> String {
    let sentence = dinghy_api::words::sentence(problem, session::system_lang());
    format!("dinghy: {} {}", sentence.what, sentence.todo)
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
