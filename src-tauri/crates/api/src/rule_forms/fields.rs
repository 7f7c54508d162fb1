//! The fields that real applications have, for completion while an expression or a template is typed.

use std::collections::{BTreeMap, BTreeSet};

use dinghy_engine::unpack;
use serde_json::Value;

use crate::Api;
use crate::wire::{FieldView, FieldsView, LabelView};

/// So many applications are looked at: more say little that is new.
const SAMPLE: usize = 200;
/// Nobody writes conditions on anything deeper.
const MAX_DEPTH: usize = 8;
/// Characters of an example.
const MAX_EXAMPLE: usize = 60;
/// Fields and labels in an answer.
const MAX_FIELDS: usize = 1000;
/// Values of a label in an answer.
const MAX_VALUES: usize = 30;

impl Api {
    /// The fields and labels of known applications.
    pub async fn rule_fields(&self) -> FieldsView {
        let bodies = self.bodies().await;
        let work = move || {
            let mut found = Found::default();
            let projects = bodies.iter().map(|(summary, _)| &summary.project).filter(|name| !name.is_empty());
            found.projects = projects.cloned().collect();
            // Evenly over all, so that every server has its share.
            let step = bodies.len().div_ceil(SAMPLE).max(1);
            for (_, body) in bodies.iter().step_by(step) {
                let app = unpack(body).and_then(|json| serde_json::from_str::<Value>(&json).ok());
                if let Some(app) = app {
                    found.labels(&app["metadata"]["labels"]);
                    found.walk("app", &app, 0);
                }
            }
            found.view()
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
    }
}

#[derive(Default)]
struct Found {
    fields: BTreeMap<String, (&'static str, String)>,
    labels: BTreeMap<String, Vec<String>>,
    projects: BTreeSet<String>,
}

impl Found {
    fn labels(&mut self, labels: &Value) {
        for (name, value) in labels.as_object().into_iter().flatten() {
            let values = self.labels.entry(name.clone()).or_default();
            let value = value.as_str().unwrap_or_default();
            if values.len() < MAX_VALUES && !values.iter().any(|known| known == value) {
                values.push(value.to_owned());
            }
        }
    }

    fn walk(&mut self, path: &str, value: &Value, depth: usize) {
        if self.fields.len() >= MAX_FIELDS || depth > MAX_DEPTH {
            return;
        }
        let (kind, example) = match value {
            Value::Null => return,
            Value::Bool(value) => ("bool", value.to_string()),
            Value::Number(value) if value.is_f64() => ("float", value.to_string()),
            Value::Number(value) => ("int", value.to_string()),
            Value::String(text) => ("string", text.chars().take(MAX_EXAMPLE).collect()),
            Value::Array(_) => ("list", String::new()),
            Value::Object(_) => ("map", String::new()),
        };
        let known = self.fields.entry(path.to_owned()).or_insert((kind, String::new()));
        if known.1.is_empty() {
            known.1 = example;
        }
        match value {
            Value::Array(items) => {
                for item in items.iter().take(5) {
                    self.walk(&format!("{path}[]"), item, depth + 1);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                    let own = if plain { format!("{path}.{name}") } else { format!("{path}['{name}']") };
                    // What servers and kubectl keep for themselves is no use here.
                    if name != "managedFields" && !name.starts_with("kubectl.kubernetes.io/") {
                        self.walk(&own, value, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn view(self) -> FieldsView {
        let field = |(path, (kind, example)): (String, (&str, String))| FieldView {
            path,
            kind: kind.to_owned(),
            example,
        };
        let label = |(name, mut values): (String, Vec<String>)| {
            values.sort();
            LabelView { name, values }
        };
        FieldsView {
            fields: self.fields.into_iter().map(field).collect(),
            labels: self.labels.into_iter().map(label).collect(),
            projects: self.projects.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_kinds_and_examples() {
        let mut found = Found::default();
        let app = serde_json::json!({
            "metadata": {"labels": {"team": "b", "a/b": "x"}, "managedFields": [1]},
            "list": [{"n": 1}, {"n": 2, "f": 1.5}],
        });
        found.labels(&app["metadata"]["labels"]);
        found.walk("app", &app, 0);
        let view = found.view();
        let shown: Vec<String> =
            view.fields.iter().map(|f| format!("{} {} {}", f.path, f.kind, f.example)).collect();
        assert_eq!(
            shown,
            [
                "app map ",
                "app.list list ",
                "app.list[] map ",
                "app.list[].f float 1.5",
                "app.list[].n int 1",
                "app.metadata map ",
                "app.metadata.labels map ",
                "app.metadata.labels.team string b",
                "app.metadata.labels['a/b'] string x",
            ]
        );
        assert_eq!(view.labels[1].name, "team");
    }
}
