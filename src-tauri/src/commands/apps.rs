//! Applications.

use dinghy_api::wire::{AppFilter, AppsView};
use dinghy_model::AppId;

use super::{Answer, State};
use crate::session::open_url;

#[tauri::command]
pub(super) async fn apps(state: State<'_>, filter: AppFilter) -> Answer<AppsView> {
    Ok(state.api.apps(&filter))
}

#[tauri::command]
pub(super) async fn open_app(state: State<'_>, id: AppId) -> Answer<()> {
    open_url(&state.api.app_url(&id)?);
    Ok(())
}
