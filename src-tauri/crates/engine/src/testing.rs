//! What several unit tests need: an application of the server `prod`.

use dinghy_model::{AppId, AppSnapshot, AppSummary, Health, SyncStatus};

/// Its id.
pub(crate) fn app(name: &str) -> AppId {
    AppId { server: "prod".into(), namespace: "argocd".to_owned(), name: name.to_owned() }
}

/// Healthy and synced by its summary, and `json` as its text.
pub(crate) fn snapshot(name: &str, json: &str) -> AppSnapshot {
    AppSnapshot {
        summary: AppSummary {
            id: app(name),
            project: String::new(),
            health: Health::Healthy,
            health_message: String::new(),
            health_since: String::new(),
            sync: SyncStatus::Synced,
            revision: String::new(),
            operation: None,
            condition: String::new(),
            deleting: false,
        },
        json: json.into(),
        resource_version: 0,
    }
}
