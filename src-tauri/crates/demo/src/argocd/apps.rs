//! The applications of a server, and who watches them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::selector::Selector;

/// Events that a slow watcher may be behind before it loses some (`ARGOCD_WATCH_API_BUFFER_SIZE`).
const WATCH_BUFFER: usize = 1000;

/// One application: its text, ready to be sent, and what lists select by. Kept as text because
/// benchmarks keep thousands.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) project: String,
    labels: BTreeMap<String, String>,
    repos: Vec<String>,
    pub(super) version: u64,
    /// As get and watch give it.
    pub(super) text: Arc<str>,
    /// As list gives it: without the health of resources where that is kept in the tree
    /// (`status.resourceHealthSource: appTree`).
    pub(super) list_text: Arc<str>,
}

impl Entry {
    fn new(app: &mut Value, version: u64) -> Self {
        app["metadata"]["resourceVersion"] = json!(version.to_string());
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (meta, spec) = (&app["metadata"], &app["spec"]);
        let sources = spec["sources"].as_array().into_iter().flatten().chain([&spec["source"]]);
        let labels = meta["labels"].as_object().into_iter().flatten();
        let (namespace, name) = (word(&meta["namespace"]), word(&meta["name"]));
        let project = word(&spec["project"]);
        let repos = sources.map(|source| word(&source["repoURL"])).collect();
        let labels = labels.map(|(key, value)| (key.clone(), word(value))).collect();
        let text: Arc<str> = app.to_string().into();
        let mut list_text = text.clone();
        if app["status"]["resourceHealthSource"] == "appTree" {
            let resources = app["status"]["resources"].as_array_mut().into_iter().flatten();
            resources.filter_map(Value::as_object_mut).for_each(|resource| {
                resource.remove("health");
            });
            list_text = app.to_string().into();
        }
        Self { namespace, name, project, labels, repos, version, text, list_text }
    }

    /// The object.
    pub(super) fn value(&self) -> Value {
        // It was made from a value.
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// What a list or a stream selects; empty parts select everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) projects: Vec<String>,
    pub(super) selector: Selector,
    pub(super) repo: String,
}

impl Filter {
    pub(super) fn matches(&self, entry: &Entry) -> bool {
        let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        fits(&self.name, &entry.name)
            && fits(&self.namespace, &entry.namespace)
            && (self.projects.is_empty() || self.projects.contains(&entry.project))
            && (self.repo.is_empty() || entry.repos.contains(&self.repo))
            && self.selector.matches(&entry.labels)
    }
}

/// What a watcher hears.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// `ADDED`, `MODIFIED` or `DELETED`.
    pub(super) kind: &'static str,
    pub(super) entry: Arc<Entry>,
}

/// The applications.
pub(super) struct Apps(Mutex<State>);

struct State {
    version: u64,
    /// By name, then namespace: the order of a list.
    entries: BTreeMap<(String, String), Arc<Entry>>,
    watchers: Vec<mpsc::Sender<Event>>,
}

impl State {
    fn tell(&mut self, kind: &'static str, entry: &Arc<Entry>) {
        self.watchers.retain(|watcher| {
            // A watcher whose buffer is full loses the event, as in Argo CD.
            let sent = watcher.try_send(Event { kind, entry: entry.clone() });
            !matches!(sent, Err(mpsc::error::TrySendError::Closed(_)))
        });
    }

    fn store(&mut self, kind: &'static str, mut app: Value) {
        self.version += 1;
        let entry = Arc::new(Entry::new(&mut app, self.version));
        self.entries.insert((entry.name.clone(), entry.namespace.clone()), entry.clone());
        self.tell(kind, &entry);
    }
}

impl Apps {
    pub(super) fn new(version: u64) -> Self {
        Self(Mutex::new(State { version, entries: BTreeMap::new(), watchers: Vec::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, app: Value) {
        let Some(app) = typed(app) else { return };
        let mut state = self.state();
        let word = |key: &str| app["metadata"][key].as_str().unwrap_or_default().to_owned();
        let known = state.entries.contains_key(&(word("name"), word("namespace")));
        state.store(if known { "MODIFIED" } else { "ADDED" }, app);
    }

    pub(super) fn edit(&self, namespace: &str, name: &str, change: impl FnOnce(&mut Value)) -> bool {
        let mut state = self.state();
        let Some(entry) = state.entries.get(&(name.to_owned(), namespace.to_owned())) else { return false };
        let mut app = entry.value();
        change(&mut app);
        // Who it is cannot be edited away.
        app["metadata"]["name"] = json!(name);
        app["metadata"]["namespace"] = json!(namespace);
        if let Some(app) = typed(app) {
            state.store("MODIFIED", app);
        }
        true
    }

    pub(super) fn remove(&self, namespace: &str, name: &str) -> bool {
        let mut state = self.state();
        let Some(entry) = state.entries.remove(&(name.to_owned(), namespace.to_owned())) else {
            return false;
        };
        state.version += 1;
        let last = Arc::new(Entry::new(&mut entry.value(), state.version));
        state.tell("DELETED", &last);
        true
    }

    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<Arc<Entry>> {
        self.state().entries.get(&(name.to_owned(), namespace.to_owned())).cloned()
    }

    /// All, sorted by name, with the version they are of.
    pub(super) fn all(&self) -> (u64, Vec<Arc<Entry>>) {
        let state = self.state();
        (state.version, state.entries.values().cloned().collect())
    }

    /// All that is, and everything that comes after: without the small gap that the real server has
    /// between the two, which no test could meet on purpose.
    pub(super) fn watch(&self) -> (Vec<Arc<Entry>>, mpsc::Receiver<Event>) {
        let (send, receive) = mpsc::channel(WATCH_BUFFER);
        let mut state = self.state();
        state.watchers.push(send);
        (state.entries.values().cloned().collect(), receive)
    }

    pub(super) fn watchers(&self) -> usize {
        let mut state = self.state();
        state.watchers.retain(|watcher| !watcher.is_closed());
        state.watchers.len()
    }
}

/// An object as Argo CD's typed structs give it back; None without a name.
fn typed(mut app: Value) -> Option<Value> {
    app["metadata"]["name"].as_str().filter(|name| !name.is_empty())?;
    let object = app.as_object_mut()?;
    object.remove("kind");
    object.remove("apiVersion");
    let defaults = [
        ("/metadata", "namespace", json!("argocd")),
        ("", "spec", json!({})),
        ("/spec", "destination", json!({})),
        ("/spec", "project", json!("default")),
        ("", "status", json!({})),
        ("/status", "health", json!({})),
        ("/status", "summary", json!({})),
        ("/status", "sync", json!({})),
        ("/status/sync", "status", json!("")),
        ("/status/sync", "comparedTo", json!({"destination": {}, "source": {"repoURL": ""}})),
    ];
    for (parent, key, default) in defaults {
        // A part of another kind than the struct's would not have been stored in the cluster.
        let parent = app.pointer_mut(parent)?.as_object_mut()?;
        parent.entry(key).or_insert(default);
    }
    Some(app)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn objects_come_back_as_typed_structs_do() {
        let apps = Apps::new(7);
        apps.put(
            json!({"kind": "Application", "apiVersion": "argoproj.io/v1alpha1", "metadata": {"name": "web"}}),
        );
        let text = apps.get("argocd", "web").map(|entry| entry.text.to_string());
        expect![[r#"{"metadata":{"name":"web","namespace":"argocd","resourceVersion":"8"},"spec":{"destination":{},"project":"default"},"status":{"health":{},"summary":{},"sync":{"comparedTo":{"destination":{},"source":{"repoURL":""}},"status":""}}}"#]]
            .assert_eq(&text.unwrap_or_default());
    }

    #[test]
    fn what_is_no_application_is_not_kept() {
        let apps = Apps::new(0);
        for odd in [
            json!(null),
            json!([]),
            json!("x"),
            json!({"metadata": {}}),
            json!({"metadata": {"name": "a"}, "spec": 1}),
        ] {
            apps.put(odd);
        }
        assert_eq!(apps.all().1.len(), 0);
    }
}
