//! Named steps, one after the other: each with its time, a sign of life while it is long, its output when it fails,
//! and a summary at the end. A failed step does not stop those that do not need it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::counts::{self, Counts};

/// Between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How much of a failed step's output is shown; all of it is in its log.
const SHOWN_LINES: usize = 400;

/// The steps run so far.
pub(crate) struct Steps {
    logs: PathBuf,
    started: Instant,
    done: Vec<Done>,
}

struct Done {
    name: &'static str,
    took: Duration,
    /// `None` when it could not be tried.
    passed: Option<bool>,
    detail: String,
    counts: Counts,
}

impl Steps {
    /// Keeps what each step prints in a file of its own under `logs`, which is emptied first.
    pub(crate) fn new(logs: PathBuf) -> Result<Steps> {
        if logs.exists() {
            fs::remove_dir_all(&logs).with_context(|| format!("cannot empty {}", logs.display()))?;
        }
        fs::create_dir_all(&logs).with_context(|| format!("cannot create {}", logs.display()))?;
        Ok(Steps { logs, started: Instant::now(), done: Vec::new() })
    }

    /// A step inside this process, after the steps that it `needs`. Its success is a sentence for the summary.
    pub(crate) fn check(
        &mut self,
        name: &'static str,
        needs: &[&str],
        check: impl FnOnce() -> Result<String>,
    ) {
        self.step(name, needs, |_| match check() {
            Ok(detail) => (true, detail, None),
            Err(error) => {
                println!("{error:#}");
                (false, "see above".to_owned(), None)
            }
        });
    }

    /// A step that runs another program, after the steps that it `needs`.
    pub(crate) fn command(&mut self, name: &'static str, needs: &[&str], command: &mut Command) {
        self.step(name, needs, |log| {
            println!("$ {}", command::line(command));
            let passed = watch(name, command, log).unwrap_or_else(|error| {
                println!("{error:#}");
                false
            });
            let output = fs::read(log).unwrap_or_default();
            let output = String::from_utf8_lossy(&output);
            let closing = counts::closing_lines(&output);
            if passed {
                closing.iter().for_each(|line| println!("{line}"));
            } else {
                show_end(&output, log);
            }
            let counts = counts::sum(&closing);
            let detail =
                counts.map_or_else(String::new, |c| format!("{} passed, {} failed", c.passed, c.failed));
            (passed, detail, counts)
        });
    }

    fn step(
        &mut self,
        name: &'static str,
        needs: &[&str],
        run: impl FnOnce(&Path) -> (bool, String, Option<Counts>),
    ) {
        println!("\n=== {name}");
        let missing =
            needs.iter().find(|need| !self.done.iter().any(|d| d.name == **need && d.passed == Some(true)));
        if let Some(need) = missing {
            println!("not tried: it needs `{need}`, which did not pass");
            let detail = format!("needs `{need}`");
            let counts = Counts { passed: 0, failed: 1 };
            self.done.push(Done { name, took: Duration::ZERO, passed: None, detail, counts });
            return;
        }
        let started = Instant::now();
        let log = self.logs.join(format!("{:02}-{}.log", self.done.len() + 1, name.replace(' ', "-")));
        let (passed, detail, counts) = run(&log);
        let took = started.elapsed();
        println!("=== {name}: {} in {}", if passed { "passed" } else { "FAILED" }, seconds(took));
        self.done.push(Done { name, took, passed: Some(passed), detail, counts: weigh(passed, counts) });
    }

    /// Prints the summary; its last line adds up every test, and every step that is not made of tests as one.
    pub(crate) fn finish(self) -> ExitCode {
        println!("\n{}", self.summary());
        let all_passed = self.done.iter().all(|done| done.passed == Some(true));
        if all_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn summary(&self) -> String {
        let mut total = Counts::default();
        let mut lines = vec![format!("Summary after {}", seconds(self.started.elapsed()))];
        for done in &self.done {
            let word = match done.passed {
                Some(true) => "passed",
                Some(false) => "FAILED",
                None => "not tried",
            };
            let line = format!("  {word:<9} {:>9}  {:<14} {}", seconds(done.took), done.name, done.detail);
            lines.push(line.trim_end().to_owned());
            total += done.counts;
        }
        lines.push(format!("{} passed, {} failed", total.passed, total.failed));
        lines.join("\n")
    }
}

/// A step without tests counts as one; a step that failed counts at least one failure, even when every test that it
/// got to had passed.
fn weigh(passed: bool, counts: Option<Counts>) -> Counts {
    match (passed, counts) {
        (true, None) => Counts { passed: 1, failed: 0 },
        (true, Some(counts)) => counts,
        (false, counts) => {
            let counts = counts.unwrap_or_default();
            Counts { failed: counts.failed.max(1), ..counts }
        }
    }
}

/// Runs the command with all it prints going to `log`; every now and then says what its newest line is.
#[expect(clippy::disallowed_methods, reason = "waits for another process; nothing here is async")]
fn watch(name: &str, command: &mut Command, log: &Path) -> Result<bool> {
    let started = Instant::now();
    let log = Arc::new(Mutex::new(Log {
        file: File::create(log).context("cannot write the log")?,
        newest: String::new(),
    }));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut readers = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        readers.push(copy(stdout, Arc::clone(&log)));
    }
    if let Some(stderr) = child.stderr.take() {
        readers.push(copy(stderr, Arc::clone(&log)));
    }
    let mut next_sign = HEARTBEAT;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() >= next_sign {
            let newest = log.lock().unwrap_or_else(PoisonError::into_inner).newest.clone();
            println!("  … {name}, {}: {newest}", seconds(started.elapsed()));
            next_sign += HEARTBEAT;
        }
        thread::sleep(Duration::from_millis(100));
    };
    for reader in readers {
        if reader.join().is_err() {
            bail!("the output of `{name}` could not be kept");
        }
    }
    Ok(status.success())
}

struct Log {
    file: File,
    /// The last line that was not empty.
    newest: String,
}

fn copy(from: impl Read + Send + 'static, log: Arc<Mutex<Log>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        // A log that cannot be written (a full disk) must not stop the step: go on reading.
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = log.file.write_all(&line);
            let text = String::from_utf8_lossy(&line);
            if !text.trim().is_empty() {
                log.newest = text.trim().chars().take(100).collect();
            }
            line.clear();
        }
    })
}

fn show_end(output: &str, log: &Path) {
    let lines: Vec<&str> = output.lines().collect();
    let hidden = lines.len().saturating_sub(SHOWN_LINES);
    if hidden > 0 {
        println!("({hidden} lines before these are in {})", log.display());
    }
    lines[hidden..].iter().for_each(|line| println!("{line}"));
}

fn seconds(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> (tempfile::TempDir, Steps) {
        let folder = tempfile::tempdir().unwrap();
        let steps = Steps::new(folder.path().join("logs")).unwrap();
        (folder, steps)
    }

    /// The summary without times.
    fn words(steps: &Steps) -> Vec<String> {
        let summary = steps.summary();
        let without_time = |line: &str| {
            let words: Vec<_> = line.split_whitespace().collect();
            let is_time = |at: usize| {
                words[at].starts_with(|c: char| c.is_ascii_digit()) && words.get(at + 1) == Some(&"s")
            };
            let time = (0..words.len()).find(|at| is_time(*at));
            words
                .iter()
                .enumerate()
                .filter(|(at, _)| time.is_none_or(|t| *at != t && *at != t + 1))
                .map(|(_, word)| *word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        summary.lines().skip(1).map(without_time).collect()
    }

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let (_folder, mut steps) = steps();
        steps.check("first", &[], || bail!("broken"));
        steps.check("second", &["first"], || Ok("never".to_owned()));
        steps.check("third", &["second"], || Ok("never".to_owned()));
        steps.check("other", &[], || Ok("fine".to_owned()));
        assert_eq!(
            words(&steps),
            [
                "FAILED first see above",
                "not tried second needs `first`",
                "not tried third needs `second`",
                "passed other fine",
                "1 passed, 3 failed"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn tests_are_counted_one_by_one() {
        let (_folder, mut steps) = steps();
        let mut shell =
            |name, script: &str| steps.command(name, &[], Command::new("sh").args(["-c", script]));
        shell("tests", "echo 'test result: ok. 7 passed; 0 failed;'; echo '  Tests  2 passed (2)' >&2");
        shell("does not compile", "echo error; exit 101");
        shell("crash", "echo 'test result: ok. 3 passed; 0 failed;'; exit 1");
        assert_eq!(
            words(&steps),
            [
                "passed tests 9 passed, 0 failed",
                "FAILED does not compile",
                "FAILED crash 3 passed, 0 failed",
                "12 passed, 2 failed"
            ]
        );
        let log = fs::read_to_string(steps.logs.join("02-does-not-compile.log")).unwrap();
        assert_eq!(log, "error\n");
    }

    #[test]
    fn a_program_that_is_not_there_is_a_failed_step() {
        let (_folder, mut steps) = steps();
        steps.command("ghost", &[], &mut Command::new("no-such-program-here"));
        assert_eq!(words(&steps), ["FAILED ghost", "0 passed, 1 failed"]);
    }
}
