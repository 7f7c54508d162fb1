//! The application that rules are judged on, read once for evaluation and rendering.

use std::collections::BTreeSet;
use std::sync::Arc;

use dinghy_govalue::{Str, Value};
use dinghy_model::{Problem, ServerName};

use crate::about::About;
use crate::env::rfc3339;
use crate::facts::{Enquiry, Facts, Want, list};

/// An application and its project as values.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    app: Value,
    project: Value,
    server: Option<ServerName>,
    enquiry: Enquiry,
}

/// An AppProject, read once for all of its applications.
#[derive(Clone, Debug, Default)]
pub struct Project(Value);

impl Project {
    /// Reads the JSON of an AppProject.
    ///
    /// # Errors
    /// [`Problem::BodyCut`] when the text is no JSON object.
    pub fn parse(json: &str) -> Result<Self, Problem> {
        object(json).map(Self)
    }
}

impl Subject {
    /// Reads the JSON of an application (`AppSnapshot::json`) and, if known, of its AppProject.
    ///
    /// # Errors
    /// [`Problem::BodyCut`] when a text is no JSON object.
    pub fn parse(app: &str, project: Option<&str>) -> Result<Self, Problem> {
        let (app, project) = (object(app)?, object(project.unwrap_or("{}"))?);
        Ok(Self { app, project, server: None, enquiry: Enquiry::default() })
    }

    /// As one of this server; without, it is one from a file, which no server is.
    #[must_use]
    pub fn of_server(self, server: &ServerName) -> Self {
        Self { server: Some(server.clone()), ..self }
    }

    /// With its project.
    #[must_use]
    pub fn with_project(self, project: &Project) -> Self {
        Self { project: project.0.clone(), ..self }
    }

    /// With what is known of its commits.
    #[must_use]
    pub fn with_facts(self, facts: Arc<Facts>) -> Self {
        Self { enquiry: Enquiry::new(facts), ..self }
    }

    /// What rules asked for since the subject was made and what is not known yet: fetch it and run them again.
    pub fn wants(&self) -> BTreeSet<Want> {
        self.enquiry.wants()
    }

    /// The names of secrets that templates asked for and that are not known yet: read them and render again.
    pub fn wanted_secrets(&self) -> BTreeSet<String> {
        self.enquiry.secrets()
    }

    /// Whether rules asked for something that could not be had: later it may be.
    pub fn asks_again(&self) -> bool {
        self.enquiry.failed()
    }

    pub(crate) fn enquiry(&self) -> &Enquiry {
        &self.enquiry
    }

    pub(crate) fn app(&self) -> &Value {
        &self.app
    }

    pub(crate) fn project(&self) -> &Value {
        &self.project
    }

    /// A label of the application.
    pub(crate) fn label(&self, name: &str) -> Option<String> {
        text(&field(&field(&self.app, "metadata"), "labels"), name)
    }

    /// The server it is of, if it is of one.
    pub(crate) fn server(&self) -> Option<&ServerName> {
        self.server.as_ref()
    }

    /// The name of its project, as it is written.
    pub(crate) fn project_name(&self) -> String {
        self.string(&["spec", "project"])
    }

    /// Whether it is one of those that a subscription is about.
    pub fn is_meant_by(&self, about: &About) -> bool {
        about.accepts(self.server(), &self.project_name(), |name| self.label(name))
    }

    /// The annotations of the application.
    pub(crate) fn annotations(&self) -> Vec<(String, String)> {
        annotations(&self.app)
    }

    /// The annotations of its project.
    pub(crate) fn project_annotations(&self) -> Vec<(String, String)> {
        annotations(&self.project)
    }

    /// The author of the commit that the application was last synced to, as Git writes one; None if nobody knows, or not
    /// yet: then [`Self::wants`] has it.
    pub(crate) fn commit_author(&self) -> Option<String> {
        let status = field(&self.app, "status");
        let synced = field(&field(&status, "operationState"), "syncResult");
        let revision = [synced, field(&status, "sync")].iter().find_map(|place| {
            let several = || list(&field(place, "revisions")).first()?.as_str().map(ToString::to_string);
            text(place, "revision").filter(|revision| !revision.is_empty()).or_else(several)
        })?;
        self.enquiry.author(&self.app, revision)
    }

    /// A string in the application, empty if absent or something else.
    pub(crate) fn string(&self, path: &[&str]) -> String {
        let Some((last, parents)) = path.split_last() else { return String::new() };
        let parent = parents.iter().fold(self.app.clone(), |value, name| field(&value, name));
        text(&parent, last).unwrap_or_default()
    }

    /// False while the sync status is older than the end of the last operation: Argo CD has not compared again yet, and
    /// a rule would fire on the state before (`notification_controller/controller/controller.go`,
    /// isAppSyncStatusRefreshed).
    pub fn is_fresh(&self) -> bool {
        if !matches!(
            self.string(&["status", "operationState", "phase"]).as_str(),
            "Failed" | "Error" | "Succeeded"
        ) {
            return true;
        }
        let Ok(finished) = rfc3339(&self.string(&["status", "operationState", "finishedAt"])) else {
            return false;
        };
        ["reconciledAt", "observedAt"].iter().any(|name| {
            rfc3339(&self.string(&["status", name])).is_ok_and(|seen| finished.compare(&seen).is_le())
        })
    }
}

fn object(json: &str) -> Result<Value, Problem> {
    match Value::from_json_str(json) {
        Ok(value @ Value::Map(_)) => Ok(value),
        Ok(other) => {
            Err(Problem::BodyCut { detail: format!("expected a JSON object, found {}", other.type_name()) })
        }
        Err(error) => Err(Problem::BodyCut { detail: error.to_string() }),
    }
}

fn annotations(object: &Value) -> Vec<(String, String)> {
    let Value::Map(map) = field(&field(object, "metadata"), "annotations") else { return Vec::new() };
    let entry = |(key, value): &(Str, Value)| Some((key.to_string(), value.as_str()?.to_string()));
    map.entries().iter().filter_map(entry).collect()
}

/// A field; nil if absent.
pub(crate) fn field(value: &Value, name: &str) -> Value {
    match value {
        Value::Map(map) => map.get(name.as_bytes()).map(|value| value.into_owned()).unwrap_or_default(),
        _ => Value::Nil,
    }
}

/// A field that is a string.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    field(value, name).as_str().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn finished_operations_wait_for_a_newer_comparison() {
        let cases = [
            (r#"{}"#, true),
            (r#"{"operationState": null}"#, true),
            (r#"{"operationState": {"phase": "Running"}}"#, true),
            (r#"{"operationState": {"phase": "Succeeded"}}"#, false),
            (
                r#"{"operationState": {"phase": "Failed", "finishedAt": "soon"}, "reconciledAt": "2024-01-01T00:00:00Z"}"#,
                false,
            ),
            (
                r#"{"operationState": {"phase": "Error", "finishedAt": "2024-01-01T00:00:01Z"}, "reconciledAt": "2024-01-01T00:00:00Z"}"#,
                false,
            ),
            (
                r#"{"operationState": {"phase": "Error", "finishedAt": "2024-01-01T00:00:01Z"}, "reconciledAt": "2024-01-01T00:00:01Z"}"#,
                true,
            ),
            (
                r#"{"operationState": {"phase": "Succeeded", "finishedAt": "2024-01-01T00:00:01Z"}, "reconciledAt": "2024-01-01T00:00:00Z", "observedAt": "2024-01-01T08:00:02+08:00"}"#,
                true,
            ),
        ];
        for (status, fresh) in cases {
            let subject = Subject::parse(&format!(r#"{{"status": {status}}}"#), None).expect(status);
            assert_eq!(subject.is_fresh(), fresh, "{status}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "{", "null", "{}}"] {
            assert!(Subject::parse(text, None).is_err(), "{text}");
        }
    }
}
