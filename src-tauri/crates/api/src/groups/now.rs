//! How it goes with the destinations right now, and who uses them: what changes with every message or with the clock,
//! and so is no part of the status.

use dinghy_model::{Problem, QueueState, RowId, ServiceKind};
use dinghy_rules::Destination;

use crate::wire::{ApiError, DesktopView, GroupNow, GroupUse};
use crate::{Api, rule_forms};

/// The key of the desktop's notifications, and what subscriptions call them.
const DESKTOP: &str = "desktop";

impl Api {
    /// Of each group what its robot has taken in the last minute, and what its queue holds. Groups whose URL cannot be
    /// read now are left out.
    pub async fn groups_now(&self) -> Result<Vec<GroupNow>, ApiError> {
        let catalog = self.engine.in_force().catalog;
        let queue = self.store.queue().map_err(|problem| self.error(&problem))?;
        let deliverer = self.engine.deliverer();
        let mut all = Vec::new();
        for (name, service) in catalog.services() {
            if !matches!(service.kind, ServiceKind::Webhook(_)) {
                continue;
            }
            let load = deliverer.load(service).await.ok().flatten();
            let own = queue.iter().filter(|queued| queued.message.service == *name);
            let refused = own.filter(|queued| queued.state == QueueState::Refused).count();
            all.push(GroupNow {
                name: name.clone(),
                robot: load.is_some(),
                sent: load.map_or(0, |load| load.sent),
                limit: load.map_or(0, |load| load.limit),
                until_ms: load.and_then(|load| load.until_ms),
                refused,
            });
        }
        Ok(all)
    }

    /// The subscriptions that send to a destination, in the order of the file.
    pub fn group_uses(&self, name: &str) -> Result<Vec<GroupUse>, ApiError> {
        let rows = rule_forms::rows(&self.catalog()?).into_iter().enumerate();
        Ok(rows
            .filter(|(_, row)| {
                row.form.recipients.iter().any(|recipient| Destination::parse(recipient).service == name)
            })
            .map(|(index, row)| GroupUse { index, form: row.form, triggers: row.triggers })
            .collect())
    }

    /// Tries again all that a destination refused. Returns how many.
    pub async fn group_retry(&self, name: &str) -> Result<usize, ApiError> {
        let mut retried = 0;
        for row in self.refused_of(name)? {
            retried += self.queue_retry(Some(row)).await?;
        }
        Ok(retried)
    }

    /// Forgets all that a destination refused. Returns how many.
    pub async fn group_drop(&self, name: &str) -> Result<usize, ApiError> {
        let mut dropped = 0;
        for row in self.refused_of(name)? {
            dropped += self.queue_drop(Some(row)).await?;
        }
        Ok(dropped)
    }

    fn refused_of(&self, name: &str) -> Result<Vec<RowId>, ApiError> {
        let queue = self.store.queue().map_err(|problem| self.error(&problem))?;
        let refused = queue
            .into_iter()
            .filter(|queued| queued.message.service == name && queued.state == QueueState::Refused);
        Ok(refused.map(|queued| queued.row).collect())
    }

    /// The desktop's own notifications as a destination.
    pub fn desktop_view(&self) -> Result<DesktopView, ApiError> {
        let catalog = self.catalog()?;
        let service = catalog.services().values().find(|service| service.kind == ServiceKind::Desktop);
        let name = service.map_or(DESKTOP, |service| service.name.as_str()).to_owned();
        Ok(DesktopView { on: service.is_some(), triggers: super::triggers_of(&catalog, &name), name })
    }

    /// Makes this desktop a destination, or ends that. Subscriptions that name it stay.
    pub async fn desktop_set(&self, on: bool) -> Result<(), ApiError> {
        let key = format!("service.{DESKTOP}");
        let text =
            dinghy_rules::set_key(&self.rules_text()?, &key, on.then_some("{}\n")).map_err(|error| {
                self.error(&Problem::File {
                    file: self.dirs.rules().display().to_string(),
                    line: 0,
                    column: 0,
                    detail: error.to_string(),
                })
            })?;
        self.save_rules(&key, &text).await
    }
}
