//! A Dinghy in throw-away folders, with what it talks to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dinghy_api::wire::{EventFilter, EventRow, StatusView};
use dinghy_api::{Api, Dirs, Vault, memory_vault};
use dinghy_demo::{App, ArgoCd, ArgoCdOptions, DingTalk, DingTalkOptions, Received, Robot};
use dinghy_engine::{Engine, Follow, Options};
use dinghy_model::{Lang, Problem, Secret, ServerState, ServerStatus, Status};

/// How long something that must happen may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Rules that most tests live by: two triggers, one template for each, one group.
pub(crate) const RULES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.ops: |
    url: $ops-url
    headers: [{name: Content-Type, value: application/json}]
  trigger.on-degraded: |
    - when: app.status.health.status == 'Degraded'
      send: [degraded]
  trigger.on-deployed: |
    - when: app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'
      oncePer: app.status.sync.revision
      send: [deployed]
  template.degraded: |
    webhook:
      ops:
        method: POST
        body: |
          {"msgtype": "text", "text": {"content": "{{.app.metadata.name}} is {{.app.status.health.status}}"}}
  template.deployed: |
    webhook:
      ops:
        method: POST
        body: |
          {"msgtype": "text", "text": {"content": "{{.app.metadata.name}} at {{.app.status.sync.revision}}"}}
  subscriptions: |
    - recipients: [ops]
      triggers: [on-degraded, on-deployed]
"#;

/// The world around Dinghy and the folders it lives in. Secrets are the vault's.
pub(crate) struct House {
    pub(crate) dirs: Dirs,
    pub(crate) secrets: BTreeMap<String, String>,
    settings: String,
    _temp: tempfile::TempDir,
}

/// A running Dinghy.
pub(crate) struct Dinghy {
    pub(crate) api: Api,
    pub(crate) engine: Arc<Engine>,
}

impl House {
    /// Empty files, no secrets.
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder");
        let dirs = Dirs { config: temp.path().join("config"), data: temp.path().join("data") };
        dirs.create().expect("folders");
        Self { dirs, secrets: BTreeMap::new(), settings: String::new(), _temp: temp }
    }

    /// A house with [`RULES`], a server `prod` and a robot of the group `ops`.
    pub(crate) fn with(argocd: &ArgoCd, dingtalk: &DingTalk) -> Self {
        let mut house = Self::new();
        house.server("prod", argocd, "");
        house.secret("ops-url", &dingtalk.add_robot(Robot::new("ops")));
        house.rules(RULES);
        house
    }

    /// Adds a server with a token of `admin` and more lines of its table.
    pub(crate) fn server(&mut self, name: &str, argocd: &ArgoCd, more: &str) {
        self.secret(&format!("server.{name}"), &argocd.token("admin"));
        let url = argocd.url();
        self.add_settings(&format!(
            "[[servers]]\nname = \"{name}\"\nurl = \"{url}\"\nauth = \"token\"\n{more}\n"
        ));
    }

    pub(crate) fn secret(&mut self, name: &str, value: &str) {
        self.secrets.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn add_settings(&mut self, text: &str) {
        let settings = format!("{}{text}", self.settings);
        self.settings(&settings);
    }

    pub(crate) fn settings(&mut self, text: &str) {
        self.settings = text.to_owned();
        write(&self.dirs.settings(), text);
    }

    pub(crate) fn rules(&self, text: &str) {
        write(&self.dirs.rules(), text);
    }

    pub(crate) fn vault(&self) -> Vault {
        memory_vault(
            self.secrets.iter().map(|(name, value)| (name.clone(), Secret::new(value.as_str()))).collect(),
        )
    }

    pub(crate) fn options(&self, vault: Arc<Vault>) -> Options {
        Options {
            dirs: self.dirs.clone(),
            vault,
            open_url: Arc::new(|_| {}),
            demo: false,
            follow: Follow::Always,
            dry_run: false,
        }
    }

    /// Starts Dinghy.
    pub(crate) fn start(&self) -> Dinghy {
        self.try_start().expect("a start")
    }

    pub(crate) fn try_start(&self) -> Result<Dinghy, Problem> {
        self.start_over(Arc::new(self.vault()))
    }

    pub(crate) fn start_over(&self, vault: Arc<Vault>) -> Result<Dinghy, Problem> {
        let engine = Arc::new(Engine::start(self.options(vault.clone()))?);
        let api = Api::new(engine.clone(), self.dirs.clone(), vault, Lang::En, None);
        Ok(Dinghy { api, engine })
    }
}

/// As an editor does that writes in place.
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
}

impl Dinghy {
    /// Waits until the status is as wanted.
    #[track_caller]
    pub(crate) fn until<W>(&self, what: &str, wanted: W) -> impl Future<Output = Status> + use<W>
    where
        W: Fn(&Status) -> bool + Send,
    {
        let mut status = self.engine.status();
        let what = what.to_owned();
        let place = std::panic::Location::caller();
        async move {
            let found = tokio::time::timeout(PATIENCE, status.wait_for(wanted)).await;
            let found = found.ok().and_then(Result::ok).map(|status| status.clone());
            found
                .unwrap_or_else(|| panic!("{place}: waited for {what}; it is {:#?}", short(&status.borrow())))
        }
    }

    /// Waits until a server is in a state.
    #[track_caller]
    pub(crate) fn server_is(&self, name: &str, state: ServerState) -> impl Future<Output = ServerStatus> {
        let name = name.to_owned();
        let wanted = name.clone();
        let until = self.until(&format!("{name} to be {state:?}"), move |status| {
            server(status, &wanted).is_some_and(|server| server.state == state)
        });
        async move { server(&until.await, &name).expect("a server").clone() }
    }

    /// Waits until something holds that no status tells.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, holds: impl Fn(&Self) -> bool + Send) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let what = what.to_owned();
        async move {
            let waited = async {
                while !holds(self) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            if tokio::time::timeout(PATIENCE, waited).await.is_err() {
                panic!("{place}: waited for {what}; events: {:#?}", self.log());
            }
        }
    }

    /// The event log, oldest first, each as `trigger service: text detail`.
    pub(crate) fn log(&self) -> Vec<String> {
        let events = self.api.events(&EventFilter { limit: 1000, ..EventFilter::default() }).expect("events");
        events.iter().rev().map(line).collect()
    }

    pub(crate) fn view(&self) -> StatusView {
        self.api.status_view(true)
    }

    /// Stops it and lets go of the data folder.
    pub(crate) async fn stop(self) {
        self.api.stop().await;
    }
}

pub(crate) fn line(row: &EventRow) -> String {
    let EventRow { event, text, detail, .. } = row;
    format!("{} {}: {text} {detail}", event.trigger, event.service).trim().to_owned()
}

pub(crate) fn server<'a>(status: &'a Status, name: &str) -> Option<&'a ServerStatus> {
    status.servers.iter().find(|server| server.name.0 == name)
}

/// What failed tests show of a status.
fn short(status: &Status) -> Vec<String> {
    let servers = status.servers.iter().map(|server| {
        format!("{} {:?} {:?} {} apps", server.name, server.state, server.problem, server.apps.len())
    });
    let groups = status.groups.iter().map(|group| format!("{} {:?}", group.name, group.state));
    let queue = format!("waiting {}, refused {}", status.waiting, status.refused);
    servers.chain(groups).chain([queue]).chain(status.problems.iter().map(|p| format!("{p:?}"))).collect()
}

pub(crate) fn argocd() -> ArgoCd {
    ArgoCd::start(ArgoCdOptions::default()).expect("a server")
}

pub(crate) fn dingtalk() -> DingTalk {
    DingTalk::start(DingTalkOptions::default()).expect("a gateway")
}

/// Puts a healthy application.
pub(crate) fn put(argocd: &ArgoCd, name: &str) {
    argocd.put(App::new(name).build(dinghy_api::now_ms()));
}

pub(crate) fn health(argocd: &ArgoCd, name: &str, health: &str) {
    let done = argocd.edit("argocd", name, |app| app["status"]["health"]["status"] = health.into());
    assert!(done, "no application {name}");
}

/// The texts a group shows, in order, once there are so many.
pub(crate) async fn texts(dingtalk: &DingTalk, group: &str, count: usize) -> Vec<String> {
    dingtalk.shown(group, count, PATIENCE).await.iter().map(text).collect()
}

/// The content of a text message.
pub(crate) fn text(received: &Received) -> String {
    let json = received.json.clone().unwrap_or_default();
    json["text"]["content"].as_str().unwrap_or_default().to_owned()
}

/// How many events a message tells of: one, or what a digest counts in its title.
pub(crate) fn told(received: &Received) -> usize {
    told_in(&received.json.clone().unwrap_or_default())
}

/// The same of a robot's message.
pub(crate) fn told_in(json: &serde_json::Value) -> usize {
    let title = json["markdown"]["title"].as_str().unwrap_or_default();
    let Some(rest) = title.strip_prefix("📋 汇总：") else { return 1 };
    rest.split(' ').next().and_then(|count| count.parse().ok()).expect("a count")
}
