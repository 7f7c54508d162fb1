//! Running other programs: said before it is done, and failing with the program's own words.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let quote = |word: &OsStr| {
        let word = word.to_string_lossy().into_owned();
        if word.is_empty() || word.contains([' ', '"', '\'', '$', '*']) { format!("'{word}'") } else { word }
    };
    std::iter::once(command.get_program()).chain(command.get_args()).map(quote).collect::<Vec<_>>().join(" ")
}

/// Runs it with the terminal's own input and output, after printing it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs it quietly and gives back stdout; a failure carries stderr.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    stdout_of(command.stderr(Stdio::piped()))
}

/// Like [`capture`], but what it says on stderr goes to the terminal while it runs.
pub(crate) fn capture_with_progress(command: &mut Command) -> Result<String> {
    stdout_of(command.stderr(Stdio::inherit()))
}

fn stdout_of(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{}`", line(command)))?;
    let Output { status, stdout, stderr } = output;
    if !status.success() {
        bail!("`{}` ended with {status}\n{}", line(command), String::from_utf8_lossy(&stderr));
    }
    String::from_utf8(stdout)
        .with_context(|| format!("`{}` printed something that is not UTF-8", line(command)))
}

/// Whether a program of this name can be started at all.
pub(crate) fn exists(program: &str) -> bool {
    let mut probe = Command::new(program);
    probe.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_as_typed() {
        let mut command = Command::new("cargo");
        command.args(["test", "--", "a b", ""]);
        assert_eq!(line(&command), "cargo test -- 'a b' ''");
    }
}
