//! The event log and the queue.

use dinghy_api::wire::{EventFilter, EventRow, ExportFormat, Exported, QueueRow};
use dinghy_model::RowId;

use super::{Answer, State};

#[tauri::command]
pub(super) async fn events(state: State<'_>, filter: EventFilter) -> Answer<Vec<EventRow>> {
    state.api.events(&filter)
}

#[tauri::command]
pub(super) async fn queue(state: State<'_>) -> Answer<Vec<QueueRow>> {
    state.api.queue()
}

#[tauri::command]
pub(super) async fn queue_retry(state: State<'_>, row: Option<RowId>) -> Answer<()> {
    state.api.queue_retry(row).await.map(drop)
}

#[tauri::command]
pub(super) async fn queue_drop(state: State<'_>, row: RowId) -> Answer<()> {
    state.api.queue_drop(Some(row)).await.map(drop)
}

#[tauri::command]
pub(super) async fn events_export(
    state: State<'_>,
    filter: EventFilter,
    format: ExportFormat,
) -> Answer<Exported> {
    state.api.events_export(&filter, format, &dinghy_api::downloads())
}
