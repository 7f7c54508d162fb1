//! One application's JSON text → [`AppSnapshot`]. One borrowed pass; fields that are absent are empty.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use dinghy_model::{
    AppId, AppSnapshot, AppSummary, Health, Operation, OperationPhase, ServerName, SyncStatus,
};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

/// One application out of its JSON text: reads the summary and keeps the text.
///
/// # Errors
/// On broken JSON and on an object without a name.
pub fn snapshot(server: &ServerName, text: &str) -> Result<AppSnapshot, serde_json::Error> {
    let app: App<'_> = serde_json::from_str(text)?;
    if app.metadata.name.0.is_empty() {
        return Err(de::Error::custom("an application without a name"));
    }
    let resource_version = app.metadata.resource_version.0.parse().unwrap_or(0);
    Ok(AppSnapshot { summary: summary(server, app), json: Arc::from(text), resource_version })
}

/// Who a deleted application was; less is asked of it than of one that lives.
pub(crate) fn id(server: &ServerName, text: &str) -> Result<AppId, serde_json::Error> {
    Ok(app_id(server, serde_json::from_str::<App<'_>>(text)?.metadata))
}

fn app_id(server: &ServerName, metadata: Metadata<'_>) -> AppId {
    AppId { server: server.clone(), namespace: metadata.namespace.owned(), name: metadata.name.owned() }
}

fn summary(server: &ServerName, app: App<'_>) -> AppSummary {
    let status = app.status.unwrap_or_default();
    let health = status.health.unwrap_or_default();
    let sync = status.sync.unwrap_or_default();
    let revision = match sync.revisions {
        Some(revisions) if sync.revision.0.is_empty() => revisions.into_iter().next().unwrap_or_default(),
        _ => sync.revision,
    };
    let condition = status.conditions.and_then(|all| all.into_iter().next());
    AppSummary {
        project: app.spec.unwrap_or_default().project.owned(),
        health: Health::parse(&health.status.0),
        health_message: health.message.owned(),
        health_since: health.since.owned(),
        sync: SyncStatus::parse(&sync.status.0),
        revision: revision.owned(),
        operation: status.operation.map(|operation| Operation {
            phase: OperationPhase::parse(&operation.phase.0),
            message: operation.message.owned(),
            started_at: operation.started_at.owned(),
            finished_at: operation.finished_at.owned(),
        }),
        condition: condition
            .map_or_else(String::new, |first| format!("{}: {}", first.kind.0, first.message.0)),
        deleting: !app.metadata.deletion.0.is_empty(),
        id: app_id(server, app.metadata),
    }
}

/// A string that is borrowed where it can be; `null` is empty, as in Go.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    fn owned(self) -> String {
        self.0.into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or null")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

#[derive(Deserialize)]
struct App<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow)]
    spec: Option<Spec<'a>>,
    #[serde(borrow)]
    status: Option<Status<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    namespace: Text<'a>,
    #[serde(borrow, default, rename = "deletionTimestamp")]
    deletion: Text<'a>,
    #[serde(borrow, default, rename = "resourceVersion")]
    resource_version: Text<'a>,
}

#[derive(Default, Deserialize)]
struct Spec<'a> {
    #[serde(borrow, default)]
    project: Text<'a>,
}

#[derive(Default, Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    health: Option<HealthStatus<'a>>,
    #[serde(borrow)]
    sync: Option<Sync<'a>>,
    #[serde(borrow, rename = "operationState")]
    operation: Option<OperationState<'a>>,
    #[serde(borrow)]
    conditions: Option<Vec<Condition<'a>>>,
}

#[derive(Default, Deserialize)]
struct HealthStatus<'a> {
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default, rename = "lastTransitionTime")]
    since: Text<'a>,
}

#[derive(Default, Deserialize)]
struct Sync<'a> {
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow, default)]
    revision: Text<'a>,
    #[serde(borrow)]
    revisions: Option<Vec<Text<'a>>>,
}

#[derive(Deserialize)]
struct OperationState<'a> {
    #[serde(borrow, default)]
    phase: Text<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default, rename = "startedAt")]
    started_at: Text<'a>,
    #[serde(borrow, default, rename = "finishedAt")]
    finished_at: Text<'a>,
}

#[derive(Deserialize)]
struct Condition<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        match snapshot(&ServerName::from("prod"), text) {
            Ok(snapshot) => {
                assert_eq!(&*snapshot.json, text, "the text is kept as it came");
                expected.assert_debug_eq(&snapshot.summary);
            }
            Err(error) => expected.assert_eq(&error.to_string()),
        }
    }

    #[test]
    fn everything_there() {
        check(
            r#"{"metadata":{"name":"guestbook","namespace":"argocd","labels":{"name":"not me"},"deletionTimestamp":"2026-01-02T03:04:05Z"},
                "spec":{"project":"default","source":{"repoURL":"https://x"}},
                "status":{"health":{"status":"Degraded","message":"pod \"a\" 失败","lastTransitionTime":"2026-01-01T00:00:00Z"},
                  "sync":{"status":"OutOfSync","revision":"","revisions":["abc","def"]},
                  "operationState":{"phase":"Failed","message":"one\ntwo","startedAt":"2026-01-01T00:00:01Z","finishedAt":"2026-01-01T00:00:02Z","operation":{"sync":{}}},
                  "conditions":[{"type":"SyncError","message":"no"},{"type":"Second","message":"x"}],
                  "resources":[{"status":"Synced"}]}}"#,
            expect![[r#"
                AppSummary {
                    id: AppId {
                        server: ServerName(
                            "prod",
                        ),
                        namespace: "argocd",
                        name: "guestbook",
                    },
                    project: "default",
                    health: Degraded,
                    health_message: "pod \"a\" 失败",
                    health_since: "2026-01-01T00:00:00Z",
                    sync: OutOfSync,
                    revision: "abc",
                    operation: Some(
                        Operation {
                            phase: Failed,
                            message: "one\ntwo",
                            started_at: "2026-01-01T00:00:01Z",
                            finished_at: "2026-01-01T00:00:02Z",
                        },
                    ),
                    condition: "SyncError: no",
                    deleting: true,
                }
            "#]],
        );
    }

    #[test]
    fn brand_new() {
        check(
            r#"{"metadata":{"name":"a","namespace":null,"creationTimestamp":null},"spec":{"project":"p"},"status":{"sync":{"status":""},"health":{},"conditions":null,"summary":{}}}"#,
            expect![[r#"
                AppSummary {
                    id: AppId {
                        server: ServerName(
                            "prod",
                        ),
                        namespace: "",
                        name: "a",
                    },
                    project: "p",
                    health: Unknown,
                    health_message: "",
                    health_since: "",
                    sync: Unknown,
                    revision: "",
                    operation: None,
                    condition: "",
                    deleting: false,
                }
            "#]],
        );
    }

    #[test]
    fn no_application() {
        check(r#"{"metadata":{"namespace":"argocd"}}"#, expect!["an application without a name"]);
        check(
            r#"{"metadata":{"name":7}}"#,
            expect!["invalid type: integer `7`, expected a string or null at line 1 column 21"],
        );
        check("{}", expect!["missing field `metadata` at line 1 column 2"]);
        check(r#"{"metadata":{"name":"a"}]"#, expect!["expected `,` or `}` at line 1 column 25"]);
    }
}
