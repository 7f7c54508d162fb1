//! Everything templates have to say, whoever would get it: what `argocd admin notifications template notify` prints.

use std::collections::BTreeMap;

use dinghy_model::{Payload, Problem};

use super::{Delivery, Job, or};
use crate::catalog::Catalog;
use crate::secrets::Secrets;
use crate::subject::Subject;

/// A notification with all its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The message, empty if there is none.
    pub message: String,
    /// The request for each service that has an entry under `webhook`.
    pub webhooks: BTreeMap<String, Payload>,
    /// The JSON that the `dingtalk` block makes.
    pub dingtalk: Option<String>,
}

/// Renders all parts of templates. The service (`console`, say) need not exist; templates see its name.
///
/// # Errors
/// [`Problem::Render`] with template and place when a template is missing or any part of it fails.
pub fn preview(
    catalog: &Catalog,
    subject: &Subject,
    delivery: Delivery<'_>,
    secrets: &Secrets,
    now_ms: i64,
) -> Result<Preview, Problem> {
    let job = Job::new(catalog, subject, delivery, secrets, now_ms)?;
    let mut webhooks = BTreeMap::new();
    for service in job.templates.iter().flat_map(|template| template.webhook.keys()) {
        if let Some(request) = job.request(service)? {
            let payload =
                Payload::Http { method: or(request.method, "GET"), path: request.path, body: request.body };
            webhooks.insert(service.clone(), payload);
        }
    }
    let dingtalk = job.block().map(|(template, block)| job.dingtalk(template, block)).transpose()?;
    Ok(Preview { message: job.message()?, webhooks, dingtalk })
}
