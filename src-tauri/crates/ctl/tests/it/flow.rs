//! Events that flow through the real process, each with a word of its own, and whether each arrived once.
//!
//! Every application has at most one event on its way: its next one is made when the last has arrived. So nothing may
//! be skipped, whatever happens to the process, the servers or the robots meanwhile.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "watches another process; nothing here is async")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dinghy_demo::{App, ArgoCd, ArgoCdOptions, DingTalk, DingTalkOptions, Robot};
use serde_json::Value;

use crate::world::{NOON_MS, files};

/// Two servers or one, groups, and applications that have events.
pub(crate) struct Flow {
    pub(crate) servers: Vec<ArgoCd>,
    pub(crate) dingtalk: DingTalk,
    /// The token of each group's robot.
    pub(crate) tokens: Vec<String>,
    apps: usize,
    /// Words of the events that were made.
    due: BTreeSet<String>,
    /// Words that were shown, and how often.
    shown: BTreeMap<String, usize>,
    /// The last event of each application that was made.
    last: Vec<usize>,
    seen: usize,
    /// Events that an application has, at most.
    pub(crate) most: usize,
    /// Digests among what was shown.
    pub(crate) digests: usize,
    pub(crate) root: tempfile::TempDir,
}

impl Flow {
    /// Applications are dealt out to servers and groups in turn.
    pub(crate) fn new(servers: usize, groups: usize, apps: usize) -> Self {
        let servers: Vec<ArgoCd> =
            (0..servers).map(|_| ArgoCd::start(ArgoCdOptions::default()).expect("an Argo CD")).collect();
        let dingtalk = DingTalk::start(DingTalkOptions::default()).expect("a DingTalk");
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["config", "data"] {
            fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        let (mut settings, mut secrets) = (String::new(), String::from("\n[secrets]\n"));
        for (number, server) in servers.iter().enumerate() {
            let url = server.url();
            let _ = write!(
                settings,
                "[[servers]]\nname = \"s{number}\"\nurl = \"{url}\"\npoll_interval = \"1s\"\n\n"
            );
            let _ = writeln!(secrets, "\"server.s{number}\" = {{ env = \"TOKEN_{number}\" }}");
        }
        let mut rules = String::from("data:\n");
        let mut tokens = Vec::new();
        let mut subscriptions = String::from("  subscriptions: |\n");
        let mut bodies = String::new();
        for group in 0..groups {
            let url = dingtalk.add_robot(Robot::new(&format!("g{group}")));
            tokens.push(url.rsplit('=').next().expect("a token").to_owned());
            let _ = writeln!(secrets, "url-{group} = {{ env = \"URL_{group}\" }}");
            let _ = write!(rules, "  service.webhook.g{group}: |\n    url: $url-{group}\n");
            let _ = writeln!(
                subscriptions,
                "    - {{recipients: [g{group}], triggers: [on-deployed], selector: group=g{group}}}"
            );
            let body = r#"{"msgtype":"text","text":{"content":"{{.app.metadata.name}} at {{.app.status.sync.revision}}"}}"#;
            let _ = writeln!(bodies, "      g{group}: {{method: POST, body: '{body}'}}");
        }
        rules.push_str(
            "  trigger.on-deployed: |\n    - {when: app.status.operationState.phase == 'Succeeded', oncePer: app.status.sync.revision, send: [deployed]}\n",
        );
        let _ = write!(rules, "  template.deployed: |\n    webhook:\n{bodies}{subscriptions}");
        settings.push_str("[events]\nfirst_contact = \"send\"\n[delivery]\nstale_after = \"1m\"\n");
        fs::write(root.path().join("config/settings.toml"), settings + &secrets).expect("a file");
        fs::write(root.path().join("config/notifications.yaml"), rules).expect("a file");
        let mut flow = Self {
            servers,
            dingtalk,
            tokens,
            apps,
            due: BTreeSet::new(),
            shown: BTreeMap::new(),
            last: vec![0; apps],
            seen: 0,
            most: usize::MAX,
            digests: 0,
            root,
        };
        for app in 0..apps {
            flow.put(app, groups);
        }
        flow
    }

    fn put(&mut self, app: usize, groups: usize) {
        let mut value = App::new(&name(app)).build(NOON_MS);
        value["metadata"]["labels"]["group"] = format!("g{}", app % groups).into();
        value["status"]["sync"]["revision"] = "r0".into();
        self.servers[app % self.servers.len()].put(value);
        self.due.insert(format!("{} at r0", name(app)));
    }

    /// The process under test: `dinghyctl run`, its output appended to `log`.
    pub(crate) fn start(&self) -> Child {
        let log = || {
            let file = File::options().create(true).append(true).open(self.log()).expect("a log");
            Stdio::from(file)
        };
        self.command(&["run"]).stdout(log()).stderr(log()).spawn().expect("dinghyctl")
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinghyctl"));
        command
            .args(args)
            .env("DINGHY_CONFIG_DIR", self.root.path().join("config"))
            .env("DINGHY_DATA_DIR", self.root.path().join("data"))
            .env("DINGHY_LOG", "debug,hyper_util=info")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(Stdio::null());
        for (number, server) in self.servers.iter().enumerate() {
            command.env(format!("TOKEN_{number}"), server.token("admin"));
        }
        for (number, token) in self.tokens.iter().enumerate() {
            let url = format!("{}/robot/send?access_token={token}", self.dingtalk.url());
            command.env(format!("URL_{number}"), url);
        }
        command
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.path().join("log")
    }

    /// Notes what was shown since it was last called, and makes the next event of those applications whose last one
    /// has arrived, at most `most` of them.
    pub(crate) fn turn(&mut self, most: usize) {
        self.look();
        let arrived = (0..self.apps)
            .filter(|app| self.last[*app] + 1 < self.most && self.shown.contains_key(&self.word(*app)));
        let arrived: Vec<usize> = arrived.take(most).collect();
        for app in arrived {
            self.last[app] += 1;
            self.due.insert(self.word(app));
            let revision = format!("r{}", self.last[app]);
            let server = &self.servers[app % self.servers.len()];
            let edited =
                server.edit("argocd", &name(app), |app| app["status"]["sync"]["revision"] = revision.into());
            assert!(edited, "no application {app}");
        }
    }

    /// Notes what was shown since the last look.
    pub(crate) fn look(&mut self) {
        let (new, total) = self.dingtalk.requests_after(self.seen);
        assert!(total - self.seen <= new.len(), "looked too late: some requests are forgotten");
        self.seen = total;
        for received in new.iter().filter(|received| received.shown) {
            let json = received.json.clone().unwrap_or_default();
            let is_digest = json["msgtype"] == "markdown";
            self.digests += usize::from(is_digest);
            for word in words(&json) {
                *self.shown.entry(word).or_default() += 1;
            }
        }
    }

    fn word(&self, app: usize) -> String {
        format!("{} at r{}", name(app), self.last[app])
    }

    /// Events that were made and that no group has shown yet.
    pub(crate) fn missing(&self) -> Vec<&String> {
        self.due.iter().filter(|word| !self.shown.contains_key(*word)).collect()
    }

    /// Waits until nothing is missing; then every event was shown once and there is no other.
    #[track_caller]
    pub(crate) fn settle(&mut self, patience: Duration) {
        let end = Instant::now() + patience;
        self.look();
        while !self.missing().is_empty() {
            assert!(Instant::now() < end, "never arrived: {:?}\n{}", self.missing(), self.log_end());
            std::thread::sleep(Duration::from_millis(50));
            self.look();
        }
        // What is sent a second time would come with the next look of the courier.
        std::thread::sleep(Duration::from_millis(300));
        self.look();
        let twice: Vec<_> = self.shown.iter().filter(|(_, times)| **times != 1).collect();
        assert!(twice.is_empty(), "shown more than once: {twice:?}");
        let shown: BTreeSet<String> = self.shown.keys().cloned().collect();
        assert_eq!(shown, self.due, "due and delivered are not the same");
    }

    pub(crate) fn count(&self) -> usize {
        self.due.len()
    }

    /// Events that groups have shown.
    pub(crate) fn shown(&self) -> usize {
        self.shown.len()
    }

    fn log_end(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let start = log.len().saturating_sub(3_000);
        log.get(start..).unwrap_or(&log).to_owned()
    }

    /// Files of the run that hold a token. There must be none.
    pub(crate) fn leaks(&self) -> Vec<PathBuf> {
        let servers = self.servers.iter().map(|server| server.token("admin"));
        let secrets: Vec<String> = self.tokens.iter().cloned().chain(servers).collect();
        let holds = |path: &PathBuf| {
            // What is no text stands in the way of no secret: those are ASCII.
            let content = fs::read(path).unwrap_or_default();
            let content = String::from_utf8_lossy(&content);
            secrets.iter().any(|secret| content.contains(secret.as_str()))
        };
        files(self.root.path()).into_iter().filter(holds).collect()
    }
}

fn name(app: usize) -> String {
    format!("app{app:04}")
}

/// The words of a message, or of every line of a digest.
fn words(json: &Value) -> Vec<String> {
    if let Some(text) = json["text"]["content"].as_str() {
        return vec![text.to_owned()];
    }
    let text = json["markdown"]["text"].as_str().unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("- "));
    // `- • 10:02 **app0001** (s0) app0001 at r3`
    lines.filter_map(|line| line.split_once(") ").map(|(_, words)| words.to_owned())).collect()
}
