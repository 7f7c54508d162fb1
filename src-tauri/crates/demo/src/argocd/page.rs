//! What a browser sees: a plain page for an application, where the real server has its UI.

use http::{Response, StatusCode};
use serde_json::Value;

use super::route::Server;
use crate::page::escape;
use crate::wire::{self, Body};

/// Any path outside the API is the UI's. Knows `/applications/{namespace}/{name}` and
/// `/applications/{name}`, as links in messages have them.
pub(super) fn page(server: &Server, path: &[&str]) -> Response<Body> {
    let entry = match path {
        ["applications", name] => server.apps.get("argocd", name),
        ["applications", namespace, name] => server.apps.get(namespace, name),
        _ => None,
    };
    let (title, content) = match entry {
        Some(entry) => (entry.name.clone(), details(&entry.value())),
        None => ("Applications".to_owned(), list(server)),
    };
    let name = &server.options.name;
    let page = include_str!("../assets/argocd.html")
        .replace("{{title}}", &escape(&format!("{title} · {name}")))
        .replace("{{heading}}", &escape(&title))
        .replace("{{home}}", &escape(&format!("{}/applications", server.url())))
        .replace("{{server}}", &escape(name))
        .replace("{{content}}", &content);
    wire::html(StatusCode::OK, page)
}

fn list(server: &Server) -> String {
    let (_, entries) = server.apps.all();
    let rows = entries.iter().map(|entry| {
        let app = entry.value();
        let word = |pointer| escape(app.pointer(pointer).and_then(Value::as_str).unwrap_or("–"));
        let (namespace, name) = (escape(&entry.namespace), escape(&entry.name));
        format!(
            "<tr><td><a href=\"{}/applications/{namespace}/{name}\">{name}</a><td>{}<td>{}<td>{}",
            escape(server.url()),
            word("/spec/project"),
            word("/status/health/status"),
            word("/status/sync/status"),
        )
    });
    format!("<table><tr><th>Name<th>Project<th>Health<th>Sync{}</table>", rows.collect::<String>())
}

fn details(app: &Value) -> String {
    let rows = [
        ("Project", "/spec/project"),
        ("Health", "/status/health/status"),
        ("Health details", "/status/health/message"),
        ("Sync", "/status/sync/status"),
        ("Revision", "/status/sync/revision"),
        ("Last operation", "/status/operationState/phase"),
        ("Message", "/status/operationState/message"),
        ("Started", "/status/operationState/startedAt"),
        ("Finished", "/status/operationState/finishedAt"),
        ("Condition", "/status/conditions/0/message"),
        ("Repository", "/spec/source/repoURL"),
        ("Namespace", "/spec/destination/namespace"),
    ];
    let known = rows.iter().filter_map(|(label, pointer)| Some((label, app.pointer(pointer)?.as_str()?)));
    let rows = known.filter(|(_, value)| !value.is_empty());
    let rows: String = rows.map(|(label, value)| format!("<tr><th>{label}<td>{}", escape(value))).collect();
    format!("<table>{rows}</table>")
}
