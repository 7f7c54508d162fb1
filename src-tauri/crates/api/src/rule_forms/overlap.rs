//! Subscriptions beside each other: which are about no application, and which tell a group of what it hears already.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_engine::unpack;
use dinghy_model::{AppBody, AppSummary, Lang, ServerName};
use dinghy_rules::{About, Catalog, Destination};
use serde::Deserialize;

use super::subscription::{about, rows};
use crate::wire::{ApiError, SubscriptionForm, SubscriptionRow, SubscriptionState};
use crate::{Api, words};

/// What subscriptions look at in an application.
struct Seen<'s> {
    server: &'s ServerName,
    project: &'s str,
    labels: BTreeMap<String, String>,
}

/// The part of an application that selectors look at.
#[derive(Deserialize)]
struct Labelled {
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
}

/// What two subscriptions have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Common {
    /// Their numbers, from 0, the lower first.
    pair: (usize, usize),
    to: String,
    trigger: String,
    /// Applications that both are about.
    apps: usize,
}

impl Api {
    /// What there is to say about each subscription of the file, in its order.
    pub async fn subscription_states(&self) -> Result<Vec<SubscriptionState>, ApiError> {
        let catalog = self.catalog()?;
        let lang = self.lang();
        let rows = rows(&catalog);
        let unknown: Vec<Vec<String>> = rows.iter().map(|row| unknown(&catalog, row, lang)).collect();
        let (found, rows) = self.overlaps(rows).await;
        Ok(rows
            .iter()
            .zip(unknown)
            .enumerate()
            .map(|(at, (row, mut notes))| {
                notes.extend(found.strangers(&row.form, lang));
                let matched = found.matched.get(at).copied().flatten();
                if matched == Some(0) && found.total > 0 {
                    let (en, zh) = ("It matches no application now.", "当前没有匹配的应用。");
                    notes.push(lang.pick(en, zh).to_owned());
                }
                notes.extend(found.notes(at, lang));
                SubscriptionState { matched: matched.unwrap_or(0), total: found.total, notes }
            })
            .collect())
    }

    /// What a subscription, as it is typed, has in common with the others. `index`: its place; None: a new one.
    pub(super) async fn overlap_notes(
        &self,
        catalog: &Catalog,
        form: &SubscriptionForm,
        index: Option<usize>,
    ) -> Vec<String> {
        let mut all = rows(catalog);
        let triggers = match form.triggers.as_slice() {
            [] => catalog.default_triggers(None).to_vec(),
            named => named.to_vec(),
        };
        let typed = SubscriptionRow { form: form.clone(), triggers };
        let at = match index.and_then(|at| all.get_mut(at).map(|row| (at, row))) {
            Some((at, row)) => {
                *row = typed;
                at
            }
            None => {
                all.push(typed);
                all.len() - 1
            }
        };
        let (found, _) = self.overlaps(all).await;
        let mut notes = found.strangers(form, self.lang());
        notes.extend(found.notes(at, self.lang()));
        notes
    }

    async fn overlaps(&self, rows: Vec<SubscriptionRow>) -> (Found, Vec<SubscriptionRow>) {
        let bodies = self.bodies().await;
        let servers = self.engine.status().borrow().servers.iter().map(|one| one.name.clone()).collect();
        let work = move || {
            let found = look(&rows, bodies.iter().map(|(summary, body)| seen(summary, body)));
            (Found { servers, ..found }, rows)
        };
        // Fails only if the work panicked, which rules do not.
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
    }
}

#[derive(Default)]
struct Found {
    total: usize,
    /// None: the selector is not understood.
    matched: Vec<Option<usize>>,
    common: Vec<Common>,
    /// The servers there are.
    servers: BTreeSet<ServerName>,
    /// The projects that applications are in.
    projects: BTreeSet<String>,
}

impl Found {
    /// Servers and projects of a subscription that nobody knows.
    fn strangers(&self, form: &SubscriptionForm, lang: Lang) -> Vec<String> {
        let servers =
            form.servers.iter().filter(|name| !self.servers.contains(&ServerName::from(name.as_str())));
        let projects = form.projects.iter().filter(|name| self.total > 0 && !self.projects.contains(*name));
        let server = |name: &String| match lang {
            Lang::En => format!("There is no server {name}."),
            Lang::ZhCn => format!("没有服务器 {name}。"),
        };
        let project = |name: &String| match lang {
            Lang::En => format!("No application is in the project {name} now."),
            Lang::ZhCn => format!("当前没有应用属于项目 {name}。"),
        };
        servers.map(server).chain(projects.map(project)).collect()
    }

    fn notes(&self, at: usize, lang: Lang) -> Vec<String> {
        let about = self.common.iter().filter(|one| one.apps > 0);
        let note = |one: &Common| {
            let other = match one.pair {
                (first, second) if first == at => second,
                (first, second) if second == at => first,
                _ => return None,
            };
            let Common { to, trigger, apps, .. } = one;
            let number = other + 1;
            Some(match lang {
                Lang::En => format!(
                    "Subscription {number} tells {to} of {trigger} too, for {}: it is sent once.",
                    words::count(*apps, "application", "applications")
                ),
                Lang::ZhCn => {
                    format!("订阅 {number} 也会把 {trigger} 通知 {to}，涉及 {apps} 个应用：只发送一次。")
                }
            })
        };
        about.filter_map(note).collect()
    }
}

/// Names that the rules do not have.
fn unknown(catalog: &Catalog, row: &SubscriptionRow, lang: Lang) -> Vec<String> {
    let triggers = row.form.triggers.iter().filter(|name| !catalog.triggers().contains_key(*name));
    let services = row.form.recipients.iter().map(|to| Destination::parse(to).service);
    let services = services.filter(|name| !catalog.services().contains_key(name));
    let trigger = |name: &String| match lang {
        Lang::En => format!("The trigger {name} is not in force."),
        Lang::ZhCn => format!("触发器 {name} 不存在或有错误。"),
    };
    let service = |name: String| match lang {
        Lang::En => format!("There is no destination {name}."),
        Lang::ZhCn => format!("没有发送目标 {name}。"),
    };
    triggers.map(trigger).chain(services.map(service)).collect()
}

fn seen<'s>(summary: &'s AppSummary, body: &AppBody) -> Seen<'s> {
    let app = unpack(body).and_then(|json| serde_json::from_str::<Labelled>(&json).ok());
    let labels = app.and_then(|app| app.metadata.labels).unwrap_or_default();
    Seen { server: &summary.id.server, project: &summary.project, labels }
}

fn look<'s>(rows: &[SubscriptionRow], apps: impl Iterator<Item = Seen<'s>>) -> Found {
    let abouts: Vec<Option<About>> = rows.iter().map(|row| about(&row.form).ok()).collect();
    let matched = abouts.iter().map(|about| about.as_ref().map(|_| 0)).collect();
    let mut found = Found { matched, common: common(rows), ..Found::default() };
    for Seen { server, project, labels } in apps {
        found.total += 1;
        if !found.projects.contains(project) {
            found.projects.insert(project.to_owned());
        }
        let label = |name: &str| labels.get(name).cloned();
        let accepts = |about: &Option<About>| {
            about.as_ref().is_some_and(|about| about.accepts(Some(server), project, label))
        };
        let is_meant: Vec<bool> = abouts.iter().map(accepts).collect();
        for (count, _) in found.matched.iter_mut().zip(&is_meant).filter(|(_, meant)| **meant) {
            *count = count.map(|count| count + 1);
        }
        for one in &mut found.common {
            let (first, second) = one.pair;
            one.apps += usize::from(is_meant[first] && is_meant[second]);
        }
    }
    found
}

/// What subscriptions have in common by their words, whatever they are about.
fn common(rows: &[SubscriptionRow]) -> Vec<Common> {
    let mut all = Vec::new();
    for (second, row) in rows.iter().enumerate() {
        for (first, other) in rows[..second].iter().enumerate() {
            for to in row.form.recipients.iter().filter(|to| other.form.recipients.contains(to)) {
                for trigger in row.triggers.iter().filter(|name| other.triggers.contains(name)) {
                    let (to, trigger) = (to.clone(), trigger.clone());
                    all.push(Common { pair: (first, second), to, trigger, apps: 0 });
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_twice_and_who_of_nothing() {
        let row = |to: &[&str], triggers: &[&str], selector: &str| SubscriptionRow {
            form: SubscriptionForm {
                recipients: to.iter().map(|to| (*to).to_owned()).collect(),
                selector: selector.to_owned(),
                ..SubscriptionForm::default()
            },
            triggers: triggers.iter().map(|name| (*name).to_owned()).collect(),
        };
        let rows = [
            row(&["ops"], &["bad", "good"], "team=a"),
            row(&["ops", "dev"], &["bad"], ""),
            row(&["dev"], &["bad"], "team=c"),
            row(&["ops"], &["other"], "team=a"),
            row(&["ops"], &["bad"], "team in ("),
        ];
        let server = ServerName::from("prod");
        let app = |team: &str| Seen {
            server: &server,
            project: "payments",
            labels: BTreeMap::from([("team".to_owned(), team.to_owned())]),
        };
        let found = look(&rows, [app("a"), app("a"), app("b")].into_iter());
        assert_eq!(
            (found.total, found.matched.as_slice()),
            (3, &[Some(2), Some(3), Some(0), Some(2), None][..])
        );
        let notes: Vec<Vec<String>> = (0..rows.len()).map(|at| found.notes(at, Lang::En)).collect();
        assert_eq!(notes[0], ["Subscription 2 tells ops of bad too, for 2 applications: it is sent once."]);
        assert_eq!(notes[1], ["Subscription 1 tells ops of bad too, for 2 applications: it is sent once."]);
        assert_eq!(notes[2..], [const { Vec::<String>::new() }; 3]);
    }

    #[test]
    fn other_servers_and_projects_are_not_told_twice() {
        let row = |servers: &[&str], projects: &[&str]| SubscriptionRow {
            form: SubscriptionForm {
                recipients: vec!["ops".to_owned()],
                servers: servers.iter().map(|name| (*name).to_owned()).collect(),
                projects: projects.iter().map(|name| (*name).to_owned()).collect(),
                ..SubscriptionForm::default()
            },
            triggers: vec!["bad".to_owned()],
        };
        let rows = [row(&["prod"], &[]), row(&["staging"], &[]), row(&[], &["a"]), row(&["old"], &["z"])];
        let servers = ["prod", "staging"].map(ServerName::from);
        let app = |at: usize, project| Seen { server: &servers[at], project, labels: BTreeMap::new() };
        let found = look(&rows, [app(0, "a"), app(0, "b"), app(1, "b")].into_iter());
        let found = Found { servers: servers.clone().into(), ..found };
        assert_eq!(found.matched, [Some(2), Some(1), Some(1), Some(0)]);
        let notes: Vec<Vec<String>> = (0..rows.len()).map(|at| found.notes(at, Lang::En)).collect();
        assert_eq!(notes[0], ["Subscription 3 tells ops of bad too, for 1 application: it is sent once."]);
        assert_eq!((&notes[1], &notes[3]), (&vec![], &vec![]), "nothing is in common");
        let strange = |at: usize, lang| found.strangers(&rows[at].form, lang);
        assert_eq!(strange(0, Lang::En), [""; 0]);
        assert_eq!(
            strange(3, Lang::En),
            ["There is no server old.", "No application is in the project z now."]
        );
        assert_eq!(strange(3, Lang::ZhCn), ["没有服务器 old。", "当前没有应用属于项目 z。"]);
    }
}
