//! What the window may call: one file for each noun, bodies of a few lines. Each asks `dinghy_api` and
//! decides nothing. A new command must also be named in `src-tauri/permissions/commands.toml`.

mod app;
mod apps;
mod events;
mod groups;
mod rules;
mod servers;

use std::sync::Arc;

use dinghy_api::wire::ApiError;
use tauri::ipc::Invoke;

use crate::session::Session;

/// What a command works on.
type State<'a> = tauri::State<'a, Arc<Session>>;

/// What a command answers.
type Answer<T> = Result<T, ApiError>;

/// All commands.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        app::status,
        app::refresh,
        app::pause,
        app::resume,
        app::set_language,
        app::open_demo_page,
        app::leave_demo,
        apps::apps,
        apps::open_app,
        servers::open_server,
        servers::server_test,
        servers::server_add,
        servers::server_update,
        servers::server_remove,
        servers::server_sign_in,
        groups::webhook_read,
        groups::group_add,
        groups::group_update,
        groups::group_remove,
        groups::group_test,
        groups::group_try,
        rules::rules,
        rules::rules_import_preview,
        rules::rules_import,
        rules::rules_undo,
        rules::rules_fields,
        rules::rule_remove,
        rules::template_draft,
        rules::template_check,
        rules::template_save,
        rules::template_test,
        rules::trigger_draft,
        rules::trigger_check,
        rules::trigger_matches,
        rules::trigger_save,
        rules::subscription_check,
        rules::subscription_save,
        rules::manifest_check,
        rules::manifest_save,
        events::events,
        events::queue,
        events::queue_retry,
        events::queue_drop,
    ]
}
