//! Applications: the list and its filters, and their pages in the browser.

use std::collections::BTreeSet;

use dinghy_engine::check;
use dinghy_model::{AppId, AppSummary, Severity};

use crate::wire::{ApiError, AppFilter, AppRow, AppsView};
use crate::{Api, is_stale};

impl Api {
    /// The applications that pass the filter, worst first within each server, muted ones at its end.
    pub fn apps(&self, filter: &AppFilter) -> AppsView {
        let status = self.engine.status().borrow().clone();
        let text = filter.text.trim().to_lowercase();
        let mut rows = Vec::new();
        let mut projects = BTreeSet::new();
        let mut total = 0;
        for server in &status.servers {
            total += server.apps.len();
            let stale = is_stale(server);
            let first = rows.len();
            for app in server.apps.iter() {
                projects.insert(app.project.as_str());
                if passes(app, filter, &text) {
                    let muted = status.mutes.get(&app.id);
                    rows.push(AppRow { app: (**app).clone(), severity: app.severity(), muted, stale });
                }
            }
            rows[first..]
                .sort_by(|a, b| (a.muted.is_some(), order(&a.app)).cmp(&(b.muted.is_some(), order(&b.app))));
            let limit = filter.limit.map_or(usize::MAX, |limit| limit as usize);
            rows.truncate(first.saturating_add(limit));
        }
        let projects = projects.into_iter().map(str::to_owned).collect();
        AppsView { rows, total, projects }
    }

    /// The page of an application. Only of servers that are configured.
    pub fn app_url(&self, id: &AppId) -> Result<String, ApiError> {
        let url = self.server_url(&id.server.0)?;
        Ok(check::app_url(&url, id))
    }

    /// The page of a server. Only of servers that are configured.
    pub fn server_url(&self, name: &str) -> Result<String, ApiError> {
        let status = self.engine.status();
        let status = status.borrow();
        let server = status.servers.iter().find(|server| server.name.0 == name);
        server
            .map(|server| server.config.url.clone())
            .ok_or_else(|| self.form_error("name", "There is no such server.", "没有这个服务器。"))
    }

    /// The page of the demo's group, while the demo runs.
    pub fn demo_page(&self) -> Option<&str> {
        self.demo_page.as_deref()
    }
}

/// Worst first.
pub(crate) fn order(app: &AppSummary) -> (Severity, dinghy_model::Health, dinghy_model::SyncStatus, &AppId) {
    (app.severity(), app.health, app.sync, &app.id)
}

fn passes(app: &AppSummary, filter: &AppFilter, text: &str) -> bool {
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    is(&filter.server, &app.id.server.0)
        && is(&filter.project, &app.project)
        && filter.sync.is_none_or(|sync| sync == app.sync)
        && filter.health.is_none_or(|health| health == app.health)
        && (text.is_empty()
            || [&app.id.name, &app.id.namespace, &app.project, &app.revision]
                .iter()
                .any(|field| field.to_lowercase().contains(text)))
}
