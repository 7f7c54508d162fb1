//! From what was typed to what is meant: defaults, durations, URLs, names.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dinghy_model::{Auth, Fingerprint, Lang, SecretSource, ServerConfig, ServerName, SettingFault};
use url::Url;

use super::preferences::{LOG_LEVELS, SHOWS};
use super::raw::{RawAlerts, RawPreferences, RawSecret, RawServer, RawSettings};
use super::report::Report;
use super::section::{At, nearest};
use super::{Alerts, FirstContact, Preferences, QuietHours, Settings, duration, parse_time};

/// `poll_interval` when it is not given.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// A shorter one would be a burden to the server.
const SHORTEST_POLL: Duration = Duration::from_secs(1);
const LONGEST_POLL: Duration = Duration::from_secs(24 * 3600);
/// `stale_after` when it is not given.
pub(super) const STALE_AFTER: Duration = Duration::from_secs(3600);
const SHORTEST_STALE: Duration = Duration::from_secs(60);
const LONGEST_STALE: Duration = Duration::from_secs(30 * 24 * 3600);
/// A shorter alert would ring at every deployment.
const SHORTEST_ALERT: Duration = Duration::from_secs(60);
const LONGEST_ALERT: Duration = Duration::from_secs(31 * 24 * 3600);

/// A day: what happened today is never deleted.
const SHORTEST_KEEP: Duration = Duration::from_secs(24 * 3600);
const LONGEST_KEEP: Duration = Duration::from_secs(3650 * 24 * 3600);

pub(super) const LANGUAGES: [(&str, Lang); 2] = [("en", Lang::En), ("zh-CN", Lang::ZhCn)];
pub(super) const AUTHS: [(&str, Auth); 4] =
    [("token", Auth::Token), ("password", Auth::Password), ("sso", Auth::Sso), ("none", Auth::None)];
const FIRST_CONTACTS: [(&str, FirstContact); 2] =
    [("baseline", FirstContact::Baseline), ("send", FirstContact::Send)];

/// Gives every value its meaning. A server with a fault is left out; any other fault leaves the default in force.
/// Relative paths start at `folder`.
pub(super) fn resolve(raw: RawSettings, folder: &Path, report: &mut Report) -> Settings {
    let mut settings = Settings {
        language: raw.language.and_then(|word| one_of("language", &word, &LANGUAGES, report)),
        first_contact: raw
            .first_contact
            .and_then(|word| one_of("first_contact", &word, &FIRST_CONTACTS, report))
            .unwrap_or_default(),
        stale_after: raw
            .stale_after
            .and_then(|text| within("stale_after", &text, SHORTEST_STALE..=LONGEST_STALE, report))
            .unwrap_or(STALE_AFTER),
        skip_sent_by_argocd: raw.skip_sent_by_argocd.is_some_and(|skip| skip.value),
        alerts: raw.alerts.map(|raw| alerts(raw, report)).unwrap_or_default(),
        preferences: preferences(raw.preferences, report),
        ..Settings::default()
    };
    let mut names: Vec<(ServerName, u32)> = Vec::new();
    for raw in raw.servers {
        let line = report.line(raw.at);
        let name = name(&raw, &names, report);
        let server = server(raw, folder, report);
        match (name, server) {
            (Some(name), Some(server)) => {
                names.push((name.clone(), line));
                settings.servers.push(ServerConfig { name, ..server });
            }
            (Some(name), None) => {
                names.push((name.clone(), line));
                settings.broken.push(name);
            }
            (None, _) => {}
        }
    }
    let secrets = raw.secrets.into_iter().filter_map(|raw| secret(raw, report));
    settings.secrets = secrets.collect();
    settings
}

/// The name of a server, if it is one and no server before has it.
fn name(raw: &RawServer, taken: &[(ServerName, u32)], report: &mut Report) -> Option<ServerName> {
    let Some(At { value: name, at }) = &raw.name else {
        if !raw.broken {
            report.add(raw.at, SettingFault::Missing { key: "name".to_owned() });
        }
        return None;
    };
    if name.is_empty() || name.trim() != name || name.contains(|c: char| c == '/' || c.is_control()) {
        report.add(*at, SettingFault::BadName { name: name.clone() });
        return None;
    }
    if let Some((_, line)) = taken.iter().find(|(taken, _)| taken.0 == *name) {
        report.add(*at, SettingFault::DuplicateServer { name: name.clone(), line: *line });
        return None;
    }
    Some(ServerName(name.clone()))
}

/// All of a server but its name. Every fault is reported, not only the first.
fn server(raw: RawServer, folder: &Path, report: &mut Report) -> Option<ServerConfig> {
    let text = |value: Option<At<String>>| value.map(|value| value.value).unwrap_or_default();
    let url = match &raw.url {
        Some(url) => server_url(url, report),
        None => {
            report.add(raw.at, SettingFault::Missing { key: "url".to_owned() });
            None
        }
    };
    let auth = match &raw.auth {
        Some(word) => one_of("auth", word, &AUTHS, report),
        None => Some(Auth::Token),
    };
    let poll_interval = match &raw.poll_interval {
        Some(text) => within("poll_interval", text, SHORTEST_POLL..=LONGEST_POLL, report),
        None => Some(POLL_INTERVAL),
    };
    let proxy = match raw.proxy.filter(|proxy| !proxy.value.is_empty()) {
        // Whatever is set for all.
        Some(proxy) if matches!(proxy.value.as_str(), "none" | "system") => Some(Some(proxy.value)),
        Some(proxy) => proxy_url(proxy, report).map(Some),
        None => Some(None),
    };
    let pin = match raw.certificate_sha256.filter(|pin| !pin.value.is_empty()) {
        Some(pin) => fingerprint("certificate_sha256", &pin, report).map(Some),
        None => Some(None),
    };
    let username = text(raw.username);
    let nameless = auth == Some(Auth::Password) && username.is_empty();
    if nameless {
        report.add(raw.at, SettingFault::Missing { key: "username".to_owned() });
    }
    if raw.broken || nameless {
        return None;
    }
    Some(ServerConfig {
        name: "".into(),
        url: url?,
        auth: auth?,
        username,
        watch: raw.watch.is_none_or(|watch| watch.value),
        poll_interval: poll_interval?,
        projects: raw.projects.map(|projects| projects.value).unwrap_or_default(),
        selector: text(raw.selector).trim().to_owned(),
        ca_file: Some(text(raw.ca_file)).filter(|path| !path.is_empty()).map(|path| absolute(&path, folder)),
        certificate_sha256: pin?,
        insecure_skip_verify: raw.insecure_skip_verify.is_some_and(|skip| skip.value),
        proxy: proxy?,
    })
}

fn secret(raw: RawSecret, report: &mut Report) -> Option<(String, SecretSource)> {
    let source = match (raw.env, raw.command) {
        (Some(variable), None) if !variable.is_empty() => SecretSource::Env(variable),
        (None, Some(argv)) if argv.first().is_some_and(|program| !program.is_empty()) => {
            SecretSource::Command(argv)
        }
        _ => {
            report.add(raw.name.at, SettingFault::SecretSource { name: raw.name.value });
            return None;
        }
    };
    Some((raw.name.value, source))
}

fn one_of<T: Clone>(key: &str, word: &At<String>, words: &[(&str, T)], report: &mut Report) -> Option<T> {
    let found = words.iter().find(|(known, _)| *known == word.value).map(|(_, meaning)| meaning.clone());
    if found.is_none() {
        let all: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        let allowed = match nearest(&word.value, &all) {
            Some(near) => vec![near],
            None => all.into_iter().map(str::to_owned).collect(),
        };
        let (key, value) = (key.to_owned(), word.value.clone());
        report.add(word.at, SettingFault::NotOneOf { key, value, allowed });
    }
    found
}

fn preferences(raw: RawPreferences, report: &mut Report) -> Preferences {
    let default = Preferences::default();
    let mut time = |key: &str, text: &At<String>| {
        let found = parse_time(&text.value);
        if found.is_none() {
            report.add(text.at, SettingFault::BadTime { key: key.to_owned() });
        }
        found
    };
    let quiet = match (&raw.quiet_from, &raw.quiet_to) {
        (Some(from), Some(to)) => {
            let (from, to) = (time("quiet_from", from), time("quiet_to", to));
            let failures_through = raw.quiet_failures.is_some_and(|through| through.value);
            from.zip(to).map(|(from, to)| QuietHours { from, to, failures_through })
        }
        (None, None) => None,
        (from, _) => {
            let key = if from.is_some() { "quiet_to" } else { "quiet_from" };
            report.add(raw.at, SettingFault::Missing { key: key.to_owned() });
            None
        }
    };
    let proxy = raw.proxy.and_then(|proxy| match proxy.value.as_str() {
        "" | "system" => None,
        "none" => Some(proxy.value),
        _ => proxy_url(proxy, report),
    });
    Preferences {
        show: raw.show.and_then(|word| one_of("show", &word, &SHOWS, report)).unwrap_or(default.show),
        quiet,
        proxy: proxy.unwrap_or_default(),
        log: raw.level.and_then(|word| one_of("level", &word, &LOG_LEVELS, report)).unwrap_or(default.log),
        keep: raw
            .keep
            .and_then(|text| within("keep", &text, SHORTEST_KEEP..=LONGEST_KEEP, report))
            .unwrap_or(default.keep),
    }
}

/// An alert that is on needs someone to tell.
fn alerts(raw: RawAlerts, report: &mut Report) -> Alerts {
    let mut time = |key: &str, text: Option<At<String>>| {
        text.and_then(|text| within(key, &text, SHORTEST_ALERT..=LONGEST_ALERT, report))
    };
    let not_synced_for = time("not_synced_for", raw.not_synced_for);
    let no_apps_for = time("no_apps_for", raw.no_apps_for);
    let send_to = raw.send_to.map(|names| names.value).unwrap_or_default();
    if send_to.is_empty() && (not_synced_for.is_some() || no_apps_for.is_some()) {
        report.add(raw.at, SettingFault::Missing { key: "send_to".to_owned() });
    }
    Alerts { not_synced_for, no_apps_for, send_to }
}

fn within(
    key: &str,
    text: &At<String>,
    range: RangeInclusive<Duration>,
    report: &mut Report,
) -> Option<Duration> {
    let found = duration::parse(&text.value).filter(|found| range.contains(found));
    if found.is_none() {
        let [min, max] = [range.start(), range.end()].map(|end| duration::write(*end));
        report.add(text.at, SettingFault::BadDuration { key: key.to_owned(), min, max });
    }
    found
}

fn fingerprint(key: &str, text: &At<String>, report: &mut Report) -> Option<Fingerprint> {
    let found = text.value.parse().ok();
    if found.is_none() {
        report.add(text.at, SettingFault::BadFingerprint { key: key.to_owned() });
    }
    found
}

/// The base URL in its normal form, without the slash at its end.
fn server_url(text: &At<String>, report: &mut Report) -> Option<String> {
    let url = absolute_url("url", text, &["http", "https"], report)?;
    let key = || "url".to_owned();
    let fault = if !url.username().is_empty() || url.password().is_some() {
        SettingFault::UrlUser { key: key() }
    } else if url.query().is_some() || url.fragment().is_some() {
        SettingFault::UrlQuery { key: key() }
    } else {
        return Some(url.as_str().trim_end_matches('/').to_owned());
    };
    report.add(text.at, fault);
    None
}

/// A proxy's URL as typed; it may hold a user and password, there is no other place for them.
fn proxy_url(text: At<String>, report: &mut Report) -> Option<String> {
    absolute_url("proxy", &text, &["http", "https", "socks5", "socks5h"], report)?;
    Some(text.value)
}

fn absolute_url(key: &str, text: &At<String>, schemes: &[&str], report: &mut Report) -> Option<Url> {
    let prefixes = || schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    let fault = match Url::parse(text.value.trim()) {
        Ok(url) if !schemes.contains(&url.scheme()) => {
            SettingFault::UrlScheme { key: key.to_owned(), allowed: prefixes() }
        }
        Ok(url) if url.host_str().is_some_and(|host| !host.is_empty()) => return Some(url),
        Ok(_) => SettingFault::BadUrl { key: key.to_owned(), detail: url::ParseError::EmptyHost.to_string() },
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            SettingFault::UrlScheme { key: key.to_owned(), allowed: prefixes() }
        }
        Err(error) => SettingFault::BadUrl { key: key.to_owned(), detail: error.to_string() },
    };
    report.add(text.at, fault);
    None
}

/// `~/x` in the home folder, any other relative path beside the file.
fn absolute(path: &str, folder: &Path) -> PathBuf {
    match (path.strip_prefix("~/"), dirs::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => folder.join(path),
    }
}
