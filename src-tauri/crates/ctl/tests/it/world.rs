//! A server, a group, both folders, and `dinghyctl` started on them.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "watches another process; nothing here is async"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use dinghy_demo::{Account, App, ArgoCd, ArgoCdOptions, DingTalk, DingTalkOptions, Robot};

/// Time enough for anything on loopback, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// When the applications were made.
pub(crate) const NOON_MS: i64 = 1_700_000_000_000;
/// The group's name.
pub(crate) const GROUP: &str = "release";

/// What a finished call left.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// Exit code, stdout and stderr for comparing, with the folder's name taken out.
    pub(crate) fn told(&self, world: &World) -> String {
        let root = world.root.path().display().to_string();
        format!("{}\n{}{}", self.code, self.out, self.err).replace(&root, "DIR")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

pub(crate) struct World {
    pub(crate) argocd: ArgoCd,
    pub(crate) dingtalk: DingTalk,
    pub(crate) token: String,
    pub(crate) webhook: String,
    pub(crate) root: tempfile::TempDir,
}

impl World {
    /// A server with one healthy application `web`, a robot, and settings that follow them:
    /// the token comes from the environment, the webhook from a command.
    pub(crate) fn new() -> Self {
        let accounts = vec![Account::new("admin").password("admin-password"), Account::new("dinghy")];
        let argocd =
            ArgoCd::start(ArgoCdOptions { accounts, ..ArgoCdOptions::default() }).expect("an Argo CD");
        argocd.put(App::new("web").build(NOON_MS));
        let dingtalk = DingTalk::start(DingTalkOptions::default()).expect("a DingTalk");
        let webhook = dingtalk.add_robot(Robot::new(GROUP));
        let token = argocd.token("dinghy");
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["config", "data", "secret"] {
            fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        let world = Self { argocd, dingtalk, token, webhook, root };
        world.write("secret/webhook", &world.webhook);
        world.settings("");
        world
    }

    /// settings.toml: the server `prod`, and more lines after it.
    pub(crate) fn settings(&self, more: &str) {
        let text = format!(
            "[[servers]]\nname = \"prod\"\nurl = \"{}\"\nauth = \"token\"\n\n\
             [events]\nfirst_contact = \"send\"\n\n\
             [secrets]\n\"server.prod\" = {{ env = \"TEST_TOKEN\" }}\n\
             \"dingtalk-url\" = {{ command = [\"cat\", \"{}\"] }}\n{more}",
            self.argocd.url(),
            self.path("secret/webhook").display(),
        );
        self.write("config/settings.toml", &text);
    }

    /// The manifest that a published guide teaches, with this robot's address.
    pub(crate) fn guide(&self) -> String {
        let manifest = include_str!("../../../../../tests/data/configmaps/markdown-zh-cn.yaml");
        let start = manifest.find("https://oapi.dingtalk.com").expect("an address");
        let end = start + manifest[start..].find('\n').expect("its end");
        format!("{}{}{}", &manifest[..start], self.webhook, &manifest[end..])
    }

    pub(crate) fn rules(&self, text: &str) {
        self.write("config/notifications.yaml", text);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinghyctl"));
        command
            .args(args)
            .current_dir(self.root.path())
            .env_remove("LC_ALL")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", "UTC")
            .env("TEST_TOKEN", &self.token)
            .env("DINGHY_CONFIG_DIR", self.path("config"))
            .env("DINGHY_DATA_DIR", self.path("data"))
            // No keychain, whatever the machine has.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn ctl(&self, args: &[&str]) -> Done {
        finish(self.command(args).spawn().expect("dinghyctl"), "")
    }

    pub(crate) fn ctl_with(&self, args: &[&str], stdin: &str) -> Done {
        finish(self.command(args).stdin(Stdio::piped()).spawn().expect("dinghyctl"), stdin)
    }

    /// Starts a command that goes on.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        Running::new(self.command(args).spawn().expect("dinghyctl"))
    }

    /// Bodies that the group shows.
    pub(crate) fn shown(&self) -> Vec<String> {
        let messages = self.dingtalk.messages(GROUP).into_iter().filter(|message| message.shown);
        messages.map(|message| String::from_utf8(message.body).expect("text")).collect()
    }
}

fn finish(mut child: Child, stdin: &str) -> Done {
    if let Some(mut pipe) = child.stdin.take() {
        // A program that does not read it may be gone already.
        let _ = pipe.write_all(stdin.as_bytes());
    }
    let output = child.wait_with_output().expect("an end");
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A command that goes on; killed when dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    fn new(mut child: Child) -> Self {
        let (sender, lines) = channel();
        let forward = |pipe: Box<dyn Read + Send>, sender: Sender<String>| {
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        };
        forward(Box::new(child.stdout.take().expect("stdout")), sender.clone());
        forward(Box::new(child.stderr.take().expect("stderr")), sender);
        Self { child, lines, seen: Vec::new() }
    }

    /// Waits for a line of stdout or stderr that contains this.
    #[track_caller]
    pub(crate) fn line(&mut self, wanted: &str) -> String {
        let until = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.seen.push(line.clone());
            if line.contains(wanted) {
                return line;
            }
        }
        panic!("never printed: {wanted}; but {:?}", self.seen);
    }

    /// Asks it to stop as the system does, and gives exit code, how long it took, and everything printed.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (i32, Duration, String) {
        let started = Instant::now();
        let kill = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(kill.is_ok_and(|status| status.success()));
        let status = self.child.wait().expect("an end");
        let took = started.elapsed();
        self.seen.extend(self.lines.iter());
        (status.code().unwrap_or(-1), took, self.seen.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds; panics when it never does.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] })
        .collect()
}
