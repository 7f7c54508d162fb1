//! The real `dinghyctl`, in a folder of its own and with nobody's settings.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::{Sandbox, ctl_binary};

/// What could make a test depend on who runs it.
const FOREIGN: [&str; 14] = [
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DINGHY_CONFIG_DIR",
    "DINGHY_DATA_DIR",
    "ARGOCD_AUTH_TOKEN",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

/// A `dinghyctl` with its own config and data folders. It speaks English and finds no keychain on Linux.
pub struct Ctl {
    binary: PathBuf,
    sandbox: Sandbox,
}

impl Ctl {
    /// In a fresh folder.
    pub fn new() -> Result<Ctl> {
        Ctl::of(&ctl_binary()?)
    }

    /// Another build of it, in a fresh folder.
    pub fn of(binary: &Path) -> Result<Ctl> {
        Ok(Ctl { binary: binary.to_path_buf(), sandbox: Sandbox::new()? })
    }

    /// Its folder, to write settings and rules into.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// One call, not made yet.
    pub fn args<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Call {
        let mut command = Command::new(&self.binary);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.current_dir(self.sandbox.path());
        command.env("HOME", self.sandbox.path()).env("LC_ALL", "en_US.UTF-8").env("NO_COLOR", "1");
        command.arg("--config-dir").arg(self.sandbox.config()).arg("--data-dir").arg(self.sandbox.data());
        command.args(args.into_iter().map(|arg| OsString::from(arg.as_ref())));
        Call { command, stdin: Vec::new() }
    }
}

/// A call that can be made once.
pub struct Call {
    command: Command,
    stdin: Vec<u8>,
}

impl Call {
    /// What stands on stdin; nothing otherwise.
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Call {
        self.stdin = text.into();
        self
    }

    /// An environment variable more.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Call {
        self.command.env(name, value);
        self
    }

    /// Makes the call and waits for its end.
    pub fn run(self) -> Result<Output> {
        self.start()?.wait()
    }

    /// Makes the call and does not wait: for `run` and `events --follow`.
    pub fn start(mut self) -> Result<Running> {
        let command = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start dinghyctl")?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may have ended without reading; that is its right.
            let _ = stdin.write_all(&self.stdin);
        }
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        Ok(Running { child, stdout, stderr })
    }
}

type Collected = Option<thread::JoinHandle<String>>;

fn collect(from: Option<impl Read + Send + 'static>) -> Collected {
    from.map(|mut from| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    })
}

/// A call under way. It is killed when the value goes away.
pub struct Running {
    child: Child,
    stdout: Collected,
    stderr: Collected,
}

impl Running {
    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as Ctrl-C does, and waits for its end.
    #[cfg(target_os = "linux")]
    pub fn stop(self) -> Result<Output> {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGINT)
            .context("cannot interrupt dinghyctl")?;
        self.wait()
    }

    /// Ends it without asking, as a power cut would, and gives back what it had said.
    pub fn kill(mut self) -> Result<Output> {
        self.child.kill().context("cannot kill dinghyctl")?;
        self.wait()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Result<Output> {
        let status = self.child.wait()?;
        let text = |collected: &mut Collected| match collected.take().map(thread::JoinHandle::join) {
            Some(Ok(text)) => Ok(text),
            _ => bail!("the output of dinghyctl was lost"),
        };
        Ok(Output { code: status.code(), stdout: text(&mut self.stdout)?, stderr: text(&mut self.stderr)? })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already over when waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// 0 done, 1 the answer is no or the work failed, 2 wrong usage; `None` when a signal ended it.
    pub code: Option<i32>,
    /// The data.
    pub stdout: String,
    /// The messages.
    pub stderr: String,
}

impl Output {
    /// The data of a call that had to work; its messages become the failure.
    pub fn ok(self) -> Result<String> {
        match self.code {
            Some(0) => Ok(self.stdout),
            code => bail!("dinghyctl ended with {code:?}\nstdout: {}\nstderr: {}", self.stdout, self.stderr),
        }
    }

    /// [`Output::ok`], read as JSON.
    pub fn json(self) -> Result<serde_json::Value> {
        let stdout = self.ok()?;
        serde_json::from_str(&stdout).with_context(|| format!("not JSON: {stdout}"))
    }
}
