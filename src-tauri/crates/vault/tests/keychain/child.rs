//! A process with its own environment and one vault in it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use dinghy_model::{Problem, Secret};
use dinghy_vault::{Vault, os_keychain};

use crate::desktop::Desktop;

const MARK: &str = "DINGHY_VAULT_CHILD";

/// The child, seen from the test.
pub(crate) struct Child {
    process: std::process::Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Child {
    /// On the bus of a desktop that has a screen.
    pub(crate) fn on(desktop: &Desktop) -> Self {
        Self::new(Some(&desktop.address), Some(":99"))
    }

    pub(crate) fn new(bus: Option<&str>, display: Option<&str>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child::the_child", "--ignored", "--nocapture", "--quiet"]);
        for (name, value) in [("DBUS_SESSION_BUS_ADDRESS", bus), ("DISPLAY", display)] {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // Without an address, a bus is looked for there.
        command.env_remove("XDG_RUNTIME_DIR").env_remove("WAYLAND_DISPLAY").env(MARK, "1");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, answers }
    }

    /// Has the child do something; gives what came of it: `done`, `secret …`, or the problem's name.
    pub(crate) fn ask(&mut self, what: &str) -> String {
        writeln!(self.process.stdin.as_mut().unwrap(), "{what}").unwrap();
        // The harness prints lines of its own.
        let line = (&mut self.answers).lines().map(Result::unwrap).find(|line| line.starts_with("= "));
        line.expect("the child ended")[2..].to_owned()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The child itself. Run by a person, it has nothing to do.
#[test]
#[ignore = "started by the other tests"]
fn the_child() {
    if std::env::var_os(MARK).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let vault = Vault::new(os_keychain(), Default::default());
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<_> = line.splitn(3, ' ').collect();
        let answer = runtime.block_on(async {
            match words[..] {
                ["get", name] => vault.get(name).await.map(|secret| format!("secret {}", secret.expose())),
                ["set", name, value] => vault.set(name, Secret::new(value)).await.map(|()| "done".to_owned()),
                ["delete", name] => vault.delete(name).await.map(|()| "done".to_owned()),
                ["forget", name] => {
                    vault.forget(name);
                    Ok("done".to_owned())
                }
                ["ask_again"] => {
                    vault.ask_again();
                    Ok("done".to_owned())
                }
                _ => panic!("not understood: {line}"),
            }
        });
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n= {}", answer.unwrap_or_else(|problem| name(&problem))).unwrap();
        out.flush().unwrap();
    }
}

/// The variant's name; with its words where they say what went wrong.
fn name(problem: &Problem) -> String {
    match problem {
        Problem::KeychainOther { detail } => format!("KeychainOther: {detail}"),
        problem => format!("{problem:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
    }
}
