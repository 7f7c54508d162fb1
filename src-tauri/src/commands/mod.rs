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
        apps::app_details,
        apps::overview,
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
        events::events,
        events::events_export,
        events::queue,
        events::queue_retry,
        events::queue_drop,
    ]
}
