//! The file as it was typed: kinds of values are checked, their meaning is not.

use dinghy_model::SettingFault;
use toml_edit::{Document, TableLike};

use super::report::{Report, start};
use super::section::{At, Section};

/// `settings.toml` as typed.
pub(super) struct RawSettings {
    pub(super) language: Option<At<String>>,
    pub(super) servers: Vec<RawServer>,
    pub(super) first_contact: Option<At<String>>,
    pub(super) stale_after: Option<At<String>>,
    pub(super) skip_sent_by_argocd: Option<At<bool>>,
    pub(super) alerts: Option<RawAlerts>,
    pub(super) preferences: RawPreferences,
    pub(super) secrets: Vec<RawSecret>,
}

/// One `[[servers]]` as typed.
pub(super) struct RawServer {
    /// Where it starts.
    pub(super) at: usize,
    /// A value of the wrong type was left out.
    pub(super) broken: bool,
    pub(super) name: Option<At<String>>,
    pub(super) url: Option<At<String>>,
    pub(super) auth: Option<At<String>>,
    pub(super) username: Option<At<String>>,
    pub(super) watch: Option<At<bool>>,
    pub(super) poll_interval: Option<At<String>>,
    pub(super) projects: Option<At<Vec<String>>>,
    pub(super) selector: Option<At<String>>,
    pub(super) ca_file: Option<At<String>>,
    pub(super) certificate_sha256: Option<At<String>>,
    pub(super) insecure_skip_verify: Option<At<bool>>,
    pub(super) proxy: Option<At<String>>,
}

/// What belongs to [`super::Preferences`] as typed.
#[derive(Default)]
pub(super) struct RawPreferences {
    /// Where `[desktop]` starts.
    pub(super) at: usize,
    pub(super) show: Option<At<String>>,
    pub(super) quiet_from: Option<At<String>>,
    pub(super) quiet_to: Option<At<String>>,
    pub(super) quiet_failures: Option<At<bool>>,
    pub(super) proxy: Option<At<String>>,
    pub(super) level: Option<At<String>>,
    pub(super) keep: Option<At<String>>,
}

/// `[alerts]` as typed.
pub(super) struct RawAlerts {
    /// Where it starts.
    pub(super) at: usize,
    pub(super) not_synced_for: Option<At<String>>,
    pub(super) no_apps_for: Option<At<String>>,
    pub(super) send_to: Option<At<Vec<String>>>,
}

/// One line of `[secrets]` as typed.
pub(super) struct RawSecret {
    pub(super) name: At<String>,
    pub(super) env: Option<String>,
    pub(super) command: Option<Vec<String>>,
}

/// Reads a document; kinds and keys that are wrong are reported and left out.
pub(super) fn read(document: &Document<&str>, report: &mut Report) -> RawSettings {
    let mut root = Section::new(document.as_table());
    let language = root.text("language", report);
    let servers = root.tables("servers", report);
    let servers = servers.into_iter().map(|section| server(section, report)).collect();
    let (mut first_contact, mut skip_sent_by_argocd) = (None, None);
    let mut preferences = RawPreferences::default();
    if let Some(At { value: mut events, .. }) = root.table("events", report) {
        first_contact = events.text("first_contact", report);
        skip_sent_by_argocd = events.flag("skip_sent_by_argocd", report);
        preferences.keep = events.duration("keep", report);
        events.finish(report);
    }
    let stale_after = root.table("delivery", report).and_then(|At { value: mut delivery, .. }| {
        let stale_after = delivery.duration("stale_after", report);
        delivery.finish(report);
        stale_after
    });
    if let Some(At { value: mut desktop, at }) = root.table("desktop", report) {
        preferences.at = at;
        preferences.show = desktop.text("show", report);
        preferences.quiet_from = desktop.text("quiet_from", report);
        preferences.quiet_to = desktop.text("quiet_to", report);
        preferences.quiet_failures = desktop.flag("quiet_lets_failures_through", report);
        desktop.finish(report);
    }
    if let Some(At { value: mut network, .. }) = root.table("network", report) {
        preferences.proxy = network.text("proxy", report);
        network.finish(report);
    }
    if let Some(At { value: mut log, .. }) = root.table("log", report) {
        preferences.level = log.text("level", report);
        log.finish(report);
    }
    let alerts = root.table("alerts", report).map(|section| alerts(section, report));
    let secrets =
        root.table("secrets", report).map_or_else(Vec::new, |section| secrets(&section.value, report));
    root.finish(report);
    RawSettings {
        language,
        servers,
        first_contact,
        skip_sent_by_argocd,
        stale_after,
        alerts,
        preferences,
        secrets,
    }
}

fn server(section: At<Section>, report: &mut Report) -> RawServer {
    let At { value: mut section, at } = section;
    let mut server = RawServer {
        at,
        broken: false,
        name: section.text("name", report),
        url: section.text("url", report),
        auth: section.text("auth", report),
        username: section.text("username", report),
        watch: section.flag("watch", report),
        poll_interval: section.duration("poll_interval", report),
        projects: section.list("projects", report),
        selector: section.text("selector", report),
        ca_file: section.text("ca_file", report),
        certificate_sha256: section.text("certificate_sha256", report),
        insecure_skip_verify: section.flag("insecure_skip_verify", report),
        proxy: section.text("proxy", report),
    };
    server.broken = section.broken;
    section.finish(report);
    server
}

fn alerts(section: At<Section>, report: &mut Report) -> RawAlerts {
    let At { value: mut section, at } = section;
    let alerts = RawAlerts {
        at,
        not_synced_for: section.duration("not_synced_for", report),
        no_apps_for: section.duration("no_apps_for", report),
        send_to: section.list("send_to", report),
    };
    section.finish(report);
    alerts
}

fn secrets(section: &Section, report: &mut Report) -> Vec<RawSecret> {
    let mut secrets = Vec::new();
    for (name, item) in section.rest() {
        let key = name.value.to_owned();
        match item.as_table_like() {
            Some(source) => secrets.extend(secret(At { value: key, at: name.at }, source, report)),
            None if item.is_str() => report.add(name.at, SettingFault::SecretInFile { key }),
            None => report.add(start(item.span()), SettingFault::SecretSource { name: key }),
        }
    }
    secrets
}

fn secret(name: At<String>, source: &dyn TableLike, report: &mut Report) -> Option<RawSecret> {
    let mut section = Section::new(source);
    let env = section.text("env", report).map(|env| env.value);
    let command = section.list("command", report).map(|command| command.value);
    let broken = section.broken;
    section.finish(report);
    (!broken).then_some(RawSecret { name, env, command })
}
