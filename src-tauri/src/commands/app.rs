//! The application itself: status, sending, language.

use dinghy_api::wire::{PauseFor, StatusView};
use dinghy_model::Lang;
use tauri::AppHandle;

use super::{Answer, State};
use crate::session::open_url;
use crate::{bridge, clock};

#[tauri::command]
pub(super) async fn status(state: State<'_>) -> Answer<StatusView> {
    Ok(state.api.status_view(state.tray_shown()))
}

#[tauri::command]
pub(super) async fn refresh(state: State<'_>) -> Answer<()> {
    state.api.refresh().await;
    Ok(())
}

#[tauri::command]
pub(super) async fn pause(state: State<'_>, how: PauseFor) -> Answer<()> {
    state.api.pause(how, clock::tomorrow_at_nine()).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn resume(state: State<'_>) -> Answer<()> {
    state.api.resume().await;
    Ok(())
}

#[tauri::command]
pub(super) async fn set_language(app: AppHandle, state: State<'_>, lang: Lang) -> Answer<()> {
    state.api.set_language(lang)?;
    state.redraw.notify_one();
    bridge::tell_window(&app, &state);
    Ok(())
}

#[tauri::command]
pub(super) async fn open_demo_page(state: State<'_>) -> Answer<()> {
    if let Some(page) = state.api.demo_page() {
        open_url(page);
    }
    Ok(())
}

/// Starts Dinghy anew on the user's own settings: what is added in the demo is thrown away with it.
#[tauri::command]
pub(super) async fn leave_demo(app: AppHandle) -> Answer<()> {
    let args =
        std::env::args_os().skip(1).filter(|arg| arg != "--demo" && arg != "--or-demo" && arg != "--hidden");
    let started =
        std::env::current_exe().and_then(|program| std::process::Command::new(program).args(args).spawn());
    match started {
        Ok(_) => app.exit(0),
        Err(error) => tracing::error!(%error, "Dinghy could not be started anew"),
    }
    Ok(())
}
