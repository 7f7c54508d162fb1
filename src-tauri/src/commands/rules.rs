//! The rules file, and its rules as forms.

use dinghy_api::wire::{
    FieldsView, ImportView, ManifestCheck, MatchView, RulesView, SubscriptionCheck, SubscriptionForm, TemplateCheck,
    TemplateDraft, TemplateForm, TestView, TriggerCheck, TriggerDraft, TriggerForm, TryOn,
};

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

#[tauri::command]
pub(super) async fn rules_undo(state: State<'_>) -> Answer<()> {
    state.api.rules_undo().await
}

#[tauri::command]
pub(super) async fn rules_fields(state: State<'_>) -> Answer<FieldsView> {
    Ok(state.api.rule_fields().await)
}

#[tauri::command]
pub(super) async fn rule_remove(state: State<'_>, key: String, base: String) -> Answer<()> {
    state.api.rule_remove(&key, &base).await
}

#[tauri::command]
pub(super) async fn template_draft(state: State<'_>, name: String) -> Answer<TemplateDraft> {
    state.api.template_draft(&name)
}

#[tauri::command]
pub(super) async fn template_check(state: State<'_>, form: TemplateForm, on: TryOn) -> Answer<TemplateCheck> {
    state.api.template_check(&form, &on).await
}

#[tauri::command]
pub(super) async fn template_save(state: State<'_>, form: TemplateForm, base: String) -> Answer<()> {
    state.api.template_save(&form, &base).await
}

#[tauri::command]
pub(super) async fn template_test(state: State<'_>, form: TemplateForm, on: TryOn) -> Answer<TestView> {
    state.api.template_test(&form, &on).await
}

#[tauri::command]
pub(super) async fn trigger_draft(state: State<'_>, name: String) -> Answer<TriggerDraft> {
    state.api.trigger_draft(&name)
}

#[tauri::command]
pub(super) async fn trigger_check(state: State<'_>, form: TriggerForm, on: TryOn) -> Answer<TriggerCheck> {
    state.api.trigger_check(&form, &on).await
}

#[tauri::command]
pub(super) async fn trigger_matches(state: State<'_>, form: TriggerForm) -> Answer<MatchView> {
    state.api.trigger_matches(&form).await
}

#[tauri::command]
pub(super) async fn trigger_save(state: State<'_>, form: TriggerForm, base: String) -> Answer<()> {
    state.api.trigger_save(&form, &base).await
}

#[tauri::command]
pub(super) async fn subscription_check(state: State<'_>, form: SubscriptionForm) -> Answer<SubscriptionCheck> {
    state.api.subscription_check(&form).await
}

/// `form` null removes the subscription at `index`; `index` null adds one.
#[tauri::command]
pub(super) async fn subscription_save(
    state: State<'_>,
    index: Option<usize>,
    form: Option<SubscriptionForm>,
    base: String,
) -> Answer<()> {
    state.api.subscription_save(index, form.as_ref(), &base).await
}

#[tauri::command]
pub(super) async fn manifest_check(state: State<'_>, text: String) -> Answer<ManifestCheck> {
    state.api.manifest_check(&text)
}

#[tauri::command]
pub(super) async fn manifest_save(state: State<'_>, text: String, base: String) -> Answer<()> {
    state.api.manifest_save(&text, &base).await
}
