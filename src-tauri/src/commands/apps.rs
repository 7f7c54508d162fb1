//! Applications.

use dinghy_api::wire::{AppDetails, AppFilter, AppsView, OverviewView, Period};
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

#[tauri::command]
pub(super) async fn app_details(state: State<'_>, id: AppId) -> Answer<AppDetails> {
    Ok(state.api.app_details(&id).await)
}

#[tauri::command]
pub(super) async fn overview(state: State<'_>, period: Period, zone_minutes: i32) -> Answer<OverviewView> {
    state.api.overview(period, zone_minutes).await
}
