//! Changes of the text that leave comments, order and spacing as people wrote them. Text in, text out.

use dinghy_model::{Lang, SecretSource, ServerConfig, ServerName, SettingFault, SettingType};
use toml_edit::{
    Array, ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use super::resolve::{AUTHS, LANGUAGES, POLL_INTERVAL};
use super::{duration, report::start};

type Result<T> = std::result::Result<T, SettingFault>;

/// Adds a server after the last one, with the keys that are not at their default.
pub(super) fn add_server(text: &str, server: &ServerConfig) -> Result<String> {
    let mut document = parse(text)?;
    let wrong = || SettingFault::WrongType { key: "servers".to_owned(), expected: SettingType::TableList };
    match document.entry("servers").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new())) {
        Item::ArrayOfTables(servers) => {
            let mut table = Table::new();
            if !text.is_empty() {
                table.decor_mut().set_prefix("\n");
            }
            write_server(&mut table, None, server);
            servers.push(table);
        }
        Item::Value(Value::Array(servers)) => {
            let mut table = InlineTable::new();
            write_server(&mut table, None, server);
            servers.push(table);
        }
        _ => return Err(wrong()),
    }
    Ok(document.to_string())
}

/// Writes the keys in which `server` differs from `current`, which is what the text means now, if it means anything.
pub(super) fn update_server(
    text: &str,
    name: &ServerName,
    current: Option<&ServerConfig>,
    server: &ServerConfig,
) -> Result<String> {
    let mut document = parse(text)?;
    let named = |table: &dyn TableLike| table.get("name").and_then(Item::as_str) == Some(&name.0);
    match document.get_mut("servers") {
        Some(Item::ArrayOfTables(servers)) => {
            servers.iter_mut().find(|table| named(*table)).map(|table| write_server(table, current, server))
        }
        Some(Item::Value(Value::Array(servers))) => servers
            .iter_mut()
            .filter_map(Value::as_inline_table_mut)
            .find(|table| named(*table))
            .map(|table| write_server(table, current, server)),
        _ => None,
    }
    .ok_or_else(|| no_such_server(name))?;
    Ok(document.to_string())
}

/// Takes out the server and the comment lines directly above it.
pub(super) fn remove_server(text: &str, name: &ServerName) -> Result<String> {
    let named = |table: &dyn TableLike| table.get("name").and_then(Item::as_str) == Some(&name.0);
    let document = Document::parse(text).map_err(syntax)?;
    match document.get("servers") {
        Some(Item::ArrayOfTables(servers)) => {
            let table = servers.iter().find(|table| named(*table)).ok_or_else(|| no_such_server(name))?;
            let header = start(table.span());
            let end = end(table).max(header);
            let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
            Ok(join(&text[..comment_start(text, header)], &text[end..]))
        }
        Some(Item::Value(Value::Array(_))) => {
            let mut document = document.into_mut();
            let servers = document.get_mut("servers").and_then(Item::as_array_mut);
            let removed = servers.and_then(|servers| {
                let index =
                    servers.iter().position(|value| value.as_inline_table().is_some_and(|t| named(t)))?;
                let removed = servers.remove(index);
                // Each carries the space behind the comma before it; the first has none.
                if let Some(first) = servers.get_mut(0).filter(|_| index == 0) {
                    *first.decor_mut() = removed.decor().clone();
                }
                Some(removed)
            });
            removed.ok_or_else(|| no_such_server(name))?;
            Ok(document.to_string())
        }
        _ => Err(no_such_server(name)),
    }
}

/// Sets or takes out `language`.
pub(super) fn set_language(text: &str, language: Option<Lang>) -> Result<String> {
    let document = Document::parse(text).map_err(syntax)?;
    let place = document.get("language").and_then(Item::span);
    let word = language.map(|language| word(&LANGUAGES, &language));
    match (place, word) {
        (None, None) => Ok(text.to_owned()),
        (Some(_), Some(word)) => {
            let mut document = document.into_mut();
            set(document.as_table_mut(), "language", word.into());
            Ok(document.to_string())
        }
        // Its line alone: what stands above it may be about the whole file.
        (Some(place), None) => {
            let line = text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
            let end = text[place.end..].find('\n').map_or(text.len(), |newline| place.end + newline + 1);
            Ok(join(&text[..line], &text[end..]))
        }
        // A key of the whole file stands before the first table, and before what is written about that one.
        (None, Some(word)) => {
            let at = headers(document.as_table())
                .into_iter()
                .min()
                .map_or(text.len(), |first| comment_start(text, first));
            let (before, after) = text.split_at(at);
            let newline = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
            let gap = if after.is_empty() { "" } else { "\n" };
            Ok(format!("{before}{newline}language = \"{word}\"\n{gap}{after}"))
        }
    }
}

/// Sets or takes out values of one table, `[section]`, which is made if it is not there.
pub(super) fn set_values(
    text: &str,
    section: &str,
    values: impl IntoIterator<Item = (&'static str, Option<Value>)>,
) -> Result<String> {
    let mut document = parse(text)?;
    let wrong = || SettingFault::WrongType { key: section.to_owned(), expected: SettingType::Table };
    for (key, new) in values {
        match (new, document.get_mut(section)) {
            (None, None) => {}
            (None, Some(table)) => drop(table.as_table_like_mut().ok_or_else(wrong)?.remove(key)),
            (Some(new), Some(table)) => set(table.as_table_like_mut().ok_or_else(wrong)?, key, new),
            (Some(new), None) => {
                let mut table = Table::new();
                if !text.is_empty() {
                    table.decor_mut().set_prefix("\n");
                }
                set(&mut table, key, new);
                document.insert(section, Item::Table(table));
            }
        }
    }
    Ok(document.to_string())
}

/// Sets or takes out one line of `[secrets]`.
pub(super) fn set_secret_source(text: &str, name: &str, source: &SecretSource) -> Result<String> {
    let mut document = parse(text)?;
    let source = match source {
        SecretSource::Keychain => None,
        SecretSource::Env(variable) => Some(("env", Value::from(variable))),
        SecretSource::Command(argv) => Some(("command", Value::Array(argv.iter().collect()))),
    };
    let wrong = || SettingFault::WrongType { key: "secrets".to_owned(), expected: SettingType::Table };
    match source {
        None => {
            if let Some(secrets) = document.get_mut("secrets").and_then(Item::as_table_like_mut) {
                secrets.remove(name);
            }
        }
        Some((kind, from)) => {
            let secrets = document.entry("secrets").or_insert_with(|| {
                let mut table = Table::new();
                if !text.is_empty() {
                    table.decor_mut().set_prefix("\n");
                }
                Item::Table(table)
            });
            let secrets = secrets.as_table_like_mut().ok_or_else(wrong)?;
            let mut entry = InlineTable::new();
            entry.insert(kind, from);
            // `[secrets.NAME]` would have to be written by itself; one line is the form of the contract.
            if secrets.get(name).is_some_and(Item::is_table) {
                secrets.remove(name);
            }
            set(secrets, name, Value::InlineTable(entry));
        }
    }
    Ok(document.to_string())
}

/// Every key of a server with its value, and whether that is what holds without the key.
fn keys(server: &ServerConfig) -> [(&'static str, Value, bool); 12] {
    let ca_file = server.ca_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let pin = server.certificate_sha256.map(|pin| pin.to_string()).unwrap_or_default();
    let proxy = server.proxy.clone().unwrap_or_default();
    let projects: Array = server.projects.iter().collect();
    [
        ("name", (&server.name.0).into(), false),
        ("url", (&server.url).into(), false),
        ("auth", word(&AUTHS, &server.auth).into(), false),
        ("username", (&server.username).into(), server.username.is_empty()),
        ("watch", server.watch.into(), server.watch),
        (
            "poll_interval",
            duration::write(server.poll_interval).into(),
            server.poll_interval == POLL_INTERVAL,
        ),
        ("projects", projects.into(), server.projects.is_empty()),
        ("selector", (&server.selector).into(), server.selector.is_empty()),
        ("ca_file", (&ca_file).into(), ca_file.is_empty()),
        ("certificate_sha256", (&pin).into(), pin.is_empty()),
        ("insecure_skip_verify", server.insecure_skip_verify.into(), !server.insecure_skip_verify),
        ("proxy", (&proxy).into(), proxy.is_empty()),
    ]
}

fn write_server(table: &mut dyn TableLike, current: Option<&ServerConfig>, server: &ServerConfig) {
    let current = current.map(keys);
    for (index, (key, new, default)) in keys(server).into_iter().enumerate() {
        // The meaning is compared: "60s" stays when one minute is wanted.
        let same = current.as_ref().is_some_and(|current| current[index].1.to_string() == new.to_string());
        let needless = default && !table.contains_key(key);
        if !same && !needless {
            set(table, key, new);
        }
    }
}

/// Sets a value; spacing and a comment behind the old one stay.
fn set(table: &mut dyn TableLike, key: &str, mut new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(key, value(new));
        }
    }
}

/// The word for a meaning; every meaning has one.
fn word<T: PartialEq>(words: &[(&'static str, T)], meaning: &T) -> &'static str {
    words.iter().find(|(_, known)| known == meaning).map_or("", |(word, _)| word)
}

/// Where the headers of the tables under this one start.
fn headers(table: &Table) -> Vec<usize> {
    let with_own = |table: &Table| {
        let own = table.span().filter(|_| !table.is_dotted() && !table.is_implicit());
        own.map(|span| span.start).into_iter().chain(headers(table)).collect::<Vec<_>>()
    };
    table
        .iter()
        .flat_map(move |(_, item)| match item {
            Item::Table(table) => with_own(table),
            Item::ArrayOfTables(tables) => tables.iter().flat_map(with_own).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// Where the last value of a table and of those under it ends.
fn end(table: &Table) -> usize {
    let inner = table.iter().map(|(_, item)| match item {
        Item::Table(table) => end(table),
        Item::ArrayOfTables(tables) => tables.iter().map(end).max().unwrap_or(0),
        item => item.span().map_or(0, |span| span.end),
    });
    inner.max().unwrap_or(0).max(table.span().map_or(0, |span| span.end))
}

/// The start of the comment lines directly above `at`, or of its own line if there are none.
fn comment_start(text: &str, at: usize) -> usize {
    let mut start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |newline| newline + 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// Two parts around something taken out, without an empty line too many.
fn join(before: &str, after: &str) -> String {
    let open = before.trim_end_matches(['\r', '\n']).len() + 1 < before.len() || before.is_empty();
    let after = if open { after.trim_start_matches(['\r', '\n']) } else { after };
    let text = format!("{before}{after}");
    if after.is_empty() { format!("{}\n", text.trim_end()).trim_start_matches('\n').to_owned() } else { text }
}

fn parse(text: &str) -> Result<DocumentMut> {
    text.parse().map_err(syntax)
}

fn syntax(error: toml_edit::TomlError) -> SettingFault {
    SettingFault::Syntax { detail: error.message().to_owned() }
}

fn no_such_server(name: &ServerName) -> SettingFault {
    SettingFault::NoSuchServer { name: name.0.clone() }
}

#[cfg(test)]
mod tests;
