//! Applications as the API gives them: in order and healthy, to be changed by what happens.

use serde_json::{Value, json};

use super::dice::Dice;
use crate::clock::rfc3339;

/// What an application is made from. [`App::build`] gives one that is synced and healthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `spec.project`.
    pub project: String,
    /// Label `env`, and the folder of its values.
    pub env: String,
    /// What it is, in words.
    pub about: String,
    /// Where it comes from.
    pub source: Source,
    /// It is synced by itself.
    pub automated: bool,
    /// How many workloads it has: its size. 1 makes about 7 KB of JSON, 4 about 15 KB.
    pub workloads: usize,
}

/// Where an application comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder of manifests in Git.
    Folder,
    /// A Helm chart in Git.
    Helm,
    /// A chart from a chart repository and its values from Git: two sources.
    Multi,
}

impl App {
    /// A Helm application in `argocd`, project `default`, synced by itself.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            namespace: "argocd".to_owned(),
            project: "default".to_owned(),
            env: "prod".to_owned(),
            about: String::new(),
            source: Source::Helm,
            automated: true,
            workloads: 1,
        }
    }

    /// `n` applications of about 15 KB each, for benchmarks: `app-00000` and on, in 20 projects.
    pub fn many(n: usize) -> impl Iterator<Item = Value> {
        (0..n).map(|number| {
            let app = Self {
                project: format!("project-{:02}", number % 20),
                source: [Source::Helm, Source::Folder, Source::Helm, Source::Multi][number % 4],
                workloads: 4,
                ..Self::new(&format!("app-{number:05}"))
            };
            app.build(1_700_000_000_000)
        })
    }

    /// The object, last deployed some hours before `now_ms`. The same for the same values.
    pub fn build(&self, now_ms: i64) -> Value {
        let mut dice = Dice::of(&format!("{}/{}", self.namespace, self.name));
        let created_ms = now_ms - dice.between(90, 700) * 86_400_000;
        let deployed_ms = now_ms - dice.between(2 * 3_600_000, 80 * 3_600_000);
        let revision = dice.revision();
        let sources = self.sources();
        let resources = self.resources();
        let destination = self.destination();
        let history = self.history(&mut dice, &revision, deployed_ms);
        let mut app = json!({
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": dice.uid(),
                "generation": dice.between(40, 900),
                "creationTimestamp": rfc3339(created_ms),
                "labels": {
                    "env": self.env,
                    "team": self.project,
                    "app.kubernetes.io/instance": format!("{}-root", self.project),
                    "app.kubernetes.io/part-of": self.project,
                },
                "annotations": {
                    "argocd.argoproj.io/tracking-id": format!("{}-root:argoproj.io/Application:{}/{}", self.project, self.namespace, self.name),
                    "yunhe.example/about": self.about,
                    "link.argocd.argoproj.io/external-link": format!("https://grafana.yunhe.example/d/apps?var-app={}&var-env={}", self.name, self.env),
                },
                "finalizers": ["resources-finalizer.argocd.argoproj.io"],
                "managedFields": [
                    {
                        "manager": "argocd-controller", "operation": "Apply", "apiVersion": "argoproj.io/v1alpha1",
                        "time": rfc3339(created_ms), "fieldsType": "FieldsV1",
                        "fieldsV1": {"f:metadata": {"f:annotations": {"f:yunhe.example/about": {}}, "f:finalizers": {"v:\"resources-finalizer.argocd.argoproj.io\"": {}}, "f:labels": {"f:env": {}, "f:team": {}}}, "f:spec": {"f:destination": {}, "f:project": {}, "f:syncPolicy": {}}},
                    },
                    {
                        "manager": "argocd-application-controller", "operation": "Update", "apiVersion": "argoproj.io/v1alpha1",
                        "time": rfc3339(deployed_ms), "fieldsType": "FieldsV1",
                        "fieldsV1": {"f:status": {".": {}, "f:health": {}, "f:history": {}, "f:operationState": {}, "f:resources": {}, "f:summary": {}, "f:sync": {}}},
                    },
                ],
            },
            "spec": {
                "destination": destination,
                "project": self.project,
                "syncPolicy": {
                    "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"],
                    "retry": {"limit": 3, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m0s"}},
                },
                "revisionHistoryLimit": 10,
            },
            "status": {
                "controllerNamespace": "argocd",
                "resourceHealthSource": "appTree",
                "reconciledAt": rfc3339(now_ms - dice.between(5_000, 170_000)),
                "resources": resources,
                "history": history,
                "health": {"status": "Healthy", "lastTransitionTime": rfc3339(deployed_ms + 31_000)},
                "sync": {"status": "Synced", "comparedTo": {"destination": destination}},
                "summary": {"images": self.images(&revision)},
                "operationState": {
                    "operation": {
                        "initiatedBy": {"automated": self.automated},
                        "sync": {"prune": true, "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"]},
                        "retry": {"limit": 3},
                    },
                    "phase": "Succeeded",
                    "message": "successfully synced (all tasks run)",
                    "syncResult": {"resources": self.results()},
                    "startedAt": rfc3339(deployed_ms),
                    "finishedAt": rfc3339(deployed_ms + 6_000),
                },
            },
        });
        if self.automated {
            app["spec"]["syncPolicy"]["automated"] = json!({"prune": true, "selfHeal": true});
        } else {
            app["status"]["operationState"]["operation"]["initiatedBy"] = json!({"username": "liuyang"});
        }
        let place = |app: &mut Value, key: &str, value: &Value| {
            app["spec"][key] = value.clone();
            app["status"]["sync"]["comparedTo"][key] = value.clone();
            app["status"]["operationState"]["syncResult"][key] = value.clone();
        };
        match sources.as_slice() {
            [source] => {
                place(&mut app, "source", source);
                app["status"]["sourceType"] =
                    json!(if self.source == Source::Helm { "Helm" } else { "Directory" });
            }
            several => {
                place(&mut app, "sources", &json!(several));
                app["status"]["sourceTypes"] = json!(["Helm", "Directory"]);
            }
        }
        for part in
            ["/status/sync", "/status/operationState/operation/sync", "/status/operationState/syncResult"]
        {
            set_revision(&mut app, part, &revision);
        }
        app
    }

    fn destination(&self) -> Value {
        json!({"server": "https://kubernetes.default.svc", "namespace": format!("{}-{}", self.project, self.env)})
    }

    fn sources(&self) -> Vec<Value> {
        let repo = format!("https://git.yunhe.example/{}/deploy.git", self.project);
        let path = format!("apps/{}", self.name);
        let parameters = json!([{"name": "image.tag", "value": "stable", "forceString": true}, {"name": "replicaCount", "value": "3"}]);
        match self.source {
            Source::Folder => vec![
                json!({"repoURL": repo, "path": format!("{path}/overlays/{}", self.env), "targetRevision": "main"}),
            ],
            Source::Helm => vec![json!({
                "repoURL": repo, "path": path, "targetRevision": "main",
                "helm": {"releaseName": self.name, "valueFiles": ["values.yaml", format!("values-{}.yaml", self.env)], "parameters": parameters},
            })],
            Source::Multi => vec![
                json!({
                    "repoURL": "https://charts.yunhe.example/stable", "chart": self.name, "targetRevision": "2.4.1",
                    "helm": {"valueFiles": [format!("$values/{path}/values-{}.yaml", self.env)]},
                }),
                json!({"repoURL": repo, "targetRevision": "main", "ref": "values"}),
            ],
        }
    }

    /// Group, version, kind and name of everything it consists of.
    fn parts(&self) -> Vec<(&'static str, &'static str, &'static str, String)> {
        let mut parts = vec![("", "v1", "ServiceAccount", self.name.clone())];
        for number in 0..self.workloads.max(1) {
            let name = if number == 0 { self.name.clone() } else { format!("{}-worker-{number}", self.name) };
            parts.push(("", "v1", "ConfigMap", format!("{name}-config")));
            parts.push(("", "v1", "Service", name.clone()));
            parts.push(("apps", "v1", "Deployment", name.clone()));
            parts.push(("autoscaling", "v2", "HorizontalPodAutoscaler", name.clone()));
            parts.push(("networking.k8s.io", "v1", "Ingress", name));
        }
        parts
    }

    fn resources(&self) -> Value {
        let namespace = format!("{}-{}", self.project, self.env);
        let resource = |(group, version, kind, name): (&str, &str, &str, String)| {
            let mut resource = json!({"version": version, "kind": kind, "namespace": namespace, "name": name, "status": "Synced"});
            if !group.is_empty() {
                resource["group"] = json!(group);
            }
            if !matches!(kind, "ConfigMap" | "ServiceAccount") {
                resource["health"] = json!({"status": "Healthy"});
            }
            resource
        };
        self.parts().into_iter().map(resource).collect()
    }

    fn results(&self) -> Value {
        let namespace = format!("{}-{}", self.project, self.env);
        let result = |(group, version, kind, name): (&str, &str, &str, String)| {
            let message = format!(
                "{}{}/{name} serverside-applied",
                kind.to_lowercase(),
                if group.is_empty() { String::new() } else { format!(".{group}") }
            );
            json!({
                "group": group, "version": version, "kind": kind, "namespace": namespace, "name": name,
                "status": "Synced", "message": message, "hookPhase": "Running", "syncPhase": "Sync",
            })
        };
        self.parts().into_iter().map(result).collect()
    }

    fn images(&self, revision: &str) -> Value {
        json!([image(&self.project, &self.name, revision), "registry.yunhe.example/base/otel-agent:0.98.0"])
    }

    fn history(&self, dice: &mut Dice, revision: &str, deployed_ms: i64) -> Value {
        let length = if self.workloads > 1 { 8 } else { 3 };
        let first = dice.between(20, 400);
        let entry = |number: i64, revision: String, at_ms: i64| {
            let mut entry = json!({
                "id": first + number,
                "deployStartedAt": rfc3339(at_ms),
                "deployedAt": rfc3339(at_ms + 6_000),
                "initiatedBy": if self.automated { json!({"automated": true}) } else { json!({"username": "liuyang"}) },
            });
            match self.sources().as_slice() {
                [source] => {
                    entry["source"] = source.clone();
                    entry["revision"] = json!(revision);
                }
                several => {
                    entry["sources"] = json!(several);
                    entry["source"] = json!({"repoURL": ""});
                    entry["revisions"] = json!(["2.4.1", revision]);
                }
            }
            entry
        };
        (0..length)
            .map(|number| {
                let back = length - 1 - number;
                let revision = if back == 0 { revision.to_owned() } else { dice.revision() };
                entry(number, revision, deployed_ms - back * 93_600_000)
            })
            .collect()
    }
}

/// The image that a revision is built into.
pub(super) fn image(project: &str, name: &str, revision: &str) -> String {
    format!("registry.yunhe.example/{project}/{name}:{}", revision.get(..8).unwrap_or(revision))
}

/// Writes a revision into a part of an application: `revision`, or `revisions` with several sources.
pub(super) fn set_revision(app: &mut Value, part: &str, revision: &str) {
    let several = app["spec"].get("sources").is_some();
    if let Some(part) = app.pointer_mut(part) {
        match several {
            true => part["revisions"] = json!(["2.4.1", revision]),
            false => part["revision"] = json!(revision),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_real_applications() {
        let one = App::new("web").build(1_700_000_000_000).to_string().len();
        assert!((6_000..9_000).contains(&one), "{one}");
        for app in App::many(8) {
            let length = app.to_string().len();
            assert!((13_000..18_000).contains(&length), "{length}");
        }
    }

    #[test]
    fn several_sources_have_several_revisions() {
        let app = App { source: Source::Multi, ..App::new("web") }.build(0);
        for part in ["/status/sync", "/status/operationState/syncResult"] {
            let part = app.pointer(part).cloned().unwrap_or_default();
            assert_eq!(part["revisions"].as_array().map(Vec::len), Some(2));
            assert!(part.get("revision").is_none());
        }
        assert!(app["spec"].get("source").is_none());
    }
}
