//! The whole application in one process, on macOS and Windows: Tauri shows window and tray.

use std::process::ExitCode;
use std::sync::Arc;

use dinghy_desktop::tray::Picture;
use dinghy_desktop::{
    Args, LogLevel, Places, Screen, Shell, call, follow, in_words, start_logging, tell_not_started,
};
use serde_json::Value;
use serde_json::value::to_raw_value;
use tauri::ipc::{Invoke, InvokeBody, InvokeError, Response};
use tauri::{AppHandle, Emitter as _, Manager as _, RunEvent, Wry};

use crate::tray::TauriTray;
use crate::windows;

/// Runs the application until the user quits.
pub fn run() -> ExitCode {
    let args = Args::read();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("dinghy: no async runtime: {error}")),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let places = match Places::prepare(&args) {
        Ok(places) => places,
        Err(problem) => return fail(&in_words(&problem)),
    };
    let log = start_logging(Some(&places.dirs.data));
    let app = match build(args.hidden, places, log) {
        Ok(app) => app,
        Err(error) => return fail(&format!("dinghy: {error}")),
    };
    app.run(|app, event| match event {
        // The last window is closed: the tray lives on, if there is one.
        RunEvent::ExitRequested { api, code: None, .. } => {
            if app.try_state::<Arc<Shell>>().is_some_and(|shell| shell.tray_shown()) {
                api.prevent_exit();
            }
        }
        RunEvent::Exit => {
            if let Some(shell) = app.try_state::<Arc<Shell>>() {
                tauri::async_runtime::block_on(shell.api.stop());
            }
        }
        _ => {}
    });
    ExitCode::SUCCESS
}

fn build(hidden: bool, places: Places, log: LogLevel) -> tauri::Result<tauri::App> {
    let mut builder = tauri::Builder::default();
    if places.instance_id().is_some() {
        builder = builder
            .plugin(tauri_plugin_single_instance::init(|app, _args, _folder| windows::show(app, None)));
    }
    builder
        .invoke_handler(|invoke| {
            answer(invoke);
            true
        })
        .setup(move |app| {
            let screen = Box::new(TauriScreen(app.handle().clone()));
            // The engine starts its tasks on the runtime.
            let started = tauri::async_runtime::block_on(async { Shell::start(places, screen, log) });
            let shell = Arc::new(started.map_err(|problem| in_words(&problem))?);
            app.manage(shell.clone());
            let drawn = Picture::now(&shell);
            let tray = TauriTray::start(app.handle(), &shell, &drawn);
            tauri::async_runtime::spawn(follow(shell, tray, drawn, hidden));
            Ok(())
        })
        .build(crate::context())
}

/// Runs a call of the page.
fn answer(invoke: Invoke<Wry>) {
    let Invoke { message, resolver, .. } = invoke;
    let shell = message.webview_ref().try_state::<Arc<Shell>>();
    let Some(shell) = shell.map(|shell| Arc::clone(&shell)) else {
        return resolver.invoke_error(InvokeError::from("Dinghy is still starting"));
    };
    let args = match message.payload() {
        InvokeBody::Json(args) => to_raw_value(args),
        InvokeBody::Raw(_) => to_raw_value(&Value::Null),
    };
    resolver.respond_async(async move {
        let args = args.map_err(|error| InvokeError::from(error.to_string()))?;
        match call(&shell, message.command(), &args).await {
            Ok(value) => Ok(Response::new(String::from(Box::<str>::from(value)))),
            Err(error) => Err(InvokeError::from(error)),
        }
    });
}

struct TauriScreen(AppHandle);

impl Screen for TauriScreen {
    fn show(&self, page: Option<&str>) {
        windows::show(&self.0, page);
    }

    fn tell(&self, event: &'static str, payload: String) {
        if let Some(window) = self.0.get_webview_window(windows::MAIN)
            && let Err(error) = window.emit_str(event, payload)
        {
            tracing::warn!(%error, "the window could not be told");
        }
    }

    fn quit(&self) {
        self.0.exit(0);
    }
}

#[allow(
    clippy::print_stderr,
    reason = "the log may not be open yet, and the terminal is where the user looks"
)]
fn fail(message: &str) -> ExitCode {
    tracing::error!("{message}");
    tauri::async_runtime::block_on(tell_not_started(message));
    eprintln!("{message}");
    ExitCode::FAILURE
}
