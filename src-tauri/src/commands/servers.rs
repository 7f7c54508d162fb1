//! Servers.

use dinghy_api::wire::{ProbeView, ServerForm};
use dinghy_model::Secret;

use super::{Answer, State};
use crate::session::open_url;

#[tauri::command]
pub(super) async fn open_server(state: State<'_>, name: String) -> Answer<()> {
    open_url(&state.api.server_url(&name)?);
    Ok(())
}

#[tauri::command]
pub(super) async fn server_test(state: State<'_>, form: ServerForm) -> Answer<ProbeView> {
    state.api.server_test(form).await
}

#[tauri::command]
pub(super) async fn server_add(state: State<'_>, form: ServerForm) -> Answer<()> {
    state.api.server_add(form).await
}

#[tauri::command]
pub(super) async fn server_update(state: State<'_>, name: String, form: ServerForm) -> Answer<()> {
    state.api.server_update(&name, form).await
}

#[tauri::command]
pub(super) async fn server_remove(state: State<'_>, name: String) -> Answer<()> {
    state.api.server_remove(&name).await
}

#[tauri::command]
pub(super) async fn server_sign_in(
    state: State<'_>,
    name: String,
    secret: String,
    username: Option<String>,
) -> Answer<()> {
    state.api.server_sign_in(&name, Secret::new(secret), username).await
}
