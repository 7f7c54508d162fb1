//! DingTalk groups and plain webhooks.

use dinghy_api::wire::{GroupForm, TestView, WebhookReading};
use dinghy_model::Secret;

use super::{Answer, State};

#[tauri::command]
pub(super) async fn webhook_read(state: State<'_>, url: String) -> Answer<WebhookReading> {
    Ok(state.api.webhook_read(&Secret::new(url)))
}

#[tauri::command]
pub(super) async fn group_add(state: State<'_>, form: GroupForm) -> Answer<()> {
    state.api.group_add(form).await
}

#[tauri::command]
pub(super) async fn group_update(state: State<'_>, name: String, form: GroupForm) -> Answer<()> {
    state.api.group_update(&name, form).await
}

#[tauri::command]
pub(super) async fn group_remove(state: State<'_>, name: String) -> Answer<()> {
    state.api.group_remove(&name).await
}

#[tauri::command]
pub(super) async fn group_test(state: State<'_>, name: String) -> Answer<TestView> {
    state.api.group_test(&name).await
}

#[tauri::command]
pub(super) async fn group_try(state: State<'_>, form: GroupForm) -> Answer<TestView> {
    state.api.group_try(form).await
}
