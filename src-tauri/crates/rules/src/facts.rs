//! What rules ask of a server beyond the application: commit metadata, and what its repository holds.
//!
//! This crate fetches nothing. A rule that asks for what is not known yet fails, and the subject remembers what it
//! asked for ([`Subject::wants`](crate::Subject::wants)); whoever runs the rules fetches it and runs them again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use dinghy_govalue::{Func, JsonStyle, Value};
use dinghy_model::{CommitMetadata, SourceDetails};

use crate::details;
use crate::env::rfc3339;
use crate::subject::{field, text};

/// One thing that a rule asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// Who made a revision, and why.
    Commit {
        /// The repository, as the application names it.
        repo: String,
        /// The revision.
        revision: String,
        /// Which of the application's sources it is of; None if it has only one.
        source_index: Option<usize>,
    },
    /// What the repository holds of an application.
    Details {
        /// `NAMESPACE/NAME`.
        app: String,
        /// Its first source, as JSON.
        source: String,
        /// What it is compared with now: another one may hold something else.
        revision: String,
    },
}

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Of [`Want::Commit`].
    Commit(CommitMetadata),
    /// Of [`Want::Details`].
    Details(SourceDetails),
}

/// What is known, or why it could not be had.
pub type Facts = BTreeMap<Want, Result<Fact, String>>;

/// What is known to one subject, and what it asked for in vain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Enquiry {
    facts: Arc<Facts>,
    asked: Arc<Mutex<Asked>>,
}

#[derive(Debug, Default)]
struct Asked {
    wants: BTreeSet<Want>,
    secrets: BTreeSet<String>,
    /// How often there was no answer.
    unanswered: usize,
    failed: bool,
}

impl Enquiry {
    pub(crate) fn new(facts: Arc<Facts>) -> Self {
        Self { facts, asked: Arc::default() }
    }

    /// What is not known yet.
    pub(crate) fn wants(&self) -> BTreeSet<Want> {
        self.with(|asked| asked.wants.clone())
    }

    /// The secrets that were asked for and are not known yet.
    pub(crate) fn secrets(&self) -> BTreeSet<String> {
        self.with(|asked| asked.secrets.clone())
    }

    /// Asks for a secret.
    pub(crate) fn want_secret(&self, name: &str) {
        self.with(|asked| asked.secrets.insert(name.to_owned()));
    }

    /// Whether something could not be had.
    pub(crate) fn failed(&self) -> bool {
        self.with(|asked| asked.failed)
    }

    /// Grows with each question that had no answer.
    pub(crate) fn unanswered(&self) -> usize {
        self.with(|asked| asked.unanswered)
    }

    /// The author of a commit of an application. None if it cannot be had, or is not known yet: then it is asked for.
    pub(crate) fn author(&self, app: &Value, revision: String) -> Option<String> {
        let want = want(app, revision).ok()?;
        match self.facts.get(&want) {
            Some(Ok(Fact::Commit(commit))) => Some(commit.author.clone()),
            Some(_) => None,
            None => self.with(|asked| {
                asked.wants.insert(want);
                None
            }),
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Asked) -> T) -> T {
        // Nothing that is done under the lock can panic half-way.
        look(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `repo.GetCommitMetadata` for an application (Argo CD `util/notification/expression/repo/repo.go`). There it
    /// fails for applications of several sources; here the revision tells the source.
    pub(crate) fn commit_function(&self, app: &Value) -> Value {
        let (enquiry, app) = (self.clone(), app.clone());
        Value::Func(Func::new("func(string) interface {}", move |args| {
            let revision = match args {
                [Value::Str(text)] => text.to_string(),
                [Value::Nil] => String::new(),
                [other] => return Err(format!("reflect: Call using {} as type string", other.type_name())),
                _ => return Err("reflect: Call with the wrong number of input arguments".to_owned()),
            };
            let what = format!("commit metadata of {revision}");
            match enquiry.answer(want(&app, revision)?, &what)? {
                Fact::Commit(commit) => value(&commit),
                Fact::Details(_) => Err(format!("{what} is not known here")),
            }
        }))
    }

    /// `repo.GetAppDetails` for an application.
    pub(crate) fn details_function(&self, app: &Value) -> Value {
        let (enquiry, app) = (self.clone(), app.clone());
        Value::Func(Func::new("func() interface {}", move |args| {
            if !args.is_empty() {
                return Err("reflect: Call with too many input arguments".to_owned());
            }
            let what = "what the repository holds of the application";
            let (want, source) = details_want(&app);
            match enquiry.answer(want, what)? {
                Fact::Details(found) => Ok(details::value(found, &source)),
                Fact::Commit(_) => Err(format!("{what} is not known here")),
            }
        }))
    }

    /// A fact, or why there is none; what is not known yet is asked for.
    fn answer(&self, want: Want, what: &str) -> Result<Fact, String> {
        match self.facts.get(&want) {
            Some(Ok(fact)) => Ok(fact.clone()),
            Some(Err(why)) => self.with(|asked| {
                asked.failed = true;
                asked.unanswered += 1;
                Err(format!("{what} cannot be had: {why}"))
            }),
            None => self.with(|asked| {
                asked.wants.insert(want);
                asked.unanswered += 1;
                Err(format!("{what} is not known here"))
            }),
        }
    }
}

/// What is asked for the details of an application, and its first source: as in Argo CD, those of others are not to be
/// had.
fn details_want(app: &Value) -> (Want, Value) {
    let (metadata, spec) = (field(app, "metadata"), field(app, "spec"));
    let sources = list(&field(&spec, "sources"));
    let source = sources.into_iter().next().unwrap_or_else(|| field(&spec, "source"));
    let sync = field(&field(app, "status"), "sync");
    let revision =
        list(&field(&sync, "revisions")).first().and_then(|first| first.as_str().map(ToString::to_string));
    let name = |of: &str| text(&metadata, of).unwrap_or_default();
    let want = Want::Details {
        app: format!("{}/{}", name("namespace"), name("name")),
        source: source.to_json(JsonStyle::RAW).unwrap_or_default(),
        revision: revision.or_else(|| text(&sync, "revision")).unwrap_or_default(),
    };
    (want, source)
}

fn want(app: &Value, revision: String) -> Result<Want, String> {
    if revision.is_empty() {
        return Err("GetCommitMetadata needs a revision".to_owned());
    }
    let spec = field(app, "spec");
    let sources = list(&field(&spec, "sources"));
    if sources.is_empty() {
        let repo = text(&field(&spec, "source"), "repoURL").unwrap_or_default();
        return Ok(Want::Commit { repo, revision, source_index: None });
    }
    let status = field(app, "status");
    let operation = field(&status, "operationState");
    let places = [
        field(&status, "sync"),
        field(&operation, "syncResult"),
        field(&field(&operation, "operation"), "sync"),
    ];
    let is_it = |value: &Value| value.as_str().is_some_and(|text| text.as_bytes() == revision.as_bytes());
    let index = places.iter().find_map(|place| list(&field(place, "revisions")).iter().position(is_it));
    match index.and_then(|index| Some((index, sources.get(index)?))) {
        Some((index, source)) => {
            let repo = text(source, "repoURL").unwrap_or_default();
            Ok(Want::Commit { repo, revision, source_index: Some(index) })
        }
        None => Err(format!("revision {revision} is of none of the application's sources")),
    }
}

pub(crate) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::List(list) => list.iter().cloned().collect(),
        _ => Vec::new(),
    }
}

fn value(commit: &CommitMetadata) -> Result<Value, String> {
    let tags = commit.tags.iter().map(|tag| Value::str(tag.as_str())).collect();
    Ok(Value::map([
        ("Author", Value::str(commit.author.as_str())),
        ("Date", Value::Time(rfc3339(&commit.date)?)),
        ("Message", Value::str(commit.message.as_str())),
        ("Tags", Value::list(tags)),
    ]))
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Lang, Memory};
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;
    use crate::evaluate::{Options, evaluate};
    use crate::render::{Delivery, render};
    use crate::secrets::Secrets;
    use crate::subject::Subject;
    use crate::testing::app;

    const RULES: &str = r#"kind: ConfigMap
data:
  service.desktop: '{}'
  template.t: |
    message: |-
      {{(call .repo.GetCommitMetadata .app.status.sync.revision).Author}}
  trigger.by: |
    - when: repo.GetCommitMetadata(app.status.sync.revision).Author startsWith 'Zhang'
      send: [t]
  trigger.plain: |
    - {when: 'true', send: [t]}
  subscriptions: |
    - {recipients: [desktop], triggers: [by, plain]}
"#;
    const REVISION: &str = "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d";

    fn commit() -> CommitMetadata {
        CommitMetadata {
            author: "Zhang Wei <zw@example.com>".to_owned(),
            date: "2024-03-05T14:00:00Z".to_owned(),
            message: "fix".to_owned(),
            tags: vec!["v1".to_owned()],
        }
    }

    fn check(facts: &Facts, json: &str, memory: &Memory, expect: Expect) {
        let catalog = Catalog::parse(RULES, "n.yaml");
        assert!(!catalog.has_errors(), "{:?}", catalog.diagnostics());
        let subject = Subject::parse(json, None).expect("app").with_facts(Arc::new(facts.clone()));
        let found = evaluate(&catalog, memory, &subject, 0, Options::default());
        let mut out = format!("wants {:?}, changes {:?}\n", subject.wants(), found.changes);
        for intent in &found.intents {
            let made =
                render(&catalog, &subject, Delivery::of(intent, false, "", Lang::En), &Secrets::Masked, 0);
            let made = made.map(|made| made.payload);
            out += &format!("{}: {made:?}\n", intent.trigger);
        }
        out += &format!("{:?}\nwants {:?}, failed {}\n", found.errors, subject.wants(), subject.asks_again());
        expect.assert_eq(&out);
    }

    #[test]
    fn what_is_not_known_is_wanted_and_changes_nothing() {
        let known = Memory { known: true, ..Memory::default() };
        let want = Want::Commit {
            repo: "https://github.com/example/guestbook.git".to_owned(),
            revision: REVISION.to_owned(),
            source_index: None,
        };
        let app = app(json!({}));
        check(
            &Facts::new(),
            &app,
            &known,
            expect![[r#"
                wants {Commit { repo: "https://github.com/example/guestbook.git", revision: "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d", source_index: None }}, changes [Insert { key: "plain:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:desktop:", at_ms: 0 }]
                plain: Err(Render { template: "t", detail: "n.yaml:6:10: executing \"t\" at <call .repo.GetCommitMetadata .app.status.sync.revision>: error calling call: commit metadata of 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d is not known here" })
                []
                wants {Commit { repo: "https://github.com/example/guestbook.git", revision: "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d", source_index: None }}, failed false
            "#]],
        );
        check(
            &[(want.clone(), Ok(Fact::Commit(commit())))].into(),
            &app,
            &known,
            expect![[r#"
            wants {}, changes [Insert { key: "by:[0]._7UiuOGD4Y2kSIiGdPrLzUKwUtc:desktop:", at_ms: 0 }, Insert { key: "plain:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:desktop:", at_ms: 0 }]
            by: Ok(Desktop { title: "guestbook: Degraded, OutOfSync, Sync Failed", body: "Zhang Wei <zw@example.com>", url: "" })
            plain: Ok(Desktop { title: "guestbook: Degraded, OutOfSync, Sync Failed", body: "Zhang Wei <zw@example.com>", url: "" })
            []
            wants {}, failed false
        "#]],
        );
        check(
            &[(want, Err("HTTP 500".to_owned()))].into(),
            &app,
            &known,
            expect![[r#"
            wants {}, changes [Insert { key: "plain:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:desktop:", at_ms: 0 }]
            plain: Err(Render { template: "t", detail: "n.yaml:6:10: executing \"t\" at <call .repo.GetCommitMetadata .app.status.sync.revision>: error calling call: commit metadata of 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d cannot be had: HTTP 500" })
            [RuleError { trigger: "by", condition_index: 0, problem: File { file: "n.yaml", line: 8, column: 18, detail: "commit metadata of 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d cannot be had: HTTP 500" } }]
            wants {}, failed true
        "#]],
        );
        // A condition that is not known is neither true nor over.
        let catalog = Catalog::parse(RULES, "n.yaml");
        let key = format!("by:{}:desktop:", catalog.triggers()["by"].conditions[0].key);
        let sent = Memory { known: true, keys: [(key, 1)].into() };
        check(
            &Facts::new(),
            &app,
            &sent,
            expect![[r#"
                wants {Commit { repo: "https://github.com/example/guestbook.git", revision: "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d", source_index: None }}, changes [Insert { key: "plain:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:desktop:", at_ms: 0 }]
                plain: Err(Render { template: "t", detail: "n.yaml:6:10: executing \"t\" at <call .repo.GetCommitMetadata .app.status.sync.revision>: error calling call: commit metadata of 9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d is not known here" })
                []
                wants {Commit { repo: "https://github.com/example/guestbook.git", revision: "9f2c1d7be0a34c5d8e6f7a8b9c0d1e2f3a4b5c6d", source_index: None }}, failed false
            "#]],
        );
    }

    #[test]
    fn the_source_of_a_revision_is_found() {
        let several = json!({
            "spec": {"sources": [{"repoURL": "https://a"}, {"repoURL": "https://b"}]},
            "status": {
                "sync": {"revisions": ["1.2.3", "abc"]},
                "operationState": {"syncResult": {"revisions": ["1.2.2", "def"]}},
            },
        });
        let single = json!({"spec": {"source": {"repoURL": "https://a"}}});
        let cases = [
            (&several, "abc", Ok(("https://b", Some(1)))),
            (&several, "1.2.3", Ok(("https://a", Some(0)))),
            (&several, "def", Ok(("https://b", Some(1)))),
            (&several, "xyz", Err("revision xyz is of none of the application's sources")),
            (&single, "abc", Ok(("https://a", None))),
            (&single, "", Err("GetCommitMetadata needs a revision")),
        ];
        for (app, revision, expected) in cases {
            let app = Value::from_json_str(&app.to_string()).expect("JSON");
            let found = want(&app, revision.to_owned());
            let found = found.as_ref().map_err(String::as_str).map(|want| match want {
                Want::Commit { repo, source_index, .. } => (repo.as_str(), *source_index),
                Want::Details { .. } => panic!("{want:?}"),
            });
            assert_eq!(found, expected, "{revision}");
        }
    }
}
