//! The rules file.

use dinghy_api::wire::{ImportView, RulesView};

use super::{Answer, State};

#[tauri::command]
pub(super) async fn rules(state: State<'_>) -> Answer<RulesView> {
    state.api.rules()
}

#[tauri::command]
pub(super) async fn rules_import_preview(state: State<'_>, text: String) -> Answer<ImportView> {
    state.api.import_preview(&text)
}

#[tauri::command]
pub(super) async fn rules_import(state: State<'_>, text: String) -> Answer<()> {
    state.api.import(&text).await.map(drop)
}
