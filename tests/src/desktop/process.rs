//! Programs that end with the value that stands for them, with all their children.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How long a program may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(6);

/// How long when its value is dropped. Enough for Xvfb to remove its lock file.
const MOMENT: Duration = Duration::from_millis(500);

/// A program in a process group of its own. Dropping it ends the whole group; should the test itself be killed, the
/// kernel ends the program (`setpriv --pdeathsig`, part of Debian's essential util-linux).
pub(super) struct Process {
    name: String,
    child: Child,
    over: Option<ExitStatus>,
}

impl Process {
    /// Starts `command`; what it prints goes to `log`.
    pub(super) fn start(command: Command, log: &Path) -> Result<Process> {
        Ok(Process::with(command, log, Stdio::null(), None)?.0)
    }

    /// Starts `command` with `input` on its stdin.
    pub(super) fn start_with_input(command: Command, log: &Path, input: &[u8]) -> Result<Process> {
        let (mut process, _) = Process::with(command, log, Stdio::piped(), None)?;
        let stdin: Option<ChildStdin> = process.child.stdin.take();
        stdin.context("no stdin")?.write_all(input)?;
        Ok(process)
    }

    /// Starts `command` and gives back its stdout; only stderr goes to `log`.
    pub(super) fn start_with_output(command: Command, log: &Path) -> Result<(Process, ChildStdout)> {
        let (process, stdout) = Process::with(command, log, Stdio::null(), Some(Stdio::piped()))?;
        Ok((process, stdout.context("no stdout")?))
    }

    fn with(
        command: Command,
        log: &Path,
        stdin: Stdio,
        stdout: Option<Stdio>,
    ) -> Result<(Process, Option<ChildStdout>)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let log = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut bound = bound_to_this_thread(&command);
        bound.stdin(stdin).stdout(stdout.map_or_else(|| log.try_clone().map(Stdio::from), Ok)?).stderr(log);
        let mut child = bound.process_group(0).spawn().with_context(|| format!("cannot start {name}"))?;
        let stdout = child.stdout.take();
        Ok((Process { name, child, over: None }, stdout))
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// File names of the other programs in its group.
    pub(super) fn others(&self) -> Result<Vec<String>> {
        let others = group(self.id())?.into_iter().filter(|(id, _)| *id != self.id());
        Ok(others.map(|(_, name)| name).collect())
    }

    /// How it ended, if it has.
    pub(super) fn status(&mut self) -> Result<Option<ExitStatus>> {
        if self.over.is_none() {
            self.over = self.child.try_wait().with_context(|| format!("cannot ask after {}", self.name))?;
        }
        Ok(self.over)
    }

    /// Asks it to end, waits, and kills it when it does not.
    pub(super) async fn stop(mut self) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if let Some(status) = self.status()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.signal(Signal::SIGKILL);
        self.child.wait().with_context(|| format!("cannot wait for {}", self.name))
    }

    fn signal(&self, signal: Signal) {
        // The group may be gone already.
        let _ = killpg(Pid::from_raw(self.child.id().cast_signed()), signal);
    }
}

/// Numbers and file names of the programs in the process group that `leader` began.
pub(super) fn group(leader: u32) -> Result<Vec<(u32, String)>> {
    let mut programs = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // Processes end while we look.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let group = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)).map(str::parse);
        if group == Some(Ok(leader)) {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let program = line.split(|byte| *byte == 0).next().unwrap_or_default();
            let program = String::from_utf8_lossy(program).into_owned();
            // A program that has ended and waits for its parent has no command line.
            if !program.is_empty() {
                programs.push((id, program.rsplit('/').next().unwrap_or_default().to_owned()));
            }
        }
    }
    Ok(programs)
}

impl Drop for Process {
    /// Waits only a moment, because it blocks the thread: whoever needs an orderly end calls [`Process::stop`].
    #[expect(clippy::disallowed_methods, reason = "drop cannot wait asynchronously")]
    fn drop(&mut self) {
        self.signal(Signal::SIGTERM);
        let asked = Instant::now();
        while asked.elapsed() < MOMENT && !matches!(self.status(), Ok(Some(_))) {
            thread::sleep(Duration::from_millis(5));
        }
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// The same command, ended by the kernel when the thread that starts it is.
fn bound_to_this_thread(command: &Command) -> Command {
    let mut bound = Command::new("setpriv");
    bound.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}
